"""Binary frames kept as files: the page's decoder is tested against the bytes our encoder makes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from gateway_world import World

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways.encode import Stamps, binary_frame
from voldesk.gateways.fields import choose_fields, gather
from voldesk.model.quotes import NO_TIME, IntArray

FOLDER = Path(__file__).resolve().parents[1] / "data" / "frames"
FIELDS = choose_fields(["bid", "ask", "last", "open_interest", "iv", "delta", "status", "age_secs"])
"""A choice of what the page shows, with all that is written specially."""


def frames() -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Return each frame by name, with what it holds."""
    world = World(seed=7)
    world.add("NIFTY", expiries=2)
    world.add("LONG", strikes=16_400, expiries=2)  # more rows than two bytes can count
    nifty, long = world.chains["NIFTY"], world.chains["LONG"]
    unknown = Stamps(NO_TIME, NO_TIME, nifty.ts_flush)
    return {
        "snapshot": _frame(nifty, 1, None, Stamps.of(nifty)),
        "delta": _frame(nifty, 2, np.array([0, 3, 19]), Stamps.of(nifty)),
        "delta_without_times": _frame(nifty, 2**32 - 1, np.array([4, 5]), unknown),
        "delta_long": _frame(long, 9, np.array([1, 65_599]), Stamps.of(long)),
    }


def _frame(
    update: ChainUpdate, seq: int, rows: IntArray | None, stamps: Stamps
) -> tuple[bytes, dict[str, Any]]:
    held = {
        "topic_id": 3,
        "seq": seq,
        "kind": "snapshot" if rows is None else "delta",
        "row_count": len(update.table.rows),
        "rows": None if rows is None else rows.tolist(),
        "ts_flush_us": stamps.ts_flush // 1000,
        "event_age_us": _age(stamps.ts_event, stamps.ts_flush),
        "recv_age_us": _age(stamps.ts_recv, stamps.ts_flush),
        "spot": update.table.spot,
        "fields": list(FIELDS),
        "columns": {name: _plain(gather(update, name, rows)) for name in FIELDS},
    }
    return binary_frame(update, 3, seq, FIELDS, rows, stamps), held


def _age(ts: int, flushed: int) -> int | None:
    return None if ts == NO_TIME else (flushed - ts) // 1000


def _plain(values: Any) -> list[float | None]:
    """Return values as a float32 holds them, unknown as None."""
    return [None if np.isnan(one) else float(np.float32(one)) for one in values]


def write() -> None:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, (frame, held) in frames().items():
        (FOLDER / f"{name}.bin").write_bytes(frame)
        (FOLDER / f"{name}.json").write_text(json.dumps(held, indent=1) + "\n")


if __name__ == "__main__":
    write()
