import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from orders import an_intent

from voldesk.app.market_view import MarketView
from voldesk.app.running import first_of_ours
from voldesk.app.scan_taker import fees_of, open_taker
from voldesk.app.scanning import open_watchlist
from voldesk.app.settings import Loaded, Settings
from voldesk.model.clock import ManualClock
from voldesk.model.errors import ConfigError, VenueUnavailable, VoldeskError
from voldesk.model.orders import Leg, OrderType, Terms


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def loaded(**trading: Any) -> Loaded:
    return Loaded(Settings.model_validate({"feeds": ("sim",), "trading": trading}), {})


async def opened(settings: Loaded, broker: str) -> tuple[str, bool, str]:
    """Open where orders go over a simulated market; return what it says, and a verdict."""
    async with asyncio.timeout(60), open_watchlist(settings, ("BTC",)) as watchlist:
        found = await watchlist.look()
        async with open_taker(settings, watchlist, broker) as taker:
            key = next(one.row.key for one in found.scans[0].candidates if one.row.is_sound)
            intent = an_intent(
                account=taker.account,
                underlying="BTC",
                legs=(Leg(key),),
                terms=Terms(quantity=1, limit_price=Decimal(1)),
            )
            assert taker.fees(intent) is not None
            assert taker.orders() == {}
            return taker.account, taker.is_paper, taker.verdict(intent)


def ask(settings: Loaded, broker: str) -> tuple[str, bool, str]:
    try:
        return asyncio.run(opened(settings, broker))
    except ExceptionGroup as group:
        raise first_of_ours(group) or group from group


def test_the_paper_desk_takes_orders() -> None:
    """An account of its own, in which nothing real can move, that the gate is open to."""
    account, is_paper, verdict = ask(loaded(), "paper")
    assert account
    assert is_paper
    assert verdict == ""


@pytest.mark.parametrize("trading", [{"broker": "off"}, {"broker": "ib", "is_paper": False}])
def test_a_scan_trades_on_paper(trading: dict[str, Any]) -> None:
    """Neither nowhere nor with real money."""
    with pytest.raises(ConfigError, match="trades on paper"):
        ask(loaded(**trading), trading["broker"])


def test_a_desk_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    """Such as one whose folder is a file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(VoldeskError, match="is not traded here"):
        ask(loaded(folder=tmp_path / "file"), "paper")
    assert issubclass(VenueUnavailable, VoldeskError)


def test_unknown_charges_are_none(market: Any) -> None:
    """Of a contract nobody shows, of an order without a price, of a combination."""

    class Nobody(MarketView):
        def mark(self, key: str) -> None:
            assert key

    fees = fees_of(Nobody.__new__(Nobody), ManualClock(1))
    assert fees(an_intent()) is None
    bare = an_intent(order_type=OrderType.MARKET, terms=Terms(quantity=1))
    assert fees(bare) is None
    assert market is not None
