"""The doors: commands as programs use them, their exit codes and their one-sentence errors."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


class Shell:
    """Runs `opnamewijzer` in an empty folder with an empty environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(TOP),
            "PYTHONUTF8": "1",
        }

    def __call__(self, *args: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *args], cwd=self.folder, env={**self.env, **env},
            input=stdin, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def chat(self, who: str, *lines: dict[str, object], at: str = "") -> list[list[dict]]:
        """The replies to each line."""
        extra = ["--at", at] if at else []
        done = self(
            "chat", "--as", who, "--jsonl", *extra,
            stdin="".join(json.dumps(line) + "\n" for line in lines),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        turns: list[list[dict]] = [[]]
        for line in map(json.loads, done.stdout.splitlines()):
            if line == {"done": True}:
                turns.append([])
            else:
                turns[-1].append(line)
        return turns[:-1]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.mark.parametrize(
    ("question", "verdict", "clause", "offer"),
    [
        ("Mag ik dit filmpje op YouTube zetten? Alle ouders vinden het goed", "not_allowed", "O2", None),
        ("my phone with the recording got stolen on the train", "must", "O3", "breach"),
        ("Geldt dit ook op een HOS-school?", "school_rules", "U2", None),
        ("wat is het weer morgen", "out_of_scope", None, None),
    ],
)  # fmt: skip
def test_ask(shell: Shell, question: str, verdict: str, clause: str | None, offer: str) -> None:
    found = json.loads(shell("ask", question, "--json").stdout)
    assert (found["verdict"], found["offer"]) == (verdict, offer)
    assert clause is None or clause in found["clauses"]


def test_ask_jsonl(shell: Shell) -> None:
    lines = [
        {"id": "a", "text": "Hoe lang mag ik een opname bewaren?", "school": None, "context": []},
        {"id": "b", "text": "en op mijn laptop?", "context": ["Mag ik mijn opname bewaren?"]},
    ]
    done = shell("ask", "--jsonl", stdin="\n".join(map(json.dumps, lines)))
    first, second = map(json.loads, done.stdout.splitlines())
    assert set(first) == {"id", "verdict", "clauses", "offer", "lang", "text"}
    assert (first["id"], first["verdict"], first["lang"]) == ("a", "info", "nl")
    assert (second["id"], second["verdict"]) == ("b", "not_allowed")


@pytest.mark.parametrize(
    ("args", "stdin", "code"),
    [
        (["ask"], "", 2),
        (["ask", "--jsonl"], "nonsense\n", 2),
        (["ask", "--jsonl"], '{"text": "x", "context": [1]}\n', 2),
        (["ask", "--jsonl"], '{"text": "x", "school": 5}\n', 2),
        (["chat", "--as", "nobody"], "", 2),
        (["chat", "--as", "a@x.nl", "--at", "soon"], "", 2),
        (["reminders", "due", "--at", "0001-01-01"], "", 2),
        (["nonsense"], "", 2),
        (["people", "import", "none.csv"], "", 1),
        (["manifest", "slack", "--url", "http://x"], "", 2),
        (["guidelines", "check", "none.toml"], "", 1),
    ],
)
def test_wrong_use_is_one_sentence(shell: Shell, args: list[str], stdin: str, code: int) -> None:
    done = shell(*args, stdin=stdin)
    assert done.returncode == code
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("env", "names"),
    [
        ({"PORT": "x", "TIMEZONE": "Mars"}, ["PORT", "TIMEZONE"]),
        ({"HOST": "0.0.0.0", "LOCAL_CHAT": "true"}, ["LOCAL_CHAT"]),
        ({"DATABASE_URL": "sqlite:////proc/none/x.sqlite"}, ["DATABASE_URL"]),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, ["DATABASE_URL"]),
    ],
)
def test_serve_says_what_is_wrong(shell: Shell, env: dict[str, str], names: list[str]) -> None:
    done = shell("serve", **env)
    assert done.returncode == 1
    assert all(name in done.stderr for name in names)
    assert "Traceback" not in done.stderr


def test_chat_goes_on_after_a_restart_in_the_middle_of_a_form(shell: Shell) -> None:
    [[*_, start]] = shell.chat("anna@x.nl", {"say": "ik wil een datalek melden"})
    assert start["form"]["name"] == "breach"
    assert {"name", "kind", "required", "options"} <= set(start["form"]["fields"][0])
    [[*_, after]] = shell.chat("anna@x.nl", {"say": "gisteren 14:00"})
    assert after["form"]["name"] == "breach"
    assert after["text"] != start["text"]
    [[*_, wrong]] = shell.chat("anna@x.nl", {"fill": {"noticed_at": "blauw"}})
    assert set(wrong["form"]["errors"]) >= {"noticed_at"}


def test_chat_answers_nonsense_politely(shell: Shell) -> None:
    turns = shell.chat("anna@x.nl", {"wave": 1}, {"press": "gone:1"}, {"inbox": True})
    assert "error" in turns[0][0]
    assert turns[1][0]["text"]
    assert turns[2] == []


ROSTER = (
    "email,name,role,language,school,programme_end,supervisor_email\n"
    "sup@x.nl,Sup,supervisor,en,,,\n"
    "anna@x.nl,Anna,student,nl,,2027-08-31,sup@x.nl\n"
)


def enrol(shell: Shell) -> None:
    (shell.folder / "people.csv").write_text(ROSTER)
    assert shell("people", "import", "people.csv").returncode == 0


def test_a_case_goes_from_student_to_supervisor(shell: Shell) -> None:
    (shell.folder / "people.csv").write_text(ROSTER)
    assert shell("people", "import", "people.csv", "--dry-run").returncode == 0
    assert shell("people", "list").stdout == ""
    assert shell("people", "import", "people.csv").returncode == 0
    assert "anna@x.nl" in shell("people", "list").stdout
    turns = shell.chat("anna@x.nl", {"press": "consent.start"})
    fields = turns[0][-1]["form"]["fields"]
    values = {f["name"]: f["options"][0] for f in fields if f["options"]}
    turns = shell.chat("anna@x.nl", {"fill": values})
    send = next(b["id"] for b in turns[0][-1]["buttons"] if b["id"].startswith("form.send"))
    shell.chat("anna@x.nl", {"press": send})
    [inbox] = shell.chat("sup@x.nl", {"inbox": True})
    assert any("CP-" in message["text"] for message in inbox)
    assert shell.chat("sup@x.nl", {"inbox": True}) == [[]]


def test_reminders_are_sent_once(shell: Shell) -> None:
    enrol(shell)
    shell.chat("anna@x.nl", {"say": "ik heb vandaag 3 havo opgenomen"}, at="2026-11-23T10:00")
    later = "2027-05-24T10:00"
    assert "3 havo" in shell("reminders", "due", "--at", later).stdout
    assert shell("reminders", "run", "--at", later).returncode == 0
    assert shell("reminders", "run", "--at", later).returncode == 0
    [inbox] = shell.chat("anna@x.nl", {"inbox": True}, at=later)
    assert len([m for m in inbox if "3 havo" in m["text"]]) == 1  # written by the clock, not then


def test_stuck_work_is_listed_with_its_code_and_put_right(shell: Shell) -> None:
    down = {"SMTP_URL": "smtp://127.0.0.1:9", "LOCAL_CHAT": "true"}
    enrol(shell)
    stuck(shell)
    (job,) = json.loads(shell("jobs", "list", "--json", **down).stdout)
    assert (job["code"], job["slot"], job["state"]) == ("SMTPConnectError", "mail", "waits")
    assert "SMTP_URL does not answer" in job["mend"]
    assert job["mend"] in shell("jobs", "list", **down).stdout
    assert shell("jobs", "retry").returncode == 2
    assert "no open job" in shell("jobs", "retry", "nonsense").stderr
    assert shell("jobs", "retry", job["key"]).returncode == 0
    assert shell("jobs", "drop", "--all").returncode == 0
    assert shell("jobs", "list").stdout == "nothing is stuck\n"


def stuck(shell: Shell) -> None:
    """A mail that the server did not take."""
    with sqlite3.connect(shell.folder / "data/opnamewijzer.sqlite") as database:
        database.execute(
            "INSERT INTO job (key, kind, slot, lane, payload, due, attempts, trouble)"
            " VALUES ('m', 'deliver', 'mail', '', '{}', '2099-01-01', 3, 'SMTPConnectError')"
        )


def test_privacy_and_registers(shell: Shell) -> None:
    enrol(shell)
    shell.chat("anna@x.nl", {"say": "ik heb vandaag 3 havo opgenomen"})
    assert "3 havo" in shell("privacy", "export", "anna@x.nl").stdout
    assert shell("privacy", "erase", "anna@x.nl").returncode == 0
    assert "3 havo" not in shell("privacy", "export", "anna@x.nl").stdout
    assert json.loads(shell("breaches", "export", "--format", "json").stdout) == []
    assert shell("guidelines", "check").returncode == 0
    assert shell("db", "upgrade").returncode == 0


def test_doctor_says_what_to_mend(shell: Shell) -> None:
    done = shell("doctor")
    assert done.returncode == 1
    assert "SMTP_URL" in done.stdout


class TestServe:
    @pytest.fixture
    def port(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    def start(self, shell: Shell, port: int) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot"], cwd=shell.folder, text=True,
            env={**shell.env, "PORT": str(port)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                    assert answer.status == 200
                    return process
            except OSError:
                time.sleep(0.05)
        raise AssertionError(process.communicate(timeout=5))

    def test_it_starts_serves_and_ends_cleanly(self, shell: Shell, port: int) -> None:
        process = self.start(shell, port)
        second = shell("serve", PORT=str(port), DATABASE_URL="sqlite:///other.sqlite")
        assert second.returncode == 1
        assert str(port) in second.stderr
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}/" in out
        assert "Traceback" not in err


def test_ctrl_c_ends_a_chat_at_once(shell: Shell) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--as", "a@x.nl"], cwd=shell.folder, env=shell.env,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        running.stdin.write("hallo\n")
        running.stdin.flush()
        while "Opnamewijzer" not in running.stdout.readline():
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        running.wait(timeout=20)
        assert "Traceback" not in running.stderr.read()


def test_a_chat_without_stdin_ends_well(shell: Shell) -> None:
    command = f"{sys.executable} -m bot chat --as a@x.nl --jsonl <&-"
    done = subprocess.run(
        command, shell=True, cwd=shell.folder, env=shell.env, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_people_leave_by_command(shell: Shell, tmp_path: Path) -> None:
    head = "email,name,role,language,school,programme_end,supervisor_email\n"
    sup = "s@example.org,Sup,supervisor,nl,,,\n"
    students = [f"a{n}@example.org,A{n},student,nl,,,s@example.org\n" for n in range(5)]
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    whole.write_text(head + sup + "".join(students))
    part.write_text(head + sup + students[0])
    assert shell("people", "import", str(whole)).returncode == 0
    seen = shell("people", "import", str(part), "--gone", "--dry-run")
    assert seen.stdout.count("leaves: a") == 4
    refused = shell("people", "import", str(part), "--gone")
    assert (refused.returncode, "--really" in refused.stderr) == (1, True)
    assert shell("people", "list").stdout.count("@example.org  student") == 5
    assert shell("people", "import", str(part), "--gone", "--really").returncode == 0
    assert shell("people", "list").stdout.count("@example.org  student") == 1
    gone = shell("people", "remove", "S@example.org")
    assert "without a supervisor then: a0@example.org" in gone.stdout
    assert "supervisor  Sup" not in shell("people", "list").stdout
    assert shell("people", "remove", "s@example.org").returncode == 1
