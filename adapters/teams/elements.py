"""The pieces of an Adaptive Card 1.5. Pure.

Words that people typed go into text runs, where Teams knows no markup and no mentions; a
TextBlock, a FactSet and the like would read Markdown in them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.engine.replies import Button
from bot.engine.texts import cut

Element = dict[str, Any]

VERSION = "1.5"
LARGEST = 26_000  # Teams refuses cards from 28 KB on
MOST_ACTIONS = 5  # Teams draws six in a row
LONGEST_SPEECH = 500
LONGEST_SUMMARY = 150
_NO_MARKUP = re.compile(r"(?:[^\W_]|[ ,.:;?!'’“”()&%+–-])*")


def card(body: Sequence[Element], spoken: str) -> Element:
    """A whole card; `spoken` is what a screen reader says first, and what an old client shows."""
    line = one_line(spoken, LONGEST_SPEECH)
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "speak": line,
        "fallbackText": line,
        "body": list(body) or [rich("…")],
    }


def size(element: Any) -> int:
    """How large it is on the wire."""
    return len(json.dumps(element, ensure_ascii=False).encode())


def shortened(whole: Element) -> Element:
    """The last resort for a card that is too large: it ends in a sign of that, its buttons stay."""
    kept, more = list(whole["body"]), rich("…")
    while kept and size({**whole, "body": kept}) > LARGEST:
        texts = [n for n, part in enumerate(kept) if part["type"] != "ActionSet" and part != more]
        at = texts[-1] if texts else -1
        kept[at:] = ([more] if texts and more not in kept else []) + kept[at:][1:]
    return {**whole, "body": kept}


def heading(words: str) -> Element:
    """A title; a real heading for screen readers when nothing in it could be markup."""
    if _NO_MARKUP.fullmatch(words) and not re.match(r"\s*(?:\d+\.|[-+])\s", words):
        return {
            "type": "TextBlock",
            "text": words,
            "style": "heading",
            "size": "Medium",
            "weight": "Bolder",
            "wrap": True,
        }
    return rich(words, size="Medium", weight="Bolder")


def rich(words: str, spacing: str = "", **look: Any) -> Element:
    """One line of plain words."""
    block: Element = {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": words, **look}],
    }
    return {**block, "spacing": spacing} if spacing else block


def lines(words: str, spacing: str = "Medium", **look: Any) -> Iterator[Element]:
    """Several lines; an empty one is room between two paragraphs."""
    for line in words.splitlines():
        if line.strip():
            yield rich(line.rstrip(), spacing=spacing, **look)
        spacing = "Small" if line.strip() else "Medium"


def table(facts: Iterable[tuple[str, str]]) -> Iterator[Element]:
    """Labels and values side by side."""
    spacing = "Medium"
    for label, value in facts:
        yield {
            "type": "ColumnSet",
            "spacing": spacing,
            "columns": [
                {"type": "Column", "width": 2, "items": [rich(label, weight="Bolder")]},
                {
                    "type": "Column",
                    "width": 3,
                    "items": list(lines(value, spacing="None")) or [rich("–")],
                },
            ],
        }
        spacing = "Small"


def box(items: Sequence[Element], style: str = "emphasis") -> Element:
    """Something set apart."""
    return {"type": "Container", "style": style, "spacing": "Medium", "items": list(items)}


def folded(title: str, items: Sequence[Element]) -> Iterator[Element]:
    """Something that is shown when a button is pressed; what stands in it counts all the same."""
    toggle = {"type": "Action.ToggleVisibility", "title": title, "targetElements": ["more"]}
    yield from rows([toggle])
    yield {"type": "Container", "id": "more", "isVisible": False, "items": list(items)}


def buttons(given: Sequence[Button], *, dialog: bool) -> Iterator[Element]:
    """Rows of buttons, never more in one than Teams shows."""
    actions = [_button(button, dialog=dialog) for button in given]
    yield from rows(actions)


def rows(actions: Sequence[Element]) -> Iterator[Element]:
    """Actions in sets; an Action.Execute stands in a set so that its fallback works."""
    for start in range(0, len(actions), MOST_ACTIONS):
        spacing = "Medium" if start == 0 else "Small"
        part = list(actions[start : start + MOST_ACTIONS])
        yield {"type": "ActionSet", "spacing": spacing, "actions": part}


def execute(title: str, data: Mapping[str, Any], *, dialog: bool, **more: Any) -> Element:
    """A button that comes back to us: by Action.Execute, in old clients and in dialogs by Submit."""
    submit: Element = {
        "type": "Action.Submit",
        "title": title,
        "data": dict(data),
        **more,
    }
    if dialog:
        return submit
    return {**submit, "type": "Action.Execute", "verb": "act", "fallback": submit}


def fetch(title: str, data: Mapping[str, Any]) -> Element:
    """A button that opens a dialog (a task module)."""
    return {
        "type": "Action.Submit",
        "title": title,
        "data": {**data, "msteams": {"type": "task/fetch"}},
        "associatedInputs": "none",
    }


def _button(button: Button, *, dialog: bool) -> Element:
    if button.url:
        return {"type": "Action.OpenUrl", "title": button.label, "url": button.url}
    style = {"primary": "positive", "danger": "destructive"}.get(button.style, "default")
    return execute(
        button.label, {"b": button.id}, dialog=dialog, associatedInputs="none", style=style
    )


def one_line(words: str, most: int) -> str:
    """Words for places that might read markup: the marks that could do something are gone."""
    plain = re.sub(r"[<>\[\]`*_#|\\~]", " ", words).replace("://", ": //")
    return cut(" ".join(plain.split()), most)
