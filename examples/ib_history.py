"""Print a year of daily bars of a share, and since when there are any: TWS or Gateway must run."""

import asyncio
import sys
from datetime import UTC, datetime

from voldesk.model.clock import SystemClock
from voldesk.venues.ib import contracts, history
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.rows import TickRows
from voldesk.venues.ib.settings import IbSettings


async def main(symbol: str, port: int) -> None:
    """Ask twice, and print."""
    link = Link(IbSettings(port=port, client_id=7), TickRows(), SystemClock())
    await link.connect()
    try:
        contract = contracts.stock(symbol)
        first = await history.first_date(link, contract)
        bars = await history.bars(link, contract, duration="1 Y")
    finally:
        link.close()
    print(f"{symbol}: there are data since {day(first)}")
    for start, close, volume in zip(bars.start, bars.close, bars.volume, strict=True):
        print(f"{day(int(start))} {close:10.2f} {volume:14,.0f}")


def day(ns: int) -> str:
    """Return the date of an instant, UTC ns."""
    return datetime.fromtimestamp(ns / 1e9, UTC).date().isoformat()


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(main(given[0] if given else "MSFT", int(given[1]) if given[1:] else 7497))
