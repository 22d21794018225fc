import math
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_world import NOON, SECOND, HandChain

from voldesk.bus.local import STATUS, LocalBus
from voldesk.model.errors import ConfigError
from voldesk.strategies.alerts import (
    MOST_RULES,
    Alert,
    Alerts,
    Cross,
    Direction,
    Rule,
    RuleState,
    step,
)

LEVEL = 1.0
PATHS = st.lists(
    st.one_of(st.sampled_from([0.5, 0.9, 1.0, 1.1, 1.5, math.nan]), st.floats(0.0, 2.0)),
    max_size=80,
)
BANDS = st.sampled_from([0.0, 0.05, 0.3])


def rule(**given_: Any) -> Rule:
    return Rule(**{"name": "r", "underlying": "SPX", "field": "spot", "level": LEVEL, **given_})


def told(watched: Rule, values: list[float], step_ns: int = SECOND) -> list[tuple[int, Direction]]:
    """Return the places in a path that are told, and which way."""
    state, found = RuleState(), []
    for place, value in enumerate(values):
        state, direction = step(watched, state, value, NOON + place * step_ns)
        if direction is not None:
            found.append((place, direction))
    return found


def letters(values: list[float], band: float) -> str:
    """Write a path as letters: Above the level, Below by more than the band, or in the Middle."""
    known = [value for value in values if not math.isnan(value)]
    return "".join("a" if v > LEVEL else "b" if v < LEVEL - band else "m" for v in known)


@given(PATHS, BANDS)
def test_each_upward_crossing_is_told_once(values: list[float], band: float) -> None:
    """As many as there are ways from below the band to above the level, whatever lies between."""
    expected = len(re.findall("b[^a]*a", letters(values, band)))
    assert len(told(rule(band=band), values)) == expected


@given(PATHS, BANDS)
def test_each_downward_crossing_is_told_once(values: list[float], band: float) -> None:
    """The mirror image: from above the band to below the level."""
    known = [value for value in values if not math.isnan(value)]
    path = "".join("b" if v < LEVEL else "a" if v > LEVEL + band else "m" for v in known)
    expected = len(re.findall("a[^b]*b", path))
    assert len(told(rule(band=band, crosses=Cross.DOWN), values)) == expected


@given(PATHS, BANDS)
def test_both_is_up_and_down_together(values: list[float], band: float) -> None:
    """A rule for both tells what two rules for one each would."""
    each = [*told(rule(band=band), values), *told(rule(band=band, crosses=Cross.DOWN), values)]
    assert told(rule(band=band, crosses=Cross.BOTH), values) == sorted(each)


@given(PATHS)
def test_without_a_band_ways_alternate(values: list[float]) -> None:
    """What went up comes down before it goes up again."""
    ways = [direction for _, direction in told(rule(crosses=Cross.BOTH), values)]
    assert all(one is not other for one, other in pairwise(ways))


@given(PATHS, BANDS, st.data())
def test_unknown_values_change_nothing(values: list[float], band: float, data: Any) -> None:
    """NaN anywhere in a path is neither told nor forgets what was known."""
    holes = data.draw(st.lists(st.integers(0, len(values)), max_size=10))
    holed = list(values)
    for place in sorted(holes, reverse=True):
        holed.insert(place, math.nan)
    watched = rule(band=band, crosses=Cross.BOTH)
    ways = [direction for _, direction in told(watched, values)]
    assert [direction for _, direction in told(watched, holed)] == ways
    assert not any(math.isnan(holed[place]) for place, _ in told(watched, holed))


@given(PATHS, BANDS)
def test_once_is_the_first_of_always(values: list[float], band: float) -> None:
    """A rule that is told once tells what it would have told first."""
    every = told(rule(band=band, crosses=Cross.BOTH), values)
    assert told(rule(band=band, crosses=Cross.BOTH, is_once=True), values) == every[:1]


@given(PATHS, st.integers(1, 10))
def test_a_cooldown_keeps_its_distance(values: list[float], secs: int) -> None:
    """Two that are told are at least so far apart, and each is a crossing."""
    every = told(rule(crosses=Cross.BOTH), values)
    some = told(rule(crosses=Cross.BOTH, cooldown_secs=float(secs)), values)
    assert set(some) <= set(every)
    places = [place for place, _ in some]
    assert all(later - earlier >= secs for earlier, later in pairwise(places))
    assert some[:1] == every[:1]


def test_a_start_above_the_level_is_no_crossing() -> None:
    """It has to be seen below first; a value at the level is on neither side."""
    assert told(rule(), [2.0, 2.0, 1.0, 2.0]) == []
    assert told(rule(), [1.0, 2.0]) == []
    assert told(rule(), [0.5, 1.0, 2.0]) == [(2, Direction.UP)]


def test_a_clock_set_back_ends_a_cooldown() -> None:
    """A replay that begins again is told again."""
    watched = rule(cooldown_secs=3600.0)
    state, direction = step(watched, RuleState(), 0.5, NOON)
    state, direction = step(watched, state, 1.5, NOON)
    assert direction is Direction.UP
    state, _ = step(watched, state, 0.5, NOON - 10 * SECOND)
    _, direction = step(watched, state, 1.5, NOON - 9 * SECOND)
    assert direction is Direction.UP


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"level": math.nan}, "level is nan"),
        ({"band": -0.1}, "band is -0.1, it must be 0 or more"),
        ({"cooldown_secs": math.inf}, "cooldown_secs is inf"),
        ({"field": "sopt"}, "alert 'r': no field 'sopt'"),
    ],
)
def test_an_impossible_rule_is_refused(wrong: dict[str, Any], says: str) -> None:
    """The message names the rule, the value and what is allowed."""
    with pytest.raises(ConfigError, match=says):
        Alerts([rule(**wrong)], LocalBus())


def test_a_name_is_one_rule() -> None:
    """Two rules of one name could not be told apart."""
    with pytest.raises(ConfigError, match="two alerts are named 'r'"):
        Alerts([rule(), rule()], LocalBus())


@pytest.fixture
def heard() -> list[Alert]:
    """What was published on ``alerts``."""
    return []


def watch(rules: list[Rule], heard: list[Alert]) -> tuple[LocalBus, Alerts]:
    bus = LocalBus()
    bus.on("alerts", lambda _, alert: heard.append(alert))
    return bus, Alerts(rules, bus)


def test_a_crossing_is_published_with_all_of_it(market: Any, heard: list[Alert]) -> None:
    """Rule, direction, value, contract, expiry and time; chains of others are passed over."""
    rules = [
        rule(name="spot", level=102.0),
        rule(name="delta", field="delta", contract="atm call", level=0.3, crosses=Cross.DOWN),
        rule(name="other", underlying="NDX", level=102.0),
    ]
    bus, _ = watch(rules, heard)
    chain = HandChain(market.listing)
    bus.publish("chain/SPX", chain.update(market.spot(100.0), market.fair(100.0)))
    assert heard == []
    at = NOON + SECOND
    bus.publish("chain/SPX", chain.update(market.spot(105.0, at), market.fair(105.0, at), at=at))
    (alert,) = heard
    assert (alert.rule, alert.direction, alert.value) == ("spot", Direction.UP, 105.0)
    assert (alert.kind, alert.underlying, alert.ts_us) == ("alert", "SPX", at // 1000)
    assert alert.text == "SPX spot crossed 102 going up: 105"


def test_stale_quotes_say_nothing_and_the_first_fresh_one_does(
    market: Any, heard: list[Alert]
) -> None:
    """What crossed while the line was lost is told once it is back."""
    bus, alerts = watch([rule(field="price", contract="atm call", level=3.0)], heard)
    chain = HandChain(market.listing)

    def publish(*batches: Any, at: int) -> None:
        bus.publish("chain/SPX", chain.update(*batches, at=at))

    publish(market.spot(100.0), market.fair(vol=0.2), at=NOON)
    state = alerts.state("r")
    publish(market.gap(NOON + SECOND), at=NOON + SECOND)
    assert alerts.state("r") == state
    at = NOON + 2 * SECOND
    publish(market.fair(at=at, vol=0.5), at=at)
    assert [alert.direction for alert in heard] == [Direction.UP]


def test_a_quiet_underlying_is_not_trusted(market: Any, heard: list[Alert]) -> None:
    """While the status topic says STALE or DOWN nothing is told; then it is."""
    bus, _ = watch([rule(level=102.0)], heard)
    chain = HandChain(market.listing)
    bus.publish("chain/SPX", chain.update(market.spot(100.0), market.fair()))

    def health(state: str) -> None:
        bus.publish(STATUS, {"kind": "health", "underlyings": [_row("SPX", state)]})

    for place, state in enumerate(("STALE", "DOWN"), start=1):
        health(state)
        at = NOON + place * SECOND
        bus.publish("chain/SPX", chain.update(market.spot(105.0, at), at=at))
    assert heard == []
    bus.publish(STATUS, {"kind": "something else"})
    health("LIVE")
    at = NOON + 3 * SECOND
    bus.publish("chain/SPX", chain.update(market.spot(106.0, at), at=at))
    assert [alert.value for alert in heard] == [106.0]


def _row(underlying: str, state: str) -> dict[str, str]:
    return {"underlying": underlying, "state": state}


def test_figures_of_the_summary_are_looked_at_when_there_is_one(
    market: Any, heard: list[Alert]
) -> None:
    """An update without analytics leaves a rule about them as it was."""
    bus, alerts = watch([rule(field="atm_iv", level=0.3)], heard)
    chain = HandChain(market.listing)
    bus.publish("chain/SPX", chain.update(market.spot(100.0), market.fair(), has_summary=False))
    assert alerts.state("r") == RuleState()
    bus.publish("chain/SPX", chain.update(at=NOON + SECOND))
    assert alerts.state("r").is_armed_up
    at = NOON + 2 * SECOND
    bus.publish("chain/SPX", chain.update(market.fair(at=at, vol=0.5), at=at))
    (alert,) = heard
    assert alert.expiry is not None
    assert alert.text.startswith("SPX 2026-10-30 atm_iv crossed 0.3 going up: 0.4")


def test_rules_come_and_go_while_it_watches(market: Any, heard: list[Alert]) -> None:
    """A new one tells from its next crossing on, one that was removed tells no more."""
    bus, alerts = watch([rule(level=102.0)], heard)
    chain = HandChain(market.listing)

    def move(spot: float, at: int) -> None:
        bus.publish("chain/SPX", chain.update(market.spot(spot, at), at=at))

    move(103.0, NOON)
    alerts.add(rule(name="new", level=101.0, crosses=Cross.BOTH))
    alerts.remove("r")
    assert [one.name for one in alerts.rules] == ["new"]
    move(100.0, NOON + SECOND)
    assert heard == []  # it began above both levels, which the new one had not seen
    move(104.0, NOON + 2 * SECOND)
    assert [one.rule for one in heard] == ["new"]
    with pytest.raises(KeyError):
        alerts.remove("r")
    with pytest.raises(ConfigError, match="two alerts are named 'new'"):
        alerts.add(rule(name="new"))


def test_a_spent_rule_stays_spent(market: Any, heard: list[Alert]) -> None:
    """One that told its only crossing in an earlier process tells nothing."""
    bus, alerts = watch([], heard)
    alerts.add(rule(level=102.0, is_once=True), is_spent=True)
    chain = HandChain(market.listing)
    for place, spot in enumerate((100.0, 105.0)):
        at = NOON + place * SECOND
        bus.publish("chain/SPX", chain.update(market.spot(spot, at), at=at))
    assert heard == []
    assert alerts.state("r").is_spent


def test_there_is_a_limit_to_rules() -> None:
    """The number there are and the number there may be."""
    alerts = Alerts((rule(name=str(i)) for i in range(MOST_RULES)), LocalBus())
    with pytest.raises(ConfigError, match="there are 1000 alerts, at most 1000 may be"):
        alerts.add(rule())


def test_closed_alerts_hear_nothing(market: Any, heard: list[Alert]) -> None:
    """After close nothing is told."""
    bus, alerts = watch([rule(level=102.0)], heard)
    alerts.close()
    chain = HandChain(market.listing)
    for place, spot in enumerate((100.0, 105.0)):
        at = NOON + place * SECOND
        bus.publish("chain/SPX", chain.update(market.spot(spot, at), at=at))
    assert heard == []
    assert alerts.listener.is_cancelled
