"""The lexicon: reviewed TOML files with phrases, compiled once. A language is a folder.

`nl/10_things.toml` and its neighbours name concepts (`[audience.peer]`): an `example` that a test reads, and `phrases`,
one a line. The files are layers, read in the order of their names, so that a later file can build on concepts of an
earlier one; a concept has one home. `nl/words.toml` holds small and ordinary words, short forms, and sets of words that
the rules ask for by name.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
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
_STEM = 3  # a shorter beginning does not make a word known
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
    `inside`: how a device of the system itself, or making something in it, is called.
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
    letters: Mapping[str, tuple[str, ...]]
    languages: Mapping[str, frozenset[str]]
    meant: Callable[[str], str | None]
    schools: Mapping[str, str]
    named: Callable[[str], str]
    months: int
    inside: re.Pattern[str]

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
        """Read and compile the lexicon in `folder`, with the institute's names: a folder per language, in it a file per
        layer. ValueError names the file and the concept of a phrase that cannot be read.
        """
        languages = sorted(path.name for path in folder.iterdir() if path.is_dir())
        phrases: list[Phrase] = []
        layers: list[Index] = []
        for name in sorted({path.name for path in folder.glob("*/[0-9]*.toml")}):
            index = Index()
            for lang in languages:
                for phrase in _phrases(folder / lang / name, lang):
                    index.add(phrase)
                    phrases.append(phrase)
            layers.append(index)
        plain = {lang: _tree(folder / lang / "words.toml") for lang in languages}
        learnt = _tree(folder / "learnt.toml")
        return cls(
            **_words(plain),
            **_known(phrases, plain),
            layers=tuple(layers),
            schools=guidelines.school_names(),
            named=renaming(guidelines.names, learnt),
            inside=re.compile(learnt["inside"]),
            months=guidelines.names.months,
        )


def _mark(phrase: Phrase, token: Token, at: int, end: int) -> Found:
    kind, _, value = phrase.meaning.partition(".")
    for tag in (kind, phrase.meaning, value):
        if tag:
            token.tags[tag] = max(end, token.tags.get(tag, 0))
    return Found(kind, value, at, end, phrase.lang)


def _tree(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def examples(folder: Path = FOLDER) -> Iterator[tuple[str, str, str]]:
    """(concept, language, sentence) of every example beside a phrase."""
    for path in sorted(folder.glob("*/[0-9]*.toml")):
        for kind, values in _tree(path).items():
            for value, entry in values.items():
                yield f"{kind}.{value}", path.parent.name, entry["example"]


def _phrases(path: Path, lang: str) -> Iterator[Phrase]:
    """The compiled phrases of one file; a long phrase may go on, behind a bar or a blank, on the next line."""
    for kind, values in _tree(path).items():
        for value, entry in values.items():
            try:
                for source in entry["phrases"]:
                    joined = " ".join(source.split()).replace("| ", "|")
                    for plain in spell_out(joined):
                        yield compile_phrase(plain, f"{kind}.{value}", lang)
            except (KeyError, ValueError) as error:
                raise ValueError(f"{lang}/{path.name}, [{kind}.{value}]: {error}") from error


def _words(plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the languages' files of words say: language by language, or taken together."""
    votes = {word: lang for lang, one in plain.items() for word in one["votes"].split()}
    names = {name for one in plain.values() for name in one["sets"]}
    return {
        "slang": {short: long for one in plain.values() for short, long in one["slang"].items()},
        "votes": votes,
        "common": frozenset(votes) | {w for one in plain.values() for w in one["common"].split()},
        "letters": {lang: tuple(one["letters"].split()) for lang, one in plain.items()},
        "languages": {lang: frozenset(one["names"].split()) for lang, one in plain.items()},
        "sets": {
            name: frozenset(w for one in plain.values() for w in one["sets"].get(name, "").split())
            for name in names
        },
    }


def _known(phrases: Sequence[Phrase], plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The words that the phrases know, and those that a typo may be repaired to."""
    elements = [element for phrase in phrases for element in phrase.elements]
    literals = frozenset(word for element in elements for word in element.words)
    stems = _of(elements, "prefixes")
    votes = {word for one in plain.values() for word in one["votes"].split()}
    good = {word for word in literals | votes if len(word) >= _REPAIRABLE}
    good = {word for word in good if word.isalpha() or word in votes}
    good |= {stem for stem in stems if len(stem) > _REPAIRABLE and stem.isalpha()}
    good |= {word for one in plain.values() for word in one["repair"].split()}
    repairable = tuple(sorted(good))
    return {
        "literals": literals,
        "stems": tuple(stem for stem in stems if len(stem) > _STEM),
        "middles": _of(elements, "inside"),
        "tails": _of(elements, "suffixes"),
        "repairable": repairable,
        "meant": lru_cache(maxsize=4096)(lambda word: nearest(word, repairable)),
    }


def _of(elements: Sequence[Element], name: str) -> tuple[str, ...]:
    return tuple(sorted({part for element in elements for part in getattr(element, name)}))
