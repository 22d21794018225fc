import numpy as np
import pytest

from voldesk.pricing.shapes import BOOL, FLOAT, INDEX, aligned, broadcast, checked, tables


def test_arguments_in_form_pass_as_they_are() -> None:
    """Contiguous columns of the right type are handed on without a copy."""
    a, b = np.ones(5), np.zeros(5, bool)
    rows, shape = aligned((a, b), (FLOAT, BOOL))
    assert rows[0] is a
    assert rows[1] is b
    assert shape == (5,)


def test_a_scalar_becomes_one_row() -> None:
    """One value for all is not spread out here."""
    rows, shape = aligned((np.ones(5), 3), (FLOAT, FLOAT))
    assert shape == (5,)
    assert rows[1].tolist() == [3.0]


def test_scalars_alone_have_no_dimension() -> None:
    """A call on scalars answers with scalars."""
    rows, shape = aligned((1, True), (FLOAT, BOOL))
    assert shape == ()
    assert [row.shape for row in rows] == [(1,), (1,)]


@pytest.mark.parametrize(
    ("first", "second", "shape"),
    [
        (np.ones((3, 1)), np.ones((1, 4)), (3, 4)),
        (np.ones(6)[::2], np.ones(3, np.float32), (3,)),
        ([1, 2], np.ones((2, 1)), (2, 2)),
        (np.ones(0), 1.0, (0,)),
        (np.ones(1), np.ones(4), (4,)),
    ],
)
def test_everything_else_is_brought_into_form(
    first: object, second: object, shape: tuple[int, ...]
) -> None:
    """Strides, other types and shapes that broadcast become flat contiguous float64."""
    rows, common = aligned((first, second), (FLOAT, FLOAT))
    assert common == shape
    for row in rows:
        assert row.dtype == np.float64
        assert row.flags.c_contiguous
        assert row.shape in {(1,), (int(np.prod(shape)),)}


def test_rows_are_brought_into_place() -> None:
    """What lies across the boundaries of float64 is copied to where a kernel can read it."""
    crooked = np.frombuffer(b"x" + np.arange(3.0).tobytes(), offset=1)
    rows, shape = broadcast((crooked, 2.0), (FLOAT, FLOAT))
    assert shape == (3,)
    assert rows[0].flags.aligned
    assert rows[0].tolist() == [0.0, 1.0, 2.0]


def test_shapes_that_do_not_broadcast_are_refused() -> None:
    """Three rows and four do not go together."""
    with pytest.raises(ValueError, match="broadcast"):
        aligned((np.ones(3), np.ones(4)), (FLOAT, FLOAT))


def test_tables_have_one_length() -> None:
    """A scalar stands for every series."""
    forward, discount, years = tables([100.0, 101.0], 1.0, [0.1, 0.2])
    assert forward.shape == discount.shape == years.shape == (2,)
    with pytest.raises(ValueError, match="one dimension"):
        tables(np.ones((2, 2)), 1.0, 1.0)


def test_out_has_to_fit() -> None:
    """A result is written into an array of its own type and shape only."""
    good = np.empty(3)
    assert checked(good, FLOAT, (3,)) is good
    frozen = np.empty(3)
    frozen.flags.writeable = False
    for bad in (np.empty(4), np.empty(3, np.float32), np.empty(6)[::2], frozen):
        with pytest.raises(ValueError, match="expected writable contiguous float64"):
            checked(bad, FLOAT, (3,))
    with pytest.raises(ValueError, match="int32"):
        checked(good, INDEX, (3,))
