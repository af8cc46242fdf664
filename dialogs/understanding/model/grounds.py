"""Which words does a fact come from, when no phrase of the lexicon names it? Those whose absence makes it least likely."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dialogs.understanding.rules.facts import Fact, Reading

Read = Callable[[str], Sequence[Reading]]
_MOST = 3  # words named for one fact
_LEAST = 0.05  # of the fact's chance that must go with a word
_NO_WORDS = frozenset({"object", "school"})  # said of the whole message, or known of the person
_LONG = 60  # words; each of them costs one reading


def with_words(text: str, facts: Sequence[Fact], read: Read) -> tuple[Fact, ...]:
    """The facts, with words of `text` for those that have none, as far as single words bear them; `read` reads a text into weighed readings."""
    open_ones = [fact for fact in facts if not fact.words and fact.name not in _NO_WORDS]
    words = text.split()[:_LONG]
    if not open_ones or len(words) < 2:
        return tuple(facts)
    whole = read(" ".join(words))
    without = [read(" ".join(words[:at] + words[at + 1 :])) for at in range(len(words))]
    found = {
        fact: _weighty(words, [_chance(whole, fact) - _chance(one, fact) for one in without])
        for fact in open_ones
    }
    return tuple(replace(fact, words=found.get(fact, fact.words)) for fact in facts)


def _weighty(words: Sequence[str], losses: Sequence[float]) -> str:
    heavy = sorted(range(len(words)), key=lambda at: -losses[at])[:_MOST]
    return " … ".join(words[at].strip(".,?!") for at in sorted(heavy) if losses[at] >= _LEAST)


def _chance(readings: Sequence[Reading], fact: Fact) -> float:
    total = sum(one.chance for one in readings)
    return sum(one.chance for one in readings if one.value(fact.name) == fact.value) / total
