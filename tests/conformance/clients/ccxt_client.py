"""Ask a Deribit for its chain by ccxt pro, and print what it saw as JSON."""

import asyncio
import json
import sys
from typing import Any

import ccxt.pro

UPDATES = 5
FEW = 20


async def main(port: int) -> dict[str, Any]:
    exchange = ccxt.pro.deribit({"enableRateLimit": True, "newUpdates": True})
    exchange.urls["api"] = {
        "rest": f"http://127.0.0.1:{port}",
        "ws": f"ws://127.0.0.1:{port}/ws/api/v2",
    }
    saw: dict[str, Any] = {"version": ccxt.pro.__version__}
    try:
        await exchange.load_markets()
        options = [market for market in exchange.markets.values() if market["option"]]
        saw["options"] = [
            [one["id"], one["strike"], one["optionType"], one["expiry"], one["settle"]]
            for one in options
        ]
        near = min(options, key=lambda one: (one["expiry"], abs(one["strike"] - 95_000)))
        chain = await exchange.fetch_option_chain("BTC")
        saw["chain"] = {one["info"]["instrument_name"]: one["markPrice"] for one in chain.values()}
        greeks = await exchange.fetch_greeks(near["symbol"])
        names = ("delta", "gamma", "vega", "theta", "markImpliedVolatility", "underlyingPrice")
        saw["greeks"] = {name: greeks[name] for name in names}
        ticker = await exchange.fetch_ticker(near["symbol"])
        saw["ticker"] = [ticker["bid"], ticker["ask"], ticker["timestamp"]]
        watched = []
        for _ in range(UPDATES):
            one = await exchange.watch_ticker(near["symbol"])
            watched.append([one["bid"], one["ask"], one["timestamp"]])
        saw["watched"] = watched
        symbols = [one["symbol"] for one in options[:FEW]]
        await exchange.watch_tickers(symbols)
        while not set(symbols) <= set(exchange.tickers):  # it tells the first of a burst
            await exchange.watch_tickers(symbols)
        saw["many"] = len(symbols)
    finally:
        await exchange.close()
    return saw


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(int(sys.argv[1])))))
