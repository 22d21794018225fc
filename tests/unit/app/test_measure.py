import math
from dataclasses import replace

import numpy as np
import pytest

from voldesk.app.measure import (
    ALL_CORES,
    COMPILED,
    FUSED,
    IV,
    TWIN,
    Measured,
    make_book,
    measure,
    measure_compiled,
    measure_peer,
    measure_twin,
    our_fused,
    our_iv,
    steps,
    with_ratios,
)
from voldesk.app.peers import Peer
from voldesk.pricing import engine

SIZE = 200


def test_the_options_are_out_of_the_money_and_solvable() -> None:
    """Every price is positive and below its bound, the same on every call."""
    book = make_book(SIZE)
    assert len(book) == SIZE
    assert np.all(book.price > 0.0)
    assert np.all(np.where(book.is_call, book.strike >= 100.0, book.strike <= 100.0))
    np.testing.assert_array_equal(book.price, make_book(SIZE).price)


def test_our_solvers_find_the_vols() -> None:
    """Both tasks return the vols the prices were made of."""
    book = make_book(SIZE)
    np.testing.assert_allclose(our_iv(book)(), book.vol, rtol=1e-11)
    np.testing.assert_allclose(our_fused(book)(), book.vol, rtol=1e-11)


def test_a_measurement_counts_errors_and_failures() -> None:
    """The largest relative error and the options without a vol."""
    true = np.array([0.2, 0.2, 0.2])
    one = measure("x", IV, lambda: [0.2, 0.202, math.nan], true, runs=3)
    assert one.max_error == pytest.approx(0.01)
    assert one.unsolved == 1
    assert one.options == 3
    assert one.ns_per_option > 0.0


def test_the_compiled_kernels_are_measured_or_explained() -> None:
    """Where they cannot serve, the failure says why."""
    book = make_book(SIZE)
    for threads in (1, None):
        one = measure_compiled("ours", IV, our_iv(book), book.vol, runs=1, max_threads=threads)
        assert one.failure or one.max_error < 1e-11


def test_the_twin_is_measured_even_after_warm_up() -> None:
    """What served before does not matter."""
    engine.warm_up()
    book = make_book(SIZE)
    assert measure_twin("ours", IV, our_iv(book), book.vol, runs=1).max_error < 1e-11
    assert not engine.is_compiled_ready()


def test_a_peer_that_raises_is_a_result() -> None:
    """A stranger's error is reported with its kind, not raised."""

    def broken(_package: object, _book: object) -> object:
        raise OverflowError("too far")

    peer = Peer("math", "no-such-distribution", 5, True, broken)  # type: ignore[arg-type]  # wrong on purpose
    one = measure_peer(peer, make_book(SIZE), runs=1)
    assert one.failure == "OverflowError: too far"
    assert one.work == FUSED


def test_our_own_steps_come_first() -> None:
    """Twin, one thread and all cores at both works, then the peers."""
    names = [name for name, _ in steps(make_book(10), 1)][:6]
    ours = (TWIN, COMPILED, ALL_CORES)
    assert names == [f"{name}: {work}" for name in ours for work in (IV, FUSED)]


def test_ratios_are_to_our_fastest_at_the_same_work() -> None:
    """Each work has its own base; what failed or used more threads is none."""
    ours = Measured(name=TWIN, work=IV, ns_per_option=100.0)
    fast = replace(ours, name=COMPILED, ns_per_option=5.0)
    broken = replace(ours, name=COMPILED, failure="x", ns_per_option=1.0)
    wide = replace(ours, name=ALL_CORES, ns_per_option=2.5)
    peer = replace(ours, name="peer", ns_per_option=400.0)
    alone = replace(peer, work=FUSED)
    ratios = [one.ratio for one in with_ratios([ours, fast, wide, broken, peer, alone])]
    assert ratios[:3] == [20.0, 1.0, 0.5]
    assert ratios[4] == 80.0
    assert math.isnan(ratios[5])
