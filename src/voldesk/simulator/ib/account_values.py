"""The values of an account under the names TWS gives them."""

from decimal import Decimal
from typing import Final

from voldesk.simulator.exchange.accounts import AccountSummary

Row = tuple[str, str, str]
"""Name, value and currency."""

_CENT: Final = Decimal("0.01")
_NOTHING: Final = Decimal(0)


def values_of(summary: AccountSummary) -> tuple[Row, ...]:
    """Return an account's values, money in its own currency."""
    margin = summary.margin
    equity = margin.equity_with_loan
    cushion = margin.excess / summary.net_liquidation if summary.net_liquidation else _NOTHING
    money = {
        "AccruedCash": _NOTHING,
        "AvailableFunds": margin.available,
        "BuyingPower": summary.buying_power,
        "EquityWithLoanValue": equity,
        "ExcessLiquidity": margin.excess,
        "FullAvailableFunds": margin.available,
        "FullExcessLiquidity": margin.excess,
        "FullInitMarginReq": margin.initial,
        "FullMaintMarginReq": margin.maintenance,
        "GrossPositionValue": summary.gross_position_value,
        "InitMarginReq": margin.initial,
        "LookAheadAvailableFunds": margin.available,
        "LookAheadExcessLiquidity": margin.excess,
        "LookAheadInitMarginReq": margin.initial,
        "LookAheadMaintMarginReq": margin.maintenance,
        "MaintMarginReq": margin.maintenance,
        "NetLiquidation": summary.net_liquidation,
        "PreviousDayEquityWithLoanValue": equity - summary.daily_pnl,
        "RegTEquity": equity,
        "RegTMargin": margin.initial,
        "SMA": margin.available,
        "TotalCashValue": summary.total_cash,
        "UnrealizedPnL": summary.unrealized_pnl,
        "RealizedPnL": summary.realized_pnl,
    }
    plain: tuple[Row, ...] = (
        ("AccountCode", summary.account, ""),
        ("AccountReady", "true", ""),
        ("AccountType", "INDIVIDUAL", ""),
        ("Currency", summary.currency, ""),
        ("Cushion", f"{cushion:.6f}", ""),
        ("DayTradesRemaining", "-1", ""),
        ("HighestSeverity", "0", ""),
        ("Leverage", f"{_leverage(summary):.2f}", ""),
        ("LookAheadNextChange", "0", ""),
        ("SettledCash", _money(summary.total_cash), summary.currency),
    )
    rows = tuple((name, _money(value), summary.currency) for name, value in money.items())
    return (*plain, *rows)


def ledger_of(summary: AccountSummary) -> tuple[Row, ...]:
    """Return what an account has of each currency, and in all (``BASE``)."""
    whole = {
        "CashBalance": summary.total_cash,
        "TotalCashBalance": summary.total_cash,
        "AccruedCash": _NOTHING,
        "StockMarketValue": summary.stock_value,
        "OptionMarketValue": summary.option_value,
        "FuturesPNL": summary.future_pnl,
        "NetLiquidationByCurrency": summary.net_liquidation,
        "UnrealizedPnL": summary.unrealized_pnl,
        "RealizedPnL": summary.realized_pnl,
    }
    rows: list[Row] = [("Currency", "BASE", "BASE"), ("ExchangeRate", "1.00", "BASE")]
    rows += [(name, _money(value), "BASE") for name, value in whole.items()]
    for currency, cash in summary.cash.items():
        rows += [
            ("Currency", currency, currency),
            ("CashBalance", _money(cash), currency),
            ("TotalCashBalance", _money(cash), currency),
        ]
        if currency == summary.currency:
            others = {k: v for k, v in whole.items() if "Cash" not in k}
            rows += [(name, _money(value), currency) for name, value in others.items()]
    return tuple(rows)


TAGS: Final = frozenset(
    {
        "AccountType",
        "NetLiquidation",
        "TotalCashValue",
        "SettledCash",
        "AccruedCash",
        "BuyingPower",
        "EquityWithLoanValue",
        "PreviousDayEquityWithLoanValue",
        "GrossPositionValue",
        "RegTEquity",
        "RegTMargin",
        "SMA",
        "InitMarginReq",
        "MaintMarginReq",
        "AvailableFunds",
        "ExcessLiquidity",
        "Cushion",
        "FullInitMarginReq",
        "FullMaintMarginReq",
        "FullAvailableFunds",
        "FullExcessLiquidity",
        "LookAheadNextChange",
        "LookAheadInitMarginReq",
        "LookAheadMaintMarginReq",
        "LookAheadAvailableFunds",
        "LookAheadExcessLiquidity",
        "HighestSeverity",
        "DayTradesRemaining",
        "Leverage",
    }
)
"""What a summary may be asked for."""


def _leverage(summary: AccountSummary) -> Decimal:
    if not summary.net_liquidation:
        return _NOTHING
    return summary.gross_position_value / summary.net_liquidation


def _money(value: Decimal) -> str:
    return f"{value.quantize(_CENT)}"
