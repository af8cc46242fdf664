"""Who somebody is, and what that allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import structlog
from pydantic import TypeAdapter
from sqlalchemy import text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.events import Address, Event
from bot.engine.store.database import run
from bot.engine.store.tables import Account, Person

ROLES = ("student", "supervisor", "privacy_officer", "coordinator")
GUEST = "guest"
_ADDRESS = re.compile(r"[^@\s:,;<>]+@[^@\s:,;<>]+\.[^@\s:,;<>]+")
log = structlog.get_logger(__name__)
_NEW_ACCOUNT = text(
    "INSERT INTO account (key, platform, email, name, language, chosen, address)"
    " VALUES (:key, :platform, '', '', '', false, '{}') ON CONFLICT (key) DO NOTHING"
)
_address: TypeAdapter[Address] = TypeAdapter(Address)

# Why nobody vouches for an account: the platform does not say now; it is a guest there; its
# address is hidden; or it has an address now that the roster does not know, where it had one
# that the roster does.
UNSAID, VISITOR, HIDDEN, CHANGED = "unsaid", "guest", "hidden", "changed"
UNPROVEN = (UNSAID, VISITOR, HIDDEN, CHANGED)
# Adapters remember an answer for so long, and we believe the last one for so long again while the
# platform is silent: together an hour. Who can see what is others' is not believed at all.
BELIEF = timedelta(minutes=30)
BELIEVED = ("student",)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a platform says of an account; the fields are those of `Event`."""

    email: str | None = None
    aliases: tuple[str, ...] = ()
    unproven: str = ""
    name: str = ""


class Directory(Protocol):
    """A platform that can say who an account is."""

    async def vouch(self, address: Address) -> Vouched:
        """Who this is. Raises RetryLater, or what the call raises: then it is asked again."""
        ...


@dataclass(frozen=True, slots=True)
class Who:
    """A person as the dialogs see them.

    key: the verified e-mail, or the chat account when no address is known. role: one of ROLES,
    or 'guest' for who is not on the roster: a guest can ask and can report. left: was on the
    roster once, and no longer is. unproven: one of UNPROVEN where a guest may be somebody on the roster, whom nobody vouches for now.
    """

    key: str
    name: str
    role: str = GUEST
    email: str = ""
    language: str = ""
    school: str = ""
    programme_end: date | None = None
    supervisor_email: str = ""
    left: bool = False
    unproven: str = ""


async def find(db: AsyncSession, key: str) -> Who:
    """The person with this key; a guest when the roster does not know them."""
    person = (await db.exec(select(Person).where(Person.email == key))).first()
    if person is None or not person.active:
        email, name = key if is_email(key) else "", person.name if person else key
        return Who(key=key, name=name, email=email, left=person is not None)
    return Who(
        key=person.email,
        name=person.name,
        role=person.role,
        email=person.email,
        language=person.language,
        school=person.school,
        programme_end=person.programme_end,
        supervisor_email=person.supervisor_email,
    )


async def listed(db: AsyncSession, key: str) -> bool:
    """Whether the roster has a row for this person, who may have left."""
    return (await db.exec(select(Person.id).where(Person.email == key))).first() is not None


def former_key(person: Person) -> str:
    """What somebody is called whose address became another's."""
    return f"former:{person.id}:{person.email}"


async def former_keys(db: AsyncSession, email: str) -> Sequence[str]:
    """Everybody who had this address before, the one who left first in front."""
    ends = col(Person.email).endswith(f":{email}", autoescape=True)
    found = await db.exec(
        select(Person.email)
        .where(ends, col(Person.email).startswith("former:"))
        .order_by(col(Person.id))
    )
    return found.all()


def is_address(text: str) -> bool:
    """Whether this can be an e-mail address, as somebody writes it down."""
    return bool(_ADDRESS.fullmatch(text))


def is_email(key: str) -> bool:
    """Whether a person's key is an e-mail address rather than a chat account."""
    return "@" in key and "://" not in key and key.count(":") == 0


async def having(db: AsyncSession, role: str) -> Sequence[Person]:
    """Everybody on the roster with this role, in a fixed order."""
    found = await db.exec(
        select(Person).where(Person.role == role, Person.active).order_by(Person.email)
    )
    return found.all()


async def meet(db: AsyncSession, event: Event, now: datetime, owned: Iterable[Any] = ()) -> Account:
    """The account behind an event, made or refreshed: its private address may have moved.

    owned: as in `believe`.
    """
    key = event.address.account_key
    account = await db.get(Account, key)
    if account is None:
        # Two first events of one account may come at once, to two processes.
        values = {"key": key, "platform": event.address.platform}
        await run(db, _NEW_ACCOUNT, values)
        account = await db.get_one(Account, key)
    if event.email is not None:
        said = Vouched(event.email, event.aliases, event.unproven)
        await believe(db, account, said, now, owned)
    account.name = event.name or account.name
    account.seen_at = now
    account.lost_at = None
    known = address_of(account)
    if event.address.private or known is None:
        # Without the thread: what comes unasked later must not hide in an old one.
        home = replace(event.address.privately(), thread="")
        account.address = _address.dump_python(home, mode="json")
    elif event.address.service and event.address.service != known.service:
        account.address = {**account.address, "service": event.address.service}
    return account


async def believe(
    db: AsyncSession, account: Account, said: Vouched, now: datetime, owned: Iterable[Any] = ()
) -> None:
    """Take over what the platform says now. Of several addresses the one on the roster counts.

    owned: the columns that name whose record it is. What was kept for the account while nobody
    said whose it was belongs to the person from now on.
    """
    given = [a.lower() for a in (said.email, *said.aliases) if a]
    known = await _on_roster(db, [*given, account.email])
    email = next((a for a in given if a in known), given[0] if given else "")
    strange = bool(email) and email not in known
    # An address that is used again inherits nothing, and neither does a new one.
    changed = account.email in known or (account.email == email and account.unproven == CHANGED)
    orphaned = not account.email or account.unproven == UNSAID
    account.unproven = CHANGED if strange and changed else "" if email else said.unproven
    if account.unproven:
        log.warning("people.unproven", reason=account.unproven, platform=account.platform)
    account.email, account.vouched_at = email, now
    if orphaned and email:
        await _adopt(db, owned, account)


async def recognised(db: AsyncSession, account: Account, event: Event, now: datetime) -> Who:
    """The person behind an account, as far as the platform vouches for it.

    While it does not say, a student is believed for BELIEF, and nobody else: a role that sees what
    is others' must be proven now.
    """
    who = await find(db, account.email or account.key)
    if event.email is None and account.email:
        since = account.vouched_at
        fresh = since is not None and now - since <= BELIEF
        if not (fresh and who.role in BELIEVED):
            who = Who(key=account.key, name=account.key, unproven=UNSAID)
            account.unproven = UNSAID
    elif event.email is None:
        who = replace(who, unproven=UNSAID)
    elif who.role == GUEST:
        who = replace(who, unproven=account.unproven)
    return replace(who, name=account.name) if who.name == who.key and account.name else who


async def _adopt(db: AsyncSession, owned: Iterable[Any], account: Account) -> None:
    for column in owned:
        table = column.class_
        await db.exec(
            update(table).where(column == account.key).values({column.key: account.email})
        )


async def _on_roster(db: AsyncSession, emails: Sequence[str]) -> set[str]:
    wanted = [email for email in emails if email]
    found = await db.exec(select(Person.email).where(col(Person.email).in_(wanted), Person.active))
    return set(found.all())


def address_of(account: Account) -> Address | None:
    """Where this account was last reached in private; None as well for what cannot be read, so
    that the next event puts it right."""
    try:
        return _address.validate_python(account.address) if account.address else None
    except ValueError:
        log.error("people.address_unreadable", platform=account.platform)
        return None


async def accounts_of(db: AsyncSession, key: str) -> Sequence[Account]:
    """The chat accounts of a person, the one used last first."""
    column = Account.email if is_email(key) else Account.key
    found = await db.exec(
        select(Account).where(column == key).order_by(col(Account.seen_at).desc())
    )
    return found.all()


def address_json(address: Address) -> dict[str, Any]:
    """An address as plain JSON data."""
    data: dict[str, Any] = _address.dump_python(address, mode="json")
    return data


def address_from(data: dict[str, Any]) -> Address:
    """The address that `address_json` wrote."""
    return _address.validate_python(data)
