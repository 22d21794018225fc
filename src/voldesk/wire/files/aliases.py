"""What vendors call a column -> our name for it. ``docs/formats.md`` lists the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

ALIASES: dict[str, tuple[str, ...]] = {  # the first name present wins
    "underlying": (
        "underlying", "underlying_symbol", "ticker", "usymbol", "und_symbol", "act_symbol", "stock",
    ),
    "root": ("root", "option_root", "root_symbol", "trading_class", "class", "option_class"),
    "symbol": (
        "symbol", "option_symbol", "contract_symbol", "occ_symbol", "osi_symbol", "occ", "osi",
        "contract", "contract_name", "contract_id", "trading_symbol", "tradingsymbol",
        "local_symbol", "instrument_name", "instrument", "instrument_key", "symbol_value",
        "option_alias", "alias", "aka", "option", "opra", "option_id",
    ),
    "expiry": (
        "expiry", "expiration", "expiration_date", "expiry_date", "exp_date", "exp", "ex_date",
        "expire_date", "expir_date", "expires", "maturity", "maturity_date", "expiry_dt",
    ),
    "right": (
        "right", "option_type", "option_right", "cp_flag", "cp", "call_put", "put_call",
        "call_put_flag", "putorcall", "callorput", "pc", "ce_pe", "type", "opt_type", "side",
    ),
    "strike": ("strike", "strike_price", "strike_px", "exercise_price", "k"),
    "bid": ("bid", "best_bid", "best_bid_price", "bid_price", "bid_px", "bid_1545", "bid_eod",
            "close_bid", "bid_close"),
    "ask": ("ask", "best_ask", "best_ask_price", "ask_price", "ask_px", "offer", "best_offer",
            "offer_price", "ask_1545", "ask_eod", "close_ask", "ask_close"),
    "last": ("last", "last_price", "last_px", "last_sale", "last_trade_price", "ltp", "close",
             "close_price", "settle", "settlement", "settlement_price", "price"),
    "mark": ("mark", "mark_price", "mark_px"),
    "bid_size": ("bid_size", "best_bid_size", "best_bid_amount", "bid_amount", "bid_qty",
                 "bid_quantity", "bid_size_1545", "bid_size_eod", "bid_sz"),
    "ask_size": ("ask_size", "best_ask_size", "best_ask_amount", "ask_amount", "ask_qty",
                 "ask_quantity", "ask_size_1545", "ask_size_eod", "ask_sz", "offer_size"),
    "volume": ("volume", "vol", "trade_volume", "traded_volume", "total_volume", "volu",
               "total_traded_volume", "day_volume"),
    "open_interest": ("open_interest", "oi", "open_int", "openint"),
    "spot": (
        "spot", "spot_price", "underlying_price", "underlying_last", "underlying_spot_price",
        "underlying_value", "underlying_close", "active_underlying_price_1545",
        "active_underlying_price", "stock_price", "stk_px", "und_price", "index_price", "s",
    ),
    "underlying_bid": ("underlying_bid", "underlying_bid_1545", "underlying_bid_eod"),
    "underlying_ask": ("underlying_ask", "underlying_ask_1545", "underlying_ask_eod"),
    "forward": ("forward", "forward_price", "fwd", "future", "future_price", "futures_price"),
    "timestamp": (
        "timestamp", "ts_event", "quote_datetime", "quote_unixtime", "quote_readtime", "quote_time",
        "datetime", "as_of", "ts", "time", "snapshot_time", "updated_at",
    ),
    "quote_date": ("quote_date", "trade_date", "data_date", "date", "trading_date", "asof_date"),
    "vendor_iv": ("iv", "implied_volatility", "implied_vol", "impl_volatility", "imp_vol", "sigma",
                  "mid_iv", "volatility", "implied_volatility_1545", "mark_iv"),
    "iv_percent": ("iv_pct", "iv_percent", "iv%", "implied_volatility_pct"),
    "vendor_delta": ("delta", "greeks_delta", "delta_1545"),
    "vendor_gamma": ("gamma", "greeks_gamma", "gamma_1545"),
    "vendor_theta": ("theta", "greeks_theta", "theta_1545"),
    "vendor_vega": ("vega", "greeks_vega", "vega_1545"),
    "vendor_rho": ("rho", "greeks_rho", "rho_1545"),
    "sizes": ("size",),
}  # fmt: skip
"""Our column names and what vendors call them, without regard to case, spaces and signs."""

_IDENTITY = frozenset(("underlying", "root", "expiry", "right", "strike", "spot", "timestamp"))
_SHARED = _IDENTITY | {"quote_date", "forward", "underlying_bid", "underlying_ask"}
_SIDED = frozenset(ALIASES) - _SHARED
_SIGNS = re.compile(r"[^a-z0-9%]")
_WORD_SIDE = re.compile(r"(?i)^(?P<side>calls?|puts?|ce|pe|c|p)(?P<gap>[\s_.\-/]*)(?P<rest>\S.*)$")
_TRAILING_SIDE = re.compile(r"(?i)^(?P<rest>.+?)[\s_.\-/]+(?P<side>calls?|puts?|ce|pe|c|p)$")


def _plain(name: str) -> str:
    return _SIGNS.sub("", name.lower())


_NAMES: dict[str, tuple[str, int]] = {}
for _column, _aliases in ALIASES.items():
    for _rank, _alias in enumerate(_aliases):
        _NAMES.setdefault(_plain(_alias), (_column, _rank))


@dataclass(frozen=True, slots=True)
class Placement:
    """
    Where a header's columns stand: position by our name.

    ``shared`` belongs to both sides of a row that quotes a call and a put, ``calls`` and ``puts``
    to one; in a table with a row per option the two are empty. ``doubles`` are names of columns
    that mean the same as another one and are not read.
    """

    shared: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    puts: dict[str, int] = field(default_factory=dict)
    doubles: list[str] = field(default_factory=list)

    @property
    def is_two_sided(self) -> bool:
        """Say whether a row quotes a call and a put."""
        return bool(self.calls or self.puts)


def place_columns(header: Sequence[str]) -> Placement:
    """Find our columns in a header."""
    placement = Placement()
    ranks: dict[tuple[str, str], int] = {}
    sided = _sided_columns(header)
    for at, name in enumerate(header):
        side, known = sided.get(at, ("", _NAMES.get(_plain(name))))
        if known is None:
            continue
        column, rank = known
        places = {"C": placement.calls, "P": placement.puts}.get(side, placement.shared)
        best = ranks.get((side, column))
        if best == rank:
            placement.doubles.append(name)
        elif best is None or rank < best:
            places[column], ranks[side, column] = at, rank
    if placement.is_two_sided:
        for column in set(placement.shared) - _SHARED:
            del placement.shared[column]  # a delta without a side belongs to one of the two only
    return placement


def _sided_columns(header: Sequence[str]) -> dict[int, tuple[str, tuple[str, int] | None]]:
    """Find columns of one side: C_BID, callBidPrice, cBidPx, put oi, bid.c."""
    found: dict[int, tuple[str, tuple[str, int] | None]] = {}
    needs_other: dict[int, tuple[str, str]] = {}
    for at, name in enumerate(header):
        text = name.strip(" []#")
        if _plain(text) in _NAMES:
            continue
        match = _WORD_SIDE.match(text) or _TRAILING_SIDE.match(text)
        known = _NAMES.get(_plain(match["rest"])) if match else None
        if match is None or known is None or known[0] not in _SIDED:
            continue
        side = "C" if match["side"][0] in "cC" else "P"
        found[at] = (side, known)
        if len(match["side"]) == 1:
            needs_other[at] = (side, _plain(match["rest"]))
    present = set(needs_other.values())
    for at, (side, rest) in needs_other.items():
        if ("P" if side == "C" else "C", rest) not in present:
            del found[at]  # a single letter counts only where the other side has it too
    return found
