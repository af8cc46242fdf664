"""The forms of the roster: one person, and which column is which."""

from __future__ import annotations

from string import ascii_uppercase

from bot.engine.forms import Context, Field, Form, Kind
from bot.engine.people import ROLES, is_address
from bot.engine.roster import COLUMNS
from bot.engine.texts import LANGUAGES

LETTERS = tuple(ascii_uppercase)  # columns, as a spreadsheet calls them


def address(value: str, context: Context) -> str | None:
    """Rule: an e-mail address."""
    return None if is_address(value.lower()) else "not_an_address"


_MORE = (
    Field("name", required=True),
    Field("role", Kind.CHOICE, required=True, options=ROLES),
    Field("language", Kind.CHOICE, options=LANGUAGES),
    Field("school"),
    Field("programme_end", Kind.DATE, ahead=True),
    Field("supervisor_email", rules=(address,)),
)
NEW = Form("person_new", (Field("email", required=True, rules=(address,)), *_MORE))
CHANGE = Form("person_change", _MORE)
MATCHED = Form(
    "people_columns",
    (
        *(
            Field(name, Kind.CHOICE, options=LETTERS, required=name in ("email", "name"))
            for name in COLUMNS
        ),
        Field("everybody", Kind.CHOICE, options=ROLES),
    ),
)
