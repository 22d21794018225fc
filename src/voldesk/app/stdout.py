"""Data for whoever reads our standard output."""

import sys


def write_data(data: bytes) -> None:
    """
    Write all of the bytes to stdout.

    An unbuffered stream (``python -u``) may take a part of them and says how many: the rest
    follows, or the error that nobody reads any more does.

    Raises:
        BrokenPipeError: The reader has gone.
    """
    sys.stdout.flush()
    rest = memoryview(data)
    while rest:
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.buffer.flush()


def write_text(text: str) -> None:
    """
    Write lines to stdout in its own encoding; what it cannot encode becomes a question mark.

    Raises:
        BrokenPipeError: The reader has gone.
    """
    write_data(text.encode(sys.stdout.encoding or "utf-8", errors="replace"))
