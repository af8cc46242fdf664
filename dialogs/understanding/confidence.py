"""How sure is the reading? All thresholds in one place; `tests/dialogs/understanding` holds them to the data."""

from dialogs.understanding import topics
from dialogs.understanding.features import features
from dialogs.understanding.lexicon import Found, lexicon
from dialogs.understanding.reading import Frame
from dialogs.understanding.scene import Scene

SUGGEST = (
    0.3  # where no rule finds a topic and the classifier's best guess is below it: "did you mean"
)
CHOICE = 0.08  # a suggestion must be this likely
CHOICES = 3
_SURE = frozenset({"breach", "consent"})
_SUGGESTIONS = {
    "act": "share", "keep": "keep", "how_long": "keep", "when_delete": "delete", "breach": "breach", "report": "breach",
    "consent": "consent", "consent_open": "consent", "iris": "record",
}  # fmt: skip


def judge(scene: Scene, frame: Frame) -> tuple[float, tuple[str, ...]]:
    """A number from 0 to 1, and what to suggest when nothing is sure."""
    if frame.about in _SURE:
        return 0.95, ()
    odds = topics.score(features(scene), topics.weights())
    sure = 0.3 + 0.3 * coverage(scene) + 0.3 * odds[0][0] - 0.03 * scene.repairs
    if frame.about in {"open", "unclear", "other"}:
        sure -= 0.2
    guessing = frame.about in {"open", "other"} and not scene.has("open", "out", "task", "iris.eye")
    choices = _choices(odds) if guessing and odds[0][0] < SUGGEST else ()
    return round(max(0.0, min(1.0, sure)), 2), choices


def _choices(odds: list[tuple[float, str]]) -> tuple[str, ...]:
    """The likeliest topics that can be offered as a question."""
    likely = [
        _SUGGESTIONS[topic] for chance, topic in odds if chance >= CHOICE and topic in _SUGGESTIONS
    ]
    return tuple(dict.fromkeys(likely))[:CHOICES]


def coverage(scene: Scene) -> float:
    """The share of longer words that the lexicon knows: as ours, or as ordinary ones."""
    words = lexicon()
    long = [token for token in scene.tokens if len(token.text) > 3 and token.text.isalpha()]
    return sum(words.knows(token.text) for token in long) / len(long) if long else 1.0


def strange_words(scene: Scene) -> tuple[str, ...]:
    """Longer words nobody knows: with one of them in a sentence nothing is simply allowed."""
    words = lexicon()
    return tuple(
        token.text
        for token in scene.tokens
        if len(token.text) > 4 and token.text.isalpha() and not words.knows(token.text)
    )


_SAFE = frozenset(
    [
        "rec",
        "iris",
        "do",
        "lesson",
        "mood",
        "ask",
        "w.may",
        "w.wh",
        "purpose.training",
        "audience.supervisor",
        "audience.teacher",
        "audience.coach",
        "audience.peer",
        "audience.self",
        "past",
        "device.phone",
        "device.tablet",
        "dom",
    ]
)
_NEVER = frozenset(
    [
        "iedereen",
        "everyone",
        "everybody",
        "anyone",
        "anybody",
        "iemand",
        "someone",
        "somebody",
        "mensen",
        "people",
        "ouders",
        "parents",
        "zonder",
        "without",
        "toestemming",
        "consent",
        "niet",
        "not",
        "geen",
        "no",
    ]
)


def unguarded(scene: Scene) -> tuple[str, ...]:
    """Words that speak against a plain yes: all but small words and what belongs to training in iRIS Connect."""
    small = lexicon().votes
    covered = {
        at
        for item in scene.found
        if {item.kind, f"{item.kind}.{item.value}"} & _SAFE
        for at in _span(item)
    }
    return tuple(
        token.text
        for at, token in enumerate(scene.tokens)
        if not token.is_end
        and (
            token.text in _NEVER
            or (at not in covered and token.text not in small and token.text.isalpha())
        )
    )


def _span(item: Found) -> range:
    """The words of a finding; a long phrase vouches for its ends only, not for what stands in its gaps."""
    return (
        range(item.start, item.end)
        if item.end - item.start <= _TIGHT
        else range(item.start, item.start + 1)
    )


_TIGHT = 3
