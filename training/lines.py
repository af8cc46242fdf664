"""The labelled lines that the sentence encoder learns from: `training/lines/*.tsv` and the older sets, `training/sets/*.jsonl`.

A line of a TSV file has four columns: the message (the messages before it stand before ` || `), the topic, the slots
(`a=family p=messenger ...`, `-` for none) and the letters of the verdicts that would be right, best first.
The older sets are JSON Lines; their facts stand in the field `facts`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dialogs.guidelines import Guidelines, load
from dialogs.understanding.rules.tasks import TOPICS

FOLDER = Path(__file__).resolve().parent
SLOTS = {
    "a": "audience", "p": "place", "u": "purpose", "t": "time", "n": "need", "m": "permission", "s": "school",
}  # fmt: skip
VERDICTS = {
    "A": "allowed", "O": "only_if", "N": "not_allowed", "M": "must", "I": "info", "Q": "ask", "S": "school_rules",
    "C": "clarify", "T": "task", "X": "out_of_scope",
}  # fmt: skip
# Values that the lines, written for one institute, call by the name of its system.
_RENAMED = {"iris": "system", "iris_app": "system_app", "must_iris": "must_system"}
_REQUESTED = frozenset({"breach", "consent"})  # topics that may also be asked for as a task


@dataclass(frozen=True)
class Line:
    """One labelled message. `fresh`: the rules were not made with it in sight."""

    text: str
    context: tuple[str, ...]
    school: str | None
    facts: Mapping[str, str]
    accept: tuple[str, ...]
    fresh: bool


@cache
def _guidelines() -> Guidelines:
    return load()


def read_lines(*, without: Sequence[str] = ()) -> Iterator[Line]:
    """Every line, but for the files named. ValueError with file and number for a line that is not in form."""
    for path in sorted(FOLDER.glob("lines/*.tsv")):
        if path.name not in without:
            for at, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                try:
                    yield parse(row)
                except ValueError as error:
                    raise ValueError(f"{path.name}, line {at}: {error}") from error
    for path in sorted(FOLDER.glob("sets/*.jsonl")):
        if path.name not in without:
            yield from _older(path)


def parse(row: str) -> Line:
    """A row of a TSV file. ValueError says what is wrong with it."""
    columns = row.split("\t")
    if len(columns) != len(("text", "topic", "slots", "verdicts")):
        raise ValueError(f"{len(columns)} columns")
    said, topic, slots, letters = columns
    *context, text = [part.strip() for part in said.split(" || ")]
    facts = {"about": _RENAMED.get(topic, topic), "object": "named"}
    for slot in slots.split():
        if slot != "-":
            name, _, value = slot.partition("=")
            facts[SLOTS.get(name, name)] = "own" if name == "s" else _RENAMED.get(value, value)
    known = _guidelines().domains
    strange = [
        value
        for name, value in facts.items()
        if value not in known.get(name, ()) and not (name == "about" and value in TOPICS)
    ]
    if strange or not letters or set(letters) - VERDICTS.keys():
        raise ValueError(f"{strange or letters!r} is not known")
    accept = tuple(VERDICTS[letter] for letter in letters)
    return Line(text, tuple(context), None, facts, accept, fresh=True)


def verdict(line: Line) -> str:
    """What the decision table makes of the facts of a line."""
    return "task" if line.facts["about"] in TOPICS else _guidelines().decide(line.facts).verdict


def fits(line: Line) -> bool:
    """Whether the facts of a line lead to one of its verdicts."""
    requested = line.facts["about"] in _REQUESTED and "task" in line.accept
    return requested or verdict(line) in line.accept


def _older(path: Path) -> Iterator[Line]:
    for row in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(row)
        if one.get("facts"):
            facts = {name: _RENAMED.get(value, value) for name, value in one["facts"].items()}
            yield Line(
                one["text"], tuple(one["context"]), one["school"], facts, tuple(one["accept"]), fresh=False
            )  # fmt: skip
