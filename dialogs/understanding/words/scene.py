"""One message, read: its tokens, the concepts in it, and what they are about. No decisions yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from dialogs.understanding.words import courtesy
from dialogs.understanding.words.language import Vote, vote
from dialogs.understanding.words.lexicon import Found, Lexicon
from dialogs.understanding.words.repair import repair
from dialogs.understanding.words.tokens import Token, normalise, tokenise

_OURS = frozenset(
    {"rec", "do", "system", "place", "audience", "purpose", "consent", "breach", "school"}
)


@dataclass(frozen=True)
class Scene:
    """A message with everything the lexicon found in it, but for what stands inside a look-alike."""

    text: str
    tokens: tuple[Token, ...]
    found: tuple[Found, ...]
    vote: Vote
    repairs: int
    lexicon: Lexicon

    @cached_property
    def _kinds(self) -> dict[str, list[Found]]:
        kinds: dict[str, list[Found]] = {}
        for item in self.found:
            kinds.setdefault(item.kind, []).append(item)
            kinds.setdefault(f"{item.kind}.{item.value}", []).append(item)
        return kinds

    def all(self, *names: str) -> list[Found]:
        """Every finding of these kinds ("do") or concepts ("do.share"), in the order of the text."""
        found = [item for name in names for item in self._kinds.get(name, ())]
        return sorted(found, key=lambda item: (item.start, -item.end))

    def has(self, *names: str) -> bool:
        """Whether any of these kinds or concepts was found."""
        return any(name in self._kinds for name in names)

    def values(self, kind: str) -> set[str]:
        """The values found of a kind."""
        return {item.value for item in self._kinds.get(kind, ())}

    def words(self, item: Found) -> str:
        """The words of a finding as they were typed."""
        last = self.tokens[min(item.end, len(self.tokens)) - 1]
        return self.text[self.tokens[item.start].start : last.end]

    def has_word(self, *words: str) -> bool:
        """Whether one of these exact words stands in the message."""
        return any(token.text in words for token in self.tokens)

    def says(self, *names: str) -> bool:
        """Whether a word of one of these sets of the lexicon stands in the message."""
        sets = self.lexicon.sets
        return any(token.text in sets[name] for name in names for token in self.tokens)

    def negated(self, item: Found, reach: int = 3) -> bool:
        """Whether a "not" stands in the few words before the finding, inside its sentence."""
        for at in range(item.start - 1, max(-1, item.start - 1 - reach), -1):
            if self.tokens[at].is_end:
                return False
            if "w.negation" in self.tokens[at].tags or "w.without" in self.tokens[at].tags:
                return True
        return False


def read(text: str, words: Lexicon) -> Scene:
    """Read a message: normalise, cut into words, repair typos, find concepts, take off courtesy around it, hide what
    stands in a look-alike."""
    plain = words.named(normalise(text))
    tokens = tokenise(plain, words.slang, words.literals)
    repairs = repair(tokens, words.knows, words.meant)
    found = words.tag(tokens)
    asked = courtesy.core(plain, tokens, found, words)
    if asked is not None:
        return read(asked, words)
    hidden = set(_masked(found))
    return Scene(
        plain,
        tuple(tokens),
        tuple(item for item in found if item not in hidden),
        vote(tokens, words),
        repairs,
        words,
    )


def _masked(found: list[Found]) -> Iterable[Found]:
    """Findings of ours that a look-alike covers: the "record" of a world record, the "delen" of a sum."""
    covers = [item for item in found if item.kind == "out" and item.value == "homonym"]
    eyes = [item for item in found if item.kind == "system" and item.value in {"eye", "person"}]
    for item in found:
        if item.kind in _OURS and any(c.start <= item.start and item.end <= c.end for c in covers):
            yield item
        elif item.kind == "system" and item.value in {"word", "product"} and eyes:
            inside = any(e.start <= item.start and item.end <= e.end + 1 for e in eyes)
            if inside or any(e.value == "eye" for e in eyes):
                yield item
