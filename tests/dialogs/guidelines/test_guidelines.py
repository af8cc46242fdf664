"""The institute's guidelines as data: every quote stands in the source, every combination of facts is decided once."""

import shutil
from pathlib import Path

import pytest

import dialogs
from dialogs.guidelines import DEFAULT, GuidelinesError, check, checking, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A copy of the institute's file that a test may spoil."""
    shutil.copy(DEFAULT.with_suffix(".txt"), tmp_path)
    return Path(shutil.copy(DEFAULT, tmp_path))


def spoil(file: Path, old: str, new: str) -> int:
    """Put `new` in place of the first `old`; the line where it stands."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_our_own_file_is_sound() -> None:
    """The file that is shipped has no problem."""
    assert check() == []


def test_holds_all_clauses_and_schools() -> None:
    """The clause ids of the label guide, and the three schools with a Regeling of their own."""
    guidelines = load()

    assert set(guidelines.clauses) == {
        "U1",
        "U2",
        "U3",
        "U4",
        "D1",
        "D2",
        "D3",
        "S1",
        "O1",
        "O2",
        "O3",
    }
    assert [school.id for school in guidelines.schools] == ["OSH", "NOD Haaglanden", "HOS"]
    assert guidelines.school("nod") is guidelines.school("NOD Haaglanden")
    assert guidelines.school("Leiden") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("uitsluitend in het gesloten systeem", "meestal in het gesloten systeem", "does not stand in the source"),
        ('verdict = "must"', 'verdict = "perhaps"', "unknown verdict perhaps"),
        ('clauses = ["O3"]', 'clauses = ["O9"]', "unknown clause O9"),
        ('offer = "breach"', 'offer = "cake"', "unknown offer cake"),
        ('about = ["breach"] }', 'about = ["flood"] }', "unknown about flood"),
        ('about = ["@acts"]', 'about = ["@deeds"]', "unknown group @deeds"),
        ('quote = ["U2.schools"]', 'quote = ["U2.nothing"]', "unknown passage U2.nothing"),
        ('reason = "breach"', 'reason = "no_such_text"', "has no nl text"),
        ('when = { about = ["report"] }', 'when = { about = ["report", "breach"] }', "both decide"),
        ('text = "A student may process', 'gone = "A student may process', "`text` of [clause.U1.en] is missing"),
        ('system = "iRIS Connect"', 'sytem = "iRIS Connect"', "recording system `system` is missing"),
        ('system_spellings = ["iris"', "system_spellings = [1", "must be a list of words"),
        ("months = 6 ", "months = 0 ", "`months` must be a whole number from 1 to 120, not 0"),
        ("months = 6 ", "months = 7 ", "nowhere says 7 maanden or zeven maanden"),
        ("hours = 24 ", 'hours = "24" ', "`hours` must be a whole number"),
        ("hours = 24 ", "hours = 48 ", "nowhere says 48 uur"),
        ('the_plan = "het Stappenplan"', "", "`the_plan` of [names.nl] is missing"),
        ('supervisor = "supervisor"', 'supervisor = "instituutsbegeleider"', "too long for a button"),
        ('privacy_officer = "privacy@', 'privacy_officer = "privacy at ', "e-mail address of the privacy officer"),
        ('step_plan = "https:', 'step_plan = "ftp:', "web address of the step-by-step plan"),
        ('url = "https://opleidings', 'url = "opleidings', "must begin with https://"),
    ],
)  # fmt: skip
def test_names_what_is_wrong_and_where(file: Path, old: str, new: str, message: str) -> None:
    """Each kind of mistake is found, with the file and a line near it."""
    line = spoil(file, old, new)

    found = [problem for problem in check(file) if message in problem.message]

    assert found
    assert found[0].file == str(file)
    assert abs(found[0].line - line) <= 6


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ('"In iRIS Connect."', "iRIS Connect"), ('"Ask ICLON"', "ICLON"), ('"Within 24 hours."', "24 hours"),
        ('"After six months"', "six months"), ('"After 6 months"', "6 months"), ('"Ask your Supervisor."', "Supervisor"),
        ('"""One\nthe privacy officer"""', "privacy officer"),
    ],
)  # fmt: skip
def test_finds_a_text_that_says_a_name_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sentence: str, name: str
) -> None:
    """By file and line, also where a placeholder stands beside it; what people type may say it."""
    folder = tmp_path / "texts"
    shutil.copytree(dialogs.TEXTS, folder)
    file = folder / "en" / "language.toml"
    before = file.read_text(encoding="utf-8")
    spoilt = f"own = {sentence}\nwords = [{sentence}]\n" + before
    file.write_text(spoilt, encoding="utf-8")
    monkeypatch.setattr(checking, "_TEXTS", folder)

    found = [p for p in check() if p.file == str(file)]

    assert any(f"“{name}”" in p.message for p in found)
    assert {p.line for p in found} == {2 if "\n" in sentence else 1}


def test_finds_a_combination_that_no_row_decides(file: Path) -> None:
    """A hole in the table is named by an example."""
    spoil(
        file,
        'id = "open"\nstep = 80\nwhen = { about = ["open"] }',
        'id = "open"\nstep = 80\nwhen = { about = ["open"], time = ["none"] }',
    )

    assert any("No row decides" in p.message and "about = open" in p.message for p in check(file))


def test_says_the_line_of_broken_toml(file: Path) -> None:
    """Not even TOML: one problem, with its line."""
    line = spoil(file, "[addresses]", "[addresses")

    assert [problem.line for problem in check(file)] == [line]


def test_refuses_an_unusable_file(tmp_path: Path, file: Path) -> None:
    """Loading fails in one sentence for a person."""
    with pytest.raises(GuidelinesError, match="cannot be read"):
        load(tmp_path / "nowhere.toml")
    spoil(file, "[edition]", "[editions]")
    with pytest.raises(GuidelinesError, match="source text"):
        load(file)


def test_unknown_facts_are_no_hole() -> None:
    """Facts the file does not know count as not said; nothing is allowed by them."""
    assert load().decide({"about": "dance", "place": "moon"}).verdict == "ask"
