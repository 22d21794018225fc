"""What subscribers are handed: figures of one contract, the put-call ratio of a range."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from voldesk.chain.book import ChainBook

_FIGURES: Final = (
    "strike",
    "price",
    "open_interest",
    "iv",
    "delta",
    "gamma",
    "theta",
    "vega",
    "rho",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pcr:
    """
    Put-call ratio of the rows of one subscription.

    Attributes:
        pcr: Open interest of the puts over that of the calls, NaN where it cannot be told.
        call_oi: Open interest of the calls, contracts; rows without one count nothing.
        put_oi: Likewise.
        ts: Of the update it was made of, UTC ns.
    """

    underlying: str
    pcr: float
    call_oi: float
    put_oi: float
    ts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractGreeks:
    """One contract's figures, in published units; NaN is unknown and ``status`` says why."""

    key: str
    symbol: str
    underlying: str
    expiry: date
    is_call: bool
    strike: float
    price: float
    open_interest: float
    iv: float
    delta: float
    gamma: float
    theta: float
    vega: float
    rho: float
    status: int
    ts: int  # as of, UTC ns


def greeks_of(book: ChainBook, row: int) -> ContractGreeks:
    """Return one row's figures as they are now."""
    columns = book.table.rows
    figures = {name: float(getattr(columns, name)[row]) for name in _FIGURES}
    return ContractGreeks(
        key=str(book.keys[row]),
        symbol=str(columns.symbol[row]),
        underlying=book.table.underlying,
        expiry=columns.expiry[row].item(),
        is_call=bool(columns.is_call[row]),
        status=int(columns.status[row]),
        ts=book.table.as_of,
        **figures,
    )
