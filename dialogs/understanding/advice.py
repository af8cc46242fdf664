"""Where the rules find no topic, or a weak one, the classifier may suggest another. All its thresholds are here."""

from dialogs.understanding import about, signs, topics
from dialogs.understanding.features import features
from dialogs.understanding.scene import Scene

# How much likelier a suggestion must be than what the rules found, per kind of finding.
HEADSTART = {
    "nothing": 0.04,  # the rules see no question about recordings
    "open": 0.03,  # about recordings, but no more
    "unclear": 0.03,
    "act": 0.09,  # something somebody wants to do
    "plain": 0.2,  # a plain question
    "signed": 0.6,  # a plain question, or one that is not settled, with clear words for it
    "urgent": 0.55,  # a possible breach or a problem with consent
}
GRAVE = 0.5  # a breach or a refusal that no rule saw, in a message that the rules read otherwise
GRAVE_ALONE = 0.42  # ... where no rule found anything else
GRAVE_AGAINST_A_WISH = 0.8  # ... that the rules read as something somebody wants to do
_TALK = frozenset({"report", "report_after", "open"})
_GRAVE = frozenset({"breach", "consent"})
_EMPTY = frozenset({"other", "open", "clarify"})
_GROUPS = {
    "act": "record share show publish copy edit use watch act",
    "keep": "keep delete",
    "rules": "plan_where plan_duty plan_content responsible law binding school_ok covers purpose_of",
    "iris": "what_with must_iris where_keep how_share who_sees",
    "safety": "password logged_in log_out precautions",
    "report": "report report_duty",
    "consent": "consent consent_help",
    "clarify": "unclear lost_device",
    "open": "open loss",
    "other": "other",
}
_GROUP = {name: group for group, names in _GROUPS.items() for name in names.split()}
_KINDS = {
    "other": "nothing",
    "open": "open",
    "clarify": "unclear",
    "act": "act",
    "breach": "urgent",
    "consent": "urgent",
}


def advise(scene: Scene, found: str) -> str:
    """`found`, or the topic the classifier is sure enough of."""
    if found in {
        "lost_device",
        "consent_help",
        "secret",
        "school_which",
        "school_where",
        "school_applies",
    }:
        return found
    if (found == "other" and scene.has("out", "iris.eye")) or (
        found == "unclear" and about.vague(scene)
    ):
        return found
    group = _GROUP.get(found, found)
    odds = topics.score(features(scene), topics.weights())
    best, topic = odds[0]
    own = next((chance for chance, name in odds if name == group), 0.0)
    named = (group == "open" and scene.has("open")) or scene.has(f"about.{found}")
    kind = "signed" if named else _KINDS.get(group, "plain")
    if topic == group or best < own + HEADSTART[kind] or (found, topic) == ("consent", "secret"):
        return found
    if found == "open" and scene.has("open.report", "open.status"):
        return found
    if found == "breach" and topic in _TALK and scene.has("mood.told", "past.share"):
        return found
    if topic in _GRAVE and not _grave(scene, topic, group, best):
        return found
    return _named(scene, topic, found)


def _grave(scene: Scene, topic: str, group: str, best: float) -> bool:
    """Whether the classifier alone may see a breach or a refusal where the rules saw none."""
    if topic == "consent" and not signs.concerned(scene):
        return False
    if topic == "breach" and group == "act" and signs.inside(scene):
        return False
    signed = scene.has("w.leak") if topic == "breach" else scene.has("consent")
    asking = scene.has("mood.leave", "mood.wish", "mood.plan")
    if group == "act" and topic == "breach" and asking and not scene.has("breach"):
        return best >= GRAVE_AGAINST_A_WISH
    return best >= (GRAVE if group not in _EMPTY else GRAVE_ALONE) or (signed and group in _EMPTY)


def _named(scene: Scene, topic: str, found: str) -> str:
    """A topic of the classifier in the words of the decision table."""
    if topic == "secret" and scene.has("consent") and not scene.has("w.covert"):
        return "consent"
    if topic == "act":
        near = scene.has("rec", "iris", "lesson", "do.record", "place")
        return about.act(scene) or ("use" if near else found)
    if topic.startswith("task"):
        return found
    if topic == "other":
        ours = scene.has("rec.strong", "iris.product") or about.piece(scene)
        return found if ours and not scene.has("out") else "other"
    if topic == "clarify":
        empty = about.vague(scene) or scene.has("rec")
        return "unclear" if empty and _GROUP.get(found) != "act" else found
    if topic == "rules":
        return about.plain_topic(scene) or found
    if topic == "iris":
        return "what_with" if scene.has("do.record") else "where_keep"
    if topic == "safety":
        return about.plain_topic(scene) or "precautions"
    return topic
