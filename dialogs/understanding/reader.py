"""From a sentence to facts: deterministic, offline, in Dutch and English.

normalise -> cap -> repair typos -> concepts (a reviewed lexicon) -> facts with their words -> intent. The verdict is
made elsewhere, by the decision table of the guidelines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from dialogs.guidelines import load
from dialogs.understanding.model import confidence, encoder
from dialogs.understanding.model.weighing import weigh
from dialogs.understanding.rules import tasks
from dialogs.understanding.rules.about import pronoun, recording
from dialogs.understanding.rules.facts import Fact, Reading
from dialogs.understanding.rules.reading import Frame, chain, frame
from dialogs.understanding.words.language import Vote
from dialogs.understanding.words.scene import Scene, read
from dialogs.understanding.words.tokens import QUESTION_LIMIT, SCAN_LIMIT

__all__ = ["Fact", "Reading", "Understanding", "understand"]

_CONTEXT = 8  # earlier messages that are read again
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class Understanding:
    """What a message says. `readings` are the ways to read it, the likeliest first; `parts` are its questions when it
    asks several; `lang` is the language to answer in."""

    text: str
    lang: str
    mixed: bool
    readings: tuple[Reading, ...]
    parts: tuple["Understanding", ...] = ()
    weighed: bool = True  # whether the chances of the readings mean something; else there is one, by rules alone
    guard: tuple[str, ...] = ()  # words that speak against a plain yes
    doubt: tuple[str, ...] = ()  # words nobody knows: with them nothing is simply allowed

    @property
    def intent(self) -> str:
        """The likeliest intent: "ask", or a task."""
        return self.readings[0].intent

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts of the likeliest reading."""
        return self.readings[0].facts

    @property
    def data(self) -> Mapping[str, str]:
        """What the dialog of the likeliest task can use."""
        return self.readings[0].data

    def value(self, name: str) -> str:
        """The value of a fact in the likeliest reading, or "none"."""
        return self.readings[0].value(name)


@cache
def _default_schools() -> Mapping[str, str]:
    return load().school_names()


def understand(
    text: str,
    *,
    context: Sequence[str] = (),
    school: str | None = None,
    now: datetime,
    lang: str | None = None,
    fallback: str | None = None,
    schools: Mapping[str, str] | None = None,
) -> Understanding:
    """Read a message after the earlier messages of the same person (`context`, oldest first).

    `school` is the school known of the person; `lang` forces the language of the answer, `fallback` is
    for a message that does not show its own; `schools` maps names of schools with own rules (lower case) to their ids. Never raises on any text. ValueError when `now` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a zone")
    names = schools if schools is not None else _default_schools()
    earlier = [read(message[:QUESTION_LIMIT], names) for message in context[-_CONTEXT:]]
    scene = _scene(text, names)
    before = chain(earlier, now.month)
    own = frame(scene, now.month, before)
    answer_in = lang or _language(scene.vote, [s.vote for s in earlier], fallback)
    known = _school(scene, earlier, school)
    intent = tasks.intent(scene, asks=own.about, recordings=own.recording) or "ask"
    said = [one.text for one in earlier]
    whole = Understanding(
        text=scene.text,
        lang=answer_in,
        mixed=scene.vote.mixed,
        readings=_readings(scene, own, intent, known, said),
        weighed=encoder.load() is not None,
        guard=(*confidence.unguarded(scene), *confidence.against(scene, earlier)),
        doubt=confidence.strange_words(scene) or _loose(scene, own),
    )
    whole = replace(
        whole,
        readings=tuple(
            replace(one, data=tasks.data(scene, one.intent, now, _zone(now)))
            for one in whole.readings
        ),
    )
    if whole.intent != "ask":
        return whole
    return replace(whole, parts=_parts(whole, scene, names, before, now.month, known, said))


def _readings(
    scene: Scene, own: Frame, intent: str, school: list[Fact], earlier: Sequence[str]
) -> tuple[Reading, ...]:
    ruled = Reading(confidence.judge(scene, own), intent, (*_facts(own, scene), *school))
    return weigh(scene, ruled, earlier, encoder.load())


def _loose(scene: Scene, own: Frame) -> tuple[str, ...]:
    """A follow-up that asks for something without naming an act: what it keeps of before is no ground for a yes."""
    asks = own.recording and not recording(scene) and scene.has("w.wh") and not scene.has("do")
    return (scene.text[:40],) if asks else ()


def _zone(now: datetime) -> tzinfo:
    return (
        now.tzinfo if isinstance(now.tzinfo, ZoneInfo) and now.tzinfo.key != "UTC" else _AMSTERDAM
    )


def _scene(text: str, names: Mapping[str, str]) -> Scene:
    """A question is read up to QUESTION_LIMIT; of a longer text the rest is scanned too for signs that cannot wait."""
    head = read(text[:QUESTION_LIMIT], names)
    if len(text) <= QUESTION_LIMIT or head.has("breach", "consent"):
        return head
    for begin in range(QUESTION_LIMIT, min(len(text), SCAN_LIMIT), QUESTION_LIMIT):
        piece = text[max(0, begin - 100) : begin + QUESTION_LIMIT]
        if len(set(piece)) < _LETTERS:
            continue
        scene = read(piece, names)
        if scene.has("breach", "consent") and scene.has("rec", "iris", "device"):
            return scene
    return head


_LETTERS = 12  # a piece with fewer different signs holds no story


def _language(own: Vote, earlier: list[Vote], fallback: str | None) -> str:
    if own.lang and abs(own.nl - own.en) >= 1:
        return own.lang
    for vote in reversed(earlier):
        if vote.lang:
            return vote.lang if own.lang is None or own.nl + own.en < 2 else own.lang
    return fallback or own.lang or "nl"


def _facts(own: Frame, scene: Scene) -> list[Fact]:
    named = scene.has("rec.strong", "rec.weak", "rec.photo")
    thing = "named" if named or own.recording else "pronoun" if pronoun(scene) else "none"
    rec = scene.all("rec")
    return [
        Fact("about", own.about, own.words),
        *own.facts,
        Fact("object", thing, scene.words(rec[0]) if rec else ""),
    ]


def _school(scene: Scene, earlier: list[Scene], known: str | None) -> list[Fact]:
    """The school with own rules this person belongs to: said now, said before, or known."""
    for one in (scene, *reversed(earlier)):
        if one.has("noschool") or one.has("own.case"):
            continue
        if found := one.all("school"):
            return [Fact("school", found[0].value, one.words(found[0]))]
    return [Fact("school", known, "")] if known else []


def _parts(
    whole: Understanding,
    scene: Scene,
    names: Mapping[str, str],
    before: Frame | None,
    month: int,
    school: list[Fact],
    earlier: Sequence[str],
) -> tuple[Understanding, ...]:
    """Each question of a message with several, when they ask different things."""
    pieces = _questions(scene)
    if len(pieces) < 2 or whole.value("about") in {"breach", "consent"}:
        return ()
    parts = []
    said = list(earlier)
    last = before
    for piece in pieces:
        one = read(piece, names)
        last = frame(one, month, last)
        parts.append(
            replace(whole, text=one.text, readings=_readings(one, last, "ask", school, said))
        )
        said.append(piece)
    asked = [part for part in parts if part.value("about") not in {"unclear", "other", "open"}]
    return tuple(asked) if len({part.facts for part in asked}) > 1 else ()


def _questions(scene: Scene) -> list[str]:
    """The text cut behind every question mark; what stands before a question belongs to it."""
    cuts = [token.end for token in scene.tokens if token.text == "?"]
    if not cuts:
        return [scene.text]
    begins = [0, *cuts[:-1]]
    pieces = [scene.text[begin:end].strip() for begin, end in zip(begins, cuts, strict=True)]
    tail = scene.text[cuts[-1] :].strip()
    if len(tail.split()) > 3:
        pieces[-1] = f"{pieces[-1]} {tail}"
    return pieces
