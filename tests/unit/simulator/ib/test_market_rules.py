"""Price steps by rule."""

import pytest

from voldesk.simulator.ib.market_rules import RULES, market_rule
from voldesk.simulator.ib.refusal import Refused


@pytest.mark.parametrize(
    ("number", "step"), [(26, 0.01), (32, 0.01), (67, 0.25), (635, 0.0001), (2806, 0.25)]
)
def test_rules_clients_ask_for_exist(number: int, step: float) -> None:
    """The rules in the test suites of client libraries begin at 0 with their step."""
    first = market_rule(number)[0]
    assert (first.low_edge, first.increment) == (0.0, step)


@pytest.mark.parametrize("number", RULES)
def test_edges_ascend_from_zero(number: int) -> None:
    """Every rule covers all prices, with larger steps at larger ones."""
    rows = market_rule(number)
    assert rows[0].low_edge == 0.0
    assert [row.low_edge for row in rows] == sorted({row.low_edge for row in rows})
    assert [row.increment for row in rows] == sorted({row.increment for row in rows})


def test_unknown_rules_are_refused() -> None:
    """A number nobody gave is error 321."""
    with pytest.raises(Refused) as caught:
        market_rule(1)
    assert caught.value.code == 321
