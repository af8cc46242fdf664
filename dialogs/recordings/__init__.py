"""Recordings: what a student says was recorded, and the reminders to delete it in time.

The bot keeps a neutral label and dates; never the recording, a link to it, or a pupil's name.
"""

from __future__ import annotations

from datetime import timedelta

from bot.engine.dialog import Dialog
from dialogs.recordings import keeping, noting, pages, reminders, saying, sentences
from dialogs.recordings.register import replan
from dialogs.recordings.reminders import REMINDER_KEY, DueLine, due_lines, sweep, sweep_some
from dialogs.recordings.table import HOLDING

__all__ = ["DIALOG", "REMINDER_KEY", "DueLine", "due_lines", "replan", "sweep", "sweep_some"]


DIALOG = Dialog(
    name="recordings",
    intents={
        "recordings.add": noting.say_added,
        "recordings.list": saying.listing,
        "recordings.deleted": saying.say_deleted,
    },
    presses={
        "recordings.add": noting.press_add,
        "recordings.ok": noting.press_ok,
        "recordings.edit": noting.press_edit,
        "recordings.list": saying.listing,
        "recordings.show": saying.press_show,
        "recordings.deleted": saying.press_deleted,
        "recordings.copies": saying.press_copies,
        "recordings.undo": saying.press_undo,
        "recordings.later": saying.press_later,
        "recordings.needed": keeping.press_needed,
        "recordings.now": saying.press_now,
        "recordings.question": saying.press_question,
    },
    forms=(noting.form, keeping.form),
    jobs={
        "recordings.sweep": reminders.sweep_batch,
        "recordings.reminded": reminders.reminded,
    },
    periodic={"recordings.sweep": timedelta(hours=1)},
    holdings=(HOLDING,),
    home=saying.home,
    claims=sentences.claims,
    grave=frozenset({"recordings.deleted", "recordings.now", "recordings.needed"}),
    desk=(pages.OWN, pages.COUNTS),
)
