import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.app.single import Terms, as_json, as_text, value, years_left
from voldesk.model.enums import Market, Right
from voldesk.model.errors import ConfigError

# J. Hull, Options, Futures, and Other Derivatives, 8th edition, example 14.6.
HULL = {"spot": 42.0, "strike": 40.0, "rate": 0.10, "years": 0.5}
HULL_CALL, HULL_PUT = 4.759422, 0.808599
RELATIVE = 1e-6


@pytest.mark.parametrize(("right", "price"), [(Right.CALL, HULL_CALL), (Right.PUT, HULL_PUT)])
def test_a_vol_gives_the_textbook_price(right: Right, price: float) -> None:
    """Hull's example, call and put."""
    figures = value(Terms(right=right, vol=0.2, **HULL))
    assert figures["price"] == pytest.approx(price, rel=RELATIVE)
    assert figures["status"] == "OK"


@pytest.mark.parametrize(("right", "price"), [(Right.CALL, HULL_CALL), (Right.PUT, HULL_PUT)])
def test_a_price_gives_its_vol_back(right: Right, price: float) -> None:
    """The same example, the other way."""
    figures = value(Terms(right=right, price=price, **HULL))
    assert figures["iv"] == pytest.approx(0.2, rel=1e-5)


@given(
    vol=st.floats(0.05, 1.5),
    strike=st.floats(80.0, 120.0),
    years=st.floats(0.05, 2.0),
    right=st.sampled_from(Right),
)
def test_the_two_directions_are_inverse(
    vol: float, strike: float, years: float, right: Right
) -> None:
    """From vol to price and back, every Greek the same."""
    there = value(Terms(right=right, strike=strike, years=years, forward=100.0, vol=vol))
    back = value(
        Terms(right=right, strike=strike, years=years, forward=100.0, price=there["price"])
    )
    if there["vega"] > 1e-6 and back["status"] == "OK":
        assert back["iv"] == pytest.approx(vol, rel=1e-6)
        assert back["delta"] == pytest.approx(there["delta"], abs=1e-6)


def test_published_units_are_used() -> None:
    """Vega is per vol point, theta per calendar day."""
    figures = value(Terms(right=Right.CALL, vol=0.2, **HULL))
    up = value(Terms(right=Right.CALL, vol=0.21, **HULL))
    assert up["price"] - figures["price"] == pytest.approx(figures["vega"], rel=0.02)
    later = value(Terms(right=Right.CALL, vol=0.2, **{**HULL, "years": 0.5 - 1.0 / 365.0}))
    assert later["price"] - figures["price"] == pytest.approx(figures["theta"], rel=0.02)


def test_a_price_without_a_vol_is_unknown_with_a_reason() -> None:
    """Below intrinsic: nulls in JSON, a dash and the status in text."""
    figures = value(Terms(right=Right.PUT, strike=100.0, years=1.0, forward=50.0, price=7.9))
    parsed = json.loads(as_json(figures))
    assert parsed["status"] == "BELOW_INTRINSIC"
    assert parsed["iv"] is None
    assert parsed["delta"] is None
    text = as_text(figures)
    assert "BELOW_INTRINSIC" in text
    assert "nan" not in text


def test_a_forward_is_carried_from_spot() -> None:
    """Rate and dividend yield make the forward and discount that are shown."""
    terms = Terms(
        right=Right.CALL, strike=100.0, years=1.0, spot=100.0, rate=0.05, dividend_yield=0.02, vol=1
    )
    figures = value(terms)
    assert figures["forward"] == pytest.approx(100.0 * math.exp(0.03))
    assert figures["discount"] == pytest.approx(math.exp(-0.05))
    assert "forward 103.045" in as_text(figures)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"forward": 100.0}, "either --spot or --forward"),
        ({"spot": None}, "either --spot or --forward"),
        ({"price": 1.0}, "either --vol or --price"),
        ({"vol": None}, "either --vol or --price"),
        ({"vol": -0.1}, "vol is -0.1"),
        ({"strike": 0.0}, "strike is 0"),
        ({"years": math.nan}, "years is nan"),
        ({"rate": math.inf}, "rate is inf"),
        ({"spot": None, "forward": 100.0, "dividend_yield": 0.01}, "--dividend-yield"),
    ],
)
def test_terms_that_cannot_be_are_refused(changed: dict[str, object], named: str) -> None:
    """Too much, too little and the impossible, each named."""
    terms: dict[str, object] = {"right": Right.CALL, "vol": 0.2, **HULL, **changed}
    with pytest.raises(ConfigError, match=named):
        Terms(**terms)  # type: ignore[arg-type]  # wrong on purpose


def test_an_expiry_settles_by_its_market() -> None:
    """A US option of the day has the hours to 16:00 New York left."""
    left = years_left(None, "2025-10-17", "2025-10-17T14:00-04:00", Market.US)
    assert left == pytest.approx(2.0 / 24.0 / 365.0)
    left = years_left(None, "2025-10-17", "2025-10-17T07:00Z", Market.DERIBIT)
    assert left == pytest.approx(1.0 / 24.0 / 365.0)


@pytest.mark.parametrize(
    ("years", "expiry", "as_of", "named"),
    [
        (None, None, None, "either --years or --expiry"),
        (1.0, "2025-10-17", None, "either --years or --expiry"),
        (1.0, None, "2025-10-17T07:00Z", "--as-of goes with --expiry"),
        (None, "2025-10-17", "2025-10-18T07:00Z", "has settled"),
    ],
)
def test_time_is_given_once(
    years: float | None, expiry: str | None, as_of: str | None, named: str
) -> None:
    """Years or an expiry in the future, not both."""
    with pytest.raises(ConfigError, match=named):
        years_left(years, expiry, as_of, Market.US)


def test_an_expiry_counts_from_now_by_default() -> None:
    """Without a valuation time the machine's clock serves."""
    assert years_left(None, "2090-01-20", None, Market.US) > 0.0
