"""What is wrong in a guidelines file: every finding with file and line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from bot.engine.texts import LANGUAGES, Texts
from dialogs.guidelines.loading import DEFAULT, expand, read, rule, source_text
from dialogs.guidelines.model import OFFERS, REFERS, VERDICTS, GuidelinesError, Rule
from dialogs.guidelines.names import names
from dialogs.guidelines.naming import own_names, wrong_addresses, wrong_names, wrong_numbers
from dialogs.guidelines.space import Box, example, overlap, subtract

_TEXTS = Path(__file__).parents[1] / "texts"
_SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, for a person to mend."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """`file:line: message`, as editors understand it."""
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class _File:
    path: Path
    lines: tuple[str, ...]
    tree: Mapping[str, Any]

    def problem(self, line: int, message: str) -> Problem:
        return Problem(str(self.path), line, message)

    def table(self, name: str) -> int:
        """The line of `[name]`, or 1."""
        return next((n for n, text in enumerate(self.lines, 1) if text.strip() == f"[{name}]"), 1)

    def row(self, kind: str, index: int) -> int:
        """The line of the index-th `[[kind]]`."""
        found = [n for n, text in enumerate(self.lines, 1) if text.strip() == f"[[{kind}]]"]
        return found[index] if index < len(found) else 1

    def key(self, start: int, key: str) -> int:
        """The line of `key = ...` in the block that begins at `start`."""
        for number in range(start, len(self.lines)):
            text = self.lines[number].strip()
            if text.startswith("["):
                break
            if re.match(rf"{re.escape(key)}\s*=", text):
                return number + 1
        return start


def check(path: Path | None = None) -> list[Problem]:
    """Every problem of the guidelines file, in the order of its lines; empty when it is sound."""
    path = path or DEFAULT
    try:
        tree = read(path)
    except GuidelinesError as error:
        place = re.search(r"at line (\d+)", str(error))
        return [Problem(str(path), int(place[1]) if place else 1, str(error))]
    file = _File(path, tuple(path.read_text(encoding="utf-8").splitlines()), tree)
    missing = [
        name
        for name in ("edition", "names", "addresses", "clause", "facts", "rule")
        if not tree.get(name)
    ]
    if missing:
        return [file.problem(1, f"The part [{name}] is missing.") for name in missing]
    found = [*_clauses(file), *_schools(file), *_names(file), *_rows(file)]
    if not found:
        found = [*_table(file), *_reasons(file), *_texts(file)]
    return sorted(found, key=lambda problem: problem.line)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _clauses(file: _File) -> Iterator[Problem]:
    try:
        source = _flat(source_text(file.path, file.tree))
    except GuidelinesError as error:
        yield file.problem(file.table("edition"), str(error))
        return
    own = file.tree["edition"].get("language")
    if own not in LANGUAGES:
        yield file.problem(
            file.key(file.table("edition"), "language"),
            f"The `language` of the guidelines must be one of {', '.join(LANGUAGES)}.",
        )
    for name, clause in file.tree["clause"].items():
        for table, key, words in _wanted(name, clause):
            line = file.table(table)
            if not words.strip():
                yield file.problem(line, f"`{key}` of [{table}] is missing.")
            elif (
                key != "heading"
                and own in {key, table.rpartition(".")[2]}
                and _flat(words) not in source
            ):
                yield file.problem(
                    file.key(line, key),
                    f"The wording of {name} does not stand in the source text.",
                )


def _wanted(name: str, clause: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(table, key, words) of what a clause must have: heading and text in every language, and its passages."""
    for lang in LANGUAGES:
        for key in ("heading", "text"):
            yield f"clause.{name}.{lang}", key, str(clause.get(lang, {}).get(key, ""))
        for passage, part in clause.get("passage", {}).items():
            yield f"clause.{name}.passage.{passage}", lang, str(part.get(lang, ""))


def _schools(file: _File) -> Iterator[Problem]:
    for index, school in enumerate(file.tree.get("school", ())):
        line = file.row("school", index)
        for key in ("id", "name", "aliases", "hints", "url"):
            if key not in school:
                yield file.problem(line, f"This school has no `{key}`.")
        if not str(school.get("url", "https://")).startswith("https://"):
            yield file.problem(
                file.key(line, "url"), "The web address of a school must begin with https://."
            )


def _names(file: _File) -> Iterator[Problem]:
    """The institute's names, numbers and addresses, each by itself."""
    tree = file.tree
    for table, key, message in (
        *wrong_names(tree["names"]),
        *wrong_addresses(tree["addresses"]),
    ):
        yield file.problem(file.key(file.table(table), key), message)


def _texts(file: _File) -> Iterator[Problem]:
    """A sentence that says a name or number by itself, of this institute or of the one shipped with us."""
    texts, own = Texts.load(_TEXTS), names(file.tree)
    source = _flat(source_text(file.path, file.tree))
    for table, key, message in wrong_numbers(own, file.tree["edition"]["language"], source, texts):
        yield file.problem(file.key(file.table(table), key), message)
    for path, line, name in sorted(
        {
            *own_names(own, _TEXTS, texts, ordinary=False),
            *own_names(names(read(DEFAULT)), _TEXTS, texts, ordinary=True),
        }
    ):
        yield Problem(
            str(path), line, f"This text says “{name}” by itself: put the placeholder there."
        )


def _rows(file: _File) -> Iterator[Problem]:
    """Every row by itself: known facts, values, clauses, verdict, offer."""
    tree = file.tree
    seen: set[str] = set()
    for index, row in enumerate(tree["rule"]):
        line = file.row("rule", index)
        absent = [
            key for key in ("id", "step", "when", "verdict", "clauses", "reason") if key not in row
        ]
        if absent:
            yield file.problem(line, f"This row has no {', '.join(f'`{key}`' for key in absent)}.")
            continue
        if row["id"] in seen:
            yield file.problem(file.key(line, "id"), f"There are two rows called {row['id']}.")
        seen.add(row["id"])
        for key, message in _row_faults(row, tree):
            yield file.problem(file.key(line, key), f"Row {row['id']}: {message}")


def _row_faults(row: Mapping[str, Any], tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if row["verdict"] not in VERDICTS:
        yield "verdict", f"unknown verdict {row['verdict']}."
    for clause in row["clauses"]:
        if clause not in tree["clause"]:
            yield "clauses", f"unknown clause {clause}."
    for quote in row.get("quote", ()):
        clause, _, passage = quote.partition(".")
        if passage not in tree["clause"].get(clause, {}).get("passage", {}):
            yield "quote", f"unknown passage {quote}."
    for key, known in (
        ("offer", OFFERS),
        ("refer", REFERS),
        ("missing", ("act", "device", *tree["facts"])),
    ):
        if key in row and row[key] not in known:
            yield key, f"unknown {key} {row[key]}."
    for fact, values in row["when"].items():
        if fact not in tree["facts"]:
            yield "when", f"unknown fact {fact}."
            continue
        try:
            unknown = set(expand(values, tree["facts"][fact], tree.get("groups", {}))) - set(
                tree["facts"][fact]
            )
        except KeyError as error:
            yield "when", f"unknown group @{error.args[0]}."
            continue
        if unknown:
            yield "when", f"unknown {fact} {', '.join(sorted(unknown))}."


def _table(file: _File) -> Iterator[Problem]:
    """The rows together: each combination of facts must be decided, and by one row of its step."""
    domains: Mapping[str, list[str]] = file.tree["facts"]
    rows = [
        (rule(row, file.tree), file.row("rule", index))
        for index, row in enumerate(file.tree["rule"])
    ]
    open_boxes: list[Box] = [{name: frozenset(values) for name, values in domains.items()}]
    for _, step in groupby(
        sorted(rows, key=lambda pair: pair[0].step), key=lambda pair: pair[0].step
    ):
        members = list(step)
        for (first, _), (second, line) in combinations(members, 2):
            if both := _shared(first, second, open_boxes):
                yield file.problem(
                    line,
                    f"Rows {first.id} and {second.id} of step {first.step} both decide {example(both, domains)}.",
                )
        for member, line in members:
            rest = subtract(open_boxes, member.when)
            if len(rest) == len(open_boxes) and rest == open_boxes:
                yield file.problem(
                    line, f"Row {member.id} never decides anything: earlier rows take all of it."
                )
            open_boxes = rest
    for box in open_boxes[:_SHOWN]:
        yield file.problem(file.table("facts"), f"No row decides: {example(box, domains)}.")


def _shared(first: Rule, second: Rule, boxes: list[Box]) -> Box | None:
    both = overlap(first.when, second.when)
    if both is None:
        return None
    return next((shared for box in boxes if (shared := overlap(box, both))), None)


def _reasons(file: _File) -> Iterator[Problem]:
    """A reason without a sentence in one of the languages is a missing translation."""
    for lang in LANGUAGES:
        path = _TEXTS / lang / "answer.toml"
        try:
            texts = tomllib.loads(path.read_text(encoding="utf-8")).get("reason", {})
        except (OSError, tomllib.TOMLDecodeError) as error:
            yield Problem(str(path), 1, f"The texts cannot be read: {error}.")
            continue
        for index, row in enumerate(file.tree["rule"]):
            if not str(texts.get(row["reason"], "")).strip():
                line = file.key(file.row("rule", index), "reason")
                yield file.problem(
                    line, f"Row {row['id']}: the reason {row['reason']} has no {lang} text."
                )
