from pathlib import Path
from typing import Any

import pytest
from ib_world import NOW
from scripted_tws import AMZN, SPX, Product, ScriptedTws

from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.venues.ib.discovery import Discovery
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.settings import ChainSettings

HOUR = 3_600 * 10**9


def _finder(link: Link, folder: Path, now: int = NOW, **chain: Any) -> Discovery:
    settings = ChainSettings(**{"width_pct": 5.0} | chain)
    return Discovery(link, settings, folder, ManualClock(now))


async def test_whole_chains_are_found(link: Link, folder: Path) -> None:
    """The next dates of every plain class, within the width, in one listing."""
    found = await _finder(link, folder).find(["AMZN", "SPX"])
    listing = found.listing
    assert listing.underlyings == ("AMZN", "SPX")
    series = {
        f"{root} {expiry}"
        for root, expiry in zip(listing.root, listing.expiry, strict=True)
        if str(expiry) != "NaT"
    }
    assert series == {
        "AMZN 2026-11-20",
        "AMZN 2026-11-27",
        "SPXW 2026-11-27",
        "SPXW 2026-12-18",
        "SPX 2026-12-18",
    }
    amzn = listing.strike[listing.is_option & (listing.underlying == "AMZN")]
    assert (amzn.min(), amzn.max()) == (220.0, 240.0)
    assert len(set(listing.key.tolist())) == len(listing)
    assert len(found.contracts) == len(listing)


async def test_one_question_per_series_and_none_per_strike(
    link: Link, tws: ScriptedTws, folder: Path
) -> None:
    """Two for the underlyings, one for each of five series."""
    finder = _finder(link, folder)
    await finder.find(["AMZN", "SPX"])
    assert finder.asked == 5
    assert len(tws.asked("9")) == 2 + 5
    assert len(tws.asked("78")) == 2


async def test_what_was_found_is_not_asked_for_again(
    link: Link, tws: ScriptedTws, folder: Path
) -> None:
    """Until it is too old."""
    first = await _finder(link, folder).find(["AMZN"])
    again = _finder(link, folder, NOW + HOUR)
    second = await again.find(["AMZN"])
    assert again.asked == 0
    assert second.listing.key.tolist() == first.listing.key.tolist()
    assert [one.conId for one in second.contracts] == [one.conId for one in first.contracts]
    late = _finder(link, folder, NOW + 3 * HOUR, max_age_hours=2.0)
    await late.find(["AMZN"])
    assert late.asked == 2
    assert len(tws.asked("9")) == 3 + 4


async def test_a_new_strike_is_asked_for(link: Link, tws: ScriptedTws, folder: Path) -> None:
    """The class has one that it had not."""
    await _finder(link, folder).find(["AMZN"])
    days, strikes = AMZN.classes["AMZN"]
    wider = {"AMZN": (days, (*strikes, 231.0))}
    tws.products = (Product("AMZN", AMZN.con_id, 230.0, classes=wider),)
    finder = _finder(link, folder, NOW + HOUR)
    found = await finder.find(["AMZN"])
    assert finder.asked == 2
    assert 231.0 in found.listing.strike


async def test_classes_can_be_named(link: Link, folder: Path) -> None:
    """Those alone, adjusted ones too."""
    found = await _finder(link, folder, classes=("SPX",)).find(["SPX"])
    assert set(found.listing.root.tolist()) == {"SPX"}
    adjusted = await _finder(link, folder, classes=("2AMZN",)).find(["AMZN"])
    assert set(adjusted.listing.root.tolist()) == {"AMZN", "2AMZN"}


async def test_a_date_without_contracts_is_left_out(
    link: Link, tws: ScriptedTws, folder: Path
) -> None:
    """A class need not have every date that another has."""
    usual = tws._contracts

    def answer(fields: list[str]) -> None:
        if fields[6] == "20261120":
            tws.send(4, 2, fields[2], 200, "No security definition has been found", "")
        else:
            usual(fields)

    tws.answers["9"] = answer
    found = await _finder(link, folder).find(["AMZN"])
    assert {str(day) for day in found.listing.expiry} == {"NaT", "2026-11-27"}


async def test_an_underlying_that_is_none_is_refused(link: Link, folder: Path) -> None:
    """With its name and what to check."""
    with pytest.raises(ConfigError, match=r"the underlying AMZNX: No security definition.*check"):
        await _finder(link, folder).find(["AMZNX"])


async def test_an_underlying_nobody_answers_for_is_refused(
    link: Link, tws: ScriptedTws, folder: Path
) -> None:
    """An empty answer is one, too."""
    tws.answers["9"] = lambda fields: tws.send(52, 1, fields[2])
    with pytest.raises(ConfigError, match=r"TWS knows no such STK"):
        await _finder(link, folder).find(["AMZN"])


async def test_dates_that_are_not_there_are_refused(link: Link, folder: Path) -> None:
    """With those there are."""
    with pytest.raises(ConfigError, match=r"no options of the dates asked for, but 2026-11-20"):
        await _finder(link, folder, expiries=("2027-01-15",)).find(["AMZN"])


async def test_a_series_that_is_not_answered_ends_it(
    link: Link, tws: ScriptedTws, folder: Path
) -> None:
    """Half a chain would look like a whole one."""
    usual = tws._contracts
    tws.answers["9"] = lambda fields: usual(fields) if fields[5] == "STK" else tws.cut()
    with pytest.raises(VenueUnavailable, match=r"the contracts of AMZN .*lost"):
        await _finder(link, folder).find(["AMZN"])


async def test_a_store_that_cannot_be_written_ends_nothing(link: Link, tmp_path: Path) -> None:
    """The contracts are known all the same."""
    (tmp_path / "file").write_text("")
    found = await _finder(link, tmp_path / "file" / "x").find(["SPX"])
    assert found.listing.underlyings == (SPX.symbol,)
