"""Phrases with gaps, alternatives and concepts, matched on tokens.

A phrase is words with blanks between them:

    word      that word                 word*    a word that begins so     *word   a word that ends so
    *word*    a word that holds it      (a|b c)  one of these              <tag>   a concept found before
    x?        x or nothing              !x       not that word next        ^  $    begin, end of a sentence
    ..        up to 2 words between; the more dots the more words (n dots: 1.5 n - 1)

A phrase stays inside one sentence and must begin with a word, a concept or ^.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dialogs.understanding.words.tokens import Token

_INNER = re.compile(r"\(([^()]*)\)(\??)")
_STEM = 3


@dataclass(frozen=True)
class Element:
    """One place of a phrase."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    gap: int = 0
    optional: bool = False
    negative: bool = False
    edge: str = ""

    def ends(self, tokens: Sequence[Token], at: int) -> Iterable[int]:
        """Where this element can end when it begins at `at`."""
        if at >= len(tokens) or tokens[at].is_end:
            return
        token = tokens[at]
        text = token.text
        if (
            text in self.words
            or (self.prefixes and text.startswith(self.prefixes))
            or (self.suffixes and text.endswith(self.suffixes))
            or any(part in text for part in self.inside)
        ):
            yield at + 1
        for tag in self.tags:
            if tag in token.tags:
                yield token.tags[tag]


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase, and what it means when it is found."""

    source: str
    elements: tuple[Element, ...]
    meaning: str
    lang: str

    def match(self, tokens: Sequence[Token], at: int) -> int | None:
        """The index behind the phrase when it begins at `at`."""
        return _match(self.elements, 0, tokens, at)


def _match(
    elements: tuple[Element, ...], place: int, tokens: Sequence[Token], at: int
) -> int | None:
    if place == len(elements):
        return at
    element = elements[place]
    if element.gap:
        return _gap(elements, place, tokens, at)
    if element.edge:
        inside = (
            at > 0 and not tokens[at - 1].is_end
            if element.edge == "^"
            else at < len(tokens) and not tokens[at].is_end
        )
        return None if inside else _match(elements, place + 1, tokens, at)
    if element.negative:
        return (
            None
            if any(True for _ in element.ends(tokens, at))
            else _match(elements, place + 1, tokens, at)
        )
    for end in element.ends(tokens, at):
        found = _match(elements, place + 1, tokens, end)
        if found is not None:
            return found
    return _match(elements, place + 1, tokens, at) if element.optional else None


def _gap(elements: tuple[Element, ...], place: int, tokens: Sequence[Token], at: int) -> int | None:
    for skipped in range(elements[place].gap + 1):
        found = _match(elements, place + 1, tokens, at + skipped)
        if found is not None:
            return found
        if at + skipped >= len(tokens) or tokens[at + skipped].is_end:
            break
    return None


def compile_phrase(source: str, meaning: str, lang: str) -> Phrase:
    """Read one phrase. ValueError when it does not begin with something to find."""
    elements = tuple(_element(part) for part in re.findall(r"!?\([^)]*\)\??|\S+", source))
    first = elements[0] if elements else Element()
    if first.gap or first.optional or first.negative:
        raise ValueError(f"the phrase {source!r} must begin with a word or a concept")
    return Phrase(source, elements, meaning, lang)


def spell_out(source: str) -> list[str]:
    """Phrases without alternatives of several words: `(a|b c) d` becomes `(a) d` and `b c d`."""
    source = _unnest(source)
    for match in re.finditer(r"(!?)\(([^)]*)\)(\??)", source):
        choices = match[2].split("|")
        longer = [choice for choice in choices if " " in choice.strip()]
        if not longer:
            continue
        short = [choice for choice in choices if choice not in longer]
        parts = [
            *longer,
            *([f"{match[1]}({'|'.join(short)})"] if short else []),
            *([""] if match[3] else []),
        ]
        return [
            phrase
            for part in parts
            for phrase in spell_out(
                " ".join(f"{source[: match.start()]}{part}{source[match.end() :]}".split())
            )
        ]
    return [source]


def _unnest(source: str) -> str:
    """`(a (b|c)|d)` becomes `(a b|a c|d)`."""
    while match := next(
        (
            m
            for m in _INNER.finditer(source)
            if source[: m.start()].count("(") > source[: m.start()].count(")")
        ),
        None,
    ):
        begin = max(source.rfind("(", 0, match.start()), source.rfind("|", 0, match.start())) + 1
        ends = [
            at for at in (source.find("|", match.end()), source.find(")", match.end())) if at >= 0
        ]
        end = min(ends)
        head, tail = source[begin : match.start()], source[match.end() : end]
        choices = [*match[1].split("|"), *([""] if match[2] else [])]
        spelled = "|".join(" ".join(f"{head}{choice}{tail}".split()) for choice in choices)
        source = source[:begin] + spelled + source[end:]
    return source


@lru_cache(maxsize=8192)
def _element(part: str) -> Element:
    if len(part) > 1 and not part.strip("."):
        return Element(gap=int(1.5 * len(part) - 1))
    if part in {"^", "$"}:
        return Element(edge=part)
    optional = part.endswith("?")
    negative = part.startswith("!")
    part = part.removesuffix("?").removeprefix("!")
    if not part.strip("*()|<>"):
        raise ValueError(f"{part!r} says nothing")
    choices = part[1:-1].split("|") if part.startswith("(") else [part]
    words, prefixes, suffixes, inside, tags = [], [], [], [], []
    for choice in choices:
        if choice.startswith("<"):
            tags.extend(choice.strip("<>").split("/"))
        elif choice.startswith("*") and choice.endswith("*"):
            inside.append(choice.strip("*"))
        elif choice.startswith("*"):
            suffixes.append(choice[1:])
        elif choice.endswith("*"):
            prefixes.append(choice[:-1])
        else:
            words.append(choice)
    return Element(
        frozenset(words), tuple(prefixes), tuple(suffixes), tuple(inside), tuple(tags),
        optional=optional, negative=negative,
    )  # fmt: skip


@dataclass
class Index:
    """Phrases by what they begin with, so that a token only meets phrases that could begin there."""

    by_word: dict[str, list[Phrase]] = field(default_factory=dict)
    by_stem: dict[str, list[Phrase]] = field(default_factory=dict)
    by_tag: dict[str, list[Phrase]] = field(default_factory=dict)
    anywhere: list[Phrase] = field(default_factory=list)

    def add(self, phrase: Phrase) -> None:
        """Take in a phrase."""
        first = phrase.elements[1 if phrase.elements[0].edge else 0]
        if first.gap or first.optional or first.negative or first.suffixes or first.inside:
            self.anywhere.append(phrase)
            return
        if any(len(prefix) < _STEM for prefix in first.prefixes):
            self.anywhere.append(phrase)
            return
        for word in first.words:
            self.by_word.setdefault(word, []).append(phrase)
        for stem in {prefix[:_STEM] for prefix in first.prefixes}:
            self.by_stem.setdefault(stem, []).append(phrase)
        for tag in first.tags:
            self.by_tag.setdefault(tag, []).append(phrase)

    def at(self, token: Token) -> Iterable[Phrase]:
        """The phrases that could begin with `token`."""
        yield from self.by_word.get(token.text, ())
        yield from self.by_stem.get(token.text[:_STEM], ())
        for tag in tuple(token.tags):
            yield from self.by_tag.get(tag, ())
        yield from self.anywhere
