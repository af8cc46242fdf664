"""The routes of the local chat: who may call, and what a page gets."""

import uuid
from typing import Any

import pytest
from sqlmodel import select

from adapters.local.tables import LocalMessage
from bot.engine.store.tables import Account

SAM = "s@example.org"


def act(**data: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "account": SAM, **data}


async def news(client: Any, since: int = -1, account: str = SAM) -> dict[str, Any]:
    answer = await client.get("/local/changes", params={"account": account, "since": since})
    assert answer.status == 200
    told: dict[str, Any] = await answer.json()
    return told


async def until(client: Any, *kinds: str) -> list[dict[str, Any]]:
    """The messages of these kinds (said, say, ask), once there is one."""
    told = await news(client)
    while True:
        found = [m for m in told["messages"] if m["kind"] in kinds]
        if found:
            return found
        await news(client, told["changed"])
        told = await news(client)


async def test_the_page_and_its_files(client: Any) -> None:
    for path in (
        "/",
        *(f"/local/static/{n}" for n in ("chat.css", "chat.js", "door.js", "icon.svg")),
    ):
        answer = await client.get(path)
        assert answer.status == 200
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "http://" not in (await answer.text()).replace("http://www.w3.org/2000/svg", "")
    for path in ("/local/static/nothing.js", "/local/static/..%2flisten.py"):
        assert (await client.get(path)).status == 404


async def test_everybody_on_the_roster_and_somebody_unknown(client: Any) -> None:
    told = await (await client.get("/local/start")).json()
    assert [p["account"] for p in told["people"]] == [SAM, "p@example.org", "somebody"]
    assert told["words"]["nl"]["answering"].endswith("{question}")
    assert told["words"]["nl"].keys() == told["words"]["en"].keys()
    assert (told["zone"], told["mail"]) == ("Europe/Amsterdam", False)


async def test_both_sides_of_the_conversation(client: Any) -> None:
    said = act(text="hallo")
    assert (await client.post("/local/say", json=said)).status == 200
    bot = await until(client, "say")
    person = await until(client, "said")
    assert person[0]["text"] == "hallo"
    assert person[0]["id"] < bot[0]["id"]


async def test_a_repeated_post_is_one_event(client: Any) -> None:
    said = act(text="hallo")
    await client.post("/local/say", json=said)
    again = await (await client.post("/local/say", json=said)).json()
    assert again["status"] == "duplicate"
    assert len(await until(client, "said")) == 1


async def test_who_is_unknown_is_a_guest_without_address(client: Any, app: Any) -> None:
    await client.post("/local/say", json=act(account="somebody", text="hallo"))
    async with app.database.transaction() as db:
        account = (await db.exec(select(Account))).one()
    assert (account.key, account.email) == ("local::somebody", "")


async def test_wrong_answers_come_back_in_the_same_form(client: Any) -> None:
    await client.post("/local/press", json=act(button="breach.start", label="Melden"))
    ask = (await until(client, "ask"))[0]
    sent = act(form=ask["form"], draft=ask["draft"], values={}, message=str(ask["id"]))
    outcome = await (await client.post("/local/submit", json=sent)).json()
    assert outcome["errors"]
    again = await until(client, "ask")
    assert [m["id"] for m in again] == [ask["id"]]
    assert again[0]["version"] > ask["version"]
    assert any(field["error"] for field in again[0]["fields"])


async def test_without_an_account_only_who_got_messages(client: Any) -> None:
    await client.post("/local/say", json=act(text="hallo"))
    await until(client, "say")
    told = await news(client, account="")
    assert told["latest"] == {SAM: told["changed"]}
    assert "messages" not in told


async def test_a_form_in_somebody_elses_chat_is_left_alone(client: Any, app: Any) -> None:
    messenger = app.messengers["local"]
    theirs = LocalMessage(key="x", account="p@example.org", author="bot", at=app.clock())
    async with app.database.transaction() as db:
        db.add(theirs)
    from adapters.local.messenger import address
    from bot.engine.replies import Say

    mine = await messenger.send(address(SAM), Say("hoi"), key="y", replaces=str(theirs.id))
    assert mine != str(theirs.id)


async def test_where_the_conversation_stands(client: Any) -> None:
    await client.post("/local/press", json=act(button="breach.start", label="Melden"))
    ask = (await until(client, "ask"))[0]
    told = await news(client)
    assert told["drafts"] == [ask["draft"]]
    assert told["asking"] == {"draft": ask["draft"], "field": ask["field"]}
    await client.post("/local/press", json=act(button="language:en"))
    assert (await news(client))["lang"] == "en"


async def test_the_clock(client: Any, app: Any) -> None:
    before = app.clock()
    for step in ("hour", "day", "week", "month"):
        assert (await client.post("/local/clock", json={"step": step})).status == 200
    assert (app.clock() - before).days == 39  # 8 days to 1 December, then to 1 January
    told = await (await client.post("/local/clock", json={"step": "now"})).json()
    assert (told["ahead"], app.clock()) == (0, before)
    assert (await client.post("/local/clock", json={"step": "year"})).status == 400


@pytest.mark.parametrize("host", ["bot.example.org", "127.0.0.1.example.org", "10.0.0.1", ""])
async def test_only_this_machine(client: Any, host: str) -> None:
    assert (await client.get("/local/start", headers={"Host": host})).status == 403
    assert (await client.get("/", headers={"Host": host})).status == 403


@pytest.mark.parametrize("host", ["localhost:3978", "127.0.0.1", "[::1]:3978"])
async def test_names_of_this_machine(client: Any, host: str) -> None:
    assert (await client.get("/", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_no_other_site_may_post(client: Any, headers: dict[str, str]) -> None:
    answer = await client.post("/local/say", json=act(text="hallo"), headers=headers)
    assert answer.status == 403


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 90_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"account": "nobody@example.org"}', "application/json", 404),
        (b'{"account": "s@example.org"}', "application/json", 400),
        (b" " * 100_001, "application/json", 413),
    ],
)
async def test_bad_bodies(client: Any, body: bytes, kind: str, status: int) -> None:
    answer = await client.post("/local/say", data=body, headers={"Content-Type": kind})
    assert answer.status == status


async def test_a_very_long_sentence_is_answered(client: Any) -> None:
    assert (await client.post("/local/say", json=act(text="ja " * 6_600))).status == 200
    await until(client, "say")
