"""Cash and holdings of accounts, to the last decimal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.accounts import AccountSpec, Position
from voldesk.simulator.exchange.instruments import Instrument

_NOTHING: Final = Decimal(0)

RATES: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        "USD": Decimal(1),
        "USDC": Decimal(1),
        "AUD": Decimal("0.65"),
        "CAD": Decimal("0.71"),
        "CHF": Decimal("1.24"),
        "CNH": Decimal("0.14"),
        "DKK": Decimal("0.155"),
        "EUR": Decimal("1.16"),
        "GBP": Decimal("1.31"),
        "HKD": Decimal("0.128"),
        "ILS": Decimal("0.30"),
        "INR": Decimal("0.0113"),
        "JPY": Decimal("0.0065"),
        "KRW": Decimal("0.00069"),
        "MXN": Decimal("0.054"),
        "NOK": Decimal("0.098"),
        "NZD": Decimal("0.57"),
        "SEK": Decimal("0.105"),
        "SGD": Decimal("0.77"),
    }
)
"""US dollars per unit of a currency, about what they were in late 2025."""


@dataclass(slots=True, eq=False)
class Holding:
    """
    What an account holds of one instrument.

    Attributes:
        instrument: What.
        quantity: Below 0 where it is short.
        basis: What the open part cost, commissions included; below 0 where it was sold.
        paid: The same without commissions.
        realized: Since ever.
        realized_today: Since the beginning of the day.
        day_value: Value at the beginning of the day.
        day_cash: What trades of the day brought in, commissions deducted.
    """

    instrument: Instrument
    quantity: Decimal = _NOTHING
    basis: Decimal = _NOTHING
    paid: Decimal = _NOTHING
    realized: Decimal = _NOTHING
    realized_today: Decimal = _NOTHING
    day_value: Decimal = _NOTHING
    day_cash: Decimal = _NOTHING

    def trade(self, quantity: Decimal, price: Decimal, commission: Decimal) -> "Trade":
        """
        Add a trade, below 0 for a sale, and return what it realised.

        What closes is realised against the average cost; what goes beyond opens the other way. The
        commission is shared by quantity.
        """
        gross = quantity * price * self.instrument.multiplier
        self.day_cash -= gross + commission
        closes = self.quantity * quantity < 0
        part = min(abs(quantity), abs(self.quantity)) if closes else _NOTHING
        if not part:
            self._open(quantity, gross, commission)
            return Trade(None, _NOTHING)
        is_all = part == abs(quantity)
        closing_gross = gross if is_all else gross * part / abs(quantity)
        closing_commission = commission if is_all else commission * part / abs(quantity)
        is_flat = part == abs(self.quantity)
        released = self.basis if is_flat else self.basis * part / abs(self.quantity)
        released_paid = self.paid if is_flat else self.paid * part / abs(self.quantity)
        self.basis -= released
        self.paid -= released_paid
        self.quantity += part if quantity > 0 else -part
        realized = -closing_gross - closing_commission - released
        self.realized += realized
        self.realized_today += realized
        if not is_all:
            rest = quantity - part if quantity > 0 else quantity + part
            self._open(rest, gross - closing_gross, commission - closing_commission)
        return Trade(realized, -closing_gross - released_paid)

    def _open(self, quantity: Decimal, gross: Decimal, commission: Decimal) -> None:
        self.quantity += quantity
        self.basis += gross + commission
        self.paid += gross


@dataclass(frozen=True, slots=True)
class Trade:
    """What a trade realised, None where it closed nothing; ``gain`` leaves commissions out."""

    realized: Decimal | None
    gain: Decimal


@dataclass(slots=True, eq=False)
class Account:
    """One account's cash by currency, holdings by key, and commissions in its own currency."""

    spec: AccountSpec
    cash: dict[str, Decimal]
    holdings: dict[str, Holding] = field(default_factory=dict)
    commissions: Decimal = _NOTHING

    def pay(self, currency: str, amount: Decimal) -> None:
        """Add to the cash of a currency; take from it below 0."""
        self.cash[currency] = self.cash.get(currency, _NOTHING) + amount


class Ledger:
    """
    All accounts.

    Args:
        accounts: As they are opened.
        rates: US dollars per unit of a currency.

    Raises:
        ConfigError: Two accounts have one name, a group is named like an account, or an account
            has a currency without a rate.
    """

    def __init__(self, accounts: Sequence[AccountSpec], rates: Mapping[str, Decimal]) -> None:
        self.rates = dict(rates)
        self.accounts: dict[str, Account] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        for spec in accounts:
            self._open(spec)
        for name in self.groups:
            if name in self.accounts:
                raise ConfigError(f"{name!r} is an account and a group")

    def _open(self, spec: AccountSpec) -> None:
        if spec.name in self.accounts:
            raise ConfigError(f"account {spec.name!r} is opened twice")
        for currency in (spec.currency, *spec.cash):
            if currency not in self.rates:
                known = ", ".join(self.rates)
                raise ConfigError(f"account {spec.name!r}: no rate of {currency}, only of {known}")
        self.accounts[spec.name] = Account(spec, dict(spec.cash))
        for group in spec.groups:
            self.groups[group] = (*self.groups.get(group, ()), spec.name)

    def check_currency(self, instrument: Instrument) -> None:
        """
        Refuse an instrument whose money cannot be converted.

        Raises:
            ValueError: There is no rate of its currency, or of the one a currency pair buys.
        """
        needed = [instrument.currency]
        if instrument.kind is Kind.FOREX:
            needed.append(instrument.underlying)
        for currency in needed:
            if currency not in self.rates:
                raise ValueError(f"{instrument.key!r} cannot be listed: no rate of {currency!r}")

    def members(self, name: str) -> tuple[str, ...]:
        """Return the accounts that an order for that account or group is for; none if unknown."""
        return (name,) if name in self.accounts else self.groups.get(name, ())

    def convert(self, amount: Decimal, currency: str, into: str) -> Decimal:
        """
        Return an amount in another currency.

        Raises:
            KeyError: There is no rate.
        """
        if currency == into or not amount:
            return amount
        return amount * self.rates[currency] / self.rates[into]

    def trade(
        self,
        account: str,
        instrument: Instrument,
        quantity: Decimal,
        price: Decimal,
        commission: Decimal,
    ) -> Decimal | None:
        """
        Book a trade, below 0 for a sale, and return what it realised, None if it closed nothing.

        Of a future only the gain moves as cash, of a currency pair both currencies.
        """
        book = self.accounts[account]
        holding = book.holdings.get(instrument.key)
        if holding is None:
            holding = book.holdings[instrument.key] = Holding(instrument)
        trade = holding.trade(quantity, price, commission)
        if instrument.kind is Kind.FUTURE:
            book.pay(instrument.currency, trade.gain - commission)
        else:
            gross = quantity * price * instrument.multiplier
            book.pay(instrument.currency, -gross - commission)
        if instrument.kind is Kind.FOREX:
            book.pay(instrument.underlying, quantity * instrument.multiplier)
        book.commissions += self.convert(commission, instrument.currency, book.spec.currency)
        return trade.realized

    def begin_day(self, market: Market, mark: Callable[[Instrument], Decimal | None]) -> None:
        """Start the day's figures of a market's instruments anew; forget what is closed."""
        for book in self.accounts.values():
            for key, holding in list(book.holdings.items()):
                if holding.instrument.market is not market:
                    continue
                if not holding.quantity and not holding.realized:
                    del book.holdings[key]
                holding.day_value = value_of(holding, mark(holding.instrument))
                holding.day_cash = _NOTHING
                holding.realized_today = _NOTHING


def value_of(holding: Holding, mark: Decimal | None) -> Decimal:
    """Return quantity times mark times multiplier; what it cost where there is no mark."""
    if mark is None:
        return holding.paid
    return holding.quantity * mark * holding.instrument.multiplier


def position_of(account: str, holding: Holding, mark: Decimal | None) -> Position:
    """Return a holding as a position, marked."""
    units = holding.quantity * holding.instrument.multiplier
    value = units * mark if mark is not None else _NOTHING
    return Position(
        account=account,
        instrument=holding.instrument.key,
        quantity=holding.quantity,
        average_price=holding.paid / units if units else _NOTHING,
        average_cost=holding.basis / holding.quantity if holding.quantity else _NOTHING,
        mark=mark,
        value=value,
        unrealized_pnl=value - holding.basis if mark is not None else None,
        realized_pnl=holding.realized,
        daily_pnl=(
            value + holding.day_cash - holding.day_value if mark is not None or not units else None
        ),
        realized_today=holding.realized_today,
    )
