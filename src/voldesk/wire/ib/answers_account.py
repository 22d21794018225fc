"""What TWS tells about accounts, positions, profit and loss, itself, and what went wrong."""

from dataclasses import dataclass

from voldesk.wire.ib.books import answer
from voldesk.wire.ib.contract_types import IbContract, TagValue
from voldesk.wire.ib.kinds import Double, Int, Quantity, Text, UnsetDouble
from voldesk.wire.ib.layout import since
from voldesk.wire.ib.steps import HELD, TOLD


@dataclass(frozen=True, slots=True)
class SoftDollarTier:
    """One soft dollar tier."""

    name: Text
    value: Text
    display_name: Text


@answer(4, "req_id", "code", "text", since(166, "reject_json"), version="2")
class ErrorMessage:
    """An error or, with ``req_id`` -1, news of the connection."""

    req_id: Int
    code: Int
    text: Text
    reject_json: Text = ""


@answer(6, version="2")
class AccountValue:
    """One value of an account; its number is text as TWS prints it."""

    key: Text
    value: Text
    currency: Text
    account: Text


@answer(
    7,
    *HELD,
    *("position", "market_price", "market_value", "average_cost", "unrealized_pnl"),
    *("realized_pnl", "account"),
    version="8",
)
class PortfolioValue:
    """One position and its worth."""

    contract: IbContract
    position: Quantity
    market_price: Double
    market_value: Double
    average_cost: Double
    unrealized_pnl: Double
    realized_pnl: Double
    account: Text


@answer(8, version="1")
class AccountTime:
    """When account values were last computed, ``HH:MM``."""

    time: Text


@answer(54, version="1")
class AccountDownloadEnd:
    """All values of an account were told."""

    account: Text


@answer(15, version="1")
class ManagedAccounts:
    """The names of the accounts, a comma list."""

    accounts: Text


@answer(61, "account", *TOLD, "position", "average_cost", version="3")
class Position:
    """One position."""

    account: Text
    contract: IbContract
    position: Quantity
    average_cost: Double


@answer(62, version="1")
class PositionEnd:
    """All positions were told."""


@answer(63, version="1")
class AccountSummary:
    """One value of a summary."""

    req_id: Int
    account: Text
    tag: Text
    value: Text
    currency: Text


@answer(64, version="1")
class AccountSummaryEnd:
    """A summary is complete."""

    req_id: Int


@answer(
    71,
    "req_id",
    "account",
    *TOLD,
    *("position", "average_cost", "model_code"),
    version="1",
    first_version=103,
)
class PositionMulti:
    """One position of an account or model."""

    req_id: Int
    account: Text
    contract: IbContract
    position: Quantity
    average_cost: Double
    model_code: Text


@answer(72, version="1", first_version=103)
class PositionMultiEnd:
    """All positions of an account or model were told."""

    req_id: Int


@answer(73, version="1", first_version=103)
class AccountUpdateMulti:
    """One value of an account or model."""

    req_id: Int
    account: Text
    model_code: Text
    key: Text
    value: Text
    currency: Text


@answer(74, version="1", first_version=103)
class AccountUpdateMultiEnd:
    """All values of an account or model were told."""

    req_id: Int


@answer(94, "req_id", "daily", since(129, "unrealized"), since(135, "realized"), first_version=127)
class Pnl:
    """Profit and loss of an account."""

    req_id: Int
    daily: UnsetDouble
    unrealized: UnsetDouble = None
    realized: UnsetDouble = None


@answer(
    95,
    *("req_id", "position", "daily"),
    since(129, "unrealized"),
    since(135, "realized"),
    "value",
    first_version=127,
)
class PnlSingle:
    """Profit and loss of one position."""

    req_id: Int
    position: Quantity
    daily: UnsetDouble
    unrealized: UnsetDouble = None
    realized: UnsetDouble = None
    value: UnsetDouble = None


@answer(49, version="1")
class CurrentTime:
    """The time at TWS, UTC seconds."""

    time: Int


@answer(14, version="1")
class Bulletin:
    """A bulletin: 1 news, 2 an exchange no longer trades, 3 it trades again."""

    bulletin_id: Int
    kind: Int
    text: Text
    exchange: Text


@answer(16, version="1")
class FaAnswer:
    """An adviser's groups, profiles or aliases."""

    kind: Int
    xml: Text


@answer(103, first_version=157)
class ReplaceFaEnd:
    """An adviser's list was replaced."""

    req_id: Int
    text: Text


@answer(67, version="1")
class DisplayGroups:
    """The colour groups, ids joined by ``|``."""

    req_id: Int
    groups: Text


@answer(68, version="1")
class DisplayGroupUpdated:
    """The contract a colour group shows."""

    req_id: Int
    contract_info: Text


@answer(77, first_version=106)
class SoftDollarTiers:
    """The soft dollar tiers."""

    req_id: Int
    tiers: tuple[SoftDollarTier, ...]


@answer(78, first_version=107)
class FamilyCodes:
    """The family code of each account."""

    codes: tuple[TagValue, ...]


@answer(107, first_version=167)
class UserInfo:
    """The white label of the user."""

    req_id: Int
    white_branding_id: Text
