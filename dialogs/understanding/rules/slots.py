"""Audience, place, purpose, time, need, permission: the facts around the act. The strictest one found wins."""

from collections.abc import Iterable
from itertools import pairwise

from dialogs.understanding.rules.ages import months_old
from dialogs.understanding.rules.facts import Fact
from dialogs.understanding.words.lexicon import Found
from dialogs.understanding.words.scene import Scene

AUDIENCES = (
    "public", "authority", "company", "employer", "researcher", "outsider", "school", "colleague", "friend", "family",
    "parent", "pupil", "someone", "peer", "coach", "teacher", "supervisor", "self",
)  # fmt: skip
PLACES = (
    "social", "website", "messenger", "mail", "transfer", "cloud", "ai", "lms", "meeting", "elsewhere", "stick",
    "computer", "phone", "device", "system_app", "system",
)  # fmt: skip
INSIDE = frozenset({"system", "system_app"})
PURPOSES = ("other", "proof", "fun", "training")
TIMES = ("forever", "after_study", "over_six", "end_of_study")
NEEDS = ("not_needed", "needed")
SHARING = frozenset({"share", "show", "publish", "use", "watch", "edit", "copy", "keep"})
_STORING = frozenset({"share", "keep", "copy", "use", "edit"})
_NAME = 3  # a name of a channel is longer than this
_CARRYING = frozenset({"share", "show", "publish", "copy", "keep", "edit"})


def facts(scene: Scene, about: str, now_month: int) -> list[Fact]:
    """All slots of a message, each with the words it came from."""
    found = [
        _audience(scene, about),
        _place(scene, about),
        _purpose(scene, about),
        _time(scene, now_month),
        _first(scene, "need", NEEDS),
        _permission(scene),
    ]
    return [fact for fact in found if fact is not None]


def _pick(scene: Scene, items: Iterable[Found], order: tuple[str, ...], name: str) -> Fact | None:
    """The strictest of the findings; a value that the order does not name is one the lexicon was given later, and wins."""
    ranks = {value: at for at, value in enumerate(order)}
    best = min(items, key=lambda item: (ranks.get(item.value, -1), item.start), default=None)
    if best is None:
        return None
    return Fact(name, best.value, scene.words(best))


def _first(scene: Scene, name: str, order: tuple[str, ...]) -> Fact | None:
    return _pick(scene, scene.all(name), order, name)


def _audience(scene: Scene, about: str) -> Fact | None:
    """Who receives or sees it. Who only agrees, or whose story it is, is no audience."""
    if about not in SHARING and about not in {"how_share", "record"}:
        return None
    covers = scene.all("permission", *(["own"] if scene.has("school") else []))
    items = [
        item
        for item in scene.all("audience")
        if not any(c.start <= item.start and item.end <= c.end for c in covers)
    ]
    if scene.has("system.person"):
        items += [
            Found("audience", "someone", i.start, i.end, i.lang) for i in scene.all("system.person")
        ]
    if about == "record":
        items = [item for item in items if item.value == "public"]
    return _pick(scene, _specific(items), AUDIENCES, "audience")


def _specific(items: list[Found]) -> list[Found]:
    """A longer reading covers a shorter one: "my own parents" are family, not pupils' parents; "peer group" no group."""
    kept = []
    for item in items:
        longer = [o for o in items if o is not item and o.start <= item.start and item.end <= o.end]
        covered = any(o.end - o.start > item.end - item.start for o in longer)
        same = any(
            o.start == item.start and o.end == item.end and _rank(o.value) > _rank(item.value)
            for o in longer
        )
        if not covered and not same:
            kept.append(item)
    return [item for item in kept if item.value != "someone"] or kept


def _rank(value: str) -> int:
    return {"family": 3, "peer": 3, "coach": 2, "teacher": 2, "supervisor": 2, "employer": 2}.get(
        value, 1
    )


def _place(scene: Scene, about: str) -> Fact | None:
    """Where it is made, kept or shared: outside the system wins over inside."""
    items = [item for item in scene.all("place") if not _declined(scene, item)]
    if about == "record":
        items = [item for item in items if item.value != "mail"]
    device = _device(scene, about)
    named = _pick(scene, items, PLACES, "place")
    if named is not None:
        return named
    if device is not None:
        return device
    strange = _strange_channel(scene) if about in _CARRYING else None
    if strange is not None:
        return strange
    if scene.has("system.product", "system.word") and len(items) == len(scene.all("place")):
        item = scene.all("system.product", "system.word")[0]
        return Fact("place", "system", scene.words(item))
    return None


def _strange_channel(scene: Scene) -> Fact | None:
    """A name nobody knows behind "via" or "on" counts as a channel outside the system."""
    words = scene.lexicon
    for before, token in pairwise(scene.tokens):
        if before.text not in words.sets["channel_words"] or not token.text.isalpha():
            continue
        typed = scene.text[token.start : token.end]
        named = typed[:1].isupper() and not typed.isupper()
        strange = len(typed) > _NAME and not words.knows(token.text) and not token.tags
        if named and strange and not token.text.endswith(tuple(words.sets["school_words"])):
            return Fact("place", "elsewhere", typed)
    return None


def channels(scene: Scene) -> set[str]:
    """The channels outside the system that are named, and not to say no to them."""
    return {item.value for item in scene.all("place") if not _declined(scene, item)} - INSIDE


def _declined(scene: Scene, item: Found) -> bool:
    """Whether a channel is named to say no to it: "not by WhatsApp", "instead of Teams"."""
    if item.value == "elsewhere":
        return False
    before = [token.text for token in scene.tokens[max(0, item.start - 4) : item.start]]
    return scene.negated(item, 2) or bool(
        {"_".join(before[-3:]), "_".join(before[-2:])} & scene.lexicon.sets["instead"]
    )


def _device(scene: Scene, about: str) -> Fact | None:
    """A device is a place when one records with it, or puts something on it."""
    items = scene.all("device")
    if not items:
        return None
    stick = next((item for item in items if item.value == "stick"), None)
    if stick is not None:
        return Fact("place", "stick", scene.words(stick))
    if about == "record":
        return _recorder(scene, items)
    if about not in _STORING:
        return None
    for item in items:
        before = {token.text for token in scene.tokens[max(0, item.start - 4) : item.start]}
        if before & scene.lexicon.sets["onto"] and item.value in {
            "computer",
            "phone",
            "tablet",
        }:
            return Fact(
                "place", "phone" if item.value == "phone" else "computer", scene.words(item)
            )
    return None


def _recorder(scene: Scene, items: list[Found]) -> Fact | None:
    strange = next((item for item in items if item.value == "recorder"), None)
    best = strange or items[0]
    later = scene.says("afterwards")
    if (
        scene.has("system.product", "system.word")
        and not (strange and not _system_device(scene))
        and not later
    ):
        return Fact("place", "system_app", scene.words(best))
    return Fact("place", "device", scene.words(best))


def _system_device(scene: Scene) -> bool:
    """Whether the device is the system's own, or the recording is made in it."""
    return scene.lexicon.inside.search(scene.text.lower()) is not None


def _purpose(scene: Scene, about: str) -> Fact | None:
    items = scene.all("purpose")
    if about not in {"record", "use", "share", "show", "publish", "edit", "watch", "keep", "copy"}:
        return None
    items = [item for item in items if not scene.negated(item, 2) or item.value != "training"]
    return _pick(scene, items, PURPOSES, "purpose")


def _time(scene: Scene, now_month: int) -> Fact | None:
    age = months_old(scene, now_month)
    if age is not None and age[0] > scene.lexicon.months:
        return (
            Fact("time", "over_six", age[1])
            if not scene.has("time.forever", "time.after_study")
            else _pick(scene, scene.all("time"), TIMES, "time")
        )
    return _first(scene, "time", TIMES)


def _permission(scene: Scene) -> Fact | None:
    items = [item for item in scene.all("permission") if not scene.negated(item, 1)]
    return Fact("permission", "claimed", scene.words(items[0])) if items else None
