"""Every sentence that code asks for is there, and every sentence that is there can be said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dialogs
from bot.engine.texts import LANGUAGES, Texts
from dialogs.guidelines import load

TOP = Path(__file__).resolve().parents[1]
SAYING = {"t", "say", "texts", "_texts", "Refused", "Outdated"}
# Keys that no literal holds: what comes before, and where the rest comes from.
DYNAMIC = {
    "breach.more_": "what was told after the report",
    "local.": "the local chat takes all of its words at once",
    "number.": "the number itself",
    "answer.reason.": "the guidelines' rows",
    "answer.head.": "the guidelines' rows",
    "answer.headline.": "the verdicts",
    "answer.refer.": "the guidelines' rows",
    "answer.fact.": "the facts and their values",
    "answer.option.": "missing facts and topics",
}


def sources() -> Iterator[ast.Module]:
    for folder in ("bot", "adapters", "dialogs"):
        for path in sorted((TOP / folder).rglob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))


def literals() -> tuple[set[str], set[tuple[str, str]], set[str]]:
    """All literals; beginning and end of all composed strings; literals that are asked for as a sentence."""
    plain: set[str] = set()
    composed: set[tuple[str, str]] = set()
    asked: set[str] = set()
    for tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                first, last = node.values[0], node.values[-1]
                composed.add((
                    str(first.value) if isinstance(first, ast.Constant) else "",
                    str(last.value) if isinstance(last, ast.Constant) else "",
                ))  # fmt: skip
            elif isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                key = node.args[0]
                if name in SAYING and isinstance(key, ast.Constant) and isinstance(key.value, str):
                    asked.add(key.value)
    return plain, composed, asked


def of_forms(texts: Texts) -> set[str]:
    """What the forms ask for by the names of their fields."""
    forms = [one.form for dialog in dialogs.DIALOGS for one in dialog.forms]
    found = {f"{form.name}.{part}" for form in forms for part in ("title", "submit")}
    for form in forms:
        for field in form.fields:
            own = f"{form.name}.{field.name}"
            found |= {
                f"{own}.{part}"
                for part in ("label", "hint", "typing", "placeholder", *field.options)
            }
            found |= {key for key in texts.keys("nl") if key.startswith(f"{own}.error.")}
    return found


def test_every_sentence_in_code_is_there(texts: Texts) -> None:
    _, _, asked = literals()
    stems = {key.partition(".")[0] for key in texts.keys("nl")}
    keys = {key for key in asked if re.fullmatch(r"[a-z_]+(\.\w+)+", key)}
    keys = {key for key in keys if key.partition(".")[0] in stems}
    assert len(keys) > 100
    for lang in LANGUAGES:
        assert keys - texts.keys(lang) == set()


def test_every_sentence_that_is_there_can_be_said(texts: Texts) -> None:
    plain, composed, _ = literals()
    forms = of_forms(texts)
    # A beginning that names its file and a group says enough; else the rest must stand in code too.
    begins = {first for first, _ in composed if first.count(".") > 1}

    def said(key: str) -> bool:
        return (
            key in plain
            or key in forms
            or key.partition(".")[2] in plain
            or any(key.startswith(first) for first in (*begins, *DYNAMIC))
            or any(
                first + last and key.startswith(first) and key.endswith(last)
                and key.removeprefix(first).removesuffix(last) in plain
                for first, last in composed
            )
        )  # fmt: skip

    unused = sorted(key for key in texts.keys("nl") if not said(key))
    assert unused == [], "\n".join(unused)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_can_be_filled_in(texts: Texts, lang: str) -> None:
    """No placeholder but those of who says it and of the institute."""
    for key in texts.keys(lang):
        values = dict.fromkeys(texts.placeholders(key, lang), "x")
        assert "{" not in texts(key, lang, **values), key


def test_a_language_is_a_folder() -> None:
    """The one list of languages is what lies in the folders, and every clause speaks all of them."""
    assert {path.name for path in dialogs.TEXTS.iterdir() if path.is_dir()} == set(LANGUAGES)
    lexicon = TOP / "dialogs" / "understanding" / "words" / "lexicon"
    assert {path.name for path in lexicon.iterdir() if path.is_dir()} == set(LANGUAGES)
    guidelines = load()
    assert all(set(c.words) == set(LANGUAGES) for c in guidelines.clauses.values())
    assert set(guidelines.names.spoken) == set(LANGUAGES)


def test_no_institute_is_named_in_code() -> None:
    """Another institute replaces one file; pages that a browser gets are code too."""
    paths = [
        path
        for folder in ("bot", "adapters", "dialogs")
        for kind in ("*.py", "*.html", "*.js")
        for path in (TOP / folder).rglob(kind)
    ]
    assert len(paths) > 100
    named = re.compile(r"iRIS|ICLON|Stappenplan|leidenuniv")
    assert [str(p) for p in paths if named.search(p.read_text(encoding="utf-8"))] == []
