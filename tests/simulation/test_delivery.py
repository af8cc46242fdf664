"""The fast half of the simulated institute: fifty seeds, and rules broken on purpose that it finds."""

import asyncio
from pathlib import Path

import pytest

from bot.engine import jobs
from tests.simulation import institute

SEEDS = range(1, 51)
TEN = 10


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(institute.empty(tmp_path_factory.mktemp("institute")))


@pytest.mark.parametrize("first", SEEDS[::TEN])
async def test_what_was_promised_is_so(first: int, template: Path, tmp_path: Path) -> None:
    for seed in range(first, first + TEN):
        assert await institute.trial(seed, template, tmp_path) == [], f"seed {seed}"


async def test_more_copies_than_allowed_are_found(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_COPIES", 99)
    wrong = [await institute.trial(seed, template, tmp_path) for seed in SEEDS[10:14]]
    assert "copies" in str(wrong)
