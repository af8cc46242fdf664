"""Forms: which questions there are and what counts as an answer. No words, no pixels, no I/O.

A form is drawn three ways (modal, card, question by question) and parsed one way. A wrong answer
is a code on a field, never an exception and never a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Protocol


class Kind(StrEnum):
    """What a field holds, and its JSON shape once parsed."""

    TEXT = "text"  # str, one line
    PARAGRAPH = "paragraph"  # str
    CHOICE = "choice"  # str, one of the options
    CHOICES = "choices"  # list[str]
    YES_NO = "yes_no"  # 'yes' or 'no'
    DATE = "date"  # 'YYYY-MM-DD'
    MOMENT = "moment"  # ISO 8601, UTC
    NUMBER = "number"  # int


class Interpreter(Protocol):
    """Reads what people type: dates in words, and the words for yes, no and the options."""

    def date(self, text: str, *, ahead: bool = False) -> date | None:
        """A calendar day. `ahead`: 'Tuesday' is the next one, not the last."""
        ...

    def moment(self, text: str, *, ahead: bool = False) -> datetime | None:
        """An aware moment."""
        ...

    def choice(self, field: Field, text: str) -> str | None:
        """One of the field's options."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What rules may look at: the time of the turn and the person's zone."""

    now: datetime
    zone: tzinfo
    reader: Interpreter


Rule = Callable[[Any, Context], str | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `rules` look at the parsed value and return an error code or None.

    ahead: a day or moment still to come, so that 'Tuesday' is the next one. now: it is most often
    this very moment, which is offered. asks: its answer may well be a question.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    options: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    max_length: int = 0
    ahead: bool = False
    now: bool = False
    asks: bool = False

    @property
    def free(self) -> bool:
        """Whether any words are an answer."""
        return self.kind in (Kind.TEXT, Kind.PARAGRAPH)

    @property
    def limit(self) -> int:
        """The longest text, in characters."""
        return self.max_length or (3000 if self.kind is Kind.PARAGRAPH else 200)


@dataclass(frozen=True, slots=True)
class Form:
    """A few questions under one name.

    Words come from the texts by key: `<name>.title`, `<name>.<field>.label`, and so on.
    confirm: show a summary that the person sends off, instead of acting at once. sends: its words
    go to somebody, so what was typed is shown once more before; a whole form sent in was seen.
    incidents: its answers may well tell of an incident.
    """

    name: str
    fields: tuple[Field, ...]
    confirm: bool = False
    sends: bool = False
    incidents: bool = False

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when the form has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def empty(value: Any) -> bool:
    """Whether nothing was answered."""
    return value is None or (isinstance(value, str | list) and not value)


def parse_field(field: Field, raw: Any, context: Context) -> tuple[Any, str | None]:
    """One answer as JSON data and None, or the raw answer and an error code.

    Codes: required, too_long, not_an_option, not_a_date, not_a_moment, not_a_number, and those
    of the field's own rules.
    """
    if isinstance(raw, str):
        raw = raw.strip()
    if empty(raw):
        return None, "required" if field.required else None
    value, code = _READ[field.kind](field, raw, context)
    if code is None:
        code = next((found for rule in field.rules if (found := rule(value, context))), None)
    return (value, None) if code is None else (raw, code)


def parse(
    form: Form, raw: Mapping[str, Any], context: Context
) -> tuple[dict[str, Any], dict[str, str]]:
    """All answers of a form: the values that are well, and error codes for those that are not.

    Names that the form does not have are dropped.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in form.fields:
        value, code = parse_field(field, raw.get(field.name), context)
        if code:
            errors[field.name] = code
        elif value is not None:
            values[field.name] = value
    return values, errors


def missing(form: Form, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the required fields that have no answer yet."""
    return tuple(f.name for f in form.fields if f.required and empty(values.get(f.name)))


def not_future(value: str, context: Context) -> str | None:
    """Rule: a date or moment that has already been."""
    return "in_future" if _at(value, context) > context.now else None


def not_past(value: str, context: Context) -> str | None:
    """Rule: a date that is today or later."""
    today = context.now.astimezone(context.zone).date()
    return "in_past" if date.fromisoformat(value[:10]) < today else None


def _at(value: str, context: Context) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=context.zone)


def _text(field: Field, raw: Any, _: Context) -> tuple[Any, str | None]:
    # One line is one line: a break in it could pass for another line of a letter.
    text = " ".join(str(raw).split()) if field.kind is Kind.TEXT else str(raw)
    return text, "too_long" if len(text) > field.limit else None


def _choice(field: Field, raw: Any, context: Context) -> tuple[Any, str | None]:
    found = str(raw) if str(raw) in field.options else context.reader.choice(field, str(raw))
    return found, None if found else "not_an_option"


def _choices(field: Field, raw: Any, context: Context) -> tuple[Any, str | None]:
    parts = raw if isinstance(raw, list) else str(raw).replace(";", ",").split(",")
    found = [_choice(field, part, context)[0] for part in parts if not empty(str(part).strip())]
    if not all(found):
        return raw, "not_an_option"
    return list(dict.fromkeys(found)), None


def _yes_no(field: Field, raw: Any, context: Context) -> tuple[Any, str | None]:
    if isinstance(raw, bool):
        return "yes" if raw else "no", None
    return _choice(replace(field, options=("yes", "no")), raw, context)


def _date(field: Field, raw: Any, context: Context) -> tuple[Any, str | None]:
    found = context.reader.date(str(raw), ahead=field.ahead)
    return (found.isoformat(), None) if found else (raw, "not_a_date")


def _moment(field: Field, raw: Any, context: Context) -> tuple[Any, str | None]:
    found = context.reader.moment(str(raw), ahead=field.ahead)
    return (found.astimezone(UTC).isoformat(), None) if found else (raw, "not_a_moment")


def _number(_: Field, raw: Any, __: Context) -> tuple[Any, str | None]:
    try:
        return int(str(raw)), None
    except ValueError:
        return raw, "not_a_number"


_READ: dict[Kind, Callable[[Field, Any, Context], tuple[Any, str | None]]] = {
    Kind.TEXT: _text,
    Kind.PARAGRAPH: _text,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.NUMBER: _number,
}
