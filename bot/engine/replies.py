"""What the bot answers, in words but without pixels, and the one port that delivers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import TypeAdapter

from bot.engine.events import Address
from bot.engine.forms import Kind


@dataclass(frozen=True, slots=True)
class Button:
    """id: 'feature.action' or 'feature.action:argument'. style: '', 'primary' or 'danger'.

    A button with `url` opens that page and sends nothing to the bot.
    """

    id: str
    label: str
    style: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A clause, word for word: heading, the Dutch text that counts, and an English reading or ''."""

    heading: str
    text: str
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small text file that goes along. media: its media type ('text/calendar')."""

    name: str
    media: str
    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """One message. Every part is plain text: adapters escape it and draw it.

    title: a heading, and the subject when it goes by mail.
    facts: label and value pairs, drawn as a small table.
    quotes: clauses quoted.
    note: small print under the text.
    ref: a stable name ('case:CP-2026-0003'); a later Say with the same ref and `replace` takes
    the place of the earlier message where the platform can do that. `retire`: only that; where
    no earlier message stands, nothing is sent.
    attachment: goes along by mail; in chat a button with its address stands for it.
    """

    text: str = ""
    title: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    quotes: tuple[Quote, ...] = ()
    note: str = ""
    buttons: tuple[Button, ...] = ()
    ref: str = ""
    replace: bool = False
    attachment: Attachment | None = None
    retire: bool = False


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A form's field with its words in the person's language. `error` is a sentence or ''."""

    name: str
    kind: Kind
    label: str
    required: bool = False
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    value: Any = None
    error: str = ""
    max_length: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """A form to fill in: whole (`fields`) and as the one question that is due in plain text.

    draft: the half-filled form this belongs to; comes back in Submitted.
    question: the open question (`field`) with its buttons, for who types.
    whole: the person started the form now; False when they are answering it question by question.
    open: the words of a button that opens the whole form, where the platform can do that.
    """

    form: str
    draft: int
    title: str
    submit: str
    cancel: str
    fields: tuple[DrawnField, ...]
    question: Say
    field: str = ""
    intro: str = ""
    whole: bool = True
    open: str = ""


Reply = Say | Ask
_replies: TypeAdapter[Say | Ask] = TypeAdapter(Say | Ask)


def to_json(reply: Reply) -> dict[str, Any]:
    """A reply as plain JSON data, for the job that delivers it."""
    data: dict[str, Any] = _replies.dump_python(reply, mode="json")
    return data


def from_json(data: dict[str, Any]) -> Reply:
    """The reply that `to_json` wrote."""
    return _replies.validate_python(data)


class Refusal(Exception):
    """A platform's no. code: its own word for it, which the operator is shown."""

    def __init__(self, words: str = "", code: str = "") -> None:
        super().__init__(words)
        self.code = code


class Unreachable(Refusal):
    """This person cannot be reached here (left, blocked, uninstalled): use another way."""


class RetryLater(Exception):
    """The platform asks to wait; the whole lane waits with it."""

    code = "busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry in {seconds} s")
        self.seconds = seconds


class Undeliverable(Refusal):
    """The receiver refused this very message for good; trying again would not help."""


class Unsure(Refusal):
    """The message went out, and nobody knows whether it was taken: silence, or a broken answer.

    It may be sent again, late and only a few times: each may be a copy.
    """


class Messenger(Protocol):
    """Delivers replies on one platform.

    Raises Unreachable, RetryLater, Undeliverable or Unsure; any other exception says that nothing
    was sent, and is tried again later.
    """

    platform: str

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        """Deliver and return the platform's message id. `key` is the same at every try."""
        ...

    async def find(self, email: str) -> Address | None:
        """The private address of who has this verified e-mail here, if it can be known."""
        ...
