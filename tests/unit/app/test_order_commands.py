"""What a person is shown of an order, and asked about it."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import typer
from desk_served import DeskServed, desk_served
from gateway_world import TOKEN
from pydantic import SecretStr

from voldesk.app import order_commands
from voldesk.app.order_commands import list_positions, place, preview_lines
from voldesk.app.remote import Remote
from voldesk.app.settings import Loaded, Settings
from voldesk.gateways.order_desk import Mode
from voldesk.model.errors import ConfigError, OrderDenied
from voldesk.model.events import Margin

ORDER: dict[str, Any] = {
    "contract": "AMZN 2026-01-16 C 200",
    "side": "buy",
    "quantity": 2,
    "limit_price": "1.25",
}


@pytest.fixture
def served() -> Iterator[DeskServed]:
    """A desk behind a gateway."""
    with desk_served() as found:
        yield found


def remote(served: DeskServed) -> Remote:
    return Remote(Loaded(Settings(token=SecretStr(TOKEN)), {}), served.url)


def ask(served: DeskServed, *, is_asking: bool = True, **changes: Any) -> None:
    place(remote(served), ORDER | changes, key=None, is_asking=is_asking, is_json=False)


class Terminal:
    """Somebody who says what a test has them say."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._answer + "\n"


def test_a_person_says_yes_or_no(
    served: DeskServed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mode, side, size and most loss are said before; without a yes nothing is sent."""
    monkeypatch.setattr(sys, "stdin", Terminal("n"))
    with pytest.raises(typer.Abort):
        ask(served)
    assert not served.desk.placed
    assert "paper PAPER: buy 2 AMZN" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", Terminal("y"))
    ask(served)
    assert len(served.desk.placed) == 1


def test_where_nobody_can_be_asked_nothing_is_sent(served: DeskServed) -> None:
    """A script has to say --yes."""
    with pytest.raises(ConfigError, match="say --yes"):
        ask(served)
    assert not served.desk.placed


def test_real_money_is_never_sent_unasked(
    served: DeskServed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--yes is for paper."""
    monkeypatch.setattr(served.desk, "mode", Mode.LIVE)
    with pytest.raises(ConfigError, match="real money"):
        ask(served, is_asking=False)
    assert not served.desk.placed


def test_real_money_needs_more_than_a_yes(
    served: DeskServed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The phrase with the account's last characters is typed, at a terminal."""
    monkeypatch.setattr(served.desk, "mode", Mode.LIVE)
    with pytest.raises(ConfigError, match="confirmed at a terminal"):
        ask(served)
    monkeypatch.setattr(sys, "stdin", Terminal("y"))
    with pytest.raises(typer.Abort):
        ask(served)
    assert not served.desk.placed
    monkeypatch.setattr(sys, "stdin", Terminal("live PER"))
    ask(served)
    assert len(served.desk.placed) == 1
    assert "LIVE: real money" in capsys.readouterr().err


def test_positions_of_real_money_say_so(
    served: DeskServed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, also where the rest is data."""
    list_positions(remote(served), is_json=True)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(served.desk, "mode", Mode.LIVE)
    list_positions(remote(served), is_json=True)
    assert "LIVE: account PAPER, real money" in capsys.readouterr().err


def test_what_would_be_denied_is_not_asked_about(served: DeskServed) -> None:
    """Nor sent."""
    with pytest.raises(OrderDenied, match="order_contracts is 40"):
        ask(served, quantity=40)
    assert not served.desk.ledger.orders


def test_every_part_of_a_preview_has_its_line(served: DeskServed) -> None:
    """Quotes with their age, Greeks, margin, checks, and why it is denied."""
    served.desk.margin = Margin(
        initial_after=Decimal(250), maintenance_after=Decimal(1), equity_after=Decimal(1000)
    )
    served.desk.is_blind = True
    found = remote(served).ask("POST", "/orders/preview", ORDER)
    found["quotes"].append({**found["quotes"][0], "bid": None, "quote_age_secs": None})
    lines = preview_lines(found)
    assert lines[1:] == [
        "  AMZN 2026-01-16 C 200: 1.2 / 1.25, 0.4 s old",
        "  AMZN 2026-01-16 C 200: \N{EN DASH} / 1.25, \N{EN DASH}",
        "  adds dollar_delta 100, gamma 2, vega 3, theta \N{EN DASH}",
        "  margin 250 of 1000 after it, commission \N{EN DASH}",
        "  gate: 1 of 2 checks passed",
        "  denied: order_notional is not known, at most inf",
    ]


def test_a_rejected_order_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    """Behind its state."""
    order_commands._show(
        {
            "client_order_id": "vd-1",
            "state": "rejected",
            "side": "buy",
            "quantity": 1,
            "contract": "AMZN",
            "filled": 0,
            "average_price": None,
            "reason": "no funds",
        },
        is_json=False,
    )
    assert capsys.readouterr().out == "vd-1 rejected: buy 1 AMZN, 0 filled: no funds\n"
