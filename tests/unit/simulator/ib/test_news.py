"""News that nobody wrote."""

import pytest
from ib_reference import START, Reference

from voldesk.simulator.ib.news import PROVIDERS, article, bulletin, headlines
from voldesk.simulator.ib.refusal import Refused

PLTR = 444857009


def test_headlines_come_newest_first_within_their_times(reference: Reference) -> None:
    """Ten of June come, each with an id, a provider that was asked for and a time inside."""
    found, has_more = headlines(
        reference.catalogue.numbered(PLTR),
        "BRFG",
        "2026-06-01 00:00:00",
        "2026-06-24 00:00:00",
        10,
        START,
    )
    assert len(found) == 10
    assert has_more
    times = [row.time for row in found]
    assert times == sorted(times, reverse=True)
    assert all("2026-06-01" < time < "2026-06-23 15:00:01" for time in times)
    assert {row.provider for row in found} == {"BRFG"}
    assert len({row.article_id for row in found}) == 10


def test_the_same_question_has_the_same_answer(reference: Reference) -> None:
    """The order of the two times does not matter, and nothing is drawn twice."""
    instrument = reference.catalogue.numbered(PLTR)
    first = headlines(instrument, "BRFG+DJNL", "20260601 00:00:00", "20260610 00:00:00", 99, START)
    other = headlines(instrument, "BRFG+DJNL", "20260610 00:00:00", "20260601 00:00:00", 99, START)
    assert first == other
    assert not first[1]


def test_without_times_the_last_month_is_told(reference: Reference) -> None:
    """Empty times reach from now a month back."""
    found, _ = headlines(reference.catalogue.numbered(PLTR), "SIM", "", "null", 300, START)
    assert 85 <= len(found) <= 95


def test_every_headline_has_its_article(reference: Reference) -> None:
    """The body repeats the headline and says that it is invented."""
    instrument = reference.catalogue.numbered(265598)
    for row in headlines(instrument, "BRFG+SIM", "", "", 5, START)[0]:
        body = article(reference.catalogue, row.provider, row.article_id)
        assert body.kind == 0
        assert row.headline in body.text
        assert "made by a simulator" in body.text


@pytest.mark.parametrize(
    ("provider", "article_id"),
    [("SIM", "x"), ("SIM", "BRFG$00040d7e-20000-1"), ("BRFG", "BRFG$1-1-1")],
)
def test_unknown_articles_are_refused(reference: Reference, provider: str, article_id: str) -> None:
    """An id of another provider or form is error 10172."""
    with pytest.raises(Refused) as caught:
        article(reference.catalogue, provider, article_id)
    assert caught.value.code == 10_172


def test_unknown_contracts_and_providers_are_refused(reference: Reference) -> None:
    """Both are error 321."""
    for instrument, providers in ((None, "SIM"), (reference.catalogue.numbered(PLTR), "XYZ")):
        with pytest.raises(Refused) as caught:
            headlines(instrument, providers, "", "", 1, START)
        assert caught.value.code == 321


def test_bulletins_name_their_exchange() -> None:
    """A bulletin is one sentence about an exchange; provider codes differ."""
    assert "CBOE" in bulletin(3, "CBOE")
    assert len({row.code for row in PROVIDERS}) == len(PROVIDERS)
