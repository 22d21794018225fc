"""What one client hears of its accounts."""

import pytest
from tws_client import AMZN, Client, make_world, move

from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_account import (
    AccountDownloadEnd,
    AccountSummary,
    AccountSummaryEnd,
    AccountUpdateMulti,
    AccountUpdateMultiEnd,
    AccountValue,
    FamilyCodes,
    ManagedAccounts,
    Pnl,
    PnlSingle,
    PortfolioValue,
    Position,
    PositionEnd,
    PositionMulti,
    PositionMultiEnd,
)
from voldesk.wire.ib.requests_orders import (
    CancelAccountSummary,
    CancelAccountUpdatesMulti,
    CancelPnl,
    CancelPnlSingle,
    CancelPositions,
    CancelPositionsMulti,
    PlaceOrder,
    RequestAccountSummary,
    RequestAccountUpdates,
    RequestAccountUpdatesMulti,
    RequestFamilyCodes,
    RequestManagedAccounts,
    RequestPnl,
    RequestPnlSingle,
    RequestPositions,
    RequestPositionsMulti,
)
from voldesk.wire.ib.types import IbOrder

ACCOUNT = "DU1234567"
AMAZON = 3691937


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


def trade(client: Client, order_id: int = 1, action: str = "BUY") -> None:
    order = IbOrder(order_id=order_id, action=action, quantity=100.0, order_type="MKT")
    client.ask(PlaceOrder(AMZN, order))


def test_names(client: Client) -> None:
    """The accounts, and that they have no family."""
    client.ask(RequestManagedAccounts(), RequestFamilyCodes())
    assert client.one(ManagedAccounts).accounts == ACCOUNT
    assert client.one(FamilyCodes).codes[0].tag == ACCOUNT


def test_updates_of_an_account(world: World, client: Client) -> None:
    """Values, portfolio and an end; a fill is told unasked; the end ends it."""
    trade(client)
    client.ask(RequestAccountUpdates(subscribe=True, account=ACCOUNT))
    values = {value.key: value.value for value in client.of(AccountValue)}
    assert float(values["GrossPositionValue"]) > 20_000.0
    held = client.one(PortfolioValue)
    assert (held.position, held.account) == (100.0, ACCOUNT)
    assert held.average_cost > held.market_price
    assert client.heard[-1] == AccountDownloadEnd(ACCOUNT)
    trade(client, 2)
    assert client.of(PortfolioValue)[-1].position == 200.0
    client.ask(RequestAccountUpdates(subscribe=False, account=ACCOUNT))
    trade(client, 3)
    assert not client.of(PortfolioValue)
    client.clear()
    move(world, 0.2)
    assert not client.of(AccountValue)


def test_positions_are_told_as_they_change(client: Client) -> None:
    """With the exchange they are listed at, as a real TWS does."""
    client.ask(RequestPositions())
    assert client.heard == [PositionEnd()]
    trade(client)
    told = client.one(Position)
    assert (told.position, told.contract.exchange) == (100.0, "NASDAQ")
    trade(client, 2, "SELL")
    assert client.one(Position).position == 0.0
    client.ask(CancelPositions())
    trade(client, 3)
    assert not client.of(Position)


def test_positions_of_one_account(client: Client) -> None:
    """Under the number of the request, with an end of their own."""
    trade(client)
    client.ask(RequestPositionsMulti(5, ACCOUNT, ""))
    assert client.one(PositionMulti).position == 100.0
    assert client.heard[-1] == PositionMultiEnd(5)
    trade(client, 2)
    assert client.one(PositionMulti).position == 200.0
    client.ask(CancelPositionsMulti(5))
    trade(client, 3)
    assert not client.of(PositionMulti)


def test_summary_by_tags(client: Client) -> None:
    """Only what was asked for, then an end; two at a time."""
    client.ask(RequestAccountSummary(5, "All", "NetLiquidation,BuyingPower,Nonsense"))
    assert {row.tag for row in client.of(AccountSummary)} == {"NetLiquidation", "BuyingPower"}
    assert client.heard[-1] == AccountSummaryEnd(5)
    client.ask(RequestAccountSummary(6, "All", "$LEDGER:ALL"))
    assert {row.currency for row in client.of(AccountSummary)} == {"BASE", "USD"}
    client.ask(RequestAccountSummary(7, "All", "$LEDGER"))
    assert client.codes() == [322]
    client.ask(CancelAccountSummary(5), RequestAccountSummary(7, "All", "$LEDGER"))
    assert {row.currency for row in client.of(AccountSummary)} == {"BASE"}
    client.ask(CancelAccountSummary(6), RequestAccountSummary(8, "Nobody", "NetLiquidation"))
    assert client.codes() == [321]


def test_a_summary_follows_the_positions(world: World, client: Client) -> None:
    """After a fill it is told anew, without waiting for its time."""
    client.ask(RequestAccountSummary(5, "All", "GrossPositionValue"))
    trade(client)
    client.clear()
    move(world, 0.1)
    assert float(client.of(AccountSummary)[-1].value) > 20_000.0


def test_values_of_one_account(client: Client) -> None:
    """All values, or the ledger alone."""
    client.ask(RequestAccountUpdatesMulti(5, ACCOUNT, "", ledger_and_nlv=False))
    assert "BuyingPower" in {row.key for row in client.of(AccountUpdateMulti)}
    assert client.heard[-1] == AccountUpdateMultiEnd(5)
    client.ask(CancelAccountUpdatesMulti(5))
    client.ask(RequestAccountUpdatesMulti(6, "", "", ledger_and_nlv=True))
    assert "BuyingPower" not in {row.key for row in client.of(AccountUpdateMulti)}


def test_profit_and_loss(world: World, client: Client) -> None:
    """Of the account and of a position, at once and then every second in which it changes."""
    trade(client)
    client.ask(RequestPnl(5, ACCOUNT, ""), RequestPnlSingle(6, ACCOUNT, "", AMAZON))
    assert client.one(Pnl).daily is not None
    single = client.one(PnlSingle)
    assert (single.position, single.realized) == (100.0, 0.0)
    client.clear()
    move(world, 10.0)
    assert 1 <= len(client.of(Pnl)) <= 10
    client.ask(RequestPnl(5, ACCOUNT, ""))
    assert client.codes() == [322]
    client.ask(CancelPnl(5), CancelPnlSingle(6))
    client.clear()
    move(world, 3.0)
    assert client.heard == []


def test_wrong_names(client: Client) -> None:
    """An account or a contract nobody has."""
    client.ask(RequestAccountUpdates(subscribe=True, account="DU9"))
    assert client.codes() == [321]
    client.ask(RequestPnlSingle(6, ACCOUNT, "", 1))
    assert client.codes() == [321]
