"""How sure is the reading? All thresholds in one place; `tests/dialogs/understanding` holds them to the data."""

from collections.abc import Sequence

from dialogs.understanding.rules.reading import Frame
from dialogs.understanding.words.lexicon import Found, lexicon
from dialogs.understanding.words.scene import Scene

# What counts as a reading: chances of a topic, of a value of a slot, and of both together.
TOPIC = 0.01
VALUE = 0.02
COMBINATION = 0.003
OPEN = 0.6  # among the lines that the encoder learns from, more are not settled than among what people ask
YES = 0.8  # below this nothing is simply allowed
ANSWER = 0.35  # a verdict less likely than this becomes "did you mean ...?"
NAMED = (
    10  # how much more a channel outside iRIS Connect counts when a phrase of the lexicon names it
)
CHOICE = 0.1  # a suggestion must be this likely
CHOICES = 3
TASK = 0.5  # a task that the rules do not see needs at least this
RULED = 6  # how much more an incident or a look-alike counts when the rules see it
_LEAST = 0.01
_SURE = frozenset({"breach", "consent"})


def judge(scene: Scene, frame: Frame) -> float:
    """How sure the rules alone are, from 0 to 1."""
    if frame.about in _SURE:
        return 0.95
    sure = 0.5 + 0.3 * coverage(scene) - 0.03 * scene.repairs
    if frame.about in {"open", "unclear", "other"}:
        sure -= 0.2
    return round(max(_LEAST, min(1.0, sure)), 2)


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


_TRAINED = tuple(f"audience.{who}" for who in ("supervisor", "teacher", "coach", "peer", "self"))
_TROUBLE = ("consent", "breach", "w.refuse", "w.leak", "w.incident")
_AGAINST = ("w.negation", "w.without", "mood.got", *_TROUBLE)


def against(scene: Scene, earlier: Sequence[Scene]) -> tuple[str, ...]:
    """More words that speak against a plain yes: a denial, an objection, people who could object, an incident; and
    trouble told before in the same conversation, which nobody has said is over."""
    trained = {at for item in scene.all(*_TRAINED) for at in range(item.start, item.end)}
    people = [item for item in scene.all("w.decider") if item.start not in trained]
    told = [one.words(item) for one in earlier for item in one.all(*_TROUBLE)]
    return (*(scene.words(item) for item in [*scene.all(*_AGAINST), *people]), *told)


def _span(item: Found) -> range:
    """The words of a finding; a long phrase vouches for its ends only, not for what stands in its gaps."""
    return (
        range(item.start, item.end)
        if item.end - item.start <= _TIGHT
        else range(item.start, item.start + 1)
    )


_TIGHT = 3
