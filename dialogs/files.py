"""The file guard: what people send is never fetched; the bot says where recordings belong (O2)."""

from __future__ import annotations

from bot.engine.dialog import Dialog, Turn
from bot.engine.events import SentFile
from bot.engine.replies import Button, Reply, Say

RECORDED = ("video", "audio", "image")
ENDINGS = (
    "mp4", "m4v", "mov", "avi", "mkv", "webm", "wmv", "3gp",
    "mp3", "m4a", "wav", "ogg", "aac", "flac",
    "jpg", "jpeg", "png", "gif", "heic", "webp",
)  # fmt: skip
LONGEST_QUESTION = 200


async def guard(turn: Turn, what: str) -> list[Reply]:
    """Files arrived. Only their kinds are looked at; in doubt the advice to report is given."""
    event = turn.event
    kinds = event.kinds if isinstance(event, SentFile) else ()
    public = not event.address.private
    if any(_recorded(kind) for kind in kinds):
        return [_keep_out(turn, public=public)]
    text = turn.t("files.other.text")
    if public:
        text = f"{text}\n{turn.t('files.other.public')}"
    buttons = (*_question(turn), *([_breach(turn)] if public else []))
    return [Say(text, note=turn.t("files.other.note"), buttons=buttons)]


def _keep_out(turn: Turn, *, public: bool) -> Say:
    seen = turn.t("files.recording.public" if public else "files.recording.private")
    where = turn.t("files.button.where")
    return Say(
        f"{turn.t('files.recording.text')}\n{seen}",
        title=turn.t("files.recording.title"),
        buttons=(_breach(turn), Button(f"say:{where}", where), *_question(turn)),
    )


def _breach(turn: Turn) -> Button:
    return Button("breach.start", turn.t("files.button.breach"), "danger")


def _question(turn: Turn) -> tuple[Button, ...]:
    """What was written beside the file can still be asked."""
    said = turn.said
    return (Button(f"say:{said}", said),) if 0 < len(said) <= LONGEST_QUESTION else ()


def _recorded(kind: str) -> bool:
    """Whether a media type, a family of them or a file ending is picture or sound."""
    low = kind.lower().strip().lstrip(".")
    return low.partition("/")[0] in RECORDED or low.rpartition("/")[2] in ENDINGS


DIALOG = Dialog(name="files", intents={"file": guard})
