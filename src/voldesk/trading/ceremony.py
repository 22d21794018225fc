"""
What must be present before real money moves; without all of it an account trades on paper.

No setting alone makes an account live: the configuration file, somebody at the terminal, the venue
and the limits have to agree. Arming belongs to one process and one date at the exchange, and no
route of the network can do it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

import msgspec

from voldesk.model.orders import Intent
from voldesk.trading.limits import GateState, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Arming:
    """Somebody typed at the terminal that an account may trade, on a date at the exchange."""

    account: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    What is present.

    Attributes:
        account: That is to be traded.
        is_live_in_file: The configuration file says ``trading.is_paper: false``; no variable and
            no flag does.
        arming: By this process, None if nobody has.
        disarmed_by: What took the arming back, "" if nothing did.
        today: The date at the exchange.
        venue_is_paper: By the venue's port and account.
        venue_accounts: That the venue reports.
    """

    account: str
    is_live_in_file: bool
    arming: Arming | None
    today: date
    venue_is_paper: bool
    venue_accounts: tuple[str, ...]
    limits: Limits
    state: GateState
    is_reconciled: bool
    disarmed_by: str = ""


def missing_for_live(facts: Facts) -> tuple[str, ...]:
    """Return a sentence for each thing that is missing; none is missing of a live account."""
    arming = facts.arming
    checks = (
        (
            facts.is_live_in_file,
            "the configuration file does not say trading.is_paper: false",
        ),
        (
            arming is not None or bool(facts.disarmed_by),
            "nobody has armed the account at the terminal of voldesk up",
        ),
        (not facts.disarmed_by, f"it was disarmed by {facts.disarmed_by}: start voldesk up again"),
        (
            arming is None or arming.account == facts.account,
            f"another account was armed, not {_shown(facts.account)}",
        ),
        (arming is None or arming.on == facts.today, "it was armed on another day at the exchange"),
        (
            facts.account in facts.venue_accounts,
            f"the venue does not report {_shown(facts.account)}",
        ),
        (not facts.venue_is_paper, "the venue's account is a paper account"),
        (
            facts.limits != Limits(),
            "the limits are those voldesk comes with: set your own in trading.limits",
        ),
        (facts.state is GateState.ACTIVE, f"the gate is {facts.state}"),
        (facts.is_reconciled, "the venue's orders and positions are not compared"),
    )
    return tuple(sentence for is_present, sentence in checks if not is_present)


def mixed_up(facts: Facts) -> str:
    """
    Say why paper and live are mixed up, "" if they are not.

    An account of real money behind settings that say paper is as wrong as the other way round:
    neither may send an order.
    """
    if facts.is_live_in_file and facts.venue_is_paper:
        return "the configuration says live and the venue's account is a paper account"
    if not facts.is_live_in_file and not facts.venue_is_paper:
        return "the configuration says paper and the venue's account holds real money"
    return ""


def arming_phrase(account: str) -> str:
    """Return what a person types to let real money move: the account's last digits are in it."""
    return f"live {account[-3:]}"


def confirmation(intent: Intent, quoted_at: int, secret: bytes) -> str:
    """
    Return the token that confirms one live order at the quotes it was shown with.

    Args:
        intent: The order, whatever its id and time.
        quoted_at: UTC ns of the quotes on the screen.
        secret: Of this process, made at random.
    """
    body = msgspec.to_builtins(intent)
    del body["client_order_id"], body["made_at"]
    text = msgspec.json.encode([body, quoted_at])
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def is_confirmed(
    intent: Intent, quoted_at: int, token: str, secret: bytes, *, now: int, most_ns: int
) -> bool:
    """Say whether a token is of this order and its quotes are no older than so many ns."""
    is_recent = 0 <= now - quoted_at <= most_ns
    return is_recent and hmac.compare_digest(token, confirmation(intent, quoted_at, secret))


def _shown(account: str) -> str:
    """Return an account's number without its middle."""
    return f"{account[:2]}…{account[-2:]}"
