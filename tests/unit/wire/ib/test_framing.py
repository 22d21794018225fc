"""Frames, cut anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.errors import WireError
from voldesk.wire.ib.framing import MAX_FRAME, Deframer, frame


@given(st.lists(st.binary(max_size=40)), st.lists(st.integers(1, 7)))
def test_any_cut_gives_the_same_payloads(payloads: list[bytes], cuts: list[int]) -> None:
    """However the network cuts the stream, the payloads come out whole and in order."""
    stream = b"".join(frame(payload) for payload in payloads)
    deframer, found, at = Deframer(), [], 0
    for size in [*cuts, len(stream) + 1]:
        found += deframer.receive(stream[at : at + size])
        at += size
    assert found == payloads
    assert deframer.waiting == 0


def test_length_is_big_endian() -> None:
    """The prefix counts the payload alone."""
    assert frame(b"49\x001\x00") == b"\x00\x00\x00\x0549\x001\x00"


def test_hostile_length_is_refused_before_its_bytes_come() -> None:
    """A length over the limit is an error at once, with value and limit."""
    with pytest.raises(WireError, match=f"4294967295 bytes, at most {MAX_FRAME} allowed"):
        Deframer().receive(b"\xff\xff\xff\xff")


def test_no_frame_is_longer_than_the_limit() -> None:
    """What we could not read ourselves we do not send."""
    with pytest.raises(WireError, match="at most"):
        frame(bytes(MAX_FRAME + 1))


def test_part_of_a_frame_waits() -> None:
    """Bytes of a frame that is not whole are counted and kept."""
    deframer = Deframer()
    assert deframer.receive(b"\x00\x00\x00\x02a") == []
    assert deframer.waiting == 5
    assert deframer.receive(b"b") == [b"ab"]
