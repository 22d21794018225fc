"""Real money moves after somebody has typed so at the terminal, and not otherwise."""

import io
from pathlib import Path

import pytest
from desk_floor import Calm
from desk_room import a_room
from orders import a_fill, an_intent
from venue import MemoryVenue

from voldesk.app.arming import GuardedSurroundings, LiveGuard, ask_at_terminal
from voldesk.model.clock import ManualClock
from voldesk.model.enums import Market
from voldesk.model.errors import OrderDenied
from voldesk.model.events import Filled
from voldesk.model.lifecycle import State
from voldesk.model.orders import Side
from voldesk.model.sessions import NS_PER_DAY
from voldesk.trading.limits import Limits

ACCOUNT = "U1234567"
NOON = 1_790_784_000_000_000_000
OWN = Limits(order_contracts=2)


def a_guard(
    clock: ManualClock | None = None, *, is_live: bool = True, limits: Limits = OWN
) -> LiveGuard:
    """Return a guard of an account whose settings are all there."""
    return LiveGuard(
        ACCOUNT,
        limits,
        is_live=is_live,
        is_live_in_file=is_live,
        exchange=Market.US,
        clock=clock or ManualClock(NOON),
    )


def a_venue() -> MemoryVenue:
    """Return a venue where the account holds real money."""
    venue = MemoryVenue(is_paper=False)
    venue.accounts = (ACCOUNT,)
    return venue


class Terminal(io.StringIO):
    """Somebody who types a line."""

    def isatty(self) -> bool:
        return True


def test_an_armed_account_lacks_nothing() -> None:
    """Once somebody typed the phrase with the account's last digits."""
    guard = a_guard()
    assert guard.refusal(a_venue()) == "nobody has armed the account at the terminal of voldesk up"
    ask_at_terminal(guard, Terminal("live 567\n"))
    assert guard.is_armed
    assert guard.refusal(a_venue()) == ""


@pytest.mark.parametrize("typed", ["", "\n", "y\n", "live\n", "live 568\n", "LIVE 567\n"])
def test_anything_else_arms_nothing(typed: str) -> None:
    """A yes by habit, or the digits of another account."""
    guard = a_guard()
    ask_at_terminal(guard, Terminal(typed))
    assert not guard.is_armed


def test_the_terminal_shows_the_account_and_its_limits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On stderr, without the account's whole number."""
    ask_at_terminal(a_guard(), Terminal("live 567\n"))
    said = capsys.readouterr()
    assert said.out == ""
    assert "LIVE: orders of account …567 move real money" in said.err
    assert "order_contracts 2," in said.err
    assert ACCOUNT not in said.err


def test_without_a_terminal_nothing_is_armed() -> None:
    """A pipe may hold the right words, and nobody typed them."""
    guard = a_guard()
    ask_at_terminal(guard, io.StringIO("live 567\n"))
    assert not guard.is_armed


def test_paper_is_not_asked_about() -> None:
    """Nothing is read, and a paper venue may be traded."""
    terminal = Terminal("live 567\n")
    guard = a_guard(is_live=False)
    ask_at_terminal(guard, terminal)
    assert terminal.tell() == 0
    assert guard.refusal(MemoryVenue()) == ""
    assert "holds real money" in guard.refusal(a_venue())


def test_what_is_missing_has_a_sentence_each() -> None:
    """All at once, so that one start is enough to mend them."""
    found = a_guard(limits=Limits()).refusal(MemoryVenue()).split("; ")
    assert found == [
        "nobody has armed the account at the terminal of voldesk up",
        "the venue does not report U1…67",
        "the venue's account is a paper account",
        "the limits are those voldesk comes with: set your own in trading.limits",
    ]


def test_it_ends_with_the_day_at_the_exchange() -> None:
    """Whatever the time of the machine is."""
    clock = ManualClock(NOON)
    guard = a_guard(clock)
    guard.arm()
    clock.advance(NS_PER_DAY)
    assert guard.refusal(a_venue()) == "it was armed on another day at the exchange"


def test_a_kill_disarms() -> None:
    """Only a new process can be armed again."""
    guard = a_guard()
    guard.disarm("nothing")
    assert "nobody has armed" in guard.refusal(a_venue())
    guard.arm()
    guard.disarm("a kill (somebody)")
    assert guard.refusal(a_venue()) == (
        "it was disarmed by a kill (somebody): start voldesk up again"
    )


async def test_once_disarmed_only_reductions_pass(tmp_path: Path) -> None:
    """A kill disarms; what is unlocked afterwards still may only trade out of what is held."""
    reason = ["", "it was armed on another day at the exchange"]
    around = GuardedSurroundings(Calm(), lambda: reason[0])
    async with a_room(tmp_path, surroundings=around) as room:
        await room.opens()
        room.inner.ledger.apply(Filled(fill=a_fill("x1", "", quantity=2), at=1))
        bought = await room.inner.submit(an_intent("vd-1", quantity=1))
        assert bought.state is not State.DENIED
        reason.reverse()
        denied = await room.inner.submit(an_intent("vd-2", quantity=1))
        assert denied.state is State.DENIED
        assert denied.reason == f"real money may not move: {reason[0]}"
        sold = await room.inner.submit(an_intent("vd-3", quantity=2, side=Side.SELL))
        assert sold.state is not State.DENIED
        with pytest.raises(OrderDenied, match="real money may not move"):
            await room.inner.modify("vd-1", an_intent(quantity=2).terms)


async def test_a_kill_of_a_desk_disarms_it(tmp_path: Path) -> None:
    """Over whatever way it comes; unlocking does not arm."""
    guard = a_guard()
    guard.arm()
    async with a_room(tmp_path) as room:
        room.desk.guard = guard
        await room.opens()
        await room.desk.kill(by="a client", reason="test", is_flattening=False)
        await room.desk.unlock(by="a client")
    assert "it was disarmed by a kill (a client)" in guard.refusal(a_venue())
