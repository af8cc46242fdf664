"""The breach dialog, wired: its intents, buttons, forms and jobs."""

from __future__ import annotations

from bot.engine.dialog import Dialog, FormDialog
from dialogs.breach import claims, form, officer, pages, post, reporter
from dialogs.breach.table import HOLDING

DIALOG = Dialog(
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
        FormDialog(
            form.FORM, reporter.submit, opened=form.plan, remark=form.remark, known=form.known
        ),
        FormDialog(reporter.MORE, reporter.submit_more),
        FormDialog(officer.QUESTION, officer.submit_question),
        FormDialog(officer.CLOSING, officer.submit_closing),
    ),
    jobs={
        "breach.remind": form.remind,
        "breach.delivered": post.delivered,
        "breach.undelivered": post.undelivered,
        "breach.carded": post.carded,
    },
    holdings=(HOLDING,),
    home=officer.home,
    status=reporter.lines,
    claims=claims.claims,
    offers=claims.offers,
    grave=frozenset({"breach.ack"}),
    desk=(pages.SECTION,),
)
