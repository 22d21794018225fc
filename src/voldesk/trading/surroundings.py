"""An order's surroundings, read off ledger, market and money: fills ``desk.Surroundings``."""

import asyncio
import math
from bisect import bisect_left
from collections.abc import Mapping
from datetime import date

from voldesk.model.clock import Clock
from voldesk.model.errors import OrderDenied
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.trading.day import DayMoney
from voldesk.trading.desk import Desk
from voldesk.trading.ledger import Ledger, OrderRecord
from voldesk.trading.marks import Mark, Marks
from voldesk.trading.portfolio import PortfolioSettings, risk, terms_of
from voldesk.trading.positions import executions, fold
from voldesk.trading.views import ContractView, DeskView, Exposure
from voldesk.trading.working import enlarging, others, pending, signed

_NOT_KNOWN = Exposure(delta=math.nan, gamma=math.nan, vega=math.nan, theta=math.nan)
_NOT_LET_THROUGH = frozenset({State.DENIED, State.INTENT})


class MarketSurroundings:
    """
    Shows orders to the gate as the market, the ledger and the account stand.

    Positions and orders that may enlarge one count; an order that only reduces counts as nothing,
    since it may never fill. A contract of an order that no chain shows denies the order; a
    position that none shows makes the account's Greeks unknown, which denies what adds risk.

    Args:
        marks: How contracts stand.
        settings: The account's currency and rates.
        money: The account's equity and its day.
        clock: Tells when contracts settle.
    """

    def __init__(
        self, marks: Marks, settings: PortfolioSettings, money: DayMoney, clock: Clock
    ) -> None:
        self._marks, self._settings, self._money, self._clock = marks, settings, money, clock

    def view(self, intent: Intent, desk: Desk) -> DeskView:
        """
        Return quotes, positions, Greeks and money as they are now.

        Raises:
            OrderDenied: No chain shows one of its contracts.
        """
        marks = {leg.key: self._mark(leg.key) for leg in intent.legs}
        ledger, now = desk.ledger, asyncio.get_running_loop().time()
        beside = list(others(ledger, intent))
        adding = enlarging(beside, ledger.positions)
        by_expiry = _contracts(ledger.positions, adding, intent.underlying)
        under, book = self._exposures(ledger.positions, adding, intent.underlying)
        day, equity = self._money.look(), self._money.equity()
        return DeskView(
            state=desk.state,
            contracts={
                key: self._contract(mark, intent, beside, ledger) for key, mark in marks.items()
            },
            underlying_contracts=sum(by_expiry.values()),
            expiry_contracts=by_expiry,
            underlying=under,
            book=book,
            open_orders=sum(1 for order in beside if order.is_open),
            trades_today=self._trades(ledger, adding, intent),
            secs_since_same=self._secs_since_same(intent, ledger),
            orders_last_sec=desk.throttle.within(1.0, now),
            orders_last_min=desk.throttle.within(60.0, now),
            day_pnl=equity - day.first,
            equity=equity,
            equity_peak=day.peak,
            margin_after=None,  # the desk asks the venue
            is_session_open=all(mark.is_session_open for mark in marks.values()),
            is_reconciled=desk.is_reconciled,
        )

    def _mark(self, key: str) -> Mark:
        mark = self._marks.mark(key)
        if mark is None:
            raise OrderDenied(f"no chain shows {key}: its quote and Greeks are not known")
        return mark

    def _contract(
        self, mark: Mark, intent: Intent, beside: list[OrderRecord], ledger: Ledger
    ) -> ContractView:
        found = pending(mark.key, intent, beside, ledger)
        settles = mark.settles_at
        left = math.inf if settles is None else (settles - self._clock.now()) / NS_PER_SECOND
        if settles is None and mark.expiry is not None:
            left = math.nan
        return ContractView(
            key=mark.key,
            expiry=mark.expiry,
            multiplier=mark.multiplier,
            spot=mark.spot,
            bid=mark.bid,
            ask=mark.ask,
            quote_age_secs=mark.quote_age_secs,
            tick_size=mark.tick_size,
            exposure=self._exposure(mark, 1.0),
            position=found.held,
            selling=found.selling,
            buying=found.buying,
            secs_to_settle=left,
        )

    def _exposure(self, mark: Mark, count: float) -> Exposure:
        return risk(mark, count * mark.multiplier * float(self._settings.rate(mark.currency)))

    def _exposures(
        self, held: Mapping[str, int], adding: list[OrderRecord], underlying: str
    ) -> tuple[Exposure, Exposure]:
        """Return net Greeks of what is held and may be added: of one underlying, and of all."""
        counts = dict(held)
        for order in adding:
            for key, size in signed(order.intent, order.remaining).items():
                counts[key] = counts.get(key, 0) + size
        under = book = Exposure()
        for key, count in counts.items():
            mark = self._marks.mark(key)
            one = _NOT_KNOWN if mark is None else self._exposure(mark, count)
            book = book.plus(one)
            if terms_of(key)[0] == underlying:
                under = under.plus(one)
        return under, book

    def _trades(self, ledger: Ledger, adding: list[OrderRecord], intent: Intent) -> int:
        """Count orders that opened or enlarged a position today, or may."""
        fills = executions(ledger)
        first = bisect_left(fills, True, key=lambda fill: self._money.is_today(fill.ts_event))
        openers: frozenset[str] = frozenset()
        if first < len(fills):
            openers = fold(ledger.base or {}, fills, fills[first].ts_event).openers
        tags = openers | {order.intent.client_order_id for order in adding}
        return len(tags - {intent.client_order_id})

    def _secs_since_same(self, intent: Intent, ledger: Ledger) -> float:
        """Return since when an order of the same legs, side and terms was let through."""
        made = [
            order.intent.made_at
            for tag, order in ledger.orders.items()
            if tag != intent.client_order_id
            and order.state not in _NOT_LET_THROUGH
            and _body(order.intent) == _body(intent)
        ]
        return (self._clock.now() - max(made)) / NS_PER_SECOND if made else math.inf


def _body(intent: Intent) -> tuple[object, ...]:
    """Return what makes two orders the same to somebody who clicked twice."""
    return intent.legs, intent.side, intent.order_type, intent.terms


def _contracts(
    held: Mapping[str, int], adding: list[OrderRecord], underlying: str
) -> dict[date | None, float]:
    """Return contracts held and working under an underlying per expiry, long and short added."""
    found: dict[date | None, float] = {}
    sizes = list(held.items())
    for order in adding:
        sizes += signed(order.intent, order.remaining).items()
    for key, count in sizes:
        name, expiry = terms_of(key)
        if name == underlying:
            found[expiry] = found.get(expiry, 0.0) + abs(count)
    return found
