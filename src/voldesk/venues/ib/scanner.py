"""Market scans: the underlyings that stand out by some measure."""

from dataclasses import dataclass, field
from typing import Final

from ib_async import RequestError
from ib_async.objects import ScannerSubscription

from voldesk.model.errors import VenueRejected, VenueUnavailable
from voldesk.venues.ib.link import Link

_MOST: Final = 50  # rows TWS gives
_NO_ITEMS: Final = 165


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """
    What is looked for.

    Attributes:
        code: IB's name of the measure: ``HIGH_OPT_IMP_VOLAT``, ``OPT_VOLUME_MOST_ACTIVE``,
            ``TOP_PERC_GAIN``, and some hundred others (`parameters` lists them).
        instrument: ``STK``, ``IND.US``, …
        location: ``STK.US.MAJOR``, ``STK.NASDAQ``, …
        rows: At most so many, up to 50.
        above_price: Cheaper ones are left out; None for no limit. So with the others.
    """

    code: str
    instrument: str = "STK"
    location: str = "STK.US.MAJOR"
    rows: int = field(default=_MOST)
    above_price: float | None = None
    below_price: float | None = None
    above_volume: int | None = None
    above_option_volume: int | None = None

    def __post_init__(self) -> None:
        """
        Refuse what TWS would not answer.

        Raises:
            ValueError: The number of rows is not between 1 and 50.
        """
        if not 1 <= self.rows <= _MOST:
            raise ValueError(f"{self.rows} rows, from 1 to {_MOST} can be asked for")


@dataclass(frozen=True, slots=True)
class Hit:
    """One that was found; rank 0 is the first."""

    rank: int
    con_id: int
    symbol: str
    sec_type: str
    currency: str


async def scan(link: Link, asked: Scan) -> tuple[Hit, ...]:
    """
    Return what a scan finds now, best first; nothing where TWS says there is no result (165).

    Raises:
        VenueUnavailable: There is no line, or no answer in time.
        VenueRejected: TWS knows no such scan, or refuses it.
    """
    try:
        found = await link.ask(
            f"the scan {asked.code}", lambda ib: ib.reqScannerDataAsync(_subscription(asked))
        )
    except VenueRejected as exc:
        if isinstance(exc.__cause__, RequestError) and exc.__cause__.code == _NO_ITEMS:
            return ()
        raise
    hits = []
    for row in found:
        contract = row.contractDetails.contract
        if contract is not None:
            hits.append(
                Hit(row.rank, contract.conId, contract.symbol, contract.secType, contract.currency)
            )
    return tuple(sorted(hits, key=lambda hit: hit.rank))


async def parameters(link: Link) -> str:
    """
    Return everything that can be scanned, as IB's XML.

    Raises:
        VenueUnavailable: There is no line, or no answer in time.
    """
    text = await link.ask("the scanner's parameters", lambda ib: ib.reqScannerParametersAsync())
    if not text:
        raise VenueUnavailable("the scanner's parameters: TWS answered nothing")
    return text


def _subscription(asked: Scan) -> ScannerSubscription:
    subscription = ScannerSubscription(
        numberOfRows=asked.rows,
        instrument=asked.instrument,
        locationCode=asked.location,
        scanCode=asked.code,
    )
    if asked.above_price is not None:
        subscription.abovePrice = asked.above_price
    if asked.below_price is not None:
        subscription.belowPrice = asked.below_price
    if asked.above_volume is not None:
        subscription.aboveVolume = asked.above_volume
    if asked.above_option_volume is not None:
        subscription.averageOptionVolumeAbove = asked.above_option_volume
    return subscription
