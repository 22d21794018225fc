"""Hold the calls on live columns to the NumPy twin, on ticks and rows of every kind."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voldesk.pricing.fit_rules import TOLD
from voldesk.pricing.layout import (
    EVENT,
    FIELDS,
    FIRST_SPOT,
    KINDS,
    NEVER,
    NS_PER_YEAR,
    TICK_WORDS,
    VALUES,
)
from voldesk.pricing.twin_live import LIVE_TWIN, LiveCalls

ROUNDING: Final = 1e-15  # relative: an exponential may be another library's
ROWS, SERIES, CHAINS, TICKS = 48, 4, 2, 160
LIMIT_NS = 50
_LISTED: Final = ROWS + CHAINS

Arguments = list[Any]


def find_live_difference(calls: LiveCalls) -> str:
    """Return which call differs from the twin's; "" if none does."""
    for name in LiveCalls._fields:
        for given in arguments(name):
            if not is_alike(calls, name, given):
                return f"{name} differs from the NumPy twin"
    return ""


def is_alike(calls: LiveCalls, name: str, given: Arguments) -> bool:
    """Say whether a call leaves everything it is handed as the twin's does."""
    expected = [_copied(argument) for argument in given]
    getattr(calls, name)(*given)
    getattr(LIVE_TWIN, name)(*expected)
    _clear(name, given)
    _clear(name, expected)
    return all(map(_is_same, given, expected))


def _clear(name: str, given: Arguments) -> None:
    """Clear what a call may have left behind the places it counted."""
    counts = given[-1]
    if name in {"choose_rows", "collect_rows"}:
        given[-2][counts.max() :] = 0
    elif name == "prepare_rows":
        for part, count in zip(given[17:23], counts[[0, 0, 0, 2, 2, 2]], strict=True):
            part[..., count:] = 0


def arguments(name: str, seed: int = 0) -> list[Arguments]:
    """Return the arguments of some calls by that name, made anew and by chance of a seed."""
    return {
        "take_ticks": _ticks,
        "move_chains": _moves,
        "choose_rows": _choices,
        "prepare_rows": _quotes,
        "finish_rows": _solutions,
        "collect_rows": _collections,
        "fit_rows": _fits,
    }[name](seed)


def _ticks(seed: int) -> list[Arguments]:
    """Return ticks that come late, twice, without a time, of nobody, with nothing and infinite."""
    chance = np.random.default_rng(seed)
    words = np.zeros((TICKS, TICK_WORDS), dtype=np.int64)
    values = words.view(np.float64)
    values[:, VALUES : VALUES + FIELDS] = chance.choice(
        [np.nan, np.inf, -1.0, 0.0, 2.5, 7.0], (TICKS, FIELDS)
    )
    present = chance.integers(0, 1 << FIELDS, TICKS) & chance.integers(0, 1 << FIELDS, TICKS)
    words[:, 0] = chance.integers(0, _LISTED + 2, TICKS) | present << 32
    words[::9, 0] |= 0xFFFFFFFF
    words[:, EVENT] = np.where(
        chance.random(TICKS) < 0.1, 0, np.sort(chance.integers(1, 90, TICKS))
    )
    words[:, 2] = np.arange(1, TICKS + 1)
    words[:, -1] = chance.choice([0, 1, 2, 3, 4, 6, 11], TICKS) | chance.integers(0, 3, TICKS) << 8
    jumbled, with_gap = words.copy(), words.copy()
    jumbled[:, EVENT] = chance.integers(0, 90, TICKS)
    with_gap[7, -1] = 5
    nothing, order = np.empty(0, dtype=np.int64), np.argsort(jumbled[:, EVENT], kind="stable")
    return [
        [each, order_of_it, *_knowledge(seed)]
        for each, order_of_it in (
            (words, nothing),
            (jumbled, order),
            (jumbled, nothing),
            (with_gap, nothing),
        )
    ]


def _knowledge(seed: int) -> Arguments:
    """Return what ``take_ticks`` writes into, some of it known and newer than the ticks."""
    chance = np.random.default_rng(seed)
    place_of = np.append(np.arange(ROWS), [*(FIRST_SPOT - np.arange(CHAINS)), -1])
    place_of[5] = -1
    figures = [
        [chance.integers(0, 60, (2, size)), np.full(size, 3.0), np.ones(size, dtype=np.bool_)]
        for size in (CHAINS, SERIES)
    ]
    marks = [np.zeros((2, size), dtype=np.bool_) for size in (CHAINS, ROWS)]
    return [
        *(place_of, 3, np.zeros(4, dtype=np.int64)),
        *(*figures[0], np.zeros(CHAINS, dtype=np.uint8), *figures[1]),
        *(np.zeros((5, CHAINS), dtype=np.int64), marks[0]),
        *(chance.integers(0, 60, (KINDS + 1, ROWS)), np.zeros(ROWS, dtype=np.int64)),
        *(np.full(ROWS, NEVER), np.ones(ROWS, dtype=np.bool_), marks[1]),
        *(np.zeros(ROWS, dtype=np.uint8), *_places(), np.full((FIELDS, ROWS), np.nan)),
        np.zeros(SERIES, dtype=np.bool_),
    ]


def _places() -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return chain and series of each row."""
    series = np.repeat(np.arange(SERIES), ROWS // SERIES)
    return series // (SERIES // CHAINS), series.astype(np.int32)


def _stretches(parts: int) -> NDArray[np.int64]:
    """Return where equal stretches of the rows begin, and where the last ends."""
    return np.arange(parts + 1) * (ROWS // parts)


def _marks(seed: int) -> Arguments:
    marks = np.random.default_rng(seed).random((2, ROWS)) < 0.2
    marks[:, 16:32] = False
    return [marks]


def _moves(_seed: int) -> list[Arguments]:
    """Return chains at another time or spot, one of them with a reason to be asked for."""
    ns = NS_PER_YEAR // 100
    settles_at = np.array([9 * ns, 20 * ns, 30 * ns, 0])
    is_alive = np.array([True, True, True, False])
    false, stand = (
        np.zeros(SERIES, dtype=np.bool_),
        np.resize([100.0, 0.9, 0.2, 99.0], (SERIES, 4)).T,
    )
    made = []
    for now, spot, then, is_quoted, refit_ns in (
        (2 * ns, 101.0, ns, False, 1),
        (2 * ns, np.nan, ns, False, 1),
        (2 * ns, 99.0, ns, True, 1),
        (10 * ns, 99.0, ns, False, 1),
        (ns + 3, 99.0, ns, False, 1),
        (ns + 3, 99.0, 2 * ns, False, 1),
        (2 * ns, 99.0, ns, False, 0),
        (2 * ns, 99.0, NEVER, False, 1),
    ):
        made.append([
            *(np.arange(CHAINS), np.array([0, 2, 4]), now, 5, refit_ns),
            *(np.full((2, CHAINS), ns), np.array([spot, 98.0]), np.array([False, True])),
            *(np.array([0, 1], dtype=np.uint8), 7 * ns, np.full(CHAINS, 99.0)),
            *(*np.zeros((2, CHAINS), dtype=np.uint8), np.full(CHAINS, 99.0), np.full(CHAINS, then)),
            *(np.ones((3, CHAINS), dtype=np.bool_), np.zeros(CHAINS, dtype=np.bool_), settles_at),
            *(is_alive, np.full(SERIES, is_quoted), np.zeros(SERIES, dtype=np.int64)),
            *(np.ascontiguousarray(stand), np.array([0.0, 0.04, 0.0, 0.0]), false.copy()),
            *(false.copy(), np.zeros(SERIES, dtype=np.int64), *np.zeros((4, SERIES))),
        ])  # fmt: skip
    return made


def _choices(seed: int) -> list[Arguments]:
    chance = np.random.default_rng(seed)
    cadence = np.array([[10, 10], [3, 0], [91, 99], [1000, 50], [7, 0], [90, 60]])
    return [
        [
            *(np.array(chains), np.array([0, 2, 4]), _stretches(SERIES), cadence.copy()),
            *(chance.random((3, CHAINS)) < 0.2, chance.random(SERIES) < 0.4),
            *(*_marks(seed), chance.choice([NEVER, 0, 60], ROWS), chance.random(ROWS) < 0.3),
            *(np.ones(ROWS, dtype=np.bool_), limit_ns, now),
            *(np.zeros(ROWS, dtype=np.int64), np.zeros(4, dtype=np.int64)),
        ]
        for chains in ([0, 1], [1])
        for limit_ns, now in ((LIMIT_NS, 95), (-1, 100), (-1, 80), (LIMIT_NS, 106))
    ]


def _quotes(seed: int) -> list[Arguments]:
    """Return rows with every kind of quote, forward and time."""
    chance = np.random.default_rng(seed)
    cases = [np.nan, np.inf, -1.0, 0.0, 5e-324, 1.0, 2.0, 9.0, 1e308]
    return [
        [
            *(np.sort(chance.permutation(ROWS)[:size]), _places()[1]),
            *(np.array([100.0, np.nan, 90.0, 80.0]), np.full(SERIES, 0.9)),
            *(np.array([0.5, 0.2, 0.0, np.nan]), *chance.choice(cases, (3, ROWS)), is_mid),
            *(np.linspace(80.0, 120.0, ROWS), chance.random(ROWS) < 0.5, *np.zeros((5, ROWS))),
            *(np.zeros(ROWS, dtype=np.uint8), *_options(1), *_options(2)),
            *(np.zeros((2, ROWS), dtype=np.bool_), np.zeros(4, dtype=np.int64)),
        ]
        for is_mid in (True, False)
        for size in (ROWS, ROWS // 3)
    ]


def _options(sides: int) -> Arguments:
    size = sides * ROWS
    return [
        np.zeros((2, size)),
        np.zeros(size, dtype=np.bool_),
        np.zeros(size, dtype=np.int32),
    ]


def _solutions(seed: int) -> list[Arguments]:
    """Return what a solver might have said of what ``prepare_rows`` asks."""
    made = []
    for given in _quotes(seed):
        LIVE_TWIN.prepare_rows(*given)
        rows, found, is_asked, told = given[0], given[16], given[-2], given[-1]
        flag, vol_flag = (
            np.resize(np.array([0, 0, 5, 6, 9, 11], dtype=np.uint8), size)
            for size in (ROWS, 2 * ROWS)
        )
        status_of = np.full(256, 9, dtype=np.uint8)
        status_of[[0, 5, 6]] = 0, 5, 6
        made.append([
            *(rows, found, np.arange(10.0 * ROWS).reshape(10, ROWS), flag),
            *(np.arange(2.0 * ROWS), vol_flag, status_of, np.linspace(0.1, 1.0, 10), is_asked),
            *(np.resize([True, False, False], ROWS), np.zeros((10, ROWS)), *np.zeros((2, ROWS))),
            *(np.zeros(ROWS, dtype=np.uint8), told),
        ])  # fmt: skip
    return made


def _collections(seed: int) -> list[Arguments]:
    return [
        [
            *(
                np.array(chains),
                _stretches(CHAINS),
                *_marks(seed),
                np.ones((5, CHAINS), dtype=np.int64),
            ),
            *(np.ones((2, CHAINS), dtype=np.bool_), np.full((3, CHAINS), has_new_spot)),
            *(np.array([4, 7]), np.zeros(ROWS, dtype=np.int64), np.zeros(ROWS, dtype=np.int64)),
            np.zeros(CHAINS, dtype=np.int64),
        ]
        for chains, has_new_spot in (([0, 1], False), ([1], True))
    ]


def _fits(seed: int) -> list[Arguments]:
    """Return series near a line and off it, of many strikes, few and one, and with bad quotes."""
    chance = np.random.default_rng(seed)
    made = []
    for pairs, noise, held, lowest, is_given in (
        (24, 0.0, 1e6, 0.5, False),
        (70, 0.3, 1e4, 0.5, False),  # noise enough that the prior decides
        (24, 0.3, np.inf, 0.0, True),
        (24, 0.0, 1e-6, 0.99, False),  # no discount anybody believes
        (24, 60.0, 1e-6, 0.5, False),
        (1, 0.0, np.inf, 0.0, True),
        (1, 0.0, 1e6, 0.5, False),
        (0, 0.0, 1e6, 0.5, False),
    ):
        level = 100.0 + np.round(chance.normal(0.0, 12.0, pairs), 1)
        level = chance.permutation(level) if noise else np.sort(level)
        strike, is_call = np.repeat(level, 2), np.tile([True, False], pairs)
        worth = 0.95 * np.where(is_call, 101.0 - strike, strike - 101.0)
        mid = np.maximum(worth, 0.0) + 4.0 + noise * chance.normal(0.0, 1.0, 2 * pairs)
        half = 0.05 + 0.1 * chance.random(2 * pairs)
        bid, ask = np.where(chance.random(2 * pairs) < 0.05, np.nan, mid - half), mid + half
        hint = np.nan if pairs % 2 else 99.0
        given = [strike, is_call, bid, ask, hint, is_given, 0.96, held, lowest, 1.1]
        made.append([*given, np.zeros(TOLD)])
    crossed = [*made[0][:2], made[0][3], made[0][2]]
    return [*made, [*crossed, *made[0][4:-1], np.zeros(TOLD)]]


def _copied(argument: Any) -> Any:  # noqa: ANN401  # an array or a number
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _is_same(ours: Any, theirs: Any) -> bool:  # noqa: ANN401  # an array or a number
    if np.asarray(ours).dtype.kind != "f":
        return np.array_equal(ours, theirs)
    return bool(np.allclose(ours, theirs, rtol=ROUNDING, atol=0.0, equal_nan=True))
