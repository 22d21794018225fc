"""A file of 20,000 contracts, read, computed and printed as JSON, against pandas on that file."""

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pandas as pd

import data
from measure import Report, Task, arguments, interleave, publish
from voldesk.__main__ import main as voldesk

OURS, PANDAS = "voldesk analyze --json, in process", "pandas read_csv + to_json, in process"
OURS_WHOLE, PANDAS_WHOLE = "voldesk analyze --json, whole process", "python with pandas, whole"


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__ or "")
    file = str(data.chain_file())
    command = [sys.executable, "-m", "voldesk", "analyze", file, "--json"]
    script = f"import pandas, sys; pandas.read_csv({file!r}).to_json(sys.stdout, orient='records')"
    tasks = [
        Task(OURS, lambda: _printed_by_voldesk(file)),
        Task(PANDAS, lambda: pd.read_csv(file).to_json(io.StringIO(), orient="records")),
        Task(OURS_WHOLE, _process(command)),
        Task(PANDAS_WHOLE, _process([sys.executable, "-c", script])),
    ]
    report = Report("20,000 contracts: CSV to JSON", interleave(tasks, given.secs), base=PANDAS)
    for ours, theirs in ((OURS, PANDAS), (OURS_WHOLE, PANDAS_WHOLE)):
        report.ask(f"{ours} against pandas", 3.0, ours, theirs, is_ceiling=True)
    publish(report, is_json=given.json)


def _printed_by_voldesk(file: str) -> str:
    """Run the command in this process and return what it prints."""
    printed, argv = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), sys.argv
    sys.argv = ["voldesk", "analyze", file, "--json"]
    try:
        with redirect_stdout(printed), redirect_stderr(io.StringIO()):
            voldesk()
    except SystemExit as exit_:
        if exit_.code:
            raise
    finally:
        sys.argv = argv
    printed.flush()
    return printed.buffer.getvalue().decode()


def _process(command: list[str]) -> Callable[[], object]:
    def run() -> object:
        return subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    return run


if __name__ == "__main__":
    main()
