"""Replies as plain text: the floor that every platform can stand on."""

from __future__ import annotations

from bot.engine.replies import Reply, Say


def plain(say: Say) -> str:
    """A message as text; buttons that open a page are written out with their address."""
    parts = [say.title, say.text, "\n".join(fact(*pair) for pair in say.facts)]
    for quote in say.quotes:
        lines = (quote.heading, f"“{quote.text}”", quote.reading)
        parts.append("\n".join(line for line in lines if line))
    parts.append(say.note)
    parts += [f"{button.label}: {button.url}" for button in say.buttons if button.url]
    return "\n\n".join(part for part in parts if part)


def fact(label: str, value: str) -> str:
    """A label and its value on one line; a label that is a question keeps its own mark."""
    return f"{label} {value}" if label.endswith("?") else f"{label}: {value}"


def floor(reply: Reply) -> Say:
    """A reply without a form: a form becomes its open question."""
    if isinstance(reply, Say):
        return reply
    title = reply.title if reply.whole else ""
    question = reply.question
    text = "\n".join(part for part in (reply.intro, question.text) if part)
    return Say(text, title=title, buttons=question.buttons)
