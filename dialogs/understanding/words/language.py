"""In which language is it? A vote of small words; a fragment without votes leaves it open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialogs.understanding.words.lexicon import Lexicon
from dialogs.understanding.words.tokens import Token

_LETTERS = 0.25  # what letters that only one language likes count, beside a whole word
_LONG = 3


@dataclass(frozen=True)
class Vote:
    """How much speaks for each language."""

    counts: Mapping[str, float]

    @property
    def lang(self) -> str | None:
        """The language with most votes; None on a tie."""
        most = max(self.counts.values())
        ahead = [lang for lang, count in self.counts.items() if count == most]
        return ahead[0] if len(ahead) == 1 else None

    @property
    def lead(self) -> float:
        """How far the first language is ahead of the second."""
        first, second, *_ = *sorted(self.counts.values(), reverse=True), 0.0
        return first - second

    @property
    def total(self) -> float:
        """All votes."""
        return sum(self.counts.values())


def vote(tokens: Sequence[Token], words: Lexicon) -> Vote:
    """Whole words of a language count 1; letters that only one language likes count a little."""
    counts = dict.fromkeys(words.letters, 0.0)
    if all(token.is_end or token.text in words.sets["neutral"] for token in tokens):
        return Vote(counts)  # "help" or "status" alone is said in both
    for token in tokens:
        lang = words.votes.get(token.text)
        if lang is not None:
            counts[lang] += 1
        elif len(token.text) > _LONG:
            for one, letters in words.letters.items():
                counts[one] += _LETTERS * any(part in token.text for part in letters)
    return Vote(counts)
