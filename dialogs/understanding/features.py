"""What the small topic classifier sees of a message: words, pairs, concepts and pieces of words."""

from collections.abc import Iterator

from dialogs.understanding.scene import Scene

_SKIPPED = frozenset(
    {"out", "task", "past", "ask", "vague", "own"}
)  # counted once each, not with their values
_PIECE = 4
_LONGEST = 120


def features(scene: Scene) -> list[str]:
    """The features of a scene, each once, in a fixed order."""
    return sorted(set(_all(scene)))


def _all(scene: Scene) -> Iterator[str]:
    tokens = [token.text for token in scene.tokens][:_LONGEST]
    for word in tokens:
        yield f"w:{word}"
        if word.isalpha() and len(word) > _PIECE:
            padded = f"^{word}$"
            for at in range(len(padded) - _PIECE):
                yield f"c:{padded[at : at + _PIECE + 1]}"
    for first, second in zip(["^", *tokens], [*tokens, "$"], strict=True):
        yield f"b:{first} {second}"
    kinds = set()
    for item in scene.found:
        kinds.add(item.kind)
        if item.kind not in _SKIPPED:
            kinds.add(f"{item.kind}.{item.value}")
    for kind in kinds:
        yield f"k:{kind}"
    if not any(kind.split(".")[0] in {"rec", "iris"} for kind in kinds):
        yield "k:nothing"
    yield from (f"m:{mood}&{sign}" for mood in _moods(scene) for sign in _signs(scene))
    yield f"n:{min(len(tokens) // 6, 6)}"
    yield f"q:{'?' in tokens}"


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
        "rec": scene.has("rec", "iris"),
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
