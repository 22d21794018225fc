"""
Write src/voldesk/model/calendars.py from exchange_calendars.

The library needs pandas and takes seconds to build its calendars; the model wants dates only. Run
this again, with a newer exchange_calendars, when a year is missing:

    python tools/make_calendars.py
"""

import datetime as dt
import textwrap
from collections.abc import Iterable
from pathlib import Path

import exchange_calendars as xcals

FIRST_YEAR = 2010
LAST_YEAR = 2027  # beyond it exchanges have announced no dates; the library knows less of some

CALENDARS = {  # name in calendars.py: (the library's calendar, what it is)
    "US": ("XNYS", "NYSE, whose prices settle US options"),
    "INDIA": ("XBOM", "BSE, whose holidays NSE shares"),
    "CME": ("CMES", "CME Globex"),
}

TARGET = Path(__file__).resolve().parent.parent / "src" / "voldesk" / "model" / "calendars.py"


def calendar_of(name: str) -> xcals.ExchangeCalendar:
    """Return the library's calendar up to the last year it knows, at most LAST_YEAR."""
    for year in range(LAST_YEAR, FIRST_YEAR, -1):
        try:
            return xcals.get_calendar(name, start=f"{FIRST_YEAR}-01-01", end=f"{year}-12-31")
        except ValueError as exc:  # its holidays are recorded to an earlier year
            print(f"{name} to {year}: {exc}")
    raise SystemExit(f"exchange_calendars knows nothing of {name}")


def closed_weekdays(calendar: xcals.ExchangeCalendar) -> list[dt.date]:
    """Return the Mondays to Fridays without a session."""
    sessions = {session.date() for session in calendar.sessions}
    weekend = sorted(day for day in sessions if day.weekday() >= 5)
    if weekend or len(calendar.late_opens):
        raise SystemExit(f"{calendar.name}: weekend sessions {weekend} or late opens have no form")
    day, closed = dt.date(FIRST_YEAR, 1, 1), []
    while day.year <= calendar.last_session.year:
        if day.weekday() < 5 and day not in sessions:
            closed.append(day)
        day += dt.timedelta(days=1)
    return closed


def as_text(days: Iterable[dt.date]) -> str:
    """Return a literal with a line per year, ``2010 0101 0118``; a long year takes two."""
    lines: list[str] = []
    words: dict[int, list[str]] = {}
    for day in days:
        words.setdefault(day.year, []).append(f"{day:%m%d}")
    for year, found in words.items():
        indent = f"{year} "
        lines += textwrap.wrap(
            " ".join(found), 100, initial_indent=indent, subsequent_indent=indent
        )
    body = "".join(f"{line}\n" for line in lines)
    return f'"""\n{body}"""' if body else '""'


def module_text() -> str:
    """Return calendars.py."""
    text = f'''"""
Weekdays without a session, and days of early close, as data.

Written by tools/make_calendars.py from exchange_calendars {xcals.__version__}: do not edit.
A line is a year and its days, month and day.
"""

FIRST_YEAR = {FIRST_YEAR}
'''
    for market, (name, meaning) in CALENDARS.items():
        calendar = calendar_of(name)
        early = [session.date() for session in calendar.early_closes]
        text += f"""
# {name}: {meaning}
{market}_LAST_YEAR = {calendar.last_session.year}
{market}_CLOSED = {as_text(closed_weekdays(calendar))}
{market}_EARLY = {as_text(early)}
"""
    return text


if __name__ == "__main__":
    TARGET.write_text(module_text())
    print(f"wrote {TARGET}")
