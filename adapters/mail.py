"""E-mail: plain text that can be read without any system."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.events import Address
from bot.jobs import Clock
from bot.replies import Ask, Reply, Say, Undeliverable, Unreachable

PATIENCE = 20.0


class Mailer:
    """Sends by the SMTP server of SMTP_URL (`smtp://` with STARTTLS where offered, or `smtps://`).

    See `bot.replies.Messenger`. A stable Message-ID makes a doubled mail recognisable.
    """

    platform = "mail"

    def __init__(self, url: str, sender: str, clock: Clock) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._clock = clock

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        """Hand the message to the mail server; returns only when the server accepted it."""
        say = reply.question if isinstance(reply, Ask) else reply
        message = self.compose(address.account, say, key)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._url.hostname,
                port=self._url.port,
                username=unquote(self._url.username) if self._url.username else None,
                password=unquote(self._url.password) if self._url.password else None,
                use_tls=self._url.scheme == "smtps",
                timeout=PATIENCE,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            codes = [recipient.code for recipient in refused.recipients]
            if all(code >= 500 for code in codes):
                raise Unreachable(f"the mail server refuses this receiver ({codes[0]})") from None
            raise
        except aiosmtplib.SMTPResponseException as answer:
            if answer.code >= 500 and not isinstance(answer, aiosmtplib.SMTPAuthenticationError):
                raise Undeliverable(
                    f"the mail server refused the message ({answer.code})"
                ) from None
            raise
        return str(message["Message-ID"])

    async def find(self, email: str) -> Address | None:
        """Mail is the last way, chosen by the engine itself."""
        return None

    async def check(self) -> None:
        """Connect and say hello; raises aiosmtplib.SMTPException or OSError."""
        client = aiosmtplib.SMTP(
            hostname=self._url.hostname,
            port=self._url.port,
            use_tls=self._url.scheme == "smtps",
            timeout=PATIENCE,
        )
        async with client:
            await client.noop()

    def compose(self, to: str, say: Say, key: str) -> EmailMessage:
        """The message as it goes out."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = " ".join((say.title or "Opnamewijzer").split())[:200]
        message["Date"] = format_datetime(self._clock())
        mark = hashlib.sha256(key.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{mark}@{self._sender.rpartition('@')[2].strip('> ')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(plain(say))
        return message


def plain(say: Say) -> str:
    """A message as plain text; buttons that are links are written out."""
    parts = [say.title, say.text]
    parts += ["\n".join(f"{label}: {value}" for label, value in say.facts)]
    for quote in say.quotes:
        parts.append("\n".join(line for line in (quote.heading, quote.text, quote.reading) if line))
    parts.append(say.note)
    links = [f"{b.label}: {b.url}" for b in say.buttons if b.url]
    return "\n\n".join(part for part in [*parts, *links] if part) + "\n"
