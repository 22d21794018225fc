from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scripted_tws import ScriptedTws

from voldesk.model.errors import VenueRejected, VenueUnavailable
from voldesk.venues.ib import contracts
from voldesk.venues.ib.history import Shown, bars, first_date
from voldesk.venues.ib.link import Link

AMZN = contracts.by_id(3691937)
FRIDAY = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp()) * 10**9
ROWS = (
    ("20261119", 229.0, 232.0, 228.5, 231.0, 1000, 230.1, 12),
    ("20261120", 231.0, 233.0, 230.5, 232.0, -1, -1.0, -1),
)


def _answer(tws: ScriptedTws, *rows: tuple[object, ...]) -> None:
    def answer(fields: list[str]) -> None:
        flat = [field for row in rows for field in row]
        tws.send(17, fields[1], "20261119 09:30:00 UTC", "20261120 16:00:00 UTC", len(rows), *flat)

    tws.answers["20"] = answer


async def test_bars_come_in_columns(link: Link, tws: ScriptedTws) -> None:
    """Oldest first; what is not counted is unknown, not -1."""
    _answer(tws, *ROWS)
    found = await bars(link, AMZN)
    assert len(found) == 2
    assert found.start.tolist() == [FRIDAY - 86_400 * 10**9, FRIDAY]
    assert found.close.tolist() == [231.0, 232.0]
    assert found.volume[0] == 1000.0
    for name in ("volume", "average", "trade_count"):
        assert np.isnan(getattr(found, name)[1])


@pytest.mark.parametrize(
    "written", ["1795190400", "20261120 11:00:00 US/Eastern", "20261120  16:00:00"]
)
async def test_an_instant_is_read_however_it_is_written(
    link: Link, tws: ScriptedTws, written: str
) -> None:
    """Seconds, with a zone, or without one: UTC then."""
    _answer(tws, (written, *ROWS[0][1:]))
    found = await bars(link, AMZN, size="1 hour")
    assert found.start.tolist() == [1_795_190_400 * 10**9]


async def test_what_is_asked_reaches_tws(link: Link, tws: ScriptedTws) -> None:
    """End in UTC, length, size, what of, and whose hours."""
    _answer(tws)
    end = datetime(2026, 11, 20, 11, tzinfo=ZoneInfo("America/New_York"))
    found = await bars(
        link,
        AMZN,
        duration="2 D",
        size="5 mins",
        end=end,
        shown=Shown.IMPLIED_VOLATILITY,
        is_regular_hours=False,
    )
    assert len(found) == 0
    (asked,) = tws.asked("20")
    tail = ["20261120 16:00:00 UTC", "5 mins", "2 D", "0", "OPTION_IMPLIED_VOLATILITY", "2"]
    assert asked[15:21] == tail


async def test_a_pacing_violation_is_a_rejection(link: Link, tws: ScriptedTws) -> None:
    """With TWS's words."""
    tws.answers["20"] = lambda fields: tws.send(
        4, 2, fields[1], 162, "Historical data request pacing violation", ""
    )
    with pytest.raises(VenueRejected, match=r"the bars of 3691937: Historical.*pacing"):
        await bars(link, AMZN)


async def test_the_first_date_is_an_instant(link: Link, tws: ScriptedTws) -> None:
    """UTC nanoseconds."""
    tws.answers["87"] = lambda fields: tws.send(88, fields[1], "863703000")
    assert await first_date(link, contracts.stock("AMZN")) == 863_703_000 * 10**9


async def test_a_first_date_that_is_none_is_a_rejection(link: Link, tws: ScriptedTws) -> None:
    """What was said is quoted."""
    tws.answers["87"] = lambda fields: tws.send(88, fields[1], "yesterday")
    with pytest.raises(VenueRejected, match=r"the first date of AMZN: .*no time"):
        await first_date(link, contracts.stock("AMZN"))


async def test_no_line_is_told(link: Link) -> None:
    """Before anything is sent."""
    link.close()
    with pytest.raises(VenueUnavailable, match=r"no line"):
        await bars(link, AMZN)
