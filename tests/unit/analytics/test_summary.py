"""The published row of a chain."""

import math
from collections.abc import Callable, Generator
from dataclasses import asdict, replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.analytics.exposure import EXPOSURES, LONG_ALL, LONG_CALLS_SHORT_PUTS
from voldesk.analytics.summary import Summary, summarize, summarize_in_steps
from voldesk.analytics.term_structure import CONSTANT_DAYS
from voldesk.chain.table import ChainTable
from voldesk.model.enums import Status
from voldesk.model.quotes import FloatArray

ChainOf = Callable[..., ChainTable]
Vol = Callable[[FloatArray, FloatArray], FloatArray]

ABS_TOLERANCE_VOL = 5e-5  # half a hundredth of a vol point
SHAPE = ("rr25", "bf25", "rr10", "bf10", "skew_slope", "skew_slope_sqrt_years")


def flat(k: FloatArray, years: FloatArray) -> FloatArray:
    return np.full(np.broadcast_shapes(k.shape, years.shape), 0.2)


def test_flat_chain_is_flat_in_every_figure(chain_of: ChainOf) -> None:
    """One vol everywhere: at the forward, over time, between expiries; no skew at all."""
    summary = summarize(chain_of(flat), 100.0)
    for series in summary.series:
        assert series.atm_iv == pytest.approx(0.2, abs=1e-12)
        assert [getattr(series, name) for name in SHAPE] == pytest.approx([0.0] * 6, abs=1e-10)
        assert series.net_iv25 == 0.0
        assert series.expected_move.iv_sqrt_t == pytest.approx(
            series.forward * 0.2 * math.sqrt(series.years)
        )
    underlying = summary.underlying
    assert list(underlying.term_structure) == list(CONSTANT_DAYS)
    assert math.isnan(underlying.term_structure[7])  # the first series has 9 days
    for days in CONSTANT_DAYS[1:]:
        assert underlying.term_structure[days] == pytest.approx(0.2, abs=1e-12)
    assert [forward.vol for forward in underlying.forward_variance] == pytest.approx([0.2] * 5)
    assert underlying.vol_index_30d == pytest.approx(0.2, rel=2e-3)
    assert underlying.term_slope == pytest.approx(0.0, abs=1e-12)


def test_known_smile_is_found(chain_of: ChainOf, svi: Vol) -> None:
    """On SVI with 4 % variance at the money each series and maturity shows 20 %."""
    summary = summarize(chain_of(svi), 100.0)
    for series in summary.series:
        assert series.atm_iv == pytest.approx(0.2, abs=ABS_TOLERANCE_VOL)
        assert series.rr10 < series.rr25 < 0.0 < series.bf25 < series.bf10
        assert series.net_iv25 == pytest.approx(series.rr25, abs=0.005)
        assert series.model_free_vol > series.atm_iv
        assert series.skew_slope < 0.0
    for days in CONSTANT_DAYS[1:]:
        assert summary.underlying.term_structure[days] == pytest.approx(0.2, abs=ABS_TOLERANCE_VOL)


def test_series_say_how_they_were_made(chain_of: ChainOf) -> None:
    """Each series carries its expiry, time, forward, discount and counts."""
    table = chain_of(flat, days=(9, 37))
    table.series.forward_source[:] = "parity"
    table.series.pairs[:] = (7, 8)
    first, second = summarize(table, 100.0).series
    assert (first.root, str(first.expiry), first.forward_source) == ("SYN", "2025-10-10", "parity")
    assert (first.pairs, second.pairs) == (7, 8)
    assert first.years == pytest.approx(9 / 365)
    assert (first.forward, first.discount) == (table.series.forward[0], table.series.discount[0])
    assert first.settles_at == table.series.settles_at[0]
    assert first.contracts == first.ok == 402


def test_net_figures_add_up_over_series(chain_of: ChainOf) -> None:
    """The exposures of the underlying are the sums of its series'."""
    summary = summarize(chain_of(flat), 100.0)
    for name in ("net_gex", "net_dex", "net_vanna", "net_charm"):
        parts = sum(getattr(series, name) for series in summary.series)
        assert getattr(summary.underlying, name) == pytest.approx(parts)
    assert summary.exposures == EXPOSURES
    assert summary.convention is LONG_CALLS_SHORT_PUTS
    assert summary.underlying.exposure_rows_left_out == 0


def test_multiplier_and_convention_are_the_callers(chain_of: ChainOf) -> None:
    """Exposures are proportional to the multiplier and follow the convention handed in."""
    table = chain_of(flat, days=(9, 37))
    one, hundred = summarize(table, 1.0).underlying, summarize(table, 100.0).underlying
    assert hundred.net_gex == pytest.approx(100 * one.net_gex)
    assert hundred.gex_flip == pytest.approx(one.gex_flip, nan_ok=True)
    held = summarize(table, 1.0, LONG_ALL)
    assert held.convention is LONG_ALL
    assert held.underlying.net_gex > abs(one.net_gex)
    assert math.isnan(held.underlying.gex_flip)


def test_rows_without_open_interest_are_counted_and_change_nothing(chain_of: ChainOf) -> None:
    """An unknown open interest leaves every exposure as if its row held nothing."""
    table, other = chain_of(flat), chain_of(flat)
    table.rows.open_interest[::5] = 0.0
    other.rows.open_interest[::5] = np.nan
    known, unknown = (summarize(x, 100.0).underlying for x in (table, other))
    assert unknown.exposure_rows_left_out == len(table.rows.iv[::5])
    assert known.exposure_rows_left_out == 0
    for name in ("net_gex", "net_dex", "net_vanna", "net_charm", "gex_flip", "pcr_oi"):
        same = getattr(known, name)
        assert getattr(unknown, name) == pytest.approx(same, rel=1e-11, nan_ok=True)
    for name in ("call_wall", "put_wall", "support", "resistance"):
        assert getattr(unknown, name) == getattr(known, name)


def test_statuses_are_counted_by_name(chain_of: ChainOf) -> None:
    """Only statuses that occur are listed; ok counts rows with a vol."""
    table = chain_of(flat, days=(9,))
    table.rows.status[:5] = Status.NO_BID
    underlying = summarize(table, 100.0).underlying
    assert underlying.statuses == {"OK": 397, "NO_BID": 5}
    assert (underlying.contracts, underlying.ok) == (402, 397)


def test_unknown_spot_falls_back_on_the_first_forward(chain_of: ChainOf) -> None:
    """Without a spot exposures use the first discounted forward, and say so; without both, NaN."""
    table = chain_of(flat, days=(9, 37))
    table.spot = math.nan
    prepaid = table.series.forward[0] * table.series.discount[0]
    summary = summarize(table, 100.0)
    assert summary.spot == prepaid
    assert math.isfinite(summary.underlying.net_gex)
    table.series.forward[:] = np.nan
    assert math.isnan(summarize(table, 100.0).spot)


@pytest.mark.parametrize(("poor", "days"), [(0, 10), (1, 9)])
def test_of_two_roots_of_a_date_the_fuller_speaks(chain_of: ChainOf, poor: int, days: int) -> None:
    """Term structure and forward variance take one series per expiry date."""
    table = chain_of(flat, days=(9, 10, 37))
    table.series.expiry[1] = table.series.expiry[0]
    table.rows.status[table.slice(poor)] = Status.NO_BID
    forwards = summarize(table, 100.0).underlying.forward_variance
    assert [forward.start_years for forward in forwards] == [pytest.approx(days / 365)]


def test_a_panel_is_read_at_its_latest_rows(chain_of: ChainOf, panel_of: ChainOf) -> None:
    """Older rows of the same contracts leave every figure as it is."""
    kwargs: dict[str, Any] = {"days": (9, 37), "strikes_each_side": 30, "step": 0.01}
    single, panel = chain_of(flat, **kwargs), panel_of(flat, **kwargs)
    for name in ("open_interest", "volume"):
        getattr(panel.rows, name)[:] = np.repeat(getattr(single.rows, name), 3)
    panel.rows.iv[::3] = panel.rows.iv[1::3] = 9.0
    np.testing.assert_equal(asdict(summarize(panel, 100.0)), asdict(summarize(single, 100.0)))


def _unknown(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


@pytest.mark.parametrize("what", ["empty", "one strike", "puts only", "calls only", "all unknown"])
def test_poor_chains_are_unknown_and_never_raise(chain_of: ChainOf, what: str) -> None:
    """What cannot be known is NaN, in the series and in the underlying."""
    days = () if what == "empty" else (9, 37)
    table = chain_of(flat, days=days, strikes_each_side=0 if what == "one strike" else 20)
    rows = table.rows
    silenced = {
        "puts only": rows.is_call,
        "calls only": ~rows.is_call,
        "all unknown": np.ones(len(rows), dtype=np.bool_),
    }.get(what, np.zeros(len(rows), dtype=np.bool_))
    for name in ("bid", "ask", "mid", "price", "iv", "delta", "gamma", "vanna", "charm"):
        getattr(rows, name)[silenced] = np.nan
    rows.open_interest[silenced] = rows.volume[silenced] = np.nan
    rows.status[silenced] = Status.NO_BID
    summary = summarize(table, 100.0)
    underlying = summary.underlying
    assert _unknown(underlying.vol_index_30d)
    assert all(_unknown(value) for value in underlying.term_structure.values())
    for series in summary.series:
        assert _unknown(series.atm_iv)
        assert _unknown(series.rr25)
        assert _unknown(series.model_free_vol)
        assert _unknown(series.expected_move.straddle) or what == "one strike"
    if what in {"empty", "all unknown"}:
        assert _unknown(underlying.net_gex)
        assert _unknown(underlying.call_wall)
        assert _unknown(underlying.gex_flip)
        assert _unknown(underlying.pcr_oi)
        assert underlying.support == underlying.resistance == ()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_hostile_numbers_never_raise(chain_of: ChainOf, data: st.DataObject) -> None:
    """Infinities, NaN, zero, negatives and 1e308 in any column: numbers or NaN, no warning."""
    table = chain_of(flat, days=(9, 37), strikes_each_side=3)
    hostile = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -1.0, 1e308, 5e-324])
    names = ["bid", "ask", "price", "iv", "delta", "gamma", "vanna", "charm", "open_interest"]
    for name in data.draw(st.sets(st.sampled_from([*names, "volume", "years", "forward"]))):
        column = getattr(table.rows, name)
        for row in data.draw(st.sets(st.integers(0, len(column) - 1))):
            column[row] = data.draw(hostile)
    for name in data.draw(st.sets(st.sampled_from(["years", "forward", "discount"]))):
        getattr(table.series, name)[data.draw(st.integers(0, 1))] = data.draw(hostile)
    table.spot = data.draw(st.one_of(st.just(5000.0), hostile))
    assert isinstance(summarize(table, data.draw(st.sampled_from([100.0, 1e308]))), Summary)


def test_scaling_prices_scales_money_and_nothing_else(chain_of: ChainOf) -> None:
    """The same chain in a currency worth 7 times less: vols stay, money is 7 times as much."""
    one = summarize(chain_of(flat), 100.0)
    seven = summarize(chain_of(flat, spot=35_000.0), 100.0)
    for a, b in zip(one.series, seven.series, strict=True):
        assert (b.atm_iv, b.model_free_vol) == pytest.approx((a.atm_iv, a.model_free_vol))
        assert (b.pcr_oi, b.pcr_volume) == (a.pcr_oi, a.pcr_volume)
        assert b.max_pain == pytest.approx(7 * a.max_pain)
        assert b.expected_move.straddle == pytest.approx(7 * a.expected_move.straddle)
    for name in ("net_gex", "net_dex", "net_vanna", "net_charm", "gex_flip", "call_wall"):
        scaled = 7 * getattr(one.underlying, name)
        assert getattr(seven.underlying, name) == pytest.approx(scaled, nan_ok=True)


def test_in_steps_it_is_the_same(chain_of: ChainOf) -> None:
    """One pause per series, and to the bit what is made in one go."""
    table = chain_of(flat, days=(9, 37, 65))
    made: list[Summary] = []

    def collect() -> Generator[None, None, None]:
        made.append((yield from summarize_in_steps(table, 100.0)))

    assert len(list(collect())) == 3
    assert repr(made[0]) == repr(summarize(table, 100.0))


def test_summary_is_plain_enough_to_encode(chain_of: ChainOf) -> None:
    """Every figure is a plain number, text, date or a struct of these; NaN becomes null."""
    summary = summarize(chain_of(flat, days=(9, 37)), 100.0)
    decoded = msgspec.json.decode(msgspec.json.encode(replace(summary, multiplier=50.0)))
    assert decoded["multiplier"] == 50.0
    assert decoded["series"][0]["expiry"] == "2025-10-10"
    assert decoded["underlying"]["term_structure"]["7"] is None
