"""The reader and its answers as the tests use them: built once per process, handed in like everywhere."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import dialogs
from bot.engine.texts import Texts
from dialogs.answers.compose import Answer, compose
from dialogs.guidelines import load
from dialogs.understanding.model.encoder import Encoder
from dialogs.understanding.reader import Reader
from dialogs.understanding.words.lexicon import Lexicon


@cache
def lexicon() -> Lexicon:
    return Lexicon.load(load())


@cache
def reader() -> Reader:
    """With everything that comes with the bot."""
    return Reader.load(load())


def reader_with(encoder: Encoder | None) -> Reader:
    """With another encoder, or with the rules alone."""
    return Reader(load(), lexicon(), encoder)


@cache
def _texts() -> Texts:
    return dialogs.texts(load())


def answer(
    text: str,
    *,
    context: Sequence[str] = (),
    school: str | None = None,
    lang: str | None = None,
    now: datetime,
    by: Reader | None = None,
) -> Answer:
    """The answer to a message; `lang` forces its language, `by` is another reader than the usual one."""
    by = by or reader()
    found = by.read(text, context=context, school=school, now=now, answer_in=lang)
    return compose(found, by.guidelines, _texts())
