"""Mail through a real SMTP server: accepted, refused, down, hanging, encrypted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.messenger import Mail, Mailer
from bot.engine.events import Address
from bot.engine.replies import Button, Quote, Say, Undeliverable, Unreachable, Unsure
from tests.smtp import MailServer, certificate, only

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TO = Address("mail", "", "po@example.nl")
HELLO = Say("Dag, wérkt het? 日本", title="Een bericht – voor jou")


def mailer(url: str, patience: float = 5.0) -> Mailer:
    return Mailer(url, "Opnamewijzer <bot@example.nl>", lambda: NOW, patience=patience)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    made = MailServer()
    await made.start()
    yield made
    await made.stop()


async def test_an_accepted_message_arrives_whole(server: MailServer) -> None:
    mark = await mailer(server.url).send(TO, HELLO, key="k")
    [letter] = server.letters
    assert letter["Subject"] == "Een bericht – voor jou"
    assert "Dag, wérkt het? 日本" in letter.get_content()
    assert (letter["Message-ID"], letter["To"]) == (mark, "po@example.nl")
    assert server.receivers == ["po@example.nl"]


async def test_the_same_job_has_the_same_message_id(server: MailServer) -> None:
    first, again, other = [
        await mailer(server.url).send(TO, HELLO, key=key) for key in ("k", "k", "l")
    ]
    assert first == again != other


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("refuse", Unreachable),
        ("reject", Undeliverable),
        ("busy", aiosmtplib.SMTPDataError),
        ("hang", TimeoutError),
    ],
)
async def test_each_refusal_has_its_meaning(
    server: MailServer, mood: str, error: type[Exception]
) -> None:
    server.mood = mood
    with pytest.raises(error):
        await mailer(server.url, 0.3 if mood == "hang" else 5).send(TO, HELLO, key="k")
    assert not server.letters


@pytest.mark.parametrize("mood", ["silent", "drop"])
async def test_a_server_that_says_nothing_with_the_message_in_hand_leaves_doubt(
    server: MailServer, mood: str
) -> None:
    server.mood = mood
    slow = Mailer(server.url, "bot@example.nl", lambda: NOW, patience=5, after_data=0.3)
    with pytest.raises(Unsure) as doubt:
        await slow.send(TO, HELLO, key="k")
    assert doubt.value.code == "silent_after_data"
    assert len(server.letters) == 1


async def test_the_servers_own_code_is_kept(server: MailServer) -> None:
    server.mood = "refuse"
    with pytest.raises(Unreachable) as refused:
        await mailer(server.url).send(TO, HELLO, key="k")
    assert refused.value.code == "smtp_550"


async def test_a_server_that_is_down_is_tried_again(server: MailServer) -> None:
    await server.stop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await mailer(server.url).send(TO, HELLO, key="k")
    await server.start()
    await mailer(server.url).send(TO, HELLO, key="k")
    assert len(server.letters) == 1


async def test_a_user_without_the_right_password_is_not_the_receivers_fault() -> None:
    server = MailServer(authenticator=only(b"bot", b"p@ss"), auth_require_tls=False)
    await server.start()
    try:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await mailer(f"smtp://bot:wrong@127.0.0.1:{server.port}").send(TO, HELLO, key="k")
        await mailer(f"smtp://bot:p%40ss@127.0.0.1:{server.port}").send(TO, HELLO, key="k")
        await mailer(f"smtp://bot:p%40ss@127.0.0.1:{server.port}").check()
    finally:
        await server.stop()
    assert len(server.letters) == 1


async def test_starttls_is_used_where_it_is_offered(tmp_path: Path) -> None:
    server = MailServer(tls_context=certificate(tmp_path), require_starttls=True)
    await server.start()
    try:
        await mailer(server.url).send(TO, HELLO, key="k")
    finally:
        await server.stop()
    assert len(server.letters) == 1


async def test_nothing_is_sent_in_the_clear_where_encryption_is_asked(server: MailServer) -> None:
    strict = Mailer(server.url, "bot@example.nl", lambda: NOW, must_encrypt=True)
    with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
        await strict.send(TO, HELLO, key="k")
    assert server.letters == []
    [wrong] = await Mail(strict, named=True).check()
    assert "MAIL_TLS=false" in wrong


async def test_a_title_cannot_add_a_header(server: MailServer) -> None:
    evil = Say("x", title="Hi\r\nBcc: all@example.nl\n\nbody\u2028X: 1")
    await mailer(server.url).send(TO, evil, key="k")
    [letter] = server.letters
    assert letter["Bcc"] is None
    assert server.receivers == ["po@example.nl"]


@pytest.mark.parametrize(
    "to", ["a@b.nl\r\nBcc: c@d.nl", "a@b.nl, c@d.nl", "", "nobody", "a b@c.nl"]
)
async def test_an_address_that_is_none_is_undeliverable(server: MailServer, to: str) -> None:
    with pytest.raises(Undeliverable):
        await mailer(server.url).send(Address("mail", "", to), HELLO, key="k")
    assert server.tries == 0


@given(st.text(max_size=600), st.text(max_size=3000))
def test_any_text_makes_a_message_with_one_line_headers(title: str, text: str) -> None:
    message = mailer("smtp://127.0.0.1:1").compose("po@example.nl", Say(text, title=title), "k")
    head = message.as_bytes().partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
    names = {line.partition(b":")[0] for line in head}
    assert names <= {
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted",
        b"Content-Type", b"Content-Transfer-Encoding", b"MIME-Version",
    }  # fmt: skip
    assert len(str(message["Subject"])) <= 200


def test_every_part_of_a_message_is_in_the_text() -> None:
    say = Say(
        "Text", title="T", facts=(("A", "1"),), quotes=(Quote("Kop", "Artikel"),), note="Klein",
        buttons=(Button("", "Open", url="https://x.nl"), Button("a.b", "Hidden")),
    )  # fmt: skip
    body = mailer("smtp://127.0.0.1:1").compose("po@example.nl", say, "k").get_content()
    assert all(part in body for part in ("Text", "A: 1", "Kop", "Artikel", "Klein", "https://x.nl"))
    assert "Hidden" not in body
