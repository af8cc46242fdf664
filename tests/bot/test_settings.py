"""Settings name all that is wrong at once, and never open a door by mistake."""

from pathlib import Path

import pytest

from bot.engine.platform import PlatformSettings
from bot.settings import Settings, SettingsError, load


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))


def on(settings: Settings) -> list[PlatformSettings]:
    return [group for group in settings.platforms if not group.off(settings.site)]


def test_nothing_set_is_enough() -> None:
    settings = load()
    assert [group.name for group in on(settings)] == ["page", "local"]
    assert settings.site.url == "http://127.0.0.1:3978"


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as wrong:
        load(port="x", timezone="Mars", smtp_url="mail.nl", public_url="ftp://x", log_level="loud")
    for name in ("PORT", "TIMEZONE", "SMTP_URL", "PUBLIC_URL", "LOG_LEVEL"):
        assert name in str(wrong.value)


@pytest.mark.parametrize(
    "values",
    [
        {"host": "0.0.0.0", "local_chat": True},
        {"host": "0.0.0.0", "teams_local_testing": True},
        {"slack_bot_token": "xoxb-1"},
        {"teams_app_id": "1", "teams_app_password": "2"},
    ],
)
def test_what_does_not_go_together_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        load(**values)


@pytest.mark.parametrize(
    ("values", "local"),
    [
        ({"host": "::1"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"slack_bot_token": "xoxb-1", "slack_signing_secret": "s"}, False),
        ({"local_chat": False}, False),
    ],
)
def test_the_local_chat_is_only_on_where_it_is_safe(values: dict[str, object], local: bool) -> None:
    assert ("local" in [group.name for group in on(load(**values))]) is local


def test_a_broken_env_file_is_one_sentence(tmp_path: object) -> None:
    Path(".env").write_bytes(b"PORT=39\xff\xfe78\n")
    with pytest.raises(SettingsError, match=r"\.env"):
        load()
