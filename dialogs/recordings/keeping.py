"""'Still needed': to the supervisor, who does not grant more time by that; the date stays (D3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.engine.dialog import FormDialog, Refused, Turn
from bot.engine.forms import Field, Form, Kind
from bot.engine.replies import Reply, Say
from bot.engine.store.tables import Draft
from dialogs import consent
from dialogs.consent.table import Case
from dialogs.recordings.noting import neutral
from dialogs.recordings.register import end_of, own, still_there
from dialogs.recordings.table import Recording

FORM = Form(
    "keeping",
    (Field("question", Kind.PARAGRAPH, max_length=500, rules=(neutral,), asks=True),),
    sends=True,
)


async def press_needed(turn: Turn, argument: str) -> list[Reply]:
    """Ask why, so that one press by mistake does not go to the supervisor."""
    row = await _arguable(turn, argument.partition(",")[0])
    intro = turn.t("recordings.needed.intro")
    return [Say(intro), *await turn.open_form(FORM.name, data={"recording": row.id}, intro=intro)]


async def submitted(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """Open the case with the supervisor."""
    row = await _arguable(turn, str(draft.data["recording"]))
    answers = {
        "recording": row.label,
        "made_on": row.made_on.isoformat(),
        "due": row.due.isoformat(),
        "school": row.school,
        "question": values.get("question", ""),
    }
    replies = await consent.open_case(
        turn, "keeping", {name: value for name, value in answers.items() if value}
    )
    first = replies[0]
    if isinstance(first, Say) and first.ref.startswith("case:"):
        row.case = first.ref.removeprefix("case:")
    return replies


async def _arguable(turn: Turn, argument: str) -> Recording:
    """The recording, unless there is nothing to discuss: gone, study over, or discussed already."""
    (row,) = await own(turn, argument)
    still_there(turn, row)
    end = await end_of(turn.db, row.owner)
    if end and end <= turn.today:
        raise Refused("recordings.needed.end")
    case = await turn.db.get(Case, row.case) if row.case else None
    if case and case.closed_at is None:
        raise Refused("recordings.needed.already", ref=case.ref)
    return row


form = FormDialog(FORM, submitted)
