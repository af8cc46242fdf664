"""Who gets a sentence: the strongest sure claim, and nothing that matters on a guess."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.claims import POSSIBLE, SURE, Claim, Rank, after, choose, meant_button, references
from bot.engine.dialog import Turn
from bot.engine.replies import Button, Reply


async def nothing(_: Turn) -> list[Reply]:
    return []


def claim(rank: Rank, likely: float, name: str) -> Claim:
    return Claim(rank, likely, name, name, nothing)


CLAIMS = st.lists(
    st.builds(claim, st.sampled_from(Rank), st.floats(0, 1), st.sampled_from("abcd")), max_size=6
).map(lambda made: [*made, claim(Rank.MEANING, 0.9, "meaning")])


@pytest.mark.parametrize(("strong", "weak"), [(a, b) for a, b in product(Rank, Rank) if a < b])
def test_of_two_sure_claims_the_stronger_gets_it(strong: Rank, weak: Rank) -> None:
    chosen = choose([claim(weak, 1.0, "weak"), claim(strong, 0.85, "strong")])
    assert [one.name for one in chosen] == ["strong"]


def test_a_likely_stronger_claim_is_asked_about() -> None:
    chosen = choose([claim(Rank.BUTTON, 0.7, "send"), claim(Rank.MEANING, 0.9, "meaning")])
    assert [one.name for one in chosen] == ["send", "meaning"]


def test_an_unlikely_one_is_not() -> None:
    chosen = choose([claim(Rank.BUTTON, 0.3, "send"), claim(Rank.MEANING, 0.9, "meaning")])
    assert [one.name for one in chosen] == ["meaning"]


def test_two_of_a_kind_are_asked_about() -> None:
    chosen = choose(
        [claim(Rank.BUTTON, 1, "a"), claim(Rank.BUTTON, 1, "b"), claim(Rank.FIELD, 1, "c")]
    )
    assert [one.name for one in chosen] == ["a", "b"]


@given(CLAIMS)
def test_alone_only_what_is_sure_gets_it(claims: list[Claim]) -> None:
    chosen = choose(claims)
    assert chosen
    assert all(one.likely >= POSSIBLE for one in chosen)
    assert len(chosen) > 1 or chosen[0].likely >= SURE


@given(CLAIMS)
def test_the_order_of_claiming_does_not_matter(claims: list[Claim]) -> None:
    def strengths(chosen: list[Claim]) -> list[tuple[Rank, float]]:
        return [(one.rank, one.likely) for one in chosen]

    assert strengths(choose(claims)) == strengths(choose([*reversed(claims)]))


BUTTONS = (
    Button("consent.settle:CP-2026-0001", "Afronden"),
    Button("consent.settle:CP-2026-0002", "Afronden"),
    Button("form.send:3", "Melding versturen"),
    Button("consent.fits:CP-2026-0001:4", "Dan kan ik"),
    Button("consent.misfits:CP-2026-0001:4", "Dan kan ik niet"),
)  # fmt: skip


@pytest.mark.parametrize(("said", "ids", "exact"), [
    ("afronden", ["consent.settle:CP-2026-0001", "consent.settle:CP-2026-0002"], True),
    ("Afronden CP-2026-0002", ["consent.settle:CP-2026-0002"], True),
    ("melding versturen!", ["form.send:3"], True),
    ("melding verstuuren", ["form.send:3"], False),
    ("dan kan ik niet", ["consent.misfits:CP-2026-0001:4"], True),
    ("dan kan ik", ["consent.fits:CP-2026-0001:4"], True),
    ("mag ik mijn melding versturen per post", [], False),
    ("", [], False),
])  # fmt: skip
def test_a_button_is_meant_by_its_words(said: str, ids: list[str], exact: bool) -> None:
    found = meant_button(said, BUTTONS, ("de", "melding"))
    assert [button.id for button, _ in found] == ids
    assert all((fit == 1.0) is exact for _, fit in found)


def test_references_are_read_however_they_are_written() -> None:
    assert references("br-2026-7 en CP2026-0012") == ["BR-2026-0007", "CP-2026-0012"]


@pytest.mark.parametrize(("text", "rest"), [
    ("Zeg maar tegen mijn student dat het goed is.", "dat het goed is."),
    ("zeg tegen mijn student: Doe maar", "Doe maar"),
    ("mijn student zeg", None),
])  # fmt: skip
def test_what_stands_behind_a_phrase(text: str, rest: str | None) -> None:
    assert after(text, ["zeg tegen mijn student"]) == rest
