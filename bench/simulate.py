"""Many seeds of the simulated institute (`tests/simulation/institute.py` says what it covers).

    python bench/simulate.py [--seeds 200] [--from 1]

A failing seed is printed in one line and replays exactly: `--from SEED --seeds 1`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import structlog

from tests.simulation.institute import empty, trial


async def run(first: int, count: int) -> int:
    """So many seeds; how many failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = await empty(folder)
        for seed in range(first, first + count):
            if wrong := await trial(seed, template, folder):
                failed += 1
                print(f"seed {seed}: {'; '.join(wrong[:3])}", flush=True)
    return failed


def main() -> int:
    """0 when every seed held."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--seeds", type=int, default=200)
    cli.add_argument("--from", dest="first", type=int, default=1)
    args = cli.parse_args()
    failed = asyncio.run(run(args.first, args.seeds))
    print(f"{args.seeds} seeds, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
