"""How many orders a second the built-in exchange matches, and how fast ticks pass resting ones."""

from decimal import Decimal

from measure import Report, Task, arguments, in_one_thread, interleave, publish
from voldesk.model.enums import Market
from voldesk.model.orders import Side
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import Field, TickBatch, TickKind, empty_batch
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.exchange import Exchange
from voldesk.simulator.exchange.instruments import Instrument, Kind
from voldesk.simulator.exchange.orders import OrderRequest
from voldesk.simulator.exchange.quotes import Quote
from voldesk.simulator.exchange.scenario import Rules, Scenario

START = 1_795_014_000 * NS_PER_SECOND
STRIKES = 1_000
ORDERS, TICKS = 200, 1_000
STOCK = "us X"
DEEP = Quote(Decimal(5), Decimal("5.05"), Decimal(10**9), Decimal(10**9))


def instruments() -> tuple[Instrument, ...]:
    """Return a stock and its calls."""
    stock = Instrument(key=STOCK, kind=Kind.STOCK, market=Market.US)
    calls = (
        Instrument(
            key=f"X {strike}",
            kind=Kind.OPTION,
            market=Market.US,
            multiplier=Decimal(100),
            tick_size=Decimal("0.05"),
            underlying=STOCK,
            strike=Decimal(strike),
            is_call=True,
            settles_at=START + 10**6 * NS_PER_SECOND,
        )
        for strike in range(1, STRIKES + 1)
    )
    return (stock, *calls)


class Floor:
    """An exchange with one account that holds so many contracts, and so many resting orders."""

    def __init__(self, positions: int, resting: int = 0, *, checks_margin: bool = True) -> None:
        listed = instruments()
        account = AccountSpec(name="DU1", cash={"USD": Decimal(10**12)})
        self.exchange = Exchange(
            listed,
            [account],
            START,
            scenario=Scenario(stale_after_secs=None),
            rules=Rules(checks_margin=checks_margin),
        )
        self.told = 0
        self.exchange.subscribe(self._count)
        self.exchange.on_quote(STOCK, Quote(Decimal(500), Decimal(501)))
        for instrument in listed[1:]:
            self.exchange.on_quote(instrument.key, DEEP)
        self.held = [instrument.key for instrument in listed[1 : positions + 1]]
        for row in range(resting):
            self._order(listed[row + 1].key, Side.BUY, Decimal(1))
        self._turn = 0

    def _count(self, _event: object) -> None:
        self.told += 1

    def _order(self, key: str, side: Side, limit: Decimal) -> None:
        request = OrderRequest(
            account="DU1", instrument=key, side=side, quantity=Decimal(1), limit_price=limit
        )
        self.exchange.place(request)

    def match(self) -> None:
        """Place orders that fill at once, round and round: each contract is bought, then sold."""
        for _ in range(ORDERS):
            lap, place = divmod(self._turn, len(self.held))
            side = Side.SELL if lap % 2 else Side.BUY
            self._order(self.held[place], side, Decimal(1) if lap % 2 else Decimal(9))
            self._turn += 1

    def rest(self) -> None:
        """Place orders that rest, and cancel them."""
        for _ in range(ORDERS):
            self._order(self.held[0], Side.BUY, Decimal(1))
        self.exchange.cancel_all()


def ticks() -> TickBatch:
    """Return quotes of every contract, none of which fills anything."""
    batch = empty_batch(TICKS)
    batch["instrument"] = range(1, TICKS + 1)
    batch["kind"], batch["ts_event"] = TickKind.QUOTE, START
    batch["present"] = Field.BID | Field.ASK | Field.BID_SIZE | Field.ASK_SIZE
    batch["bid"], batch["ask"], batch["bid_size"], batch["ask_size"] = 5.0, 5.05, 1e9, 1e9
    return batch


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=10.0)
    in_one_thread()
    batch = ticks()
    quiet, busy = Floor(1).exchange, Floor(1, resting=STRIKES).exchange
    tasks = [
        Task("match, margin not checked", Floor(1, checks_margin=False).match, ORDERS),
        Task("match, 1 position", Floor(1).match, ORDERS),
        Task("match, 20 positions", Floor(20).match, ORDERS),
        Task("rest and cancel, 1 position", Floor(1).rest, ORDERS),
        Task("tick that no order looks at", lambda: quiet.on_quotes(batch), TICKS),
        Task("tick that an order looks at", lambda: busy.on_quotes(batch), TICKS),
    ]
    timings = interleave(tasks, given.secs)
    report = Report("built-in exchange, one thread", timings)
    for timing in timings:
        report.facts[f"{timing.name}: per second"] = 1.0 / timing.median
    publish(report, is_json=given.json)


if __name__ == "__main__":
    main()
