"""The desk's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bot.engine.platform import House, PlatformSettings, Site

if TYPE_CHECKING:
    from adapters.desk.listen import DeskPlatform


class DeskSettings(PlatformSettings):
    """See README, 'Settings'."""

    name: ClassVar[str] = "desk"
    title: ClassVar[str] = "desk"

    desk: bool = True

    def off(self, site: Site) -> str:
        """See `PlatformSettings`."""
        return "" if self.desk else "DESK=false"

    def build(self, house: House) -> DeskPlatform:
        """See `PlatformSettings`."""
        from adapters.desk.listen import DeskPlatform

        return DeskPlatform(house)
