"""Takes one client's orders, and tells it what becomes of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.events import CancelRefused, ChangeRefused, Filled, OrderChanged
from voldesk.simulator.exchange.orders import HeldFor, Order, OrderStatus, Reason, Rejection
from voldesk.simulator.ib.blotter import Record, Told
from voldesk.simulator.ib.notices import (
    CANCEL_TOO_LATE,
    CANCELLED,
    E_TRADE_ONLY,
    FIRM_QUOTE_ONLY,
    ORDER_MESSAGE,
    REJECTED,
    Notice,
)
from voldesk.simulator.ib.order_answers import (
    completed_order,
    execution_answers,
    margin_order,
    open_order,
    order_status,
)
from voldesk.simulator.ib.order_forms import code_of, request_of, status_of
from voldesk.simulator.ib.periods import end_of
from voldesk.simulator.ib.refusal import Refused, invalid
from voldesk.simulator.ib.session import NO_REQUEST, Session, SilentDesk
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_orders import (
    CompletedOrdersEnd,
    ExecutionDetailsEnd,
    NextValidId,
    OpenOrderEnd,
)
from voldesk.wire.ib.requests_orders import (
    CancelAllOrders,
    CancelOrder,
    ExerciseOptions,
    PlaceOrder,
    RequestAllOpenOrders,
    RequestAutoOpenOrders,
    RequestCompletedOrders,
    RequestExecutions,
    RequestIds,
    RequestOpenOrders,
)
from voldesk.wire.ib.types import ExecutionFilter, IbContract, IbOrder

_READ_ONLY: Final = (
    "Error validating request.-'cA' : cause - The API interface is currently in Read-Only mode."
)
_SIDES: Final = {"BUY": "BOT", "BOT": "BOT", "SELL": "SLD", "SLD": "SLD", "SSHORT": "SLD"}
_EXERCISE: Final = 1
_NOTHING: Final = Decimal(0)


class OrderDesk(SilentDesk):
    """Serves orders, executions and what is left of both."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._session = session
        self._blotter = world.blotter
        self._end_listening = world.blotter.listen(session.guarded(self._hear))

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        return {
            PlaceOrder: self._place,
            CancelOrder: self._cancel,
            CancelAllOrders: lambda _: self._blotter.cancel_all(),
            RequestIds: lambda _: self._tell_next_id(),
            RequestOpenOrders: lambda _: self._tell_open(self._session.client_id),
            RequestAllOpenOrders: lambda _: self._tell_open(None),
            RequestAutoOpenOrders: self._bind,
            RequestCompletedOrders: lambda _: self._tell_completed(),
            RequestExecutions: self._tell_executions,
            ExerciseOptions: self._exercise,
        }

    def close(self) -> None:
        """Listen no more; the orders go on."""
        self._end_listening()

    # Requests

    def _place(self, request: PlaceOrder) -> None:
        order_id = request.order.order_id
        mishaps = self._world.mishaps
        if mishaps.loses_order():
            return
        try:
            mishaps.require_order()
            self._send(request)
        except Refused as refused:
            self._session.tell(Notice(refused.code, refused.text), order_id)

    def _send(self, request: PlaceOrder) -> None:
        """
        Send an order to the exchange.

        Raises:
            Refused: It does not get that far.
        """
        if self._blotter.is_read_only:
            raise Refused(321, _READ_ONLY)
        order = replace(request.order, client_id=self._session.client_id)
        _require_taken(order)
        world = self._world
        key = world.listed.key(request.contract)
        instrument = world.listed.instrument(key)
        zone_id = "US/Eastern" if instrument is None else instrument.hours.zone_id
        account = self._account(order)
        order = replace(order, account=account)
        asked = request_of(order, key, account, order.client_id, world.now(), zone_id)
        world.listed.refresh({key})
        if order.what_if:
            answer = self._blotter.exchange.what_if(asked)
            self._session.answer(margin_order(order, self._contract(key, request.contract), answer))
            return
        if order.order_id <= 0:
            raise invalid("Invalid order id")
        self._blotter.place(order, asked)

    def _account(self, order: IbOrder) -> str:
        """Return whose order it is: an account, or the group it is shared out to."""
        accounts = self._world.accounts
        if order.fa_group:
            return order.fa_group
        if not order.account:
            if len(accounts) > 1:
                raise Refused(435, "You must specify an account.")
            return accounts[0]
        if order.account not in accounts:
            raise invalid(f"Invalid account code '{order.account}'.")
        return order.account

    def _cancel(self, request: CancelOrder) -> None:
        try:
            self._blotter.cancel(self._session.client_id, request.order_id)
        except Refused as refused:
            self._session.tell(Notice(refused.code, refused.text), request.order_id)

    def _tell_next_id(self) -> None:
        self._session.answer(NextValidId(self._blotter.next_id(self._session.client_id)))

    def _tell_open(self, client_id: int | None) -> None:
        for record, order in self._blotter.open_orders(client_id):
            self._tell_order(record, order, status_of(order))
        self._session.answer(OpenOrderEnd())

    def _bind(self, request: RequestAutoOpenOrders) -> None:
        if self._session.client_id != 0:
            raise invalid("Only the default client (i.e 0) can auto bind orders.")
        if request.bind:
            self._tell_open(0)

    def _tell_completed(self) -> None:
        for record, order in self._blotter.completed():
            contract = self._contract(record.key)
            self._session.answer(completed_order(record, order, contract))
        self._session.answer(CompletedOrdersEnd())

    def _tell_executions(self, request: RequestExecutions) -> None:
        since = self._since(request.filter.time)
        for record, fill in self._blotter.executions():
            contract = self._contract(fill.instrument)
            if fill.ts >= since and _fits(request.filter, record, fill.account, contract):
                side = _SIDES.get(request.filter.side.upper(), "")
                answers = execution_answers(request.req_id, record, fill, contract)
                if side in {"", answers[0].execution.side}:
                    self._session.answer(*answers)
        self._session.answer(ExecutionDetailsEnd(request.req_id))

    def _since(self, text: str) -> int:
        return end_of(text, self._world.second, "UTC") * NS_PER_SECOND if text.strip() else 0

    def _exercise(self, request: ExerciseOptions) -> None:
        key = self._world.listed.key(request.contract)
        account = request.account or self._world.accounts[0]
        if account not in self._world.accounts:
            raise invalid(f"Invalid account code '{account}'.")
        if request.action != _EXERCISE:
            return  # a lapse is what happens anyway
        quantity = Decimal(request.quantity)
        rejection = self._blotter.exchange.exercise(account, key, quantity)
        self._blotter.settle()
        if rejection is not None:
            self._session.tell(REJECTED(rejection.text), request.req_id)

    # What happens

    def replay(self) -> None:
        """Tell every fill of this client once more, as TWS does after some reconnects."""
        for record, fill in self._blotter.executions():
            if record.client_id == self._session.client_id:
                contract = self._contract(fill.instrument)
                self._session.answer(*execution_answers(NO_REQUEST, record, fill, contract))

    def _hear(self, told: Told) -> None:
        record = told.record
        if record is None or record.client_id != self._session.client_id:
            return
        if self._world.mishaps.orders_are_mute:
            return
        event = told.event
        if isinstance(event, Filled):
            contract = self._contract(event.execution.instrument)
            self._session.answer(*execution_answers(NO_REQUEST, record, event.execution, contract))
        elif isinstance(event, OrderChanged):
            self._hear_change(record, event.order, told.status)
        elif isinstance(event, ChangeRefused):
            self._refuse(record, event.rejection)
        elif isinstance(event, CancelRefused):
            notice = CANCEL_TOO_LATE(record.order.order_id, status_of(event.order))
            self._session.tell(notice, record.order.order_id)

    def _hear_change(self, record: Record, order: Order, status: str) -> None:
        order_id = record.order.order_id
        if order.status is OrderStatus.REJECTED:
            assert order.rejection is not None
            if code_of(order.rejection.reason) == REJECTED.code:
                self._tell_order(record, order, status)
            self._refuse(record, order.rejection)
            return
        self._tell_order(record, order, status)
        if order.status in {OrderStatus.CANCELLED, OrderStatus.EXPIRED}:
            self._session.tell(CANCELLED(""), order_id)
        elif order.held_for is HeldFor.SESSION and not record.is_warned:
            record.is_warned = True
            self._warn_of_hours(record)

    def _warn_of_hours(self, record: Record) -> None:
        order, contract = record.order, self._contract(record.key)
        what = f"{order.action} {order.quantity:g} {contract.local_symbol or contract.symbol}"
        warning = "Your order will not be placed at the exchange until the next session opens."
        self._session.tell(ORDER_MESSAGE(what, warning), order.order_id)

    def _refuse(self, record: Record, rejection: Rejection) -> None:
        code = code_of(rejection.reason)
        text = rejection.text
        if code == REJECTED.code:
            text = REJECTED(text).text
        elif rejection.reason is Reason.PRICE_INCREMENT:
            text = "The price does not conform to the minimum price variation for this contract."
        self._session.tell(Notice(code, text), record.order.order_id)

    def _tell_order(self, record: Record, order: Order, status: str) -> None:
        contract = self._contract(record.key)
        self._session.answer(
            open_order(record, order, contract, status), order_status(record, order, status)
        )

    def _contract(self, key: str, fallback: IbContract | None = None) -> IbContract:
        try:
            return self._world.listed.contract(key)
        except KeyError:
            if fallback is None:
                raise
            return fallback


def _require_taken(order: IbOrder) -> None:
    """
    Refuse attributes that TWS no longer takes, although old clients set them by default.

    Raises:
        Refused: One is set (10268, 10269).
    """
    if order.e_trade_only:
        raise Refused(E_TRADE_ONLY.code, E_TRADE_ONLY.text)
    if order.firm_quote_only:
        raise Refused(FIRM_QUOTE_ONLY.code, FIRM_QUOTE_ONLY.text)


def _fits(wanted: ExecutionFilter, record: Record, account: str, contract: IbContract) -> bool:
    return (
        wanted.client_id in {0, record.client_id}
        and wanted.account in {"", account}
        and wanted.symbol in {"", contract.symbol}
        and wanted.sec_type in {"", contract.sec_type}
        and wanted.exchange in {"", contract.exchange}
    )
