"""Every sentence a user sees: key + language -> words.

One TOML file per dialog and language; the key is the file's name and the path inside it.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LANGUAGES = ("nl", "en")

Values = Mapping[str, Mapping[str, object]]


class Texts:
    """The catalog of sentences, complete in every language (a test proves it)."""

    def __init__(
        self, catalog: Mapping[str, Mapping[str, Any]], values: Values | None = None
    ) -> None:
        self._catalog = catalog
        self._values = values or {}

    @classmethod
    def load(cls, *folders: Path) -> Texts:
        """Read `<folder>/<language>/*.toml`: the common sentences, and those of single dialogs."""
        return cls(
            {
                lang: {
                    key: value
                    for folder in folders
                    for path in sorted((folder / lang).glob("*.toml"))
                    for key, value in _flat(
                        tomllib.loads(path.read_text(encoding="utf-8")), path.stem
                    )
                }
                for lang in LANGUAGES
            }
        )

    def bound(self, values: Values) -> Texts:
        """The same sentences, with these placeholders of a language always filled in.

        Each value is also there with a capital, for the beginning of a sentence: `{Plan}`.
        """
        return Texts(
            self._catalog,
            {
                lang: {n: v for name, value in own.items() for n, v in _both(name, value)}
                for lang, own in values.items()
            },
        )

    def __call__(self, key: str, lang: str, **values: object) -> str:
        """The sentence, with `{placeholders}` filled in. KeyError names what is missing."""
        return str(self._catalog[lang][key]).format(**{**self._values.get(lang, {}), **values})

    def named(self, text: str) -> str:
        """A text from elsewhere with the bound values in place: `{en.plan}`. Other braces stay."""
        return re.sub(r"\{(\w+)\.(\w+)\}", self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        return str(self._values.get(match[1], {}).get(match[2], match[0]))

    def has(self, key: str, lang: str = "nl") -> bool:
        """Whether there is such a sentence."""
        return key in self._catalog[lang]

    def words(self, key: str, *langs: str) -> tuple[str, ...]:
        """A list of words people may type, lower case; of all languages together, or of these."""
        return tuple(w.lower() for lang in langs or LANGUAGES for w in self._catalog[lang][key])

    def keys(self, lang: str) -> frozenset[str]:
        """All keys of one language."""
        return frozenset(self._catalog[lang])

    def placeholders(self, key: str, lang: str) -> frozenset[str]:
        """The names a sentence wants filled in by who says it."""
        parsed = string.Formatter().parse(str(self._catalog[lang][key]))
        return frozenset(name for _, name, _, _ in parsed if name) - set(self._values.get(lang, {}))


def _both(name: str, value: object) -> list[tuple[str, object]]:
    said = str(value)
    return [(name, value), (name[:1].upper() + name[1:], said[:1].upper() + said[1:])]


def _flat(tree: Mapping[str, Any], path: str) -> list[tuple[str, Any]]:
    return [
        pair
        for name, value in tree.items()
        for pair in (
            _flat(value, f"{path}.{name}")
            if isinstance(value, Mapping)
            else [(f"{path}.{name}", value)]
        )
    ]


def cut(text: str, most: int) -> str:
    """The text, or as much of it as fits and a sign that some is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
