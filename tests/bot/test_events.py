"""What platforms and people send, however strange, is something we can keep and answer."""

from datetime import UTC

import pytest

from adapters.local.messenger import address
from bot.engine.events import Said, Submitted
from bot.engine.forms import Context, Field, Kind, parse_field
from bot.engine.store.database import Database
from bot.engine.texts import Texts
from tests.bot.small import bot
from tests.chat import Chat, words
from tests.conftest import NOW, Ticker

ANNA = "anna@x.nl"


@pytest.fixture
def chat(database: Database, texts: Texts, clock: Ticker) -> Chat:
    talk, worker = bot(database, texts, clock)
    return Chat(database, talk, worker, clock, locale="en")


def test_an_event_never_holds_what_no_database_or_mail_can_carry() -> None:
    base = {"id": "e\x00", "address": address(ANNA), "at": NOW}
    assert (said := Said(**base, text="a\x00b\ud800")).text == "ab?"
    assert said.id == "e"
    sent = Submitted(
        **base, form="f", draft=1, values={"a\ud800": ["\x00b", {"c": "\udfff"}], "n": 5}
    )
    assert sent.values == {"a?": ["b", {"c": "?"}], "n": 5}


@pytest.mark.parametrize(
    "button", ["form.send:99999999999", f"form.send:{'9' * 5000}", "form.send:0", "form.drop:²"]
)
async def test_a_made_up_number_on_a_button_is_answered_kindly(chat: Chat, button: str) -> None:
    assert "already finished" in words(await chat.press(ANNA, button))


async def test_a_made_up_draft_is_answered_kindly(chat: Chat) -> None:
    event = Submitted(
        id="e1", address=address(ANNA), at=NOW, email=ANNA, form="order", draft=2**63, values={}
    )
    assert (await chat.handle(event)).status == "refused"


def test_one_line_is_one_line_and_a_paragraph_is_not() -> None:
    line, more = (Field("a", kind) for kind in (Kind.TEXT, Kind.PARAGRAPH))
    context = Context(NOW, UTC, reader=None)  # type: ignore[arg-type]  # text needs no reader
    assert parse_field(line, "Anna\r\nReporter: Bram", context) == ("Anna Reporter: Bram", None)
    assert parse_field(more, "a\nb", context) == ("a\nb", None)
