"""What a trader is shown: a scan becomes a bracket at a venue, and its position has Greeks."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from processes import DEADLINE_SECS, VOLDESK, Up, environment, run
from simulated_tws import started_tws

SETTINGS = """
scan:
  watchlist: [AMZN]
  is_nearest_allowed: true
  min_delta: 0.3
  max_delta: 0.8
  min_gamma: null
  min_vega: null
  min_theta: null
  min_iv_percentile: null
  max_iv_percentile: null
  max_spread_pct: 50
  contracts: 2
  fill_secs: 60
ib:
  port: {port}
  account: DU1234567
  symbols: [AMZN]
  is_always_open: true
  chain: {{expiry_count: 2, least_days: 1}}
trading:
  broker: {broker}
  is_confirmation_required: false
"""


@pytest.fixture(scope="module")
def tws() -> Iterator[int]:
    """Return the port of a TWS on the simulated market."""
    with started_tws("--symbols", "AMZN", "--seed", "5") as port:
        yield port


def settings_file(folder: Path, port: int, broker: str) -> Path:
    file = folder / "voldesk.yaml"
    file.write_text(SETTINGS.format(port=port, broker=broker))
    return file


@pytest.mark.parametrize("broker", ["ib-paper", "paper"])
def test_a_scan_becomes_a_bracket(tws: int, tmp_path: Path, broker: str) -> None:
    """Candidates, a choice, two contracts, a yes: entry filled, ways out, position, journal."""
    home, file = tmp_path / "home", settings_file(tmp_path, tws, broker)
    scan = ("scan", "--config", str(file), "--feed", "ib", "--broker", broker)
    shown = subprocess.run(
        [*VOLDESK, *scan],
        input="1\n2\ny\n",
        capture_output=True,
        text=True,
        env=environment(home) | {"COLUMNS": "160"},
        timeout=2 * DEADLINE_SECS,
        check=False,
    )
    page = shown.stdout + shown.stderr
    assert shown.returncode == 0, page
    assert "buy which one, 1 to " in page
    assert "the gate lets it through" in page
    assert "filled, 2 filled at" in page, page
    assert page.count("sell 2 ") == 4, page  # in the preview and among what was placed
    assert "denied" not in page
    assert "  its delta " in page
    journal = run(home, "journal", "show", "--config", str(file), "--json")
    assert journal.returncode == 0, journal.stderr
    told = json.loads(journal.stdout)
    assert {one["state"] for one in told["orders"]} >= {"filled"}
    assert sorted((one["side"], one["quantity"]) for one in told["orders"][:3]) == [
        ("buy", 2),
        ("sell", 2),
        ("sell", 2),
    ]


def test_a_bracket_over_http_at_interactive_brokers(
    tws: int, tmp_path: Path, start: Callable[..., Up]
) -> None:
    """Sent in one piece: the entry fills, target and stop work, the position has Greeks."""
    file = settings_file(tmp_path, tws, "ib-paper")
    up = start("up", "--feed", "ib", "--config", str(file), "--port", "0", "--no-open")
    token = (tmp_path / "home" / "voldesk" / "token").read_text().strip()
    up.wait_for(lambda: up.get("api/v1/risk")["is_reconciled"])
    before = {one["key"]: one["quantity"] for one in up.get("api/v1/positions")}

    def near() -> list[dict[str, Any]]:
        found = up.get("api/v1/underlyings/AMZN/chain?layout=rows")["contracts"]
        return [one for one in found if one["ask"] and 0.4 < abs(one["delta"] or 0.0) < 0.6]

    one = up.wait_for(near)[0]
    name = f"{one['root']} {one['expiry']} {one['right']} {one['strike']:g}"
    body = {
        "contract": name,
        "side": "buy",
        "quantity": 2,
        "order_type": "market",
        "bracket": {"target": str(round(one["ask"] * 3)), "stop": "0.05"},
    }

    def placed() -> str | None:
        """Send it; a quote may be too old at first, as lines go round."""
        answer = httpx.post(
            f"{up.url}api/v1/orders",
            json=body,
            headers={"authorization": f"Bearer {token}", "idempotency-key": str(next(keys))},
        )
        return str(answer.json()["client_order_id"]) if answer.status_code == 201 else None

    keys = iter(range(1_000))
    tag = up.wait_for(placed)
    up.wait_for(lambda: up.get(f"api/v1/orders/{tag}")["state"] == "filled")
    for child in ("target", "stop"):
        up.wait_for(lambda child=child: up.get(f"api/v1/orders/{tag}-{child}")["is_open"])  # type: ignore[misc]  # the default binds
    held = next(row for row in up.get("api/v1/positions") if row["contract"] == name)
    assert held["quantity"] == before.get(held["key"], 0) + 2
    up.wait_for(lambda: up.get("api/v1/positions")[0]["figures"]["vega"])
    risk = {limit["name"]: limit["used"] for limit in up.get("api/v1/risk")["limits"]}
    assert risk["day_loss"] is not None
    assert risk["drawdown"] is not None
