"""What goes to a person: notices that must reach them, and messages on their way to one address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from pydantic import TypeAdapter

from bot.engine.events import Address
from bot.engine.job_table import More, Priority, Task
from bot.engine.replies import Reply, Say

log = structlog.get_logger(__name__)

MAIL = "mail"
WORTH_ANSWERING = timedelta(hours=8)  # a later answer in chat puzzles more than it helps


class ByMail(StrEnum):
    """When a message also goes by e-mail."""

    FALLBACK = "fallback"  # only when chat cannot reach them, or when they never used this chat
    ALWAYS = "always"
    ONLY = "only"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Notice:
    """A durable message to the person with key `to`, in chat and by e-mail as `mail` says.

    key: makes it once, whoever plans it and how often. due: not before then.
    mail_text: other words for the mail.
    after: what follows right behind it; two notices may pass each other, these may not.
    then, failed: kinds of *inside* job to run after delivery, or after a failed attempt; they
    find `data` and a `Fate` in their payload.
    endless: never give up, also when there is no way to them yet.
    worth_until: after this it is not said any more and the operator sees that; None: for ever.
    """

    to: str
    message: Say
    key: str = ""
    mail: ByMail = ByMail.FALLBACK
    mail_text: Say | None = None
    after: tuple[Say, ...] = ()
    then: str = ""
    failed: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    endless: bool = False
    due: datetime | None = None
    priority: Priority = Priority.NORMAL
    worth_until: datetime | None = None

    def job(self) -> More:
        """The work that brings it."""
        payload = notices.dump_python(
            self, mode="json", exclude={"key", "due", "priority", "worth_until"}
        )
        return More(
            key=self.key,
            kind="notify",
            payload=payload,
            due=self.due,
            priority=self.priority,
            until=self.worth_until,
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """What a delivery still has to know of the notice it comes from."""

    to: str
    mail: ByMail
    then: str = ""
    failed: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aside:
    """What is said in another place once it is known whether the message itself came through."""

    address: Address
    came: Say
    failed: Say


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way to one address; `notice` when it must reach a person somehow."""

    address: Address
    reply: Reply
    way: str = ""
    notice: Origin | None = None
    mail_text: Say | None = None
    endless: bool = False
    aside: Aside | None = None

    def job(self, key: str, due: datetime | None = None, *, of: Task | None = None) -> More:
        """The work that sends it: as urgent as the work it comes `of`, or a turn's own answer.

        Mail has no lane: a slow receiver must not hold up others.
        """
        return More(
            key=f"deliver:{key}",
            kind="deliver",
            payload=parcels.dump_python(self, mode="json"),
            due=due,
            lane="" if self.address.platform == MAIL else self.address.lane,
            slot=self.address.platform,
            priority=of.priority if of else Priority.ANSWER,
            until=of.until if of else None,
            lasts=None if of else WORTH_ANSWERING,
        )


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a notice, for the job of the dialog that sent it.

    way: 'chat', 'mail' or 'none'. at: when. final: it will not be tried again.
    """

    way: str
    attempts: int
    final: bool
    at: datetime


notices: TypeAdapter[Notice] = TypeAdapter(Notice)
parcels: TypeAdapter[Parcel] = TypeAdapter(Parcel)
fates: TypeAdapter[Fate] = TypeAdapter(Fate)


def parcels_of(task: Task, notice: Notice, way: str, address: Address) -> list[More]:
    """The message, and what comes behind it in the same lane; of that nobody waits to hear."""
    mail_text = notice.mail_text or notice.message
    words = mail_text if way == MAIL else notice.message
    origin = Origin(notice.to, notice.mail, notice.then, notice.failed, notice.data)
    first = Parcel(address, words, way, origin, mail_text, notice.endless)
    silent = replace(origin, then="", failed="", data={})
    return [
        first.job(f"{task.key}:{way}", of=task),
        *(
            Parcel(address, more, way, silent, more).job(f"{task.key}:{n}:{way}", of=task)
            for n, more in enumerate(notice.after, 1)
        ),
    ]
