"""Sentences whose meaning a test gives itself, so that it does not hang on understanding."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Meant:
    intent: str
    lang: str = "nl"
    data: dict[str, str] = field(default_factory=dict)
    sure: bool = True


def hear(app: Any, meanings: dict[str, Meant]) -> None:
    """Let the bot understand these sentences so, and all others as before."""
    before = app.talk.listening.reader

    class Told:
        def read(self, text: str, **more: Any) -> Any:
            return meanings.get(text) or before.read(text, **more)

    app.talk.listening.reader = Told()
