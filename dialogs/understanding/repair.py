"""Repair typos towards the lexicon's own words; a word that is known, ours or ordinary, is never touched."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from dialogs.understanding.lexicon import Lexicon, lexicon
from dialogs.understanding.tokens import Token

_SHORTEST = 5
_TWO_ERRORS = 8  # from this length on two errors may be repaired


def repair(tokens: list[Token], words: Lexicon) -> int:
    """Put the meant word in place of a typo; the number of repairs."""
    count = 0
    for token in tokens:
        if len(token.text) < _SHORTEST or not token.text.isalpha() or words.knows(token.text):
            continue
        meant = _nearest(token.text)
        if meant is not None:
            token.text = meant
            count += 1
    return count


@lru_cache(maxsize=4096)
def _nearest(word: str) -> str | None:
    allowed = 2 if len(word) >= _TWO_ERRORS else 1
    candidates = process.extract(word, lexicon().repairable, scorer=OSA.distance, score_cutoff=allowed, limit=5)
    same_start = [(text, distance) for text, distance, _ in candidates if text[0] == word[0] or distance == 1]
    if not same_start:
        return None
    best = min(distance for _, distance in same_start)
    return next(text for text, distance in same_start if distance == best)
