"""One file per thing you can talk about; the tuple in `build` is the list of features."""

from __future__ import annotations

from pathlib import Path

from bot.engine.dialog import Dialog, Office
from bot.engine.texts import Texts
from dialogs import breach, consent, files, help, language, my_data, recordings, status
from dialogs.answers import dialog as ask
from dialogs.guidelines.filling import values
from dialogs.guidelines.model import Guidelines

TEXTS = Path(__file__).with_name("texts")


def texts(guidelines: Guidelines, officer: str = "") -> Texts:
    """Every sentence, with the institute's names in place. officer: another address than its file's."""
    found = Texts.load(TEXTS)
    return found.bound(values(guidelines, found, officer))


def build(office: Office, guidelines: Guidelines) -> tuple[Dialog, ...]:
    """Every dialog of the bot."""
    return (
        help.dialog,
        language.dialog,
        breach.make(office),
        consent.make(office),
        status.make(consent.lines, breach.lines),
        recordings.make(office),
        my_data.make(office),
        files.dialog,
        ask.make(guidelines),
    )
