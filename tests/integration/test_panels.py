"""Files with several instants of a contract, through the real command."""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voldesk.app.exits import ExitCode

DEMO = Path(__file__).resolve().parents[2] / "examples" / "spx_demo.csv"
VOL_POINT = 0.01

# Seven days to expiry on 2023-08-04, see tests/data/test_vendor_ib.py.
IB_FLAGS = ("--profile", "ib-index", "--rate", "0.0548", "--dividends", "2.945")
IB_INSTANTS = 20


def run(path: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the real command on a file."""
    return subprocess.run(
        [sys.executable, "-m", "voldesk", "analyze", str(path), *flags],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def analyzed(path: Path, *flags: str) -> dict[str, Any]:
    """Return the JSON object the real command prints."""
    done = run(path, *flags, "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def instant_of(text: str) -> datetime:
    """Return an instant the document prints."""
    return datetime.fromisoformat(text)


@pytest.fixture
def ib_panel(vendor_data: Path, tmp_path: Path) -> tuple[Path, dict[tuple[str, datetime], float]]:
    """Return IB's recorded model figures as a generic table, and IB's iv of each row."""
    path = tmp_path / "ib.csv"
    vols: dict[tuple[str, datetime], float] = {}
    with path.open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["root", "expiry", "right", "strike", "mark", "spot", "timestamp"])
        for sample in sorted((vendor_data / "ib_greeks_sample").glob("SPX*.csv")):
            terms = sample.stem.removeprefix("SPX")
            with sample.open(newline="") as lines:
                for line in csv.DictReader(lines):
                    at = datetime.strptime(line[""], "%Y%m%d %H:%M:%S.%f").replace(tzinfo=UTC)
                    day, right, strike = f"20{terms[:6]}", terms[6], int(terms[7:]) / 1000.0
                    price, spot = line["model_price"], line["model_undPrice"]
                    table.writerow(["SPX", day, right, strike, price, spot, at.isoformat()])
                    vols[right, at] = float(line["model_impliedVol"])
    return path, vols


def test_every_instant_has_ibs_own_vol(
    ib_panel: tuple[Path, dict[tuple[str, datetime], float]],
) -> None:
    """Per contract the median difference from IB is at most a thousandth of a vol point."""
    path, vols = ib_panel
    document = analyzed(path, *IB_FLAGS)
    assert document["problems"] == []
    errors: defaultdict[str, list[float]] = defaultdict(list)
    for row in document["contracts"]:
        vendor = vols[row["right"], instant_of(row["ts_event"])]
        errors[row["right"]].append(abs(row["iv"] - vendor))
    assert [len(errors[right]) for right in "CP"] == [IB_INSTANTS] * 2
    for right in "CP":
        assert np.median(errors[right]) <= 0.001 * VOL_POINT


def test_totals_count_a_contract_once(
    ib_panel: tuple[Path, dict[tuple[str, datetime], float]],
) -> None:
    """Forty rows are two contracts, at the time and the spot of the latest row."""
    path, vols = ib_panel
    document = analyzed(path, *IB_FLAGS)
    assert len(document["contracts"]) == 2 * IB_INSTANTS
    assert (document["summary"]["contracts"], document["series"][0]["contracts"]) == (2, 2)
    assert instant_of(document["as_of"]) == max(at for _, at in vols)


@pytest.fixture
def two_instants(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return the demo chain, the same an hour later and higher, and both in one file."""
    first = DEMO.read_text()
    header, body = first.split("\n", 1)
    later = "\n".join(
        line.replace("18:45:00Z", "19:45:00Z").replace("6842.35", "6852.35")
        for line in body.split("\n")
    )
    paths = tuple(tmp_path / name for name in ("first.csv", "later.csv", "both.csv"))
    for path, lines in zip(paths, (body, later, body + later), strict=True):
        path.write_text(f"{header}\n{lines}")
    return paths[0], paths[1], paths[2]


def test_a_panel_is_its_instants_side_by_side(two_instants: tuple[Path, Path, Path]) -> None:
    """
    Each row of a chain seen twice is what it is in the file of its own instant alone.

    The latest to the last bit, with every total. Before it the rate that a near expiry borrows
    from the far ones is the latest curve's: a ten-millionth of the forward.
    """
    before, after = (analyzed(path) for path in two_instants[:2])
    both = analyzed(two_instants[2])
    by_instant: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in both["contracts"]:
        by_instant[row["ts_event"]].append(row)
    assert by_instant[after["as_of"]] == after["contracts"]
    assert {name: both[name] for name in both if name != "contracts"} == {
        name: after[name] for name in after if name != "contracts"
    }
    pairs = list(zip(by_instant[before["as_of"]], before["contracts"], strict=True))
    for name in ("symbol", "bid", "ask", "mid", "open_interest", "status", "ts_event"):
        assert [ours[name] for ours, _ in pairs] == [alone[name] for _, alone in pairs]
    near = [pair for pair in pairs if pair[0]["iv"] and 0.1 < abs(pair[0]["delta"]) < 0.9]
    assert len(near) > 100
    assert all(ours["iv"] == pytest.approx(alone["iv"], abs=1e-5) for ours, alone in near)


def test_a_panel_has_a_page_and_doubles_are_told(two_instants: tuple[Path, Path, Path]) -> None:
    """The table shows the latest rows; the same line twice is a warning with both lines."""
    page, latest = (run(path, "--strikes", "3") for path in (two_instants[2], two_instants[1]))
    assert page.returncode == ExitCode.OK
    assert page.stdout == latest.stdout
    path = two_instants[0]
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1]]))
    document = analyzed(path)
    assert document["problems"] == [
        {
            "line": 2,
            "reason": "the same contract at the same time comes again on line "
            f"{len(lines) + 1}, which counts",
        }
    ]
    assert len(document["contracts"]) == len(lines) - 1
