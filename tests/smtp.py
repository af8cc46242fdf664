"""A real SMTP server on loopback whose mood a test can change."""

from __future__ import annotations

import asyncio
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """mood: 'accept', 'refuse' (the receiver), 'reject' (the message), 'busy', 'hang', or 'silent'
    and 'drop': it takes the message, and says nothing or breaks off."""

    def __init__(self, **options: Any) -> None:
        self.mood = "accept"
        self.refused: set[str] = set()
        self.letters: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.tries = 0
        self.port = 0
        self._options = options
        self._server: asyncio.Server | None = None
        self._patience = asyncio.Event()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mail.test", loop=loop, **self._options),
            "127.0.0.1",
            self.port,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._patience.set()
        if self._server:
            self._server.close()
            self._server = None

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]
    ) -> str:
        self.tries += 1
        if self.mood == "refuse" or to in self.refused:
            return "550 5.1.1 no such mailbox"
        if self.mood == "hang":
            await self._patience.wait()
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.mood == "reject":
            return "554 5.7.1 not in my house"
        if self.mood == "busy":
            return "451 4.3.0 come back later"
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content, policy=policy.default))
        self.receivers += envelope.rcpt_tos
        if self.mood == "silent":
            await self._patience.wait()
        if self.mood == "drop" and server.transport:
            server.transport.abort()
        return "250 accepted"


def certificate(folder: Any) -> ssl.SSLContext:
    """A server's context with a certificate of its own making."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def only(user: bytes, password: bytes) -> Any:
    """An authenticator that knows one user."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = (data.login, data.password) == (user, password)
        return AuthResult(success=known, handled=False)

    return check
