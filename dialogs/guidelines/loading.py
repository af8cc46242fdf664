"""Read a guidelines file (TOML) and the source text beside it."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dialogs.guidelines.model import Clause, Guidelines, GuidelinesError, Passage, Rule, School
from dialogs.guidelines.names import names

DEFAULT = Path(__file__).with_name("iclon.toml")

Tree = Mapping[str, Any]


def load(path: Path | None = None) -> Guidelines:
    """The guidelines in `path` (the institute's own by default). GuidelinesError in one sentence when unusable."""
    path = path or DEFAULT
    tree = read(path)
    try:
        return build(tree, source_text(path, tree))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise GuidelinesError(
            f"The guidelines file {path} is incomplete ({error}); run `opnamewijzer guidelines check {path}`."
        ) from error


def read(path: Path) -> dict[str, Any]:
    """The TOML tree of a guidelines file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GuidelinesError(
            f"The guidelines file {path} cannot be read: {error.strerror}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GuidelinesError(
            f"The guidelines file {path} is not correct TOML: {error}."
        ) from error


def source_text(path: Path, tree: Tree) -> str:
    """The full text that the clauses are quoted from."""
    try:
        return path.with_name(tree["edition"]["source"]).read_text(encoding="utf-8")
    except (KeyError, TypeError, ValueError) as error:
        raise GuidelinesError(
            f"The guidelines file {path} does not name its source text in [edition]."
        ) from error
    except OSError as error:
        raise GuidelinesError(
            f"The source text beside {path} cannot be read: {error.strerror}."
        ) from error


def build(tree: Tree, text: str) -> Guidelines:
    """Guidelines from a TOML tree. KeyError or TypeError name what is missing."""
    edition = tree["edition"]
    domains = {name: tuple(values) for name, values in tree["facts"].items()}
    rules = (rule(row, tree) for row in tree["rule"])
    return Guidelines(
        institute=edition["institute"],
        title=edition["title"],
        language=edition["language"],
        edition=edition["edition"],
        text=text,
        clauses={name: _clause(name, entry) for name, entry in tree["clause"].items()},
        schools=tuple(_school(entry) for entry in tree.get("school", ())),
        names=names(tree),
        addresses=dict(tree["addresses"]),
        domains=domains,
        rules=tuple(sorted(rules, key=lambda row: row.step)),
    )


def rule(row: Tree, tree: Tree) -> Rule:
    """One row; its conditions with groups and negations worked out."""
    return Rule(
        id=row["id"],
        step=int(row["step"]),
        when={
            name: frozenset(expand(values, tree["facts"].get(name, ()), tree.get("groups", {})))
            for name, values in row["when"].items()
        },
        verdict=row["verdict"],
        clauses=tuple(row["clauses"]),
        quote=tuple(row.get("quote", ())),
        offer=row.get("offer"),
        reason=row["reason"],
        refer=row.get("refer"),
        missing=row.get("missing"),
    )


def expand(
    values: Iterable[str], domain: Iterable[str], groups: Mapping[str, Iterable[str]]
) -> list[str]:
    """["@third", "school"] -> all values meant; ["!@iris"] -> all values of the domain but these."""
    found: list[str] = []
    excluded: list[str] = []
    for value in values:
        bare = value.removeprefix("!")
        meant = list(groups[bare[1:]]) if bare.startswith("@") else [bare]
        (excluded if value.startswith("!") else found).extend(meant)
    if excluded:
        found.extend(value for value in domain if value not in excluded)
    return found


def _clause(name: str, entry: Tree) -> Clause:
    spoken = {lang: part for lang, part in entry.items() if lang != "passage"}
    return Clause(
        name,
        {lang: part["heading"] for lang, part in spoken.items()},
        {lang: part["text"] for lang, part in spoken.items()},
        {key: Passage(dict(part)) for key, part in entry.get("passage", {}).items()},
    )


def _school(entry: Tree) -> School:
    return School(
        entry["id"], entry["name"], tuple(entry["aliases"]), tuple(entry["hints"]), entry["url"]
    )
