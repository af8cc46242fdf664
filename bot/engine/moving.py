"""An answer that is for one person alone moves from a channel to the private chat."""

from __future__ import annotations

from dataclasses import replace

from bot.engine import people
from bot.engine.dialog import Turn
from bot.engine.outbox import Aside, ByMail, Origin, Parcel
from bot.engine.replies import Ask, Say


def moved(parcel: Parcel, turn: Turn, *, first: bool) -> Parcel:
    """With word in the channel of what came of it, for the first of a turn's answers.

    Where no private chat can be had, who is on the roster gets it by mail.
    """
    if first and turn.public:
        came, failed = Say(turn.t("turn.private")), Say(turn.t("turn.no_private"))
        parcel = replace(parcel, aside=Aside(turn.public, came, failed))
    if turn.who.role == people.GUEST:
        return parcel
    reply = parcel.reply
    words = reply.question if isinstance(reply, Ask) else reply
    origin = Origin(turn.who.key, ByMail.FALLBACK)
    return replace(parcel, way="chat", notice=origin, mail_text=words)
