"""Contracts of TWS as instruments of the built-in exchange, and back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.exchange import Exchange
from voldesk.simulator.exchange.instruments import Instrument as Traded
from voldesk.simulator.exchange.instruments import Leg, exact
from voldesk.simulator.exchange.quotes import Quote
from voldesk.simulator.ib.details import contract_of
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Contracts, Match
from voldesk.simulator.ib.refusal import Refused, invalid
from voldesk.simulator.ib.shown import Shop
from voldesk.wire.ib.types import ComboLeg, IbContract

_KINDS: Final = {
    "IND": Kind.INDEX,
    "FUT": Kind.FUTURE,
    "OPT": Kind.OPTION,
    "FOP": Kind.OPTION,
    "CASH": Kind.FOREX,
    "CRYPTO": Kind.CRYPTO,
}
"""What is not named here is paid for in full, like a stock."""

_BAG: Final = "BAG"
_COMBO_TICK: Final = Decimal("0.01")


class Listed:
    """
    Keeps the exchange's list: what the market does not tick is listed when it is first asked for.

    Args:
        exchange: Where it is traded.
        contracts: Finds what a description means.
        shop: Tells what is shown of what the market does not tick.
        keys: Of the market's listing, by row.
        second: Returns the present, UTC seconds.
    """

    def __init__(
        self,
        exchange: Exchange,
        contracts: Contracts,
        shop: Shop,
        keys: list[str],
        second: Callable[[], int],
    ) -> None:
        self._exchange = exchange
        self._contracts = contracts
        self._shop = shop
        self._keys = keys
        self._rows = {key: row for row, key in enumerate(keys)}
        self._second = second
        self._matches: dict[str, Match] = {}
        self._combos: dict[str, IbContract] = {}
        self._by_row: dict[int, Instrument] = {}

    def key(self, asked: IbContract) -> str:
        """
        Return the exchange's key of a contract, listing it if it is new.

        Raises:
            Refused: Nothing, or more than one thing, is meant.
        """
        if asked.sec_type == _BAG:
            return self._combo(asked)
        match = self._contracts.one(asked, self._second())
        return self._single(match)

    def contract(self, key: str) -> IbContract:
        """
        Return a contract as TWS describes it.

        Raises:
            KeyError: There is no such key.
        """
        combo = self._combos.get(key)
        if combo is not None:
            return combo
        if key not in self._matches:
            self._matches[key] = self._ticked(key)
        return contract_of(self._matches[key])

    def instrument(self, key: str) -> Instrument | None:
        """Return what the key stands for; None for a combination."""
        match = self._matches.get(key)
        return None if match is None else match.instrument

    def key_of_number(self, con_id: int) -> str | None:
        """Return the key of the contract with that number, None where there is none."""
        try:
            return self.key(IbContract(con_id=con_id))
        except Refused:
            return None

    def refresh(self, keys: set[str]) -> None:
        """Show the exchange the quotes of what the market does not tick."""
        second = self._second()
        for key in keys:
            match = self._matches.get(key)
            if match is not None and key not in self._rows:
                self._exchange.on_quote(key, self._quote(match.instrument, second))

    def _ticked(self, key: str) -> Match:
        """Return what stands in the market's listing under a key nobody asked for by name."""
        if not self._by_row:
            catalogue = self._contracts.catalogue
            every = (*catalogue.products, *catalogue.options())
            self._by_row = {found.row: found for found in every if found.row >= 0}
        instrument = self._by_row[self._rows[key]]
        return Match(instrument, instrument.home)

    def _quote(self, instrument: Instrument, second: int) -> Quote:
        shown = self._shop.shown(instrument, second)
        return Quote(
            bid=_price(shown.bid),
            ask=_price(shown.ask),
            bid_size=exact(shown.bid_size),
            ask_size=exact(shown.ask_size),
            last=_price(shown.last),
            ts=second * NS_PER_SECOND,
        )

    def _single(self, match: Match) -> str:
        instrument = match.instrument
        if instrument.row >= 0:
            key = self._keys[instrument.row]
            self._matches.setdefault(key, match)
            return key
        key = f"ib {instrument.con_id}"
        if key not in self._matches:
            under = (
                ""
                if instrument.under is None
                else self._single(Match(instrument.under, instrument.under.home))
            )
            self._exchange.list_instrument(_traded(key, instrument, under))
            self._matches[key] = match
            self.refresh({key})
        return key

    def _combo(self, asked: IbContract) -> str:
        """
        Return the key of a combination.

        Raises:
            Refused: It has no legs, or one of them means nothing.
        """
        if len(asked.combo_legs) < 2:
            raise invalid("Please enter at least two legs")
        legs = tuple(self._leg(leg) for leg in asked.combo_legs)
        key = "ib BAG " + " ".join(f"{leg.ratio:+d}*{leg.instrument}" for leg in legs)
        if key not in self._combos:
            parts = [self._exchange.instrument(leg.instrument) for leg in legs]
            traded = Traded(
                key=key,
                kind=Kind.COMBO,
                market=parts[0].market,
                currency=parts[0].currency,
                multiplier=parts[0].multiplier,
                tick_size=min(_COMBO_TICK, *(part.tick_size for part in parts)),
                legs=legs,
            )
            self._exchange.list_instrument(traded)
            self._combos[key] = asked
        return key

    def _leg(self, leg: ComboLeg) -> Leg:
        if leg.ratio < 1:
            raise invalid(f"Invalid leg ratio {leg.ratio}")
        key = self.key(IbContract(con_id=leg.con_id, exchange=leg.exchange))
        return Leg(key, leg.ratio if leg.action == "BUY" else -leg.ratio)


def _traded(key: str, instrument: Instrument, under: str) -> Traded:
    product = instrument.product
    kind = _KINDS.get(instrument.sec_type, Kind.STOCK)
    if kind is Kind.FOREX:
        under = product.symbol
    return Traded(
        key=key,
        kind=kind,
        market=instrument.hours.calendar or Market.US,
        currency=product.currency,
        multiplier=Decimal(instrument.multiplier or "1"),
        tick_size=exact(instrument.tick),
        lot=exact(product.size_step) if kind in {Kind.CRYPTO, Kind.STOCK} else Decimal(1),
        underlying=under if kind is not Kind.FUTURE else "",
        strike=exact(instrument.strike) if instrument.is_option else None,
        is_call=instrument.right == "C",
        settles_at=instrument.settles * NS_PER_SECOND if instrument.settles else None,
        is_cash_settled=instrument.is_option
        and instrument.under is not None
        and instrument.under.sec_type == "IND",
    )


def _price(price: float) -> Decimal | None:
    return exact(price) if np.isfinite(price) and price > 0.0 else None
