"""Spreadsheets: what is asked as a table and given as a file, and files read back as rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook

FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json; charset=utf-8"
LONGEST_CELL = 32_000  # what a spreadsheet can hold


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV, the first of them the column names."""
    file = io.StringIO()
    csv.writer(file).writerows([[safe(cell) for cell in row] for row in rows])
    return file.getvalue()


def as_xlsx(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """Rows as a workbook of one sheet, its first line fixed. Every cell is text: no formula runs."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title[:31]
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(line, column, _printable(value)[:LONGEST_CELL])
            cell.data_type = "s"
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _printable(value: str) -> str:
    """Without the control characters that the file format cannot carry."""
    return "".join(c for c in value if c >= " " or c in "\n\t")
