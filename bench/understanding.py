"""Answers questions from standard input as `ask --jsonl` does, or scores the repository's sets of questions.

usage: understanding.py --jsonl            lines {"id", "text", "school", "context"} in, answers out
       understanding.py --evaluate FILE    figures for a labelled set (JSON Lines), as one JSON line per file
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.figures import Line, evaluate, respond  # noqa: E402
from tests.reading import reader  # noqa: E402


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
    for line, found in respond(_lines(sys.stdin), args.at, reader()):
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


if __name__ == "__main__":
    sys.exit(main())
