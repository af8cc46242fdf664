"""What a typed sentence may be for the form that is open: a word to the form, a value, a correction."""

from __future__ import annotations

from functools import partial

from bot.engine import forms
from bot.engine.claims import SURE, Claim, Rank, plain, says
from bot.engine.dialog import Turn
from bot.engine.filling import Filling
from bot.engine.forms import Field, Form, Kind
from bot.engine.hearing import Heard
from bot.engine.replies import Reply, Say
from bot.engine.store.tables import Draft, DraftState

SENTENCE = 4  # words; less is a try at an answer to the open question, not another question
COMMAND = 6  # words; more is a story that happens to sound like a request
CORRECTION = 6
MOMENTS = (Kind.MOMENT, Kind.DATE)
COMMANDS = (
    "help", "language", "my_data", "forget_me", "recordings.list", "case.status", "breach.register",
)  # fmt: skip
STATEMENTS = ("recordings.add", "recordings.deleted", "breach.start", "consent.start", "thanks")


def words(turn: Turn, filling: Filling, draft: Draft) -> list[Claim]:
    """The words that every form knows: stop, back, skip the rest, change, send, begin again."""
    word = turn.said.strip().strip(".!").casefold()
    names = ["stop", "back", "finish", "change", "fresh"]
    if draft.state == DraftState.READY:
        names = ["stop", "back", "change", "fresh", "send", "refuse"]
    for name in names:
        if word in turn.texts.words(f"form.words.{name}"):
            act = "change" if name == "refuse" else name
            return [Claim(Rank.EXIT, 1, f"form.{act}", "", partial(_act, filling, draft, act))]
    return []


def values(
    turn: Turn, filling: Filling, draft: Draft, heard: Heard, *, commanded: bool
) -> list[Claim]:
    """The sentence as an answer: to the open question, or to an earlier one.

    commanded: it is also a command of this person's work, which is then no failed answer.
    """
    form, name = filling.form(draft), turn.state["form"].get("field", "")
    found = _corrections(turn, filling, draft, name)
    if draft.state == DraftState.READY:
        return [*found, *_more(turn, filling, draft, heard)]
    elsewhere = commanded or _elsewhere(turn, heard)
    if not name:
        if not found and not elsewhere:
            found = [Claim(Rank.FIELD, SURE, "form.again", "", partial(_unclear, filling, draft))]
        return found
    field = form.field(name)
    skipped = turn.said.strip().casefold() in turn.texts.words("form.words.skip")
    code = None if skipped else filling.wrong(turn, draft, name, turn.said)
    likely = 1.0 if skipped else _fits(turn, form, field, heard, wrong=code is not None)
    if code and not field.free:
        likely = 0.0 if elsewhere else SURE  # said to be no answer, and asked again
    if likely:
        label = turn.t("claims.answer", label=turn.t(f"{form.name}.{name}.label"))
        act = partial(_answer, filling, draft, name)
        found.append(Claim(Rank.FIELD, likely, "form.answer", label, act))
    return found


def _more(turn: Turn, filling: Filling, draft: Draft, heard: Heard) -> list[Claim]:
    """More words for a form of one open question, whose words wait to be sent."""
    form = filling.form(draft)
    if not (form.sends and [f.kind for f in form.fields] == [Kind.PARAGRAPH]):
        return []
    likely = fits_text(turn, form, form.fields[0], heard)
    label = turn.t("claims.more")
    return [Claim(Rank.FIELD, likely, "form.append", label, partial(_append, filling, draft))]


def _fits(turn: Turn, form: Form, field: Field, heard: Heard, *, wrong: bool) -> float:
    """How likely the sentence answers this question."""
    if field.free:
        return fits_text(turn, form, field, heard)
    asked = is_question(turn) and heard.sure and heard.intent == "ask"
    return 0.0 if wrong or (asked and field.kind is not Kind.CHOICE) else 0.95


def _elsewhere(turn: Turn, heard: Heard) -> bool:
    """Whether a sentence that is no answer is clearly something else."""
    long = len(turn.said.split()) >= SENTENCE
    return (heard.sure and (heard.intent != "ask" or long)) or (is_question(turn) and long)


def fits_text(turn: Turn, form: Form, field: Field, heard: Heard) -> float:
    """How likely words are an answer where any words would do: a question or a command is not."""
    count = len(turn.said.split())
    if heard.intent in COMMANDS and heard.sure and count <= COMMAND:
        return 0.1
    if heard.intent in ("help", "language", "greeting", "thanks") and count <= 2:
        return 0.1
    if heard.intent in STATEMENTS and heard.sure and not form.incidents:
        return 0.9 if field.asks or field.kind is Kind.PARAGRAPH else 0.6
    if field.asks:
        return 0.9
    if is_question(turn):
        return 0.1 if heard.sure else 0.6
    if heard.personal and not form.incidents:
        return 0.6
    return 0.9


def is_question(turn: Turn) -> bool:
    """Whether the sentence asks something."""
    first = " ".join(turn.said.split()[:4])
    return "?" in turn.said or says(first, turn.texts.words("claims.words.question"))


def _corrections(turn: Turn, filling: Filling, draft: Draft, name: str) -> list[Claim]:
    """'Nee, 22:15': another answer to an earlier question that has days, times or options."""
    form = filling.form(draft)
    rest = _without_correction(turn)
    here = form.field(name) if name else None
    meant = rest != turn.said.strip()
    if not rest or len(rest.split()) > CORRECTION or (here and not meant):
        return []
    if here and not here.free and filling.wrong(turn, draft, name, rest) is None:
        act = partial(_answer, filling, draft, name, raw=rest)
        return [Claim(Rank.FIELD, 0.95, "form.answer", "", act)]
    fitting = [
        f
        for f in form.fields
        if f.name != name
        and not f.free
        and not forms.empty(draft.answers.get(f.name))
        and (f.kind in MOMENTS or not rest.isdecimal())
        and filling.wrong(turn, draft, f.name, rest) is None
    ]
    fitting = [f for f in fitting if f.kind in MOMENTS] or fitting
    return [
        Claim(
            Rank.FIELD,
            0.98 if len(fitting) == 1 else 0.7,
            f"form.correct.{f.name}",
            turn.t(f"{form.name}.{f.name}.label"),
            partial(_correct, filling, draft, f.name, rest),
        )
        for f in fitting
    ]


def _without_correction(turn: Turn) -> str:
    """The sentence without the words that announce a correction."""
    text = turn.said.strip()
    for word in sorted(turn.texts.words("form.words.correct"), key=len, reverse=True):
        if plain(text).startswith(f"{word} "):
            return " ".join(text.split()[len(word.split()) :]).lstrip(" ,.:;")
    return text


async def _act(filling: Filling, draft: Draft, name: str, turn: Turn) -> list[Reply]:
    return await filling.act(turn, draft, name)


async def _answer(
    filling: Filling, draft: Draft, name: str, turn: Turn, raw: str = ""
) -> list[Reply]:
    return await filling.answer(turn, draft, name, raw or turn.said)


async def _correct(filling: Filling, draft: Draft, name: str, raw: str, turn: Turn) -> list[Reply]:
    return await filling.correct(turn, draft, name, raw)


async def _append(filling: Filling, draft: Draft, turn: Turn) -> list[Reply]:
    return await filling.append(turn, draft, turn.said)


async def _unclear(filling: Filling, draft: Draft, turn: Turn) -> list[Reply]:
    return [Say(turn.t("form.which_typed")), *await filling.again(turn, draft)]
