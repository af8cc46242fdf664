"""From what the rules found to weighed readings: the encoder says how likely each value of each fact is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dialogs.understanding.model import caution, features, thresholds
from dialogs.understanding.model.encoder import LONGEST, Encoder
from dialogs.understanding.model.heads import Probabilities
from dialogs.understanding.rules import tasks
from dialogs.understanding.rules.facts import Fact, Reading
from dialogs.understanding.rules.reading import SLOTS
from dialogs.understanding.rules.slots import INSIDE, SHARING, channels
from dialogs.understanding.words.scene import Scene

# The topics that slots decide on.
SLOTTED = SHARING | {"record", "how_share", "how_long", "when_delete"}
_FORMS = {"breach": "breach.start", "consent": "consent.start"}
_COMMAND = 3  # words
_FIXED = frozenset({"breach.register", "case.status", *_FORMS.values()})
_CHARACTERS = 4  # a subword has at least about this many


def weigh(
    scene: Scene, ruled: Reading, earlier: Sequence[str], encoder: Encoder | None
) -> tuple[Reading, ...]:
    """Readings of a message, the likeliest first; `ruled` alone where there is no encoder or nothing to weigh."""
    if encoder is None or _command(scene, ruled):
        return (ruled,)
    weighed = encoder.probabilities(scene.text, earlier, names(scene, ruled))
    if not _within(ruled, weighed):
        return (ruled,)
    weighed = {**weighed, **_beyond(scene, ruled, weighed)}
    found = sorted(_readings(_vetoed(scene, ruled, weighed)), key=lambda pair: -pair[0])
    return tuple(_reading(scene, ruled, chance, values) for chance, values in found) or (
        replace(ruled, chance=thresholds.TOPIC),
    )


def _within(ruled: Reading, weighed: Probabilities) -> bool:
    """Whether the encoder knows the topic or task that the rules found; of another it cannot speak."""
    if ruled.intent not in {"ask", *_FORMS.values(), *_FIXED, *tasks.TOPICS.values()}:
        return False
    return ruled.value("about") in {"none", *weighed["about"]}


def _beyond(scene: Scene, ruled: Reading, weighed: Probabilities) -> Probabilities:
    """The slots in which the rules or the lexicon found a value that the encoder does not know: that value is certain."""
    found: dict[str, Mapping[str, float]] = {}
    for slot in SLOTS:
        said = [ruled.value(slot), *(item.value for item in scene.all(slot))]
        if strange := next((v for v in said if v not in {"none", *weighed[slot]}), None):
            found[slot] = {strange: 1.0}
    return found


def names(scene: Scene, ruled: Reading) -> list[str]:
    """What the encoder is told beside the words."""
    facts = [(fact.name, fact.value) for fact in ruled.facts if fact.name != "school"]
    guarded, doubted = bool(caution.unguarded(scene)), bool(caution.strange_words(scene))
    return [
        *features.marks(scene),
        *features.ruled(facts, ruled.intent, guarded=guarded, doubted=doubted),
    ]


def _command(scene: Scene, ruled: Reading) -> bool:
    """A request in so few or such fixed words that there is nothing to weigh, or an incident in a story of which the
    encoder would not see the end."""
    if ruled.intent == "ask":
        return ruled.value("about") in _FORMS and len(scene.text) > _CHARACTERS * LONGEST
    words = sum(1 for token in scene.tokens if not token.is_end)
    return words <= _COMMAND or ruled.intent in _FIXED


def _vetoed(scene: Scene, ruled: Reading, weighed: Probabilities) -> Probabilities:
    """The chances after what the words rule out or insist on: a task that is no task, a person who is called like the system,
    a channel that is named, an incident that the rules see."""
    topics = {
        topic: chance
        for topic, chance in weighed["about"].items()
        if topic not in tasks.TOPICS or _wanted(scene, ruled, tasks.TOPICS[topic], chance)
    }
    topics["open"] *= thresholds.OPEN
    for topic in _insisted(scene, ruled):
        topics[topic] = min(1.0, topics[topic] * thresholds.RULED)
    places, people = weighed["place"], weighed["audience"]
    if scene.has("system.person") and not scene.has("system.product"):
        places, people = _moved(places, "system", "none"), _moved(people, "none", "someone")
    if channels(scene):
        places = _louder(places, thresholds.NAMED)
    return {**weighed, "about": topics, "place": places, "audience": people}


def _insisted(scene: Scene, ruled: Reading) -> Iterator[str]:
    """Topics whose signs are plain to the rules: an incident, a request to report or to escalate, a look-alike."""
    seen = ruled.value("about")
    if seen in _FORMS or (seen == "other" and scene.has("out")):
        yield seen
    for topic in _FORMS:
        if topic != seen and scene.has(f"task.{topic}_start"):
            yield topic


def _wanted(scene: Scene, ruled: Reading, intent: str, chance: float) -> bool:
    """Whether a task may be read: the rules see it too, or the encoder is sure and no words speak against it."""
    if ruled.intent == intent:
        return True
    return chance >= thresholds.TASK and not tasks.denied(scene, intent)


def _moved(chances: Mapping[str, float], source: str, target: str) -> Mapping[str, float]:
    if source not in chances:
        return chances
    return {**chances, source: 0.0, target: chances.get(target, 0.0) + chances[source]}


def _louder(places: Mapping[str, float], factor: float) -> Mapping[str, float]:
    """The places outside the system `factor` times as likely, and all together 1 again."""
    raised = {
        place: chance if place in {*INSIDE, "none"} else chance * factor
        for place, chance in places.items()
    }
    total = sum(raised.values())
    return {place: chance / total for place, chance in raised.items()}


def _readings(weighed: Probabilities) -> Iterator[tuple[float, Mapping[str, str]]]:
    """(chance, fact -> value) of every combination that is likely enough to count."""
    for topic, chance in weighed["about"].items():
        if chance < thresholds.TOPIC:
            continue
        combined: list[tuple[float, dict[str, str]]] = [(chance, {"about": topic})]
        for slot in SLOTS if topic in SLOTTED else ():
            likely = [
                (value, part) for value, part in weighed[slot].items() if part >= thresholds.VALUE
            ]
            combined = [
                (weight * part, {**values, slot: value})
                for weight, values in combined
                for value, part in likely
                if weight * part >= thresholds.COMBINATION
            ]
        yield from combined


def _reading(scene: Scene, ruled: Reading, chance: float, values: Mapping[str, str]) -> Reading:
    """A combination as a reading, with the words that the rules know for its facts."""
    topic = values["about"]
    if topic in tasks.TOPICS:
        return Reading(chance, tasks.TOPICS[topic], ruled.facts)
    if topic == "unclear" and _half(ruled):
        return Reading(chance, "ask", ruled.facts)
    kept = [fact for fact in ruled.facts if fact.name in {"object", "school"}]
    facts = [_fact(scene, ruled, name, value) for name, value in values.items() if value != "none"]
    intent = ruled.intent if ruled.intent == _FORMS.get(topic) else "ask"
    return Reading(chance, intent, (*facts, *kept))


def _half(ruled: Reading) -> bool:
    """Whether the rules know what somebody wants to do with "it", and nothing more: then one fact is asked, not all."""
    bare = all(ruled.value(slot) == "none" for slot in SLOTS)
    return ruled.value("about") in _PASSING and ruled.value("object") != "named" and bare


_PASSING = frozenset({"share", "show", "use", "edit"})


def _fact(scene: Scene, ruled: Reading, name: str, value: str) -> Fact:
    known = next((fact for fact in ruled.facts if (fact.name, fact.value) == (name, value)), None)
    if known is not None and known.words:
        return known
    kinds = {
        "about": (f"do.{value}", f"about.{value}", value, "open"),
        "place": (f"place.{value}", "device", "system"),
    }
    found = scene.all(*kinds.get(name, (f"{name}.{value}",)))
    return Fact(name, value, scene.words(found[0]) if found else "")
