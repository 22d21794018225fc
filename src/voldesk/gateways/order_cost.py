"""What an order costs at its price, and the most that can be lost by it alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from voldesk.model.contracts import exact_strike
from voldesk.model.enums import Right
from voldesk.model.orders import Intent
from voldesk.trading.marks import Mark

_ZERO = Decimal(0)


class Loss(StrEnum):
    """What bounds the loss of an order at expiry."""

    DEFINED = "defined"
    UNDEFINED = "undefined"  # something sold has no bound
    UNKNOWN = "unknown"
    NONE = "none"  # it only reduces what is held


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """
    An order in money, fees left out; None is not known.

    Attributes:
        price: Its limit, else its stop, else the far side of the quotes; per unit of underlying.
        cost: Paid at that price, below 0 received.
        max_loss: The most that can be lost at expiry, where that is defined.
    """

    price: Decimal | None
    cost: Decimal | None
    currency: str | None
    loss: Loss
    max_loss: Decimal | None


@dataclass(frozen=True, slots=True)
class _Leg:
    units: Decimal  # of underlying, below 0 sold
    mark: Mark


def cost_of(intent: Intent, marks: Sequence[Mark], *, is_reducing: bool) -> Cost:
    """Return what an order comes to; ``marks`` are those of its legs."""
    currencies = {mark.currency for mark in marks}
    multipliers = {mark.multiplier for mark in marks}
    currency = currencies.pop() if len(currencies) == 1 else None
    multiplier = multipliers.pop() if len(multipliers) == 1 else float("nan")
    price = _price(intent, marks)
    if currency is None or price is None or not multiplier > 0:
        return Cost(price=price, cost=None, currency=currency, loss=Loss.UNKNOWN, max_loss=None)
    size = intent.side.sign * intent.terms.quantity * Decimal(repr(multiplier))
    cost = price * size
    legs = [_Leg(size * leg.ratio, mark) for leg, mark in zip(intent.legs, marks, strict=True)]
    loss, worst = (Loss.NONE, _ZERO) if is_reducing else _worst(legs)
    max_loss = max(cost - worst, _ZERO) if loss is Loss.DEFINED else None
    return Cost(price=price, cost=cost, currency=currency, loss=loss, max_loss=max_loss)


def _price(intent: Intent, marks: Sequence[Mark]) -> Decimal | None:
    terms = intent.terms
    given = terms.limit_price if terms.limit_price is not None else terms.stop_price
    if given is not None:
        return given
    sign = intent.side.sign
    far = [
        (leg.ratio, mark.ask if leg.ratio * sign > 0 else mark.bid)
        for leg, mark in zip(intent.legs, marks, strict=True)
    ]
    if any(price != price for _, price in far):  # noqa: PLR0124  # NaN: there is no quote
        return None
    return sum((ratio * Decimal(repr(price)) for ratio, price in far), _ZERO)


def _worst(legs: Sequence[_Leg]) -> tuple[Loss, Decimal]:
    """Return whether the least that legs can be worth at expiry is bounded, and what it is."""
    if len({leg.mark.settles_at for leg in legs if leg.mark.settles_at is not None}) > 1:
        is_bought = all(leg.units > 0 for leg in legs)
        return (Loss.DEFINED if is_bought else Loss.UNKNOWN), _ZERO
    upside = sum((leg.units for leg in legs if leg.mark.right is not Right.PUT), _ZERO)
    return (Loss.UNDEFINED, _ZERO) if upside < 0 else (Loss.DEFINED, _least(legs))


def _least(legs: Sequence[_Leg]) -> Decimal:
    """Return the least worth at expiry: it lies at a strike or at 0, being straight between."""
    strikes = [exact_strike(leg.mark.strike) for leg in legs if leg.mark.right is not None]
    return min(
        sum((leg.units * _worth(leg.mark, spot) for leg in legs), _ZERO)
        for spot in (_ZERO, *strikes)
    )


def _worth(mark: Mark, spot: Decimal) -> Decimal:
    """Return what one unit is worth at expiry."""
    if mark.right is None:
        return spot
    strike = exact_strike(mark.strike)
    return max(spot - strike if mark.right is Right.CALL else strike - spot, _ZERO)
