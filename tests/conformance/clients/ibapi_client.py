"""
Drive a TWS with IB's own Python classes, of whatever year, and print what they saw.

    python ibapi_client.py PORT

One JSON object on stdout. An exception in the reader thread kills these clients for good, so it
stands under ``complaints``.
"""

import inspect
import json
import sys
import threading
import time
import traceback
from decimal import Decimal

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.wrapper import EWrapper

STOCK, INDEX = "AMZN", "SPX"
WAIT_SECS = 20
COMPUTATION = ("iv", "delta", "price", "dividends", "gamma", "vega", "theta", "underlying")


class App(EWrapper, EClient):
    """Keeps what arrives, by kind."""

    def __init__(self):
        EClient.__init__(self, self)
        self.seen = {}
        self.ended = set()
        self.errors = []
        self.quotes = {}
        self.computations = {}
        self.status = {}
        self.commissions = {}
        self.order_id = None
        self.accounts = ""

    def keep(self, kind, *values):
        """Keep one thing that came."""
        self.seen.setdefault(kind, []).append(values)

    def error(self, reqId, *rest):
        numbers = [one for one in rest if isinstance(one, int) and one < 1_000_000]
        self.errors.append((reqId, numbers[-1] if numbers else 0, str(rest)))

    def nextValidId(self, orderId):
        self.order_id = orderId

    def managedAccounts(self, accountsList):
        self.accounts = accountsList

    def currentTime(self, time):
        self.keep("time", time)

    def contractDetails(self, reqId, contractDetails):
        self.keep(("details", reqId), contractDetails)

    def contractDetailsEnd(self, reqId):
        self.ended.add(reqId)

    def securityDefinitionOptionParameter(
        self, reqId, exchange, underlyingConId, tradingClass, multiplier, expirations, strikes
    ):
        self.keep(
            "chains", exchange, tradingClass, multiplier, sorted(expirations), sorted(strikes)
        )

    def securityDefinitionOptionParameterEnd(self, reqId):
        self.ended.add(reqId)

    def tickPrice(self, reqId, tickType, price, attrib):
        self.quotes.setdefault(reqId, {})[tickType] = price

    def tickSize(self, reqId, tickType, size):
        self.quotes.setdefault(reqId, {})[tickType] = float(size)

    def tickOptionComputation(self, reqId, tickType, *values):
        # Before 10.x there is no attribute in front of the eight figures.
        figures = dict(zip(COMPUTATION, values[-8:], strict=True))
        self.computations.setdefault(reqId, {})[tickType] = figures

    def tickSnapshotEnd(self, reqId):
        self.ended.add(reqId)

    def historicalData(self, reqId, bar):
        self.keep("bars", bar.date, bar.open, bar.high, bar.low, bar.close, float(bar.volume))

    def historicalDataEnd(self, reqId, start, end):
        self.ended.add(reqId)

    def headTimestamp(self, reqId, headTimestamp):
        self.keep("head", headTimestamp)

    def orderStatus(self, orderId, status, filled, remaining, avgFillPrice, *rest):
        self.status.setdefault(orderId, []).append(
            (status, float(filled), float(remaining), avgFillPrice)
        )

    def openOrder(self, orderId, contract, order, orderState):
        self.keep(("open", orderId), orderState.initMarginChange, orderState.maintMarginAfter)

    def execDetails(self, reqId, contract, execution):
        self.keep(("executions", execution.orderId), execution.execId, float(execution.shares))

    def execDetailsEnd(self, reqId):
        self.ended.add(reqId)

    def commissionReport(self, commissionReport):
        self.commissions[commissionReport.execId] = commissionReport.commission

    def commissionAndFeesReport(self, commissionAndFeesReport):
        self.commissions[commissionAndFeesReport.execId] = commissionAndFeesReport.commissionAndFees

    def position(self, account, contract, position, avgCost):
        self.keep("positions", contract.localSymbol, float(position), avgCost)

    def positionEnd(self):
        self.ended.add("positions")

    def accountSummary(self, reqId, account, tag, value, currency):
        self.keep("summary", tag, value)

    def accountSummaryEnd(self, reqId):
        self.ended.add(reqId)

    def pnl(self, reqId, dailyPnL, unrealizedPnL, realizedPnL):
        self.keep("pnl", dailyPnL, unrealizedPnL, realizedPnL)


def until(is_so, secs=WAIT_SECS):
    """Wait until something is so; say whether it came to be."""
    for _ in range(int(secs / 0.02)):
        if is_so():
            return True
        time.sleep(0.02)
    return False


def contract_of(sec_type, symbol, exchange, **more):
    """Make a contract of USD."""
    contract = Contract()
    contract.secType, contract.symbol = sec_type, symbol
    contract.exchange, contract.currency = exchange, "USD"
    for name, value in more.items():
        setattr(contract, name, value)
    return contract


def order_of(action, kind, quantity, **more):
    """Make an order; the oldest class asks for two things that no venue takes any more."""
    order = Order()
    order.action, order.orderType = action, kind
    order.totalQuantity = Decimal(quantity) if "Decimal" in repr(order.totalQuantity) else quantity
    order.eTradeOnly = order.firmQuoteOnly = False
    for name, value in more.items():
        setattr(order, name, value)
    return order


def cancel(app, order_id):
    """Cancel an order in the words of this year's class."""
    wanted = list(inspect.signature(app.cancelOrder).parameters)
    if "orderCancel" in wanted:
        from ibapi.order_cancel import OrderCancel

        app.cancelOrder(order_id, OrderCancel())
    elif "manualCancelOrderTime" in wanted:
        app.cancelOrder(order_id, "")
    else:
        app.cancelOrder(order_id)


def say(what):
    """Say on stderr what is done next."""
    print(what, file=sys.stderr, flush=True)


def contracts(app):
    """Ask for details of a stock, of one expiry of an index, and for what options there are."""
    app.reqContractDetails(1, contract_of("STK", STOCK, "SMART"))
    app.reqContractDetails(2, contract_of("IND", INDEX, "CBOE"))
    until(lambda: {1, 2} <= app.ended)
    stock, index = (app.seen["details", number][0][0] for number in (1, 2))
    app.reqSecDefOptParams(3, INDEX, "", "IND", index.contract.conId)
    until(lambda: 3 in app.ended)
    weekly = next(chain for chain in app.seen["chains"] if chain[1] == "SPXW")
    expiry = weekly[3][1]
    wanted = contract_of("OPT", INDEX, "SMART", tradingClass="SPXW")
    wanted.lastTradeDateOrContractMonth = expiry
    app.reqContractDetails(4, wanted)
    until(lambda: 4 in app.ended)
    options = [one.contract for (one,) in app.seen["details", 4]]
    return (
        {
            "stock": {
                "con_id": stock.contract.conId,
                "long_name": stock.longName,
                "min_tick": stock.minTick,
                "time_zone": stock.timeZoneId,
                "trading_hours": stock.tradingHours,
                "order_types": stock.orderTypes,
            },
            "chains": app.seen["chains"],
            "expiry": expiry,
            "options": [
                [
                    one.conId,
                    one.localSymbol,
                    one.strike,
                    one.right,
                    one.multiplier,
                    one.lastTradeDateOrContractMonth,
                    INDEX,
                ]
                for one in options
            ],
        },
        options,
        stock.contract,
        index.contract,
    )


def market_data(app, stock, index, options):
    """Watch the stock, the index and options near the money until they have all figures."""
    app.reqMktData(10, index, "", False, False, [])
    app.reqMktData(11, stock, "233", False, False, [])
    until(lambda: app.quotes.get(10, {}).get(4))
    level = app.quotes[10][4]
    near = sorted(options, key=lambda one: abs(one.strike - level))[:12]
    numbers = range(20, 20 + len(near))
    for number, one in zip(numbers, near, strict=True):
        one.exchange = "SMART"
        app.reqMktData(number, one, "100,101,106", False, False, [])
    until(
        lambda: (
            {1, 2} <= app.quotes.get(11, {}).keys()
            and all(
                {0, 1, 2, 3} <= app.quotes.get(n, {}).keys()
                and {10, 13} <= app.computations.get(n, {}).keys()
                for n in numbers
            )
        )
    )
    app.reqMktData(12, stock, "", True, False, [])
    until(lambda: 12 in app.ended)
    seen = [
        {
            "strike": one.strike,
            "right": one.right,
            "bid": app.quotes[n][1],
            "ask": app.quotes[n][2],
            "bid_size": app.quotes[n][0],
            "model": app.computations[n][13],
        }
        for n, one in zip(numbers, near, strict=True)
    ]
    for number in (10, 11, *numbers):
        app.cancelMktData(number)
    return {
        "spot": level,
        "stock": [app.quotes[11].get(kind) for kind in (1, 2, 4)],
        "snapshot": [app.quotes[12].get(kind) for kind in (1, 2)],
        "options": seen,
    }, near


def bars(app, stock):
    """Ask for history and for where it begins."""
    app.reqHistoricalData(30, stock, "", "1 D", "5 mins", "TRADES", 1, 1, False, [])
    app.reqHeadTimeStamp(31, stock, "TRADES", 1, 1)
    until(lambda: 30 in app.ended and app.seen.get("head"))
    return {"five_minutes": app.seen["bars"], "head": app.seen["head"][0][0]}


def last_status(app, order_id):
    """Return the last word on an order."""
    return app.status.get(order_id, [("", 0.0, 0.0, 0.0)])[-1]


def orders(app, option):
    """Trade at market, rest a limit and cancel it, ask what a sale would cost."""
    first = app.order_id
    market, resting, asked = first, first + 1, first + 2
    app.placeOrder(market, option, order_of("BUY", "MKT", 2))
    until(lambda: last_status(app, market)[0] == "Filled")
    until(
        lambda: all(
            one in app.commissions for one, _ in app.seen.get(("executions", market), [("", 0)])
        )
    )
    app.placeOrder(resting, option, order_of("BUY", "LMT", 1, lmtPrice=0.05))
    until(lambda: last_status(app, resting)[0] in ("Submitted", "PreSubmitted"))
    rested = last_status(app, resting)[0]
    cancel(app, resting)
    until(lambda: last_status(app, resting)[0] == "Cancelled")
    app.placeOrder(asked, option, order_of("SELL", "MKT", 1, whatIf=True))
    until(lambda: app.seen.get(("open", asked)))
    fills = list(app.seen["executions", market])
    app.reqExecutions(40, ExecutionFilter())
    until(lambda: 40 in app.ended)
    return {
        "market": {
            "status": last_status(app, market)[0],
            "filled": last_status(app, market)[1],
            "average": last_status(app, market)[3],
            "shares": [shares for _, shares in fills],
            "commissions": [app.commissions.get(one) for one, _ in fills],
            "log": [one[0] for one in app.status[market]],
        },
        "resting": [rested, last_status(app, resting)[0]],
        "asked": list(app.seen["open", asked][-1]),
        "executions": len({one for one, _ in app.seen["executions", market]}),
    }


def account(app):
    """Ask what the account holds."""
    app.reqPositions()
    app.reqAccountSummary(50, "All", "NetLiquidation,TotalCashValue")
    app.reqPnL(51, app.accounts.split(",")[0], "")
    until(lambda: {"positions", 50} <= app.ended and app.seen.get("pnl"))
    summary = dict(app.seen["summary"])
    return {
        "net": summary.get("NetLiquidation"),
        "cash": summary.get("TotalCashValue"),
        "positions": app.seen.get("positions", []),
        "pnl": app.seen["pnl"][-1][0],
    }


def refusals(app):
    """Ask for what there is not."""
    app.reqContractDetails(60, contract_of("STK", "NOSUCH", "SMART"))
    until(lambda: any(number == 60 for number, *_ in app.errors))
    return {"details": 0, "codes": [code for number, code, _ in app.errors if number == 60]}


def main():
    """Go through everything and print it."""
    complaints = []
    threading.excepthook = lambda what: complaints.append(
        "".join(traceback.format_exception(what.exc_type, what.exc_value, what.exc_traceback))
    )
    app = App()
    app.connect("127.0.0.1", int(sys.argv[1]), clientId=9)
    reader = threading.Thread(target=app.run, daemon=True)
    reader.start()
    until(lambda: app.order_id is not None and app.accounts)
    saw = {"version": app.serverVersion(), "accounts": [a for a in app.accounts.split(",") if a]}
    app.reqCurrentTime()
    until(lambda: app.seen.get("time"))
    saw["time"] = app.seen["time"][0][0]
    try:
        say("contracts")
        saw["contracts"], chain, stock, index = contracts(app)
        say("market_data")
        saw["market_data"], near = market_data(app, stock, index, chain)
        say("bars")
        saw["bars"] = bars(app, stock)
        say("orders")
        saw["orders"] = orders(app, near[0])
        say("account")
        saw["account"] = account(app)
        say("refusals")
        saw["refusals"] = refusals(app)
    finally:
        saw["complaints"] = complaints
        saw["is_reader_alive"] = reader.is_alive()
        saw["errors"] = app.errors
        app.disconnect()
        print(json.dumps(saw, default=float))


main()
