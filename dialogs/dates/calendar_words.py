"""Words for numbers, months, weekdays and parts of the day, in Dutch and English."""

import re
from datetime import date, timedelta
from fractions import Fraction

_UNITS = (
    ("een", "één", "eén", "'n", "a", "an", "one"), ("twee", "two"), ("drie", "three"), ("vier", "four"),
    ("vijf", "five"), ("zes", "six"), ("zeven", "seven"), ("acht", "eight"), ("negen", "nine"), ("tien", "ten"),
    ("elf", "eleven"), ("twaalf", "twelve"), ("dertien", "thirteen"), ("veertien", "fourteen"),
    ("vijftien", "fifteen"), ("zestien", "sixteen"), ("zeventien", "seventeen"), ("achttien", "eighteen"),
    ("negentien", "nineteen"), ("twintig", "twenty"),
)  # fmt: skip
NUMBER_WORDS: dict[str, Fraction] = {
    **{word: Fraction(value) for value, words in enumerate(_UNITS, start=1) for word in words},
    "half": Fraction(1, 2),
    "halve": Fraction(1, 2),
    "anderhalf": Fraction(3, 2),
    "anderhalve": Fraction(3, 2),
    "dertig": Fraction(30),
    "thirty": Fraction(30),
}

_MONTH_PATTERNS = (
    r"jan(?:uari|uary|\.)?", r"feb(?:r?uari|r?uary|r|\.)?", r"maart|mrt\.?|march|mar\.?", r"apr(?:il|\.)?", r"mei|may",
    r"juni?|june", r"juli?|july", r"aug(?:ustus|ust|\.)?", r"sept?(?:ember|\.)?", r"okt(?:ober|\.)?|oct(?:ober|\.)?",
    r"nov(?:ember|\.)?", r"dec(?:ember|\.)?",
)  # fmt: skip
MONTH = "|".join(_MONTH_PATTERNS)

_DAY_NAMES = (
    ("maandag", "monday"), ("dinsdag", "dinsag", "tuesday", "tues"), ("woensdag", "woesdag", "wednesday", "weds"),
    ("donderdag", "thursday", "thurs"), ("vrijdag", "friday"), ("zaterdag", "saturday"), ("zondag", "sunday"),
)  # fmt: skip
WEEKDAYS: dict[str, int] = {name: index for index, names in enumerate(_DAY_NAMES) for name in names}
WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
# Two-letter Dutch days are also ordinary words ("zo", "do"): they count only when they are the whole text.
SHORT_WEEKDAYS = {"ma": 0, "di": 1, "wo": 2, "do": 3, "vr": 4, "za": 5, "zo": 6}

# The moment a part of the day begins: a deadline counted from it is never too late.
PARTS_OF_DAY: dict[str, int] = {
    "ochtend": 6, "morgen": 6, "morning": 6, "voormiddag": 9, "middag": 12, "namiddag": 12, "afternoon": 12,
    "avond": 18, "evening": 18, "nacht": 0, "night": 18, "noon": 12, "midnight": 0, "middernacht": 0,
}  # fmt: skip
PART = "|".join(sorted(PARTS_OF_DAY, key=len, reverse=True))


def number(word: str) -> Fraction | None:
    """The value of '3', 'drie', 'anderhalf', 'een half', 'half a', '2,5'; None when it is no number."""
    word = word.strip()
    if re.fullmatch(r"\d{1,4}", word):
        return Fraction(int(word))
    if re.fullmatch(r"\d{1,3}[.,]\d", word):
        return Fraction(word.replace(",", "."))
    parts = [part for part in word.split() if part not in {"a", "an", "een", "en"}] or word.split()
    if len(parts) == 1:
        return NUMBER_WORDS.get(parts[0])
    values = [NUMBER_WORDS.get(part) for part in parts if part != "and"]
    return sum((v for v in values if v is not None), Fraction(0)) if None not in values else None


def month(word: str) -> int:
    """The number of a month named by MONTH (1-12)."""
    return next(
        index
        for index, pattern in enumerate(_MONTH_PATTERNS, start=1)
        if re.fullmatch(f"(?:{pattern})", word)
    )


def months_before(day: date, months: int) -> date:
    """The same day `months` calendar months earlier, or the last day of that shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, zero_month = divmod(index, 12)
    following = date(year + (zero_month == 11), (zero_month + 1) % 12 + 1, 1)
    return min(
        date(year, zero_month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1)
    )
