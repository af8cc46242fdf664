"""What is seen of a message beside its words: concepts, moods and what the rules made of it, as names.

The sentence encoder gets these names; what it learnt of them is in its weights, so a name may not change alone.
"""

from collections.abc import Iterable, Iterator

from dialogs.understanding.words.scene import Scene

_SKIPPED = frozenset({"out", "task", "past", "ask", "vague", "own"})  # without their values


def marks(scene: Scene) -> Iterator[str]:
    """The concepts of a scene, and which of them stand together with asking, wishing or telling."""
    kinds = set()
    for item in scene.found:
        kinds.add(item.kind)
        if item.kind not in _SKIPPED:
            kinds.add(f"{item.kind}.{item.value}")
    for kind in sorted(kinds):
        yield f"k:{kind}"
    if not scene.has("rec", "system"):
        yield "k:nothing"
    yield from (f"m:{mood}&{sign}" for mood in _moods(scene) for sign in _signs(scene))
    yield f"q:{any(token.text == '?' for token in scene.tokens)}"


def ruled(
    facts: Iterable[tuple[str, str]], intent: str, *, guarded: bool, doubted: bool
) -> Iterator[str]:
    """What the rules found, as names: the facts, the intent, and whether something speaks against a plain yes."""
    yield from (f"r:{name}={value}" for name, value in facts)
    yield f"r:intent={intent}"
    if guarded:
        yield "r:guarded"
    if doubted:
        yield "r:doubted"


def _moods(scene: Scene) -> list[str]:
    """Asking leave, wishing, telling what happened, asking what or who; or none of them."""
    moods = sorted(scene.values("mood"))
    return [
        *moods,
        *(["wh"] if scene.has("w.wh") else []),
        "leave-" if "leave" not in moods else "leave+",
    ]


def _signs(scene: Scene) -> list[str]:
    """The kinds of people, places and words that change the meaning of a mood."""
    people = scene.values("audience")
    signs = {
        "third": people & _THIRD,
        "training": people & {"supervisor", "teacher", "coach", "peer"},
        "some": people & {"someone", "public"},
        "place": scene.values("place"),
        "device": scene.values("device"),
        "account": scene.has("w.account"),
        "screen": scene.has("w.screen"),
        "visible": scene.has("w.visible"),
        "rec": scene.has("rec", "system"),
        "lesson": scene.has("lesson"),
        "film": scene.has("do.record"),
        "consent": scene.has("w.consent"),
        "refuse": scene.has("w.refuse"),
        "lost": scene.has("w.lost"),
        "share": scene.has("do.share", "do.show", "do.publish"),
        "keep": scene.has("do.keep", "do.delete"),
        "report": scene.has("do.report", "w.leak"),
        "breach": scene.has("breach"),
        "problem": scene.has("consent"),
        "open": scene.has("open"),
        "about": scene.has("about"),
        "out": scene.has("out"),
        "task": scene.has("task"),
    }
    return ["", *(name for name, found in signs.items() if found)]


_THIRD = frozenset(
    [
        "pupil",
        "parent",
        "family",
        "friend",
        "colleague",
        "school",
        "employer",
        "company",
        "researcher",
        "outsider",
        "authority",
    ]
)
