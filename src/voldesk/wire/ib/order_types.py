"""Orders, their state, executions and commissions of the TWS API. None is a value not set."""

from dataclasses import dataclass

from voldesk.wire.ib.contract_types import TagValue
from voldesk.wire.ib.kinds import (
    Double,
    Flag,
    Int,
    Offset,
    OptionalDouble,
    OptionalInt,
    OptionalQuantity,
    Quantity,
    Text,
    UnsetDouble,
)


@dataclass(frozen=True, slots=True)
class OrderCondition:
    """
    One condition of an order; which fields count depends on the type.

    Attributes:
        kind: 1 price, 3 time, 4 margin, 5 execution, 6 volume, 7 percent change.
        conjunction: ``a`` and, ``o`` or, with the next one.
        value: Price, time, percent, volume: as text.
    """

    kind: Int = 1
    conjunction: Text = "a"
    is_more: Flag = True
    value: Text = ""
    con_id: Int = 0
    exchange: Text = ""
    trigger_method: Int = 0
    sec_type: Text = ""
    symbol: Text = ""


@dataclass(frozen=True, slots=True)
class IbOrder:
    """
    An order as placeOrder sends it and openOrder tells it.

    Attributes:
        action: BUY, SELL, SSHORT.
        order_type: MKT, LMT, STP, STP LMT, TRAIL, TRAIL LIMIT, MOC, LOC, REL, MIDPRICE, PEG …
        limit_price: Of LMT; ``aux_price`` is the stop of STP and the distance of TRAIL.
        tif: DAY, GTC, IOC, GTD, OPG, FOK, DTC.
        oca_type: 1 cancel with block, 2 reduce with block, 3 reduce without.
        transmit: False holds it in TWS until a child or an update sends it.
        what_if: Ask for margin and commission only.
    """

    order_id: Int = 0
    client_id: Int = 0
    perm_id: Int = 0
    action: Text = ""
    quantity: Quantity = 0.0
    order_type: Text = ""
    limit_price: OptionalDouble = None
    aux_price: OptionalDouble = None
    tif: Text = ""
    active_start_time: Text = ""
    active_stop_time: Text = ""
    oca_group: Text = ""
    oca_type: Int = 0
    order_ref: Text = ""
    transmit: Flag = True
    parent_id: Int = 0
    block_order: Flag = False
    sweep_to_fill: Flag = False
    display_size: Int = 0
    trigger_method: Int = 0
    outside_rth: Flag = False
    hidden: Flag = False
    good_after_time: Text = ""
    good_till_date: Text = ""
    rule_80a: Text = ""
    all_or_none: Flag = False
    min_quantity: OptionalInt = None
    percent_offset: OptionalDouble = None
    override_percentage_constraints: Flag = False
    trail_stop_price: OptionalDouble = None
    trailing_percent: OptionalDouble = None
    fa_group: Text = ""
    fa_profile: Text = ""
    fa_method: Text = ""
    fa_percentage: Text = ""
    designated_location: Text = ""
    open_close: Text = ""
    origin: Int = 0  # 0 customer, 1 firm
    short_sale_slot: Int = 0
    exempt_code: Int = -1
    discretionary_amount: Double = 0.0
    e_trade_only: Flag = False
    firm_quote_only: Flag = False
    nbbo_price_cap: OptionalDouble = None
    opt_out_smart_routing: Flag = False
    auction_strategy: Int = 0
    starting_price: OptionalDouble = None
    stock_ref_price: OptionalDouble = None
    delta: OptionalDouble = None
    stock_range_lower: OptionalDouble = None
    stock_range_upper: OptionalDouble = None
    randomize_price: Flag = False
    randomize_size: Flag = False
    volatility: OptionalDouble = None
    volatility_type: OptionalInt = None  # 1 daily, 2 annual
    delta_neutral_order_type: Text = ""
    delta_neutral_aux_price: OptionalDouble = None
    delta_neutral_con_id: Int = 0
    delta_neutral_settling_firm: Text = ""
    delta_neutral_clearing_account: Text = ""
    delta_neutral_clearing_intent: Text = ""
    delta_neutral_open_close: Text = ""
    delta_neutral_short_sale: Flag = False
    delta_neutral_short_sale_slot: Int = 0
    delta_neutral_designated_location: Text = ""
    continuous_update: Flag = False
    reference_price_type: OptionalInt = None
    basis_points: OptionalDouble = None
    basis_points_type: OptionalInt = None
    scale_init_level_size: OptionalInt = None
    scale_subs_level_size: OptionalInt = None
    scale_price_increment: OptionalDouble = None
    scale_price_adjust_value: OptionalDouble = None
    scale_price_adjust_interval: OptionalInt = None
    scale_profit_offset: OptionalDouble = None
    scale_auto_reset: Flag = False
    scale_init_position: OptionalInt = None
    scale_init_fill_quantity: OptionalInt = None
    scale_random_percent: Flag = False
    scale_table: Text = ""
    hedge_type: Text = ""
    hedge_param: Text = ""
    account: Text = ""
    settling_firm: Text = ""
    clearing_account: Text = ""
    clearing_intent: Text = ""
    algo_strategy: Text = ""
    algo_params: tuple[TagValue, ...] = ()
    smart_combo_routing_params: tuple[TagValue, ...] = ()
    algo_id: Text = ""
    what_if: Flag = False
    not_held: Flag = False
    solicited: Flag = False
    model_code: Text = ""
    order_combo_leg_prices: tuple[OptionalDouble, ...] = ()
    misc_options: Text = ""  # tag=value;
    reference_contract_id: Int = 0
    pegged_change_amount: Double = 0.0
    is_pegged_change_amount_decrease: Flag = False
    reference_change_amount: Double = 0.0
    reference_exchange: Text = ""
    adjusted_order_type: Text = ""
    trigger_price: OptionalDouble = None
    adjusted_stop_price: OptionalDouble = None
    adjusted_stop_limit_price: OptionalDouble = None
    adjusted_trailing_amount: OptionalDouble = None
    adjustable_trailing_unit: Int = 0
    limit_price_offset: OptionalDouble = None
    conditions: tuple[OrderCondition, ...] = ()
    conditions_cancel_order: Flag = False
    conditions_ignore_rth: Flag = False
    ext_operator: Text = ""
    soft_dollar_name: Text = ""
    soft_dollar_value: Text = ""
    soft_dollar_display_name: Text = ""
    cash_quantity: OptionalDouble = None
    mifid2_decision_maker: Text = ""
    mifid2_decision_algo: Text = ""
    mifid2_execution_trader: Text = ""
    mifid2_execution_algo: Text = ""
    dont_use_auto_price_for_hedge: Flag = False
    is_oms_container: Flag = False
    discretionary_up_to_limit_price: Flag = False
    auto_cancel_date: Text = ""
    filled_quantity: OptionalQuantity = None
    ref_futures_con_id: OptionalInt = None
    auto_cancel_parent: Flag = False
    shareholder: Text = ""
    imbalance_only: Flag = False
    route_marketable_to_bbo: Flag = False
    parent_perm_id: OptionalInt = None
    use_price_mgmt_algo: OptionalInt = None
    duration: OptionalInt = None
    post_to_ats: OptionalInt = None
    advanced_error_override: Text = ""
    manual_order_time: Text = ""
    min_trade_quantity: OptionalInt = None
    min_compete_size: OptionalInt = None
    compete_against_best_offset: Offset = None
    mid_offset_at_whole: OptionalDouble = None
    mid_offset_at_half: OptionalDouble = None


@dataclass(frozen=True, slots=True)
class OrderState:
    """
    What became of an order, and what it would cost: margins in account currency.

    Attributes:
        status: ApiPending PendingSubmit PreSubmitted Submitted PendingCancel ApiCancelled
            Cancelled Filled Inactive.
        completed_time: Of completed orders, ``YYYYMMDD HH:MM:SS TZ``.
        completed_status: ``Filled Size: 1``, ``Cancelled by Trader``.
    """

    status: Text = ""
    init_margin_before: UnsetDouble = None
    maint_margin_before: UnsetDouble = None
    equity_with_loan_before: UnsetDouble = None
    init_margin_change: UnsetDouble = None
    maint_margin_change: UnsetDouble = None
    equity_with_loan_change: UnsetDouble = None
    init_margin_after: UnsetDouble = None
    maint_margin_after: UnsetDouble = None
    equity_with_loan_after: UnsetDouble = None
    commission: UnsetDouble = None
    min_commission: UnsetDouble = None
    max_commission: UnsetDouble = None
    commission_currency: Text = ""
    warning_text: Text = ""
    completed_time: Text = ""
    completed_status: Text = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill; its time is ``YYYYMMDD HH:MM:SS TZ``."""

    order_id: Int = 0
    exec_id: Text = ""
    time: Text = ""
    account: Text = ""
    exchange: Text = ""
    side: Text = ""  # BOT, SLD
    shares: Quantity = 0.0
    price: Double = 0.0
    perm_id: Int = 0
    client_id: Int = 0
    liquidation: Int = 0
    cumulative_quantity: Quantity = 0.0
    average_price: Double = 0.0
    order_ref: Text = ""
    ev_rule: Text = ""
    ev_multiplier: OptionalDouble = None
    model_code: Text = ""
    last_liquidity: Int = 0  # 1 added, 2 removed, 3 routed out
    is_price_revision_pending: Flag = False


@dataclass(frozen=True, slots=True)
class CommissionReport:
    """What a fill cost; realized P&L and yield are None where there are none."""

    exec_id: Text
    commission: Double
    currency: Text
    realized_pnl: UnsetDouble = None
    yield_: UnsetDouble = None
    yield_redemption_date: OptionalInt = None  # YYYYMMDD


@dataclass(frozen=True, slots=True)
class ExecutionFilter:
    """Which executions a request asks for; empty and 0 filter nothing."""

    client_id: Int = 0
    account: Text = ""
    time: Text = ""
    symbol: Text = ""
    sec_type: Text = ""
    exchange: Text = ""
    side: Text = ""
