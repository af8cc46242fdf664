"""Repair typos towards the lexicon's own words; a word that is known, ours or ordinary, is never touched."""

from collections.abc import Callable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from dialogs.understanding.words.tokens import Token

_SHORTEST = 4
_SURE = 5  # shorter words are repaired only where letters changed places or one is missing
_LONG = 6  # from this length on one wrong consonant may be repaired
_TWO_ERRORS = 7  # from this length on two errors may be repaired


def repair(
    tokens: Sequence[Token], known: Callable[[str], bool], meant: Callable[[str], str | None]
) -> int:
    """Put the meant word in place of a typo; the number of repairs. `known`: whether a word is to be left alone."""
    count = 0
    for token in tokens:
        if len(token.text) < _SHORTEST or not token.text.isalpha() or known(token.text):
            continue
        better = meant(token.text)
        if better is not None:
            token.text = better
            count += 1
    return count


def nearest(word: str, words: Sequence[str]) -> str | None:
    """The one of `words` that a typo most likely stands for; None when none is near enough."""
    found = process.extract(word, words, scorer=OSA.distance, score_cutoff=2, limit=12)
    good = [
        (distance, -len(text), text)
        for text, distance, _ in found
        if _likely(word, text, int(distance))
    ]
    return min(good)[2] if good else None


def _likely(word: str, meant: str, distance: int) -> bool:
    """Whether `meant` is a likely reading of `word`: letters swapped, missing, doubled, or a vowel misheard."""
    swapped = sorted(word) == sorted(meant)
    if word[0] != meant[0]:
        return swapped and distance == 1
    if len(word) < _SURE:
        return distance == 1 and (swapped or len(meant) == len(word) + 1)
    if abs(len(word) - len(meant)) > 1:
        return False
    bones, meant_bones = _consonants(word), _consonants(meant)
    if distance == 1:
        return bones == meant_bones or swapped or len(word) != len(meant) or len(word) >= _LONG
    same = sorted(bones) == sorted(meant_bones) or (
        abs(len(bones) - len(meant_bones)) == 1 and OSA.distance(bones, meant_bones) == 1
    )
    return same and (
        len(word) >= _TWO_ERRORS or (len(word) == _TWO_ERRORS - 1 and len(meant) > _TWO_ERRORS)
    )


def _consonants(word: str) -> str:
    return "".join(letter for letter in word if letter not in "aeiouy")
