"""Settings name all that is wrong at once, and never open a door by mistake."""

from pathlib import Path

import pytest

from adapters.mail.settings import MailSettings
from bot.engine.platform import PlatformSettings
from bot.settings import Settings, SettingsError, load

GUID = "12345678-abcd-4234-abcd-123456789012"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))


def on(settings: Settings) -> list[PlatformSettings]:
    return [group for group in settings.platforms if not group.off(settings.site)]


def test_nothing_set_is_enough() -> None:
    settings = load()
    assert [group.name for group in on(settings)] == ["page", "desk", "local"]
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
        {"teams_app_id": GUID, "teams_app_password": "x", "teams_tenant_id": "school.nl"},
        {"teams_app_id": "my-bot", "teams_app_password": "x", "teams_tenant_id": GUID},
        {
            "teams_app_id": GUID,
            "teams_app_password": "x",
            "teams_tenant_id": GUID,
            "teams_local_testing": True,
        },
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


def test_what_is_wrong_with_each_platform_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as wrong:
        load(port="x", slack_bot_token="xoxb-1", teams_app_id="1", smtp_url="x", local_chat="maybe")
    for name in ("PORT", "SLACK_SIGNING_SECRET", "TEAMS_APP_PASSWORD", "SMTP_URL", "LOCAL_CHAT"):
        assert name in str(wrong.value)


def test_a_setting_that_no_group_has_is_a_mistake_in_the_code() -> None:
    with pytest.raises(TypeError, match="smpt_url"):
        load(smpt_url="smtp://mail.nl")


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("", ()),
        ("Po@uni.nl", ("po@uni.nl",)),
        (" a@uni.nl , b@uni.nl,a@uni.nl", ("a@uni.nl", "b@uni.nl")),
    ],
)
def test_one_or_several_privacy_officers(value: str, addresses: tuple[str, ...]) -> None:
    assert load(privacy_officer_email=value).privacy_officers == addresses


@pytest.mark.parametrize(
    "value", ["nobody", "a@uni.nl, nobody", "a@uni.nl; b@uni.nl", "@uni.nl", ","]
)
def test_an_address_of_the_office_that_is_none_is_named(value: str) -> None:
    with pytest.raises(SettingsError, match="PRIVACY_OFFICER_EMAIL"):
        load(privacy_officer_email=value)


@pytest.mark.parametrize(
    ("values", "must"),
    [
        ({"smtp_url": "smtp://mail.uni.nl"}, True),
        ({"smtp_url": "smtp://127.0.0.1:25"}, False),
        ({"smtp_url": "smtp://mail.uni.nl", "mail_tls": False}, False),
        ({"smtp_url": "smtp://localhost", "mail_tls": True}, True),
    ],
)
def test_mail_is_encrypted_on_its_way_to_another_machine(
    values: dict[str, object], must: bool
) -> None:
    assert load(**values).of(MailSettings).must_encrypt is must
