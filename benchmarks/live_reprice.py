"""A live chain: ticks into columns, rows and the whole repriced, against a copy of its columns."""

import numpy as np

from measure import Bar, Report, Task, arguments, in_one_thread, interleave, publish
from street import START, Silent, Street, street
from voldesk.bus.local import LocalBus
from voldesk.chain.book import Cadence
from voldesk.chain.shelf import Shelf, open_book
from voldesk.model.clock import SystemClock
from voldesk.model.conventions import PROFILES
from voldesk.model.ticks import Field, TickBatch, TickKind
from voldesk.pipeline.inlet import Inlet
from voldesk.pipeline.lane import Lane, Source, turn
from voldesk.pricing import engine

TICKS = 1_000

COPY = "NumPy copy of the published columns, 10,000 rows"
WHOLE = "reprice 10,000 contracts"
DIRTY = "reprice 1,000 dirty rows of 10,000"
APPLY = "apply 1,000 quotes"
MIXED = "apply 1,000 ticks of all kinds, unsorted"
IDLE = "reprice with nothing to do"
TURN = "one turn, 1,000 quotes over 10 x 1,000 contracts"
SMALL_TURN = "one turn, 100 quotes over 10 x 1,000 contracts"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "")
    in_one_thread()
    engine.warm_up()
    one = street(underlyings=1, expiries=50, strikes=100)
    timings = interleave(
        [*book_tasks(one), turn_task(TURN, TICKS), turn_task(SMALL_TURN, TICKS // 10)], given.secs
    )
    report = Report("a live chain, one thread", timings, base=COPY)
    report.facts["served by"] = "kernels" if engine.is_compiled_ready() else "the NumPy twin"
    report.ask(f"{WHOLE} against {COPY}", 50.0, WHOLE, COPY, is_ceiling=True)
    for name, most in ((APPLY, 60.0), (DIRTY, 100.0)):
        timing = report.timing(name)
        figures = most, 1e6 * timing.median, 1e6 * timing.best
        report.bars.append(Bar(f"{name}, microseconds", *figures, is_ceiling=True))
    publish(report, is_json=given.json)


def book_tasks(market: Street) -> list[Task]:
    """Return the stages of one chain of 10,000 contracts."""
    profile = PROFILES["default"]
    shelf = Shelf(market.listing, {"U0": profile}, as_of=START, stale_after_secs=120.0)
    book = shelf.books[0]
    whole = open_book(market.listing, "U0", profile, as_of=START, cadence=Cadence(decay_secs=0.0))
    for one in (book, whole):
        one.apply(np.concatenate((market.quotes, market.spots)))
        one.reprice(START)
    size = len(book.table.rows)
    rng = np.random.default_rng(1)
    chosen = np.sort(rng.choice(size, TICKS, replace=False))
    quotes = market.quotes[chosen]
    mixed = mixture(market.quotes[rng.choice(size, TICKS)], rng)
    published = [column for column in book.table.to_columns().values() if column.dtype.kind == "f"]
    target = [np.empty_like(column) for column in published]
    dirty = shelf.intake.is_dirty

    def copy() -> None:
        for column, room in zip(published, target, strict=True):
            np.copyto(room, column)

    def reprice() -> None:
        dirty[chosen] = True
        book.reprice(START + 10**6)

    return [
        Task(COPY, copy),
        Task(WHOLE, lambda: whole.reprice(START + 10**6)),
        Task(DIRTY, reprice),
        Task(IDLE, lambda: book.reprice(START + 10**6)),
        Task(APPLY, lambda: book.apply(quotes)),
        Task(MIXED, lambda: book.apply(mixed)),
    ]


def mixture(batch: TickBatch, rng: np.random.Generator) -> TickBatch:
    """Return the ticks with one in five a trade, one in twenty open interest, times jumbled."""
    batch = batch.copy()
    batch["ts_event"] += rng.integers(0, 1000, batch.size)
    for step, kind, bits in (
        (5, TickKind.TRADE, Field.LAST | Field.VOLUME),
        (20, TickKind.OPEN_INTEREST, Field.OPEN_INTEREST),
    ):
        batch["kind"][::step], batch["present"][::step] = kind, bits
    return batch


def turn_task(name: str, size: int) -> Task:
    """Return what a pump does between two sleeps: deal, reprice and publish ten underlyings."""
    market = street(underlyings=10, expiries=5, strikes=100)
    bus, feed = LocalBus(), Silent(market.listing)
    names = market.listing.underlyings
    shelf = Shelf(market.listing, dict.fromkeys(names, PROFILES["default"]), as_of=START)
    inlet, lanes, sources = Inlet(feed, 0, 1 << 20), [], []
    for book in shelf.books:
        lane = Lane(book.table.underlying, fallback_ns=1, summary_ns=1)
        source = Source(feed, shelf, book, 0, START)
        lane.join(source)
        lane.choose(START)
        lanes.append(lane)
        sources.append(source)
    inlet.connect(market.listing, sources)
    inlet.take(np.concatenate((market.quotes, market.spots)))
    inlet.deal()
    turn(lanes, START)
    rng = np.random.default_rng(2)
    batch = market.quotes[rng.choice(market.quotes.size, size, replace=False)]
    clock = SystemClock()

    def flush() -> None:
        inlet.take(batch)
        inlet.deal()
        for lane in turn(lanes, START + 10**6):
            bus.publish(lane.topic, lane.update(clock.now(), is_summarized=False))

    return Task(name, flush)


if __name__ == "__main__":
    main()
