from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from live_world import NOON, SECOND, HandChain

from voldesk.model.enums import Status
from voldesk.model.errors import ConfigError
from voldesk.strategies.figures import FIELDS, Figure, Scope

FRONT, BACK = date(2026, 10, 30), date(2026, 11, 20)


@pytest.fixture
def chain(market: Any) -> HandChain:
    """A valued chain at spot 100."""
    made = HandChain(market.listing)
    made.update(market.spot(100.0), market.fair())
    return made


@pytest.mark.parametrize(
    ("field", "contract", "expiry", "root", "scope"),
    [
        ("delta", "atm call", None, None, Scope.CONTRACT),
        ("iv", "SPXW  261030C00100000", None, None, Scope.CONTRACT),
        ("rr25", None, None, None, Scope.SERIES),
        ("pcr_oi", None, FRONT, None, Scope.SERIES),
        ("pcr_oi", None, None, "SPXW", Scope.SERIES),
        ("pcr_oi", None, None, None, Scope.UNDERLYING),
        ("spot", None, None, None, Scope.UNDERLYING),
        ("gex_flip", None, None, None, Scope.UNDERLYING),
    ],
)
def test_what_is_given_tells_whose_figure_it_is(
    field: str, contract: str | None, expiry: date | None, root: str | None, scope: Scope
) -> None:
    """A contract before a series, a series where only it has the field, else the underlying."""
    assert Figure.of(field, contract, expiry, root).scope is scope


@pytest.mark.parametrize(
    ("field", "contract", "says"),
    [
        ("rr26", None, "did you mean 'rr25'"),
        ("detla", "atm call", "did you mean 'delta'"),
        ("rr25", "atm call", "no field 'rr25' of a contract"),
        ("delta", None, "no field 'delta' of a series"),
        ("zzz", None, "there are"),
        ("iv", "0d call", "above 0 and below 100"),
        ("iv", "100d put", "above 0 and below 100"),
    ],
)
def test_a_figure_that_is_not_there_is_refused(field: str, contract: str | None, says: str) -> None:
    """The message says what there is, or what was meant."""
    with pytest.raises(ConfigError, match=says):
        Figure.of(field, contract, None)


def test_every_field_of_every_scope_can_be_read(chain: HandChain) -> None:
    """No name of `FIELDS` is without a figure."""
    update = chain.update(at=NOON + SECOND)
    contracts = {Scope.CONTRACT: "atm call"}
    expiries = {Scope.SERIES: FRONT}
    for scope, names in FIELDS.items():
        for name in names:
            figure = Figure.of(name, contracts.get(scope), expiries.get(scope))
            assert figure.scope is scope
            reading = figure.read(update)
            assert reading is not None
            assert isinstance(reading.value, float)


def test_the_money_and_a_delta_choose_contracts(chain: HandChain) -> None:
    """At the money is the strike nearest to the forward; 25d the nearest delta of its right."""
    update = chain.update(at=NOON + SECOND)
    atm = Figure.of("strike", "atm call", None).read(update)
    assert atm is not None
    assert (atm.value, atm.expiry) == (100.0, FRONT)
    put = Figure.of("delta", "25d put", BACK).read(update)
    assert put is not None
    deltas = update.table.rows.delta[~update.table.rows.is_call & (update.table.rows.series == 1)]
    assert put.value == deltas[np.nanargmin(np.abs(deltas + 0.25))]
    assert put.expiry == BACK


def test_the_money_moves_and_the_contract_with_it(chain: HandChain, market: Any) -> None:
    """The contract of a selector is chosen anew in every update."""
    figure = Figure.of("strike", "atm put", None)
    update = chain.update(market.spot(110.0), market.fair(110.0), at=NOON + SECOND)
    reading = figure.read(update)
    assert reading is not None
    assert reading.value == 110.0


def test_a_contract_by_its_symbol(chain: HandChain) -> None:
    """The venue's own name; an unknown one has no figure."""
    update = chain.update(at=NOON + SECOND)
    symbol = str(update.table.rows.symbol[3])
    reading = Figure.of("strike", symbol, None).read(update)
    assert reading is not None
    assert (reading.value, reading.contract) == (update.table.rows.strike[3], symbol)
    nothing = Figure.of("strike", "NOPE", None).read(update)
    assert nothing is not None
    assert np.isnan(nothing.value)


def test_figures_of_the_summary_wait_for_one(chain: HandChain) -> None:
    """An update without analytics brings contracts and the spot, nothing else."""
    update = chain.update(at=NOON + SECOND, has_summary=False)
    assert Figure.of("atm_iv", None, None).read(update) is None
    assert Figure.of("pcr_oi", None, None).read(update) is None
    assert Figure.of("iv", "atm call", None).read(update) is not None
    assert Figure.of("spot", None, None).read(update) is not None


def test_a_series_that_is_not_there_has_no_figure(chain: HandChain) -> None:
    """An expiry nobody lists is NaN, not an error: it may be listed tomorrow."""
    update = chain.update(at=NOON + SECOND)
    for figure in (
        Figure.of("atm_iv", None, date(2030, 1, 1)),
        Figure.of("iv", "atm call", date(2030, 1, 1)),
        Figure.of("iv", "25d call", None, "NDX"),
    ):
        reading = figure.read(update)
        assert reading is not None
        assert np.isnan(reading.value)


def test_the_front_series_is_the_first_alive(chain: HandChain, market: Any) -> None:
    """When one has settled the next one is meant."""
    later = NOON + 35 * 86_400 * SECOND
    update = chain.update(market.fair(at=later, instruments=market.options[18:]), at=later)
    reading = Figure.of("atm_iv", None, None).read(update)
    assert reading is not None
    assert reading.expiry == BACK


def test_stale_rows_are_not_fresh(make_market: Callable[..., Any]) -> None:
    """After a gap no figure made of quotes is fresh until they are quoted again."""
    market = make_market()
    chain = HandChain(market.listing)
    chain.update(market.spot(100.0), market.fair())
    update = chain.update(market.gap(NOON + SECOND), at=NOON + SECOND)
    assert (update.table.rows.status == Status.STALE).any()
    figures = [
        Figure.of("delta", "atm call", None),
        Figure.of("atm_iv", None, None),
        Figure.of("pcr_oi", None, None),
    ]
    readings = [figure.read(update) for figure in figures]
    assert [reading is not None and reading.is_fresh for reading in readings] == [False] * 3
    again = chain.update(market.fair(at=NOON + 2 * SECOND), at=NOON + 2 * SECOND)
    readings = [figure.read(again) for figure in figures]
    assert [reading is not None and reading.is_fresh for reading in readings] == [True] * 3
