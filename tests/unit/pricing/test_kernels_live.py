"""Rows are chosen, prepared, finished and collected by compiled loops as by the twin."""

import pytest

from voldesk.pricing import kernels
from voldesk.pricing.selfcheck_live import arguments, is_alike
from voldesk.pricing.twin_live import LiveCalls


@pytest.mark.parametrize("name", ["choose_rows", "prepare_rows", "finish_rows", "collect_rows"])
@pytest.mark.parametrize("seed", range(12))
def test_the_loop_leaves_what_the_twin_does(compiled_live: LiveCalls, name: str, seed: int) -> None:
    """Whatever it is handed, every array ends the same."""
    for given in arguments(name, seed):
        assert is_alike(compiled_live, name, given)


@pytest.mark.parametrize("name", ["choose_rows", "prepare_rows", "finish_rows", "collect_rows"])
def test_the_loop_is_made_of_these_sources(compiled_live: LiveCalls, name: str) -> None:
    """It returns the revision it was compiled from."""
    given = arguments(name)[0]
    assert getattr(compiled_live, name)(*given) == kernels.source_revision()
