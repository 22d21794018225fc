"""``voldesk order`` against a voldesk that runs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from desk_served import DeskServed, desk_served
from typer.testing import CliRunner, Result

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode

RUN = CliRunner()
NAME = "AMZN 2026-01-16 C 200"
CONTRACT = NAME.split()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskServed]:
    """A desk at the address of the settings."""
    with desk_served() as found:
        monkeypatch.setenv("VOLDESK_TOKEN", found.token)
        monkeypatch.setenv("VOLDESK_GATEWAY__PORT", str(found.port))
        yield found


def order(*arguments: str) -> Result:
    return RUN.invoke(app, ["order", *arguments])


def place(*arguments: str) -> Result:
    return order("place", "buy", "2", *CONTRACT, "--yes", *arguments)


def test_an_order_is_previewed(served: DeskServed) -> None:
    """What it costs, what the gate says; nothing is sent."""
    done = order("preview", "buy", "2", *CONTRACT, "--limit", "1.25")
    assert done.exit_code == ExitCode.OK, done.output
    assert done.stdout.startswith(f"paper PAPER: buy 2 {NAME}, limit 1.25, day; pays 250.00 USD")
    assert "gate: 2 of 2 checks passed" in done.stdout
    assert not served.desk.placed


def test_a_preview_of_what_is_denied_ends_with_its_code(served: DeskServed) -> None:
    """The answer is printed, and the exit code says no."""
    done = order("preview", "buy", "40", *CONTRACT, "--limit", "1.25", "--json")
    assert done.exit_code == ExitCode.DENIED
    assert json.loads(done.stdout)["is_allowed"] is False
    assert "order_contracts is 40, at most 10" in done.stderr
    assert not served.desk.placed


def test_an_order_is_placed_listed_changed_and_cancelled(served: DeskServed) -> None:
    """Each step prints the order as it stands."""
    done = place("--limit", "1.25", "--reason", "because")
    assert done.exit_code == ExitCode.OK, done.output
    (tag,) = served.desk.placed
    assert done.stdout == f"{tag} working: buy 2 {NAME}, 0 filled\n"
    assert served.desk.ledger.orders[tag].intent.reason == "because"
    changed = order("modify", tag, "--limit", "1.30", "--quantity", "3", "--json")
    assert json.loads(changed.stdout)["asked"]["limit_price"] == "1.3"
    listed = order("list", "--open")
    assert listed.stdout.splitlines()[1].split()[:5] == [tag, "modify_pending", "buy", "2", "0"]
    lines = order("list", "--json", "--most", "1").stdout.splitlines()
    assert [json.loads(line)["client_order_id"] for line in lines] == [tag]
    assert "cancel_pending" in order("cancel", tag).stdout
    assert order("cancel", "--all").stdout == "asked to cancel 1\n"
    done = order("cancel", "--all", "--json")
    assert json.loads(done.stdout)["asked"] == 1
    assert "one could not be asked for" in done.stderr


def test_fills_are_shown_with_their_price(served: DeskServed) -> None:
    """The same key gives the same order, whatever has become of it."""
    place("--limit", "1.25", "--key", "mine")
    (tag,) = served.desk.placed
    served.desk.fill(tag, 1)
    done = place("--limit", "1.25", "--key", "mine")
    assert done.stdout == f"{tag} partially_filled: buy 2 {NAME}, 1 filled at 1.24\n"
    again = place("--limit", "1.26", "--key", "mine")
    assert again.exit_code == ExitCode.CONFIG
    assert "belongs to order" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (("--limit", "1.25"), {"order_type": "limit"}),
        (("--type", "market"), {"order_type": "market"}),
        (("--stop", "1.5"), {"order_type": "stop"}),
        (("--stop", "1.5", "--limit", "1.6"), {"order_type": "stop_limit"}),
        (("--trail-amount", "0.1"), {"order_type": "trail"}),
        (("--trail-pct", "5", "--limit", "1"), {"order_type": "trail_limit"}),
        (
            ("--limit", "1", "--tif", "gtc", "--outside-hours", "--adaptive"),
            {"time_in_force": "gtc", "outside_hours": True, "is_adaptive": True},
        ),
        (("--limit", "1", "--reducing"), {"is_reducing": True}),
    ],
)
def test_the_prices_say_what_kind_of_order_it_is(
    served: DeskServed, arguments: tuple[str, ...], facts: dict[str, Any]
) -> None:
    """A limit, a stop, both, a trail; one at the market is named."""
    done = place(*arguments, "--json")
    assert done.exit_code == ExitCode.OK, done.output
    made = json.loads(done.stdout)
    assert {name: made[name] for name in facts} == facts
    assert served.desk.placed


def test_a_combination_is_told_leg_by_leg(served: DeskServed) -> None:
    """Each with its ratio; the limit is net."""
    legs = ("--leg", f"1 {NAME}", "--leg", "-1 AMZN 2026-01-16 C 210")
    done = order("place", "buy", "1", *legs, "--limit", "-0.5", "--yes", "--json")
    assert done.exit_code == ExitCode.OK, done.output
    made = json.loads(done.stdout)
    assert [leg["ratio"] for leg in made["legs"]] == [1, -1]
    assert (made["limit_price"], len(served.desk.placed)) == ("-0.5", 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("place", "buy", "1", *CONTRACT, "--yes"),
        ("place", "buy", "1", "--limit", "1", "--yes"),
        ("place", "buy", "1", *CONTRACT, "--leg", "1 AMZN", "--limit", "1"),
        ("place", "buy", "1", "--leg", "AMZN 1", "--leg", "1 AMZN", "--limit", "1"),
        ("place", "buy", "0", *CONTRACT, "--limit", "1"),
        ("cancel",),
        ("cancel", "vd-1", "--all"),
    ],
)
def test_what_cannot_be_meant_is_no_command(served: DeskServed, arguments: tuple[str, ...]) -> None:
    """Exit code 2, and nothing is sent."""
    assert order(*arguments).exit_code == ExitCode.USAGE
    assert not served.desk.placed


def test_a_change_of_nothing_is_an_error(served: DeskServed) -> None:
    """It says what may be changed."""
    done = order("modify", "vd-1", "--url", served.url)
    assert done.exit_code == ExitCode.CONFIG
    assert "nothing is to be changed" in done.stderr


def test_without_orders_that_is_said() -> None:
    """On stderr; stdout has nothing for the next program."""
    with desk_served() as found:
        done = RUN.invoke(
            app, ["order", "list", "--url", found.url], env={"VOLDESK_TOKEN": found.token}
        )
    assert (done.exit_code, done.stdout) == (ExitCode.OK, "")
    assert "no orders" in done.stderr


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 4."""
    monkeypatch.setenv("VOLDESK_TOKEN", "k" * 43)
    done = order("list", "--url", "http://127.0.0.1:1")
    assert done.exit_code == ExitCode.UNAVAILABLE
    assert "no voldesk answers at http://127.0.0.1:1" in done.stderr


def test_an_order_takes_its_ways_out_along(served: DeskServed) -> None:
    """A target and a stop loss wait for it; a stop of its own is something else."""
    done = place("--limit", "1.25", "--target", "2.50", "--stop-loss", "0.60")
    assert done.exit_code == ExitCode.OK, done.output
    tag, target, stop = served.desk.placed
    assert (target, stop) == (f"{tag}-target", f"{tag}-stop")
    found = served.desk.ledger.orders
    assert str(found[target].intent.terms.limit_price) == "2.50"
    assert str(found[stop].intent.terms.stop_price) == "0.60"
