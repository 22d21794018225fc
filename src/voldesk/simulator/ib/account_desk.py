"""Tells one client about its accounts: values, positions, profit and loss."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.accounts import AccountSummary as Summary
from voldesk.simulator.exchange.accounts import Position as Held
from voldesk.simulator.exchange.events import PositionChanged
from voldesk.simulator.ib.account_values import TAGS, ledger_of, values_of
from voldesk.simulator.ib.blotter import Told
from voldesk.simulator.ib.refusal import Refused, invalid
from voldesk.simulator.ib.session import Session, SilentDesk
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_account import (
    AccountDownloadEnd,
    AccountSummary,
    AccountSummaryEnd,
    AccountTime,
    AccountUpdateMulti,
    AccountUpdateMultiEnd,
    AccountValue,
    FamilyCodes,
    ManagedAccounts,
    Pnl,
    PnlSingle,
    PortfolioValue,
    Position,
    PositionEnd,
    PositionMulti,
    PositionMultiEnd,
)
from voldesk.wire.ib.requests_orders import (
    CancelAccountSummary,
    CancelAccountUpdatesMulti,
    CancelPnl,
    CancelPnlSingle,
    CancelPositions,
    CancelPositionsMulti,
    RequestAccountSummary,
    RequestAccountUpdates,
    RequestAccountUpdatesMulti,
    RequestFamilyCodes,
    RequestManagedAccounts,
    RequestPnl,
    RequestPnlSingle,
    RequestPositions,
    RequestPositionsMulti,
)
from voldesk.wire.ib.types import IbContract, TagValue

PNL_EVERY_NS: Final = NS_PER_SECOND
VALUES_EVERY_NS: Final = 180 * NS_PER_SECOND
"""How often TWS tells changed account values: every three minutes, or when a position changes."""

_MOST_SUMMARIES: Final = 2


@dataclass(slots=True, eq=False)
class _Repeated:
    """A subscription that is looked at now and then, and tells what changed."""

    tell: Callable[[], tuple[object, list[Any]]]
    every_ns: int
    due: int = 0
    sent: object = None


class AccountDesk(SilentDesk):
    """Serves everything about accounts."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._session = session
        self._exchange = world.blotter.exchange
        self._watches_positions = False
        self._updates = ""  # the account whose values and portfolio are told
        self._multi: dict[int, str] = {}  # requests for positions, their accounts
        self._repeated: dict[tuple[str, int], _Repeated] = {}
        self._end_listening = world.blotter.listen(session.guarded(self._hear))

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        return {
            RequestManagedAccounts: lambda _: self._tell_accounts(),
            RequestFamilyCodes: lambda _: self._tell_families(),
            RequestAccountUpdates: self._subscribe_updates,
            RequestPositions: lambda _: self._subscribe_positions(),
            CancelPositions: lambda _: self._end_positions(),
            RequestPositionsMulti: self._subscribe_multi,
            CancelPositionsMulti: self._end_multi,
            RequestAccountSummary: self._subscribe_summary,
            CancelAccountSummary: lambda request: self._end("summary", request.req_id),
            RequestAccountUpdatesMulti: self._subscribe_values,
            CancelAccountUpdatesMulti: lambda request: self._end("values", request.req_id),
            RequestPnl: self._subscribe_pnl,
            CancelPnl: lambda request: self._end("pnl", request.req_id),
            RequestPnlSingle: self._subscribe_single,
            CancelPnlSingle: lambda request: self._end("single", request.req_id),
        }

    def tick(self, now: int) -> None:
        """Tell what changed of the subscriptions that are due."""
        del now
        wall = self._world.wall()
        for one in tuple(self._repeated.values()):
            if one.due <= wall:
                one.due = wall + one.every_ns
                self._tell(one)

    def close(self) -> None:
        """Listen no more."""
        self._end_listening()

    def _tell(self, one: _Repeated) -> None:
        state, messages = one.tell()
        if state != one.sent:
            one.sent = state
            self._session.answer(*messages)

    def _repeat(
        self, kind: str, req_id: int, tell: Callable[[], tuple[object, list[Any]]], every_ns: int
    ) -> None:
        one = _Repeated(tell, every_ns, self._world.wall() + every_ns)
        self._repeated[kind, req_id] = one
        self._tell(one)

    def _end(self, kind: str, req_id: int) -> None:
        self._repeated.pop((kind, req_id), None)

    # Values

    def _tell_accounts(self) -> None:
        self._session.answer(ManagedAccounts(",".join(self._world.accounts)))

    def _tell_families(self) -> None:
        codes = tuple(TagValue(account, "") for account in self._world.accounts)
        self._session.answer(FamilyCodes(codes))

    def _subscribe_updates(self, request: RequestAccountUpdates) -> None:
        if not request.subscribe:
            self._updates = ""
            self._end("updates", 0)
            return
        account = self._one(request.account)
        self._updates = account

        def tell() -> tuple[object, list[Any]]:
            return self._told_account(account)

        self._repeat("updates", 0, tell, VALUES_EVERY_NS)
        self._session.answer(AccountDownloadEnd(account))

    def _told_account(self, account: str) -> tuple[object, list[Any]]:
        summary = self._exchange.summary(account)
        values = (*values_of(summary), *ledger_of(summary))
        state = values, tuple(self._exchange.positions(account))
        messages: list[Any] = [AccountValue(*value, account) for value in values]
        messages += [self._portfolio(held) for held in self._exchange.positions(account)]
        messages.append(AccountTime(f"{datetime.fromtimestamp(self._world.second, UTC):%H:%M}"))
        return state, messages

    def _subscribe_summary(self, request: RequestAccountSummary) -> None:
        running = sum(kind == "summary" for kind, _ in self._repeated)
        if running >= _MOST_SUMMARIES and ("summary", request.req_id) not in self._repeated:
            raise Refused(
                322,
                "Error processing request.-'bz' : cause - Maximum number of account summary"
                " requests exceeded",
            )
        accounts = self._group(request.group)
        tags = request.tags

        def tell() -> tuple[object, list[Any]]:
            rows = [
                (account, *row)
                for account in accounts
                for row in _summary_rows(self._exchange.summary(account), tags)
            ]
            messages: list[Any] = [AccountSummary(request.req_id, *row) for row in rows]
            return tuple(rows), [*messages, AccountSummaryEnd(request.req_id)]

        self._repeat("summary", request.req_id, tell, VALUES_EVERY_NS)

    def _subscribe_values(self, request: RequestAccountUpdatesMulti) -> None:
        account = self._one(request.account)

        def tell() -> tuple[object, list[Any]]:
            summary = self._exchange.summary(account)
            rows = ledger_of(summary)
            if not request.ledger_and_nlv:
                rows = (*values_of(summary), *rows)
            messages: list[Any] = [
                AccountUpdateMulti(request.req_id, account, request.model_code, *row)
                for row in rows
            ]
            return rows, messages

        self._repeat("values", request.req_id, tell, VALUES_EVERY_NS)
        self._session.answer(AccountUpdateMultiEnd(request.req_id))

    # Positions

    def _subscribe_positions(self) -> None:
        self._watches_positions = True
        for position in self._exchange.positions():
            if position.quantity:
                self._session.answer(self._position(position))
        self._session.answer(PositionEnd())

    def _end_positions(self) -> None:
        self._watches_positions = False

    def _subscribe_multi(self, request: RequestPositionsMulti) -> None:
        account = self._one(request.account)
        self._multi[request.req_id] = account
        for position in self._exchange.positions(account):
            if position.quantity:
                self._session.answer(self._position_multi(request.req_id, position))
        self._session.answer(PositionMultiEnd(request.req_id))

    def _end_multi(self, request: CancelPositionsMulti) -> None:
        self._multi.pop(request.req_id, None)

    def _hear(self, told: Told) -> None:
        if not isinstance(told.event, PositionChanged):
            return
        position = told.event.position
        if self._watches_positions:
            self._session.answer(self._position(position))
        for req_id, account in self._multi.items():
            if account == position.account:
                self._session.answer(self._position_multi(req_id, position))
        if self._updates == position.account:
            self._session.answer(self._portfolio(position))
            self._repeated["updates", 0].due = 0  # and the values with it
        for (kind, _), one in self._repeated.items():
            if kind in {"summary", "values"}:
                one.due = 0

    def _contract(self, held: Held) -> IbContract:
        """Return the contract of a position: where it is listed, not where it was traded."""
        contract = self._world.listed.contract(held.instrument)
        return replace(contract, exchange=contract.primary_exchange, primary_exchange="")

    def _position(self, held: Held) -> Position:
        contract = self._contract(held)
        return Position(held.account, contract, float(held.quantity), float(held.average_cost))

    def _position_multi(self, req_id: int, held: Held) -> PositionMulti:
        contract = self._contract(held)
        return PositionMulti(
            req_id, held.account, contract, float(held.quantity), float(held.average_cost), ""
        )

    def _portfolio(self, held: Held) -> PortfolioValue:
        return PortfolioValue(
            contract=self._world.listed.contract(held.instrument),
            position=float(held.quantity),
            market_price=_number(held.mark),
            market_value=float(held.value),
            average_cost=float(held.average_cost),
            unrealized_pnl=_number(held.unrealized_pnl),
            realized_pnl=float(held.realized_today),
            account=held.account,
        )

    # Profit and loss

    def _subscribe_pnl(self, request: RequestPnl) -> None:
        account = self._one(request.account)
        self._require_new("pnl", request.req_id)

        def tell() -> tuple[object, list[Any]]:
            summary = self._exchange.summary(account)
            row = _floats(summary.daily_pnl, summary.unrealized_pnl, summary.realized_pnl)
            return row, [Pnl(request.req_id, *row)]

        self._repeat("pnl", request.req_id, tell, PNL_EVERY_NS)

    def _subscribe_single(self, request: RequestPnlSingle) -> None:
        account = self._one(request.account)
        self._require_new("single", request.req_id)
        key = self._world.listed.key_of_number(request.con_id)
        if key is None:
            raise invalid("Invalid contract id")

        def tell() -> tuple[object, list[Any]]:
            held = self._exchange.position(account, key)
            figures = held.daily_pnl, held.unrealized_pnl, held.realized_today, held.value
            daily, unrealized, realized, value = _optional(*figures)
            quantity = float(held.quantity)
            message = PnlSingle(request.req_id, quantity, daily, unrealized, realized, value)
            return (quantity, daily, unrealized, realized, value), [message]

        self._repeat("single", request.req_id, tell, PNL_EVERY_NS)

    def _require_new(self, kind: str, req_id: int) -> None:
        if (kind, req_id) in self._repeated:
            raise Refused(322, "Error processing request.-'cd' : cause - Duplicate ticker id")

    # Which account

    def _one(self, name: str) -> str:
        """Return an account by name; the only one where none is named."""
        accounts = self._world.accounts
        if not name or (name.endswith("A") and name[:-1] in accounts):
            return accounts[0]
        if name not in accounts:
            raise invalid(f"Invalid account code '{name}'.")
        return name

    def _group(self, name: str) -> tuple[str, ...]:
        """Return the accounts of a group."""
        if name in {"All", ""}:
            return tuple(self._world.accounts)
        groups = self._exchange.groups()
        if name not in groups:
            raise invalid(f"Group name '{name}' is invalid.")
        return tuple(groups[name])


def _summary_rows(summary: Summary, tags: str) -> Iterable[tuple[str, str, str]]:
    """Return the rows of a summary that a comma list of tags asks for."""
    wanted = {tag.strip() for tag in tags.split(",")}
    ledgers = {tag.partition(":")[2] for tag in wanted if tag.startswith("$LEDGER")}
    rows = [row for row in values_of(summary) if row[0] in wanted & TAGS]
    if ledgers:
        currency = next(iter(ledgers))
        rows += [
            row for row in ledger_of(summary) if currency == "ALL" or row[2] == (currency or "BASE")
        ]
    return rows


def _number(value: Decimal | None) -> float:
    return 0.0 if value is None else float(value)


def _floats(*values: Decimal) -> tuple[float, float, float]:
    daily, unrealized, realized = (round(float(value), 4) for value in values)
    return daily, unrealized, realized


def _optional(*values: Decimal | None) -> list[float | None]:
    return [None if value is None else round(float(value), 4) for value in values]
