"""People: the roster, kept by the coordinator. Added, changed, removed, or a whole list at once."""

from __future__ import annotations

from bot.engine.dialog import Dialog, FormDialog
from dialogs.people import form, handlers, pages
from dialogs.people.table import HOLDING

DIALOG = Dialog(
    name="people",
    presses={
        "people.add": handlers.add,
        "people.change": handlers.change,
        "people.remove": handlers.remove,
        "people.removed": handlers.removed,
        "people.match": handlers.match,
        "people.confirm": handlers.confirm,
        "people.drop": handlers.drop,
        "people.undo": handlers.undo,
    },
    forms=(
        FormDialog(form.NEW, handlers.submit_new),
        FormDialog(form.CHANGE, handlers.submit_change),
        FormDialog(form.MATCHED, handlers.submit_match),
    ),
    holdings=(HOLDING,),
    desk=(pages.SECTION,),
    uploads={"people.import": handlers.upload},
)
