"""Read a date or a moment as people write it, in Dutch or English.

Past-preferring: a bare "dinsdag" or "12 maart" is the last one. A future date is read only when the words say so
("morgen", "next Tuesday", a full date). Nothing is guessed: "may I", "zo doen" and "vorige week" give None.
The time is an argument: `now` must be aware.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dialogs.dates.calendar_words import (
    MONTH,
    PART,
    SHORT_WEEKDAYS,
    WEEKDAY,
    WEEKDAYS,
    month,
    months_before,
    number,
)
from dialogs.dates.day_times import read_time

_N = r"(?:\d{1,4}(?:[.,]\d)?|(?:een |a |an )?(?:half|halve)(?: a| an)?|\w+ and a half|[a-zé']+)"
_UNIT = (
    r"(?P<unit>min(?:u(?:te?n|ut|utes|ute)|uut|s)?|minuut(?:je|jes)?|uur(?:tje|tjes)?|uren|hours?|hrs?"
    r"|dag(?:en)?|days?|etmaal|we[e]?k(?:en|je|jes|s)?|maand(?:en|je)?|months?|jaar|jaren|years?)"
)
_AGO = re.compile(rf"\b(?P<n>{_N})\s*{_UNIT}\s+(?:geleden|terug|eerder|ago|back|earlier)\b")
_AHEAD = re.compile(rf"\b(?:over|in)\s+(?P<n>{_N})\s*{_UNIT}\b(?!\s+(?:geleden|ago|terug))")
_SHORT_DAY = re.compile(
    r"(?:afgelopen |vorige |op )?(?P<day>ma|di|wo|do|vr|za|zo)\.?(?=$| \d| om )"
)
_ISO_MOMENT = re.compile(
    r"\b20\d\d-\d\d-\d\dt\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:\d\d)?"
)
_MAX_AMOUNT = 1200  # of months, weeks, days, hours; of years a tenth
_NOW = re.compile(
    r"(?:nu|now|right now|nu net|net nu|net|zojuist|zonet|daarnet|just now|op dit moment|at this moment)"
)
_JUST = re.compile(r"\b(?:zojuist|zonet|daarnet|just now|right now|op dit moment)\b")

_DATED = re.compile(
    rf"\b\d{{1,4}}\s?[-/]\s?\d{{1,2}}(?:\s?[-/]\s?\d{{1,4}})?\b|\b[0-3]?\d\s?(?:{MONTH})\b"
)

Reader = Callable[[re.Match[str], date], date | None]


def read_date(text: str, now: datetime, tz: tzinfo) -> date | None:
    """The day named in `text`, seen from `now` in zone `tz`; None when none, an impossible or a vague one is named."""
    words = _clean(text)
    today = _aware(now).astimezone(tz).date()
    if _NOW.fullmatch(words) or _JUST.search(words):
        return today
    if (hours := _exact(words, _aware(now))) is not None:
        return hours.astimezone(tz).date()
    for pattern, reader in _READERS:
        if match := pattern.search(words):
            try:
                return reader(match, today)
            except (ValueError, OverflowError):
                return None
    if match := _SHORT_DAY.match(words):
        return _last(SHORT_WEEKDAYS[match["day"]], today)
    return None


def read_moment(text: str, now: datetime, tz: tzinfo) -> datetime | None:
    """The moment named in `text` as an aware UTC datetime; None when the time of day is missing.

    A part of the day ("vanochtend") counts as its beginning. A time without a day is today's, or yesterday's when
    today's has not come yet.
    """
    words = _clean(text)
    now = _aware(now)
    if _NOW.fullmatch(words) or _JUST.search(words):
        return now.astimezone(UTC)
    if (exact := _exact(words, now)) is not None:
        return exact.astimezone(UTC)
    if match := _ISO_MOMENT.search(words):
        return _iso(match, tz)
    if (exact := _hours_ahead(words, now)) is not None:
        return exact.astimezone(UTC)
    clock = read_time(words)
    if clock is None:
        return None
    named = read_date(text, now, tz)
    if named is None and _DATED.search(words):
        return None  # a day that does not exist is not today
    local = now.astimezone(tz)
    day = named or local.date()
    best = _at(day, clock.time, tz)
    if best > now and clock.half_day_open:
        best = _at(day, time((clock.time.hour + 12) % 24, clock.time.minute), tz)
        if best > now:
            best = _at(day, clock.time, tz)
    if best > now and (named is None or _bare_weekday(words)):
        best = _at(day - timedelta(days=1 if named is None else 7), clock.time, tz)
    return best


def _iso(match: re.Match[str], tz: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(match.group().upper())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=tz)).astimezone(UTC)


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("a moment without a zone cannot be compared: give an aware datetime")
    return now


def _clean(text: str) -> str:
    low = text[:2000].lower().replace("’", "'").replace("\u00a0", " ")
    low = re.sub(
        r"\bgoe(?:de|ie)n?\s*(?:morgen|middag|avond|ochtend)\b|\bgood (?:morning|afternoon|evening)\b",
        " ",
        low,
    )
    return " ".join(low.split()).strip(" .!?,;")


def _at(day: date, clock: time, tz: tzinfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=tz).astimezone(UTC)


def _bare_weekday(words: str) -> bool:
    return bool(re.search(rf"\b(?:{WEEKDAY})", words)) and not re.search(
        r"\b(?:komende|aanstaande|next|volgende)\b", words
    )


def _exact(words: str, now: datetime) -> datetime | None:
    """'twee uur geleden', '30 minutes ago': the only relative times that are exact to the minute."""
    match = _AGO.search(words)
    if (
        match is None
        or match["unit"][0] not in "mhu"
        or (match["unit"].startswith("m") and "min" not in match["unit"])
    ):
        return None
    amount = _amount(match["n"])
    if amount is None:
        return None
    minutes = amount if match["unit"].startswith("min") else amount * 60
    try:
        return now - timedelta(minutes=float(minutes))
    except OverflowError:
        return None


def _hours_ahead(words: str, now: datetime) -> datetime | None:
    """'Over een uur', 'in 20 minutes': exact to the minute, and still to come."""
    match = _AHEAD.search(words)
    if match is None or not match["unit"].startswith(("min", "u", "h")):
        return None
    amount = _amount(match["n"])
    if amount is None:
        return None
    minutes = amount if match["unit"].startswith("min") else amount * 60
    try:
        return now + timedelta(minutes=float(minutes))
    except OverflowError:
        return None


def _amount(words: str) -> float | None:
    value = number(words)
    return None if value is None or value > _MAX_AMOUNT else float(value)


def _shift(amount: float, unit: str, today: date, sign: int) -> date | None:
    if unit.startswith(("dag", "day", "etmaal")):
        return today + timedelta(days=sign * int(amount))
    if unit.startswith(("w",)):
        return today + timedelta(days=sign * round(amount * 7))
    if unit.startswith(("j", "y")) and amount > _MAX_AMOUNT / 10:
        return None
    months = amount * (12 if unit.startswith(("j", "y")) else 1)
    day = months_before(today, -sign * int(months))
    return day + timedelta(days=sign * 15) if months != int(months) else day


def _ago(match: re.Match[str], today: date) -> date | None:
    amount = _amount(match["n"])
    return None if amount is None else _shift(amount, match["unit"], today, -1)


def _ahead(match: re.Match[str], today: date) -> date | None:
    amount = _amount(match["n"])
    if amount is None or match["unit"].startswith(("min", "u", "h")):
        return None
    return _shift(amount, match["unit"], today, 1)


def _full(match: re.Match[str], _today: date) -> date:
    year = int(match["y"])
    return date(year + 2000 if year < 100 else year, int(match["m"]), int(match["d"]))


def _no_year(match: re.Match[str], today: date) -> date:
    return _recent(int(match["d"]), int(match["m"]), today)


def _recent(day: int, month_number: int, today: date) -> date:
    """That day in this year, or in the last year that had it when it is still to come (29 February too)."""
    for year in range(today.year, today.year - 9, -1):
        try:
            candidate = date(year, month_number, day)
        except ValueError:
            continue
        if candidate <= today:
            return candidate
    raise ValueError("no such day")


def _named(match: re.Match[str], today: date) -> date:
    found = match.groupdict()
    day, number_of_month = int(found["d"]), month(found["month"])
    if not found.get("y"):
        return _recent(day, number_of_month, today)
    year = int(found["y"].strip("'"))
    return date(year + 2000 if year < 100 else year, number_of_month, day)


def _of_month(match: re.Match[str], today: date) -> date:
    for back in range(13):
        first = months_before(today.replace(day=1), back)
        try:
            candidate = first.replace(day=int(match["d"]))
        except ValueError:
            continue
        if candidate <= today:
            return candidate
    raise ValueError("no such day")


def _days(shift: int) -> Reader:
    return lambda _match, today: today + timedelta(days=shift)


def _last(weekday: int, today: date, *, strictly: bool = False) -> date:
    back = (today.weekday() - weekday) % 7
    return today - timedelta(days=back or (7 if strictly else 0))


def _weekday(match: re.Match[str], today: date) -> date:
    weekday, before, after = WEEKDAYS[match["day"]], match["before"] or "", match["after"] or ""
    monday = today - timedelta(days=today.weekday())
    words = f"{before} {after}"
    if re.search(r"week|weken", words):
        weeks = (
            1
            if re.search(r"volgende|next|komende", words)
            else 0
            if re.search(r"deze|this", words)
            else -1
        )
        return monday + timedelta(weeks=weeks, days=weekday)
    if re.search(r"volgende|komende|aanstaande|\ba\.?s\b|next|coming", words):
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return _last(
        weekday,
        today,
        strictly=bool(re.search(r"afgelopen|vorige|laatste|last|past|previous|jl", words)),
    )


_YEAR = r"(?P<y>20\d\d|'?\d\d(?![:.\d]| ?(?:uur|u\b|am|pm|st|nd|rd|th|e\b)))"
_BEFORE = r"(?:(?P<before>(?:vorige|afgelopen|deze|volgende|komende|last|this|next) week|week|afgelopen|vorige|laatste|komende|aanstaande|volgende|last|past|previous|next|coming)(?: op| on)? )?"
_AFTER = rf"(?P<after> ?(?:{PART})?(?: (?:(?:van |in |of )?(?:vorige|afgelopen|deze|volgende|last|this|next) week|j\.?l\.?\b|a\.?s\.?(?=$| )|last\b))?)"

_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"\b(?P<y>20\d\d)[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?!\d)"), _full),
    (re.compile(r"\b(?P<d>\d{1,2})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<y>20\d\d|\d\d)\b"), _full),
    (re.compile(r"(?:^|\b(?:op|van|dd\.?|d\.d\.|on|of|from)\s)(?P<d>[0-3]?\d)[-/](?P<m>[01]?\d)(?=$|[\s,.])"), _no_year),
    (re.compile(rf"\b(?P<d>[0-3]?\d)\s?(?:e|de|ste|st|nd|rd|th|\.)?(?: of| van| day of)?\s?(?P<month>{MONTH})\b(?:,? {_YEAR})?"), _named),
    (re.compile(rf"\b(?P<month>{MONTH})(?<!\bmay)\s(?:the )?(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:.]\d|\d)(?:,? (?P<y>20\d\d))?"), _named),
    (re.compile(r"(?:^|\b(?:on|from|of|since|last) )(?P<month>may) (?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?:,? (?P<y>20\d\d))?(?=$|[\s,.]*(?:$|at\b|,))"), _named),
    (re.compile(r"\b(?P<month>may) (?P<d>[0-3]?\d)(?:st|nd|rd|th)\b(?:,? (?P<y>20\d\d))?"), _named),
    (_AGO, _ago),
    (re.compile(r"\beergister(?:en)?|\bday before yesterday\b"), _days(-2)),
    (re.compile(rf"\bgist(?:er(?:en|n|rn)?|ren|re)(?:{PART})?\b|\byest[ea]?rday\b|\blast night\b"), _days(-1)),
    (re.compile(r"\bovermorgen\b|\bday after tomorrow\b"), _days(2)),
    (re.compile(rf"\b(?:vandaag|vndg|today|van(?:ochtend|morgen|middag|namiddag|avond|nacht)|this (?:{PART})|tonight)\b"), _days(0)),
    (re.compile(rf"\b{_BEFORE}(?P<day>{WEEKDAY}){_AFTER}"), _weekday),
    (re.compile(r"\bmorgen(?:ochtend|middag|avond|vroeg)?\b|\btomorrow\b"), _days(1)),
    (_AHEAD, _ahead),
    (re.compile(r"\b(?:de|the) (?P<d>[0-3]?\d)(?:e|de|ste|st|nd|rd|th)\b(?= (?:van deze maand|of this month)|$|[,.]| om\b| at\b)"), _of_month),
)  # fmt: skip
