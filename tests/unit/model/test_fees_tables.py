"""Charges of the day they are asked for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from voldesk.model.enums import Market
from voldesk.model.fees import FREE, Meter, Schedule
from voldesk.model.fees_tables import (
    SCHEDULES,
    exercise_schedule,
    schedule_of,
    schedules_on,
)
from voldesk.model.orders import Side
from voldesk.model.traded import Kind

_TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class _Option:
    key: str = "india NIFTY 20261124 000025000000000 C"
    kind: Kind = Kind.OPTION
    market: Market = Market.INDIA
    multiplier: Decimal = Decimal(65)
    underlying: str = "india NIFTY"
    strike: Decimal | None = Decimal(25000)
    is_call: bool = True
    settles_at: int | None = None


def _bill(schedule: Schedule, side: Side, lots: int, price: str) -> Decimal:
    return Meter(schedule).charge(_Option(), side, Decimal(lots), Decimal(price))


@pytest.mark.parametrize(
    ("day", "tax", "exchange"),
    [
        (date(2023, 4, 1), "0.0625", "0.05"),
        (date(2024, 9, 30), "0.0625", "0.0495"),
        (date(2024, 10, 1), "0.1", "0.03503"),
        (date(2026, 3, 31), "0.1", "0.03503"),
        (date(2026, 4, 1), "0.15", "0.03503"),
    ],
)
def test_indian_levies_are_those_of_the_day(day: date, tax: str, exchange: str) -> None:
    """One lot of 65 at 200: brokerage, exchange, SEBI and fund with 18 % GST, tax of the seller."""
    value = Decimal(13000)
    shares = (Decimal(exchange) + Decimal("0.0001") + Decimal("0.0005")) / 100
    common = (20 + value * shares) * Decimal("1.18")
    schedule = schedule_of(Market.INDIA, Kind.OPTION, "NIFTY", day)
    assert _bill(schedule, Side.SELL, 1, "200") == common + value * Decimal(tax) / 100
    assert _bill(schedule, Side.BUY, 1, "200") == common + value * Decimal("0.00003")
    assert schedules_on(day)[Market.INDIA, Kind.OPTION] == schedule


def test_bse_takes_its_own_charge_and_no_fund() -> None:
    """SENSEX options pay 0.0325 per cent to their exchange."""
    schedule = schedule_of(Market.INDIA, Kind.OPTION, "SENSEX", _TODAY)
    rates = {charge.name: charge.rate for charge in schedule.charges}
    assert rates["exchange"] == Decimal("0.000325")
    assert rates["IPFT"] == 0


@pytest.mark.parametrize(
    ("day", "tax"), [(date(2026, 3, 31), "0.00125"), (date(2026, 4, 1), "0.0015")]
)
def test_the_holder_pays_for_an_exercise(day: date, tax: str) -> None:
    """Of what the option is worth; the other side paid when it sold."""
    schedule = exercise_schedule(Market.INDIA, day)
    assert _bill(schedule, Side.BUY, 1, "100") == 6500 * Decimal(tax)
    assert _bill(schedule, Side.SELL, 1, "100") == 0
    assert exercise_schedule(Market.US, day) is FREE


def test_days_before_the_first_are_not_guessed() -> None:
    """Levies that are not known are no levies of zero."""
    with pytest.raises(ValueError, match=r"2023-03-31 .* 2023-04-01"):
        schedules_on(date(2023, 3, 31))
    old = date(2010, 1, 4)
    assert schedule_of(Market.US, Kind.OPTION, "SPXW", old) == SCHEDULES[Market.US, Kind.OPTION]


def test_what_has_no_schedule_is_free() -> None:
    """An index costs nothing, since nobody can trade it."""
    assert schedule_of(Market.US, Kind.INDEX, "SPX", _TODAY) is FREE
    assert schedule_of(Market.INDIA, Kind.INDEX, "NIFTY", _TODAY) is FREE


def test_the_newest_charges_are_those_of_today() -> None:
    """Who does not ask for a day gets the last that is known."""
    assert dict(SCHEDULES) == dict(schedules_on(_TODAY))
