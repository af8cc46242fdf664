"""What a page of the desk shows, as plain data: no pixels, no addresses, no markup.

A dialog makes a `View`; the desk's adapter draws whatever stands in it. So a new dialog has its
pages at the desk without a line there. `to` always names another page of the desk:
'section' or 'section/argument'.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.replies import Button, Say

if TYPE_CHECKING:
    from bot.engine.dialog import Turn


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a page. argument: what stands after the section's name; values: filters."""

    argument: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A filter's value, '' when it is not set."""
        return self.values.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Link:
    """The way to another page, or to a file of a section. whole: with the filters of this page.

    printed: the same page without what is only for the screen.
    """

    label: str
    to: str
    file: str = ""
    whole: bool = False
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table. to: what its first cell leads to. late: something is over time."""

    cells: tuple[str, ...]
    to: str = ""
    late: bool = False
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. empty: what stands there when there are none."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Line, ...]
    empty: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers in a picture; the same numbers stand beside it as a table. columns: name, number."""

    title: str
    columns: tuple[str, str]
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One filter: a list to choose from, or words to look for when there are no options."""

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the page down."""

    choices: tuple[Criterion, ...]
    submit: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send in; what is done with it is the dialog's upload of that name.

    accept: the endings that fit. to: the page that shows what came of it.
    """

    name: str
    label: str
    hint: str
    submit: str
    accept: str
    to: str


@dataclass(frozen=True, slots=True)
class Ways:
    """A row of ways on."""

    links: tuple[Link, ...]


Part = Say | Table | Chart | Filters | Upload | Ways


@dataclass(frozen=True, slots=True)
class View:
    """One page. back: the page it belongs under, with its words; None at the top of a section."""

    title: str
    parts: tuple[Part, ...] = ()
    back: Link | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Something to save. media: its media type."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """What a dialog shows at the desk. Showing changes nothing; what is done there is a turn.

    name: in the page's address. title: key of its words. may: who sees it. files: what can be
    saved from it, by name.
    """

    name: str
    title: str
    may: Callable[[Turn], bool]
    show: Callable[[Turn, Query], Awaitable[View]]
    files: Mapping[str, Callable[[Turn, Query], Awaitable[File]]] = field(default_factory=dict)


class Doors(Protocol):
    """The ways into the desk, kept by its adapter; what they write is part of the turn."""

    async def enter(self, db: AsyncSession, person: str, now: datetime) -> str:
        """An address that lets this person in once, within minutes."""
        ...

    async def subscribe(self, db: AsyncSession, person: str, file: str, now: datetime) -> str:
        """A secret address of one file ('section/name' or 'section/name/argument') for a calendar;
        the one before it dies.
        """
        ...
