"""Everything that is listed: products, futures and options, found by number, name or terms."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.ib.chains import (
    OPTION_EXCHANGES,
    OptionClass,
    Series,
    listed_series,
    made_series,
)
from voldesk.simulator.ib.elsewhere import BONDS, COINS, FOREIGN, FOREX, INDICES, OTHERS
from voldesk.simulator.ib.futures import FAMILIES, MONTH_LETTERS, FutureFamily
from voldesk.simulator.ib.hours import instant
from voldesk.simulator.ib.instruments import (
    KNOWN_OPTION_IDS,
    Instrument,
    derivative_id,
    product_id,
)
from voldesk.simulator.ib.product import Product
from voldesk.simulator.ib.stocks import STOCKS
from voldesk.simulator.market.market import SyntheticMarket

PRODUCTS: Final[Mapping[str, Product]] = MappingProxyType(
    {p.key: p for p in (*STOCKS, *FOREIGN, *INDICES, *FOREX, *COINS, *BONDS, *OTHERS)}
)
"""Everything but futures and options, by key."""

_FIRST_FAMILY_CODE: Final = 40
_EXPIRED_KEPT: Final = timedelta(days=730)
_CLASS_CODES: Final = {
    name: code
    for code, name in enumerate(
        ("SPX", "SPXW", "NDX", "NIFTY50", "BANKNIFTY", *(p.symbol for p in STOCKS)), start=1
    )
}


class SpotSource(Protocol):
    """Tells where the price of a product stood."""

    def spot(self, product: Product, second: int) -> float:
        """Return the price with which a second (UTC) began."""
        ...


class Catalogue:
    """
    The contracts that are listed, fixed at the start.

    Args:
        market: The simulated market, or None for one without.
        start: UTC ns; what is alive after it is listed.
        spots: What strikes are laid around.
    """

    def __init__(self, market: SyntheticMarket | None, start: int, spots: SpotSource) -> None:
        self._start = start
        self._spots = spots
        self._specs = {} if market is None else {s.symbol: s for s in market.specs}
        self._rows = {} if market is None else _rows_by_key(market)
        self.products = tuple(self._listed(p) for p in PRODUCTS.values())
        self._by_key = dict(zip(PRODUCTS, self.products, strict=True))
        today = _day_of(start)
        self.futures = tuple(
            self._future(family, *terms)
            for family in FAMILIES
            for terms in family.months_after(today)
        )
        self.expired_futures = tuple(
            self._future(family, *terms)
            for family in FAMILIES
            for terms in family.months_until(today - _EXPIRED_KEPT, today)
        )
        self.classes = tuple(c for i in self.products for c in self._classes(i))
        self.future_options = tuple(self._future_classes())
        self._numbers = {
            i.con_id: i for i in (*self.products, *self.expired_futures, *self.futures)
        }

    def product(self, key: str) -> Instrument:
        """
        Return the instrument of a product.

        Raises:
            KeyError: No product has that key.
        """
        return self._by_key[key]

    def options(self) -> Iterator[Instrument]:
        """Yield every option."""
        for options in (*self.classes, *self.future_options):
            yield from options.contracts()

    def numbered(self, con_id: int) -> Instrument | None:
        """Return the instrument with that number."""
        found = self._numbers.get(con_id) or self._public(con_id)
        if found is not None:
            return found
        for options in (*self.classes, *self.future_options):
            option = options.numbered(con_id)
            if option is not None:
                return option
        return None

    def _public(self, con_id: int) -> Instrument | None:
        """Return the option whose number is public knowledge, where it is listed."""
        names = {number: name for name, number in KNOWN_OPTION_IDS.items()}
        if con_id not in names:
            return None
        root, expires, strike, right = names[con_id].split()
        found = [
            c.listed(date.fromisoformat(expires), float(strike), right)
            for c in self.classes
            if c.name == root
        ]
        return found[0] if found else None

    def _listed(self, product: Product) -> Instrument:
        return Instrument(
            con_id=product_id(product),
            product=product,
            sec_type=product.sec_type,
            local_symbol=product.local_symbol or product.symbol,
            trading_class=product.trading_class or product.symbol,
            expires=product.matures,
            last_trade=product.matures,
            exchanges=product.exchanges,
            row=self._rows.get(f"spot {product.market_symbol}", -1),
            tick=product.tick,
            rule=product.rule,
        )

    def _future(self, family: FutureFamily, year: int, month: int, last: date) -> Instrument:
        product = family.product
        code = _FIRST_FAMILY_CODE + FAMILIES.index(family)
        return Instrument(
            con_id=derivative_id(code, last, "", 0),
            product=product,
            sec_type="FUT",
            local_symbol=f"{product.trading_class}{MONTH_LETTERS[month - 1]}{year % 10}",
            trading_class=product.trading_class,
            multiplier=family.multiplier,
            under=self._by_key.get(family.under),
            expires=last,
            last_trade=last,
            contract_month=f"{year}{month:02d}",
            settles=instant(last, 16 * 60, product.hours.zone),
            exchanges=product.exchanges,
            tick=product.tick,
            rule=product.rule,
            carry=family.carry,
        )

    def _classes(self, under: Instrument) -> Iterator[OptionClass]:
        product = under.product
        if product.options is None:
            return
        spec = self._specs.get(product.market_symbol)
        if spec is None:
            if product.currency == "USD":
                spot = self._spots.spot(product, self._start // NS_PER_SECOND)
                series = made_series(product, product.options, spot, self._start)
                yield self._class(under, product.symbol, series, "100", Market.US)
            return
        for root, series in listed_series(spec, self._start).items():
            name = product.symbol if spec.market is Market.INDIA else root
            yield self._class(under, name, series, f"{spec.multiplier:g}", spec.market)

    def _class(
        self,
        under: Instrument,
        name: str,
        series: tuple[Series, ...],
        multiplier: str,
        market: Market,
    ) -> OptionClass:
        is_index = under.sec_type == "IND"
        exchanges: tuple[str, ...] = OPTION_EXCHANGES
        if is_index:
            routed = under.product.currency == "USD"
            exchanges = ("SMART", under.product.exchange) if routed else (under.product.exchange,)
        return OptionClass(
            name=name,
            code=_CLASS_CODES[name],
            under=under,
            multiplier=multiplier,
            exchanges=exchanges,
            unit=under.product.options.unit if under.product.options else 0.5,
            tick=0.05 if is_index else 0.01,
            coarse_from=3.0 if is_index and market is Market.US else None,
            rule=(109 if market is Market.US else 3001) if is_index else 32,
            market=market,
            series=series,
            rows=self._rows if under.product.market_symbol in self._specs else {},
        )

    def _future_classes(self) -> Iterator[OptionClass]:
        """Yield the options on the nearest futures of the large index families."""
        for name, step, code in (("ES", 25.0, 60), ("NQ", 100.0, 61)):
            futures = [f for f in self.futures if f.product.symbol == name][:3]
            for future in futures:
                yield self._future_class(future, step, code)

    def _future_class(self, future: Instrument, step: float, code: int) -> OptionClass:
        assert future.expires is not None
        spot = self._spots.spot(future.product, self._start // NS_PER_SECOND)
        middle = round(spot / step)
        strikes = tuple(step * n for n in range(middle - 30, middle + 31))
        return OptionClass(
            name=future.trading_class,
            code=code,
            under=future,
            multiplier=future.multiplier,
            exchanges=future.exchanges,
            unit=step,
            tick=0.05,
            coarse_from=5.0,
            rule=3003,
            market=Market.CME,
            series=(Series.of(future.trading_class, future.expires, Market.CME, strikes),),
            rows=MappingProxyType({}),
        )


def _day_of(ts: int) -> date:
    """Return the UTC date of an instant, UTC ns."""
    return date.fromisoformat(str(np.datetime64(ts, "ns").astype("datetime64[D]")))


def _rows_by_key(market: SyntheticMarket) -> dict[str, int]:
    """Return the rows of the listing by contract key, those of underlyings as ``spot SPX``."""
    listing = market.listing
    rows = {str(key): row for row, key in enumerate(listing.key)}
    for row in np.flatnonzero(~listing.is_option):
        rows[f"spot {listing.symbol[row]}"] = int(row)
    return rows
