"""What hangs on a message: the kinds of files, never the files; and words out of HTML. Pure."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

FILE = "application/vnd.microsoft.teams.file.download.info"
MOST = 20
UNKNOWN = "application/octet-stream"
_MEDIA = ("image/", "video/", "audio/")
_TYPES = mimetypes.MimeTypes(filenames=())  # the same on every machine
# Pictures inside a message; the emoji of Teams carry another type.
_PICTURE = re.compile(r"<img\b[^>]*(?:AMSImage|hostedContents|asm\.skype\.com)", re.IGNORECASE)


def file_kinds(attachments: Any) -> tuple[str, ...]:
    """The media types of what was sent along; cards, quotes and the HTML of the text are no files."""
    found: list[str] = []
    for attachment in attachments if isinstance(attachments, list) else []:
        if isinstance(attachment, Mapping):
            kind = _kind(attachment)
            if kind:
                found.append(kind)
    return tuple(found[:MOST])


def _kind(attachment: Mapping[str, Any]) -> str:
    kind = str(attachment.get("contentType") or "")
    content = attachment.get("content")
    if kind.startswith(_MEDIA):
        return kind[:100]
    if kind == FILE:
        name = content.get("fileType") if isinstance(content, Mapping) else ""
        return _guess(f"file.{name}")
    if kind == "reference":
        return _guess(str(attachment.get("name") or ""))
    if kind in ("application/vnd.microsoft.card.video", "application/vnd.microsoft.card.audio"):
        return f"{kind.rpartition('.')[2]}/*"
    if kind == "text/html" and isinstance(content, str) and _PICTURE.search(content):
        return "image/*"
    return ""


def _guess(name: str) -> str:
    return _TYPES.guess_type(name)[0] or UNKNOWN


class _Words(HTMLParser):
    """Keeps the text; names in mentions are left out, they are no part of the question."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("at", "script", "style"):
            self._silent += 1
        elif tag in ("br", "p", "div", "li"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("at", "script", "style"):
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def plain_words(html: str) -> str:
    """The words of a message that comes as HTML."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line)
