"""How soon `voldesk up` streams: from its start to the first Greek a client has in its hands."""

import json
import os
import subprocess
import sys
import tempfile
import time

from measure import Report, Task, arguments, interleave, publish
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

FIRST_GREEK = "voldesk up to the first streamed Greek"
IMPORTS = "importing the same libraries"
SYMBOLS = "the demo's seven underlyings"

LIBRARIES = (
    "import numpy, fastapi, uvicorn, uvloop, httptools, websockets, socketio, msgspec, pydantic,"
    " yaml, structlog, prometheus_client, typer, numba"
)
COMMAND = [sys.executable, "-m", "voldesk", "up", "--feed", "sim", "--port", "0", "--no-open"]
DEADLINE_SECS = 60.0
RETRY_SECS = 0.005


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=40.0)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_CONFIG_HOME": home}
        tasks = [
            Task(FIRST_GREEK, lambda: first_greek(environment)),
            Task(IMPORTS, lambda: imports(environment)),
        ]
        report = Report("start-up, live", interleave(tasks, given.secs), base=IMPORTS)
    report.facts["market"] = SYMBOLS
    report.ask("first streamed Greek against the imports", 3.0, FIRST_GREEK, IMPORTS,
               is_ceiling=True)  # fmt: skip
    publish(report, is_json=given.json)


def imports(environment: dict[str, str]) -> None:
    """Load what the process loads, the compiler included, and nothing of ours."""
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True, env=environment)


def first_greek(environment: dict[str, str]) -> None:
    """Start a process, connect, and wait for a message with a delta that is known."""
    with subprocess.Popen(
        COMMAND, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip().replace("http", "ws") + "ws/greeks"
        _wait_for_delta(url)
        process.terminate()


def _wait_for_delta(url: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECS
    while time.monotonic() < deadline:
        try:
            with connect(url) as stream:
                while not _has_delta(stream.recv(timeout=DEADLINE_SECS)):
                    pass
                return
        except WebSocketException:  # no chain yet
            time.sleep(RETRY_SECS)
    raise SystemExit("no Greek within the deadline")


def _has_delta(message: str | bytes) -> bool:
    said = json.loads(message)
    updates = said if isinstance(said, list) else [said]
    return any(
        one["type"] == "greeks_update" and one["data"]["greeks"]["delta"] is not None
        for one in updates
    )


if __name__ == "__main__":
    main()
