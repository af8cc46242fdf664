"""One file or folder per thing you can talk about; `DIALOGS` is the list of them.

The order counts where several tell something: on the home page and under 'how does it stand?'.
"""

from __future__ import annotations

from pathlib import Path

from bot.engine.dialog import Dialog
from bot.engine.texts import Texts
from dialogs import (
    breach,
    consent,
    desk,
    files,
    help,
    language,
    my_data,
    people,
    recordings,
    status,
)
from dialogs.answers import dialog as ask
from dialogs.guidelines.filling import values
from dialogs.guidelines.model import Guidelines

TEXTS = Path(__file__).with_name("texts")
DIALOGS: tuple[Dialog, ...] = (
    help.DIALOG,
    language.DIALOG,
    consent.DIALOG,
    breach.DIALOG,
    status.DIALOG,
    recordings.DIALOG,
    people.DIALOG,
    my_data.DIALOG,
    desk.DIALOG,
    files.DIALOG,
    ask.DIALOG,
)


def texts(guidelines: Guidelines) -> Texts:
    """Every sentence, with the institute's names in place."""
    found = Texts.load(TEXTS, *(d.texts for d in DIALOGS if d.texts))
    return found.bound(values(guidelines, found))
