"""The portfolio: marked at what closing fetches, summed up, and unknown by name."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hand_desk import CALL, HIGH_CALL, LATER_CALL, OTHER, STOCK, HandMarks, a_mark
from orders import a_fill

from voldesk.model.events import Counted, Filled
from voldesk.model.orders import Side
from voldesk.trading.ledger import Ledger
from voldesk.trading.marks import Mark
from voldesk.trading.portfolio import NAMES, Holdings, Portfolio, PortfolioSettings, terms_of

PLAIN = PortfolioSettings()


def ledger_of(*trades: tuple[str, int, str], **changes: Any) -> Ledger:
    """Return a ledger that has traded signed sizes of contracts at prices, a dollar each."""
    ledger = Ledger()
    for at, (key, size, price) in enumerate(trades):
        facts: dict[str, Any] = {
            "key": key,
            "quantity": abs(size),
            "side": Side.BUY if size > 0 else Side.SELL,
            "price": Decimal(price),
            "commission": Decimal(1),
            "ts_event": at,
        }
        ledger.apply(Filled(fill=a_fill(f"x{at}", tag="", **facts | changes), at=at))
    return ledger


def holdings(
    ledger: Ledger, *marks: Mark, settings: PortfolioSettings = PLAIN, since: int = 0
) -> Holdings:
    """Return what a ledger is worth at marks."""
    return Portfolio(HandMarks(*marks), settings).holdings(ledger, since)


def test_longs_are_marked_at_the_bid_and_shorts_at_the_ask() -> None:
    """Two bought and one sold at 1.00 are worth what closing them fetches, beside it the mid."""
    found = holdings(
        ledger_of((CALL, 2, "1.00"), (HIGH_CALL, -1, "1.00")), a_mark(CALL), a_mark(HIGH_CALL)
    )
    long, short = (row.figures for row in found.rows)
    assert (long.value, long.unrealised) == pytest.approx((240.0, 40.0))
    assert (short.value, short.unrealised) == pytest.approx((-125.0, -25.0))
    assert long.unrealised_mid == pytest.approx(45.0)
    total = found.total.figures
    assert total.fees == 2
    assert total.pnl == pytest.approx(40.0 - 25.0 - 2)
    assert total.pnl_mid == pytest.approx(45.0 - 22.5 - 2)
    assert found.total.unknown == {"beta_delta": (CALL, HIGH_CALL)}


def test_greeks_are_money() -> None:
    """Contracts × multiplier, delta by spot, gamma per 1 %, vega per point, theta per day."""
    figures = holdings(ledger_of((CALL, 2, "1.00")), a_mark(CALL)).total.figures
    assert figures.delta == pytest.approx(90.0)
    assert figures.dollar_delta == pytest.approx(90.0 * 198)
    assert figures.gamma == pytest.approx(200 * 0.02 * 198**2 * 0.01)
    assert (figures.vega, figures.theta, figures.rho) == pytest.approx((60.0, -20.0, 10.0))


def test_sums_are_per_underlying_and_per_expiry() -> None:
    """Each position is in one group of either kind; units of two underlyings do not add up."""
    ledger = ledger_of((CALL, 1, "1"), (LATER_CALL, 1, "1"), (OTHER, 1, "1"))
    found = holdings(ledger, a_mark(CALL), a_mark(LATER_CALL), a_mark(OTHER))
    assert {name: one.figures.vega for name, one in found.by_underlying.items()} == {
        "AMZN": 60.0,
        "MSFT": 30.0,
    }
    assert len(found.by_expiry) == 3
    assert found.by_underlying["AMZN"].figures.delta == pytest.approx(90.0)
    assert math.isnan(found.total.figures.delta)
    assert "delta" not in found.total.unknown


def test_what_is_not_known_of_one_is_not_known_of_the_sum() -> None:
    """The sum says which position it is; what is known stays known."""
    ledger = ledger_of((CALL, 1, "1"), (OTHER, 1, "1"))
    found = holdings(ledger, a_mark(CALL, vega=math.nan), a_mark(OTHER))
    assert math.isnan(found.total.figures.vega)
    assert found.total.unknown["vega"] == (CALL,)
    assert found.total.figures.theta == pytest.approx(-20.0)
    unseen = holdings(ledger, a_mark(OTHER))
    assert unseen.total.unknown["value"] == (CALL,)
    assert unseen.rows[0].underlying == "AMZN"
    assert set(NAMES) - set(unseen.total.unknown) == {"realised", "fees", "delta"}


def test_positions_from_before_have_no_cost() -> None:
    """Contracts held before the first execution have a worth and no profit."""
    ledger = Ledger()
    ledger.apply(Counted(base={CALL: 1}, at=0))
    total = holdings(ledger, a_mark(CALL)).total
    assert total.figures.value == pytest.approx(120.0)
    assert set(total.unknown) == {"unrealised", "unrealised_mid", "beta_delta"}


def test_what_was_realised_outlives_the_contract() -> None:
    """A closed position keeps its profit after its chain is gone, if it was seen before."""
    ledger = ledger_of((CALL, 1, "1.00"), (CALL, -1, "1.50"))
    marks = HandMarks(a_mark(CALL))
    portfolio = Portfolio(marks, PLAIN)
    assert portfolio.holdings(ledger).total.figures.realised == 50
    marks.by_key.clear()
    assert portfolio.holdings(ledger).total.figures.realised == 50
    assert holdings(ledger).total.unknown == {"realised": (CALL,)}
    assert portfolio.holdings(ledger, since=9).total.figures.realised == 0


def test_betas_weigh_deltas_to_the_reference() -> None:
    """Given betas count, the reference has 1 to itself, others are not known."""
    marks = (a_mark(CALL), a_mark(OTHER), a_mark(STOCK, spot=99.0))
    ledger = ledger_of((CALL, 1, "1"), (OTHER, 1, "1"))
    plain = holdings(ledger, *marks, settings=PortfolioSettings(reference=STOCK))
    assert plain.rows[0].figures.beta_delta == pytest.approx(45.0 * 198 / 99)
    assert plain.total.unknown["beta_delta"] == (OTHER,)
    given = PortfolioSettings(reference=STOCK, betas={"MSFT": 2.0})
    total = holdings(ledger, *marks, settings=given).total.figures
    assert total.beta_delta == pytest.approx(3 * 45.0 * 198 / 99)
    blind = holdings(ledger, *marks[:2], a_mark(STOCK, spot=math.nan), settings=given)
    assert blind.total.unknown["beta_delta"] == (CALL, OTHER)


def test_other_currencies_need_a_rate() -> None:
    """Money of another currency is turned into the account's, or not known."""
    ledger = ledger_of((CALL, 1, "1.00"), currency="INR")
    rupees = a_mark(CALL, currency="INR")
    rated = PortfolioSettings(rates={"INR": Decimal("0.01")})
    figures = holdings(ledger, rupees, settings=rated).total.figures
    assert figures.value == pytest.approx(1.2)
    assert figures.fees == Decimal("0.01")
    assert {"value", "fees"} <= set(holdings(ledger, rupees).total.unknown)


@pytest.mark.parametrize(
    ("key", "underlying"), [(CALL, "AMZN"), (STOCK, "AMZN"), ("strange", "strange")]
)
def test_a_key_tells_its_underlying(key: str, underlying: str) -> None:
    """With and without an expiry, and where it is no key at all."""
    name, expiry = terms_of(key)
    assert name == underlying
    assert (expiry is not None) == (key == CALL)


def test_an_underlying_without_a_quote_is_worth_its_last_price() -> None:
    """Of it a feed tells a spot alone; a quote, where there is one, is the better word."""
    bare = a_mark(STOCK, bid=math.nan, ask=math.nan, last=198.0)
    held = ledger_of((STOCK, 2, "190.00"))
    (found,) = (row.figures for row in holdings(held, bare).rows)
    assert (found.value, found.value_mid, found.unrealised) == (396.0, 396.0, 16.0)
    (quoted,) = (row.figures for row in holdings(held, a_mark(STOCK, bid=197.0, ask=199.0)).rows)
    assert (quoted.value, quoted.value_mid) == (394.0, 396.0)
    (option,) = (
        row.figures
        for row in holdings(ledger_of((CALL, 1, "1.00")), a_mark(CALL, bid=math.nan)).rows
    )
    assert math.isnan(option.value)
