"""The day an Indian monthly contract expires, which its trading name leaves out."""

from datetime import date, timedelta

from voldesk.model.enums import Market
from voldesk.model.errors import WireError
from voldesk.model.sessions import is_trading_day, previous_trading_day

_MON, _TUE, _WED, _THU, _FRI = range(5)

# From the month named (year * 100 + month) monthly contracts expire on the last such weekday.
# Sources: NSE circulars of 2023-07-12 (MIDCPNIFTY to Monday), 2023-12-28 (BANKNIFTY to Wednesday),
# 2024-11-29 (all indices to Thursday), 2025-06-23 (all to Tuesday); BSE circulars of 2023-08-30
# (BANKEX to Monday), 2024-11-28 (all to Tuesday), 2025-06-17 (all to Thursday). A root's list
# begins where its own announcements do.
_STOCKS_AND_NIFTY = ((200006, _THU), (202509, _TUE))
_LAST_WEEKDAYS: dict[str, tuple[tuple[int, int], ...]] = {
    "BANKNIFTY": ((200506, _THU), (202403, _WED), (202501, _THU), (202509, _TUE)),
    "FINNIFTY": ((202401, _TUE), (202501, _THU), (202509, _TUE)),
    "MIDCPNIFTY": ((202309, _MON), (202501, _THU), (202509, _TUE)),
    "NIFTYNXT50": ((202404, _FRI), (202501, _THU), (202509, _TUE)),
    "SENSEX": ((202305, _FRI), (202501, _TUE), (202509, _THU)),
    "BANKEX": ((202305, _FRI), (202310, _MON), (202501, _TUE), (202509, _THU)),
    "SENSEX50": ((202401, _THU), (202501, _TUE), (202509, _THU)),
}


def monthly_expiry(root: str, year: int, month: int) -> date:
    """
    Return the day a monthly contract of that root expires, by the exchanges' rule.

    NSE contracts expire on the month's last Thursday up to August 2025 and on its last Tuesday
    from September 2025, or on the trading day before where that day is a holiday; some indices
    had weekdays of their own before 2025. The rule knows no holiday beyond
    `sessions.calendar_horizon`: an instrument master's date is always better. Weekly expiries
    have moved too often to be computed at all; their names carry the day.

    Raises:
        WireError: No rule is known for the root in that month.
    """
    weekday = None
    for first_month, day_of_week in _LAST_WEEKDAYS.get(root, _STOCKS_AND_NIFTY):
        if year * 100 + month >= first_month:
            weekday = day_of_week
    if weekday is None:
        raise WireError(
            f"the expiry day of {root} in {year}-{month:02d} is not known: give the date"
        )
    next_month = date(year + month // 12, month % 12 + 1, 1)
    day = next_month - timedelta(days=1)
    day -= timedelta(days=(day.weekday() - weekday) % 7)
    if is_trading_day(day, Market.INDIA):
        return day
    return previous_trading_day(day, Market.INDIA)
