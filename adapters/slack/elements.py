"""Slack's small parts: escaped text, plain text, cuts that fit its limits. Pure."""

from __future__ import annotations

import re
from typing import Any

from bot.engine.texts import cut

SECTION = 3000
_MENTION = re.compile(r"<(?=[!@#])")
_LINK = re.compile(r"https?://[^\s<>|\"]+[^\s<>|\".,:;!?)\]]")


def escape(text: str) -> str:
    """Text in which nothing can mention anybody or look like a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_text(text: str, limit: int) -> dict[str, Any]:
    """A part that Slack shows as it is; never empty, which Slack refuses.

    It knows no markup, and what could be read as a mention (<!channel>) is bent all the same.
    """
    shown = cut(_MENTION.sub("‹", text.strip()), limit)
    return {"type": "plain_text", "text": shown or "–", "emoji": False}


def mrkdwn(text: str) -> dict[str, Any]:
    """A part with Slack's markup; the text must be escaped already."""
    # Verbatim: what looks like @channel or #general stays just text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> dict[str, Any]:
    """A paragraph of plain text, with its web addresses as links."""
    shown = escape(text)
    linked = _LINK.sub(lambda link: f"<{link[0]}>", shown)
    return {"type": "section", "text": mrkdwn(linked if len(linked) <= SECTION else shown)}


def pieces(text: str, limit: int = SECTION - 200) -> list[str]:
    """The text in parts that stay within the limit once escaped, cut at lines or words."""
    parts = []
    rest = text.strip()
    while len(escape(rest)) > limit:
        end = limit
        while len(escape(rest[:end])) > limit:
            end -= max(1, (len(escape(rest[:end])) - limit) // 5)
        at = max(rest.rfind("\n", 0, end), rest.rfind(" ", 0, end))
        end = at if at > end // 2 else end
        parts.append(rest[:end].rstrip())
        rest = rest[end:].strip()
    return [part for part in (*parts, rest) if part]
