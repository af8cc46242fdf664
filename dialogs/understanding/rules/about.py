"""What a message is about: the one fact that opens the decision table. Rules in order, first match wins."""

from collections.abc import Callable, Mapping

from dialogs.understanding.rules.table import Signs, first, row
from dialogs.understanding.words.lexicon import Found
from dialogs.understanding.words.scene import Scene

PLAIN = (
    "school_which", "school_where", "plan_content", "plan_where", "plan_duty", "responsible", "school_ok", "binding",
    "law", "password", "log_out", "logged_in", "precautions",
)  # fmt: skip
# Topics with rules of their own; any other topic of the lexicon is asked for by its phrases alone.
_RULED = frozenset(
    [
        "consent_help",
        "covers",
        "how_long",
        "how_share",
        "loss",
        "must_system",
        "purpose_of",
        "report",
        "report_after",
        "report_duty",
        "school_applies",
        "secret",
        "what_with",
        "when_delete",
        "where_keep",
        "who_sees",
    ]
)
_ACTS = ("copy", "publish", "delete", "keep", "share", "show", "record", "use", "edit", "watch")
_SHORT = 7


def recording(scene: Scene) -> bool:
    """Whether the message is about recordings of lessons at all."""
    return first(NAMED, Signs(scene, WORKED_OUT)) is not None


def _carried(scene: Scene) -> bool:
    """A lesson that goes over a channel: "my lesson, via Telegram"."""
    channels = scene.all("place.messenger", "place.cloud", "place.transfer", "place.social")
    over = [
        item
        for item in channels
        if item.start and scene.tokens[item.start - 1].text in scene.lexicon.sets["over"]
    ]
    lessons = [
        item
        for item in scene.all("lesson.thing")
        if scene.tokens[item.end - 1].text in scene.lexicon.sets["lessons"]
    ]
    return bool(over and lessons)


def _gives(scene: Scene, item: Found) -> bool:
    """Whether the act is only giving or putting: a lesson is given without any recording."""
    return scene.tokens[item.start].text in scene.lexicon.sets["giving"]


def added(scene: Scene) -> str | None:
    """A topic that the lexicon was given later."""
    return min(scene.values("about") - {*PLAIN, *_RULED}, default=None)


def act(scene: Scene) -> str | None:
    """The main thing somebody wants to do; an act that is only told about ("die ik heb gefilmd") comes last."""
    found = scene.values("do") - {"report"}
    if "record" in found and len(found) > 1 and (scene.has("past.record") or "copy" in found):
        found = found - {"record"}
    if "record" in found and scene.has("device") and "copy" not in found:
        return "record"
    if scene.has("device.recorder") and found <= {"share", "use", "record"}:
        return "record"
    if "delete" in found and not _own_deletion(scene):
        found = found - {"delete"}
    named = next((name for name in _ACTS if name in found), None)
    return named or _implied(scene)


def _own_deletion(scene: Scene) -> bool:
    """Whether "may I delete it (earlier)?" is asked for oneself, not a duty, not somebody else's demand."""
    return scene.has("ask.self", "mood.leave") and not scene.has(
        "w.wh", "past.deleted", "about.when_delete", "open"
    )


def _implied(scene: Scene) -> str | None:
    """The act that is not named: a channel means sharing, a camera recording, a viewer showing."""
    if scene.has("device.recorder"):
        return "record"
    if scene.values("place") - {"elsewhere"}:
        return "share"
    if scene.has("system.product") and scene.has("device"):
        return "record"
    if scene.values("audience") - {"someone", "self", "teacher"}:
        return "show"
    return "use" if scene.has("purpose") else None


def question(scene: Scene) -> bool:
    """Whether the message asks: a question mark, a question word, or a verb in front."""
    if scene.has("w.wh", "mood.leave", "ask.self") or any(
        token.text == "?" for token in scene.tokens
    ):
        return True
    return bool(scene.tokens) and scene.tokens[0].text in scene.lexicon.sets["verbs_first"]


def pronoun(scene: Scene) -> bool:
    """Whether the message points at something without naming it."""
    return any(token.text in scene.lexicon.sets["pronouns"] for token in scene.tokens)


def vague(scene: Scene) -> bool:
    """A short message that names nothing: "may I?", "en nu?", "she said no", "ik heb een probleem"."""
    words = [token for token in scene.tokens if not token.is_end]
    if not words or scene.has("out"):
        return False
    if len(words) > _SHORT:
        return hollow(scene)
    small = scene.lexicon.votes
    content = [
        token for token in words if token.text not in small and not token.tags.keys() & _EMPTY
    ]
    return not content or hollow(scene)


def hollow(scene: Scene) -> bool:
    """A message that asks about "it" or "that", in words that name nothing: "he asked whether he could have it too"."""
    words = [token for token in scene.tokens if not token.is_end]
    if scene.has("rec", "system", "place", "device", "lesson", "consent", "school", "out", "about"):
        return False
    if len(words) > _CHAT or (scene.has("do") and scene.has("audience")):
        return False
    points = pronoun(scene) or scene.says("pointers")
    known = scene.lexicon
    return points and all(
        token.text in known.votes
        or token.text in known.sets["hollow"]
        or token.tags.keys() & _HOLLOW
        for token in words
    )


_CHAT = 26
_HOLLOW = frozenset(
    {"w.may", "vague", "do", "w.wh", "w.negation", "audience", "w.lost", "w.leak", "w.incident"}
)
_EMPTY = frozenset({"w.may", "vague", "do", "w.wh", "w.negation", "audience.someone"})


_MOVED = "do.share do.show do.publish do.copy"
_OUTWARD = frozenset({"pupil", "self", "someone", "school", "public", "teacher", "coach"})
# A part of a lesson, or a lesson, that goes somewhere or is looked at: only a recording can.
PIECE = (
    row("piece", f"lesson.piece; {_MOVED} do.keep do.use place do.edit do.watch", "out"),
    row("piece", "?lesson_moved", "out lesson.piece"),
    row("piece", "device.recorder; lesson; do", "out lesson.piece"),
    row("piece", "do.record; purpose.proof purpose.fun", "out lesson.piece"),
    row("piece", "do.copy; lesson; purpose", "out lesson.piece"),
    row("piece", "?carried", "out lesson.piece"),
)
# What shows that a message is about recordings of lessons.
NAMED = (
    row("named", "rec.strong system.product"),
    row("named", "system.word", "system.person system.eye"),
    row("named", "open.angle; device.recorder"),
    row("named", "w.strong_consent", "out"),
    row("named", "w.notify; w.incident", "out"),
    row("named", "past.share; breach.wrong; lesson.thing", "out"),
    row("named", "about.how_long; do.keep", "out"),
    row("named", "breach.online breach.seen; lesson.thing", "out"),
    row("named", "rec.weak rec.photo; lesson audience school"),
    row("named", "rec.weak rec.photo; do place; w.may", "out"),
    row("named", f"lesson.thing; {_MOVED}; place ?outward", "out"),
    *PIECE,
    row("named", "do.record; mood.leave", "out"),
    row("named", "do.record; lesson device w.consent"),
    row("named", "breach.device; lesson"),
    row("named", "device.recorder lesson.thing; place device.recorder; w.may", "out"),
    row("named", "w.leak dom", "out"),
)


def _lesson_moved(seen: Signs) -> bool:
    """A lesson that somebody wants to send, or that is kept for some time or somewhere."""
    scene = seen.scene
    wanted = scene.has("mood.leave", "mood.wish")
    sent = [item for item in scene.all("do.share") if not _gives(scene, item)]
    kept = scene.has("do.keep") and scene.has("time", "place")
    return scene.has("lesson.thing") and (bool(wanted and sent) or kept)


WORKED_OUT: Mapping[str, Callable[[Signs], bool]] = {
    "?outward": lambda seen: bool(seen.scene.values("audience") - _OUTWARD),
    "?lesson_moved": _lesson_moved,
    "?carried": lambda seen: _carried(seen.scene),
}
