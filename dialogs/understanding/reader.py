"""From a sentence to weighed facts, and what the decision table makes of them: offline, in the languages of the lexicon.

normalise -> cap -> repair typos -> concepts (a reviewed lexicon) -> facts with their words -> weighed readings ->
verdicts. No word of an answer is chosen here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from dialogs.guidelines import Guidelines
from dialogs.understanding.model import cascade, caution, thresholds
from dialogs.understanding.model.encoder import Encoder
from dialogs.understanding.model.understood import Understanding
from dialogs.understanding.model.verdict import decide
from dialogs.understanding.model.weighing import weigh
from dialogs.understanding.rules import details, tasks
from dialogs.understanding.rules.about import pronoun, recording
from dialogs.understanding.rules.facts import Fact, Reading
from dialogs.understanding.rules.reading import Frame, chain, frame
from dialogs.understanding.words.language import Vote
from dialogs.understanding.words.lexicon import Lexicon
from dialogs.understanding.words.scene import Scene, read
from dialogs.understanding.words.tokens import QUESTION_LIMIT, SCAN_LIMIT

MOST_QUESTIONS = 8  # of one message; what more is asked is read with the last
_CONTEXT = 8  # earlier messages that are read again
_LETTERS = 12  # a passage with fewer different signs holds no story
_OVERLAP = 100  # characters that two passages of a long text share
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class Reader:
    """Reads messages by these guidelines, with this lexicon and, when there is one, this encoder."""

    @classmethod
    def load(cls, guidelines: Guidelines) -> Self:
        """A reader for these guidelines, with the lexicon and the encoders that come with the bot."""
        return cls(guidelines, Lexicon.load(guidelines), cascade.load())

    def __init__(self, guidelines: Guidelines, lexicon: Lexicon, encoder: Encoder | None) -> None:
        self.guidelines = guidelines
        self._lexicon = lexicon
        self._encoder = encoder

    def read(
        self,
        text: str,
        *,
        context: Sequence[str] = (),
        school: str | None = None,
        now: datetime,
        lang: str | None = None,
        answer_in: str | None = None,
    ) -> Understanding:
        """Read a message after the earlier messages of the same person (`context`, oldest first).

        `school` is the school known of the person; `lang` is the language of a message that does not show its own;
        `answer_in` forces it. Never raises on any text. ValueError when `now` has no zone; GuidelinesError when the
        decision table has a hole, which `guidelines check` finds.
        """
        if now.tzinfo is None:
            raise ValueError("now needs a zone")
        earlier = [read(message[:QUESTION_LIMIT], self._lexicon) for message in context[-_CONTEXT:]]
        scene = _scene(text, self._lexicon)
        before = chain(earlier, now.month)
        own = frame(scene, now.month, before)
        known = _school(scene, earlier, school)
        intent = tasks.intent(scene, asks=own.about, recordings=own.recording) or "ask"
        said = [one.text for one in earlier]
        whole = Understanding(
            text=scene.text,
            lang=answer_in or _language(scene.vote, [s.vote for s in earlier], lang),
            readings=tuple(
                replace(one, data=details.data(scene, one.intent, now, _zone(now)))
                for one in self._readings(scene, own, intent, known, said)
            ),
            weighed=self._encoder is not None,
            guard=(*caution.unguarded(scene), *caution.against(scene, earlier)),
            doubt=caution.strange_words(scene) or _loose(scene, own),
        )
        if whole.intent == "ask":
            parts = self._parts(whole, _questions(scene), before, now.month, known, said)
            whole = replace(whole, parts=parts)
        return replace(whole, decisions=decide(whole, self.guidelines))

    def _readings(
        self,
        scene: Scene,
        own: Frame,
        intent: str,
        school: Sequence[Fact],
        earlier: Sequence[str],
    ) -> tuple[Reading, ...]:
        ruled = Reading(thresholds.judge(scene, own), intent, (*_facts(own, scene), *school))
        return weigh(scene, ruled, earlier, self._encoder)

    def _parts(
        self,
        whole: Understanding,
        questions: Sequence[str],
        before: Frame | None,
        month: int,
        school: Sequence[Fact],
        earlier: Sequence[str],
    ) -> tuple[Understanding, ...]:
        """Each question of a message with several, when they ask different things."""
        if len(questions) < 2 or whole.value("about") in {"breach", "consent"}:
            return ()
        parts: list[Understanding] = []
        last = before
        for at, question in enumerate(questions):
            one = read(question, self._lexicon)
            last = frame(one, month, last)
            readings = self._readings(one, last, "ask", school, [*earlier, *questions[:at]])
            parts.append(replace(whole, text=one.text, readings=readings))
        asked = [part for part in parts if part.value("about") not in {"unclear", "other", "open"}]
        return tuple(asked) if len({part.facts for part in asked}) > 1 else ()


def _loose(scene: Scene, own: Frame) -> tuple[str, ...]:
    """A follow-up that asks for something without naming an act: what it keeps of before is no ground for a yes."""
    asks = own.recording and not recording(scene) and scene.has("w.wh") and not scene.has("do")
    return (scene.text[:40],) if asks else ()


def _zone(now: datetime) -> tzinfo:
    return (
        now.tzinfo if isinstance(now.tzinfo, ZoneInfo) and now.tzinfo.key != "UTC" else _AMSTERDAM
    )


def _scene(text: str, lexicon: Lexicon) -> Scene:
    """A question is read up to QUESTION_LIMIT; of a longer text the rest is scanned too for signs that cannot wait."""
    head = read(text[:QUESTION_LIMIT], lexicon)
    if len(text) <= QUESTION_LIMIT or head.has("breach", "consent"):
        return head
    for begin in range(QUESTION_LIMIT, min(len(text), SCAN_LIMIT), QUESTION_LIMIT):
        passage = text[max(0, begin - _OVERLAP) : begin + QUESTION_LIMIT]
        if len(set(passage)) < _LETTERS:
            continue
        scene = read(passage, lexicon)
        if scene.has("breach", "consent") and scene.has("rec", "system", "device"):
            return scene
    return head


def _language(own: Vote, earlier: Sequence[Vote], fallback: str | None) -> str:
    if own.lang and own.lead >= 1:
        return own.lang
    for vote in reversed(earlier):
        if vote.lang:
            return vote.lang if own.lang is None or own.total < 2 else own.lang
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


def _school(scene: Scene, earlier: Sequence[Scene], known: str | None) -> list[Fact]:
    """The school with own rules this person belongs to: said now, said before, or known."""
    for one in (scene, *reversed(earlier)):
        if one.has("noschool") or one.has("own.case"):
            continue
        if found := one.all("school"):
            return [Fact("school", found[0].value, one.words(found[0]))]
    return [Fact("school", known, "")] if known else []


def _questions(scene: Scene) -> list[str]:
    """The text cut behind every question mark; what stands before a question belongs to it."""
    cuts = [token.end for token in scene.tokens if token.text == "?"]
    cuts = [*cuts[: MOST_QUESTIONS - 1], cuts[-1]] if len(cuts) > MOST_QUESTIONS else cuts
    if not cuts:
        return [scene.text]
    begins = [0, *cuts[:-1]]
    asked = [scene.text[begin:end].strip() for begin, end in zip(begins, cuts, strict=True)]
    tail = scene.text[cuts[-1] :].strip()
    if len(tail.split()) > 3:
        asked[-1] = f"{asked[-1]} {tail}"
    return asked
