"""The mail server's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import SplitResult, urlsplit

from pydantic import field_validator

from bot.engine.loopback import is_loopback
from bot.engine.platform import House, PlatformSettings, Site

if TYPE_CHECKING:
    from adapters.mail.messenger import Mail

SENDER = "opnamewijzer@localhost"

MENDING = {
    "550": "the mail server knows no such mailbox: mend the address in the roster, then `jobs retry`",
    "551": "the receiver moved: mend the address in the roster, then `jobs retry`",
    "552": "the mailbox is full: ask the receiver to make room, then `jobs retry`",
    "553": "the mail server refuses this address: mend it in the roster, then `jobs retry`",
    "554": "the mail server refused the message: ask its administrator whether MAIL_FROM may send",
    "535": "the mail server refuses the user name or password in SMTP_URL: mend it there",
    "530": "the mail server wants a user name and password: write them in SMTP_URL",
    "SMTPConnectError": "the server of SMTP_URL does not answer: it goes on by itself once it does",
    "silent_after_data": (
        "the server took the mail and never said so: see in its log whether it arrived;"
        " `jobs retry` sends it again, `jobs drop` closes it"
    ),
}


class MailSettings(PlatformSettings):
    """See README, 'Settings'. On when there is a server."""

    name: ClassVar[str] = "mail"
    title: ClassVar[str] = "e-mail"
    needed: ClassVar[str] = "without it no report can be mailed"

    smtp_url: str = ""
    mail_from: str = ""
    mail_tls: bool | None = None

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            well = parts.scheme in {"smtp", "smtps"} and parts.hostname and parts.port != 0
        except ValueError:
            well = False
        if value and not well:
            raise ValueError("must look like smtp://USER:PASSWORD@HOST:587 or smtps://HOST:465")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail(cls, value: str) -> str:
        if value and "@" not in value:
            raise ValueError("is no e-mail address")
        return value

    @property
    def server(self) -> SplitResult:
        """SMTP_URL in parts."""
        return urlsplit(self.smtp_url)

    @property
    def must_encrypt(self) -> bool:
        """Whether a server that offers no encryption is not spoken to."""
        if self.mail_tls is None:
            return not is_loopback(self.server.hostname or "")
        return self.mail_tls

    def wrong(self, site: Site) -> list[str]:
        """See `PlatformSettings`."""
        if self.mail_tls is False and self.server.scheme == "smtps":
            return ["MAIL_TLS=false does not go with smtps:// in SMTP_URL: write smtp:// there"]
        return []

    def off(self, site: Site) -> str:
        """See `PlatformSettings`."""
        return "" if self.smtp_url else "SMTP_URL is not set: reports cannot be mailed"

    def mend(self, code: str) -> str:
        """See `PlatformSettings`."""
        return MENDING.get(code.removeprefix("smtp_"), "")

    def build(self, house: House) -> Mail:
        """See `PlatformSettings`."""
        from adapters.mail.messenger import Mail, Mailer

        mailer = Mailer(
            self.smtp_url,
            self.mail_from or SENDER,
            house.clock,
            must_encrypt=self.must_encrypt,
        )
        return Mail(mailer, named=bool(self.mail_from))
