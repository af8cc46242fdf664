"""What Teams wants in its own HTTP answer: a dialog, a card in the place of another, a line. Pure."""

from __future__ import annotations

from typing import Any

from adapters.teams.elements import Element
from bot.engine.texts import cut

CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
LONGEST_TITLE = 60

Body = dict[str, Any]


def replaced(card: Element) -> Body:
    """To Action.Execute: this card takes the place of the pressed one."""
    return {"statusCode": 200, "type": CARD, "value": card}


def line(words: str) -> Body:
    """To Action.Execute: a line under the card, which stays."""
    return {"statusCode": 200, "type": MESSAGE, "value": words}


def wrong(code: str, words: str) -> Body:
    """To Action.Execute: this was no card of ours."""
    return {"statusCode": 400, "type": ERROR, "value": {"code": code, "message": words}}


def dialog(title: str, card: Element) -> Body:
    """To task/fetch, task/submit and message actions: a dialog with a card."""
    attachment = {"contentType": CARD, "content": card}
    value = {
        "title": cut(title, LONGEST_TITLE),
        "height": "large" if _has_inputs(card) else "medium",
        "width": "medium",
        "card": attachment,
    }
    return {"task": {"type": "continue", "value": value}}


def closing(words: str) -> Body:
    """To task/submit: the dialog ends with a sentence."""
    return {"task": {"type": "message", "value": words}}


def _has_inputs(card: Element) -> bool:
    return any(str(element["type"]).startswith("Input.") for element in card["body"])
