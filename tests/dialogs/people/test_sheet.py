"""Files as people have them: every way Excel and student systems write a list."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from bot.engine import roster
from bot.engine.texts import Texts
from dialogs.people import importing
from dialogs.people.sheet import BadSheet, columns, plain, read

HEAD = ["Naam", "E-mailadres", "Rol", "Einde studie", "Begeleider"]
ROWS = [
    ["Ánna de Vries", "anna@uni.nl", "student", "31-08-2027 00:00:00", "sup@uni.nl"],
    ["Sup; van der Ë", "sup@uni.nl", "begeleider", "", ""],
]


def text(delimiter: str = ";", before: str = "", end: str = "\r\n") -> str:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in [HEAD, *ROWS]]
    return before + end.join(lines) + end


def workbook(*above: list[str], first_empty: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    if first_empty:
        sheet = book.create_sheet("Mensen")
    for row in [*above, HEAD, *ROWS]:
        sheet.append(row)
    sheet.cell(len(above) + 2, 4, datetime(2027, 8, 31, 12, 30))  # noqa: DTZ001  # as Excel has it
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FILES = {
    "dutch excel": text().encode("cp1252"),
    "utf-8": text(",").encode(),
    "with a mark": text().encode("utf-8-sig"),
    "utf-16": text("\t").encode("utf-16"),
    "utf-16 without a mark": text("\t").encode("utf-16-le"),
    "sep line": text("|", "sep=|\r\n").encode(),
    "sep line in quotes": text(";", '"sep=;"\r\n').encode(),
    "titles above": text(
        ";", "Lijst studenten;;;;\r\nGemaakt op 1-9-2026;;;;\r\n;;;;\r\n"
    ).encode(),
    "unix lines": text(end="\n").encode(),
    "xlsx": workbook(),
    "xlsx with titles": workbook(["Lijst studenten"], [], ["Gemaakt op", "1-9-2026"]),
    "xlsx on the second sheet": workbook(first_empty=True),
}


@pytest.mark.parametrize("raw", FILES.values(), ids=FILES)
def test_every_way_of_writing_gives_the_same_people(texts: Texts, raw: bytes) -> None:
    kept = importing.read(raw, texts)
    assert not importing.unsure(kept)
    cells = [(line, importing._cells(tuple(row), kept, {}, texts)) for line, row in kept["lines"]]
    report = roster.judge(cells, {})
    assert report.problems == ()
    assert [(r.email, r.name, r.role, r.supervisor_email) for r in report.rows] == [
        ("anna@uni.nl", "Ánna de Vries", "student", "sup@uni.nl"),
        ("sup@uni.nl", "Sup; van der Ë", "supervisor", ""),
    ]
    assert report.rows[0].programme_end == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (["Name", "E-mail", "Role"], {"name": 0, "email": 1, "role": 2}),
        (["Student", "Mail", "Soort"], {"name": 0, "email": 1, "role": 2}),
        (["E-mail", "Mail", "Naam"], {"name": 2}),  # which of the two?
        (["Kolom 1", "Kolom 2"], {}),
        (["supervisor_email", "PROGRAMME_END"], {"supervisor_email": 0, "programme_end": 1}),
    ],
)
def test_columns_by_name_in_both_languages(
    texts: Texts, head: list[str], found: dict[str, int]
) -> None:
    sheet = read("\t".join(head).encode() + b"\nx\ty\tz", [])
    assert columns(sheet, importing.names(texts)) == found


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b"\n\n;;;\n", "empty"),
        (b"PK\x03\x04 this is no workbook", "not_readable"),
        (b"a;b\n" * 20_001, "too_big"),
    ],
)
def test_what_is_no_list_is_said(raw: bytes, code: str) -> None:
    with pytest.raises(BadSheet) as problem:
        read(raw, [])
    assert problem.value.code == code


def test_no_two_columns_share_a_name(texts: Texts) -> None:
    said = [
        plain(word) for words in importing.names(texts).values() for word in set(map(plain, words))
    ]
    assert sorted(said) == sorted(set(said))
