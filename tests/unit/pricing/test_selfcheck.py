import numpy as np
import pytest

from voldesk.pricing.selfcheck import find_difference
from voldesk.pricing.twin_calls import TWIN, Calls


def test_the_twin_agrees_with_itself() -> None:
    """No difference is found where there is none."""
    assert find_difference(TWIN) == ""


def test_the_kernels_agree_with_the_twin(compiled: Calls) -> None:
    """What warm_up switches to has passed."""
    assert find_difference(compiled) == ""


@pytest.mark.parametrize("name", Calls._fields)
def test_a_wrong_row_is_found(name: str) -> None:
    """One wrong figure in one row of one call is enough."""

    def wrong(*arguments: np.ndarray) -> None:
        getattr(TWIN, name)(*arguments)
        figures = arguments[-1] if name.endswith("greeks") else arguments[-2]
        row = np.flatnonzero(np.isfinite(np.atleast_2d(figures)[0]))[7]
        figures[..., row] += 1e-3

    assert find_difference(TWIN._replace(**{name: wrong})).startswith(name)


def test_a_wrong_flag_is_found() -> None:
    """Flags have to be the same, not close."""

    def wrong(*arguments: np.ndarray) -> None:
        TWIN.bsm_solve(*arguments)
        arguments[-1][0] ^= 1

    assert find_difference(TWIN._replace(bsm_solve=wrong)).startswith("bsm_solve")
