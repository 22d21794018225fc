"""What the process answers when it ends, and which error means which answer."""

from enum import IntEnum

from voldesk.model.errors import (
    ConfigError,
    OrderDenied,
    VenueRejected,
    VenueUnavailable,
    VoldeskError,
    WireError,
)


class ExitCode(IntEnum):
    """Exit codes of every command; scripts may rely on them (docs/cli.md lists them)."""

    OK = 0
    ERROR = 1  # anything without a code of its own, a defect of ours included
    USAGE = 2  # the command line cannot be understood, or a flag's value cannot be used
    CONFIG = 3  # a file or a setting is wrong or missing
    UNAVAILABLE = 4  # a venue does not answer
    DENIED = 5  # our own gate refused the order
    REJECTED = 6  # the venue refused
    INTERRUPTED = 130  # Ctrl-C: 128 + SIGINT
    BROKEN_PIPE = 141  # the reader left, as with `| head`: 128 + SIGPIPE


_CODES: tuple[tuple[type[VoldeskError], ExitCode], ...] = (
    (ConfigError, ExitCode.CONFIG),
    (WireError, ExitCode.CONFIG),
    (VenueUnavailable, ExitCode.UNAVAILABLE),
    (OrderDenied, ExitCode.DENIED),
    (VenueRejected, ExitCode.REJECTED),
)


def exit_code_for(error: VoldeskError) -> ExitCode:
    """Return the exit code of a process that this error ends."""
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return ExitCode.ERROR
