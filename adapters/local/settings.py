"""The local chat's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from bot.engine.platform import House, PlatformSettings, Site

if TYPE_CHECKING:
    from adapters.local.listen import Local

OPEN_TO_ALL = (
    "LOCAL_CHAT lets everybody be anybody, so it works only while HOST is a loopback address"
    " and there is no PUBLIC_URL: set HOST=127.0.0.1 and no PUBLIC_URL, or LOCAL_CHAT=false"
)


class LocalSettings(PlatformSettings):
    """See README, 'Settings'. Everybody may be anybody in it, so it never opens by itself where
    others can come, or where real people are. 'terminal': what `chat` shows, and no page.
    """

    name: ClassVar[str] = "local"
    title: ClassVar[str] = "local chat"

    local_chat: bool | Literal["terminal"] | None = None

    def wrong(self, site: Site) -> list[str]:
        """See `PlatformSettings`."""
        if self.local_chat is True and (site.public or not site.on_loopback):
            return [OPEN_TO_ALL]
        return []

    def off(self, site: Site) -> str:
        """See `PlatformSettings`."""
        if self.local_chat is not None:
            return "" if self.local_chat else "LOCAL_CHAT=false"
        if not site.on_loopback:
            return "HOST is no loopback address"
        if site.public:
            return "PUBLIC_URL is set"
        return "a platform is set up" if site.live else ""

    def build(self, house: House) -> Local:
        """See `PlatformSettings`."""
        from adapters.local.listen import Local

        return Local(house, browser=self.local_chat != "terminal")
