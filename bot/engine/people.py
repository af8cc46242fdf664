"""Who somebody is, and what that allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.events import Address, Event
from bot.engine.store.database import run
from bot.engine.store.tables import Account, Person

ROLES = ("student", "supervisor", "privacy_officer", "coordinator")
GUEST = "guest"
_ADDRESS = re.compile(r"[^@\s:,;<>]+@[^@\s:,;<>]+\.[^@\s:,;<>]+")
_NEW_ACCOUNT = text(
    "INSERT INTO account (key, platform, email, name, language, chosen, address)"
    " VALUES (:key, :platform, '', '', '', false, '{}') ON CONFLICT (key) DO NOTHING"
)
_address: TypeAdapter[Address] = TypeAdapter(Address)


@dataclass(frozen=True, slots=True)
class Who:
    """A person as the dialogs see them.

    key: the verified e-mail, or the chat account when no address is known. role: one of ROLES,
    or 'guest' for who is not on the roster: a guest can ask and can report. left: was on the
    roster once, and no longer is.
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


async def meet(db: AsyncSession, event: Event, now: datetime) -> Account:
    """The account behind an event, made or refreshed: its private address may have moved."""
    key = event.address.account_key
    account = await db.get(Account, key)
    if account is None:
        # Two first events of one account may come at once, to two processes.
        values = {"key": key, "platform": event.address.platform}
        await run(db, _NEW_ACCOUNT, values)
        account = await db.get_one(Account, key)
    account.email = (account.email if event.email is None else event.email).lower()
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


def address_of(account: Account) -> Address | None:
    """Where this account was last reached in private."""
    return _address.validate_python(account.address) if account.address else None


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
