"""What would become of an order that is not sent."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from desk_floor import Calm
from desk_room import a_room
from hand_desk import CALL
from orders import an_intent
from venue import MemoryVenue

from voldesk.model.errors import VenueUnavailable
from voldesk.model.events import Margin
from voldesk.model.orders import Intent, Leg
from voldesk.trading.desk import Desk
from voldesk.trading.limits import Limits
from voldesk.trading.views import DeskView, Exposure


def buy() -> Intent:
    """Return an order to buy three calls of AMZN."""
    return an_intent(legs=(Leg(CALL),), underlying="AMZN")


class Greek(Calm):
    """Surroundings in which a contract has Greeks."""

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        """Return them for every contract."""
        seen = super().view(intent, desk)
        exposure = Exposure(delta=10.0, vega=1.0)
        contracts = {key: replace(one, exposure=exposure) for key, one in seen.contracts.items()}
        return replace(seen, contracts=contracts)


async def test_a_preview_sends_nothing(tmp_path: Path) -> None:
    """Verdict and added Greeks of an order that stays here."""
    async with a_room(tmp_path, surroundings=Greek()) as room:
        await room.opens()
        found = await room.desk.preview(buy())
    assert found.verdict.is_allowed
    assert (found.margin, found.added.delta, found.added.vega) == (None, 30.0, 3.0)
    assert not room.venue.placed


class Reckoning(MemoryVenue):
    """A venue that says what an order would bind, or cannot be reached."""

    answer: Margin | Exception | None = None

    async def what_if(self, intent: Intent) -> Margin | None:
        assert intent.account in self.accounts
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "is_allowed"),
    [
        (
            Margin(initial_after=Decimal(1), maintenance_after=Decimal(1), equity_after=Decimal(9)),
            1,
        ),
        (
            Margin(initial_after=Decimal(9), maintenance_after=Decimal(1), equity_after=Decimal(9)),
            0,
        ),
        (VenueUnavailable("away"), 0),
    ],
)
async def test_a_preview_is_held_to_the_margin(
    tmp_path: Path, answer: Margin | Exception, is_allowed: int
) -> None:
    """What the venue cannot say has not passed."""
    venue = Reckoning()
    venue.answer = answer
    limits = replace(Limits.none(), margin_share=1.0)
    async with a_room(tmp_path, venue, limits=limits) as room:
        await room.opens()
        found = await room.desk.preview(buy())
    assert found.verdict.is_allowed is bool(is_allowed)
    assert found.margin is (None if isinstance(answer, Exception) else answer)
