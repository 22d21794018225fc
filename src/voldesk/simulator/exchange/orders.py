"""The words of an order on the built-in exchange: what is asked, what it is, what was done."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum

from voldesk.model.orders import Side, TimeInForce

NO_MONEY = Decimal(0)


class OrderType(StrEnum):
    """How an order finds its price; `shapes.SHAPES` says what each consists of."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"  # a market order once the stop price is touched
    STOP_LIMIT = "stop_limit"
    TRAIL = "trail"  # a stop that follows the market by an amount or a percentage
    TRAIL_LIMIT = "trail_limit"
    MARKET_IF_TOUCHED = "market_if_touched"  # triggers on a better price, where a stop needs worse
    LIMIT_IF_TOUCHED = "limit_if_touched"
    MARKET_ON_CLOSE = "market_on_close"
    LIMIT_ON_CLOSE = "limit_on_close"
    MARKET_TO_LIMIT = "market_to_limit"  # what is not filled at once rests at the price paid
    RELATIVE = "relative"  # a limit at the own touch plus `offset`, when it arrives
    PEGGED_TO_MID = "pegged_to_mid"  # a limit at the mid, when it arrives
    PEGGED_TO_MARKET = "pegged_to_market"  # a limit at the opposite touch, when it arrives


class OcaType(IntEnum):
    """What a fill does to the other orders of its one-cancels-all group; numbers as at IB."""

    CANCEL = 1  # the others are cancelled at the first fill
    REDUCE = 2  # the others shrink by the share filled, before anything else can fill
    REDUCE_LATER = 3  # likewise, but only after everything the same quotes could fill


class TriggerMethod(StrEnum):
    """Which price triggers a stop: of the two sides, the one that the order would trade at."""

    DEFAULT = "default"  # BID_ASK for options and combos, LAST for everything else
    LAST = "last"
    BID_ASK = "bid_ask"
    MID = "mid"


class OrderStatus(StrEnum):
    """Where an order is in its life; the last four are final."""

    PENDING = "pending"  # on its way to the exchange
    HELD = "held"  # accepted, not working: see `HeldFor`
    WORKING = "working"  # can fill; partly filled where `filled` is above 0
    PENDING_CANCEL = "pending_cancel"  # can still fill
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"  # its time in force ended

    @property
    def is_final(self) -> bool:
        """Say whether nothing can happen to the order any more."""
        return self in _FINAL


_FINAL = frozenset(
    {OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.EXPIRED}
)


class HeldFor(StrEnum):
    """What a held order waits for."""

    TRANSMIT = "transmit"  # its family has not been transmitted
    PARENT = "parent"  # its parent has to fill
    GOOD_AFTER = "good_after"
    SESSION = "session"  # the market is closed
    OPENING = "opening"
    CLOSING = "closing"
    TRIGGER = "trigger"  # its stop or touch price
    ALGO = "algo"  # the algorithm takes its time


class Reason(StrEnum):
    """Why the exchange said no."""

    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_INSTRUMENT = "unknown_instrument"
    EXPIRED_INSTRUMENT = "expired_instrument"
    NOT_TRADABLE = "not_tradable"  # an index
    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_PARENT = "unknown_parent"
    TOO_LATE = "too_late"  # the order is in a final state
    CANNOT_CHANGE = "cannot_change"  # account, instrument and side of an order are for ever
    QUANTITY = "quantity"
    PRICE_INCREMENT = "price_increment"
    PRICE_BAND = "price_band"
    PRICE_MISSING = "price_missing"
    TIME = "time"  # good_till or good_after make no sense
    NO_PERMISSION = "no_permission"
    READ_ONLY = "read_only"
    SESSION_CLOSED = "session_closed"
    NO_QUOTE = "no_quote"  # nothing to price a relative or pegged order by
    MARGIN = "margin"
    SCENARIO = "scenario"  # the scenario wanted a rejection
    POSITION = "position"  # an exercise of what is not held


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why something was refused: a reason to act on, a text to read with value and limit."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """
    What a client asks for.

    Prices are in the instrument's currency per unit, quantities in its units, instants UTC ns.

    Attributes:
        account: Account, or the name of a group of accounts.
        instrument: Key.
        side: Buy or sell.
        quantity: Above 0, a multiple of the lot.
        order_type: How it finds its price.
        limit_price: Of LIMIT, STOP_LIMIT, LIMIT_IF_TOUCHED, LIMIT_ON_CLOSE; a cap for RELATIVE and
            the pegged. Net price of a combo, which may be 0 or below.
        stop_price: The trigger of stops and if-touched orders; the first one of trailing orders,
            None to start from the market.
        trail_amount: Distance of a trailing stop, or ``trail_percent`` of the price.
        trail_percent: 5 is 5 percent.
        limit_offset: Of TRAIL_LIMIT: how far beyond the stop the limit is.
        offset: Of RELATIVE: how much better than the touch.
        time_in_force: How long it works.
        good_till: Of GTD.
        good_after: Not before.
        outside_hours: Works outside the regular session too.
        client: Who asks: ids are unique per client.
        client_order_id: The client's name of the order; "" for none. Never used twice.
        order_ref: A text that comes back with everything about the order.
        parent_id: ``client_order_id`` of the parent: the order waits until that one has filled.
        transmit: False keeps it, and its family, until a member is placed with True.
        oca_group: Name of a one-cancels-all group, unique within the account; "" for none.
        oca_type: What a fill does to the others of the group.
        all_or_none: Fills whole or not at all, however long it takes.
        min_quantity: The first fill has at least that much.
        display_size: While it rests no single quote fills more than that of it.
        is_hidden: Accepted; on a market without other traders it changes nothing.
        trigger_method: Which price triggers it.
        algo: Name of an algorithm, "" for none: works after a seeded delay.
    """

    account: str
    instrument: str
    side: Side
    quantity: Decimal
    order_type: OrderType = OrderType.LIMIT
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_amount: Decimal | None = None
    trail_percent: Decimal | None = None
    limit_offset: Decimal | None = None
    offset: Decimal = NO_MONEY
    time_in_force: TimeInForce = TimeInForce.DAY
    good_till: int | None = None
    good_after: int | None = None
    outside_hours: bool = False
    client: str = ""
    client_order_id: str = ""
    order_ref: str = ""
    parent_id: str = ""
    transmit: bool = True
    oca_group: str = ""
    oca_type: OcaType = OcaType.CANCEL
    all_or_none: bool = False
    min_quantity: Decimal | None = None
    display_size: Decimal | None = None
    is_hidden: bool = False
    trigger_method: TriggerMethod = TriggerMethod.DEFAULT
    algo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """
    An order as it stands at an instant; it never changes, a later one replaces it.

    Attributes:
        venue_order_id: The exchange's permanent id, above 0, never used twice.
        request: What was asked, with every modification.
        status: Where it is in its life.
        held_for: What a held order waits for, else None.
        quantity: In all; below the request's where its group or parent shrank it.
        filled: Of it.
        average_price: Of what is filled, 0 before the first fill.
        last_price: Of the last fill, 0 before.
        commission: Charged so far, in the instrument's currency.
        stop_price: The trigger in force, which trails; None if there is none.
        limit_price: The limit in force; None for a market order.
        placed_at: UTC ns.
        changed_at: UTC ns.
        revision: 0, then one more with each modification.
        rejection: Why, where it was rejected.
        text: Why it was cancelled or expired, "" otherwise.
    """

    venue_order_id: int
    request: OrderRequest
    status: OrderStatus
    held_for: HeldFor | None
    quantity: Decimal
    filled: Decimal
    average_price: Decimal
    last_price: Decimal
    commission: Decimal
    stop_price: Decimal | None
    limit_price: Decimal | None
    placed_at: int
    changed_at: int
    revision: int
    rejection: Rejection | None = None
    text: str = ""

    @property
    def remaining(self) -> Decimal:
        """Return what is not filled; of a final order too, although it will never be."""
        return self.quantity - self.filled


class Liquidity(IntEnum):
    """Whether a fill took what was shown or was taken; numbers as at IB."""

    ADDED = 1
    REMOVED = 2


class ExecutionKind(StrEnum):
    """What an execution says."""

    NEW = "new"
    CORRECTION = "correction"  # replaces an earlier one: same id but for its last part
    BUST = "bust"  # takes an earlier one back: likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """
    One fill of one account.

    Attributes:
        execution_id: ``0000c0de.000003e9.01.01``: unique; an execution that corrects or takes back
            another has the same id with a last part one higher.
        number: The same as a number: counts up from 1, one per fill, kept by corrections.
        kind: New, correction or bust.
        venue_order_id: Of the order.
        request: Of the order, as it stood.
        account: Whose, which of a group's order is not the request's.
        instrument: Key; of a combo's fill one execution per leg and one of the combo itself.
        combo: Key of the combo the leg belongs to, else "".
        side: Of this account and instrument.
        quantity: Above 0; 0 of a bust.
        price: Per unit.
        ts: UTC ns.
        cumulative: Filled of this order and instrument up to now.
        average_price: Of that.
        liquidity: Taken or made.
        commission: Of this fill, in ``currency``.
        currency: Of the instrument.
        realized_pnl: Of what the fill closed, commissions of both ends included; None if it closed
            nothing, or is a combo's own line.
    """

    execution_id: str
    number: int
    kind: ExecutionKind
    venue_order_id: int
    request: OrderRequest
    account: str
    instrument: str
    combo: str
    side: Side
    quantity: Decimal
    price: Decimal
    ts: int
    cumulative: Decimal
    average_price: Decimal
    liquidity: Liquidity
    commission: Decimal
    currency: str
    realized_pnl: Decimal | None
