"""Signs of a possible breach, and of a problem with consent."""

from dialogs.understanding.rules.about import question
from dialogs.understanding.words.lexicon import Found
from dialogs.understanding.words.scene import Scene

# What happened by itself, and what may also be a question about what is allowed ("... on my story?").
_HARD = ("breach.device", "breach.wrong", "breach.hacked")
_TRAINING = frozenset({"supervisor", "teacher", "coach", "peer", "self"})
_CLASS = 40  # no class has more pupils
_SOFT = ("breach.seen", "breach.online", "breach.left_open", "breach.told")


def incident(scene: Scene, *, about_recordings: bool) -> bool:
    """Signs that recordings may have reached others."""
    if not about_recordings or scene.has("out.chat"):
        return False
    refused = scene.has("consent.refused", "consent.withdrawn") and concerned(scene)
    shared = past_share(scene) and not (
        refused and not scene.has("breach")
    )  # "mailed that she refuses"
    if shared or any(scene.has(sign) for sign in _HARD) or story(scene):
        return True
    if _planned(scene):
        return False
    if scene.has("about.log_out", "about.precautions") and question(scene):
        return False
    asked = leave(scene) or (
        scene.has("w.wh", "mood.tag", "mood.request") and not scene.has("mood.told", "mood.advice")
    )
    return any(_said(scene, sign) for sign in _SOFT) and (
        not asked or (scene.has("mood.told") and not scene.has("ask.self"))
    )


def leave(scene: Scene) -> bool:
    """Whether leave is asked for something, not what to do now or whether to tell it."""
    advice = scene.all("mood.advice")
    return any(
        not any(a.start <= item.start < a.end for a in advice) for item in scene.all("mood.leave")
    )


def _planned(scene: Scene) -> bool:
    """Whether somebody says what they would like to do, and nothing that went otherwise."""
    return scene.has("mood.plan") and not scene.says("turns")


def _said(scene: Scene, sign: str) -> bool:
    """A sign that is not denied in its own words ("have never seen")."""
    return any(
        not any(
            token.text in scene.lexicon.sets["never"]
            for token in scene.tokens[item.start : item.end]
        )
        for item in scene.all(sign)
    )


def story(scene: Scene) -> bool:
    """Somebody tells what happened, does not ask leave, and others or an open screen, door or account are in it."""
    if not scene.has("mood.told") or leave(scene) or _planned(scene):
        return False
    if scene.has("mood.request", "mood.tag", "consent", "task.add", "task.deleted"):
        return False
    if not scene.has(
        "rec.strong", "system.product", "system.word", "lesson.thing", "rec.weak", "rec.photo"
    ):
        return False
    others = scene.values("audience") - _TRAINING or scene.says("others")
    seen = scene.has(
        "do.show", "do.watch", "do.share", "do.publish", "do.copy", "do.use", "mood.got"
    )
    lost = any(not _forgot(scene, item) for item in scene.all("w.lost"))
    exposed = scene.has("w.visible", "w.account", "w.screen") or lost or bool(scene.values("place"))
    trained = bool(scene.values("audience") & _TRAINING)
    return (
        bool(others and (seen or exposed))
        or (_others_did(scene) and not trained)
        or lost
        or scene.has("mood.got")
        or (exposed and scene.has("w.visible"))
    )


def _forgot(scene: Scene, item: Found) -> bool:
    """Whether something was only forgotten, not lost."""
    words = {token.text for token in scene.tokens[item.start : item.end]}
    return words <= scene.lexicon.sets["forgetting"]


def _others_did(scene: Scene) -> bool:
    """Whether somebody else than the writer saw, took or spread it."""
    return any(
        not {token.text for token in scene.tokens[max(0, item.start - 2) : item.start]}
        & scene.lexicon.sets["first_person"]
        for item in scene.all("past.other")
    )


def past_share(scene: Scene) -> bool:
    """Somebody has already sent, posted or shown a recording outside the system or to a third party."""
    if not scene.has("past.share") or leave(scene):
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
    """A device is gone or an account broken into, and recordings are not mentioned: one question must be asked."""
    device = scene.has("breach.device") and scene.has("device")
    return device or (scene.has("breach.hacked") and scene.has("w.account"))


def consent_problem(scene: Scene, *, about_recordings: bool) -> bool:
    """Consent is refused, missing, withdrawn or in doubt."""
    context = about_recordings or scene.has("do.record", "rec")
    if not context or not scene.has("consent") or scene.has("out.homonym"):
        return False
    return concerned(scene) and not cleared(scene)


def cleared(scene: Scene) -> bool:
    """Whether it says that nobody objects, without a "but"."""
    return scene.has("w.cleared") and not scene.says("turns")


def partial(scene: Scene) -> bool:
    """Only some of the forms or yeses are there: two numbers beside consent ("20 of the 28", "12 back, 14 missing")."""
    counts = [token for token in scene.tokens if token.text.isdigit() and int(token.text) <= _CLASS]
    return len(counts) > 1 and scene.has("w.consent") and not scene.has("time", "w.cleared")


def concerned(scene: Scene) -> bool:
    """Whether somebody who can refuse is named, or a form; not only an objection in general."""
    if scene.has("w.decider", "w.strong_consent"):
        return True
    return any(token.text.isdigit() for token in scene.tokens) or any(
        not scene.words(item).lower().startswith(("object", "bezwaar"))
        for item in scene.all("w.consent")
    )
