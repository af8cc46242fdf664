"""All forms of all dialogs: no wrong answer is without a sentence."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

import dialogs
from bot.engine.forms import Context, Field, Form, Kind
from bot.engine.texts import Texts
from tests.conftest import NOW

DAYS = ("1900-01-01", "2026-11-22", "2026-11-24", "2999-01-01")
TEXTS = ("www.example.org", "06 12345678", "a@x.nl")
CODES = {
    Kind.DATE: {"not_a_date"},
    Kind.MOMENT: {"not_a_moment"},
    Kind.NUMBER: {"not_a_number"},
    Kind.TEXT: {"too_long"},
    Kind.PARAGRAPH: {"too_long"},
}


def codes(field: Field) -> set[str]:
    """Every code that this field can get."""
    context = Context(NOW, ZoneInfo("Europe/Amsterdam"), SimpleNamespace())  # type: ignore[arg-type]
    tried = TEXTS
    if field.kind in (Kind.DATE, Kind.MOMENT):
        tried = DAYS if field.kind is Kind.DATE else tuple(f"{d}T10:00+00:00" for d in DAYS)
    found = {rule(value, context) for rule in field.rules for value in tried} - {None}
    return found | CODES.get(field.kind, {"not_an_option"}) | {"required"}


def has(texts: Texts, form: Form, field: Field, code: str) -> bool:
    return texts.has(f"{form.name}.{field.name}.error.{code}") or texts.has(f"form.error.{code}")


def test_every_wrong_answer_has_a_sentence(texts: Texts) -> None:
    forms = [f.form for dialog in dialogs.DIALOGS for f in dialog.forms]
    assert len(forms) > 8
    silent = [
        (form.name, field.name, code)
        for form in forms
        for field in form.fields
        for code in codes(field)
        if not has(texts, form, field, code)
    ]
    assert silent == []
