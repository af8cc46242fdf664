"""What people want the bot to do, other than answer a question."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import pairwise

from dialogs.dates.days import read_date
from dialogs.understanding.rules import details, told
from dialogs.understanding.rules.about import act, recording
from dialogs.understanding.rules.table import Signs, first, row
from dialogs.understanding.words.scene import Scene, read

# Tasks of the lexicon that rows below know; any other one is an intent by its own name.
_KNOWN = frozenset({
    "add", "list", "deleted", "status", "language", "help", "greeting", "thanks", "my_data", "forget_me", "breach_start",
    "consent_start", "cancel", "register", "marked", "command",
})  # fmt: skip
# The tasks among the topics that the encoder weighs.
TOPICS = {
    "task.add": "recordings.add", "task.list": "recordings.list", "task.deleted": "recordings.deleted",
    "task.status": "case.status", "task.language": "language", "task.help": "help", "task.greeting": "greeting",
    "task.thanks": "thanks", "task.data": "my_data", "task.forget": "forget_me", "task.cancel": "cancel",
}  # fmt: skip
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


NOTHING = "?nothing"  # the row says: no task after all
ADDED = "?added"  # ... or the task that the lexicon was given later
_REPORTING = "task.breach_start; ?reportable; w.leak do.report"
_ACCOUNT = "about.password about.logged_in"
ROWS = (
    row("recordings.add", "?told"),
    row("cancel", "task.cancel; ?few_words", "?trouble"),
    row("forget_me", "task.forget_me", "?of_others ?trouble"),
    row("my_data", "task.my_data", "?of_others ?trouble"),
    row("breach.register", "task.register; ?short", "?leave"),
    row("recordings.deleted", "task.marked; ?deletion", "w.wh ?leave ?asks:consent"),
    row("case.status", "?reference"),
    row("case.status", "task.status", "?others_status ?of_rules"),
    row("breach.start", _REPORTING, "open.report ?told_breach"),
    row(NOTHING, _REPORTING, "open.report"),
    row("language", "task.language; ?speaks"),
    row("recordings.add", "task.command", "w.consent breach ?asked"),
    row("consent.start", "?asks:consent; task.consent_start; ?sentence"),
    row(NOTHING, "?trouble", "?deleted_breach"),
    row(ADDED, "?added"),
    row("recordings.list", "task.list; ?about", "place.messenger place.mail"),
    row("recordings.add", "task.add; ?about", f"{_ACCOUNT} ?asked ?others"),
    row("recordings.deleted", "task.deleted; ?deletion", f"{_ACCOUNT} ?leave"),
    row("consent.start", "task.consent_start; w.consent rec do.record", "?leave"),
    row("help", "task.help; ?passing", "out ?named"),
    row("greeting", "task.greeting; ?passing", "out ?named ?mark"),
    row("thanks", "task.thanks; ?passing", "out ?named ?mark"),
)


def by_rules(scene: Scene, *, asks: str, recordings: bool) -> str | None:
    """The intent by the rows. `asks`: the topic it would have as a question; `recordings`: whether they are named."""
    if not scene.has("task") and not _reference(scene) and not _told(scene):
        return None
    seen = Signs(scene, {**WORKED_OUT, **_given(asks, recordings=recordings)})
    then = first(ROWS, seen)
    if then == ADDED:
        return min(_added(scene))
    return None if then == NOTHING else then


def _given(asks: str, *, recordings: bool) -> dict[str, Callable[[Signs], bool]]:
    """The signs that hang on the topic found before."""
    return {
        "?trouble": lambda _: asks in {"breach", "consent"},
        "?asks:consent": lambda _: asks == "consent",
        "?reportable": lambda _: asks in _REPORTABLE,
        "?told_breach": lambda seen: asks == "breach" and seen.has("breach"),
        "?deleted_breach": lambda seen: (
            asks == "breach" and seen.has("task.deleted") and seen.has("?deletion")
        ),
        "?about": lambda seen: recordings or _about(seen.scene),
        "?passing": lambda s: (
            asks in {"other", "unclear", "open"} or _words(s.scene) <= _SHORT_TALK
        ),
    }


_REPORTABLE = frozenset({"report", "report_duty", "breach", "open", "other", "unclear"})


def _told(scene: Scene) -> bool:
    """A recording that somebody only tells about."""
    named = details.class_name(scene.text) is not None
    return told.recorded(scene, dated=_dated(scene), named=named)


def _added(scene: Scene) -> set[str]:
    """Tasks that the lexicon was given later: intents by their own names."""
    return scene.values("task") - _KNOWN


def _reference(scene: Scene) -> bool:
    """Whether a case is named by its reference."""
    return _REFERENCE.search(scene.text.lower()) is not None


def _words(scene: Scene) -> int:
    return sum(1 for token in scene.tokens if not token.is_end)


def _mark(scene: Scene) -> bool:
    return any(token.text == "?" for token in scene.tokens)


def _of_others(scene: Scene) -> bool:
    """Whether it is about what others said, or about pupils and parents."""
    return scene.says("others") or scene.has("audience.parent", "audience.pupil")


def _about(scene: Scene) -> bool:
    """Whether a list or a note can only be one of recordings."""
    short = len(scene.tokens) <= _SHORT_TALK
    return scene.has("rec", "do.record", "lesson.word") or short or scene.says("lists")


def _dated(scene: Scene) -> bool:
    """Whether a day is named; which one does not matter here."""
    return read_date(scene.text, _ANY_DAY, UTC) is not None


MAY_DAY = re.compile(r"\d{1,2}\w{0,2} may|of may|may \d{1,2}\w{0,2}")  # the month, not the verb
_REFERENCE = re.compile(r"\b(?:br|cp)-?\d{4}-\d{1,4}\b")
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


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
    if not details.language(scene) or recording(scene) or scene.has("out", "place", "w.consent"):
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


WORKED_OUT: Mapping[str, Callable[[Signs], bool]] = {
    "?told": lambda seen: _told(seen.scene),
    "?few_words": lambda seen: _words(seen.scene) <= _SHORT_TALK,
    "?short": lambda seen: len(seen.scene.tokens) <= _LONG,
    "?sentence": lambda seen: _words(seen.scene) <= _LONG,
    "?of_others": lambda seen: _of_others(seen.scene),
    "?others_status": lambda seen: seen.has("?of_others") and not seen.scene.says("cases"),
    "?leave": lambda seen: _permission_question(seen.scene),
    "?deletion": lambda seen: _deletion(seen.scene),
    "?reference": lambda seen: _reference(seen.scene),
    "?of_rules": lambda seen: _question_of_rules(seen.scene),
    "?speaks": lambda seen: _speaks(seen.scene, _words(seen.scene)),
    "?asked": lambda seen: _asked(seen.scene),
    "?added": lambda seen: bool(_added(seen.scene)),
    "?others": lambda seen: _others(seen.scene),
    "?named": lambda seen: recording(seen.scene),
    "?mark": lambda seen: _mark(seen.scene),
}
