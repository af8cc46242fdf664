"""The breach dialog, wired: its intents, buttons, forms and jobs."""

from __future__ import annotations

from bot.engine.dialog import Dialog, FormDialog, Office
from dialogs.breach import form, officer, post, reporter


def make(office: Office) -> Dialog:
    """The dialog; its jobs write to people who are not in the turn, so they need the office."""
    after = post.After(office)
    return Dialog(
        name="breach",
        intents={"breach.start": form.start, "breach.register": officer.register},
        presses={
            "breach.start": form.start,
            "breach.text": reporter.by_hand,
            "breach.answer": reporter.answer,
            "breach.add": reporter.add,
            "breach.register": officer.register,
            "breach.show": officer.show,
            "breach.ack": officer.acknowledge,
            "breach.ask": officer.ask,
            "breach.close": officer.close,
            "breach.export": officer.export_here,
        },
        forms=(
            FormDialog(form.FORM, reporter.submit, opened=form.plan, remark=form.remark),
            FormDialog(reporter.MORE, reporter.submit_more),
            FormDialog(officer.QUESTION, officer.submit_question),
            FormDialog(officer.CLOSING, officer.submit_closing),
        ),
        jobs={
            "breach.remind": form.Reminding(office).remind,
            "breach.delivered": after.delivered,
            "breach.undelivered": after.undelivered,
            "breach.carded": after.carded,
        },
        home=officer.home,
    )
