"""A file of 20,000 contracts, read, computed and printed as JSON, against pandas on that file."""

import io
import subprocess
import sys
from collections.abc import Callable

import pandas as pd

import data
from measure import Report, Task, arguments, interleave, publish
from voldesk.app.analysis import analyze
from voldesk.app.document import parts

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


def _printed_by_voldesk(file: str) -> int:
    """Read, value, summarise and print; the command line itself is in the whole process."""
    printed = io.BytesIO()
    for part in parts(analyze(file)):
        printed.write(part)
    return printed.tell()


def _process(command: list[str]) -> Callable[[], object]:
    def run() -> object:
        return subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    return run


if __name__ == "__main__":
    main()
