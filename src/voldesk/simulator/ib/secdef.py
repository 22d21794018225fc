"""Expiries and strikes of an underlying's options, and the search for symbols."""

from typing import Final

from voldesk.simulator.ib.catalogue import Catalogue
from voldesk.simulator.ib.chains import OptionClass
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.refusal import Refused, invalid
from voldesk.wire.ib.types import IbContract, OptionParams, SymbolSample

_MOST_SAMPLES: Final = 16
_SEARCHED: Final = frozenset({"STK", "IND", "CASH", "CRYPTO", "BOND", "CMDTY", "FUND"})


def option_params(
    catalogue: Catalogue,
    symbol: str,
    future_exchange: str,
    sec_type: str,
    con_id: int,
    now: int,
) -> list[OptionParams]:
    """
    Return the expiries and strikes of every class of options, once per exchange.

    Args:
        catalogue: What is listed.
        symbol: Of the underlying.
        future_exchange: Of options on futures; empty for all others.
        sec_type: Of the underlying.
        con_id: Of the underlying; it alone decides, the symbol is checked against it.
        now: UTC seconds; what has settled is left out.

    Raises:
        Refused: There is no such underlying (200), or the question is incomplete (321).
    """
    if not symbol or not sec_type:
        raise invalid("Please enter a valid underlying symbol and security type")
    if not con_id:
        raise invalid("Invalid contract id")
    classes = [
        options
        for options in (*catalogue.classes, *catalogue.future_options)
        if _is_on(options, symbol, future_exchange, sec_type, con_id)
    ]
    under = catalogue.numbered(con_id)
    if under is None or under.product.symbol != symbol:
        raise Refused(200, "No security definition has been found for the request")
    return [row for options in classes for row in _rows(options, now)]


def matching_symbols(catalogue: Catalogue, pattern: str) -> list[SymbolSample]:
    """
    Return what a pattern may mean: symbols that are it, begin with it, then names that hold it.

    Raises:
        Refused: The pattern is empty (321).
    """
    wanted = pattern.strip().upper()
    if not wanted:
        raise invalid("Please enter a pattern to search for")
    ranked = []
    for place, instrument in enumerate(catalogue.products):
        product = instrument.product
        rank = _rank(product.symbol, product.name.upper(), wanted)
        if rank is not None and product.sec_type in _SEARCHED:
            ranked.append((rank, place, instrument))
    ranked.sort(key=lambda row: row[:2])
    return [_sample(instrument) for _, _, instrument in ranked[:_MOST_SAMPLES]]


def _is_on(
    options: OptionClass, symbol: str, future_exchange: str, sec_type: str, con_id: int
) -> bool:
    under = options.under
    if under.sec_type != sec_type or under.product.symbol != symbol:
        return False
    if sec_type == "FUT":  # the whole family answers for one of its futures
        return future_exchange in {"", under.product.exchange}
    return under.con_id == con_id


def _rows(options: OptionClass, now: int) -> list[OptionParams]:
    alive = [series for series in options.series if series.settles > now]
    expiries = tuple(sorted(f"{series.last_trade:%Y%m%d}" for series in alive))
    strikes = tuple(sorted({strike for series in alive for strike in series.strikes}))
    if not alive:
        return []
    under = options.under.con_id
    return [
        OptionParams(exchange, under, options.name, options.multiplier, expiries, strikes)
        for exchange in options.exchanges
    ]


def _rank(symbol: str, name: str, wanted: str) -> int | None:
    if symbol == wanted:
        return 0
    if symbol.startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in name.split()):
        return 2
    return None


def _sample(instrument: Instrument) -> SymbolSample:
    product = instrument.product
    contract = IbContract(
        con_id=instrument.con_id,
        symbol=product.symbol,
        sec_type=product.sec_type,
        primary_exchange=product.exchange,
        currency=product.currency,
        description=product.name,
    )
    return SymbolSample(contract, product.derivatives)
