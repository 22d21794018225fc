import numpy as np
import pytest

from voldesk.pricing import flags, kernels_rows
from voldesk.pricing.kernels_stages import BLOCK, COPIES, SCRATCH


def test_tabulate_ends_every_column_with_nan() -> None:
    """The row behind the last series is unknown, and so is a series with an extreme discount."""
    table = kernels_rows.tabulate(
        np.array([100.0, 101.0]), np.array([0.5, 1e-200]), np.array([2.0, 1.0])
    ).reshape(6, 3)
    assert np.isnan(table[:, 1:]).all()
    expected = [100.0, 0.5, 50.0, np.log(2) / 2, np.sqrt(2), np.sqrt(0.5)]
    np.testing.assert_allclose(table[:, 0], expected, rtol=1e-15)


def test_one_row_is_spread_over_a_block() -> None:
    """A column of one row becomes as many copies as are read; any other stays itself."""
    w = np.zeros(SCRATCH)
    spread = kernels_rows.spread(np.array([3.0]), w, COPIES[1], 20)
    assert spread.shape == (BLOCK,)
    assert (spread[:20] == 3.0).all()
    assert np.flatnonzero(w).tolist() == list(range(COPIES[1], COPIES[1] + 20))
    column = np.arange(5.0)
    assert kernels_rows.spread(column, w, COPIES[1], 5).tolist() == column.tolist()


def test_one_mark_is_spread_over_a_block() -> None:
    """What is no float has a block of its own."""
    spread = kernels_rows.spread_marks(np.array([True]))
    assert spread.tolist() == [True] * BLOCK
    column = np.arange(5, dtype=np.int32)
    assert kernels_rows.spread_marks(column).tolist() == column.tolist()


@pytest.mark.parametrize(("count", "padded"), [(1, 8), (8, 8), (33, 40), (256, 256)])
def test_loops_are_padded_to_whole_vectors(count: int, padded: int) -> None:
    """No loop inside the scratch has a remainder."""
    assert kernels_rows.pad(count) == padded


def test_a_vol_without_greeks_is_a_bad_input() -> None:
    """A forward whose spot overflows has a vol and no Greeks; the row says so and is NaN."""
    columns = np.empty((10, 1))
    flag = kernels_rows.solve_series_row(3e307, 1e308, True, 1e308, 100.0, 1.0, columns, 0)
    assert flag == flags.BAD_INPUT
    assert np.isnan(columns).all()
