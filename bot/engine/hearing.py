"""What was read in a sentence, and who reads it. A message is read once; the turn keeps the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Heard(Protocol):
    """What a sentence wants, as far as it was understood."""

    @property
    def intent(self) -> str:
        """Its name, by which a dialog listens to it."""
        ...

    @property
    def lang(self) -> str:
        """The language it was said in."""
        ...

    @property
    def data(self) -> Mapping[str, str]:
        """What was said with it: a date, a label."""
        ...

    @property
    def sure(self) -> bool:
        """Whether it was clearly understood, so that it may interrupt a form."""
        ...

    @property
    def personal(self) -> bool:
        """Whether it is about somebody's own case, which is not for others to read."""
        ...


class Reader(Protocol):
    """From a sentence to what was heard in it. `context`: earlier messages of the conversation."""

    def read(
        self,
        text: str,
        *,
        context: Sequence[str] = (),
        school: str | None = None,
        now: datetime,
        lang: str | None = None,
    ) -> Heard:
        """`school`: the person's own. `lang`: to fall back on when the sentence does not tell."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """What needed no reading: a button, a file, somebody who arrives."""

    intent: str = ""
    lang: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    sure: bool = False
    personal: bool = False
