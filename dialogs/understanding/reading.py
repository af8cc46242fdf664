"""From a scene, and the scenes before it, to the frame of facts that decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dialogs.understanding import about as topics
from dialogs.understanding import slots
from dialogs.understanding.advice import advise
from dialogs.understanding.facts import Fact
from dialogs.understanding.scene import Scene

_CONNECTORS = frozenset(
    [
        "en",
        "and",
        "ook",
        "also",
        "maar",
        "but",
        "of",
        "or",
        "dus",
        "so",
        "dan",
        "then",
        "ja",
        "yes",
        "nee",
        "no",
        "nope",
        "zelfs",
        "even",
        "gewoon",
        "just",
        "anyway",
        "toch",
        "still",
        "als",
        "if",
        "wat",
        "what",
        "instead",
        "nou",
        "oke",
        "ok",
        "oké",
        "okay",
        "hmm",
        "oh",
        "want",
        "because",
        "daar",
        "die",
        "dat",
        "hij",
        "ze",
        "it",
        "they",
        "dit",
        "and",
    ]
)
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
_PASSING = frozenset("share show use watch edit keep copy publish".split())
_ELLIPSIS = 4
_STATEMENT = 9
SLOTS = ("audience", "place", "purpose", "time", "need", "permission")


@dataclass(frozen=True)
class Frame:
    """What one message, with the messages before it, is about."""

    about: str
    facts: tuple[Fact, ...]
    recording: bool
    own_act: bool
    words: str = ""

    def value(self, name: str) -> str:
        """The value of a slot, or "none"."""
        return next((fact.value for fact in self.facts if fact.name == name), "none")


def frame(scene: Scene, now_month: int, before: Frame | None = None) -> Frame:
    """The frame of `scene`; a follow-up keeps the facts of `before` that it does not replace."""
    inherited = before is not None and before.recording and follows(scene, before)
    about_recordings = topics.recording(scene) or inherited
    name, sure = _about(
        scene, about_recordings=about_recordings, before=before if inherited else None
    )
    found = slots.facts(scene, name, now_month)
    if inherited and before is not None:
        found = _merge(scene, found, before, name)
    about_recordings = about_recordings or name == "lost_device"
    return Frame(name, tuple(found), about_recordings, sure, _words(scene, name))


def follows(scene: Scene, before: Frame) -> bool:
    """Whether a message goes on about the one before it."""
    if scene.has("out") or (
        scene.has("task") and not scene.has("do", "breach", "consent", "place", "audience")
    ):
        return False
    first = scene.tokens[0].text if scene.tokens else ""
    if first in _CONNECTORS or not topics.recording(scene):
        return True
    words = sum(1 for token in scene.tokens if not token.is_end)
    if words <= _ELLIPSIS or not (scene.has("do") or scene.has("about") or scene.has("open")):
        return True
    return before.about == "consent" and scene.has("do.record") and not scene.has("rec")


def _merge(scene: Scene, found: list[Fact], before: Frame, about: str) -> list[Fact]:
    own = {fact.name for fact in found}
    kept = [fact for fact in before.facts if fact.name in SLOTS and fact.name not in own]
    if about == "record":
        kept = [fact for fact in kept if fact.name not in {"audience", "time", "need"}]
    if scene.has("audience", "place") and before.about != about:
        kept = [fact for fact in kept if fact.name != "permission"]
    return [*found, *kept]


def _about(scene: Scene, *, about_recordings: bool, before: Frame | None) -> tuple[str, bool]:
    """The topic, and whether this message itself names it."""
    name = _own(scene, about_recordings=about_recordings, inherited=before is not None)
    if before is None:
        return name, True
    if before.about in {"report", "report_duty", "report_after"} and scene.has(
        "about.report", "about.report_duty"
    ):
        return ("report_duty" if scene.has("about.report_duty") else "report"), True
    sticky = _STICKY.get(before.about)
    if (
        sticky is not None
        and name not in {"breach", "consent"}
        and (name in sticky or name in {"unclear", "other"})
    ):
        return before.about, False
    if before.about == "how_long" and not scene.has("about"):
        if scene.has("time.end_of_study"):
            return "when_delete", False
        if scene.has("time", "need"):
            return "keep", False
    if before.about == "lost_device" and not scene.has("w.negation"):
        reached = topics.recording(scene) or scene.has("w.visible", "w.account", "lesson")
        return ("breach" if reached else "lost_device"), True
    outward = (
        before.value("place") not in {"none", "iris", "iris_app"}
        or before.value("audience") != "none"
    )
    if outward and name in {"consent_open", "secret", "open"} and not scene.has("w.wh", "do"):
        return before.about, False
    if name in {"unclear", "open", "other"}:
        return (before.about if before.about != "other" else name), False
    if name in {"share", "show", "use"} and before.about in _PASSING and not scene.has("do"):
        return before.about, False  # only a channel or a person is new
    return name, True


def _own(scene: Scene, *, about_recordings: bool, inherited: bool) -> str:
    """The topic of the message by itself; the classifier is asked where the rules are unsure."""
    found = _by_rules(scene, about_recordings=about_recordings)
    return found if inherited else advise(scene, found)


def _by_rules(scene: Scene, *, about_recordings: bool) -> str:
    """The topic by rules: the order of the decision table."""
    about = topics
    if scene.has("out.attack") and not scene.has("ask.self"):
        return "other"
    if scene.has("about.loss") and about_recordings and not about.past_share(scene):
        return "loss"
    if about_recordings and _about_reporting(scene):
        return "open" if scene.has("open.report") else _report(scene)
    if (
        scene.has("open.report")
        and scene.has("do.report", "w.leak")
        and not about.past_share(scene)
    ):
        return "open"
    generic = scene.has("about.report", "about.report_duty", "about.report_after")
    if about.incident(scene, about_recordings=about_recordings) and not (
        generic and _only_talk(scene)
    ):
        return "breach"
    if about.lost_device(scene) and not about_recordings and not scene.has("out.chat"):
        return "lost_device"
    if about_recordings or scene.has("w.leak"):
        for name in ("report_after", "report", "report_duty"):
            if scene.has(f"about.{name}") and scene.has("do.report", "w.leak", "dom.officer"):
                return name
    if not about_recordings:
        return _without_recording(scene)
    return _recording_topic(scene)


def _about_reporting(scene: Scene) -> bool:
    """A question how, when, where or whether to report, without an incident of one's own."""
    talk = scene.has("w.notify") and scene.has("w.incident", "w.term", "dom.officer")
    if not topics.question(scene) or not (
        talk or (scene.has("w.term") and scene.has("w.incident"))
    ):
        return False
    return _only_talk(scene) and not (scene.has("breach.wrong") and topics.past_share(scene))


def _report(scene: Scene) -> str:
    if scene.has("about.report_after"):
        return "report_after"
    return "report" if scene.has("w.wh", "about.report") else "report_duty"


def _only_talk(scene: Scene) -> bool:
    """A question about reporting in general, without a story of one's own."""
    signs = scene.values("breach") - {"told", "device", "unshare"}
    own = scene.has("breach.device") and scene.has_word("mijn", "my", "ik", "i")
    return not signs and not own and not topics.past_share(scene)


def _without_recording(scene: Scene) -> str:
    if scene.has("out") and not scene.has("about.school_applies"):
        return "other"
    if topics.vague(scene) or (scene.has("do") and topics.pronoun(scene) and scene.has("w.may")):
        act = topics.act(scene)
        return act if act is not None and act != "delete" else "unclear"
    if scene.has("school"):
        named = next(
            (
                n
                for n in ("school_which", "school_where", "school_applies")
                if scene.has(f"about.{n}")
            ),
            None,
        )
        return named or "other"
    if scene.has("about.plan_where", "about.plan_duty", "about.plan_content") and scene.has_word(
        "stappenplan", "plan"
    ):
        return topics.plain_topic(scene) or "plan_where"
    if scene.has("about.binding", "about.school_which"):
        return topics.plain_topic(scene) or "binding"
    if scene.has("consent") and scene.has("do.record"):
        return "consent"
    return "unclear" if scene.has("rec") and not scene.has("do") else "other"


def _recording_topic(scene: Scene) -> str:
    about = topics
    outside = bool(scene.values("place") - {"elsewhere"}) or scene.has("audience.public")
    problem = about.consent_problem(scene, about_recordings=True)
    if scene.has("about.consent_help") and scene.has("w.consent"):
        return "consent_help"
    if problem and not (outside and scene.has("permission")):
        return "consent"
    if scene.has("about.secret") and scene.has("do.record", "w.consent"):
        return "secret"
    asks_consent = scene.has("w.strong_consent") and topics.question(scene)
    if (scene.has("open.consent") and scene.has("w.consent")) or asks_consent:
        told = scene.has("rec", "lesson.thing") and scene.has(
            "do.share", "do.publish", "do.copy", "do.show"
        )
        if not (outside and (told or scene.has("place.social", "place.website"))) and not scene.has(
            "permission.claimed"
        ):
            return "consent_open"
        if not outside and scene.has("open.consent") and not told:
            return "consent_open"
    plain = about.plain_topic(scene)
    if plain is not None and not (outside and about.act(scene)):
        return plain
    if scene.has("about.school_applies") and not scene.has("noschool", "own.case"):
        return "school_applies"
    act = about.act(scene)
    if (
        scene.has("iris.product", "iris.word")
        and scene.has("device")
        and act in {None, "record"}
        and not scene.has("w.wh")
    ):
        return "record"
    if scene.has(*_SETTLED_BY_OTHERS) and not outside:
        return "open"
    strict = outside or bool(
        scene.values("audience")
        - {"someone", "self", "supervisor", "teacher", "coach", "peer", "pupil"}
    )
    for name in (
        "how_long",
        "when_delete",
        "where_keep",
        "what_with",
        "must_iris",
        "how_share",
        "who_sees",
        "purpose_of",
        "covers",
    ):
        if scene.has(f"about.{name}") and not (strict and act):
            return _info(scene, name)
    if scene.has("open") and not strict:
        return "open"
    leaving = scene.has("time.after_study", "time.end_of_study", "need.not_needed")
    if leaving and act in {None, "use", "record"} and not scene.has("do.use", "mood.leave"):
        return "when_delete"
    if act is not None:
        return act
    if scene.has("open") or topics.question(scene):
        return "open"
    words = sum(1 for token in scene.tokens if not token.is_end)
    return "open" if scene.has("w.wh", "ask.self") or words > _STATEMENT else "unclear"


_SETTLED_BY_OTHERS = (
    "open.other_role", "open.servers", "open.police", "open.sanction", "open.report", "open.third", "open.subject",
    "open.others_lesson",
)  # fmt: skip


def _info(scene: Scene, name: str) -> str:
    if name == "how_long" and scene.has("open.length") and not scene.has("do.keep"):
        return "open"
    if scene.has("open.dates") and name in {"how_long", "when_delete"}:
        return "open"
    return name


def _words(scene: Scene, about: str) -> str:
    """The words that name the topic."""
    for kind in (f"do.{about}", f"about.{about}", about, "open"):
        if found := scene.all(kind):
            return scene.words(found[0])
    return ""


def narrowed(before: Frame, facts: tuple[Fact, ...]) -> Frame:
    """The same frame with other facts."""
    return replace(before, facts=facts)


def chain(scenes: Sequence[Scene], now_month: int) -> Frame | None:
    """The frame after all earlier messages of a conversation."""
    last: Frame | None = None
    for scene in scenes:
        last = frame(scene, now_month, last)
    return last
