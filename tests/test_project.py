"""The house rules, as tests: lint, format, types, layers, texts."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.texts import LANGUAGES, Texts

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


def test_form_titles_and_submits_fit_a_slack_modal(texts: Texts) -> None:
    forms = {key.split(".")[0] for key in texts.keys("nl") if key.count(".") == 1}
    long = [
        f"{lang}: {form}.{part}"
        for form in forms
        for part in ("title", "submit", "cancel", "check")
        for lang in LANGUAGES
        if texts.has(f"{form}.{part}", lang) and len(texts(f"{form}.{part}", lang)) > 24
        and texts.has(f"{form}.submit")
    ]  # fmt: skip
    assert long == []


def test_no_index_address_is_committed() -> None:
    lock = (TOP / "requirements.lock").read_text()
    assert "http://" not in lock
    assert "https://" not in lock


def test_the_lock_holds_what_the_project_wants() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    locked = {
        line.split("==")[0]
        for line in (TOP / "requirements.lock").read_text().splitlines()
        if "==" in line
    }
    names = {w.split("[")[0].split(">")[0].split("=")[0].strip() for w in wanted}
    assert names - locked == set()
