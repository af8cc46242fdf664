"""What people want the bot to do, other than answer a question."""

import re
from datetime import datetime, tzinfo

from dialogs.understanding import topics
from dialogs.understanding.about import act, recording
from dialogs.understanding.calendar_words import number
from dialogs.understanding.dates import read_date
from dialogs.understanding.features import features
from dialogs.understanding.scene import Scene

_INTENTS = {
    "add": "recordings.add",
    "list": "recordings.list",
    "deleted": "recordings.deleted",
    "status": "case.status",
    "language": "language",
    "help": "help",
    "greeting": "greeting",
    "thanks": "thanks",
    "my_data": "my_data",
    "forget_me": "forget_me",
    "breach_start": "breach.start",
    "consent_start": "consent.start",
    "cancel": "cancel",
}
_LANGUAGES = {"en": ("engels", "english"), "nl": ("nederlands", "dutch", "vlaams")}
_CLASS = re.compile(
    r"\b(?:klas\s+|class\s+)?("
    r"[1-6]\s?(?:e|ste|de|st|nd|rd|th)?\s?-?(?:havo|vwo|mavo|vmbo(?:-?[btk]l?)?|gymnasium|atheneum|tto|hv|mh|vg|bk|kgt|year|years|class|form)(?:\s?/\s?(?:havo|vwo))?(?:-?[a-z]?\d)?\b"
    r"|[1-6](?:e|ste|de)\s+klas|(?:havo|vwo|mavo|vmbo|gymnasium|atheneum)\s?[1-6]\b|[1-6][a-z]{1,2}\d?(?=\b)|brugklas\s?\w?\b|year\s+\d{1,2}|(?:1st|2nd|3rd|[4-6]th)\s+(?:year|form|grade)(?:\s+class)?)",
)
_NOT_CLASS = re.compile(r"[1-6](?:am|pm|u|x|e|de|st|nd|rd|th|k|m|d|h|g)$")
_COUNT = re.compile(
    r"\b(\d{1,2}|een|één|twee|drie|vier|vijf|zes|one|two|three|four|five|six)\s+(?:\w+\s+)?(?:les)?(?:opnames?|opnamen|recordings?|filmpjes?|lessen|lessons?|video'?s?|clips?)\b"
)
_LONG = 14


# Tasks the classifier knows, and how sure it must be where the rules see none.
TOPICS = {
    "task_add": "recordings.add", "task_list": "recordings.list", "task_deleted": "recordings.deleted",
    "task_status": "case.status", "task_language": "language", "task_help": "help", "task_greeting": "greeting",
    "task_thanks": "thanks", "task_data": "my_data", "task_forget": "forget_me", "task_cancel": "cancel",
}  # fmt: skip
SURE = 0.5
_WEAK = frozenset(
    {
        "other",
        "unclear",
        "open",
        "record",
        "use",
        "share",
        "show",
        "keep",
        "how_long",
        "where_keep",
        "report",
        "when_delete",
    }
)


def intent(scene: Scene, *, asks: str, recordings: bool, follows: bool = False) -> str | None:
    """The intent of a task; None when the message is a question. `asks` is the topic it would have as a question."""
    ruled = by_rules(scene, asks=asks, recordings=recordings)
    if (
        ruled is not None
        or follows
        or asks not in _WEAK
        or scene.has("ask.self", "about.secret", "out")
    ):
        return ruled
    odds = topics.score(features(scene), topics.weights())
    best, name = odds[0] if odds else (0.0, "")
    return (
        TOPICS.get(name) if best >= SURE and (name != "task_language" or _language(scene)) else None
    )


def by_rules(scene: Scene, *, asks: str, recordings: bool) -> str | None:
    """The intent by the rules alone."""
    if not scene.has("task"):
        return None
    found = scene.values("task")
    words = sum(1 for token in scene.tokens if not token.is_end)
    for name in ("cancel", "forget_me", "my_data"):
        if name in found and (name != "cancel" or words <= 4) and asks not in {"breach", "consent"}:
            return _INTENTS[name]
    if "status" in found and not _question_of_rules(scene):
        return "case.status"
    if (
        "breach_start" in found
        and asks in {"report", "report_duty", "breach", "open", "other", "unclear"}
        and scene.has("w.leak", "do.report")
    ):
        return "breach.start" if asks != "breach" or not scene.has("breach") else None
    if "language" in found and _language(scene) and not recording(scene) and not scene.has("out"):
        return "language"
    if asks in {"breach", "consent"} and not (
        "deleted" in found and asks == "breach" and _deletion(scene)
    ):
        return (
            "consent.start"
            if "consent_start" in found and words <= _LONG and asks == "consent"
            else None
        )
    return _recordings(scene, found, about=recordings) or _small_talk(scene, found, asks, words)


def _recordings(scene: Scene, found: set[str], *, about: bool) -> str | None:
    about = (
        about or scene.has("rec", "do.record", "lesson.word") or len(scene.tokens) <= _SHORT_TALK
    )
    if "list" in found and about and not scene.has("place.messenger", "place.mail"):
        return "recordings.list"
    if scene.has("about.password", "about.logged_in"):
        return None
    if "add" in found and about and not _permission_question(scene):
        return "recordings.add"
    if "deleted" in found and _deletion(scene) and not _permission_question(scene):
        return "recordings.deleted"
    return None


def _small_talk(scene: Scene, found: set[str], asks: str, words: int) -> str | None:
    if (
        "consent_start" in found
        and scene.has("w.consent", "rec", "do.record")
        and not _permission_question(scene)
    ):
        return "consent.start"
    if asks in {"other", "unclear", "open"} or words <= _SHORT_TALK:
        for name in ("help", "greeting", "thanks"):
            if name in found and not scene.has("out") and not recording(scene):
                return _INTENTS[name]
    return None


_SHORT_TALK = 4


def _deletion(scene: Scene) -> bool:
    """A report that something has been deleted, not a question about it."""
    return (
        not scene.has("about.loss")
        and not any(token.text == "?" for token in scene.tokens)
        and not scene.has(
            "about.when_delete", "breach.wrong", "breach.hacked", "breach.online", "past.share"
        )
    )


def _permission_question(scene: Scene) -> bool:
    """Whether it says "may I ...": about the rules, not a request to the bot."""
    first = [token.text for token in scene.tokens[:12]]
    return (
        "mag" in first
        or "may" in first
        or "moet" in first
        or ("i" in first and ("can" in first and first.index("i") == first.index("can") + 1))
    )


def _question_of_rules(scene: Scene) -> bool:
    return _permission_question(scene) or (scene.has("about.report_after") and act(scene) is None)


def _language(scene: Scene) -> str | None:
    for lang, names in _LANGUAGES.items():
        if scene.has_word(*names):
            return lang
    return None


def data(scene: Scene, intent_name: str, now: datetime, tz: tzinfo) -> dict[str, str]:
    """What the dialog of an intent can use: date (ISO), label, count; or the language to change to."""
    if intent_name == "language":
        lang = _language(scene)
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
        if not _NOT_CLASS.fullmatch(match[1].strip()):
            return " ".join(match[1].split())
    return None
