"""The calendar of corporate events, in JSON of the simulator's own making."""

import json
from datetime import date, timedelta
from typing import Final

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.noise import chance, stream
from voldesk.simulator.ib.refusal import Refused

_TYPES: Final = {
    "wshe_ed": "Earnings date",
    "wshe_div": "Dividend",
    "wshe_ag": "Shareholder meeting",
}
_EVERY_DAYS: Final = {"wshe_ed": 91, "wshe_div": 91, "wshe_ag": 364}
_MOST: Final = 100


def event_types(*, is_subscribed: bool = False) -> str:
    """
    Return which types of events there are, as JSON.

    Raises:
        Refused: The user has not subscribed to the calendar, as most have not (10276).
    """
    _require(is_subscribed)
    types = [{"wsheType": code, "description": text} for code, text in _TYPES.items()]
    filters = ["country", "watchlist", "portfolio", "limit", *_TYPES]
    return json.dumps({"meta_data": {"event_types": types, "filters": filters}})


def events(
    instrument: Instrument | None,
    start: str,
    end: str,
    limit: int | None,
    today: date,
    *,
    is_subscribed: bool = False,
) -> str:
    """
    Return the events of a company, as JSON.

    Args:
        instrument: Whose; None where the number asked for is nobody's: there are none.
        start: ``YYYYMMDD``; empty is today.
        end: Likewise; empty is a year after the start.
        limit: Most events; None for as many as there are.
        today: The present date.
        is_subscribed: Whether the user has the calendar.

    Raises:
        Refused: The user has not subscribed to the calendar (10276), or a date is none (321).
    """
    _require(is_subscribed)
    first = _day(start) or today
    last = _day(end) or first + timedelta(days=365)
    found = [] if instrument is None else _found(instrument, first, last)
    most = min(limit if limit is not None and limit > 0 else _MOST, _MOST)
    return json.dumps(found[:most])


def _require(is_subscribed: bool) -> None:
    if not is_subscribed:
        raise Refused(10_276, "News feed is not allowed.")


def _found(instrument: Instrument, first: date, last: date) -> list[dict[str, object]]:
    if instrument.product.stock_type != "COMMON":
        return []
    rows = []
    for code, every in _EVERY_DAYS.items():
        offset = int(every * chance(stream("event", instrument.con_id, code), 0))
        day = first + timedelta(days=(offset - first.toordinal()) % every)
        while day <= last:
            rows.append((day, code))
            day += timedelta(days=every)
    return [
        {
            "event_type": code,
            "conids": [str(instrument.con_id)],
            "date": f"{day:%Y%m%d}",
            "description": _TYPES[code],
            "status": "INFERRED",
        }
        for day, code in sorted(rows)
    ]


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        cause = f"date {text} is invalid, expected YYYYMMDD"
        raise Refused(321, f"Error validating request.-'bW' : cause - {cause}") from None
