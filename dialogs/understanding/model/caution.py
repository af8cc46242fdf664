"""What speaks against a plain yes: words nobody knows, words that lead outside, trouble told before."""

from collections.abc import Sequence

from dialogs.understanding.words.lexicon import Found
from dialogs.understanding.words.scene import Scene

_LONG = 4  # letters; a longer word that nobody knows may mean anything
_TIGHT = 3  # words; a longer phrase vouches for its first only, not for what stands in its gaps
_SAFE = frozenset({
    "rec", "system", "do", "lesson", "mood", "ask", "w.may", "w.wh", "purpose.training", "audience.supervisor",
    "audience.teacher", "audience.coach", "audience.peer", "audience.self", "past", "device.phone", "device.tablet",
    "dom",
})  # fmt: skip
_TRAINED = tuple(f"audience.{who}" for who in ("supervisor", "teacher", "coach", "peer", "self"))
_TROUBLE = ("consent", "breach", "w.refuse", "w.leak", "w.incident")
_AGAINST = ("w.negation", "w.without", "mood.got", *_TROUBLE)


def strange_words(scene: Scene) -> tuple[str, ...]:
    """Longer words nobody knows: with one of them in a sentence nothing is simply allowed."""
    return tuple(
        token.text
        for token in scene.tokens
        if len(token.text) > _LONG and token.text.isalpha() and not scene.lexicon.knows(token.text)
    )


def unguarded(scene: Scene) -> tuple[str, ...]:
    """Words that speak against a plain yes: all but small words and what belongs to training in the system."""
    small, never = scene.lexicon.votes, scene.lexicon.sets["never_safe"]
    covered = {
        at
        for item in scene.found
        if {item.kind, f"{item.kind}.{item.value}"} & _SAFE
        for at in _span(item)
    }
    return tuple(
        token.text
        for at, token in enumerate(scene.tokens)
        if not token.is_end
        and (
            token.text in never
            or (at not in covered and token.text not in small and token.text.isalpha())
        )
    )


def against(scene: Scene, earlier: Sequence[Scene]) -> tuple[str, ...]:
    """More words that speak against a plain yes: a denial, an objection, people who could object, an incident; and
    trouble told before in the same conversation, which nobody has said is over."""
    trained = {at for item in scene.all(*_TRAINED) for at in range(item.start, item.end)}
    people = [item for item in scene.all("w.decider") if item.start not in trained]
    told = [one.words(item) for one in earlier for item in one.all(*_TROUBLE)]
    return (*(scene.words(item) for item in [*scene.all(*_AGAINST), *people]), *told)


def _span(item: Found) -> range:
    """The words of a finding that it vouches for."""
    tight = item.end - item.start <= _TIGHT
    return range(item.start, item.end if tight else item.start + 1)
