"""The message of a changed chain."""

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from voldesk.analytics.update import ChainUpdate


def test_an_update_is_a_fact(market: Any) -> None:
    """It cannot be changed by a listener, and answers for updates that were missed."""
    update = ChainUpdate(
        underlying="SPX",
        feed="sim",
        seq=3,
        layout=0,
        table=market,
        rows=np.array([1]),
        rows_since=lambda seq: np.arange(3 - seq),
        summary=None,
        ts_event=1,
        ts_recv=2,
        ts_flush=3,
    )
    assert update.rows_since(1).tolist() == [0, 1]
    with pytest.raises(FrozenInstanceError):
        update.seq = 4  # type: ignore[misc]  # that it cannot be set is the point
