import numpy as np
import pytest

from voldesk.pricing import kernels_stages as stages
from voldesk.pricing.black import black_price


def test_scratch_columns_do_not_overlap() -> None:
    """Every column has room for a block and what is stored beyond its end."""
    names = ("X", "DISTANCE", "WEIGHT", "STDEV", "INVERSE", "E", "RATIO")
    offsets = sorted(getattr(stages, name) for name in names)
    assert min(np.diff(offsets)) >= stages.BLOCK + stages.EIGHT
    assert max(stages.FROM_TABLE) + stages.PITCH <= min(stages.COPIES)
    assert min(np.diff(stages.COPIES)) >= stages.BLOCK
    assert max(stages.COPIES) + stages.BLOCK <= stages.SCRATCH
    assert stages.BLOCK % stages.EIGHT == 0


@pytest.mark.parametrize(
    "series",
    [
        [0] * 20,
        [0] * 9 + [1] * 11,
        [0, 1, 2, 3] * 5,
        [0, 0, 2] + [1] * 17,
        [2] * 8 + [0] * 8 + [1] * 4,
    ],
)
def test_runs_of_a_series_end_where_they_end(series: list[int]) -> None:
    """The values copied for each row are its own series', whatever the runs."""
    index = np.array(series, np.int32)
    table = np.arange(6 * 5, dtype=np.float64)  # five entries a column, the last for no series
    w = np.full(stages.SCRATCH, -1.0)
    stages.fill_from_series(index, table, w, len(series))
    for place, column in enumerate(stages.FROM_TABLE):
        expected = table.reshape(6, 5)[place][index]
        np.testing.assert_array_equal(w[column : column + len(series)], expected)


def test_unknown_series_read_the_last_entry() -> None:
    """An index below or beyond the table lands on the NaN behind it."""
    assert [stages.series_row(i, 4) for i in (-1, 0, 3, 4, 99)] == [4, 0, 3, 4, 4]


def test_stages_solve_a_block() -> None:
    """Head, seed, Mills and finish give the vols, and count what they are not sure of."""
    n = 100
    strike = np.linspace(70.0, 140.0, n)
    forward, years, discount = np.full(n, 100.0), np.full(n, 0.25), np.full(n, 0.98)
    is_call = strike > 100
    price = black_price(forward, strike, 0.4 * 0.5, discount, is_call)
    price[17] = 1000.0
    w, vol = np.zeros(stages.SCRATCH), np.empty(n)
    stages.head_black(price, forward, strike, is_call, discount, w, n)
    stages.seed_rows(w, 104)
    stages.mills_rows(w, 104)
    assert stages.finish_vol(years, vol, w, n) == 1
    assert np.flatnonzero(np.isnan(vol)).tolist() == [17]
    np.testing.assert_allclose(np.delete(vol, 17), 0.4, rtol=1e-12)
