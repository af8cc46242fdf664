"""The app package, the addresses that may be called, and the page on privacy."""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, Draft7Validator

from adapters.teams.about import page
from adapters.teams.hosts import Hosts
from adapters.teams.setup import manifest, manifest_zip
from tests.adapters.teams.fake import APP

URL = "https://opname.example.nl"


@pytest.fixture
def package(texts):
    return zipfile.ZipFile(io.BytesIO(manifest_zip(URL, APP, texts.named)))


def test_the_manifest_is_valid(package):
    schemas = Path(__file__).parent / "schemas"
    schema = json.loads((schemas / "MicrosoftTeams.schema.v1.30.json").read_text())
    found = json.loads(package.read("manifest.json"))
    # Without check_schema: one pattern of the schema itself is none in Python.
    Draft4Validator(schema).validate(found)
    assert found["manifestVersion"] == "1.30"
    words = json.loads((schemas / "MicrosoftTeams.Localization.schema.v1.30.json").read_text())
    for name in ("nl.json", "en.json"):
        Draft7Validator(words).validate(json.loads(package.read(name)))


def test_both_languages_say_the_same_things(package):
    nl, en = (json.loads(package.read(name)) for name in ("nl.json", "en.json"))
    assert set(nl) == set(en)
    found = json.loads(package.read("manifest.json"))
    bots, actions = found["bots"][0], found["composeExtensions"][0]["commands"]
    for i, group in enumerate(bots["commandLists"]):
        for j, command in enumerate(group["commands"]):
            assert "{" not in command["title"]
            assert nl[f"bots[0].commandLists[{i}].commands[{j}].title"] == command["title"]
    assert [nl[f"composeExtensions[0].commands[{j}].title"] for j in (0, 1)] == [
        a["title"] for a in actions
    ]
    assert all(len(words["name.short"]) <= 30 for words in (nl, en))
    assert all(len(words["description.short"]) <= 80 for words in (nl, en))


def test_the_package_updates_the_app_instead_of_doubling_it(package):
    assert manifest_zip(URL, APP, str) == manifest_zip(f"{URL}/", APP, str)
    found = json.loads(package.read("manifest.json"))
    assert found["id"] == manifest("https://elsewhere.nl", APP.upper())["id"]
    assert found["id"] != found["bots"][0]["botId"] == APP
    assert found["validDomains"] == ["opname.example.nl"]
    assert sorted(package.namelist()) == [
        "color.png",
        "en.json",
        "manifest.json",
        "nl.json",
        "outline.png",
    ]


@pytest.mark.parametrize(("url", "app"), [("nonsense", APP), (URL, "not-a-guid"), (URL, "")])
def test_a_wrong_setting_is_one_sentence(url, app):
    with pytest.raises(ValueError, match="must look like"):
        manifest_zip(url, app, str)


def pixels(png: bytes) -> tuple[int, int, int, list[bytes]]:
    """Width, height, channels and the pixels of a PNG without interlacing."""
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    channels = {2: 3, 6: 4}[kind]
    data, at = b"", 8
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += size + 12
    raw, before, found = zlib.decompress(data), bytes(width * channels), []
    for row in range(height):
        start = row * (width * channels + 1)
        line = bytearray(raw[start + 1 : start + 1 + width * channels])
        for i in range(len(line)):
            left = line[i - channels] if i >= channels else 0
            corner = before[i - channels] if i >= channels else 0
            up = before[i]
            paeth = min((left, up, corner), key=lambda p: abs(left + up - corner - p))
            add = (0, left, up, (left + up) // 2, paeth)[raw[start]]
            line[i] = (line[i] + add) & 255
        before = bytes(line)
        found += [before[i : i + channels] for i in range(0, len(before), channels)]
    return width, height, channels, found


def test_the_icons_are_as_teams_wants_them(package):
    assert pixels(package.read("color.png"))[:2] == (192, 192)
    width, height, channels, found = pixels(package.read("outline.png"))
    assert (width, height, channels) == (32, 32, 4)
    assert {p[:3] for p in found if p[3]} == {b"\xff\xff\xff"}
    assert 0 < sum(p[3] > 0 for p in found) < len(found) / 2


def test_the_page_says_what_is_kept_in_both_languages(texts):
    html = page(texts)
    assert 'lang="nl"' in html
    assert "Files" not in html.split("<hr>")[0]
    assert "never fetched" in html
    assert "<script" not in html


async def test_the_page_is_served(world):
    async with world.client.get("/teams/privacy") as answer:
        assert answer.status == 200
        assert "Privacy" in await answer.text()


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net/amer-client-ss.msg/",
        "https://smba.infra.gcc.teams.microsoft.com/gcc/",
        "https://x.botframework.com",
        "https://eu.example.org:8443/x",
        "http://127.0.0.1:4000/",
    ],
)
def test_addresses_that_may_be_called(url):
    hosts = Hosts(["https://eu.example.org/", "127.0.0.1:4000"])
    assert hosts.allow(url)
    assert hosts.trust(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "http://127.0.0.1:4001/",
        "http://eu.example.org/",
        "https://a.eu.example.org/",
        "https://127.1/",
        "http://[::1]:4000/",
        "https://smba.trafficmanager.net\\@evil.example/",
        "https://smba.trafficmanager.net/#@evil",
        "https://smba.trafficmanager.net/?x=1",
        "https://botframework.com.evil.example/",
        "https://smba.trafficmanager.net:x/",
        "https://smba.trafficmanager.net/\r\nHost: evil",
        "ftp://smba.trafficmanager.net/",
    ],
)
def test_addresses_that_may_not(url):
    assert not Hosts(["eu.example.org", "127.0.0.1:4000"]).allow(url)


def test_local_testing_reaches_this_machine_without_a_secret():
    hosts = Hosts(any_loopback=True)
    assert hosts.allow("http://localhost:5000/")
    assert not hosts.trust("http://localhost:5000/")
    assert not hosts.allow("http://10.0.0.1/")


@pytest.mark.parametrize("name", ["openid_url", "token_url"])
def test_keys_and_tokens_come_by_https_only(name):
    from adapters.teams.listen import Teams

    with pytest.raises(ValueError, match=name.upper()):
        Teams(
            app_id=APP,
            app_password="x",
            talk=None,
            texts=None,
            clock=None,
            **{name: "http://login.example.org/"},
        )


def test_only_two_files_know_the_library(request):
    folder = request.config.rootpath / "adapters"
    know = {p.name for p in folder.rglob("*.py") if "from bot" + "builder" in p.read_text()}
    assert know == {"messenger.py", "sdk.py"}
