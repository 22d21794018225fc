"""Contracts as the TWS API describes them. None is a value that is not set."""

from dataclasses import dataclass

from voldesk.wire.ib.kinds import Double, Flag, Int, OptionalInt, Percentage, Quantity, Text


@dataclass(frozen=True, slots=True)
class TagValue:
    """One named string: an algo parameter, a security identifier, an option of a request."""

    tag: Text
    value: Text


@dataclass(frozen=True, slots=True)
class ComboLeg:
    """One leg of a combination (``sec_type`` BAG)."""

    con_id: Int = 0
    ratio: Int = 0
    action: Text = ""  # BUY, SELL, SSHORT
    exchange: Text = ""
    open_close: Int = 0  # 0 same, 1 open, 2 close, 3 unknown
    short_sale_slot: Int = 0
    designated_location: Text = ""
    exempt_code: Int = -1


@dataclass(frozen=True, slots=True)
class DeltaNeutral:
    """The underlying side of a delta-neutral combination."""

    con_id: Int = 0
    delta: Double = 0.0
    price: Double = 0.0


@dataclass(frozen=True, slots=True)
class IbContract:
    """
    A contract, fully described or in as much as the sender knew: empty and 0 mean not given.

    Attributes:
        sec_type: STK OPT FUT FOP IND CASH CRYPTO BOND CMDTY CFD FUND WAR NEWS CONTFUT BAG.
        last_trade_date: ``YYYYMMDD``, or ``YYYYMM`` in a question.
        right: ``C`` or ``P``, in questions also CALL, PUT, 0, ?.
        multiplier: A string on the wire: ``100``.
        local_symbol: ``SPXW  251017C06700000``.
        include_expired: Only in questions about contracts and histories.
        description: Of a symbol sample.
    """

    con_id: Int = 0
    symbol: Text = ""
    sec_type: Text = ""
    last_trade_date: Text = ""
    strike: Double = 0.0
    right: Text = ""
    multiplier: Text = ""
    exchange: Text = ""
    primary_exchange: Text = ""
    currency: Text = ""
    local_symbol: Text = ""
    trading_class: Text = ""
    include_expired: Flag = False
    sec_id_type: Text = ""
    sec_id: Text = ""
    issuer_id: Text = ""
    description: Text = ""
    combo_legs_description: Text = ""
    combo_legs: tuple[ComboLeg, ...] = ()
    delta_neutral: DeltaNeutral | None = None


@dataclass(frozen=True, slots=True)
class ContractDetails:
    """
    All that TWS tells about one contract: message 10, and 18 for bonds.

    Attributes:
        min_tick: Smallest price step.
        order_types: Comma list.
        valid_exchanges: Comma list; ``market_rule_ids`` stands beside it, one id per exchange.
        price_magnifier: Divides prices into strikes: 1, or 100 where one is in cents.
        contract_month: ``YYYYMM``.
        trading_hours: ``20251017:0930-20251017:1600;20251018:CLOSED``, in ``time_zone``.
        last_trade_time: ``HH:MM:SS`` or empty; with the date it goes as one field.
        real_expiration_date: ``YYYYMMDD``.
        size_increment: Steps of order sizes; from version 164 on.
        maturity: Of bonds, ``YYYYMMDD``; so is everything from ``cusip`` on.
    """

    contract: IbContract
    market_name: Text = ""
    min_tick: Double = 0.01
    md_size_multiplier: Int = 1
    order_types: Text = ""
    valid_exchanges: Text = ""
    price_magnifier: Int = 1
    under_con_id: Int = 0
    long_name: Text = ""
    contract_month: Text = ""
    industry: Text = ""
    category: Text = ""
    subcategory: Text = ""
    time_zone: Text = ""
    trading_hours: Text = ""
    liquid_hours: Text = ""
    ev_rule: Text = ""
    ev_multiplier: Int = 0
    sec_ids: tuple[TagValue, ...] = ()
    agg_group: OptionalInt = 1
    under_symbol: Text = ""
    under_sec_type: Text = ""
    market_rule_ids: Text = ""
    real_expiration_date: Text = ""
    last_trade_time: Text = ""
    stock_type: Text = ""  # COMMON, ETF, ADR
    min_size: Quantity = 1.0
    size_increment: Quantity = 1.0
    suggested_size_increment: Quantity = 1.0
    cusip: Text = ""
    ratings: Text = ""
    desc_append: Text = ""
    bond_type: Text = ""
    coupon_type: Text = ""
    is_callable: Flag = False
    is_putable: Flag = False
    coupon: Percentage = 0.0
    is_convertible: Flag = False
    maturity: Text = ""
    issue_date: Text = ""
    next_option_date: Text = ""
    next_option_type: Text = ""
    is_next_option_partial: Flag = False
    notes: Text = ""


@dataclass(frozen=True, slots=True)
class OptionParams:
    """Expiries and strikes of one trading class on one exchange: an answer to request 78."""

    exchange: Text
    under_con_id: Int
    trading_class: Text
    multiplier: Text
    expiries: tuple[Text, ...]  # YYYYMMDD
    strikes: tuple[Double, ...]


@dataclass(frozen=True, slots=True)
class SymbolSample:
    """One contract that matches a pattern, and the derivatives it has."""

    contract: IbContract  # con_id, symbol, sec_type, primary_exchange, currency, description
    derivative_sec_types: tuple[Text, ...]
