"""From a scene, and the scenes before it, to the frame of facts that decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.understanding.rules import about as topics
from dialogs.understanding.rules import slots
from dialogs.understanding.rules.facts import Fact
from dialogs.understanding.rules.topics import by_rules
from dialogs.understanding.words.scene import Scene

_STICKY = {
    "breach": frozenset(
        {
            "report",
            "report_duty",
            "report_after",
            "delete",
            "record",
            "open",
            "share",
            "show",
            "watch",
            "use",
            "when_delete",
        }
    ),
    "consent": frozenset(
        {"record", "open", "consent_open", "share", "secret", "show", "edit", "keep"}
    ),
}
_PASSING = frozenset(["share", "show", "use", "watch", "edit", "keep", "copy", "publish"])
_ELLIPSIS = 4
_ALARMS = ("breach.device", "breach.wrong", "breach.hacked")
SLOTS = ("audience", "place", "purpose", "time", "need", "permission")


@dataclass(frozen=True)
class Frame:
    """What one message, with the messages before it, is about."""

    about: str
    facts: tuple[Fact, ...]
    recording: bool
    words: str = ""
    alarm: bool = False  # something went wrong, whether or not recordings were named
    reported: bool = False  # ... and has been reported

    def value(self, name: str) -> str:
        """The value of a slot, or "none"."""
        return next((fact.value for fact in self.facts if fact.name == name), "none")


def frame(scene: Scene, now_month: int, before: Frame | None = None) -> Frame:
    """The frame of `scene`; a follow-up keeps the facts of `before` that it does not replace."""
    inherited = before is not None and before.recording and follows(scene, before)
    about_recordings = topics.recording(scene) or inherited
    name = _about(scene, about_recordings=about_recordings, before=before if inherited else None)
    found = slots.facts(scene, name, now_month)
    if inherited and before is not None:
        found = _merge(scene, found, before, name)
    about_recordings = about_recordings or name == "lost_device"
    if before is not None and _confirms(scene, before, name):
        name, about_recordings = "breach", True
    return Frame(
        name,
        tuple(found),
        about_recordings,
        _words(scene, name),
        alarm=scene.has(*_ALARMS),
        reported=scene.has("said.reported") or (inherited and bool(before and before.reported)),
    )


def _confirms(scene: Scene, before: Frame, name: str) -> bool:
    """Whether a message adds to an incident told before that recordings, or the account for them, are in it."""
    if not before.alarm or before.about not in {"other", "unclear", "lost_device", "clarify"}:
        return False
    named = topics.recording(scene) or scene.has("rec", "lesson", "w.account", "system")
    asks = scene.has("w.negation", "out", "task", "mood.leave") or name in {"report", "how_long"}
    return named and not asks


def follows(scene: Scene, before: Frame) -> bool:
    """Whether a message goes on about the one before it."""
    if _elsewhere(scene):
        return False
    if scene.has("out") or (
        scene.has("task") and not scene.has("do", "breach", "consent", "place", "audience")
    ):
        return False
    first = scene.tokens[0].text if scene.tokens else ""
    if first in scene.lexicon.sets["connectors"] or not topics.recording(scene):
        return True
    words = sum(1 for token in scene.tokens if not token.is_end)
    if words <= _ELLIPSIS or not (scene.has("do") or scene.has("about") or scene.has("open")):
        return True
    return before.about == "consent" and scene.has("do.record") and not scene.has("rec")


def _elsewhere(scene: Scene) -> bool:
    """A message that leaves the subject: "another thing, when is the library open?"."""
    ours = (
        "rec",
        "system",
        "do",
        "audience",
        "place",
        "consent",
        "breach",
        "time",
        "device",
        "permission",
        "school",
        "lesson",
        "w.account",
        "open",
        "about",
    )
    if scene.has(*ours) or topics.pronoun(scene) or not topics.question(scene):
        return False
    return scene.has("turn.change")


def _merge(scene: Scene, found: list[Fact], before: Frame, about: str) -> list[Fact]:
    own = {fact.name for fact in found}
    kept = [fact for fact in before.facts if fact.name in SLOTS and fact.name not in own]
    if about == "record":
        kept = [fact for fact in kept if fact.name not in {"audience", "time", "need"}]
    if scene.has("audience", "place") and before.about != about:
        kept = [fact for fact in kept if fact.name != "permission"]
    return [*found, *kept]


def _about(scene: Scene, *, about_recordings: bool, before: Frame | None) -> str:
    """The topic of the message after the one before it."""
    name = _own(scene, about_recordings=about_recordings)
    if before is None:
        return name
    if before.about in {"report", "report_duty", "report_after"} and scene.has(
        "about.report", "about.report_duty"
    ):
        return "report_duty" if scene.has("about.report_duty") else "report"
    if before.about == "breach" and before.reported and scene.has("open.report", "w.notify"):
        return "open"
    sticky = _STICKY.get(before.about)
    if (
        sticky is not None
        and name not in {"breach", "consent"}
        and (name in sticky or name in {"unclear", "other"})
    ):
        return before.about
    if before.about == "how_long" and not scene.has("about"):
        if scene.has("time.end_of_study"):
            return "when_delete"
        if scene.has("time", "need"):
            return "keep"
    if before.about == "lost_device" and not scene.has("w.negation"):
        reached = topics.recording(scene) or scene.has("w.visible", "w.account", "lesson")
        return "breach" if reached else "lost_device"
    outward = (
        before.value("place") not in {"none", "system", "system_app"}
        or before.value("audience") != "none"
    )
    if outward and name in {"consent_open", "secret", "open"} and not scene.has("w.wh", "do"):
        return before.about
    if name in {"unclear", "open", "other"}:
        return before.about if before.about != "other" else name
    if name in {"share", "show", "use"} and before.about in _PASSING and not scene.has("do"):
        return before.about  # only a channel or a person is new
    return name


def _own(scene: Scene, *, about_recordings: bool) -> str:
    """The topic of the message by itself."""
    if scene.has("turn.empty") and not scene.has("do", "audience", "place", "consent", "breach"):
        return "unclear"
    return by_rules(scene, about_recordings=about_recordings)


def _words(scene: Scene, about: str) -> str:
    """The words that name the topic."""
    for kind in (f"do.{about}", f"about.{about}", about, "open"):
        if found := scene.all(kind):
            return scene.words(found[0])
    return ""


def chain(scenes: Sequence[Scene], now_month: int) -> Frame | None:
    """The frame after all earlier messages of a conversation."""
    last: Frame | None = None
    for scene in scenes:
        last = frame(scene, now_month, last)
    return last
