"""The Broker port: orders to a venue and what it says of them; paper fills the same port."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

from voldesk.model.events import Margin, Snapshot, Told
from voldesk.model.orders import Intent


class Broker(Protocol):
    """
    A way to a venue's accounts.

    No call guesses an outcome: an order handed over is told of by ``told`` and by ``snapshot``
    alone, and a call that raises says that not a byte was sent.
    """

    @property
    def name(self) -> str:
        """Name it: ``paper``, ``ib``."""
        ...

    @property
    def is_paper(self) -> bool:
        """Say whether no real money can move; by port and account, never by a setting alone."""
        ...

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the accounts it may trade, known once open."""
        ...

    async def open(self) -> None:
        """
        Connect.

        Raises:
            VenueUnavailable: The venue does not answer.
            ConfigError: It answers and refuses: client id, read-only, no such account.
        """
        ...

    def told(self) -> AsyncIterator[Told]:
        """Yield what the venue says, in order, late and twice included, until closed."""
        ...

    async def snapshot(self, account: str) -> Snapshot:
        """
        Ask for all open and completed orders, executions of the day and positions.

        Raises:
            VenueUnavailable: Not all of it came in time.
        """
        ...

    async def place(self, intent: Intent) -> None:
        """
        Send an order, tagged with its ``client_order_id``.

        Raises:
            VenueUnavailable: There is no line; nothing was sent.
        """
        ...

    async def modify(self, intent: Intent) -> None:
        """Send an order's new terms; raises as ``place``."""
        ...

    async def cancel(self, client_order_id: str) -> None:
        """Ask to cancel one; raises as ``place``."""
        ...

    async def cancel_all(self, account: str) -> None:
        """Ask to cancel everything of an account, ours or not; raises as ``place``."""
        ...

    async def what_if(self, intent: Intent) -> Margin | None:
        """
        Ask what an order would bind, None where the venue cannot say.

        Raises:
            VenueUnavailable: No answer came in time.
        """
        ...

    async def close(self) -> None:
        """Disconnect; ``told`` ends. Orders stay as they are."""
        ...


@runtime_checkable
class FamilyBroker(Protocol):
    """A broker that takes a parent and its children in one call, so that they begin at once."""

    async def place_all(self, intents: Sequence[Intent]) -> None:
        """Send orders, each tagged with its ``client_order_id``; raises as ``Broker.place``."""
        ...
