"""What a message is about: the one fact that opens the decision table. Rules in order, first match wins."""

from dialogs.understanding.lexicon import lexicon
from dialogs.understanding.scene import Scene

_PLAIN = (
    "school_which", "school_where", "plan_content", "plan_where", "plan_duty", "responsible", "school_ok", "binding",
    "law", "password", "log_out", "logged_in", "precautions",
)  # fmt: skip
_ACTS = ("copy", "publish", "delete", "keep", "share", "show", "record", "use", "edit", "watch")
_PRONOUNS = frozenset(
    [
        "dit",
        "dat",
        "het",
        "hem",
        "ze",
        "die",
        "deze",
        "hij",
        "this",
        "that",
        "it",
        "them",
        "these",
        "those",
    ]
)
# What happened by itself, and what may also be a question about what is allowed ("... on my story?").
_HARD = ("breach.device", "breach.wrong", "breach.hacked")
_SOFT = ("breach.seen", "breach.online", "breach.left_open", "breach.told")
_SHORT = 7


def recording(scene: Scene) -> bool:
    """Whether the message is about recordings of lessons at all."""
    if scene.has("rec.strong", "iris.product"):
        return True
    if scene.has("iris.word") and not scene.has("iris.person", "iris.eye"):
        return True
    if scene.has("open.angle") and scene.has("device.recorder"):
        return True
    if scene.has("w.strong_consent") and not scene.has("out"):
        return True
    if scene.has("w.notify") and scene.has("w.incident") and not scene.has("out"):
        return True
    if scene.has("about.how_long") and scene.has("do.keep") and not scene.has("out"):
        return True
    weak = scene.has("rec.weak", "rec.photo")
    if weak and scene.has("lesson", "audience", "school"):
        return True
    if weak and scene.has("do", "place") and scene.has("w.may") and not scene.has("out"):
        return True
    if (
        scene.has("lesson.thing")
        and scene.has("do.share", "do.show", "do.publish", "do.copy")
        and not scene.has("out")
    ):
        outward = scene.values("audience") - {
            "pupil",
            "self",
            "someone",
            "school",
            "public",
            "teacher",
            "coach",
        }
        if scene.has("place") or outward:
            return True
    if scene.has("do.record") and scene.has("mood.leave") and not scene.has("out"):
        return True
    if scene.has("do.record") and (scene.has("lesson", "device") or scene.has("w.consent")):
        return True
    if scene.has("breach.device") and scene.has("lesson"):
        return True
    if (
        scene.has("lesson.thing", "device.recorder")
        and scene.has("place", "device.recorder")
        and scene.has("w.may")
        and not scene.has("out")
    ):
        return True
    return scene.has("w.leak", "dom") and not scene.has("out")


def incident(scene: Scene, *, about_recordings: bool) -> bool:
    """Signs that recordings may have reached others."""
    if not about_recordings or scene.has("out.chat"):
        return False
    if past_share(scene) or any(scene.has(sign) for sign in _HARD) or story(scene):
        return True
    asked = scene.has("mood.leave") or (scene.has("w.wh") and not scene.has("mood.told"))
    return any(scene.has(sign) for sign in _SOFT) and (
        not asked or (scene.has("mood.told") and not scene.has("ask.self"))
    )


def story(scene: Scene) -> bool:
    """Somebody tells what happened, does not ask leave, and others or an open screen, door or account are in it."""
    if not scene.has("mood.told") or scene.has(
        "mood.leave", "ask.self", "mood.request", "consent", "task.add", "task.deleted"
    ):
        return False
    if not scene.has(
        "rec.strong", "iris.product", "iris.word", "lesson.thing", "rec.weak", "rec.photo"
    ):
        return False
    training = {"supervisor", "teacher", "coach", "peer", "self"}
    others = scene.values("audience") - training or scene.has_word(*_OTHERS)
    seen = scene.has(
        "do.show", "do.watch", "do.share", "do.publish", "do.copy", "do.use", "mood.got"
    )
    exposed = scene.has("w.visible", "w.account", "w.screen", "w.lost") or bool(
        scene.values("place")
    )
    return (
        bool(others and (seen or exposed))
        or scene.has("w.lost", "w.account", "mood.got")
        or (exposed and scene.has("w.visible"))
    )


_OTHERS = frozenset(
    [
        "leerling",
        "leerlingen",
        "pupil",
        "pupils",
        "kids",
        "kinderen",
        "iemand",
        "someone",
        "somebody",
        "mensen",
        "people",
        "vreemde",
        "stranger",
    ]
)


def past_share(scene: Scene) -> bool:
    """Somebody has already sent, posted or shown a recording outside iRIS Connect or to a third party."""
    if not scene.has("past.share") or scene.has("mood.leave"):
        return False
    outside = list(scene.values("place"))
    third = scene.values("audience") - {
        "supervisor",
        "teacher",
        "coach",
        "peer",
        "self",
        "someone",
        "school",
    }
    return bool(outside or third)


def lost_device(scene: Scene) -> bool:
    """A device is gone, and recordings are not mentioned: one question must be asked."""
    return scene.has("breach.device") and scene.has("device")


def consent_problem(scene: Scene, *, about_recordings: bool) -> bool:
    """Consent is refused, missing, withdrawn or in doubt."""
    context = about_recordings or scene.has("do.record", "rec")
    return context and scene.has("consent") and not scene.has("out.homonym")


def plain_topic(scene: Scene) -> str | None:
    """A question about the guidelines themselves."""
    for topic in _PLAIN:
        if scene.has(f"about.{topic}"):
            return topic
    return None


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
    """ "May I delete it (earlier)?": asked for oneself, not a duty, not somebody else's demand."""
    return scene.has("ask.self", "mood.leave") and not scene.has(
        "w.wh", "past.deleted", "about.when_delete", "open"
    )


def _implied(scene: Scene) -> str | None:
    """ "To my supervisor by mail?" names no act: a channel means sharing, a camera recording, a viewer showing."""
    if scene.has("device.recorder"):
        return "record"
    if scene.values("place") - {"elsewhere"}:
        return "share"
    if scene.has("iris.product") and scene.has("device"):
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
    return bool(scene.tokens) and scene.tokens[0].text in _VERBS_FIRST


_VERBS_FIRST = frozenset(
    [
        "is",
        "are",
        "do",
        "does",
        "did",
        "may",
        "can",
        "must",
        "should",
        "am",
        "was",
        "will",
        "would",
        "has",
        "have",
        "mag",
        "mogen",
        "kan",
        "kun",
        "kunnen",
        "moet",
        "moeten",
        "zijn",
        "krijg",
        "krijgt",
        "wordt",
        "worden",
        "word",
        "heeft",
        "heb",
        "hebben",
        "telt",
        "tellen",
        "geldt",
        "gelden",
        "klopt",
        "hoort",
        "blijft",
        "staan",
        "staat",
        "zit",
        "volstaat",
        "loopt",
        "gaat",
        "controleert",
        "hoef",
        "hoeft",
        "zal",
        "bestaat",
        "werkt",
        "wist",
    ]
)


def pronoun(scene: Scene) -> bool:
    """Whether the message points at something without naming it."""
    return any(token.text in _PRONOUNS for token in scene.tokens)


def vague(scene: Scene) -> bool:
    """A short message that names nothing: "may I?", "en nu?", "she said no", "ik heb een probleem"."""
    words = [token for token in scene.tokens if not token.is_end]
    if not words or len(words) > _SHORT or scene.has("out"):
        return False
    small = lexicon().votes
    content = [
        token for token in words if token.text not in small and not token.tags.keys() & _EMPTY
    ]
    return not content


_EMPTY = frozenset({"w.may", "vague", "do", "w.wh", "w.negation", "audience.someone"})
