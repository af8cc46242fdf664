"""How sure is the reading? All thresholds in one place; `tests/dialogs/understanding` holds them to the data."""

from dialogs.understanding.rules.reading import Frame
from dialogs.understanding.words.scene import Scene

# What counts as a reading: probabilities of a topic, of a value of a slot, and of both together.
TOPIC = 0.01
VALUE = 0.02
COMBINATION = 0.003
OPEN = 0.6  # among the lines that the encoder learns from, more are not settled than among what people ask
YES = 0.8  # below this nothing is simply allowed
ANSWER = 0.35  # a verdict less likely than this becomes "did you mean ...?"
NAMED = (
    10  # how much more a channel outside the system counts when a phrase of the lexicon names it
)
CHOICE = 0.1  # a suggestion must be this likely
CHOICES = 3
TASK = 0.5  # a task that the rules do not see needs at least this
RULED = 3  # how much more an incident or a look-alike counts when the rules see it
SURE_TOPIC = 0.8  # a small encoder as sure as this of the topic ...
SURE_SLOT = 0.8  # ... and of each slot that counts is not doubted by the deep one
DEEP = 0.4  # the weight of the deep encoder beside the small one
_LEAST = 0.01
_LONG = 3  # letters of a word that should be known
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
    long = [token for token in scene.tokens if len(token.text) > _LONG and token.text.isalpha()]
    return sum(scene.lexicon.knows(token.text) for token in long) / len(long) if long else 1.0
