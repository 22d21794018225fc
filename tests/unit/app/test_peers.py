import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voldesk.app.measure import make_book
from voldesk.app.peers import PEERS, Book, Peer

SIZE = 8
BOOK = make_book(SIZE)


def _columns(*arguments: Any) -> None:
    assert all(np.isfinite(np.asarray(argument, dtype=float)).all() for argument in arguments)


def _solved(*_: Any, **__: Any) -> Any:
    return BOOK.vol


def stand_in(module: str) -> Any:
    """Return an object with the calls of a package, which answers with the true vols."""
    rows = iter(BOOK.vol.tolist())
    roots = iter(np.sqrt(BOOK.years).tolist())

    class Model:
        def __init__(self, *_: Any, **__: Any) -> None:
            self.impliedVolatility = 100.0 * next(rows)

    stands = {
        "QuantLib": SimpleNamespace(
            Option=SimpleNamespace(Call=1, Put=-1),
            blackFormulaImpliedStdDev=lambda *_: next(rows) * next(roots),
        ),
        "py_lets_be_rational": SimpleNamespace(
            implied_volatility_from_a_transformed_rational_guess=lambda *_: next(rows)
        ),
        "mibian": SimpleNamespace(BS=Model),
        "pyfeng": SimpleNamespace(Bsm=lambda _: SimpleNamespace(impvol=_solved)),
    }
    vectorised = SimpleNamespace(
        vectorized_implied_volatility=_solved,
        fast_implied_volatility=_solved,
        get_all_greeks=lambda _, *columns, **__: _columns(*columns),
    )
    return stands.get(module, vectorised)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: f"{peer.module}-{peer.has_greeks}")
def test_each_peer_is_asked_in_its_own_way(peer: Peer) -> None:
    """The work passes columns the package's calls take, and returns fractions."""
    book = BOOK.head(peer.most)
    found = peer.prepare(stand_in(peer.module), book)()
    np.testing.assert_allclose(np.asarray(found)[: len(book)], book.vol, rtol=1e-12)


def test_a_search_that_breaks_is_an_unsolved_option() -> None:
    """mibian's index errors become NaN in their own row."""

    def broken(*_: Any, **__: Any) -> Any:
        raise IndexError

    (mibian,) = (peer for peer in PEERS if peer.module == "mibian")
    found = mibian.prepare(SimpleNamespace(BS=broken), BOOK)()
    assert all(math.isnan(vol) for vol in found)


def test_only_what_is_installed_takes_part() -> None:
    """A package that cannot be found is left out, by name without a version."""
    absent = Peer("no_such_module_here", "no-such-distribution", 1, False, PEERS[0].prepare)
    assert not absent.is_installed()
    assert absent.label() == "no-such-distribution"
    present = Peer("numpy", "numpy", 1, False, lambda package, _: lambda: package.__name__)
    assert present.is_installed()
    assert present.label() == f"numpy {np.__version__}"
    assert present.task(BOOK)() == "numpy"


def test_a_head_is_the_first_rows_of_every_column() -> None:
    """Slow packages solve the same options, only fewer."""
    head: Book = BOOK.head(3)
    assert len(head) == 3
    np.testing.assert_array_equal(head.vol, BOOK.vol[:3])
    np.testing.assert_array_equal(head.is_call, BOOK.is_call[:3])
