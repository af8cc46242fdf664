"""The case page has no settings: it is there for who is reached by mail alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bot.engine.platform import House, PlatformSettings, Site

if TYPE_CHECKING:
    from adapters.page.listen import Page


class PageSettings(PlatformSettings):
    """Always on."""

    name: ClassVar[str] = "page"
    title: ClassVar[str] = "case page"

    def off(self, site: Site) -> str:
        """See `PlatformSettings`."""
        return ""

    def build(self, house: House) -> Page:
        """See `PlatformSettings`."""
        from adapters.page.listen import Page

        return Page(house.talk, house.links, house.texts, house.clock, house.office.zone)
