from datetime import UTC, datetime

import pytest
from scripted_tws import ScriptedTws

from voldesk.model.errors import VenueRejected
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.news import Article, Headline, article, headlines, providers

NOON = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) * 10**9


async def test_providers_are_named(link: Link, tws: ScriptedTws) -> None:
    """Code to name."""
    tws.answers["85"] = lambda _: tws.send(85, 2, "BRFG", "Briefing.com", "DJNL", "Dow Jones")
    assert await providers(link) == {"BRFG": "Briefing.com", "DJNL": "Dow Jones"}


async def test_headlines_come_as_tws_gives_them(link: Link, tws: ScriptedTws) -> None:
    """Of the contract, the providers and the time asked for."""

    def answer(fields: list[str]) -> None:
        for hour in (12, 11):
            said = f"2026-11-20 {hour}:00:00.0"
            tws.send(86, fields[1], said, "DJNL", f"DJNL${hour}", f"News of {hour}")
        tws.send(87, fields[1], 0)

    tws.answers["86"] = answer
    start = datetime(2026, 11, 19, tzinfo=UTC)
    found = await headlines(link, 3691937, ["BRFG", "DJNL"], start=start, count=2)
    assert found[0] == Headline(NOON, "DJNL", "DJNL$12", "News of 12")
    assert found[1].ts == NOON - 3_600 * 10**9
    (asked,) = tws.asked("86")
    assert asked[2:7] == ["3691937", "BRFG+DJNL", "2026-11-19 00:00:00.0", "", "2"]


async def test_no_headlines_are_none(link: Link, tws: ScriptedTws) -> None:
    """An end without a beginning."""
    tws.answers["86"] = lambda fields: tws.send(87, fields[1], 0)
    assert await headlines(link, 1, ["DJNL"]) == ()


@pytest.mark.parametrize(("codes", "count"), [([], 1), (["DJNL"], 0), (["DJNL"], 301)])
async def test_what_tws_does_not_answer_is_not_asked(
    link: Link, codes: list[str], count: int
) -> None:
    """No provider, none, or too many."""
    with pytest.raises(ValueError, match=r"headlines|provider"):
        await headlines(link, 1, codes, count=count)


async def test_an_article_is_a_text_or_not(link: Link, tws: ScriptedTws) -> None:
    """Its type says."""
    tws.answers["84"] = lambda fields: tws.send(83, fields[1], 0, "Words.")
    assert await article(link, "DJNL", "DJNL$1") == Article(is_text=True, text="Words.")
    tws.answers["84"] = lambda fields: tws.send(83, fields[1], 1, "JVBERi0=")
    assert not (await article(link, "DJNL", "DJNL$1")).is_text


async def test_an_article_one_may_not_read_is_told(link: Link, tws: ScriptedTws) -> None:
    """With TWS's words."""
    tws.answers["84"] = lambda fields: tws.send(4, 2, fields[1], 10172, "Not allowed.", "")
    with pytest.raises(VenueRejected, match=r"the article DJNL.1: Not allowed"):
        await article(link, "DJNL", "DJNL$1")
