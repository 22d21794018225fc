"""What the desk of a process is made of."""

from voldesk.app.trading_parts import Identity
from voldesk.gateways.order_desk import Mode


def test_the_phrase_names_the_account() -> None:
    """Nobody unlocks one account for another."""
    one, other = (
        Identity(account=name, broker="paper", mode=Mode.PAPER).unlock_phrase
        for name in ("PAPER", "DU1")
    )
    assert (one, other) == ("unlock PAPER", "unlock DU1")
