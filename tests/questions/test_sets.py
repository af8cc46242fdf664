"""The sets of questions are well formed and do not overlap."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dialogs.guidelines import load
from dialogs.understanding.rules.tasks import TOPICS
from training.lines import FOLDER, fits, parse, read_lines

HERE = Path(__file__).parent
DEV, READ = HERE / "dev.jsonl", HERE / "read.jsonl"
MATERIAL = [*sorted((FOLDER / "sets").glob("*.jsonl")), READ]
EXAMINATIONS = [path for path in sorted(HERE.glob("*.jsonl")) if path not in (DEV, READ)]
SETS = [*MATERIAL, DEV, *EXAMINATIONS]
LINES = sorted((FOLDER / "lines").glob("*.tsv"))
FIELDS = {"id", "text", "lang", "school", "context", "accept", "clauses", "offer", "tags"}
VERDICTS = {
    "allowed", "only_if", "not_allowed", "must", "info", "ask", "school_rules", "clarify", "task", "out_of_scope",
}  # fmt: skip
CLAUSES = {"U1", "U2", "U3", "U4", "D1", "D2", "D3", "S1", "O1", "O2", "O3"}
OFFERS = {None, "escalation", "breach", "recordings"}
SCHOOLS = {None, "OSH", "NOD Haaglanden", "HOS"}
TAGS = {
    "typo", "slang", "indirect", "mixed", "long", "follow_up", "adversarial", "audio", "photo", "school",
}  # fmt: skip

KNOWN = {"accept": VERDICTS, "clauses": CLAUSES, "offer": OFFERS, "tags": TAGS}


def stem(path: Path) -> str:
    return path.stem


def read(path: Path) -> list[dict]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def plain(row: Mapping[str, Any]) -> str:
    """What is asked, without case and punctuation."""
    return " ".join(re.findall(r"\w+", " / ".join([*row["context"], row["text"]]).lower()))


def test_the_sets_are_there() -> None:
    assert len(LINES) >= 25
    assert len(MATERIAL) >= 8
    assert DEV.exists()
    assert {path.stem for path in EXAMINATIONS} >= {"second", "third", "fourth"}


@pytest.mark.parametrize("path", SETS, ids=stem)
def test_every_line_is_well_formed(path: Path) -> None:
    for row in read(path):
        where = row.get("id")
        assert set(row) - {"facts"} == FIELDS, where
        assert row["text"].strip(), where
        assert row["lang"] in {"nl", "en", "mixed"}, where
        assert row["school"] in SCHOOLS, where
        assert all(map(str.strip, row["context"])), where
        for name_of, known in KNOWN.items():
            assert isinstance(row[name_of], list), where
            assert set(row[name_of]) <= known, where
        assert row["accept"], where
        assert row["offer"], where
        assert ("follow_up" in row["tags"]) == bool(row["context"]), where
        assert ("mixed" in row["tags"]) == (row["lang"] == "mixed"), where


@pytest.mark.parametrize("path", SETS, ids=stem)
def test_labels_hang_together(path: Path) -> None:
    for row in read(path):
        where, first = row["id"], row["accept"][0]
        assert len(set(row["accept"])) == len(row["accept"]), where
        if first in {"task", "clarify", "out_of_scope"}:
            assert not row["clauses"], where
        if "allowed" in row["accept"]:
            assert set(row["accept"]) <= {"allowed", "only_if", "info", "must"}, where
        if row["school"] and first not in {"task", "clarify", "out_of_scope"}:
            assert first in {"school_rules", "must"}, where
        if None not in row["offer"]:
            assert first in {"must", "task", "ask"}, where


@pytest.mark.parametrize("path", SETS, ids=stem)
def test_ids_and_texts_are_unique(path: Path) -> None:
    rows = read(path)
    assert len({row["id"] for row in rows}) == len(rows)
    asked = [(row["school"], plain(row)) for row in rows]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("path", MATERIAL, ids=stem)
@pytest.mark.parametrize("examination", EXAMINATIONS, ids=stem)
def test_the_examinations_share_nothing_with_the_material(path: Path, examination: Path) -> None:
    material, asked = read(path), read(examination)
    assert not {row["id"] for row in material} & {row["id"] for row in asked}
    assert not {plain(row) for row in material} & {plain(row) for row in asked}


@pytest.mark.parametrize("path", LINES, ids=stem)
def test_the_facts_of_every_line_lead_to_its_verdict(path: Path) -> None:
    """The decision table agrees with the label, or one of the two is wrong."""
    rows = path.read_text(encoding="utf-8").splitlines()
    lines = [parse(row) for row in rows]

    assert [line.text for line in lines if not fits(line)] == []
    assert len(set(rows)) == len(rows)


def test_the_lines_cover_every_topic_in_depth() -> None:
    """At least 25 phrasings of each, and many look-alikes that are not about recordings or not settled."""
    counts = Counter(line.facts["about"] for line in read_lines())

    assert min(counts[topic] for topic in [*load().domains["about"], *TOPICS]) >= 25
    assert counts["other"] + counts["open"] >= 200


@pytest.mark.parametrize("examination", [DEV, READ, *EXAMINATIONS], ids=stem)
def test_no_examination_is_learnt_from(examination: Path) -> None:
    learnt = {plain({"context": line.context, "text": line.text}) for line in read_lines()}

    assert not learnt & {plain(row) for row in read(examination)}
