"""
Print the vols and Greeks of a chain as they change, one JSON message per line.

    pip install websockets
    python stream_websocket.py ws://127.0.0.1:8000 NIFTY

Start ``voldesk up`` first. A new client is told every contract, then those that change; with each
batch comes the put-call ratio.
"""

import contextlib
import sys
from urllib.parse import quote

from websockets.sync.client import connect


def main(url: str = "ws://127.0.0.1:8000", symbol: str = "") -> None:
    """Print until the server or the user ends it."""
    asked = f"?symbol={quote(symbol)}" if symbol else ""
    with connect(f"{url.rstrip('/')}/ws/greeks{asked}") as stream:
        for message in stream:
            print(message, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(*sys.argv[1:])
