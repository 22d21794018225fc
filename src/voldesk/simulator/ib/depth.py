"""Depth ladders: ten levels a side, and the changes between two looks at one."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.noise import chance, stream
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.shows import on_ticks
from voldesk.wire.ib.types import DepthExchange, DepthRow

LEVELS: Final = 10
"""Most rows a side."""

INSERT, UPDATE, DELETE = 0, 1, 2
ASK, BID = 0, 1

DEPTH_EXCHANGES: Final = (
    DepthExchange("NASDAQ", "STK", "NASDAQ", "Deep2", 1),
    DepthExchange("ARCA", "STK", "", "Deep", 1),
    DepthExchange("BATS", "STK", "", "Deep", 1),
    DepthExchange("IEX", "STK", "", "Deep", 1),
    DepthExchange("NYSE", "STK", "", "Deep", 1),
    DepthExchange("CBOE", "OPT", "", "Deep", 2),
    DepthExchange("IDEALPRO", "CASH", "", "Deep", 4),
    DepthExchange("PAXOS", "CRYPTO", "", "Deep", 4),
    DepthExchange("CME", "FUT", "", "Deep", None),
    DepthExchange("CME", "FOP", "", "Deep", None),
    DepthExchange("NYMEX", "FUT", "", "Deep", None),
    DepthExchange("COMEX", "FUT", "", "Deep", None),
    DepthExchange("CFE", "FUT", "", "Deep", None),
    DepthExchange("EUREX", "FUT", "", "Deep", None),
)
"""Where depth is shown."""

_STANDING: Final = 0.65  # chance that a level keeps its size from one look to the next


@dataclass(frozen=True, slots=True)
class Level:
    """One price of a ladder and what stands there."""

    price: float
    size: float
    market_maker: str = ""


Ladder = tuple[tuple[Level, ...], tuple[Level, ...]]
"""Asks and bids, the best first: in order of the side's number."""


def require_depth(instrument: Instrument, exchange: str, *, is_smart: bool) -> None:
    """
    Refuse ladders that do not exist.

    Raises:
        Refused: An index has none; or the exchange shows none (10092).
    """
    shown = {(row.exchange, row.sec_type) for row in DEPTH_EXCHANGES}
    has_smart = is_smart and exchange == "SMART" and instrument.sec_type in {"STK", "OPT"}
    if not has_smart and (exchange, instrument.sec_type) not in shown:
        raise Refused(
            10_092,
            "Deep market data is not supported for this combination of security type/exchange",
        )


def ladder(
    instrument: Instrument,
    bid: float,
    ask: float,
    second: int,
    rows: int,
    *,
    is_smart: bool,
) -> Ladder:
    """
    Return the ladder around a quote.

    Args:
        instrument: Whose.
        bid: Best, NaN for none.
        ask: Best, NaN for none.
        second: UTC; sizes change from one to the next, by the instrument's own numbers.
        rows: Levels a side, at most `LEVELS`.
        is_smart: Whether levels are those of several exchanges.
    """
    asks = _side(instrument, ask, 1, second, rows, is_smart=is_smart)
    bids = _side(instrument, bid, -1, second, rows, is_smart=is_smart)
    return asks, bids


def changes(before: Ladder, after: Ladder) -> list[DepthRow]:
    """Return what turns one ladder into the other: inserts, updates, then deletes from below."""
    told: list[DepthRow] = []
    for side, (old, new) in enumerate(zip(before, after, strict=True)):
        for place, level in enumerate(new):
            if place >= len(old):
                told.append(_row(place, INSERT, side, level))
            elif level != old[place]:
                told.append(_row(place, UPDATE, side, level))
        told += [
            _row(place, DELETE, side, Level(0.0, 0.0))
            for place in range(len(old) - 1, len(new) - 1, -1)
        ]
    return told


EMPTY: Final[Ladder] = ((), ())
"""The ladder of somebody who was told nothing yet."""


def _row(place: int, operation: int, side: int, level: Level) -> DepthRow:
    return DepthRow(place, operation, side, level.price, level.size, level.market_maker)


def _side(
    instrument: Instrument, best: float, direction: int, second: int, rows: int, *, is_smart: bool
) -> tuple[Level, ...]:
    if np.isnan(best):
        return ()
    name = stream("depth", instrument.con_id, direction)
    routes = instrument.exchanges[1:] or instrument.exchanges
    levels = []
    for place in range(min(rows, LEVELS)):
        raw = np.array([best + direction * place * instrument.tick])
        price = float(on_ticks(instrument, raw, np.rint)[0])
        if price <= 0.0:
            break
        rung = round(price / instrument.tick)
        where = int(chance(name, rung) * len(routes))
        maker = routes[where] if is_smart else ""
        levels.append(Level(price, _size(instrument, name, rung, second), maker))
    return tuple({level.price: level for level in levels}.values())


def _size(instrument: Instrument, name: int, rung: int, second: int) -> float:
    """Return what stands at a price: it changes now and then, other prices not with it."""
    turn = second
    while turn > second - 8 and chance(name, rung * 1_000_003 + turn) < _STANDING:
        turn -= 1
    share = chance(name, rung * 1_000_033 + turn)
    mean = 20.0 if instrument.is_option else instrument.product.quote_size
    size = mean * (0.3 + 2.0 * share)
    return round(size, 4) if instrument.sec_type == "CRYPTO" else float(max(round(size), 1))
