"""A recording somebody tells about ("I filmed 3 havo this morning"): to be noted, unless more is going on."""

from dialogs.understanding.words.scene import Scene

_MORE = (
    "breach", "consent", "own", "out", "w.negation", "w.lost", "w.without", "w.account", "mood.leave", "mood.wish",
    "mood.request", "about.secret", "purpose.other", "purpose.fun", "purpose.proof", "open.others_lesson",
    "open.police", "open.subject", "device.recorder", "device.stick", "device.computer", "w.leak", "w.refuse",
)  # fmt: skip
_TRAINING = frozenset({"supervisor", "teacher", "coach", "peer", "self"})
_UNKNOWN = 2  # words that may name a subject or a topic
_SHORT = 9


def recorded(scene: Scene, *, dated: bool, named: bool) -> bool:
    """Whether somebody only says that a lesson was recorded: a day or a class, no question, no other act or place.

    `dated`: a day is named; `named`: a class is named.
    """
    if not scene.has("past.record", "said.recorded") or not (dated or named):
        return False
    if scene.has(*_MORE) or any(token.text == "?" for token in scene.tokens):
        return False
    if scene.values("do") - {"record"} or scene.values("audience") - _TRAINING:
        return False
    system = scene.has("system.product", "system.word")
    if scene.has("place") or (scene.has("device") and not system):
        return False
    if scene.has("w.wh") and not scene.says("then"):
        return False
    return _own(scene) and _plain(scene, about=named or scene.has("rec", "lesson") or system)


def _own(scene: Scene) -> bool:
    """Whether it is the writer who recorded."""
    words = [token.text for token in scene.tokens if not token.is_end]
    return scene.says("first_person") or (len(words) <= _SHORT and not scene.says("others"))


def _plain(scene: Scene, *, about: bool) -> bool:
    """Whether hardly anything else is named."""
    words = scene.lexicon
    covered = {at for item in scene.found for at in range(item.start, item.end)}
    strange = [
        token
        for at, token in enumerate(scene.tokens)
        if at not in covered and token.text.isalpha() and len(token.text) > 3
        and token.text not in words.votes and token.text not in words.sets["days"]
    ]  # fmt: skip
    return len(strange) <= (_UNKNOWN if about else 0)
