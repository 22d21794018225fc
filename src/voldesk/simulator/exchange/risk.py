"""What accounts are worth, what they must keep, and what an order would change of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from voldesk.analytics.margin import Held, required
from voldesk.model.fees import FREE, Meter
from voldesk.model.fees_tables import Schedules
from voldesk.model.orders import Side
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.accounts import AccountSummary, Margin
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.ledger import Account, Holding, Ledger, position_of, value_of
from voldesk.simulator.exchange.orders import OrderRequest
from voldesk.simulator.exchange.quotes import Board

_NOTHING = Decimal(0)


class Change(NamedTuple):
    """A trade that an account might make: ``quantity`` below 0 sells."""

    instrument: Instrument
    quantity: Decimal
    price: Decimal
    commission: Decimal


class Risk:
    """
    Values accounts at the present marks.

    Args:
        ledger: The accounts.
        board: The marks.
        look: Finds what is listed under a key.
        schedules: What trading costs.
    """

    def __init__(
        self,
        ledger: Ledger,
        board: Board,
        look: Callable[[str], Instrument],
        schedules: Schedules,
    ) -> None:
        self._ledger = ledger
        self._board = board
        self._look = look
        self._schedules = schedules

    def margin(self, account: str, changes: Sequence[Change] = ()) -> Margin:
        """Return an account's margin, had those trades been made."""
        book = self._ledger.accounts[account]
        quantities = {
            key: (holding.instrument, holding.quantity) for key, holding in book.holdings.items()
        }
        equity = self._total_cash(book)
        equity += sum((self._counts(book, h) for h in book.holdings.values()), _NOTHING)
        for change in changes:
            key = change.instrument.key
            _, held = quantities.get(key, (change.instrument, _NOTHING))
            quantities[key] = (change.instrument, held + change.quantity)
            equity += self._effect(book, change)
        spots: dict[str, Decimal] = {}
        need = required(
            self._held(book, instrument, quantity, spots)
            for instrument, quantity in quantities.values()
            if quantity
        )
        return Margin(initial=need.initial, maintenance=need.maintenance, equity_with_loan=equity)

    def changes(self, request: OrderRequest, instrument: Instrument) -> list[Change]:
        """Return the trades that the order would be, filled whole at its price."""
        price = self._assumed_price(request, instrument)
        if not instrument.legs:
            return [self._change(request, instrument, request.side.sign, price)]
        return [
            self._change(
                request,
                self._look(leg.instrument),
                request.side.sign * leg.ratio,
                self._board.mark(self._look(leg.instrument)) or _NOTHING,
            )
            for leg in instrument.legs
        ]

    def summary(self, account: str, now: int) -> AccountSummary:
        """Return an account's money at the present marks."""
        book = self._ledger.accounts[account]
        stocks = options = futures = gross = daily = unrealized = realized = _NOTHING
        for holding in book.holdings.values():
            instrument = holding.instrument
            mark = self._board.mark(instrument)
            value = self._own(book, instrument, value_of(holding, mark))
            position = position_of(account, holding, mark)
            daily += self._own(book, instrument, position.daily_pnl or _NOTHING)
            unrealized += self._own(book, instrument, position.unrealized_pnl or _NOTHING)
            realized += self._own(book, instrument, holding.realized_today)
            gross += abs(value)
            if instrument.is_option:
                options += value
            elif instrument.kind is Kind.FUTURE:
                futures += value - self._own(book, instrument, holding.paid)
            elif instrument.kind is not Kind.FOREX:
                stocks += value
        cash = self._total_cash(book)
        margin = self.margin(account)
        return AccountSummary(
            account=account,
            currency=book.spec.currency,
            ts=now,
            cash=dict(book.cash),
            total_cash=cash,
            stock_value=stocks,
            option_value=options,
            future_pnl=futures,
            net_liquidation=cash + stocks + options + futures,
            gross_position_value=gross,
            margin=margin,
            buying_power=max(margin.available, _NOTHING) * book.spec.leverage,
            daily_pnl=daily,
            unrealized_pnl=unrealized,
            realized_pnl=realized,
            accrued_commission=book.commissions,
        )

    def _change(
        self, request: OrderRequest, instrument: Instrument, ratio: int, price: Decimal
    ) -> Change:
        quantity = request.quantity * ratio
        side = request.side if quantity * request.side.sign > 0 else request.side.other
        meter = Meter(self._schedules.get((instrument.market, instrument.kind), FREE))
        spot = self._board.spot(instrument)
        fee = meter.charge(instrument, side, abs(quantity), price, spot)
        return Change(instrument, quantity, price, fee)

    def _assumed_price(self, request: OrderRequest, instrument: Instrument) -> Decimal:
        """
        Return the price that an order is judged by.

        It is the limit (of a sale the bid where that is better), else the stop, else what the
        order would trade at, else the mark, else 0.
        """
        touch = self._board.touch(instrument).opposite(request.side)
        limit = request.limit_price
        if limit is not None:
            if request.side is Side.SELL and touch is not None:
                return max(limit, touch)
            return limit
        if request.stop_price is not None:
            return request.stop_price
        if touch is not None or instrument.legs:
            return touch or _NOTHING
        return self._board.mark(instrument) or _NOTHING

    def _total_cash(self, book: Account) -> Decimal:
        into = book.spec.currency
        convert = self._ledger.convert
        return sum((convert(held, name, into) for name, held in book.cash.items()), _NOTHING)

    def _counts(self, book: Account, holding: Holding) -> Decimal:
        """Return what a holding adds to the equity that margin is held against."""
        instrument = holding.instrument
        if instrument.is_option or instrument.kind is Kind.FOREX or not holding.quantity:
            return _NOTHING
        value = value_of(holding, self._board.mark(instrument))
        if instrument.kind is Kind.FUTURE:
            value -= holding.paid
        return self._own(book, instrument, value)

    def _effect(self, book: Account, change: Change) -> Decimal:
        """Return what a trade does to that equity: cash goes, stock comes."""
        instrument = change.instrument
        units = change.quantity * instrument.multiplier
        if instrument.is_option:
            return self._own(book, instrument, -units * change.price - change.commission)
        gain = _NOTHING
        if instrument.kind is not Kind.FOREX:
            mark = self._board.mark(instrument)
            gain = units * (mark - change.price) if mark is not None else _NOTHING
        return self._own(book, instrument, gain - change.commission)

    def _held(
        self, book: Account, instrument: Instrument, quantity: Decimal, spots: dict[str, Decimal]
    ) -> Held:
        """Return a holding as margin sees it; spots looked up are kept in ``spots``."""
        mark = self._board.mark(instrument) or _NOTHING
        underlying = instrument.underlying
        if instrument.is_option and underlying not in spots:
            spots[underlying] = self._board.spot(instrument) or _NOTHING
        spot = spots[underlying] if instrument.is_option else _NOTHING
        if instrument.currency != book.spec.currency:
            # Strike, mark and spot are in one currency: what is converted is the multiplier.
            multiplier = self._own(book, instrument, instrument.multiplier)
            instrument = replace(instrument, multiplier=multiplier)
        return Held(instrument, quantity, mark, spot)

    def _own(self, book: Account, instrument: Instrument, amount: Decimal) -> Decimal:
        return self._ledger.convert(amount, instrument.currency, book.spec.currency)
