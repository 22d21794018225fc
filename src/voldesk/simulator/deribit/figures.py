"""What the simulated Deribit shows: quotes of the market, marks and Greeks of its truth."""

from typing import Final, NamedTuple

import numpy as np

from voldesk.chain.reprice import capped_theta
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.model.sessions import NS_PER_YEAR
from voldesk.model.ticks import Field, TickBatch
from voldesk.pricing.greeks import series_greeks
from voldesk.pricing.vol import implied_vol
from voldesk.simulator.deribit.catalogue import (
    COIN_COARSE_ABOVE,
    COIN_COARSE_TICK,
    COIN_TICK,
    Catalogue,
)
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.deribit.types import Greeks, IndexPrice, Mark, Quote, Stats, Summary, Ticker

_NS_PER_MS: Final = 1_000_000
_DAYS_PER_YEAR: Final = 365.0
_PERCENT: Final = 100.0
_COIN_DECIMALS: Final = 8
_CURRENCY_DECIMALS: Final = 4
_FIELDS: Final = tuple(
    field
    for field in Field
    if field
    in Field.BID
    | Field.ASK
    | Field.LAST
    | Field.BID_SIZE
    | Field.ASK_SIZE
    | Field.VOLUME
    | Field.OPEN_INTEREST
)
_ALMOST: Final = 1e-9  # of a tick: what a binary fraction is off


class Sides(NamedTuple):
    """Prices and sizes as Deribit prints them, 0 for none; all ``(n,)``."""

    bid: FloatArray
    ask: FloatArray
    bid_size: FloatArray
    ask_size: FloatArray


class Values(NamedTuple):
    """What is true of contracts; all ``(n,)``, NaN once they have settled."""

    forward: FloatArray
    vol: FloatArray
    years: FloatArray
    price: FloatArray  # quote currency
    mark: FloatArray  # as the premium is counted


class Figures:
    """
    What each contract shows now.

    Args:
        market: Moved by somebody else, who hands its ticks to `observe`.
        catalogue: What is listed.
    """

    def __init__(self, market: SyntheticMarket, catalogue: Catalogue) -> None:
        self._market = market
        self._catalogue = catalogue
        size = len(market.listing)
        self._columns = {field: np.full(size, np.nan) for field in _FIELDS}
        self._is_news = np.ones(size, dtype=np.bool_)
        underlyings = market.listing.underlying
        spot_of = {str(underlyings[at]): at for at in catalogue.spots.values()}
        self._spot_of = np.array(
            [spot_of[str(underlyings[at])] for at in catalogue.row], dtype=np.int64
        )
        self.observe(market.snapshot())

    @property
    def ts_ms(self) -> int:
        """The present of the market, UTC ms."""
        return self._market.now // _NS_PER_MS

    def observe(self, batch: TickBatch) -> None:
        """Take what ticked; of one contract the last one counts."""
        rows, said = batch["instrument"], batch["present"]
        for field, column in self._columns.items():
            told = np.flatnonzero(said & np.uint32(field))
            column[rows[told]] = batch[str(field.name).lower()][told]
        self._is_news[rows] = True

    def take_news(self) -> tuple[BoolArray, set[str]]:
        """
        Return which contracts have news since the last time, ``(n,)``, and which indices.

        Where the spot has moved all of its contracts have: their marks follow it.
        """
        told = self._catalogue
        is_news = self._is_news[told.row] | self._is_news[self._spot_of]
        indexes = {name for name, at in told.spots.items() if self._is_news[at]}
        self._is_news[:] = False
        return is_news, indexes

    def index(self, name: str) -> IndexPrice:
        """Return an index; KeyError where there is none."""
        return IndexPrice(index_name=name, price=self._spot(name), timestamp=self.ts_ms)

    def quotes(self, numbers: IntArray) -> list[Quote]:
        """Return best bid and ask of contracts."""
        sides = self._sides(numbers, self._values(numbers))
        rows = zip(self._names(numbers), *(column.tolist() for column in sides), strict=True)
        return [
            Quote(
                instrument_name=name,
                timestamp=self.ts_ms,
                best_bid_price=bid,
                best_bid_amount=bid_size,
                best_ask_price=ask,
                best_ask_amount=ask_size,
            )
            for name, bid, ask, bid_size, ask_size in rows
        ]

    def marks(self, numbers: IntArray) -> list[Mark]:
        """Return mark prices and vols of contracts, without those that have settled."""
        values = self._values(numbers)
        rows = zip(self._names(numbers), values.mark.tolist(), values.vol.tolist(), strict=True)
        return [
            Mark(instrument_name=name, timestamp=self.ts_ms, mark_price=mark, iv=round(vol, 4))
            for name, mark, vol in rows
            if vol == vol  # noqa: PLR0124  # NaN is not itself
        ]

    def summaries(self, numbers: IntArray) -> list[Summary]:
        """Return a row of the whole chain for each contract."""
        values = self._values(numbers)
        sides, columns = self._sides(numbers, values), self._traded(numbers)
        listed = [self._catalogue.instruments[number] for number in numbers.tolist()]
        return [
            Summary(
                instrument_name=one.instrument_name,
                creation_timestamp=self.ts_ms,
                bid_price=sides.bid[at].item() or None,
                ask_price=sides.ask[at].item() or None,
                last=_known(columns[Field.LAST][at]),
                mark_price=_known(values.mark[at]),
                mark_iv=_known(values.vol[at] * _PERCENT, 2),
                underlying_price=_known(values.forward[at]),
                underlying_index=_synthetic(one.instrument_name),
                open_interest=_known(columns[Field.OPEN_INTEREST][at]),
                volume=_known(columns[Field.VOLUME][at]),
                interest_rate=0.0,
                base_currency=one.base_currency,
                quote_currency=one.quote_currency,
            )
            for at, one in enumerate(listed)
        ]

    def tickers(self, numbers: IntArray) -> list[Ticker]:
        """Return everything about contracts."""
        told = self._catalogue
        values = self._values(numbers)
        sides, columns = self._sides(numbers, values), self._traded(numbers)
        greeks = self._greeks(numbers, values)
        vols = self._side_vols(numbers, values, sides)
        found = []
        for at, number in enumerate(numbers.tolist()):
            one = told.instruments[number]
            volume = _known(columns[Field.VOLUME][at])
            found.append(
                Ticker(
                    instrument_name=one.instrument_name,
                    timestamp=self.ts_ms,
                    best_bid_price=sides.bid[at].item(),
                    best_bid_amount=sides.bid_size[at].item(),
                    best_ask_price=sides.ask[at].item(),
                    best_ask_amount=sides.ask_size[at].item(),
                    last_price=_known(columns[Field.LAST][at]),
                    mark_price=_known(values.mark[at]),
                    mark_iv=_known(values.vol[at] * _PERCENT, 2),
                    bid_iv=vols[0][at].item(),
                    ask_iv=vols[1][at].item(),
                    open_interest=_known(columns[Field.OPEN_INTEREST][at]),
                    underlying_price=_known(values.forward[at]),
                    underlying_index=_synthetic(one.instrument_name),
                    index_price=self._spot(one.price_index),
                    interest_rate=0.0,
                    greeks=greeks[at],
                    stats=Stats(volume=volume),
                )
            )
        return found

    def _spot(self, name: str) -> float:
        return float(self._columns[Field.LAST][self._catalogue.spots[name]])

    def _names(self, numbers: IntArray) -> list[str]:
        told = self._catalogue.instruments
        return [told[number].instrument_name for number in numbers.tolist()]

    def _values(self, numbers: IntArray) -> Values:
        told, market = self._catalogue, self._market
        rows = told.row[numbers]
        forward = np.round(market.true_forward(rows), _CURRENCY_DECIMALS)
        years = np.maximum((told.settles[numbers] - market.now) / NS_PER_YEAR, 0.0)
        price, is_coin = market.true_price(rows), told.is_coin[numbers]
        mark = np.where(
            is_coin,
            np.round(price / forward, _COIN_DECIMALS),
            np.round(price, _CURRENCY_DECIMALS),
        )
        return Values(forward, market.true_vol(rows), years, price, mark)

    def _sides(self, numbers: IntArray, values: Values) -> Sides:
        """Return the market's quotes; in coin on Deribit's ticks, a bid down and an ask up."""
        told = self._catalogue
        rows, is_coin = told.row[numbers], told.is_coin[numbers]
        found = [
            np.nan_to_num(self._columns[field][rows])
            for field in (Field.BID, Field.ASK, Field.BID_SIZE, Field.ASK_SIZE)
        ]
        divisor = np.where(np.isfinite(values.forward), values.forward, np.inf)
        for side, rounded in ((0, np.floor), (1, np.ceil)):
            coin = found[side] / divisor
            step = np.where(coin >= COIN_COARSE_ABOVE, COIN_COARSE_TICK, COIN_TICK)
            bias = _ALMOST if side == 0 else -_ALMOST
            ticked = np.round(rounded(coin / step + bias) * step, 4)
            found[side] = np.where(is_coin, ticked, found[side])
            found[2 + side] = np.where(found[side] > 0.0, found[2 + side], 0.0)
        return Sides(*found)

    def _traded(self, numbers: IntArray) -> dict[Field, FloatArray]:
        told = self._catalogue
        rows, is_coin = told.row[numbers], told.is_coin[numbers]
        last = self._columns[Field.LAST][rows]
        spot = self._columns[Field.LAST][self._spot_of[numbers]]
        coin = np.maximum(np.round(last / spot / COIN_TICK) * COIN_TICK, COIN_TICK)
        return {
            Field.LAST: np.where(is_coin, np.round(coin, 4), last),
            Field.VOLUME: self._columns[Field.VOLUME][rows],
            Field.OPEN_INTEREST: self._columns[Field.OPEN_INTEREST][rows],
        }

    def _greeks(self, numbers: IntArray, values: Values) -> list[Greeks]:
        told = self._catalogue
        strike, is_call = told.strike[numbers], told.is_call[numbers]
        each = np.arange(len(numbers), dtype=np.int32)
        ones = np.ones(len(numbers))
        found = series_greeks(values.vol, strike, is_call, each, values.forward, ones, values.years)
        theta = capped_theta(
            *(found.theta / _DAYS_PER_YEAR, values.price, strike, is_call),
            *(values.years, values.forward, ones),
        )
        columns = (
            np.round(found.delta, 5),
            np.round(found.gamma, 7),
            np.round(found.vega / _PERCENT, 5),
            np.round(theta, 5),
            np.round(found.rho / _PERCENT, 5),
        )
        return [Greeks(*(_known(figure) for figure in row)) for row in zip(*columns, strict=True)]

    def _side_vols(
        self, numbers: IntArray, values: Values, sides: Sides
    ) -> tuple[FloatArray, FloatArray]:
        """Return vols of bid and ask, percent, 0 where there is none."""
        told = self._catalogue
        scale = np.where(told.is_coin[numbers], values.forward, 1.0)
        strike, is_call = told.strike[numbers], told.is_call[numbers]
        bid, ask = (
            np.round(
                np.nan_to_num(
                    implied_vol(price * scale, values.forward, strike, values.years, is_call)[0]
                )
                * _PERCENT,
                2,
            )
            for price in (sides.bid, sides.ask)
        )
        return bid, ask


def _known(value: float, decimals: int | None = None) -> float | None:
    """Return a figure, None where it is NaN: JSON knows no NaN."""
    known = float(value)
    if known != known:  # noqa: PLR0124  # NaN is not itself
        return None
    return known if decimals is None else round(known, decimals)


def _synthetic(name: str) -> str:
    """Return the index a contract's forward goes by: that of its expiry."""
    return "SYN." + "-".join(name.split("-")[:2])
