"""Signs of a possible breach, and of a problem with consent."""

from dialogs.understanding.about import question
from dialogs.understanding.lexicon import lexicon
from dialogs.understanding.scene import Scene

# What happened by itself, and what may also be a question about what is allowed ("... on my story?").
_HARD = ("breach.device", "breach.wrong", "breach.hacked")
_SOFT = ("breach.seen", "breach.online", "breach.left_open", "breach.told")


def incident(scene: Scene, *, about_recordings: bool) -> bool:
    """Signs that recordings may have reached others."""
    if not about_recordings or scene.has("out.chat"):
        return False
    if past_share(scene) or any(scene.has(sign) for sign in _HARD) or story(scene):
        return True
    if scene.has("about.log_out", "about.precautions") and question(scene):
        return False
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
    others = scene.values("audience") - training or scene.has_word(*lexicon().sets["others"])
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
