"""E-mail: plain text that can be read without any system."""

from __future__ import annotations

import asyncio
import hashlib
import re
from email.errors import HeaderParseError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from adapters.mail.settings import SENDER
from adapters.plain import plain
from bot.engine.events import Address
from bot.engine.jobs import Clock
from bot.engine.loopback import is_loopback
from bot.engine.platform import Platform
from bot.engine.replies import Ask, Reply, Undeliverable, Unreachable, Unsure

PATIENCE = 15.0  # seconds until the server takes the message
AFTER_DATA = 28.0  # seconds more for its word that it has it: asking again may make a copy
SILENT = "silent_after_data"
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
LONGEST_SUBJECT = 200
UNENCRYPTED = (
    "the server offers no encryption (STARTTLS): use smtps:// in SMTP_URL, or set MAIL_TLS=false"
    " when the way to it is safe"
)


class _Client(aiosmtplib.SMTP):
    """One conversation with a server. handed_over: the message itself has begun to go out."""

    handed_over = False
    limit: asyncio.Timeout | None = None
    patience = AFTER_DATA

    async def data(self, message: str | bytes, /, **options: Any) -> aiosmtplib.SMTPResponse:
        """From here on a silence is no proof that nothing arrived."""
        self.handed_over = True
        if self.limit:
            self.limit.reschedule(asyncio.get_running_loop().time() + self.patience)
        return await super().data(message, timeout=self.patience)


class Mailer:
    """Sends by the SMTP server of SMTP_URL (`smtp://` with STARTTLS, or `smtps://`).

    See `bot.engine.replies.Messenger`. A stable Message-ID makes a doubled mail recognisable.
    must_encrypt: over `smtp://` nothing is sent, no password either, to a server without STARTTLS;
    otherwise it is used where offered.
    """

    platform = "mail"

    def __init__(
        self,
        url: str,
        sender: str,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        after_data: float = AFTER_DATA,
        must_encrypt: bool = False,
    ) -> None:
        self._url = urlsplit(url)
        self._after_data = after_data
        self._must_encrypt = must_encrypt
        self._sender = sender
        self._clock = clock
        self._patience = patience

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        """Hand the message to the mail server; returns only when the server accepted it.

        Only a refusal of this very receiver or this very message is for good. Everything else
        (no connection, no patience left, wrong password, sender not allowed) is the server's
        trouble or ours, and is tried again. Unsure when it fell silent with the message in hand.
        """
        message = self.compose(address.account, reply, key)
        client = _Client(**self._server())
        client.patience = self._after_data
        try:
            async with asyncio.timeout(self._patience) as client.limit:
                await client.connect()
                await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [recipient.code for recipient in refused.recipients]
            if all(code >= 500 for code in codes):
                words = f"the mail server refuses this receiver ({codes[0]})"
                raise Unreachable(words, f"smtp_{codes[0]}") from None
            raise
        except aiosmtplib.SMTPDataError as answer:
            if answer.code >= 500:
                words = f"the mail server refused the message ({answer.code})"
                raise Undeliverable(words, f"smtp_{answer.code}") from None
            raise
        except (OSError, TimeoutError, aiosmtplib.SMTPServerDisconnected) as problem:
            if client.handed_over:
                raise Unsure(type(problem).__name__, SILENT) from None
            raise
        finally:
            # It has the message or not; a goodbye changes nothing and is not waited for.
            client.close()
        return str(message["Message-ID"])

    async def find(self, email: str) -> Address | None:
        """Mail is the last way, chosen by the engine itself."""
        return None

    async def check(self) -> None:
        """Connect, log in where needed, and say hello.

        Raises aiosmtplib.SMTPException, OSError or TimeoutError.
        """
        async with asyncio.timeout(self._patience), aiosmtplib.SMTP(**self._server()) as client:
            await client.noop()

    @property
    def server(self) -> str:
        """Its host and port, without the password."""
        return self._url.netloc.rpartition("@")[2]

    def compose(self, to: str, reply: Reply, key: str) -> EmailMessage:
        """The message as it goes out. Undeliverable when `to` is no address."""
        say = reply.question if isinstance(reply, Ask) else reply
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = _mailbox(to)
        message["Subject"] = _one_line(say.title or "Opnamewijzer")
        message["Date"] = format_datetime(self._clock())
        mark = hashlib.sha256(key.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{mark}@{self._sender.rpartition('@')[2].strip('> ')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(plain(say) + "\n")
        if say.attachment:
            kind = say.attachment.media.partition("/")[2].partition(";")[0]
            name = say.attachment.name
            message.add_attachment(say.attachment.text, subtype=kind, filename=name)
        return message

    def _server(self) -> dict[str, Any]:
        host = self._url.hostname or ""
        return {
            "hostname": host,
            "port": self._url.port,
            "username": unquote(self._url.username) if self._url.username else None,
            "password": unquote(self._url.password) if self._url.password else None,
            "use_tls": self._url.scheme == "smtps",
            # None: where the server offers it.
            "start_tls": (self._must_encrypt and self._url.scheme == "smtp") or None,
            # A relay on this very machine often has a certificate of its own making.
            "validate_certs": not is_loopback(host),
            "timeout": self._patience,
        }


def _mailbox(address: str) -> Mailbox:
    try:
        return Mailbox(addr_spec=address)
    except (ValueError, HeaderParseError, IndexError):
        raise Undeliverable("this is no e-mail address") from None


def _one_line(title: str) -> str:
    """A subject cannot smuggle in another header."""
    line = " ".join(CONTROL.sub(" ", title).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


class Mail(Platform):
    """The way out that everybody has."""

    name = "mail"

    def __init__(self, mailer: Mailer, *, named: bool) -> None:
        """`named`: the operator chose the address that mails come from."""
        self.messenger: Mailer = mailer
        self.reach = mailer.server
        self._named = named

    async def check(self) -> list[str]:
        """Say hello to the server."""
        try:
            await self.messenger.check()
        except aiosmtplib.SMTPAuthenticationError:
            return ["the server refuses the user name or password in SMTP_URL"]
        except aiosmtplib.SMTPException as problem:
            if "STARTTLS" in str(problem):
                return [UNENCRYPTED]
            return [f"the server of SMTP_URL does not answer well ({type(problem).__name__})"]
        except (OSError, TimeoutError) as problem:
            return [f"the server of SMTP_URL does not answer ({type(problem).__name__})"]
        return []

    def notes(self) -> list[str]:
        """See `Platform`."""
        return [] if self._named else [f"set MAIL_FROM: mails come from {SENDER}"]
