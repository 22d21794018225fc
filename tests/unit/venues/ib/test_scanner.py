import pytest
from scripted_tws import ScriptedTws

from voldesk.model.errors import VenueRejected, VenueUnavailable
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.scanner import Hit, Scan, parameters, scan

HIGH_VOL = Scan(code="HIGH_OPT_IMP_VOLAT", rows=2, above_price=5.0, above_option_volume=1_000)


def _row(rank: int, con_id: int, symbol: str) -> tuple[object, ...]:
    return (
        rank,
        con_id,
        symbol,
        "STK",
        "",
        0,
        "",
        "SMART",
        "USD",
        symbol,
        "NMS",
        "NMS",
        "",
        "",
        "",
        "",
    )


async def test_a_scan_finds_its_hits(link: Link, tws: ScriptedTws) -> None:
    """By rank, and TWS is told that nobody waits for more."""
    tws.answers["22"] = lambda fields: tws.send(
        20, 3, fields[1], 2, *_row(0, 11, "GME"), *_row(1, 12, "TSLA")
    )
    found = await scan(link, HIGH_VOL)
    assert found == (Hit(0, 11, "GME", "STK", "USD"), Hit(1, 12, "TSLA", "STK", "USD"))
    await tws.until(lambda: tws.asked("23"))
    (asked,) = tws.asked("22")
    assert asked[2:7] == ["2", "STK", "STK.US.MAJOR", "HIGH_OPT_IMP_VOLAT", "5.0"]


async def test_no_hits_are_none(link: Link, tws: ScriptedTws) -> None:
    """TWS says so by a message (165) that is no failure."""
    tws.answers["22"] = lambda fields: tws.send(4, 2, fields[1], 165, "No items retrieved", "")
    assert await scan(link, Scan(code="TOP_PERC_GAIN", above_volume=1, below_price=2.0)) == ()


async def test_a_scan_that_tws_does_not_know_is_told(link: Link, tws: ScriptedTws) -> None:
    """With TWS's words."""
    tws.answers["22"] = lambda fields: tws.send(4, 2, fields[1], 162, "No such scan", "")
    with pytest.raises(VenueRejected, match=r"the scan NONSENSE: No such scan"):
        await scan(link, Scan(code="NONSENSE"))


@pytest.mark.parametrize("rows", [0, 51])
def test_more_than_tws_gives_is_not_asked(rows: int) -> None:
    """1 to 50."""
    with pytest.raises(ValueError, match=f"{rows} rows, from 1 to 50"):
        Scan(code="TOP_PERC_GAIN", rows=rows)


async def test_what_can_be_scanned_is_told(link: Link, tws: ScriptedTws) -> None:
    """IB's own XML; nothing at all is no answer."""
    tws.answers["24"] = lambda _: tws.send(19, 1, "<xml/>")
    assert await parameters(link) == "<xml/>"
    tws.answers["24"] = lambda _: tws.send(19, 1, "")
    with pytest.raises(VenueUnavailable, match=r"answered nothing"):
        await parameters(link)
