"""From a file somebody has to rows of cells: CSV in every way Excel writes it, and .xlsx. Pure."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_LINES, MOST_CELLS = 20_000, 26
LARGEST_UNPACKED = 60 * 1024 * 1024
HEAD_WITHIN = 20  # lines of titles that may stand above the names of the columns
DELIMITERS = ";,\t"
BYTE_ORDER = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


class BadSheet(Exception):
    """This file cannot be read as a list of people; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as it came in. head: the names of the columns. lines: number in the file, cells."""

    head: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read(raw: bytes, known: Iterable[str]) -> Sheet:
    """The sheet in a file. known: names that columns may have, as `plain` makes them.

    BadSheet: empty, not_readable, too_big.
    """
    grid = [(n, row) for n, row in _grid(raw) if any(row)]
    if not grid:
        raise BadSheet("empty")
    names = frozenset(known)
    scored = [(sum(plain(cell) in names for cell in row), -n) for n, row in grid[:HEAD_WITHIN]]
    most, first = max(scored)
    # Without names that are known the first line with several cells is taken for the head.
    several = (n for n, row in grid if sum(map(bool, row)) > 1)
    at = -first if most else next(several, grid[0][0])
    head = next(row for n, row in grid if n == at)
    return Sheet(head, tuple((n, row) for n, row in grid if n > at))


def plain(name: str) -> str:
    """A column's name without what people write differently: capitals, spaces, marks."""
    return "".join(c for c in name.casefold() if c.isalnum())


def columns(sheet: Sheet, names: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Which column is which, by name; one that two columns could be is left out."""
    found: dict[str, list[int]] = {
        name: [n for n, cell in enumerate(sheet.head) if plain(cell) in set(map(plain, words))]
        for name, words in names.items()
    }
    return {name: places[0] for name, places in found.items() if len(places) == 1}


def _grid(raw: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    rows = _workbook(raw) if raw.startswith(b"PK\x03\x04") else _csv(_decoded(raw))
    for line, row in rows:
        if line > MOST_LINES:
            raise BadSheet("too_big")
        yield line, tuple(cell.replace("\x00", "").strip() for cell in row[:MOST_CELLS])


def _decoded(raw: bytes) -> str:
    """UTF-8, UTF-16 with or without its mark, or what a Western Excel writes without saying so."""
    for mark, name in BYTE_ORDER.items():
        if raw.startswith(mark):
            return raw.decode(name, errors="replace")
    if raw[:200].count(0) > len(raw[:200]) // 4:
        return raw.decode("utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be", errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"')
    skipped = 0
    if told.lower().startswith("sep=") and len(told) == len("sep=") + 1:
        text, delimiter, skipped = rest, told[-1], 1
    else:
        beginning = "\n".join(text.splitlines()[:HEAD_WITHIN])
        delimiter = max(DELIMITERS, key=beginning.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in lines:
            yield lines.line_num + skipped, row
    except csv.Error:
        raise BadSheet("not_readable") from None


def _workbook(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise BadSheet("too_big")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = [[_cell(v) for v in row] for row in sheet.iter_rows(values_only=True)]
            if any(any(row) for row in rows):
                yield from enumerate(rows, 1)
                return
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError):
        raise BadSheet("not_readable") from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
