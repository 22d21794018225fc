"""
Print the vols and Greeks of a chain as they change, over Socket.IO, one JSON message per line.

    pip install "python-socketio[asyncio_client]"
    python stream_socketio.py http://127.0.0.1:8000 NIFTY

Start ``voldesk up`` first. Each message is an event of the name of its type; the others that there
are stand in docs/stream.md.
"""

import asyncio
import contextlib
import json
import sys

import socketio


async def main(url: str = "http://127.0.0.1:8000", symbol: str = "NIFTY") -> None:
    """Print until the server or the user ends it."""
    client = socketio.AsyncClient()

    def show(message: object) -> None:
        print(json.dumps(message), flush=True)

    client.on("greeks_update", show)
    client.on("pcr_update", show)
    await client.connect(url, transports=["websocket"])
    answer = await client.call("subscribe", {"topics": [f"greeks/{symbol}"]})
    if not answer["ok"]:
        sys.exit(answer["message"])
    await client.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(*sys.argv[1:]))
