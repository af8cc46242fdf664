"""The lexicon: every concept in every language, each with an example that is found, on lines that can be read."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from dialogs.guidelines import load
from dialogs.understanding.words.lexicon import FOLDER, Lexicon, examples
from dialogs.understanding.words.scene import read
from tests.reading import lexicon

LANGUAGES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def test_every_example_is_found() -> None:
    """The sentence beside a concept's phrases shows it, in its own language."""
    missed = [
        (concept, lang, sentence)
        for concept, lang, sentence in examples()
        if not any(
            (f"{item.kind}.{item.value}", item.lang) == (concept, lang)
            for item in read(sentence, lexicon()).found
        )
    ]
    assert missed == []


def test_every_concept_has_one_home_in_every_language() -> None:
    homes = Counter((concept, lang) for concept, lang, _ in examples())
    concepts = {concept for concept, _ in homes}

    assert set(homes.values()) == {1}
    assert homes.keys() == {(concept, lang) for concept in concepts for lang in LANGUAGES}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_is_a_folder_with_the_same_files(lang: str) -> None:
    names = {path.name for path in (FOLDER / lang).iterdir()}

    assert names == {path.name for path in (FOLDER / LANGUAGES[0]).iterdir()}


def test_no_line_runs_off_the_screen() -> None:
    long = [
        f"{path.parent.name}/{path.name}:{at}"
        for path in FOLDER.glob("*/*.toml")
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert long == []


def test_every_concept_a_phrase_asks_for_is_there() -> None:
    """A tag with a slip in it would never match, and nobody would see it."""
    concepts = {concept for concept, _, _ in examples()}
    parts = {part for concept in concepts for part in concept.split(".")}
    asked = {
        (phrase.source, tag)
        for layer in lexicon().layers
        for phrases in (*layer.by_word.values(), *layer.by_stem.values(), *layer.by_tag.values())
        for phrase in (*phrases, *layer.anywhere)
        for element in phrase.elements
        for tag in element.tags
    }
    assert [pair for pair in asked if pair[1] not in concepts | parts | {"school"}] == []


def test_a_wrong_phrase_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "lexicon"
    shutil.copytree(FOLDER, folder)
    with (folder / "nl" / "10_things.toml").open("a", encoding="utf-8") as file:
        file.write('\n[rec.new]\nexample = "x"\nphrases = ["!nooit opname"]\n')

    with pytest.raises(ValueError, match=r"nl/10_things\.toml, \[rec\.new\]"):
        Lexicon.load(load(), folder)
