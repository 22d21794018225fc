"""Codes and words."""

from voldesk.simulator.ib.notices import FARM_OK, TOO_FAST, Notice


def test_particulars_are_filled_in() -> None:
    """A notice keeps its code."""
    assert FARM_OK("usfarm") == Notice(2104, "Market data farm connection is OK:usfarm")
    assert TOO_FAST(50, 51, 1).text.endswith("max=50 rec=51 (1)")
