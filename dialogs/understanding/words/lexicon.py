"""The bilingual lexicon: reviewed TOML files with phrases, compiled once.

`words/*.toml` name concepts (`[audience.peer]`, phrases under `nl` and `en`); `signs/*.toml` are phrases built on those
concepts. A file may hold several kinds; within `words` files are read in the order of their names, so that a later
file can build on concepts of an earlier one.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from dialogs.guidelines import Guidelines
from dialogs.understanding.words.naming import renaming
from dialogs.understanding.words.patterns import Element, Index, Phrase, compile_phrase, spell_out
from dialogs.understanding.words.repair import nearest
from dialogs.understanding.words.tokens import Token

FOLDER = Path(__file__).with_name("lexicon")
_REPAIRABLE = 4  # shorter words have too many neighbours to repair safely


@dataclass(frozen=True)
class Found:
    """A concept found in the text: `kind.value`, and the tokens it spans."""

    kind: str
    value: str
    start: int
    end: int
    lang: str


@dataclass(frozen=True)
class Lexicon:
    """All phrases, plus the words a typo may be repaired to and the words never to touch.

    `schools`: names of schools with own rules, in lower case, and their ids. `meant`: the word a typo stands for.
    `named`: a text with the institute's own names in the words known here. `months`: how long it keeps a recording.
    """

    layers: tuple[Index, ...]
    slang: dict[str, str]
    votes: dict[str, str]
    common: frozenset[str]
    literals: frozenset[str]
    stems: tuple[str, ...]
    middles: tuple[str, ...]
    tails: tuple[str, ...]
    repairable: tuple[str, ...]
    sets: Mapping[str, frozenset[str]]
    meant: Callable[[str], str | None]
    schools: Mapping[str, str]
    named: Callable[[str], str]
    months: int

    def knows(self, word: str) -> bool:
        """Whether a word is ours or ordinary, and so needs no repair."""
        return (
            word in self.common
            or word in self.literals
            or word.startswith(self.stems)
            or word.endswith(self.tails)
            or any(part in word for part in self.middles)
        )

    def tag(self, tokens: list[Token]) -> list[Found]:
        """All concepts in `tokens`, layer by layer; tokens get their tags."""
        found = self._schools(tokens)
        for layer in self.layers:
            for at, token in enumerate(tokens):
                if token.is_end:
                    continue
                for phrase in layer.at(token):
                    end = phrase.match(tokens, at)
                    if end is not None and end > at:
                        found.append(_mark(phrase, token, at, end))
        return list(dict.fromkeys(found))

    def _schools(self, tokens: list[Token]) -> list[Found]:
        """Schools named in the text; their tokens get the tag that the phrases about schools look for."""
        found = []
        for name, school in self.schools.items():
            parts = name.replace("-", " ").split()
            for at in range(len(tokens) - len(parts) + 1):
                if [token.text for token in tokens[at : at + len(parts)]] == parts:
                    tags = tokens[at].tags
                    tags["school"] = max(at + len(parts), tags.get("school", 0))
                    found.append(Found("school", school, at, at + len(parts), "nl"))
        return found

    @classmethod
    def load(cls, guidelines: Guidelines, folder: Path = FOLDER) -> Self:
        """Read and compile the lexicon in `folder`, with the institute's names. ValueError names the file and the concept of a wrong phrase."""
        phrases: list[Phrase] = []
        layers: list[Index] = []
        for path in sorted(folder.glob("[0-9]*.toml")):
            index = Index()
            for phrase in _phrases(tomllib.loads(path.read_text(encoding="utf-8")), path):
                index.add(phrase)
                phrases.append(phrase)
            layers.append(index)
        plain = tomllib.loads((folder / "plain.toml").read_text(encoding="utf-8"))
        return cls(
            **_assemble(phrases, plain),
            layers=tuple(layers),
            schools=guidelines.school_names(),
            named=renaming(guidelines.names, plain["learnt"]),
            months=guidelines.names.months,
        )


def _mark(phrase: Phrase, token: Token, at: int, end: int) -> Found:
    kind, _, value = phrase.meaning.partition(".")
    for tag in (kind, phrase.meaning, value):
        if tag:
            token.tags[tag] = max(end, token.tags.get(tag, 0))
    return Found(kind, value, at, end, phrase.lang)


def _phrases(tree: dict[str, Any], path: Path) -> list[Phrase]:
    found: list[Phrase] = []
    for kind, values in tree.items():
        for value, languages in values.items():
            for lang, sources in languages.items():
                try:
                    found.extend(
                        compile_phrase(plain, f"{kind}.{value}", lang)
                        for source in sources
                        for plain in spell_out(source)
                    )
                except ValueError as error:
                    raise ValueError(f"{path.name}, [{kind}.{value}]: {error}") from error
    return found


def _assemble(phrases: list[Phrase], plain: dict[str, Any]) -> dict[str, Any]:
    """What follows from the phrases and the plain words."""
    elements = [element for phrase in phrases for element in phrase.elements]
    literals = frozenset(word for element in elements for word in element.words)
    votes = {word: lang for lang, words in plain["votes"].items() for word in words.split()}
    common = frozenset(votes) | frozenset(" ".join(plain["common"].values()).split())
    good = {word for word in literals if len(word) >= _REPAIRABLE and word.isalpha()}
    good |= {
        stem for stem in _of(elements, "prefixes") if len(stem) > _REPAIRABLE and stem.isalpha()
    }
    good |= set(plain["repair"]["targets"].split()) | {
        word for word in votes if len(word) >= _REPAIRABLE
    }
    repairable = tuple(sorted(good))
    return {
        "slang": plain["slang"],
        "votes": votes,
        "common": common,
        "literals": literals,
        "stems": tuple(stem for stem in _of(elements, "prefixes") if len(stem) > 3),
        "middles": _of(elements, "inside"),
        "tails": _of(elements, "suffixes"),
        "repairable": repairable,
        "sets": {name: frozenset(words.split()) for name, words in plain["sets"].items()},
        "meant": lru_cache(maxsize=4096)(lambda word: nearest(word, repairable)),
    }


def _of(elements: list[Element], name: str) -> tuple[str, ...]:
    return tuple(sorted({part for element in elements for part in getattr(element, name)}))
