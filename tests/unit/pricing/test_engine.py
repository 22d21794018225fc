import subprocess
import sys
import textwrap

import numpy as np
import pytest

from voldesk.pricing import engine, kernels
from voldesk.pricing.engine import EngineSettings
from voldesk.pricing.selfcheck import find_difference
from voldesk.pricing.twin_calls import TWIN, Calls
from voldesk.pricing.vol import implied_vol


@pytest.fixture(autouse=True)
def at_rest() -> object:
    yield
    engine.rest()


def run(code: str) -> str:
    """Run in a fresh interpreter and return what it prints."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_process_starts_on_the_twin_without_numba() -> None:
    """Importing and calling the room neither imports numba nor waits for a compiler."""
    printed = run("""
        import sys
        from voldesk.pricing import black, engine, greeks, vol
        greeks.bsm_solve(10.0, 100.0, 100.0, 1.0, True)
        print(engine.is_compiled_ready(), "numba" in sys.modules)
    """)
    assert printed.split() == ["False", "False"]


def test_without_numba_the_twin_serves_and_says_why() -> None:
    """A machine without numba is no error."""
    printed = run("""
        import sys
        sys.modules["numba"] = None
        from voldesk.pricing import engine, vol
        print(engine.warm_up())
        print(float(vol.implied_vol(10, 100, 100, 1, True)[0]))
    """)
    assert "is_compiled=False" in printed
    assert "no numba" in printed
    assert "0.2513" in printed


def test_warm_up_switches_and_rest_goes_back(compiled: Calls) -> None:
    """After warm_up the compiled kernels serve, with the twin's results."""
    assert compiled is not None  # so that the cache is warm
    before, _ = implied_vol(10.0, 100.0, np.array([90.0, 110.0]), 1.0, is_call=True)
    state = engine.warm_up(EngineSettings(max_threads=1))
    assert state.is_compiled
    assert not state.is_parallel
    assert engine.is_compiled_ready()
    after, _ = implied_vol(10.0, 100.0, np.array([90.0, 110.0]), 1.0, is_call=True)
    np.testing.assert_allclose(after, before, rtol=1e-13)
    engine.rest()
    assert not engine.is_compiled_ready()


def test_a_cache_that_fails_is_done_without() -> None:
    """numba's cache may be unwritable or torn; then the kernels are made without it."""
    asked = []

    def load(is_cached: bool) -> Calls:
        asked.append(is_cached)
        if is_cached:
            raise RuntimeError("cannot cache function: no locator available")
        return TWIN

    calls, reason = engine._load(load, find_difference)
    assert asked == [True, False]
    assert calls is TWIN
    assert "no locator" in reason


def test_kernels_that_differ_from_the_twin_are_refused() -> None:
    """Compiled code that prices wrongly on this machine never serves."""

    def wrong(*arguments: np.ndarray) -> None:
        TWIN.implied_vol(*arguments)
        arguments[-2][:] *= 1.0001

    calls, reason = engine._load(lambda _: TWIN._replace(implied_vol=wrong), find_difference)
    assert calls is None
    assert "implied_vol" in reason


def test_many_rows_go_to_several_threads() -> None:
    """The setting decides from which number of rows on."""
    other = Calls(*TWIN)
    engine._switch(engine._Serving(TWIN, other._replace(), 100))
    assert engine.calls(99) is TWIN
    assert engine.calls(100) is not TWIN


def test_a_forked_child_prices_alone(compiled: Calls) -> None:
    """A child may not enter its parent's thread pool, and does not."""
    assert compiled is not None
    printed = run("""
        import os, warnings
        import numpy as np
        from voldesk.pricing import engine, vol
        state = engine.warm_up()
        strike = np.linspace(80.0, 120.0, 50_000)
        vol.implied_vol(8.0, 100.0, strike, 1.0, strike > 100)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 on threads and fork
            child = os.fork()
        if child == 0:
            found, _ = vol.implied_vol(8.0, 100.0, strike, 1.0, strike > 100)
            os._exit(0 if np.isfinite(found).all() else 1)
        print(state.is_compiled, os.waitpid(child, 0)[1])
    """)
    assert printed.split() == ["True", "0"]


def test_settings_allow_one_thread(compiled: Calls) -> None:
    """With one thread asked for, nothing parallel is compiled."""
    assert compiled is not None
    assert kernels.load_threaded(is_cached=True, max_threads=1) is None
