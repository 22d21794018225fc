"""
Drive a TWS with ib_async, or with ib_insync, which has the same interface, and print what it saw.

    python ib_async_client.py LIBRARY PORT

One JSON object on stdout. Whatever the library logs as an error, exceptions of its handlers among
them, stands under ``complaints``.
"""

import asyncio
import importlib
import json
import logging
import math
import sys

ib = importlib.import_module(sys.argv[1])

STOCK, INDEX = "AMZN", "SPX"
WAIT_SECS = 20
STEP_SECS = 60


class Complaints(logging.Handler):
    """Keeps what the library complains of, but for answers of the venue, which are data."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.texts = []

    def emit(self, record):
        text = self.format(record)
        if not text.startswith(("Error ", "API connection failed")):
            self.texts.append(text)


async def until(is_so, secs=WAIT_SECS):
    """Wait until something is so; say whether it came to be."""
    for _ in range(int(secs / 0.02)):
        if is_so():
            return True
        await asyncio.sleep(0.02)
    return False


def known(value):
    """Return a number, None where there is none."""
    return (
        None if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
    )


def greeks_of(computation):
    """Return an option computation as plain data."""
    names = ("impliedVol", "delta", "optPrice", "pvDividend", "gamma", "vega", "theta", "undPrice")
    return {name: known(getattr(computation, name)) for name in names}


async def contracts(app):
    """Ask for details of a stock, of one expiry of an index, and for what options there are."""
    stock = ib.Stock(STOCK, "SMART", "USD")
    details = (await app.reqContractDetailsAsync(stock))[0]
    index = ib.Index(INDEX, "CBOE", "USD")
    await app.qualifyContractsAsync(stock, index)
    chains = await app.reqSecDefOptParamsAsync(index.symbol, "", index.secType, index.conId)
    weekly = next(chain for chain in chains if chain.tradingClass == "SPXW")
    expiry = sorted(weekly.expirations)[1]
    chain = await app.reqContractDetailsAsync(
        ib.Option(INDEX, expiry, exchange="SMART", currency="USD", tradingClass="SPXW")
    )
    return (
        {
            "stock": {
                "con_id": details.contract.conId,
                "long_name": details.longName,
                "min_tick": details.minTick,
                "time_zone": details.timeZoneId,
                "trading_hours": details.tradingHours,
                "order_types": details.orderTypes,
            },
            "chains": [
                [one.exchange, one.tradingClass, one.multiplier, one.expirations, one.strikes]
                for one in chains
            ],
            "expiry": expiry,
            "options": [
                [
                    one.contract.conId,
                    one.contract.localSymbol,
                    one.contract.strike,
                    one.contract.right,
                    one.contract.multiplier,
                    one.contract.lastTradeDateOrContractMonth,
                    one.underSymbol,
                ]
                for one in chain
            ],
        },
        [one.contract for one in chain],
        stock,
        index,
    )


async def market_data(app, stock, index, options):
    """Watch the stock, the index and options near the money until they have all figures."""
    spot = app.reqMktData(index, "", False, False)
    share = app.reqMktData(stock, "233", False, False)
    await until(lambda: spot.marketPrice() > 0)
    level = spot.marketPrice()
    near = sorted(options, key=lambda one: abs(one.strike - level))[:12]
    tickers = [app.reqMktData(one, "100,101,106", False, False) for one in near]
    await until(
        lambda: (
            share.bid > 0
            and all(t.bid > 0 and t.ask > 0 and t.bidGreeks and t.modelGreeks for t in tickers)
        )
    )
    seen = [
        {
            "strike": t.contract.strike,
            "right": t.contract.right,
            "bid": known(t.bid),
            "ask": known(t.ask),
            "bid_size": known(t.bidSize),
            "bid_greeks": greeks_of(t.bidGreeks),
            "model": greeks_of(t.modelGreeks),
            "call_oi": known(t.callOpenInterest),
            "put_oi": known(t.putOpenInterest),
        }
        for t in tickers
    ]
    for one in (*near, index):
        app.cancelMktData(one)
    snapshot = (await app.reqTickersAsync(stock))[0]
    return {
        "spot": known(level),
        "stock": [known(share.bid), known(share.ask), known(share.last)],
        "snapshot": [known(snapshot.bid), known(snapshot.ask)],
        "options": seen,
    }, near


async def bars(app, stock):
    """Ask for history in two sizes and for where it begins."""
    five = await app.reqHistoricalDataAsync(stock, "", "1 D", "5 mins", "TRADES", True)
    day = await app.reqHistoricalDataAsync(stock, "", "1 W", "1 day", "TRADES", True)
    head = await app.reqHeadTimeStampAsync(stock, "TRADES", True, 1)
    row = [[str(b.date), b.open, b.high, b.low, b.close, float(b.volume)] for b in five]
    return {"five_minutes": row, "days": len(day), "head": str(head)}


async def orders(app, option):
    """Trade at market, rest a limit and cancel it, send a bracket, ask what a sale would cost."""
    option.exchange = "SMART"
    market = app.placeOrder(option, ib.MarketOrder("BUY", 2))
    await until(lambda: market.isDone() and all(f.commissionReport.execId for f in market.fills))
    resting = app.placeOrder(option, ib.LimitOrder("BUY", 1, 0.05))
    await until(lambda: resting.orderStatus.status in ("Submitted", "PreSubmitted"))
    rested = resting.orderStatus.status
    app.cancelOrder(resting.order)
    await until(resting.isDone)
    asked = await app.whatIfOrderAsync(option, ib.MarketOrder("SELL", 1))
    bracket = [
        app.placeOrder(option, order) for order in app.bracketOrder("SELL", 1, 0.05, 0.05, 10_000)
    ]
    await until(lambda: bracket[0].orderStatus.status == "Filled")
    await until(lambda: bracket[1].isActive() or bracket[1].isDone())
    children = [one.orderStatus.status for one in bracket[1:]]
    app.reqGlobalCancel()
    await until(lambda: all(one.isDone() for one in bracket))
    return {
        "market": {
            "status": market.orderStatus.status,
            "filled": float(market.orderStatus.filled),
            "average": market.orderStatus.avgFillPrice,
            "shares": [float(f.execution.shares) for f in market.fills],
            "commissions": [f.commissionReport.commission for f in market.fills],
            "log": [entry.status for entry in market.log],
        },
        "resting": [rested, resting.orderStatus.status],
        "asked": [asked.initMarginChange, asked.maintMarginAfter, known(asked.commission)],
        "bracket": [bracket[0].orderStatus.status, children],
        "executions": len(await app.reqExecutionsAsync()),
    }


async def account(app):
    """Ask what the account holds."""
    await until(app.positions)
    pnl = app.reqPnL(app.managedAccounts()[0])
    await until(lambda: not math.isnan(pnl.dailyPnL))
    summary = {one.tag: one.value for one in await app.accountSummaryAsync()}
    return {
        "net": summary.get("NetLiquidation"),
        "cash": summary.get("TotalCashValue"),
        "positions": [
            [p.contract.localSymbol, float(p.position), p.avgCost] for p in app.positions()
        ],
        "portfolio": [[p.contract.localSymbol, p.marketPrice] for p in app.portfolio()],
        "pnl": known(pnl.dailyPnL),
    }


async def refusals(app):
    """Ask for what there is not."""
    codes = []
    app.errorEvent += lambda _id, code, *_rest: codes.append(code)
    nothing = await app.reqContractDetailsAsync(ib.Stock("NOSUCH", "SMART", "USD"))
    await until(lambda: 200 in codes)
    return {"details": len(nothing), "codes": codes}


async def step(work):
    """Do one thing of the list, in bounded time, and say which on stderr."""
    print(work.__name__, file=sys.stderr, flush=True)
    return await asyncio.wait_for(work, STEP_SECS)


async def main():
    """Go through everything and print it."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    app = ib.IB()
    await app.connectAsync("127.0.0.1", int(sys.argv[2]), clientId=7, timeout=WAIT_SECS)
    saw = {"version": app.client.serverVersion(), "accounts": app.managedAccounts()}
    saw["time"] = (await app.reqCurrentTimeAsync()).isoformat()
    saw["contracts"], chain, stock, index = await step(contracts(app))
    saw["market_data"], near = await step(market_data(app, stock, index, chain))
    saw["bars"] = await step(bars(app, stock))
    saw["orders"] = await step(orders(app, near[0]))
    saw["account"] = await step(account(app))
    saw["refusals"] = await step(refusals(app))
    app.disconnect()
    saw["complaints"] = complaints.texts
    print(json.dumps(saw))


asyncio.run(main())
