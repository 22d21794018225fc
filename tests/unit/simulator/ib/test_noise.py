"""Random numbers as functions of names and counters."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.simulator.ib.noise import chance, normals, stream, uniforms

names = st.lists(st.text(max_size=5) | st.integers(), min_size=1, max_size=3)
counters = st.integers(-(2**60), 2**60)


@given(names, counters)
def test_numbers_are_functions_of_name_and_counter(parts: list[object], counter: int) -> None:
    """One number asked for alone is the one that stands in a column, and lies inside (0, 1)."""
    of = stream(*parts)
    column = uniforms(of, counter + np.arange(3))
    assert chance(of, counter) == column[0]
    assert ((column > 0.0) & (column < 1.0)).all()


def test_streams_differ_by_name_and_by_order() -> None:
    """Names that are cut or ordered otherwise are other streams."""
    streams = {stream("ab", "c"), stream("a", "bc"), stream("c", "ab"), stream("abc")}
    assert len(streams) == 4


def test_uniforms_fill_the_interval_evenly() -> None:
    """Each tenth of the interval gets a tenth of the numbers, within five deviations."""
    drawn = uniforms(stream("even"), np.arange(100_000))
    counts = np.histogram(drawn, bins=10, range=(0.0, 1.0))[0]
    assert (np.abs(counts - 10_000) < 5 * np.sqrt(9_000)).all()


def test_normals_have_the_moments_of_the_bell() -> None:
    """Mean 0, variance 1, and neighbours that know nothing of each other."""
    drawn = normals(stream("bell"), np.arange(100_000))
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.var() - 1.0) < 0.03
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.02
