"""What the dialog of a task can use of a sentence: a day, a neutral label, a count, a language."""

import re
from datetime import datetime, tzinfo

from dialogs.dates.calendar_words import number
from dialogs.dates.days import read_date
from dialogs.understanding.words.scene import Scene

_CLASS = re.compile(
    r"\b(?:klas\s+|class\s+)?("
    r"[1-6]\s?(?:e|ste|de|st|nd|rd|th)?\s?-?(?:havo|vwo|mavo|vmbo(?:-?[btk]l?)?|gymnasium|atheneum|tto|hv|mh|vg|bk|kgt|year|years|class|form)(?:\s?/\s?(?:havo|vwo))?(?:-?[a-z]?\d)?\b"
    r"|[1-6](?:e|ste|de)\s+klas|(?:havo|vwo|mavo|vmbo|gymnasium|atheneum)\s?[1-6]\b|[1-6][a-z]{1,2}\d?(?=\b)|brugklas\s?\w?\b|year\s+\d{1,2}|(?:1st|2nd|3rd|[4-6]th)\s+(?:year|form|grade)(?:\s+class)?)",
)
_NOT_CLASS = re.compile(r"[1-6](?:am|pm|u|x|e|de|st|nd|rd|th|k|m|d|h|g)$")
_COUNT = re.compile(
    r"\b(\d{1,2}|een|één|twee|drie|vier|vijf|zes|one|two|three|four|five|six)\s+(?:\w+\s+)?(?:les)?(?:opnames?|opnamen|recordings?|filmpjes?|lessen|lessons?|video'?s?|clips?)\b"
)


def language(scene: Scene) -> str | None:
    """The language that is named."""
    for lang, names in scene.lexicon.languages.items():
        if scene.has_word(*names):
            return lang
    return None


def data(scene: Scene, intent_name: str, now: datetime, tz: tzinfo) -> dict[str, str]:
    """What the dialog of an intent can use: date (ISO), label, count; or the language to change to."""
    if intent_name == "language":
        lang = language(scene)
        return {"to": lang} if lang else {}
    if not intent_name.startswith("recordings."):
        return {}
    found: dict[str, str] = {}
    day = read_date(scene.text, now, tz)
    if day is not None:
        found["date"] = day.isoformat()
    if label := class_name(scene.text):
        found["label"] = label
    if match := _COUNT.search(scene.text.lower()):
        value = number(match[1])
        if value is not None and value > 1:
            found["count"] = str(int(value))
    return found


def class_name(text: str) -> str | None:
    """A neutral label: the class ("3 havo", "2b"), never a person."""
    for match in _CLASS.finditer(text.lower()):
        capital = text[match.start(1) : match.end(1)].strip()[-1:].isupper()  # "4H", not "4h"
        if capital or not _NOT_CLASS.fullmatch(match[1].strip()):
            return " ".join(text[match.start(1) : match.end(1)].split())
    return None
