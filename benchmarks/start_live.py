"""How soon `voldesk up` streams: from its start to the first Greek a client has in its hands."""

import json
import os
import subprocess
import sys
import tempfile
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from measure import Report, Timing, arguments, publish

FIRST_GREEK = "voldesk up to the first streamed Greek"
IMPORTS = "importing the same libraries"
SYMBOLS = "the demo's seven underlyings"

LIBRARIES = (
    "import numpy, fastapi, uvicorn, uvloop, httptools, websockets, socketio, msgspec, pydantic,"
    " yaml, structlog, prometheus_client, typer"
)
COMMAND = [sys.executable, "-m", "voldesk", "up", "--feed", "sim", "--port", "0", "--no-open"]
DEADLINE_SECS = 60.0
RETRY_SECS = 0.005
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "", secs=30.0)
    greek, libraries = Timing(FIRST_GREEK, 1), Timing(IMPORTS, 1)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_CONFIG_HOME": home}
        first_greek(environment)  # makes the caches
        imports(environment)
        while sum(greek.secs) + sum(libraries.secs) < given.secs or len(greek.secs) < ROUNDS:
            greek.secs.append(first_greek(environment))
            libraries.secs.append(imports(environment))
    report = Report("start-up, live", [greek, libraries], base=IMPORTS)
    report.facts["market"] = SYMBOLS
    claim = "first streamed Greek against the imports"
    report.ask(claim, 3.0, FIRST_GREEK, IMPORTS, is_ceiling=True)
    publish(report, is_json=given.json)


def imports(environment: dict[str, str]) -> float:
    """Return the seconds to load what the process loads by then, and nothing of ours."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True, env=environment)
    return time.perf_counter() - began


def first_greek(environment: dict[str, str]) -> float:
    """Return the seconds from starting a process to a message with a delta that is known."""
    began = time.perf_counter()
    with subprocess.Popen(
        COMMAND, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip().replace("http", "ws") + "ws/greeks"
        secs = _wait_for_delta(url) - began
        process.terminate()
    return secs


def _wait_for_delta(url: str) -> float:
    """Return when it was there."""
    deadline = time.monotonic() + DEADLINE_SECS
    while time.monotonic() < deadline:
        try:
            with connect(url, max_queue=None) as stream:
                while not _has_delta(stream.recv(timeout=DEADLINE_SECS)):
                    pass
                return time.perf_counter()
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
