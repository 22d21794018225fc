from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from voldesk.pricing import kernels, kernels_form
from voldesk.pricing.selfcheck import ROWS, _empty, _inputs
from voldesk.pricing.twin_calls import TWIN, Calls

SHORT = 7  # rows, neither one nor as many as asked for
UNTOUCHED = 77


@pytest.fixture(scope="module", params=["serial", "threaded"])
def kernel_calls(request: pytest.FixtureRequest, compiled: Calls) -> Calls:
    """Return the compiled calls; where no threads are to be had twice the serial ones."""
    if request.param == "serial":
        return compiled
    return kernels.load_threaded(is_cached=True, max_threads=None) or compiled


def shortened(arrays: tuple[NDArray[Any], ...]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Return the arrays with each in turn that has all rows cut short."""
    for place, array in enumerate(arrays):
        if array.shape[-1] == ROWS:
            cut = np.ascontiguousarray(array[..., :SHORT])
            yield (*arrays[:place], cut, *arrays[place + 1 :])


def refuses_short_inputs(calls: Calls, name: str) -> bool:
    """Return whether every short input is refused, and no output touched."""
    outputs = _empty(name)
    for output in outputs:
        output.fill(UNTOUCHED)
    wrong = list(shortened(_inputs()[name]))
    assert len(wrong) >= 3
    for given in wrong:
        with pytest.raises(ValueError, match=r"one row|broadcast"):
            getattr(calls, name)(*given, *outputs)
    return all((output == UNTOUCHED).all() for output in outputs)


@pytest.mark.parametrize("name", Calls._fields)
def test_a_short_input_is_refused_before_anything_is_written(
    kernel_calls: Calls, name: str
) -> None:
    """No call reads beyond an input, and one refused leaves its outputs alone."""
    assert refuses_short_inputs(kernel_calls, name)


@pytest.mark.parametrize("name", Calls._fields)
def test_the_twin_refuses_short_inputs_too(name: str) -> None:
    """What the public functions rely on holds before numba is warm."""
    assert refuses_short_inputs(TWIN, name)


@pytest.mark.parametrize("name", Calls._fields)
def test_a_short_output_is_refused(kernel_calls: Calls, name: str) -> None:
    """No compiled call writes beyond an output."""
    for outputs in shortened(_empty(name)):
        with pytest.raises(ValueError, match="as many as the result"):
            getattr(kernel_calls, name)(*_inputs()[name], *outputs)


@pytest.mark.parametrize("name", [name for name in Calls._fields if name.startswith("series")])
def test_tables_of_two_lengths_are_refused(kernel_calls: Calls, name: str) -> None:
    """A series has a forward, a discount and years, or there is no table."""
    *by_row, forward, discount, years = _inputs()[name]
    for tables in ((forward, discount[:2], years), (forward, discount, years[:2])):
        with pytest.raises(ValueError, match="as many as the result"):
            getattr(kernel_calls, name)(*by_row, *tables, *_empty(name))


def test_columns_with_gaps_are_refused(kernel_calls: Calls) -> None:
    """A block is ten columns, each without gaps; how far apart they lie does not matter."""
    given = _inputs()["bsm_greeks"]
    apart = np.empty((10, 2 * ROWS))
    kernel_calls.bsm_greeks(*given, apart[:, :ROWS])
    for block in (apart[:, ::2], apart[:9, :ROWS]):
        with pytest.raises(ValueError, match="as many as the result"):
            kernel_calls.bsm_greeks(*given, block)


@pytest.mark.parametrize(("size", "rows", "is_fit"), [(1, 5, True), (5, 5, True), (4, 5, False)])
def test_one_row_stands_for_all(size: int, rows: int, is_fit: bool) -> None:
    """A column has one row or all of them."""
    assert kernels_form.all_fit(rows, 1, rows, size, 1, 1, 1, rows) == is_fit
