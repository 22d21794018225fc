"""Generic ticks: which may be asked for, and what they say."""

import pytest

from voldesk.simulator.ib.generic_ticks import LEGAL, generics_of
from voldesk.simulator.ib.refusal import Refused


def test_a_list_of_numbers() -> None:
    """News providers after a colon, and the word that turns quotes off, are left out."""
    assert generics_of("", "STK") == frozenset()
    assert generics_of("100,101,292:BRFG,mdoff", "STK") == {100, 101, 292}
    assert generics_of(",".join(str(number) for number in LEGAL), "STK") == set(LEGAL)


@pytest.mark.parametrize("text", ["x", "999", "-1", "1.5"])
def test_wrong_numbers(text: str) -> None:
    """The refusal names the legal ones."""
    with pytest.raises(Refused, match=r"Incorrect generic tick list.*100\(Option Volume\)"):
        generics_of(text, "STK")
