"""The house rules, as tests: lint, format, types, layers, texts."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import dialogs
from bot.engine.forms import Form
from bot.engine.texts import LANGUAGES, Texts

TOP = Path(__file__).resolve().parents[1]


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint() -> None:
    run("ruff", "check", ".")


def test_format() -> None:
    run("ruff", "format", "--check", ".")


def test_types() -> None:
    run("mypy")


def test_layers() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=TOP, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (("slack_bolt", "slack_sdk"), ["bot", "dialogs", "adapters/teams", "adapters/local"]),
        (("botbuilder", "botframework"), ["bot", "dialogs", "adapters/slack", "adapters/local"]),
    ],
)
def test_no_vendor_passes_its_adapter(names: tuple[str, ...], folders: list[str]) -> None:
    guilty = [
        str(path.relative_to(TOP))
        for folder in folders
        for path in (TOP / folder).rglob("*.py")
        for line in path.read_text().splitlines()
        if line.strip().startswith(("import ", "from ")) and any(n in line for n in names)
    ]
    assert guilty == []


def test_texts_are_complete_in_both_languages(texts: Texts) -> None:
    nl, en = (texts.keys(lang) for lang in LANGUAGES)
    assert nl ^ en == set()
    differing = [k for k in nl if texts.placeholders(k, "nl") != texts.placeholders(k, "en")]
    assert differing == []


def forms() -> list[Form]:
    return [f.form for dialog in dialogs.DIALOGS for f in dialog.forms]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", forms(), ids=lambda form: form.name)
def test_the_words_of_a_form_are_there_and_fit_everywhere(
    texts: Texts, form: Form, lang: str
) -> None:
    # Slack: titles and submits 24, labels and hints 2000, options 75 characters.
    for key in (f"{form.name}.title", f"{form.name}.submit", "form.cancel", "form.check"):
        assert 0 < len(texts(key, lang)) <= 24, key
    for field in form.fields:
        own = f"{form.name}.{field.name}"
        assert 0 < len(texts(f"{own}.label", lang)) <= 150, own
        if texts.has(f"{own}.hint", lang):
            assert len(texts(f"{own}.hint", lang)) <= 300, own
        for option in field.options:
            key = f"{own}.{option}" if texts.has(f"{own}.{option}") else f"form.{option}"
            assert 0 < len(texts(key, lang)) <= 75, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_buttons_fit_everywhere(texts: Texts, lang: str) -> None:
    buttons = [key for key in texts.keys(lang) if ".button" in key or ".offer." in key]
    assert buttons
    assert [key for key in buttons if len(texts(key, lang, **dict.fromkeys(
        texts.placeholders(key, lang), "x" * 20))) > 75] == []  # fmt: skip


LOCKS = ("requirements.lock", "requirements-test.lock")


def pins(lock: str) -> dict[str, set[str]]:
    """Package -> its versions: more than one where they differ by Python version."""
    found: dict[str, set[str]] = {}
    for line in (TOP / lock).read_text().splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, _, version = line.partition("==")
            found.setdefault(name, set()).add(version.split()[0])
    return found


def named(wants: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", want)[0].lower() for want in wants}


@pytest.mark.parametrize("lock", LOCKS)
def test_no_index_address_is_committed(lock: str) -> None:
    text = (TOP / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_all_that_is_locked_has_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z])", (TOP / lock).read_text())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_locks_hold_what_the_project_wants() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())
    wanted, tests = project["project"]["dependencies"], project["dependency-groups"]["test"]
    assert named(wanted) - pins(LOCKS[0]).keys() == set()
    assert named(tests) - pins(LOCKS[1]).keys() == set()
    assert named(tests) & pins(LOCKS[0]).keys() == set(), "what tests need is not for run time"


def test_the_locks_agree() -> None:
    run_time, tests = map(pins, LOCKS)
    assert {n: v for n, v in tests.items() if n in run_time and not v <= run_time[n]} == {}


def test_all_that_is_required_is_imported() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    # By name in an address, or the data of the standard library.
    hidden = {"aiosqlite", "psycopg", "tzdata"}
    modules = {"botbuilder-core": "botbuilder", "pyjwt": "jwt", "pyyaml": "yaml"}
    source = "\n".join(
        path.read_text()
        for folder in ("bot", "adapters", "dialogs")
        for path in (TOP / folder).rglob("*.py")
    )
    unused = [
        name
        for name in named(project["dependencies"]) - hidden
        if not re.search(
            rf"^\s*(?:from|import) {modules.get(name, name.replace('-', '_'))}\b",
            source,
            re.MULTILINE,
        )
    ]
    assert unused == []


def test_ci_does_what_the_readme_says() -> None:
    readme, ci = ((TOP / name).read_text() for name in ("README.md", ".ci/run"))
    commands = [line for line in ci.splitlines() if line.startswith(("python3 ", ".venv/"))]
    assert len(commands) == 5
    assert [command for command in commands if command not in readme] == []


# The words of a platform stand in its adapter. Two places may name one: where the platforms there
# are are listed, and the commands that are called after one.
NAMING = {"bot/settings.py", "bot/commands/manifest.py"}


def test_the_roof_and_the_engine_name_no_platform() -> None:
    vendors = re.compile(r"slack|teams|microsoft|botbuilder", re.IGNORECASE)
    guilty = [
        f"{path.relative_to(TOP)}: {line.strip()}"
        for path in sorted((TOP / "bot").rglob("*.py"))
        if "migrations" not in path.parts and str(path.relative_to(TOP)) not in NAMING
        for line in path.read_text().splitlines()
        if vendors.search(line)
    ]
    assert guilty == []


FLOORS = ("bot", "adapters", "dialogs")
LONGEST_FUNCTION, LONGEST_FILE = 40, 300
TWICE_NAMED = {"Reader"}  # the port of the engine, and what is plugged into it


def modules() -> Iterator[tuple[str, str]]:
    """Every file of ours with its text, but for the migrations, which never change."""
    for floor in FLOORS:
        for path in sorted((TOP / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(TOP)), path.read_text(encoding="utf-8")


def test_functions_are_short() -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = {
        f"{name} {node.name}"
        for name, text in modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, kinds) and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert long == set()


def test_files_are_short() -> None:
    long = {name for name, text in modules() if len(text.splitlines()) > LONGEST_FILE}
    assert long == set()


def test_no_two_classes_have_one_name() -> None:
    names = Counter(
        node.name
        for _, text in modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, times in names.items() if times > 1} - TWICE_NAMED == set()
