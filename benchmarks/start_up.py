"""How soon the command answers: its help, and the first vol while no kernel is compiled."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

from measure import Report, Task, arguments, interleave, publish

HELP, TYPER = "voldesk --help", "python -c 'import typer'"
BARE, NUMPY = "python -c 'pass'", "python -c 'import numpy'"
ONE_COLD, MANY_COLD = "first vol, no kernel cache", "first 50,000 vols, no kernel cache"
PRICE = "voldesk price, one option"

ONE_OPTION = ["price", "--right=c", "--forward=100", "--strike=100", "--years=0.5", "--price=5"]
FIRST_VOL = "import voldesk; assert voldesk.implied_vol(5.0, 100.0, 100.0, 0.5, True) > 0"
FIRST_MANY = (
    "import numpy, voldesk; k = numpy.linspace(80.0, 120.0, 50_000);"
    "v = voldesk.implied_vol(numpy.maximum(100.0 - k, 0.0) + 2.0, 100.0, k, 0.5, True);"
    "assert (v > 0).all()"
)


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "")
    python = sys.executable
    tasks = [
        Task(HELP, _process([python, "-m", "voldesk", "--help"])),
        Task(TYPER, _process([python, "-c", "import typer"])),
        Task(BARE, _process([python, "-c", "pass"])),
        Task(NUMPY, _process([python, "-c", "import numpy"])),
        Task(ONE_COLD, _cold_process([python, "-c", FIRST_VOL])),
        Task(MANY_COLD, _cold_process([python, "-c", FIRST_MANY])),
        Task(PRICE, _process([python, "-m", "voldesk", *ONE_OPTION])),
    ]
    report = Report("start-up, whole processes", interleave(tasks, given.secs), base=TYPER)
    report.ask(f"{HELP} against {TYPER}", 3.0, HELP, TYPER, is_ceiling=True)
    publish(report, is_json=given.json)


def _process(command: list[str], **settings: str) -> Callable[[], object]:
    environment = os.environ | settings

    def run() -> object:
        return subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)

    return run


def _cold_process(command: list[str]) -> Callable[[], object]:
    """Return a run whose kernel cache is a folder nobody has written to."""

    def run() -> object:
        with tempfile.TemporaryDirectory() as folder:
            return _process(command, NUMBA_CACHE_DIR=folder)()

    return run


if __name__ == "__main__":
    main()
