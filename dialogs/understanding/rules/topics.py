"""The topic of one message by rules, in the order of the decision table."""

from dialogs.understanding.rules import about, signs
from dialogs.understanding.words.scene import Scene

_STATEMENT = 9


def by_rules(scene: Scene, *, about_recordings: bool) -> str:
    """The topic by rules: the order of the decision table."""
    if scene.has("out.attack") and not scene.has("ask.self"):
        return "other"
    if scene.has("about.loss") and about_recordings and not signs.past_share(scene):
        return "loss"
    if about_recordings and _about_reporting(scene):
        return "open" if scene.has("open.report") else _report(scene)
    if (
        scene.has("open.report")
        and scene.has("do.report", "w.leak")
        and not signs.past_share(scene)
    ):
        return "open"
    generic = scene.has("about.report", "about.report_duty", "about.report_after")
    if signs.incident(scene, about_recordings=about_recordings) and not (
        generic and _only_talk(scene)
    ):
        return "breach"
    if new := about.added(scene):
        return new
    if signs.lost_device(scene) and not about_recordings and not scene.has("out.chat"):
        return "lost_device"
    if about_recordings or scene.has("w.leak"):
        for name in ("report_after", "report", "report_duty"):
            if scene.has(f"about.{name}") and scene.has("do.report", "w.leak", "dom.officer"):
                return "breach" if scene.has("breach.unshare") else name
    if not about_recordings:
        return _without_recording(scene)
    return _recording_topic(scene)


def _about_reporting(scene: Scene) -> bool:
    """A question how, when, where or whether to report, without an incident of one's own."""
    talk = scene.has("w.notify") and scene.has("w.incident", "w.term", "dom.officer")
    if not about.question(scene) or not (talk or (scene.has("w.term") and scene.has("w.incident"))):
        return False
    return _only_talk(scene) and not (scene.has("breach.wrong") and signs.past_share(scene))


def _report(scene: Scene) -> str:
    if scene.has("about.report_after"):
        return "report_after"
    return "report" if scene.has("w.wh", "about.report") else "report_duty"


def _only_talk(scene: Scene) -> bool:
    """A question about reporting in general, without a story of one's own."""
    happened = scene.values("breach") - {"told", "device"}
    own = scene.has("breach.device") and scene.says("mine")
    return not happened and not own and not signs.past_share(scene)


def _without_recording(scene: Scene) -> str:
    if scene.has("out") and not scene.has("about.school_applies"):
        return "other"
    if about.vague(scene) or (scene.has("do") and about.pronoun(scene) and scene.has("w.may")):
        act = about.act(scene)
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
    if scene.has("about.plan_where", "about.plan_duty", "about.plan_content") and scene.says(
        "plan_words"
    ):
        return about.plain_topic(scene) or "plan_where"
    if scene.has("about.binding", "about.school_which"):
        return about.plain_topic(scene) or "binding"
    if scene.has("consent") and scene.has(
        "do.record", "open.angle", "device.recorder", "w.strong_consent"
    ):
        return "consent"
    return "unclear" if scene.has("rec") and not scene.has("do") else "other"


def _recording_topic(scene: Scene) -> str:
    outside = bool(scene.values("place") - {"elsewhere"}) or scene.has("audience.public")
    problem = signs.consent_problem(scene, about_recordings=True)
    if scene.has("about.consent_help") and scene.has("w.consent"):
        return "consent_help"
    if (
        scene.has("about.secret")
        and scene.has("w.consent")
        and not scene.has("audience.parent", "audience.pupil")
        and (scene.has("w.covert") or not problem)
    ):
        return "secret"
    if (problem and not (outside and scene.has("permission"))) or signs.partial(scene):
        return "consent"
    if scene.has("about.secret") and scene.has("do.record", "w.consent"):
        return "secret"
    asks_consent = scene.has("w.strong_consent") and about.question(scene)
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
    applies = scene.has("about.school_applies") and scene.has("school")
    if applies and not scene.has("noschool", "own.case"):
        return "school_applies"
    act = about.act(scene)
    if (
        scene.has("system.product", "system.word")
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
        "must_system",
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
    if about.hollow(scene):
        return "unclear"
    if scene.has("open") or about.question(scene):
        return "open"
    words = sum(1 for token in scene.tokens if not token.is_end)
    return "open" if scene.has("w.wh", "ask.self") or words > _STATEMENT else "unclear"


_SETTLED_BY_OTHERS = (
    "open.other_role", "open.servers", "open.police", "open.sanction", "open.report", "open.third", "open.subject",
    "open.others_lesson", "open.status", "open.special",
)  # fmt: skip


def _info(scene: Scene, name: str) -> str:
    if name == "how_long" and scene.has("open.length") and not scene.has("do.keep"):
        return "open"
    if scene.has("open.dates") and name in {"how_long", "when_delete"}:
        return "open"
    return name
