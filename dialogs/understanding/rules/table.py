"""Rules as rows: when these signs are there, unless one of those, then this. The first row that fits wins.

A sign is a kind or a concept of the lexicon (`do`, `do.share`), or a name with a question mark (`?outside`) that a
function works out from the message. `tests/dialogs/understanding/test_rules.py` finds names that nothing answers to and
rows that can never be reached.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dialogs.understanding.words.scene import Scene


@dataclass(frozen=True)
class SignRow:
    """`when`: groups of signs, of each of which one must be there; `unless`: signs of which none may be there."""

    then: str
    when: tuple[frozenset[str], ...]
    unless: frozenset[str] = frozenset()

    def fits(self, signs: "Signs") -> bool:
        """Whether the message shows what the row asks for."""
        return all(signs.any(group) for group in self.when) and not signs.any(self.unless)


def row(then: str, when: str, unless: str = "") -> SignRow:
    """A row as it is written: "a b; c" is (a or b) and c; `unless` is a list of signs."""
    groups = tuple(frozenset(group.split()) for group in when.split(";"))
    return SignRow(then, groups, frozenset(unless.split()))


def first(rows: Iterable[SignRow], signs: "Signs") -> str | None:
    """What the first row that fits says; None when none does."""
    return next((one.then for one in rows if one.fits(signs)), None)


class Signs:
    """What a message shows: the lexicon's findings, and the signs worked out from it, each at most once."""

    def __init__(self, scene: Scene, worked_out: Mapping[str, Callable[["Signs"], bool]]) -> None:
        self.scene = scene
        self._worked_out = worked_out
        self._seen: dict[str, bool] = {}

    def any(self, names: Iterable[str]) -> bool:
        """Whether one of these signs is there."""
        return any(self.has(name) for name in names)

    def has(self, name: str) -> bool:
        """Whether a sign is there. KeyError for a `?name` that nothing works out."""
        if not name.startswith("?"):
            return self.scene.has(name)
        if name not in self._seen:
            self._seen[name] = self._worked_out[name](self)
        return self._seen[name]
