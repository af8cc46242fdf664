"""Where the rules find no topic, or a weak one, the classifier may suggest another. All its thresholds are here."""

from dialogs.understanding import about, topics
from dialogs.understanding.features import features
from dialogs.understanding.scene import Scene

# From this probability on a suggestion replaces what the rules found, per kind of finding.
REPLACES = {
    "nothing": 0.4,  # the rules see no question about recordings
    "open": 0.45,  # about recordings, but no more
    "unclear": 0.4,
    "act": 0.55,  # something somebody wants to do
    "plain": 0.65,  # a plain question
    "urgent": 0.85,  # a possible breach or a problem with consent
}
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
_KINDS = {"other": "nothing", "open": "open", "clarify": "unclear", "act": "act", "breach": "urgent", "consent": "urgent"}


def advise(scene: Scene, found: str) -> str:
    """`found`, or the topic the classifier is sure enough of."""
    if found in {"lost_device", "school_which", "school_where", "school_applies"}:
        return found
    group = _GROUP.get(found, found)
    best, topic = topics.score(features(scene), topics.weights())[0]
    if topic == group or best < REPLACES[_KINDS.get(group, "plain")]:
        return found
    return _named(scene, topic, found)


def _named(scene: Scene, topic: str, found: str) -> str:
    """A topic of the classifier in the words of the decision table."""
    if topic == "act":
        return about.act(scene) or "use"
    if topic == "task":
        return found
    if topic == "other":
        return found if scene.has("rec.strong", "iris.product") and not scene.has("out") else "other"
    if topic == "clarify":
        return "unclear" if about.vague(scene) or scene.has("rec") else found
    if topic == "rules":
        return about.plain_topic(scene) or found
    if topic == "iris":
        return "what_with" if scene.has("do.record") else "where_keep"
    if topic == "safety":
        return about.plain_topic(scene) or "precautions"
    return topic
