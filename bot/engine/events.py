"""What people do, in words of no platform.

An adapter turns each vendor payload into one of these events; nothing of the vendor passes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any


def clean(value: Any) -> Any:
    """The same without what no database or mail can carry: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {clean(name): clean(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(clean, value))
    return value


PAGE = "page"  # a plain web page: what it shows comes in its own answer, nothing is sent
DESK = "desk"  # the pages of those who keep it all running


class Malformed(ValueError):
    """A platform would never send this; the message, if there is one, says what is wrong."""


_WORDS = ("id", "name", "locale", "unproven", "text", "button", "message", "form")


@dataclass(frozen=True, slots=True)
class Address:
    """A place where one account can be talked to.

    `channel` may be empty in a private address: the adapter then opens the private chat with
    `account` when it delivers. `service` is for platforms whose endpoint moves.
    """

    platform: str
    workspace: str
    account: str
    channel: str = ""
    thread: str = ""
    private: bool = True
    service: str = ""

    def __post_init__(self) -> None:
        # An address is kept, and read again at every later turn: one with a hole in it would
        # shut its person out for good.
        for part in fields(self):
            kind = bool if part.name == "private" else str
            if not isinstance(getattr(self, part.name), kind):
                raise Malformed(f"an address without a proper {part.name}")

    @property
    def key(self) -> str:
        """The conversation this address belongs to: one per person and place."""
        place = "@" if self.private else f"{self.channel}/{self.thread}"
        return f"{self.platform}:{self.workspace}:{place}:{self.account}"

    @property
    def account_key(self) -> str:
        """The account, whatever the place."""
        return f"{self.platform}:{self.workspace}:{self.account}"

    @property
    def lane(self) -> str:
        """Where messages must stay in order and keep the platform's pace."""
        place = self.channel if self.channel and not self.private else f"@{self.account}"
        return f"{self.platform}:{self.workspace}:{place}"

    @property
    def answers_in_place(self) -> bool:
        """What is said there stands in the answer to the event itself; nothing is sent after it."""
        return self.platform in (PAGE, DESK)

    def privately(self) -> Address:
        """The private chat with the same account; its channel is found at delivery."""
        return self if self.private else replace(self, channel="", thread="", private=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, accepted once.

    id: the platform's own id, prefixed with platform and workspace.
    also: further ids of the same happening (a platform can redeliver a message under a new id).
    email: the address the platform vouches for, never what somebody typed; lower case.
    None when it did not say now, '' when this account has none that counts (any more).
    aliases: further addresses that it vouches for just as much (a login name beside the e-mail).
    unproven: why there is none that counts, where that is known: see `people.UNPROVEN`.
    can_open: the platform can open a form in answer to this very event.
    """

    id: str
    address: Address
    at: datetime
    email: str | None = None
    aliases: tuple[str, ...] = ()
    unproven: str = ""
    name: str = ""
    locale: str = ""
    also: tuple[str, ...] = ()
    can_open: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an event's time must carry its zone")
        for part in fields(self):
            object.__setattr__(self, part.name, clean(getattr(self, part.name)))
        for name in _WORDS:
            if not isinstance(getattr(self, name, ""), str):
                raise Malformed(f"an event whose {name} is no text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """A sentence typed to the bot; mentions of the bot itself are already taken out."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed(Event):
    """A button of one of our messages; `button` is its id, `message` the platform's message id."""

    button: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(Event):
    """A whole form sent in at once. An empty field is present with None or ''."""

    form: str
    draft: int
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile(Event):
    """Files arrived. Only their media types are known; the files themselves are never fetched."""

    kinds: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded(Event):
    """A file sent in where one was asked for (the roster at the desk), with what is in it."""

    upload: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(Event):
    """First contact: the app was installed for a person, or a person opened the chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """Somebody looks at the bot's home page; the replies are drawn there, not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Event):
    """The app was removed or blocked by a person, who can no longer be reached there."""
