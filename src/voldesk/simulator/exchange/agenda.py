"""What is due when, and what is told to whom: the exchange's time and voice."""

import heapq
from collections import deque
from collections.abc import Callable
from enum import IntEnum

from voldesk.simulator.exchange.events import Event


class Rank(IntEnum):
    """What comes first of the things due at one instant."""

    NORMAL = 0
    EXPIRY = 1  # of orders: an auction at the close comes before the end of the day
    SETTLEMENT = 2  # of contracts: when no order is left


class Agenda:
    """
    The present, and actions due later.

    Those of one instant run by rank, then in the order in which they were noted.

    Args:
        start: The present, UTC ns.
    """

    def __init__(self, start: int) -> None:
        self.now = start
        self._due: list[tuple[int, int, int, Callable[[], None]]] = []
        self._noted = 0

    def at(self, due: int, action: Callable[[], None], rank: Rank = Rank.NORMAL) -> None:
        """Note an action for an instant; one in the past runs with the next move."""
        self._noted += 1
        heapq.heappush(self._due, (due, rank, self._noted, action))

    def move(self, to: int) -> None:
        """Run what is due up to an instant, each at its own, and stand there."""
        while self._due and self._due[0][0] <= to:
            due, _, _, action = heapq.heappop(self._due)
            self.now = max(self.now, due)
            action()
        self.now = max(self.now, to)


class Voice:
    """
    Tells events to listeners, in order, when it is allowed to.

    Events wait until `deliver`. A listener may cause more of them: they are told after those that
    were there before, by the delivery that is under way.
    """

    def __init__(self) -> None:
        self._listeners: list[Callable[[Event], None]] = []
        self._events: deque[Event] = deque()
        self._is_busy = False

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Tell a listener from now on; return the function that ends it, once or more."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def say(self, event: Event) -> None:
        """Note an event."""
        self._events.append(event)

    def deliver(self) -> None:
        """Tell what was noted."""
        if self._is_busy:
            return
        self._is_busy = True
        try:
            while self._events:
                event = self._events.popleft()
                for listener in tuple(self._listeners):
                    listener(event)
        finally:
            self._is_busy = False
