"""What may be asked for about orders over HTTP."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from voldesk.model.orders import MOST_CONTRACTS, MOST_LEGS, OrderType, Side, Terms, TimeInForce

_NS_PER_US = 1_000
_LAST_US = 4_102_444_800_000_000  # 2100

Price = Annotated[Decimal, Field(max_digits=15, decimal_places=6, allow_inf_nan=False)]
_Above = Annotated[Price, Field(gt=0)]
_Name = Annotated[str, Field(min_length=1, max_length=64, examples=["AMZN 2026-01-16 C 200"])]
_Tag = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\x20-\x7e]+$")]
_Quantity = Annotated[int, Field(ge=1, le=MOST_CONTRACTS)]
_Ratio = Annotated[int, Field(ge=-MOST_CONTRACTS, le=MOST_CONTRACTS)]
_Instant = Annotated[int, Field(ge=0, le=_LAST_US, description="UTC microseconds")]


class NewLeg(BaseModel):
    """One contract of a combination."""

    model_config = ConfigDict(extra="forbid")

    contract: _Name
    ratio: _Ratio = Field(default=1, description="below 0 it is sold when the order buys")


class NewBracket(BaseModel):
    """Ways out of what an order opens, at work once it has filled."""

    model_config = ConfigDict(extra="forbid")

    target: Price | None = Field(default=None, description="limit of the order that takes profit")
    stop: Price | None = Field(default=None, description="what sets off the order at market")

    @model_validator(mode="after")
    def _has_a_way_out(self) -> Self:
        if self.target is None and self.stop is None:
            raise ValueError("give target, stop or both")
        return self


class NewOrder(BaseModel):
    """What is to be traded; docs/rest.md explains each value."""

    model_config = ConfigDict(extra="forbid")

    contract: _Name | None = None
    legs: tuple[NewLeg, ...] | None = Field(default=None, min_length=2, max_length=MOST_LEGS)
    side: Side
    quantity: _Quantity
    order_type: OrderType = OrderType.LIMIT
    limit_price: Price | None = None
    stop_price: Price | None = None
    trail_amount: _Above | None = None
    trail_pct: _Above | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    good_till_us: _Instant | None = None
    outside_hours: bool = False
    is_adaptive: bool = False
    is_reducing: bool = False
    oca_group: _Tag | None = None
    parent_id: _Tag | None = None
    bracket: NewBracket | None = None
    reason: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if (self.contract is None) == (self.legs is None):
            raise ValueError("give either contract or legs")
        return self

    def named_legs(self) -> tuple[NewLeg, ...]:
        """Return what it trades, one leg where it is no combination."""
        if self.legs is not None:
            return self.legs
        assert self.contract is not None
        return (NewLeg(contract=self.contract, ratio=1),)

    def terms(self) -> Terms:
        """Return what of it may be changed later."""
        return _terms(self.model_dump(include=set(NewTerms.model_fields)))


class NewTerms(BaseModel):
    """What is to be changed; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    quantity: _Quantity | None = None
    limit_price: Price | None = None
    stop_price: Price | None = None
    trail_amount: _Above | None = None
    trail_pct: _Above | None = None
    good_till_us: _Instant | None = None

    def over(self, terms: Terms) -> Terms:
        """Return terms with those given in place of what they had."""
        till = terms.good_till
        held = {
            **{name: getattr(terms, name) for name in type(self).model_fields if name != _TILL},
            _TILL: None if till is None else till // _NS_PER_US,
        }
        return _terms(held | self.model_dump(exclude_none=True))


_TILL = "good_till_us"


def _terms(values: dict[str, Any]) -> Terms:
    till = values.pop(_TILL)
    return Terms(**values, good_till=None if till is None else till * _NS_PER_US)


class KillOrder(BaseModel):
    """How trading is to stop."""

    model_config = ConfigDict(extra="forbid")

    flatten: bool = Field(default=False, description="trade out of what is held too")
    reason: str = Field(default="", max_length=200)


class Unlock(BaseModel):
    """What a person types to let trading begin again."""

    model_config = ConfigDict(extra="forbid")

    phrase: str = Field(max_length=100, examples=["unlock PAPER"])
