"""Courtesy around a question, found so that it can be taken off: "Hoi, sorry dat ik je stoor, ... Alvast bedankt!"

What is asked is read the same with it and without it. A message that is nothing but courtesy stays as it is.
"""

import re
from collections.abc import Sequence

from dialogs.understanding.words.lexicon import Found, Lexicon
from dialogs.understanding.words.tokens import Token

_NAMES = 3  # words of a name behind a greeting or a farewell
_LEAST = 2  # words that a question has at least
_BREAK = re.compile(r"[,.!?;:\n)\-]")
_FIRST = frozenset({"greeting", "opening", "closing", "farewell"})
_LAST = frozenset({"closing", "farewell"})


def core(text: str, tokens: Sequence[Token], found: Sequence[Found], words: Lexicon) -> str | None:
    """`text` without the courtesy before and behind it; None when there is none, or nothing else."""
    polite = [item for item in found if item.kind == "polite"]
    if not polite:
        return None
    begin = _begin(text, tokens, polite, words)
    end = _end(text, tokens, polite, words)
    left = [token for token in tokens[begin:end] if not token.is_end]
    whole = sum(1 for token in tokens if not token.is_end)
    if len(left) < _LEAST or len(left) == whole:
        return None
    last = end if end < len(tokens) and tokens[end].text == "?" else end - 1
    return text[tokens[begin].start : tokens[last].end]


def _begin(text: str, tokens: Sequence[Token], polite: Sequence[Found], words: Lexicon) -> int:
    """The token that the question begins with."""
    at = moved = 0
    while at < len(tokens):
        if tokens[at].is_end or (moved and tokens[at].text in words.sets["joints"]):
            at += 1
            continue
        here = [item for item in polite if item.start == at and item.value in _FIRST]
        if not here:
            break
        best = max(here, key=lambda item: item.end)
        at = moved = best.end
        if best.value == "greeting":
            at = moved = _named(text, tokens, at, words)
    return moved and at


def _named(text: str, tokens: Sequence[Token], at: int, words: Lexicon) -> int:
    """Behind the name of who is greeted, when a comma or the end of the line shows where it ends."""
    for end in range(at + 1, min(at + _NAMES, len(tokens) - 1) + 1):
        name = tokens[at:end]
        if not all(_is_name(text, token, words) for token in name):
            break
        if _BREAK.search(text[name[-1].end : tokens[end].start] or tokens[end].text):
            return end
    return at


def _is_name(text: str, token: Token, words: Lexicon) -> bool:
    if token.is_end or token.text in words.sets["addressed"]:
        return not token.is_end
    return text[token.start].isupper() or not (token.tags or words.knows(token.text))


def _end(text: str, tokens: Sequence[Token], polite: Sequence[Found], words: Lexicon) -> int:
    """Behind the last token of the question."""
    end = len(tokens)
    while end:
        if tokens[end - 1].text == ".":
            end -= 1
            continue
        closing = [item for item in polite if item.value in _LAST and _closes(text, tokens, item)]
        here = [
            item
            for item in closing
            if item.end <= end <= item.end + _NAMES + 1
            and all(
                token.is_end or _is_name(text, token, words) for token in tokens[item.end : end]
            )
        ]
        if not here:
            break
        end = min(item.start for item in here)
    while end and tokens[end - 1].is_end:
        end -= 1
    return end


def _closes(text: str, tokens: Sequence[Token], item: Found) -> bool:
    """Whether a thank-you stands by itself, and is no part of the sentence ("he thanks for the honour")."""
    if item.value == "farewell" or not item.start:
        return True
    return bool(_BREAK.search(text[tokens[item.start - 1].start : tokens[item.start].start]))
