"""Replies as Block Kit. Pure; everything a person typed stays plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from adapters.plain import floor, plain
from adapters.slack.elements import escape, mrkdwn, pieces, plain_text, section
from bot.engine.replies import Ask, Button, Quote, Reply, Say
from bot.engine.texts import cut

HEADER = 150
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MOST_CHARACTERS = 11_000  # of one message; Slack refuses more than about 13,000
HOME_CHARACTERS = 60_000  # of one part of the home page, which may hold far more
FALLBACK = 3800
BUTTON = 75
BUTTON_VALUE = 2000
BUTTON_URL = 3000
IN_A_ROW = 5
SHORT_FACT = 300
PAIRS = 5
NOTE = 2000
NOTE_LINES = 10

Block = dict[str, Any]


def message(reply: Reply) -> dict[str, Any]:
    """The arguments of chat.postMessage: blocks, and the same as text for notifications."""
    say = drawn(reply)
    text = cut(escape(plain(say)), FALLBACK)
    return {"text": text or "–", "blocks": blocks(say, MESSAGE_BLOCKS)}


def drawn(reply: Reply) -> Say:
    """A form becomes its open question, with a button that opens all of it."""
    say = floor(reply)
    if not isinstance(reply, Ask) or not reply.open:
        return say
    whole = Button(f"form.resume:{reply.draft}", reply.open, "primary")
    return Say(say.text, title=say.title, note=say.note, buttons=(whole, *say.buttons))


def home(replies: Sequence[Reply], title: str, intro: str, button: Button) -> dict[str, Any]:
    """The view of the home page: a greeting, what can be done at once, and each dialog's part."""
    found = blocks(Say(intro, title=title, buttons=(button,)), VIEW_BLOCKS)
    for reply in replies:
        part = blocks(drawn(reply), MESSAGE_BLOCKS, HOME_CHARACTERS)
        if len(found) + len(part) + 1 > VIEW_BLOCKS:
            break
        found += [{"type": "divider"}, *part]
    return {"type": "home", "blocks": _numbered(found)}


def notice(replies: Sequence[Reply], title: str, close: str, *, home: bool) -> dict[str, Any]:
    """A modal that shows what was answered, with its buttons."""
    found: list[Block] = []
    for reply in replies:
        found += blocks(drawn(reply), MESSAGE_BLOCKS)
    return {
        "type": "modal",
        "title": plain_text(title, 24),
        "close": plain_text(close, 24),
        "private_metadata": json.dumps({"home": home}),
        "blocks": _numbered(found[:VIEW_BLOCKS]),
    }


def blocks(say: Say, most: int, characters: int = MOST_CHARACTERS) -> list[Block]:
    """One message, within Slack's limits: where it is too long the middle goes, never a button."""
    links = "\n".join(f"{b.label}: {b.url}" for b in say.buttons if b.url and not _opens(b))
    body = [_header(say.title)] if say.title else []
    for text in (say.text, links):
        body += [section(piece) for piece in pieces(text)]
    body += _facts(say.facts)
    for quote in say.quotes:
        body += _quote(quote)
    # A block for each line: within one, Slack's small print runs on.
    lines = cut(say.note.strip(), NOTE).split("\n", NOTE_LINES - 1) if say.note.strip() else []
    end = [{"type": "context", "elements": [plain_text(line, NOTE)]} for line in lines]
    end += _actions(say.buttons)
    left = characters - sum(map(_weight, end))
    return _numbered([*_fitting(body, most - len(end), left), *end])


def _weight(block: Block) -> int:
    return len(json.dumps(block, ensure_ascii=False))


def _fitting(body: list[Block], most: int, left: int) -> list[Block]:
    kept: list[Block] = []
    for block in body:
        left -= _weight(block)
        if left < 0 or (len(kept) == most - 1 and len(body) > most):
            return [*kept, {"type": "context", "elements": [plain_text("…", 1)]}]
        kept.append(block)
    return kept


def _header(title: str) -> Block:
    if len(title) > HEADER:
        return {"type": "section", "text": mrkdwn(f"*{escape(cut(title, 500))}*")}
    return {"type": "header", "text": plain_text(" ".join(title.split()), HEADER)}


def _facts(facts: Iterable[tuple[str, str]]) -> list[Block]:
    """Label and value side by side; a long value gets its own paragraph, in its own place."""
    found: list[Block] = []
    row: list[dict[str, Any]] = []

    def close() -> None:
        if row:
            found.append({"type": "section", "fields": list(row)})
            row.clear()

    for label, value in facts:
        name = mrkdwn(f"*{escape(cut(label.strip(), 200)) or '–'}*")
        if len(value) <= SHORT_FACT:
            row += [name, plain_text(value, SHORT_FACT)]
            if len(row) == 2 * PAIRS:
                close()
            continue
        close()
        found.append({"type": "section", "text": name})
        found += [{"type": "section", "text": plain_text(piece, 3000)} for piece in pieces(value)]
    close()
    return found


def _quote(quote: Quote) -> list[Block]:
    heading = f"*{escape(cut(quote.heading, 150))}*\n" if quote.heading else ""
    found: list[Block] = []
    for text in (quote.text, quote.reading):
        for piece in pieces(text, 2000):
            lines = "\n".join(f">{line}" for line in escape(piece).split("\n"))
            found.append({"type": "section", "text": mrkdwn(heading + cut(lines, 2200))})
            heading = ""
    return found


def _actions(buttons: Sequence[Button]) -> list[Block]:
    shown = [_button(button) for button in buttons if not button.url or _opens(button)]
    rows = [shown[n : n + IN_A_ROW] for n in range(0, len(shown), IN_A_ROW)]
    return [{"type": "actions", "elements": row} for row in rows]


def _button(button: Button) -> dict[str, Any]:
    drawn: dict[str, Any] = {"type": "button", "text": plain_text(button.label, BUTTON)}
    if button.url:
        return drawn | {"url": button.url}
    drawn["value"] = button.id[:BUTTON_VALUE]
    return drawn | ({"style": button.style} if button.style in ("primary", "danger") else {})


def _opens(button: Button) -> bool:
    return button.url.startswith(("https://", "http://")) and len(button.url) <= BUTTON_URL


def _numbered(found: list[Block]) -> list[Block]:
    """Every button its own action_id: Slack refuses the same one twice."""
    number = 0
    for block in found:
        for element in block["elements"] if block["type"] == "actions" else ():
            number += 1
            element["action_id"] = f"b{number}"
    return found
