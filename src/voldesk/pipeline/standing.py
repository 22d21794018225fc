"""What a process streams of its own accord: of every underlying the same, as the settings say."""

from voldesk.bus.local import STATUS, Listener, LocalBus
from voldesk.pipeline.pump import Pump
from voldesk.pipeline.subscriptions import Subscriptions, SubscriptionSettings


class StandingSubscriptions:
    """
    Subscribes every underlying that a feed ticks, once, when the feed has opened.

    With a window in the settings: the strikes at the money in full, a range around them in light
    mode. Without one nothing is asked: a feed ticks its whole chain of its own accord, as far as
    its venue has lines for it.

    Args:
        subscriptions: Where it subscribes.
        pump: Whose underlyings.
        bus: Where the pump tells that a feed has opened.
        settings: See `SubscriptionSettings`.

    Raises:
        ConfigError: A setting is not possible.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        pump: Pump,
        bus: LocalBus,
        settings: SubscriptionSettings,
    ) -> None:
        settings.require_valid()
        self._subscriptions = subscriptions
        self._pump = pump
        self._settings = settings
        self._known: set[str] = set()
        self._listener: Listener = bus.on(STATUS, self._hear, name="standing subscriptions")

    def close(self) -> None:
        """Subscribe nothing more; what is subscribed stays."""
        self._listener()

    def _hear(self, _topic: str, _message: object) -> None:
        if not self._settings.has_window:
            return
        for underlying in self._pump.underlyings:
            if underlying not in self._known:
                self._known.add(underlying)
                self._subscribe(underlying)

    def _subscribe(self, underlying: str) -> None:
        settings, held = self._settings, self._subscriptions
        held.atm(underlying, strikes=settings.atm_strikes or 0, expiries=settings.expiries)
        if settings.range_points is not None:
            width = settings.range_points
            held.around(underlying, width_points=width, expiries=settings.expiries)
