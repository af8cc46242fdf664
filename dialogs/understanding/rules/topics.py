"""The topic of one message by rules, in the order of the decision table. Rows: see `table.py`."""

from collections.abc import Callable, Mapping

from dialogs.understanding.rules import about, signs
from dialogs.understanding.rules.table import SignRow, Signs, first, row
from dialogs.understanding.words.scene import Scene

ACT = "?act"  # the row says: what somebody wants to do is the topic
ADDED = "?added"  # ... or the topic that the lexicon was given later
_STATEMENT = 9  # words; a longer message that asks nothing is a statement about recordings
_TRAINED = frozenset({"someone", "self", "supervisor", "teacher", "coach", "peer", "pupil"})
_SENT = "do.share do.publish do.copy do.show"
_REPORTED = "do.report w.leak dom.officer"
_OTHERS_DECIDE = (
    "open.other_role open.servers open.police open.sanction open.report open.third open.subject open.others_lesson"
    " open.status open.special"
)
_PLAN = "?plan; about.plan_where about.plan_duty about.plan_content"

FIRST = (
    row("other", "out.attack", "ask.self"),
    row("loss", "about.loss; ?recordings", "?past_share"),
    row("open", "?reporting; open.report"),
    row("report_after", "?reporting; about.report_after"),
    row("report", "?reporting; w.wh about.report"),
    row("report_duty", "?reporting"),
    row("open", "open.report; do.report w.leak", "?past_share"),
    row("breach", "?incident", "?general"),
    row(ADDED, "?added"),
    row("lost_device", "?lost_device", "?recordings out.chat"),
    *(
        one
        for name in ("report_after", "report", "report_duty")
        for one in (
            row("breach", f"?recordings w.leak; about.{name}; {_REPORTED}; breach.unshare"),
            row(name, f"?recordings w.leak; about.{name}; {_REPORTED}"),
        )
    ),
)
# Recordings are not named.
WITHOUT = (
    row("other", "out", "about.school_applies"),
    row(ACT, "?vague; ?act", "?act:delete"),
    row("unclear", "?vague"),
    *(row(n, f"school; about.{n}") for n in ("school_which", "school_where", "school_applies")),
    row("other", "school"),
    *(row(name, f"{_PLAN}; about.{name}") for name in about.PLAIN),
    *(row(name, f"about.binding about.school_which; about.{name}") for name in about.PLAIN),
    row("consent", "consent; do.record open.angle device.recorder w.strong_consent"),
    row("unclear", "rec", "do"),
    row("other", "?any"),
)
RECORDING = (
    row("consent_help", "about.consent_help; w.consent"),
    row("secret", "about.secret; w.consent; w.covert ?no_problem", "audience.parent audience.pupil"),
    row("consent", "?problem", "?outside_permission"),
    row("consent", "?partial"),
    row("secret", "about.secret; do.record w.consent"),
    row("consent_open", "?asks_consent", "?sent_out permission.claimed"),
    row("consent_open", "?asks_consent; open.consent", "?outside ?told"),
    *(row(name, f"about.{name}", "?outside_act") for name in about.PLAIN),
    row("school_applies", "about.school_applies; school", "noschool own.case"),
    row("record", "system.product system.word; device; ?no_act ?act:record", "w.wh"),
    row("open", _OTHERS_DECIDE, "?outside"),
    row("open", "about.how_long; open.length", "do.keep ?strict_act"),
    row("open", "about.how_long about.when_delete; open.dates", "?strict_act"),
    *(
        row(name, f"about.{name}", "?strict_act")
        for name in (
            "how_long", "when_delete", "where_keep", "what_with", "must_system", "how_share", "who_sees", "purpose_of",
            "covers",
        )
    ),
    row("open", "open", "?strict"),
    row(
        "when_delete",
        "time.after_study time.end_of_study need.not_needed; ?no_act ?act:use ?act:record",
        "do.use mood.leave",
    ),
    row(ACT, "?act"),
    row("unclear", "?hollow"),
    row("open", "open ?question w.wh ask.self ?statement"),
    row("unclear", "?any"),
)  # fmt: skip


def by_rules(scene: Scene, *, about_recordings: bool) -> str:
    """The topic by rules: the order of the decision table."""
    seen = Signs(scene, {**WORKED_OUT, "?recordings": lambda _: about_recordings})
    then = first([*FIRST, *(RECORDING if about_recordings else WITHOUT)], seen) or "other"
    if then == ACT:
        return about.act(scene) or "unclear"
    return (about.added(scene) or "other") if then == ADDED else then


def _about_reporting(seen: Signs) -> bool:
    """A question how, when, where or whether to report, without an incident of one's own."""
    scene = seen.scene
    talk = scene.has("w.notify") and scene.has("w.incident", "w.term", "dom.officer")
    if not (talk or (scene.has("w.term") and scene.has("w.incident"))):
        return False
    told = scene.has("breach.wrong") and seen.has("?past_share")
    return seen.has("?recordings") and seen.has("?question") and _only_talk(scene) and not told


def _only_talk(scene: Scene) -> bool:
    """A question about reporting in general, without a story of one's own."""
    happened = scene.values("breach") - {"told", "device"}
    own = scene.has("breach.device") and scene.says("mine")
    return not happened and not own and not signs.past_share(scene)


def _general(seen: Signs) -> bool:
    """Talk about reporting, not a report."""
    asked = seen.scene.has("about.report", "about.report_duty", "about.report_after")
    return asked and _only_talk(seen.scene)


def _outside(seen: Signs) -> bool:
    """A channel outside the system, or the public."""
    return bool(seen.scene.values("place") - {"elsewhere"}) or seen.scene.has("audience.public")


def _vague(seen: Signs) -> bool:
    scene = seen.scene
    pointed = scene.has("do") and about.pronoun(scene) and scene.has("w.may")
    return about.vague(scene) or pointed


def _asks_consent(seen: Signs) -> bool:
    """A question about consent itself."""
    named = seen.scene.has("open.consent") and seen.scene.has("w.consent")
    return named or (seen.scene.has("w.strong_consent") and seen.has("?question"))


def _told(seen: Signs) -> bool:
    """A recording that goes somewhere."""
    return seen.scene.has("rec", "lesson.thing") and seen.scene.has(*_SENT.split())


def _sent_out(seen: Signs) -> bool:
    told = seen.has("?told") or seen.scene.has("place.social", "place.website")
    return seen.has("?outside") and told


def _strict(seen: Signs) -> bool:
    """Somewhere or somebody outside the training is named."""
    return seen.has("?outside") or bool(seen.scene.values("audience") - _TRAINED)


def _acts(name: str) -> Callable[[Signs], bool]:
    return lambda seen: about.act(seen.scene) == name


def _statement(seen: Signs) -> bool:
    return sum(1 for token in seen.scene.tokens if not token.is_end) > _STATEMENT


WORKED_OUT: Mapping[str, Callable[[Signs], bool]] = {
    "?any": lambda _: True,
    "?recordings": lambda seen: about.recording(seen.scene),
    "?question": lambda seen: about.question(seen.scene),
    "?past_share": lambda seen: signs.past_share(seen.scene),
    "?reporting": _about_reporting,
    "?incident": lambda s: signs.incident(s.scene, about_recordings=s.has("?recordings")),
    "?general": _general,
    "?added": lambda seen: about.added(seen.scene) is not None,
    "?lost_device": lambda seen: signs.lost_device(seen.scene),
    "?vague": _vague,
    "?hollow": lambda seen: about.hollow(seen.scene),
    "?plan": lambda seen: seen.scene.says("plan_words"),
    "?act": lambda seen: about.act(seen.scene) is not None,
    "?no_act": lambda seen: not seen.has("?act"),
    **{f"?act:{name}": _acts(name) for name in ("delete", "record", "use")},
    "?problem": lambda seen: signs.consent_problem(seen.scene, about_recordings=True),
    "?no_problem": lambda seen: not seen.has("?problem"),
    "?partial": lambda seen: signs.partial(seen.scene),
    "?outside": _outside,
    "?outside_permission": lambda s: s.has("?outside") and s.scene.has("permission"),
    "?outside_act": lambda seen: seen.has("?outside") and seen.has("?act"),
    "?asks_consent": _asks_consent,
    "?told": _told,
    "?sent_out": _sent_out,
    "?strict": _strict,
    "?strict_act": lambda seen: seen.has("?strict") and seen.has("?act"),
    "?statement": _statement,
}
TABLES: Mapping[str, tuple[SignRow, ...]] = {
    "first": FIRST, "without": FIRST + WITHOUT, "recording": FIRST + RECORDING
}  # fmt: skip
