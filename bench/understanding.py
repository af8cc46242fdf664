"""Answers questions from standard input as `ask --jsonl` does, or scores the repository's sets of questions.

usage: understanding.py --jsonl            lines {"id", "text", "school", "context"} in, answers out
       understanding.py --evaluate FILE    figures for a labelled set (JSON Lines), as one JSON line per file
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.engine.texts import Texts  # noqa: E402
from dialogs.answers.decide import Answer, answer  # noqa: E402
from dialogs.guidelines import load  # noqa: E402

_UNCITED = {"ask", "clarify", "task", "out_of_scope"}
Line = dict[str, Any]


def main() -> int:
    """Read the arguments and do one of the two things."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("--jsonl", action="store_true")
    cli.add_argument("--evaluate", nargs="+", type=Path, metavar="FILE")
    cli.add_argument("--at", type=datetime.fromisoformat, default=datetime.now(UTC))
    args = cli.parse_args()
    if args.evaluate:
        for path in args.evaluate:
            sys.stdout.write(
                json.dumps(
                    {"set": path.name, **evaluate(_lines(path.open(encoding="utf-8")), args.at)}
                )
                + "\n"
            )
        return 0
    for line, found in respond(_lines(sys.stdin), args.at):
        out = {
            "id": line["id"],
            "verdict": found.verdict,
            "clauses": found.clauses,
            "offer": found.offer,
            "lang": found.lang,
            "text": found.text,
        }
        sys.stdout.write(json.dumps(out, ensure_ascii=False) + "\n")
    return 0


def _lines(source: Iterable[str]) -> Iterator[Line]:
    return (json.loads(line) for line in source if line.strip())


def respond(lines: Iterable[Line], now: datetime) -> Iterator[tuple[Line, Answer]]:
    """Each line with its answer."""
    guidelines, texts = load(), Texts.load(ROOT / "dialogs" / "texts")
    for line in lines:
        context = line.get("context") or ()
        yield (
            line,
            answer(
                line["text"],
                context=context,
                school=line.get("school"),
                now=now,
                guidelines=guidelines,
                texts=texts,
            ),
        )


def evaluate(lines: Iterable[Line], now: datetime) -> dict[str, float]:
    """The figures of a labelled set, in percent (unsafe permits as a number)."""
    pairs = list(respond(lines, now))
    begun = time.process_time()
    for _ in respond((line for line, _ in pairs), now):
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


if __name__ == "__main__":
    sys.exit(main())
