"""How a desk behaves, beside its limits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """
    How patient the desk is.

    Attributes:
        answer_secs: An order or a request without an answer for so long is UNKNOWN.
        settle_secs: How long after it was lost an order may still turn up at the venue: a dead
            process's last bytes may lie in a buffer. Only then is a missing one given up.
        snapshot_secs: How long reconciling may take.
        retry_secs: How long until it is tried again.
        compare_secs: All is compared with the venue so often when nothing seems to be missed.
        what_if_secs: How long the venue may take to say what an order would bind as margin.
    """

    account: str
    version: str = ""
    config: str = ""
    pid: int = 0
    answer_secs: float = 5.0
    settle_secs: float = 2.0
    snapshot_secs: float = 10.0
    retry_secs: float = 1.0
    compare_secs: float = 30.0
    what_if_secs: float = 3.0
