"""What clients ask about orders, executions and accounts."""

import math
from typing import Final

from voldesk.wire.ib.books import request
from voldesk.wire.ib.contract_types import IbContract
from voldesk.wire.ib.kinds import Flag, Int, Text
from voldesk.wire.ib.layout import Get, Literal, Step, parts, rows, since, when
from voldesk.wire.ib.order_types import ExecutionFilter, IbOrder
from voldesk.wire.ib.steps import (
    ALGO,
    ALL_OF_LEGS,
    ASKED,
    CONDITIONS,
    DELTA_NEUTRAL,
    DELTA_NEUTRAL_PRICES,
    FA_PROFILE,
    HEDGE,
    IS_BAG,
    PEG_BENCH,
    SCALE,
    is_set,
    says,
)

_FOR_ATS: Final = says("contract.exchange", "IBKRATS")
_IS_BEST: Final = says("order.order_type", "PEG BEST", "PEGBEST")
_IS_MID: Final = says("order.order_type", "PEG MID", "PEGMID")
_OFFSETS: Final = parts("order", "mid_offset_at_whole mid_offset_at_half")


def _is_up_to_mid(get: Get) -> bool:
    return bool(get("order.compete_against_best_offset") == math.inf)


_FIRST_STEPS: Final[tuple[Step, ...]] = (
    "order.order_id",
    *ASKED,
    *parts("contract", "sec_id_type sec_id"),
    *parts(
        "order",
        "action quantity order_type limit_price aux_price tif oca_group account open_close origin"
        " order_ref transmit parent_id block_order sweep_to_fill display_size trigger_method"
        " outside_rth hidden",
    ),
    when(
        IS_BAG,
        ALL_OF_LEGS,
        rows("order.order_combo_leg_prices"),
        rows("order.smart_combo_routing_params"),
    ),
    Literal(""),  # shares allocation, long gone
    *parts(
        "order",
        "discretionary_amount good_after_time good_till_date fa_group fa_method fa_percentage",
    ),
    FA_PROFILE,
    since(103, "order.model_code"),
    *parts(
        "order",
        "short_sale_slot designated_location exempt_code oca_type rule_80a settling_firm"
        " all_or_none min_quantity percent_offset e_trade_only firm_quote_only nbbo_price_cap"
        " auction_strategy starting_price stock_ref_price delta stock_range_lower"
        " stock_range_upper override_percentage_constraints volatility volatility_type"
        " delta_neutral_order_type delta_neutral_aux_price",
    ),
    when(is_set("order.delta_neutral_order_type"), *DELTA_NEUTRAL_PRICES),
    *parts("order", "continuous_update reference_price_type trail_stop_price trailing_percent"),
    *SCALE,
    *parts("order", "scale_table active_start_time active_stop_time"),
)

_LAST_STEPS: Final[tuple[Step, ...]] = (
    *HEDGE,
    *parts("order", "opt_out_smart_routing clearing_account clearing_intent not_held"),
    *DELTA_NEUTRAL,
    *ALGO,
    *parts("order", "algo_id what_if misc_options solicited randomize_size randomize_price"),
    PEG_BENCH,
    since(
        102,
        *CONDITIONS,
        *parts(
            "order",
            "adjusted_order_type trigger_price limit_price_offset adjusted_stop_price"
            " adjusted_stop_limit_price adjusted_trailing_amount adjustable_trailing_unit",
        ),
    ),
    since(105, "order.ext_operator"),
    since(106, "order.soft_dollar_name", "order.soft_dollar_value"),
    since(111, "order.cash_quantity"),
    since(138, "order.mifid2_decision_maker", "order.mifid2_decision_algo"),
    since(139, "order.mifid2_execution_trader", "order.mifid2_execution_algo"),
    since(141, "order.dont_use_auto_price_for_hedge"),
    since(145, "order.is_oms_container"),
    since(148, "order.discretionary_up_to_limit_price"),
    since(151, "order.use_price_mgmt_algo"),
    since(158, "order.duration"),
    since(160, "order.post_to_ats"),
    since(162, "order.auto_cancel_parent"),
    since(166, "order.advanced_error_override"),
    since(169, "order.manual_order_time"),
    since(
        170,
        when(_FOR_ATS, "order.min_trade_quantity"),
        when(
            _IS_BEST,
            "order.min_compete_size",
            "order.compete_against_best_offset",
            when(_is_up_to_mid, *_OFFSETS),
        ),
        when(_IS_MID, *_OFFSETS),
    ),
)


@request(3, *_FIRST_STEPS, *_LAST_STEPS, version="45", until=144)
class PlaceOrder:
    """Place an order, or change one: its number is ``order.order_id``."""

    contract: IbContract
    order: IbOrder


@request(4, "order_id", since(169, "manual_time"), version="1")
class CancelOrder:
    """Cancel one order of this client."""

    order_id: Int
    manual_time: Text = ""


@request(58, version="1")
class CancelAllOrders:
    """Cancel every order of the account, whoever placed it."""


@request(8, version="1")
class RequestIds:
    """Ask for the next valid order id."""

    count: Int = 1


@request(5, version="1")
class RequestOpenOrders:
    """Ask for the open orders of this client."""


@request(16, version="1")
class RequestAllOpenOrders:
    """Ask for the open orders of every client."""


@request(15, version="1")
class RequestAutoOpenOrders:
    """Bind orders placed by hand to client 0 from now on, or stop it."""

    bind: Flag


@request(99, first_version=150)
class RequestCompletedOrders:
    """Ask for the orders that are no more, those of the API only or all."""

    api_only: Flag


@request(
    7,
    "req_id",
    *parts("filter", "client_id account time symbol sec_type exchange side"),
    version="3",
)
class RequestExecutions:
    """Ask for the fills of today."""

    req_id: Int
    filter: ExecutionFilter


@request(
    21,
    "req_id",
    *(path for path in ASKED if path != "contract.primary_exchange"),
    "action",
    "quantity",
    "account",
    "override",
    version="2",
)
class ExerciseOptions:
    """Exercise (1) or let lapse (2) options held."""

    req_id: Int
    contract: IbContract
    action: Int
    quantity: Int
    account: Text
    override: Int


@request(6, version="2")
class RequestAccountUpdates:
    """Subscribe to one account's values and portfolio, or stop it."""

    subscribe: Flag
    account: Text = ""


@request(17, version="1")
class RequestManagedAccounts:
    """Ask for the names of the accounts."""


@request(61, version="1")
class RequestPositions:
    """Subscribe to the positions of all accounts."""


@request(64, version="1")
class CancelPositions:
    """End the subscription to positions."""


@request(62, version="1")
class RequestAccountSummary:
    """Subscribe to some tags (comma list, ``$LEDGER:ALL``) of a group of accounts."""

    req_id: Int
    group: Text
    tags: Text


@request(63, version="1")
class CancelAccountSummary:
    """End a subscription to account values."""

    req_id: Int


@request(74, version="1", first_version=103)
class RequestPositionsMulti:
    """Subscribe to the positions of one account or model."""

    req_id: Int
    account: Text
    model_code: Text


@request(75, version="1", first_version=103)
class CancelPositionsMulti:
    """End a subscription to one account's positions."""

    req_id: Int


@request(76, version="1", first_version=103)
class RequestAccountUpdatesMulti:
    """Subscribe to the values of one account or model."""

    req_id: Int
    account: Text
    model_code: Text
    ledger_and_nlv: Flag


@request(77, version="1", first_version=103)
class CancelAccountUpdatesMulti:
    """End a subscription to one account's values."""

    req_id: Int


@request(92, first_version=127)
class RequestPnl:
    """Subscribe to an account's profit and loss."""

    req_id: Int
    account: Text
    model_code: Text


@request(93, first_version=127)
class CancelPnl:
    """End a subscription to profit and loss."""

    req_id: Int


@request(94, first_version=127)
class RequestPnlSingle:
    """Subscribe to the profit and loss of one position."""

    req_id: Int
    account: Text
    model_code: Text
    con_id: Int


@request(95, first_version=127)
class CancelPnlSingle:
    """End a subscription to one position's profit and loss."""

    req_id: Int


@request(18, version="1")
class RequestFa:
    """Ask for an adviser's groups (1), profiles (2) or aliases (3)."""

    kind: Int


@request(19, "kind", "xml", since(157, "req_id"), version="1")
class ReplaceFa:
    """Replace an adviser's groups, profiles or aliases."""

    kind: Int
    xml: Text
    req_id: Int = 0


@request(79, first_version=106)
class RequestSoftDollarTiers:
    """Ask for soft dollar tiers."""

    req_id: Int


@request(80, first_version=107)
class RequestFamilyCodes:
    """Ask for the family codes of the accounts."""
