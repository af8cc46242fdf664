"""How sure is the reading? All thresholds in one place; `tests/dialogs/understanding` holds them to the data."""

from dialogs.understanding.lexicon import lexicon
from dialogs.understanding.reading import Frame
from dialogs.understanding.scene import Scene

ANSWER = 0.5  # from here on an answer is given
SUGGEST = 0.25  # from here on "did you mean"; below it "I do not know"
_SURE = frozenset({"breach", "consent"})


def judge(scene: Scene, frame: Frame) -> tuple[float, tuple[str, ...]]:
    """A number from 0 to 1, and topics to suggest when it is low."""
    if frame.about in _SURE:
        return 0.95, ()
    known = coverage(scene)
    sure = 0.4 + 0.5 * known - 0.05 * scene.repairs
    if frame.about in {"open", "unclear", "other"}:
        sure -= 0.2
    return round(max(0.0, min(1.0, sure)), 2), ()


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
