"""What people want the bot to do, other than answer a question."""

import re
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

from dialogs.dates.calendar_words import number
from dialogs.dates.days import read_date
from dialogs.understanding.rules import told
from dialogs.understanding.rules.about import act, recording
from dialogs.understanding.words.scene import Scene, read

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
# Tasks of the lexicon that rules of their own turn into an intent; any other one is an intent by its own name.
_RULED = frozenset({"register", "marked", "command"})
# The tasks among the topics that the encoder weighs.
TOPICS = {
    "task.add": "recordings.add", "task.list": "recordings.list", "task.deleted": "recordings.deleted",
    "task.status": "case.status", "task.language": "language", "task.help": "help", "task.greeting": "greeting",
    "task.thanks": "thanks", "task.data": "my_data", "task.forget": "forget_me", "task.cancel": "cancel",
}  # fmt: skip
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


def intent(scene: Scene, *, asks: str, recordings: bool) -> str | None:
    """The intent of a task; None when the message is a question. `asks` is the topic it would have as a question."""
    ruled = by_rules(scene, asks=asks, recordings=recordings)
    if ruled is not None or asks in {"breach", "consent"}:
        return ruled
    return _by_sentence(scene, recordings=recordings)


def denied(scene: Scene, intent_name: str) -> bool:
    """Whether the words rule out a task that the rules do not see.

    An incident comes first; a bare word ("morgen", "ja") is an answer to something; a look-alike ("verlof opgenomen") and a
    question about the rules are no request; and what is asked of others' data is no request for one's own.
    """
    words = sum(1 for token in scene.tokens if not token.is_end)
    if words <= _BARE or scene.has("breach", "w.leak"):
        return True
    if intent_name == "cancel":
        return words > _SHORT_TALK
    if intent_name == "language":
        return not _speaks(scene, words)
    if intent_name in {"my_data", "forget_me"}:
        return scene.has("audience.parent", "audience.pupil")
    if not intent_name.startswith("recordings."):
        return False
    return scene.has("out") or (intent_name != "recordings.list" and _permission_question(scene))


_BARE = 2


def _by_sentence(scene: Scene, *, recordings: bool) -> str | None:
    """A request in one sentence of a longer message: the last one counts most."""
    cuts = [token.end for token in scene.tokens if token.is_end]
    pieces = [scene.text[a:b].strip() for a, b in pairwise([0, *cuts, len(scene.text)])]
    pieces = [piece for piece in pieces if len(piece.split()) > 1]
    if len(pieces) < _SENTENCES or scene.has("breach", "consent", "out"):
        return None
    for piece in reversed(pieces):
        if any("?" in other for other in pieces if other is not piece):
            continue  # something else is asked
        found = by_rules(read(piece, scene.lexicon), asks="other", recordings=recordings)
        if found in _REQUESTS:
            return found
    return None


_SENTENCES = 2
_REQUESTS = frozenset(
    [
        "recordings.add",
        "recordings.list",
        "recordings.deleted",
        "case.status",
        "language",
        "help",
        "my_data",
        "forget_me",
    ]
)


def by_rules(scene: Scene, *, asks: str, recordings: bool) -> str | None:
    """The intent by the rules alone."""
    if told.recorded(scene, dated=_dated(scene), named=class_name(scene.text) is not None):
        return "recordings.add"
    if not scene.has("task") and not _REFERENCE.search(scene.text.lower()):
        return None
    found = scene.values("task")
    words = sum(1 for token in scene.tokens if not token.is_end)
    if scene.says("others") or scene.has("audience.parent", "audience.pupil"):
        found = found - {"forget_me", "my_data"}
        if not scene.says("cases"):
            found = found - {"status"}
    for name in ("cancel", "forget_me", "my_data"):
        if name in found and (name != "cancel" or words <= 4) and asks not in {"breach", "consent"}:
            return _INTENTS[name]
    if "register" in found and len(scene.tokens) <= _LONG and not _permission_question(scene):
        return "breach.register"
    marked = "marked" in found and _deletion(scene) and not scene.has("w.wh")
    if marked and not _permission_question(scene) and asks != "consent":
        return "recordings.deleted"
    if _REFERENCE.search(scene.text.lower()) or (
        "status" in found and not _question_of_rules(scene)
    ):
        return "case.status"
    if (
        "breach_start" in found
        and asks in {"report", "report_duty", "breach", "open", "other", "unclear"}
        and scene.has("w.leak", "do.report")
        and not scene.has("open.report")
    ):
        return "breach.start" if asks != "breach" or not scene.has("breach") else None
    if "language" in found and _speaks(scene, words):
        return "language"
    if "command" in found and not scene.has("w.consent", "breach") and not _asked(scene):
        return "recordings.add"
    if asks in {"breach", "consent"} and not (
        "deleted" in found and asks == "breach" and _deletion(scene)
    ):
        return (
            "consent.start"
            if "consent_start" in found and words <= _LONG and asks == "consent"
            else None
        )
    own = sorted(found - _INTENTS.keys() - _RULED)
    if own:
        return own[0]
    return _recordings(scene, found, about=recordings) or _small_talk(scene, found, asks, words)


def _dated(scene: Scene) -> bool:
    """Whether a day is named; which one does not matter here."""
    return read_date(scene.text, _ANY_DAY, UTC) is not None


MAY_DAY = re.compile(r"\d{1,2}\w{0,2} may|of may|may \d{1,2}\w{0,2}")  # the month, not the verb
_REFERENCE = re.compile(r"\b(?:br|cp)-?\d{4}-\d{1,4}\b")
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _recordings(scene: Scene, found: set[str], *, about: bool) -> str | None:
    about = (
        about
        or scene.has("rec", "do.record", "lesson.word")
        or len(scene.tokens) <= _SHORT_TALK
        or scene.says("lists")
    )
    if "list" in found and about and not scene.has("place.messenger", "place.mail"):
        return "recordings.list"
    if scene.has("about.password", "about.logged_in"):
        return None
    if "add" in found and about and not _asked(scene) and not _others(scene):
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
            asked = name != "help" and any(token.text == "?" for token in scene.tokens)
            if name in found and not asked and not scene.has("out") and not recording(scene):
                return _INTENTS[name]
    return None


_SHORT_TALK = 4


def _asked(scene: Scene) -> bool:
    """A question about the rules, or what, who and where."""
    return _permission_question(scene) or (
        scene.has("w.wh") and any(token.text == "?" for token in scene.tokens)
    )


def _others(scene: Scene) -> bool:
    """Whether it is about other people, other places or an incident: no plain request to note something."""
    third = scene.values("audience") - {"supervisor", "teacher", "coach", "peer", "self", "pupil"}
    if any(
        f"{one}_{two}" in scene.lexicon.sets["to_register"]
        for one, two in pairwise(token.text for token in scene.tokens)
    ) and not scene.says("asked_of_you"):
        return True  # "to register the lesson" may mean to film it
    outside = scene.values("place") - {"elsewhere"}
    return bool(third or outside) or scene.has(
        "breach", "device.recorder", "device.stick", "w.account"
    )


def _speaks(scene: Scene, words: int) -> bool:
    """Whether it asks for another language: that language, and to speak, or hardly anything else."""
    if not _language(scene) or recording(scene) or scene.has("out", "place", "w.consent"):
        return False
    subject = any(
        one in scene.lexicon.sets["school_subject"]
        and any(two in names for names in scene.lexicon.languages.values())
        for one, two in pairwise(token.text for token in scene.tokens)
    )
    speaks = any(
        token.text.startswith(tuple(scene.lexicon.sets["speak"])) for token in scene.tokens
    )
    return not subject and (speaks or words <= _SHORT_WISH) and words <= _LONG


_SHORT_WISH = 6


def _deletion(scene: Scene) -> bool:
    """A report that something has been deleted, not a question about it, nor by somebody else."""
    if scene.says("third_person") and not scene.says("own_person"):
        return False
    if any(scene.negated(item, 2) for item in scene.all("do.delete")):
        return False
    if scene.values("place") - {"elsewhere"} or scene.has("w.leak", "w.incident", "breach.unshare"):
        return False
    if scene.says("others", "messages"):
        return False
    return (
        not scene.has("about.loss")
        and not any(token.text == "?" for token in scene.tokens)
        and not scene.has(
            "about.when_delete", "breach.wrong", "breach.hacked", "breach.online", "past.share"
        )
    )


def _permission_question(scene: Scene) -> bool:
    """Whether it says "may I ...": about the rules, not a request to the bot."""
    sets = scene.lexicon.sets
    first = [token.text for token in scene.tokens[:12]]
    pairs = list(pairwise(first))
    day = any(MAY_DAY.fullmatch(f"{one} {two}") for one, two in pairs)
    return (
        not sets["leave_verbs"].isdisjoint(first)
        or (not sets["leave_months"].isdisjoint(first) and not day)
        or any(
            one in sets["must_verbs"] and two not in {".", *sets["passive"]} for one, two in pairs
        )
        or any(f"{one}_{two}" in sets["leave_turns"] for one, two in pairs)
    )


def _question_of_rules(scene: Scene) -> bool:
    return _permission_question(scene) or (scene.has("about.report_after") and act(scene) is None)


def _language(scene: Scene) -> str | None:
    for lang, names in scene.lexicon.languages.items():
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
        capital = text[match.start(1) : match.end(1)].strip()[-1:].isupper()  # "4H", not "4h"
        if capital or not _NOT_CLASS.fullmatch(match[1].strip()):
            return " ".join(match[1].split())
    return None
