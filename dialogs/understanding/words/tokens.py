"""From raw text to tokens: normalised words with their place in the text, and sentence ends."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

SCAN_LIMIT = 20_000  # a story is scanned this far for a possible breach; nothing beyond is read
QUESTION_LIMIT = 1_500  # this much of a message is read in full
ENDS = frozenset({".", "?"})

_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": " . "}
)
_TOKEN = re.compile(
    r"https?://\S+|www\.\S+"
    r"|\d+(?:[.:,/-]\d+)*[^\W\d_]*"
    r"|[^\W\d_]+(?:['.][^\W\d_]\b)*(?:['-][^\W_]+)*\d*(?:'(?=\s|$))?"
    r"|[.!?;:\n…]+|[()\[\]]"
)
_INITIALS = re.compile(r"(?:[a-z]\.){1,4}[a-z]")


@dataclass
class Token:
    """One word. `tags` maps a concept that begins here to the index behind its last word."""

    text: str
    start: int
    end: int
    tags: dict[str, int] = field(default_factory=dict)

    @property
    def is_end(self) -> bool:
        """Whether a sentence ends here."""
        return self.text in ENDS


def normalise(text: str) -> str:
    """Compatible letters, plain quotes, no control or direction characters, capped."""
    plain = unicodedata.normalize("NFKC", text[:SCAN_LIMIT]).translate(_QUOTES)
    kept = (
        c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"} else " "
        for c in plain
    )
    return re.sub(r"[ \t\r\f\v]+", " ", "".join(kept)).strip()


def tokenise(text: str, slang: Mapping[str, str], known: frozenset[str]) -> list[Token]:
    """Lower-case tokens of normalised `text`; slang and short forms written out, hyphens joined or split."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text.lower()):
        raw = match.group()
        if raw[0] in ".!?;:\n…()[]":
            _end(tokens, raw, match)
            continue
        tokens.extend(Token(w, match.start(), match.end()) for w in _words(raw, slang, known))
    return tokens


def _end(tokens: list[Token], raw: str, match: re.Match[str]) -> None:
    if raw[0] in "()[]":
        return
    mark = "?" if "?" in raw else "."
    if tokens and tokens[-1].is_end:
        tokens[-1].text = "?" if "?" in {mark, tokens[-1].text} else "."
    elif tokens:
        tokens.append(Token(mark, match.start(), match.end()))


def _words(raw: str, slang: Mapping[str, str], known: frozenset[str]) -> list[str]:
    if raw in slang:
        return slang[raw].split()
    if raw.startswith(("http", "www.")):
        return ["link"]
    if _INITIALS.fullmatch(raw):
        raw = raw.replace(".", "")
    if raw.endswith("n't") and len(raw) > 3:
        return [*({"ca": ["can"], "wo": ["will"]}.get(raw[:-3], [raw[:-3]])), "not"]
    if "-" in raw:
        joined = raw.replace("-", "")
        if joined in slang:
            return slang[joined].split()
        parts = [part for part in raw.split("-") if part]
        return (
            [joined]
            if joined in known
            else [word for part in parts for word in slang.get(part, part).split()]
        )
    if "'" in raw.strip("'"):
        return _apostrophe(raw, slang)
    bare = raw.strip("'")
    return slang.get(bare, bare).split() or [bare]


def _apostrophe(raw: str, slang: Mapping[str, str]) -> list[str]:
    head, _, tail = raw.partition("'")
    if tail in {"s", "tje", "tjes"}:  # foto's, video's, parent's
        return [head + ("s" if tail == "s" else "")] if tail == "s" else [head]
    if tail in {"m", "re", "ve", "ll", "d"}:
        verb = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}[tail]
        return [*slang.get(head, head).split(), verb]
    return [part for part in (slang.get(head, head), slang.get(tail, tail)) if part]
