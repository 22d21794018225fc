"""Smaller questions, each answered."""

from typing import Any

import pytest
from tws_client import Client, make_world, move

from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_account import (
    Bulletin,
    CurrentTime,
    DisplayGroups,
    DisplayGroupUpdated,
    SoftDollarTiers,
    UserInfo,
)
from voldesk.wire.ib.answers_market import SmartComponents
from voldesk.wire.ib.answers_reference import (
    HistoricalNews,
    HistoricalNewsEnd,
    MarketRule,
    NewsArticleAnswer,
    NewsProviders,
    ScannerData,
    ScannerParameters,
    WshEventData,
    WshMetaData,
)
from voldesk.wire.ib.requests_market import (
    CancelBulletins,
    QueryDisplayGroups,
    RequestBulletins,
    RequestCurrentTime,
    RequestSmartComponents,
    RequestUserInfo,
    SetServerLogLevel,
    SubscribeToGroup,
    UnsubscribeFromGroup,
    UpdateDisplayGroup,
)
from voldesk.wire.ib.requests_orders import ReplaceFa, RequestFa, RequestSoftDollarTiers
from voldesk.wire.ib.requests_reference import (
    CancelScan,
    RequestFundamentals,
    RequestHistoricalNews,
    RequestMarketRule,
    RequestNewsArticle,
    RequestNewsProviders,
    RequestScan,
    RequestScannerParameters,
    RequestWshEventData,
    RequestWshMetaData,
)
from voldesk.wire.ib.types import IbContract, ScannerSubscription

AMAZON = 3691937


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    return Client(world, client_id=len(world.sessions) + 1)


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (RequestCurrentTime(), CurrentTime),
        (RequestSmartComponents(1, "a6"), SmartComponents),
        (RequestMarketRule(26), MarketRule),
        (RequestSoftDollarTiers(1), SoftDollarTiers),
        (RequestUserInfo(1), UserInfo),
        (RequestScannerParameters(), ScannerParameters),
        (RequestNewsProviders(), NewsProviders),
        (QueryDisplayGroups(1), DisplayGroups),
        (RequestBulletins(all_messages=True), Bulletin),
    ],
)
def test_one_answer_each(client: Client, request_: Any, kind: type) -> None:
    """A question and its answer."""
    client.ask(request_)
    assert client.one(kind)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (SetServerLogLevel(9), 321),
        (RequestSmartComponents(1, "zz"), 322),
        (RequestFa(1), 321),
        (ReplaceFa(1, "<x/>", 1), 321),
        (RequestFundamentals(1, IbContract(con_id=AMAZON), "ReportSnapshot"), 430),
        (RequestNewsArticle(1, "BRFG", "nothing"), 10172),
        (RequestHistoricalNews(1, 1, "BRFG", "", "", 10), 321),
        (CancelScan(9), 365),
        (RequestWshMetaData(1), 10276),
        (RequestWshEventData(1, AMAZON), 10276),
    ],
)
def test_refusals(client: Client, request_: Any, code: int) -> None:
    """A question that has no answer, and TWS's code for it."""
    client.ask(request_)
    assert client.codes() == [code]


def test_advisers_have_lists() -> None:
    """Who has several accounts may ask for groups."""
    client = Client(make_world(accounts=("DU1", "DU2")))
    client.ask(RequestFa(1), ReplaceFa(1, "<x/>", 5))
    assert client.codes() == []
    assert len(client.heard) == 2


def test_headlines_lead_to_articles(client: Client) -> None:
    """The newest first, an end, and a body for each."""
    client.ask(RequestHistoricalNews(1, AMAZON, "BRFG+DJNL", "", "", 3))
    found = client.of(HistoricalNews)
    assert len(found) == 3
    assert isinstance(client.heard[-1], HistoricalNewsEnd)
    headline = found[0].headline
    client.ask(RequestNewsArticle(1, headline.provider, headline.article_id))
    assert headline.headline in client.one(NewsArticleAnswer).article.text


def test_scans_are_told_again(world: World, client: Client) -> None:
    """Every half minute, until it is cancelled."""
    asked = RequestScan(
        1,
        ScannerSubscription(
            row_count=5, instrument="STK", location="STK.US.MAJOR", scan_code="TOP_PERC_GAIN"
        ),
    )
    client.ask(asked)
    assert [row.rank for row in client.one(ScannerData).rows] == [0, 1, 2, 3, 4]
    client.clear()
    move(world, 31.0)
    assert len(client.of(ScannerData)) == 1
    client.ask(asked)
    assert client.codes() == [322]
    client.ask(CancelScan(1))
    assert client.codes() == []


def test_the_calendar_of_a_subscriber() -> None:
    """Who has subscribed to corporate events is told of them."""
    world = make_world()
    world.permissions.has_calendar = True
    client = Client(world)
    client.ask(RequestWshMetaData(1), RequestWshEventData(2, AMAZON))
    assert client.one(WshMetaData).json.startswith("{")
    assert client.one(WshEventData).json.startswith("[")


def test_colour_groups(client: Client) -> None:
    """Who follows a group hears what it shows, until it no longer does."""
    client.ask(SubscribeToGroup(1, 3), UpdateDisplayGroup(1, "8314@SMART"))
    assert client.of(DisplayGroupUpdated)[-1].contract_info == "8314@SMART"
    client.ask(UnsubscribeFromGroup(1), UpdateDisplayGroup(1, "none"), CancelBulletins())
    assert client.heard == []
