"""Who gets a sentence: the strongest sure claim, and nothing that matters on a guess."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.claims import CERTAIN, Claim, Strength, choose

LIKELY = (0.3, 0.5, 0.85, 1.0)
CLAIMS = st.lists(
    st.builds(
        Claim,
        st.sampled_from(Strength),
        st.floats(0, 1),
        st.sampled_from(("a", "b")),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize(("strong", "weak"), [
    (a, b) for a, b in product(Strength, Strength) if a < b
])  # fmt: skip
def test_of_two_sure_claims_the_stronger_gets_it(strong: Strength, weak: Strength) -> None:
    claims = [Claim(weak, 1.0, "weak"), Claim(strong, 0.85, "strong")]
    assert [claim.act for claim in choose(claims).claims] == ["strong"]


@pytest.mark.parametrize(("strong", "weak"), list(product(LIKELY[:2], LIKELY[2:])))
def test_a_sure_claim_goes_before_a_guess_of_a_stronger_kind(strong: float, weak: float) -> None:
    claims = [Claim(Strength.EXIT, strong, "guess"), Claim(Strength.QUESTION, weak, "sure")]
    assert [claim.act for claim in choose(claims).claims] == ["sure"]


def test_two_close_guesses_are_asked_about() -> None:
    near = choose([Claim(Strength.COMMAND, 0.5, "a"), Claim(Strength.QUESTION, 0.45, "b")])
    assert (len(near.claims), near.ask) == (2, True)
    far = choose([Claim(Strength.COMMAND, 0.2, "a"), Claim(Strength.QUESTION, 0.6, "b")])
    assert ([claim.act for claim in far.claims], far.ask) == (["b"], False)


@given(CLAIMS)
def test_nothing_that_reaches_a_person_rests_on_a_guess(claims: list[Claim[str]]) -> None:
    choice = choose(claims)
    for claim in choice.claims:
        assert claim in claims
        assert choice.ask or not claim.reaches or claim.likelihood >= CERTAIN


@given(CLAIMS)
def test_the_order_of_claiming_does_not_matter_for_what_is_asked(claims: list[Claim[str]]) -> None:
    assert choose(claims).ask == choose([*reversed(claims)]).ask


def test_a_sentence_that_nobody_claims_is_a_fault() -> None:
    with pytest.raises(ValueError, match="nobody"):
        choose([])
