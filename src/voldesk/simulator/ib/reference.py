"""Small answers that are always the same: letters of exchanges, tiers, advisers' lists."""

from typing import Final

from voldesk.simulator.ib.chains import OPTION_EXCHANGES
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.stocks import ROUTED
from voldesk.wire.ib.types import SmartComponent

LOG_LEVELS: Final = (1, 2, 3, 4, 5)
"""System, error, warning, information, detail."""

BBO_EXCHANGES: Final = {"STK": "a6", "OPT": "9c"}
"""The code of the map of exchange letters, by security type, as market data names it."""

SOFT_DOLLAR_TIERS: Final = (
    ("Tier1", "1", "First invented tier"),
    ("Tier2", "2", "Second invented tier"),
)
"""Name, value and display name of each."""

_LETTERS: Final = "SAXCWBPQJVMZYHUFRLNEITGDOK"

_GROUP: Final = (
    '<Group><name>All</name><ListOfAccts varName="list">{}</ListOfAccts>'
    "<defaultMethod>NetLiq</defaultMethod></Group>"
)
_PROFILE: Final = (
    "<AllocationProfile><name>Even</name><type>1</type>"
    '<ListOfAllocations varName="listOfAllocations">{}</ListOfAllocations></AllocationProfile>'
)
_FA_LISTS: Final = {
    1: ("<ListOfGroups>{}</ListOfGroups>", _GROUP),
    2: ("<ListOfAllocationProfiles>{}</ListOfAllocationProfiles>", _PROFILE),
    3: ("<ListOfAccountAliases>{}</ListOfAccountAliases>", "{}"),
}
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def smart_components(bbo_exchange: str) -> tuple[SmartComponent, ...]:
    """
    Return the letters that stand for exchanges in the strings of ticks 32, 33 and 84.

    Args:
        bbo_exchange: The map's code, one of `BBO_EXCHANGES`.

    Raises:
        Refused: There is no such map (322).
    """
    if bbo_exchange == BBO_EXCHANGES["STK"]:
        exchanges: tuple[str, ...] = ROUTED[1:]
    elif bbo_exchange == BBO_EXCHANGES["OPT"]:
        exchanges = OPTION_EXCHANGES[1:]
    else:
        raise Refused(
            322, f"Error processing request.-'bW' : cause - Unknown BBO exchange {bbo_exchange}"
        )
    return tuple(
        SmartComponent(bit, exchange, _LETTERS[bit]) for bit, exchange in enumerate(exchanges)
    )


def require_log_level(level: int) -> None:
    """
    Refuse log levels that do not exist.

    Raises:
        Refused: The level is not from 1 to 5 (321).
    """
    if level not in LOG_LEVELS:
        raise Refused(
            321, f"Error validating request.-'bW' : cause - Log level {level}, expected 1 to 5"
        )


def adviser_list(kind: int, accounts: tuple[str, ...]) -> str:
    """
    Return an adviser's list as XML: 1 groups, 2 profiles, 3 aliases.

    Raises:
        Refused: The user is no adviser, having one account, or there is no such list (321).
    """
    if len(accounts) == 1:
        cause = "FA data operations ignored for non FA customers."
        raise Refused(321, f"Error validating request.-'bW' : cause - {cause}")
    if kind not in _FA_LISTS:
        cause = f"FA data type {kind}, expected 1 to 3"
        raise Refused(321, f"Error validating request.-'bW' : cause - {cause}")
    frame, part = _FA_LISTS[kind]
    return _XML + frame.format(part.format("".join(_entry(kind, name) for name in accounts)))


def _entry(kind: int, account: str) -> str:
    if kind == 1:
        return f"<String>{account}</String>"
    if kind == 2:
        return f"<Allocation><acct>{account}</acct><amount>1.0</amount></Allocation>"
    alias = f"<account>{account}</account><alias>{account}</alias>"
    return f"<AccountAlias>{alias}</AccountAlias>"


def fundamentals_refusal() -> Refused:
    """Return how reports on companies are refused: the simulated user has no right to them."""
    return Refused(
        430,
        "We are sorry, but fundamentals data for the security specified is not available."
        "failed to fetch",
    )
