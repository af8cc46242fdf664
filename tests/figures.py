"""How well a labelled set of questions is answered, for the tests and for `bench/understanding.py`."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from dialogs.answers.compose import Answer
from dialogs.understanding.reader import Reader
from tests.reading import answer, reader

_UNCITED = {"ask", "clarify", "task", "out_of_scope"}
Line = dict[str, Any]


def respond(lines: Iterable[Line], now: datetime, by: Reader) -> Iterator[tuple[Line, Answer]]:
    """Each line with its answer."""
    for line in lines:
        context = line.get("context") or ()
        yield line, answer(line["text"], context=context, school=line.get("school"), now=now, by=by)


def evaluate(lines: Iterable[Line], now: datetime, by: Reader | None = None) -> dict[str, float]:
    """The figures of a labelled set, in percent (unsafe permits as a number)."""
    by = by or reader()
    pairs = list(respond(lines, now, by))
    begun = time.process_time()
    for _ in respond((line for line, _ in pairs), now, by):
        pass
    spent = time.process_time() - begun
    right = [(line, a) for line, a in pairs if a.verdict in line["accept"]]
    cited = [(line, a) for line, a in right if line["clauses"] and a.verdict not in _UNCITED]
    offers = [(line, a) for line, a in pairs if None not in line["offer"]]
    plain = [
        (line, a)
        for line, a in pairs
        if line["lang"] in {"nl", "en"} and "mixed" not in line["tags"]
    ]
    false = [
        1
        for line, a in pairs
        if None in line["offer"]
        and a.offer in {"breach", "escalation"}
        and a.offer not in line["offer"]
    ]
    return {
        "questions": len(pairs),
        "verdict": _share(len(right), len(pairs)),
        "unsafe_permits": sum(
            a.verdict == "allowed" and "allowed" not in line["accept"] for line, a in pairs
        ),
        "clause": _share(
            sum(bool(set(a.clauses) & set(line["clauses"])) for line, a in cited), len(cited)
        ),
        "offer": _share(sum(a.offer in line["offer"] for line, a in offers), len(offers)),
        "false_offers": _share(len(false), len(pairs)),
        "language": _share(sum(a.lang == line["lang"] for line, a in plain), len(plain)),
        "ms_per_question": round(1000 * spent / max(1, len(pairs)), 2),
    }


def _share(part: int, whole: int) -> float:
    return round(100 * part / max(1, whole), 1)
