"""Which contracts stream in which mode: around the money, following it, or the whole chain."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from voldesk.analytics.pcr import put_call_ratio
from voldesk.analytics.update import ChainUpdate
from voldesk.bus.local import LocalBus
from voldesk.chain.window import Points, Strikes
from voldesk.model.errors import ConfigError
from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.pipeline.asking import Asker, Wish
from voldesk.pipeline.figures import ContractGreeks, Pcr, greeks_of
from voldesk.pipeline.pump import Pump
from voldesk.pipeline.selection import MODE_RANK, NO_ROWS, Selection, Width

_LOG: Final = logging.getLogger(__name__)

_LEAST_HYSTERESIS: Final = 0.5  # of a step: where the neighbour is as near

SEED_WIDTH_POINTS: Final = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSettings:
    """
    What is streamed of every underlying, and how it follows the market.

    Attributes:
        atm_strikes: So many strikes on each side of the money in full mode; None for the whole
            chain, or with ``range_points`` for the pair at the money.
        range_points: Contracts at most so far from the money in light mode too, quote currency.
        expiries: How many series that have not settled have such a window, the first ones.
        hysteresis_steps: See `AtmWindow`.
    """

    atm_strikes: int | None = None
    range_points: float | None = None
    expiries: int = 1
    hysteresis_steps: float = 0.75

    @property
    def has_window(self) -> bool:
        """Say whether less than the whole chain is streamed: what is given up grows old."""
        return self.atm_strikes is not None or self.range_points is not None

    def require_valid(self) -> None:
        """
        Refuse what cannot be.

        Raises:
            ConfigError: Naming the setting, the value and what is allowed.
        """
        least = {"atm_strikes": 0, "range_points": 0, "expiries": 1}
        for name, limit in least.items():
            value = getattr(self, name)
            if value is not None and not limit <= value < float("inf"):
                raise ConfigError(f"subscriptions.{name} is {value}, it must be {limit} or more")
        if not _LEAST_HYSTERESIS < self.hysteresis_steps < float("inf"):
            raise ConfigError(
                f"subscriptions.hysteresis_steps is {self.hysteresis_steps}, it must be above"
                f" {_LEAST_HYSTERESIS}"
            )


GreeksHandler = Callable[[ChainUpdate, IntArray], None]
"""Called with an update and the rows of it that a subscription in full mode holds."""

PcrHandler = Callable[[Pcr], None]


@dataclass(slots=True, eq=False)
class Subscription:
    """What somebody asked for; hand it to `Subscriptions.unsubscribe` to be rid of it."""

    underlying: str
    mode: Mode
    width: Width | None
    expiry: date | None
    centre: float | None
    expiries: int = 1
    pcr: Pcr | None = None


class Subscriptions:
    """
    Keeps every feed asked for what the subscriptions together need, and no more.

    ``atm`` wants the pair at the money in full, ``around`` a range in light mode, ``whole`` all of
    a chain. They follow the spot with hysteresis and, without an expiry, go on to the next series
    when one settles. Each underlying with a subscription has its own spot wanted, too. Of an
    instrument wanted twice the fuller mode counts. Every feed that ticks the underlying is asked,
    so that one that stands in knows what to tick.

    Asking is done by `run`, see `Asker`.

    Args:
        pump: Whose chains and feeds.
        bus: Where the chains are published.
        settings: See `SubscriptionSettings`.
    """

    def __init__(
        self, pump: Pump, bus: LocalBus, settings: SubscriptionSettings | None = None
    ) -> None:
        self._pump = pump
        self._settings = settings or SubscriptionSettings()
        self._held: dict[Subscription, dict[int, Selection]] = {}
        self._asker = Asker()
        self._greeks_handlers: list[GreeksHandler] = []
        self._pcr_handlers: list[PcrHandler] = []
        self._work = asyncio.Event()
        self._listener = bus.on("chain/*", self._on_chain, name="subscriptions")
        self._status_listener = bus.on("status", self._on_status, name="subscriptions")

    def atm(
        self, underlying: str, expiry: date | None = None, *, strikes: int = 0, expiries: int = 1
    ) -> Subscription:
        """Want the call and the put at the money in full, and so many strikes on each side."""
        return self._add(
            Subscription(underlying, Mode.FULL, Strikes(strikes), expiry, None, expiries)
        )

    def around(
        self,
        underlying: str,
        expiry: date | None = None,
        centre: float | None = None,
        *,
        width_points: float = SEED_WIDTH_POINTS,
        strikes: int | None = None,
        mode: Mode = Mode.LIGHT,
        expiries: int = 1,
    ) -> Subscription:
        """
        Want a range around the money, or around a centre that stays.

        Args:
            underlying: Its symbol.
            expiry: Date of the series; None for the front one.
            centre: Quote currency; None to follow the spot.
            width_points: Distance from the centre strike, quote currency.
            strikes: So many strikes on either side, in place of ``width_points``.
            mode: Of each contract in it.
            expiries: Without an expiry, so many series from the front one on.
        """
        width = Points(width_points) if strikes is None else Strikes(strikes)
        return self._add(Subscription(underlying, mode, width, expiry, centre, expiries))

    def whole(
        self, underlying: str, expiry: date | None = None, *, mode: Mode = Mode.FULL
    ) -> Subscription:
        """Want every contract, of one expiry or of all."""
        return self._add(Subscription(underlying, mode, None, expiry, None))

    def unsubscribe(self, subscription: Subscription) -> None:
        """Want it no more; one that is gone already is no error."""
        self._held.pop(subscription, None)
        self._work.set()

    async def shutdown(self) -> None:
        """Drop every subscription and handler, and tell the feeds."""
        self._held.clear()
        self._listener()
        self._status_listener()
        self._greeks_handlers.clear()
        self._pcr_handlers.clear()
        await self.ask()

    def on_greeks(self, handler: GreeksHandler) -> Callable[[], None]:
        """Have a handler told of every update of rows held in full mode; returns its removal."""
        self._greeks_handlers.append(handler)
        return lambda: self._greeks_handlers.remove(handler)

    def on_pcr(self, handler: PcrHandler) -> Callable[[], None]:
        """Have a handler told when the put-call ratio of a range moves; returns its removal."""
        self._pcr_handlers.append(handler)
        return lambda: self._pcr_handlers.remove(handler)

    def rows(self, subscription: Subscription) -> IntArray:
        """Return the rows a subscription holds of the chain that is published now, rising."""
        selections = self._held.get(subscription)
        if not selections:
            return NO_ROWS
        selection = selections.get(id(self._pump.book(subscription.underlying)))
        return selection.rows if selection is not None else NO_ROWS

    def greeks(self) -> dict[str, ContractGreeks]:
        """Return the figures of every contract held in full mode, by key, as they are now."""
        found: dict[str, ContractGreeks] = {}
        for subscription in self._held:
            if subscription.mode is Mode.FULL:
                for row in self.rows(subscription).tolist():
                    one = greeks_of(self._pump.book(subscription.underlying), row)
                    found[one.key] = one
        return found

    def pcr(self) -> dict[Subscription, Pcr]:
        """Return the newest put-call ratio of every range."""
        counted = {one: self._count(one) for one in self._held if isinstance(one.width, Points)}
        return {one: pcr for one, pcr in counted.items() if pcr is not None}

    def document(self) -> list[dict[str, Any]]:
        """
        Return what is subscribed, one object each.

        Its keys: ``underlying``, ``mode``, ``strikes`` and ``points`` (the width on each side of
        the money, one of them or neither: the whole chain), ``expiry``, ``contracts`` (how many it
        holds) and ``strike_range`` (the lowest and the highest strike held).
        """
        return [self._described(one) for one in self._held]

    def asked(self) -> list[dict[str, Any]]:
        """Return what each feed was asked for, see `Asker.document`."""
        return self._asker.document()

    async def run(self) -> None:
        """Ask the feeds whenever something else is wanted, until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            await self.ask()

    async def ask(self) -> None:
        """Ask every open feed for what is wanted of it and was not asked for yet."""
        await self._asker.ask(self._wanted())

    def _add(self, subscription: Subscription) -> Subscription:
        self._held[subscription] = {}
        self._follow(subscription)
        self._work.set()
        return subscription

    def _on_status(self, _topic: str, _message: object) -> None:
        """Look for feeds that have opened since."""
        self._follow_all(list(self._held))

    def _on_chain(self, _topic: str, update: ChainUpdate) -> None:
        mine = [one for one in self._held if one.underlying == update.underlying]
        self._follow_all([one for one in mine if one.width is not None])  # a whole chain is whole
        for one in mine:
            if one.mode is Mode.FULL and self._greeks_handlers:
                changed = np.intersect1d(self.rows(one), update.rows, assume_unique=True)
                if changed.size:
                    _tell(self._greeks_handlers, update, changed)
            if self._pcr_handlers and isinstance(one.width, Points):
                counted = self._count(one, update.ts_flush)
                if counted is not one.pcr:
                    one.pcr = counted
                    _tell(self._pcr_handlers, counted)

    def _count(self, subscription: Subscription, ts: int | None = None) -> Pcr | None:
        """Return the put-call ratio of a range: the one told last, where nothing has changed."""
        rows = self.rows(subscription)
        if not rows.size:
            return subscription.pcr
        table = self._pump.table(subscription.underlying)
        columns = table.rows
        open_interest, is_call = columns.open_interest[rows], columns.is_call[rows]
        call_oi = float(np.nansum(open_interest[is_call]))
        put_oi = float(np.nansum(open_interest[~is_call]))
        before = subscription.pcr
        if before is not None and (before.call_oi, before.put_oi) == (call_oi, put_oi):
            return before
        return Pcr(
            underlying=subscription.underlying,
            pcr=put_call_ratio(open_interest, is_call),
            call_oi=call_oi,
            put_oi=put_oi,
            ts=table.as_of if ts is None else ts,
        )

    def _follow_all(self, subscriptions: list[Subscription]) -> None:
        if any([self._follow(one) for one in subscriptions]):  # noqa: C419  # every one of them
            self._work.set()

    def _follow(self, subscription: Subscription) -> bool:
        """Bring a subscription's selections up to date; say whether they changed."""
        selections = self._held[subscription]
        sources = self._pump.sources(subscription.underlying)
        has_changed = selections.keys() != {id(source.book) for source in sources}
        spot = self._spot(subscription.underlying)
        for gone in selections.keys() - {id(source.book) for source in sources}:
            del selections[gone]
        for source in sources:
            selection = selections.get(id(source.book))
            if selection is None:
                selection = Selection(
                    source.book,
                    subscription.width,
                    expiry=subscription.expiry,
                    centre=subscription.centre,
                    expiries=subscription.expiries,
                    hysteresis_steps=self._settings.hysteresis_steps,
                )
                selections[id(source.book)] = selection
            has_changed |= selection.follow(spot)
        return has_changed

    def _spot(self, underlying: str) -> float:
        """Return the spot that is published, or any that a feed ticks."""
        spots = [source.book.spot for source in self._pump.sources(underlying)]
        return next((spot for spot in spots if np.isfinite(spot)), float("nan"))

    def _described(self, one: Subscription) -> dict[str, Any]:
        rows, span = self.rows(one), None
        if rows.size:
            strikes = self._pump.table(one.underlying).rows.strike[rows]
            span = [float(strikes.min()), float(strikes.max())]
        width = one.width
        return {
            "underlying": one.underlying,
            "mode": one.mode.value,
            "strikes": width.each_side if isinstance(width, Strikes) else None,
            "points": width.each_side if isinstance(width, Points) else None,
            "expiry": None if one.expiry is None else one.expiry.isoformat(),
            "contracts": int(rows.size),
            "strike_range": span,
        }

    def _wanted(self) -> Iterator[Wish]:
        """Yield what is wanted of each open feed."""
        wanted: dict[str, Wish] = {}
        for underlying in self._pump.underlyings:
            for source in self._pump.sources(underlying):
                if source.is_down:
                    continue
                listing = source.shelf.listing
                ranks = np.zeros(len(listing), dtype=np.int8)
                _, ranks = wanted.setdefault(source.feed.name, Wish(source.feed, ranks))
                for subscription, selections in self._held.items():
                    selection = selections.get(id(source.book))
                    if selection is None:
                        continue
                    chosen = source.book.instrument[selection.rows]
                    rank = MODE_RANK[subscription.mode]
                    ranks[chosen] = np.maximum(ranks[chosen], rank)
                    ranks[~listing.is_option & (listing.underlying == underlying)] = MODE_RANK[
                        Mode.FULL
                    ]
        yield from wanted.values()


def _tell(handlers: list[Any], *message: object) -> None:
    """Call every handler; one that raises is called no more, and the others are not the worse."""
    for handler in [*handlers]:
        try:
            handler(*message)
        except Exception:  # noqa: BLE001  # somebody else's code
            _LOG.exception("handler_failed")
            handlers.remove(handler)
