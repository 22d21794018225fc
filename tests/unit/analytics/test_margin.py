"""Requirements of the textbook positions."""

from dataclasses import replace
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given
from trading_floor import COIN, EXPIRY, FUTURE, INSTRUMENTS, PAIR, STOCK, option

from voldesk.analytics.margin import Held, required
from voldesk.simulator.exchange.instruments import Instrument

_LISTED = {instrument.key: instrument for instrument in INSTRUMENTS}
_SPOT = Decimal(230)


def _held(instrument: Instrument, quantity: int, mark: str) -> Held:
    return Held(instrument, Decimal(quantity), Decimal(mark), _SPOT)


def _call(strike: int, quantity: int, mark: str = "5") -> Held:
    return _held(option(f"C{strike}", strike), quantity, mark)


def _put(strike: int, quantity: int, mark: str = "5") -> Held:
    return _held(option(f"P{strike}", strike, is_call=False), quantity, mark)


@pytest.mark.parametrize(
    ("held", "initial", "maintenance"),
    [
        ([_call(230, 3)], "0", "0"),  # paid for
        ([_call(230, -1)], "5100", "5100"),  # 5 + 20 % of 230
        ([_call(250, -1)], "3100", "3100"),  # less 20 out of the money
        ([_call(300, -1, "0.05")], "2305", "2305"),  # no less than 10 % of the underlying
        ([_put(150, -1, "0.05")], "1505", "1505"),  # of a put: of its strike
        ([_call(230, -2), _call(240, 2)], "2000", "2000"),  # a credit spread
        ([_call(230, -2), _call(240, 1)], "6100", "6100"),  # half of it covered
        ([_call(240, -1), _call(230, 1)], "0", "0"),  # a debit spread
        ([_put(230, -1), _put(220, 1)], "1000", "1000"),
        ([_put(220, -1), _put(230, 1)], "0", "0"),
        ([_call(240, -1), _put(220, -1)], "8200", "8200"),  # a strangle: both sides
        ([_held(_LISTED[STOCK], 100, "230")], "11500", "5750"),
        ([_held(_LISTED[STOCK], -100, "230")], "11500", "6900"),
        ([_held(_LISTED[STOCK], 100, "230"), _call(240, -1)], "11500", "5750"),  # covered
        ([_held(_LISTED[STOCK], 50, "230"), _call(230, -1)], "8300", "5425"),
        ([_held(_LISTED[FUTURE], 1, "6800")], "34000", "27200"),
        ([_held(_LISTED[COIN], 1, "95000")], "95000", "95000"),
        ([_held(_LISTED[PAIR], 1000, "1.16")], "0", "0"),
    ],
)
def test_what_positions_require(held: list[Held], initial: str, maintenance: str) -> None:
    """Each position requires what the rule at the head of the module says."""
    need = required(held)
    assert need.initial == Decimal(initial)
    assert need.maintenance == Decimal(maintenance)


def test_a_shorter_lived_option_covers_nothing() -> None:
    """A long option that expires first leaves the short one naked."""
    sold = _held(replace(option("C1", 230), settles_at=EXPIRY + 1), -1, "5")
    assert required([sold, _call(240, 1)]).initial == 5100


def test_an_unknown_spot_counts_as_the_strike() -> None:
    """Not knowing the underlying makes nothing free."""
    blind = _call(230, -1)._replace(spot=Decimal(0))
    assert required([blind]).initial == 5100


def test_options_of_other_underlyings_cover_nothing() -> None:
    """A cover has the same underlying and right."""
    other = _held(replace(option("C1", 240), underlying="us SPX"), 1, "5")
    assert required([_call(230, -1), other, _put(240, 1)]).initial == 5100


legs = st.lists(
    st.tuples(st.sampled_from([210, 220, 230, 240, 250]), st.integers(-4, 4), st.booleans()),
    max_size=6,
)


@given(legs)
def test_a_cover_never_adds_to_the_requirement(found: list[tuple[int, int, bool]]) -> None:
    """Together positions require at most what the short ones require alone, and at least 0."""
    held = [(_call if is_call else _put)(strike, n) for strike, n, is_call in found]
    alone = sum((required([h]).initial for h in held), Decimal(0))
    assert 0 <= required(held).initial <= alone
