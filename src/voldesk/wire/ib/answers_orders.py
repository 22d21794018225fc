"""What TWS tells about orders and executions."""

from typing import Final

from voldesk.wire.ib.books import answer
from voldesk.wire.ib.contract_types import IbContract
from voldesk.wire.ib.kinds import Double, Int, Quantity, Text
from voldesk.wire.ib.layout import Literal, Step, before, parts, rows, since, when
from voldesk.wire.ib.order_types import CommissionReport, Execution, IbOrder, OrderState
from voldesk.wire.ib.steps import (
    ALGO,
    ALL_OF_LEGS,
    CONDITIONS,
    DELTA_NEUTRAL,
    DELTA_NEUTRAL_PRICES,
    FA_PROFILE,
    HEDGE,
    PEG_BENCH,
    SCALE,
    TOLD,
    is_set,
)

_MARGINS_AFTER: Final = parts(
    "state", "init_margin_after maint_margin_after equity_with_loan_after"
)

_BASICS: Final = parts(
    "order",
    "action quantity order_type limit_price aux_price tif oca_group account open_close origin"
    " order_ref",
)

_ADVISER: Final[tuple[Step, ...]] = (
    *parts("order", "fa_group fa_method fa_percentage"),
    FA_PROFILE,
    since(103, "order.model_code"),
    *parts(
        "order",
        "good_till_date rule_80a percent_offset settling_firm short_sale_slot"
        " designated_location exempt_code",
    ),
)

_COMBO: Final[tuple[Step, ...]] = (
    "contract.combo_legs_description",
    ALL_OF_LEGS,
    rows("order.order_combo_leg_prices"),
    rows("order.smart_combo_routing_params"),
    *SCALE,
    *HEDGE,
)

_PEGS: Final = since(
    170,
    *parts(
        "order",
        "min_trade_quantity min_compete_size compete_against_best_offset mid_offset_at_whole"
        " mid_offset_at_half",
    ),
)

_OPEN_FIRST: Final[tuple[Step, ...]] = (
    "order.order_id",
    *TOLD,
    *_BASICS,
    *parts(
        "order",
        "client_id perm_id outside_rth hidden discretionary_amount good_after_time",
    ),
    Literal(""),  # shares allocation, long gone
    *_ADVISER,
    *parts(
        "order",
        "auction_strategy starting_price stock_ref_price delta stock_range_lower"
        " stock_range_upper display_size block_order sweep_to_fill all_or_none min_quantity"
        " oca_type e_trade_only firm_quote_only nbbo_price_cap parent_id trigger_method"
        " volatility volatility_type delta_neutral_order_type delta_neutral_aux_price",
    ),
    when(is_set("order.delta_neutral_order_type"), *DELTA_NEUTRAL_PRICES),
    *parts(
        "order",
        "continuous_update reference_price_type trail_stop_price trailing_percent basis_points"
        " basis_points_type",
    ),
    *_COMBO,
    *parts("order", "opt_out_smart_routing clearing_account clearing_intent not_held"),
    *DELTA_NEUTRAL,
    *ALGO,
)

_STATE: Final[tuple[Step, ...]] = (
    "order.solicited",
    "order.what_if",
    "state.status",
    since(
        142,
        *parts(
            "state",
            "init_margin_before maint_margin_before equity_with_loan_before init_margin_change"
            " maint_margin_change equity_with_loan_change",
        ),
    ),
    *_MARGINS_AFTER,
    *parts(
        "state",
        "commission min_commission max_commission commission_currency warning_text",
    ),
    *parts("order", "randomize_size randomize_price"),
)

_OPEN_LAST: Final[tuple[Step, ...]] = (
    PEG_BENCH,
    since(
        102,
        *CONDITIONS,
        *parts(
            "order",
            "adjusted_order_type trigger_price trail_stop_price limit_price_offset"
            " adjusted_stop_price adjusted_stop_limit_price adjusted_trailing_amount"
            " adjustable_trailing_unit",
        ),
    ),
    since(106, *parts("order", "soft_dollar_name soft_dollar_value soft_dollar_display_name")),
    since(111, "order.cash_quantity"),
    since(141, "order.dont_use_auto_price_for_hedge"),
    since(145, "order.is_oms_container"),
    since(148, "order.discretionary_up_to_limit_price"),
    since(151, "order.use_price_mgmt_algo"),
    since(158, "order.duration"),
    since(160, "order.post_to_ats"),
    since(162, "order.auto_cancel_parent"),
    _PEGS,
)


@answer(5, *_OPEN_FIRST, *_STATE, *_OPEN_LAST, version="34", until=144)
class OpenOrder:
    """An order and its state; the answer of a what-if too."""

    contract: IbContract
    order: IbOrder
    state: OrderState


@answer(
    101,
    *TOLD,
    *_BASICS,
    *parts("order", "perm_id outside_rth hidden discretionary_amount good_after_time"),
    *_ADVISER,
    *parts(
        "order",
        "starting_price stock_ref_price delta stock_range_lower stock_range_upper display_size"
        " sweep_to_fill all_or_none min_quantity oca_type trigger_method volatility"
        " volatility_type delta_neutral_order_type delta_neutral_aux_price",
    ),
    when(
        is_set("order.delta_neutral_order_type"),
        *parts(
            "order",
            "delta_neutral_con_id delta_neutral_short_sale delta_neutral_short_sale_slot"
            " delta_neutral_designated_location",
        ),
    ),
    *parts("order", "continuous_update reference_price_type trail_stop_price trailing_percent"),
    *_COMBO,
    *parts("order", "clearing_account clearing_intent not_held"),
    *DELTA_NEUTRAL,
    *ALGO,
    "order.solicited",
    "state.status",
    *parts("order", "randomize_size randomize_price"),
    PEG_BENCH,
    *CONDITIONS,
    *parts(
        "order",
        "trail_stop_price limit_price_offset cash_quantity dont_use_auto_price_for_hedge"
        " is_oms_container auto_cancel_date filled_quantity ref_futures_con_id auto_cancel_parent"
        " shareholder imbalance_only route_marketable_to_bbo parent_perm_id",
    ),
    *parts("state", "completed_time completed_status"),
    _PEGS,
    first_version=150,
)
class CompletedOrder:
    """An order that is no more."""

    contract: IbContract
    order: IbOrder
    state: OrderState


@answer(
    3,
    before(131, Literal("6")),
    *("order_id", "status", "filled", "remaining", "average_price", "perm_id", "parent_id"),
    *("last_price", "client_id", "why_held"),
    since(131, "market_cap_price"),
)
class OrderStatus:
    """How far an order is."""

    order_id: Int
    status: Text
    filled: Quantity
    remaining: Quantity
    average_price: Double
    perm_id: Int
    parent_id: Int
    last_price: Double
    client_id: Int
    why_held: Text = ""
    market_cap_price: Double = 0.0


@answer(
    11,
    "req_id",
    "execution.order_id",
    *TOLD,
    *parts(
        "execution",
        "exec_id time account exchange side shares price perm_id client_id liquidation"
        " cumulative_quantity average_price order_ref ev_rule ev_multiplier",
    ),
    since(103, "execution.model_code"),
    since(136, "execution.last_liquidity"),
    since(178, "execution.is_price_revision_pending"),
    version="10",
    until=135,
)
class ExecutionDetails:
    """One fill: as it happens (``req_id`` -1), or of a list asked for."""

    req_id: Int
    contract: IbContract
    execution: Execution


@answer(
    59,
    *parts("report", "exec_id commission currency realized_pnl yield_ yield_redemption_date"),
    version="1",
)
class CommissionAnswer:
    """What one fill cost."""

    report: CommissionReport


@answer(9, version="1")
class NextValidId:
    """The next order id TWS accepts."""

    order_id: Int


@answer(53, version="1")
class OpenOrderEnd:
    """All open orders were told."""


@answer(55, version="1")
class ExecutionDetailsEnd:
    """All fills asked for were told."""

    req_id: Int


@answer(102, first_version=150)
class CompletedOrdersEnd:
    """All completed orders were told."""


@answer(100, first_version=144)
class OrderBound:
    """An order placed by hand was bound to an id of this client."""

    perm_id: Int
    client_id: Int
    order_id: Int
