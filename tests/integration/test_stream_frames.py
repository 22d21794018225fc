"""The page and the server read the same bytes alike."""

import json

import pytest
from gateway_world import decode_frame
from stream_frames import FOLDER, frames

NAMES = ("snapshot", "delta", "delta_without_times", "delta_long")


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_frames_are_those_the_encoder_makes(name: str) -> None:
    """``tests/data/frames`` is what ``python tests/support/stream_frames.py`` would write now."""
    frame, held = frames()[name]
    assert (FOLDER / f"{name}.bin").read_bytes() == frame
    assert json.loads((FOLDER / f"{name}.json").read_text()) == held


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_frames_hold_what_is_said_of_them(name: str) -> None:
    """Read back by other means than the encoder's, a frame holds its file of figures."""
    held = json.loads((FOLDER / f"{name}.json").read_text())
    told = decode_frame((FOLDER / f"{name}.bin").read_bytes(), held["fields"])
    assert (told["type"], told["seq"], told["spot"]) == (held["kind"], held["seq"], held["spot"])
    assert told.get("rows") == held["rows"]
    assert set(told["columns"]) == set(held["columns"])
