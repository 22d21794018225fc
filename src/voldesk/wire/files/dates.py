"""Written dates and instants -> ``datetime64[D]`` and UTC nanoseconds."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np

from voldesk.model.quotes import NO_TIME, DateArray, IntArray
from voldesk.wire.files.cells import Coded, coded

NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_FIRST_EPOCH, _LAST_EPOCH = 1e8, 1e19
_EPOCH_UNITS = ((1e10, 10**9), (1e13, 10**6), (1e16, 10**3), (_LAST_EPOCH, 1))
"""Below which number epoch time counts what, in nanoseconds each; below 1e8 (1973) it is none."""

_NAT = np.iinfo(np.int64).min  # how NumPy stores NaT
_BLANK = frozenset(("", "-", "--", "nan", "nat", "none", "null", "n/a"))

_MONTHS = (  # how their names begin in eight languages, without accents
    ("jan", "ene", "gen", "янв"),
    ("feb", "fev", "фев"),
    ("mar", "mrz", "maa", "мар"),
    ("apr", "avr", "abr", "апр"),
    ("may", "mai", "mag", "mei", "мая"),
    ("jun", "juin", "giu", "июн"),
    ("jul", "juil", "lug", "июл"),
    ("aug", "aou", "ago", "авг"),
    ("sep", "set", "сен"),
    ("oct", "okt", "ott", "out", "окт"),
    ("nov", "ноя"),
    ("dec", "dez", "dic", "дек"),
)
_MONTH_OF = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts}
_PLAIN_LETTERS = str.maketrans("äáàâãéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn")

_ZONES: dict[str, tzinfo] = {
    "et": NEW_YORK, "edt": timezone(timedelta(hours=-4)), "est": timezone(timedelta(hours=-5)),
    "utc": UTC, "gmt": UTC, "z": UTC, "ist": KOLKATA,
    "ct": ZoneInfo("America/Chicago"), "cdt": timezone(timedelta(hours=-5)),
    "cst": timezone(timedelta(hours=-6)), "cet": timezone(timedelta(hours=1)),
    "cest": timezone(timedelta(hours=2)), "bst": timezone(timedelta(hours=1)),
}  # fmt: skip
_TIME = re.compile(
    r"(?:^|[\sT@,(])(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})"
    r"(?:[.,](?P<fraction>[0-9]{1,9}))?)?\s*(?P<half>[ap]\.?\s?m\b\.?)?(?:\s*(?:Uhr|h)\b)?"
    r"\s*\(?(?P<zone>Z|[A-Z]{2,4})?(?P<offset>[+-][0-9]{1,2}(?::?[0-9]{2})?)?\)?\s*$",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})")
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_CJK = re.compile(r"(?P<year>[0-9]{4})年\s*(?P<month>[0-9]{1,2})月\s*(?P<day>[0-9]{1,2})日")
_TRIPLE = re.compile(r"(?P<first>[0-9]{1,2})([-/.])(?P<second>[0-9]{1,2})\2(?P<year>[0-9]{4})")
_DASHED_WORD = re.compile(
    r"(?P<day>[0-9]{1,2})[-\s]?(?P<word>[^\W\d_]{3,})\.?[-\s]?(?P<year>[0-9]{4}|[0-9]{2})"
)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"[0-9]+")


def parse_date(text: str, *, day_first: bool = False) -> date | None:
    """
    Return the date a text names, None where it names none for certain.

    Understood are 2026-04-17, 20260417, 17-Apr-2026, 27FEB25, Fri Apr 17 2026, 17. April 2026
    (months in eight languages), 4/17/2026 and 17.04.2026, with or without a time behind them.

    Args:
        text: What the file says.
        day_first: How 4/5/2026 reads: False is the US order. Dotted and dashed dates are always
            day first, and a number above 12 settles its own cell.
    """
    body = text.strip()
    moment = _TIME.search(body)
    if moment is not None:
        body = body[: moment.start()]
    body = body.strip(" ,@")
    return _numeric_date(body, day_first=day_first) or _worded_date(body)


def _numeric_date(body: str, *, day_first: bool) -> date | None:
    for form in (_ISO, _COMPACT, _CJK):
        found = form.fullmatch(body)
        if found is not None:
            return _date(found["year"], found["month"], found["day"])
    found = _TRIPLE.fullmatch(body)
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second"])
    if first > 12 or (second <= 12 and (day_first or found[2] != "/")):
        return _date(found["year"], second, first)
    return _date(found["year"], first, second)


def _worded_date(body: str) -> date | None:
    joined = _DASHED_WORD.fullmatch(body)
    if joined is not None:
        month = _month(joined["word"])
        year = int(joined["year"])
        return _date(year if year > 99 else 2000 + year, month, joined["day"])
    months = [month for word in _WORD.findall(body) if (month := _month(word))]
    numbers = _NUMBER.findall(body)
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(years) != 1 or len(days) != 1 or not months:
        return None
    return _date(years[0], months[-1], days[0])  # "mar 17 apr 2026" is an Italian Tuesday


def _month(word: str) -> int:
    """Return the number of a month by how its name begins, 0 where it names none."""
    plain = word.lower().translate(_PLAIN_LETTERS)
    return _MONTH_OF.get(plain[:4]) or _MONTH_OF.get(plain[:3], 0)


def _date(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return value if _FIRST_YEAR <= value.year <= _LAST_YEAR else None


def parse_instant(cell: object, zone: tzinfo) -> int | None:
    """
    Return the UTC nanoseconds of an instant, ``NO_TIME`` for a blank, None where it is none.

    Numbers are epoch time, in seconds, milli-, micro- or nanoseconds by their magnitude. A text
    without a zone of its own is on the clock of ``zone``. A date alone is no instant.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return NO_TIME
    if isinstance(cell, datetime):
        return _nanoseconds(cell, zone)
    if isinstance(cell, (int, float)):
        return _epoch(cell)
    text = str(cell).strip()
    if text.lower() in _BLANK:
        return NO_TIME
    try:
        return _epoch(int(text) if text.isdecimal() and len(text) < 20 else float(text))
    except ValueError:
        pass
    return _written_instant(text, zone)


def _epoch(number: float) -> int | None:
    if not _FIRST_EPOCH <= number < _LAST_EPOCH:
        return None
    scale = next(scale for limit, scale in _EPOCH_UNITS if number < limit)
    nanoseconds = round(number * scale)
    return nanoseconds if nanoseconds < 2**63 else None


def _written_instant(text: str, zone: tzinfo) -> int | None:
    if len(text) > 10:
        try:
            return _nanoseconds(datetime.fromisoformat(text), zone)
        except ValueError:
            pass
    found = _TIME.search(text)
    if found is None:
        return None
    day = parse_date(text[: found.start()])
    hour = int(found["hour"])
    half = (found["half"] or "").lower()
    if day is None or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    own_zone = _zone(found["zone"], found["offset"], zone)
    if own_zone is None:
        return None
    try:
        moment = datetime(
            day.year, day.month, day.day, hour, int(found["minute"]), int(found["second"] or 0),
            int((found["fraction"] or "0").ljust(9, "0")) // 1000, tzinfo=own_zone,
        )  # fmt: skip
    except ValueError:
        return None
    return _nanoseconds(moment, zone)


def _zone(word: str | None, offset: str | None, default: tzinfo) -> tzinfo | None:
    base = _ZONES.get(word.lower()) if word else default
    if offset is None or base is None:
        return base
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    shift = timedelta(hours=hours, minutes=minutes)
    if shift >= timedelta(hours=24):
        return None
    return timezone(-shift if offset[0] == "-" else shift)


def _nanoseconds(moment: datetime, zone: tzinfo) -> int | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        return None
    return microseconds * 1000 if 0 < microseconds < 2**63 // 1000 else None


def date_column(cells: Sequence[object]) -> tuple[DateArray, list[int]]:
    """
    Return a column's dates, and the rows whose cell is neither a date nor blank (NaT there).

    Slashed dates are read month first unless one of them can only be day first.
    """
    column = coded(cells)
    day_first = any(
        (found := _TRIPLE.match(word.strip())) and int(found["first"]) > 12
        for word in column.words
        if isinstance(word, str)
    )
    days = [_date_of_cell(word, day_first=day_first) for word in column.words]
    is_bad = [
        day is None and str(word).strip().lower() not in _BLANK
        for day, word in zip(days, column.words, strict=True)
    ]
    numbers = [_NAT if day is None else (day - _EPOCH.date()).days for day in days]
    return column.spread(numbers, np.int64).view("M8[D]"), _rows_where(column, is_bad)


def _rows_where(column: Coded, is_meant: list[bool]) -> list[int]:
    rows: list[int] = np.flatnonzero(column.spread(is_meant, np.bool_)).tolist()
    return rows


def _date_of_cell(cell: object, *, day_first: bool) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell).strip()
    return parse_date(text, day_first=day_first) or _day_of_epoch(text)


def _day_of_epoch(text: str) -> date | None:
    instant = parse_instant(text, UTC) if _NUMBER.fullmatch(text.partition(".")[0]) else None
    return (_EPOCH + timedelta(microseconds=instant // 1000)).date() if instant else None


def instant_column(cells: Sequence[object], zone: tzinfo) -> tuple[IntArray, list[int]]:
    """Return a column's UTC nanoseconds, and the rows whose cell is neither instant nor blank."""
    column = coded(cells)
    instants = [parse_instant(word, zone) for word in column.words]
    bad = _rows_where(column, [instant is None for instant in instants])
    return column.spread([instant or NO_TIME for instant in instants], np.int64), bad
