"""Read a time of day: "14:00", "14u30", "half drie", "kwart over 3", "2pm", "vanochtend"."""

import re
from dataclasses import dataclass
from datetime import time

from dialogs.dates.calendar_words import PART, PARTS_OF_DAY, number

_HOUR = r"\d{1,2}|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_DIGITAL = re.compile(
    r"(?<![\d-])(?P<h>[01]?\d|2[0-4])(?::|(?<=\d)u(?=\d))(?P<m>[0-5]\d)(?:[:.]\d\d(?:\.\d+)?)?\s*(?P<half>[ap]\.?m\b)?"
)
_DOTTED = re.compile(
    r"\b(?P<h>[01]?\d|2[0-4])\.(?P<m>[0-5]\d)(?=\s*(?:uur|u\b|hrs?|[ap]m|$))\s*(?P<half>[ap]\.?m\b)?"
)
_ENGLISH = re.compile(rf"\b(?P<h>{_HOUR})\s*(?:o'?clock\s*)?(?P<half>[ap]\.?m\b)")
_HALF = re.compile(rf"\bhalf (?P<h>{_HOUR})(?!\w)(?! (?:jaar|uur|dag|maand|uurtje))")
_PAST = re.compile(
    rf"\b(?P<min>kwart|vijf|tien|(?:a )?quarter|five|ten|twenty|half|\d\d?)(?: minutes| min)? (?P<dir>over|voor|past|to|after|before)(?P<of> half)? (?P<h>{_HOUR})(?!\w)"
)
_WHOLE = re.compile(
    rf"\b(?:om|rond|tegen|at|around|about)?\s*(?P<h>{_HOUR})\s*(?:uur|u\b|o'?clock|h\b|hrs?\b)(?! geleden| ago| terug| later)"
)
_AT = re.compile(
    rf"\b(?:om|rond|at|around) (?P<h>{_HOUR})(?=$|[\s,.])(?! (?:school|the|least|minu|people|leerling))"
)
_PART = re.compile(
    rf"\b(?:van|gister(?:en)?|eergister(?:en)?|morgen|'s |[a-z]{{2,5}}dag|this |that |in the |at |last |yesterday |tomorrow |de |[a-z]{{3,6}}day )?(?P<part>{PART}s?)\b"
)
_PM = re.compile(r"(?:middag|avond)s?\b|\b(?:afternoon|evening|tonight|night)\b")
_AM = re.compile(r"(?:ochtend|nacht|vanmorgen|dagmorgen|'s morgen)s?\b|\bmorning\b")
_NIGHT_ENDS = 6
_NOON = 12


@dataclass(frozen=True)
class ClockTime:
    """A time of day; `half_day_open` when only the words around could tell 3:00 from 15:00, and did not."""

    time: time
    half_day_open: bool = False


def read_time(words: str) -> ClockTime | None:
    """The time of day in cleaned, lower-case `words`; None when there is none."""
    for pattern in (_DIGITAL, _DOTTED, _ENGLISH, _PAST, _HALF, _WHOLE, _AT):
        if match := pattern.search(words):
            return _from_match(match, words)
    if words in {"noon", "midnight", "middernacht"} or re.search(
        r"\b(?:at (?:noon|midnight)|om middernacht)\b", words
    ):
        return ClockTime(time(12 if "noon" in words else 0))
    match = _PART.search(words)
    if match is None or match.group() == "morgen" or re.fullmatch(r"(?:de )?morgen", match.group()):
        return None
    part = match["part"].rstrip("s")
    return ClockTime(time(PARTS_OF_DAY[part]))


def _from_match(match: re.Match[str], words: str) -> ClockTime | None:
    found = match.groupdict()
    value = number(found["h"])
    if value is None:
        return None
    total = int(value) * 60 + _minutes(match)
    total %= 24 * 60
    hour, minute = divmod(total, 60)
    if hour > 23:
        return None
    if found.get("half"):
        return ClockTime(time(hour % 12 + (12 if found["half"].startswith("p") else 0), minute))
    digital = match.re in {_DIGITAL, _DOTTED} and (
        found["h"].startswith("0") or hour > _NOON or not _spoken(words)
    )
    if digital or hour > _NOON:
        return ClockTime(time(hour, minute))
    return _half_day(hour, minute, words)


def _minutes(match: re.Match[str]) -> int:
    found = match.groupdict()
    if match.re is _HALF:
        return -30
    if "min" not in found:
        return int(found.get("m") or 0)
    named = found["min"].removeprefix("a ")
    minutes = (
        15 if named in {"kwart", "quarter"} else 30 if named == "half" else int(number(named) or 0)
    )
    signed = minutes if found["dir"] in {"over", "past", "after"} else -minutes
    return signed - (30 if found.get("of") else 0)


def _spoken(words: str) -> bool:
    return bool(_PM.search(words))


def _half_day(hour: int, minute: int, words: str) -> ClockTime:
    """Which half of the day a spoken hour means; without a hint 1-6 is the afternoon, as in school talk."""
    if _AM.search(words):
        return ClockTime(time(hour % 12 if hour == _NOON and "nacht" in words else hour, minute))
    if _PM.search(words):
        return ClockTime(time(hour + 12 if hour < _NOON else hour, minute))
    if hour <= _NIGHT_ENDS:
        return ClockTime(time((hour + 12) % 24 if hour else 0, minute), half_day_open=True)
    return ClockTime(time(hour, minute), half_day_open=True)
