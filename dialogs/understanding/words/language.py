"""Dutch or English? A vote of small words; a fragment without votes leaves it open."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogs.understanding.words.lexicon import Lexicon
from dialogs.understanding.words.tokens import Token

_DUTCH_LETTERS = ("ij", "aa", "uu", "oe", "ieu", "sch", "tje", "eeu", "uw", "cht")
_ENGLISH_LETTERS = ("th", "ould", "ight", "wh", "tion", "ing", "ea", "sh", "ck")


@dataclass(frozen=True)
class Vote:
    """How many words speak for each language."""

    nl: float
    en: float

    @property
    def lang(self) -> str | None:
        """The language with most votes; None on a tie."""
        return None if self.nl == self.en else "nl" if self.nl > self.en else "en"


def vote(tokens: Sequence[Token], words: Lexicon) -> Vote:
    """Whole words of either language count 1; letters that only one language likes count a little."""
    if all(token.is_end or token.text in words.sets["neutral"] for token in tokens):
        return Vote(0, 0)  # "help" or "status" alone is said in both
    nl = en = 0.0
    for token in tokens:
        lang = words.votes.get(token.text)
        if lang == "nl":
            nl += 1
        elif lang == "en":
            en += 1
        elif len(token.text) > 3:
            nl += 0.25 * any(part in token.text for part in _DUTCH_LETTERS)
            en += 0.25 * any(part in token.text for part in _ENGLISH_LETTERS)
    return Vote(nl, en)
