"""Steps that several messages share: contracts in their several spellings, legs, trading dates."""

from collections.abc import Callable
from typing import Any, Final

from voldesk.wire.ib.contract_types import DeltaNeutral
from voldesk.wire.ib.layout import Get, Split, Step, before, parts, rows, since, when

ASKED: Final = parts(
    "contract",
    "con_id symbol sec_type last_trade_date strike right multiplier exchange primary_exchange"
    " currency local_symbol trading_class",
)
"""A contract in a request: twelve fields."""

TOLD: Final = tuple(path for path in ASKED if path != "contract.primary_exchange")
"""A contract in an answer: eleven fields, with the exchange."""

HELD: Final = tuple(path for path in ASKED if path != "contract.exchange")
"""A contract in the portfolio: eleven fields, with the primary exchange."""


def says(path: str, *values: Any) -> Callable[[Get], bool]:  # noqa: ANN401  # of any field
    """Return the test that a field holds one of some values."""
    return lambda get: get(path) in values


def is_set(path: str) -> Callable[[Get], bool]:
    """Return the test that a field is neither empty nor 0 nor None."""
    return lambda get: bool(get(path))


IS_BAG: Final = says("contract.sec_type", "BAG")

LEGS: Final = when(IS_BAG, rows("contract.combo_legs", "con_id", "ratio", "action", "exchange"))
"""The legs of a combination as requests for data have them."""

ALL_OF_LEGS: Final = rows("contract.combo_legs")

DELTA_NEUTRAL: Final[tuple[Step, ...]] = (
    Split(
        ("contract.delta_neutral",),
        lambda part: "0" if part is None else "1",
        lambda text: (DeltaNeutral() if text not in {"", "0", "false"} else None,),
    ),
    when(
        is_set("contract.delta_neutral"),
        *parts("contract.delta_neutral", "con_id delta price"),
    ),
)
"""Whether there is an underlying side, then what it is."""


def trade_time(date_path: str) -> Split:
    """Return the field that holds a date, a time and a zone: ``20251017 16:00:00 US/Eastern``."""
    return Split(
        (date_path, "details.last_trade_time", "details.time_zone"), _join_time, _split_time
    )


def _join_time(date: str, time: str, zone: str) -> str:
    return f"{date} {time} {zone}".rstrip() if time else date


def _split_time(text: str) -> tuple[str, str, str | None]:
    """Return date, time and zone; the zone is None where a field of its own must say it."""
    found = text.split("-") if text.count("-") == 2 else text.split(" ")
    date, time, zone = (*found, "", "")[:3]
    return date, time, zone or None


CONDITION: Final[tuple[Step, ...]] = (
    "kind",
    "conjunction",
    when(says("kind", 5), "sec_type", "exchange", "symbol"),
    when(says("kind", 1, 3, 4, 6, 7), "is_more", "value"),
    when(says("kind", 1, 6, 7), "con_id", "exchange"),
    when(says("kind", 1), "trigger_method"),
)
"""One condition of an order."""

CONDITIONS: Final[tuple[Step, ...]] = (
    rows("order.conditions", *CONDITION),
    when(
        is_set("order.conditions"),
        "order.conditions_ignore_rth",
        "order.conditions_cancel_order",
    ),
)

DELTA_NEUTRAL_PRICES: Final = parts(
    "order",
    "delta_neutral_con_id delta_neutral_settling_firm delta_neutral_clearing_account"
    " delta_neutral_clearing_intent delta_neutral_open_close delta_neutral_short_sale"
    " delta_neutral_short_sale_slot delta_neutral_designated_location",
)


def _has_scale(get: Get) -> bool:
    increment = get("order.scale_price_increment")
    return increment is not None and increment > 0.0


SCALE: Final[tuple[Step, ...]] = (
    *parts("order", "scale_init_level_size scale_subs_level_size scale_price_increment"),
    when(
        _has_scale,
        *parts(
            "order",
            "scale_price_adjust_value scale_price_adjust_interval scale_profit_offset"
            " scale_auto_reset scale_init_position scale_init_fill_quantity scale_random_percent",
        ),
    ),
)

ALGO: Final[tuple[Step, ...]] = (
    "order.algo_strategy",
    when(is_set("order.algo_strategy"), rows("order.algo_params")),
)

PEG_BENCH: Final = since(
    102,
    when(
        says("order.order_type", "PEG BENCH", "PEGBENCH"),
        *parts(
            "order",
            "reference_contract_id is_pegged_change_amount_decrease pegged_change_amount"
            " reference_change_amount reference_exchange",
        ),
    ),
)

HEDGE: Final[tuple[Step, ...]] = (
    "order.hedge_type",
    when(is_set("order.hedge_type"), "order.hedge_param"),
)

FA_PROFILE: Final = before(177, "order.fa_profile")
