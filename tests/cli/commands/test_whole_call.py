"""A whole call from a shell script, and the JSON commands, against real mock servers."""

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from desktop.app.storage.instance_lock import InstanceLock
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from mock_backends.launcher import Running
from tests.cli.command_line import Ran, control, run

HERE = Path(__file__).parent


def records(servers: Running, server: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control(servers.urls[server], "GET", "record")["record"]
    return found


def good(*words: str, env: dict[str, str], stdin: str = "") -> Any:
    ran = run(*words, env=env, stdin=stdin)
    assert ran.code == 0, ran.words
    return ran.json


def known_number(env: dict[str, str]) -> tuple[str, str]:
    """A number that exactly one customer has, and that customer's id."""
    for match in good("customer", "find", "a", "--limit", "50", env=env):
        for address in match["customer"]["addresses"]:
            if address["kind"] == "phone" and address["value"].startswith("+"):
                found = good("customer", "find", "--phone", address["value"], env=env)
                if len(found) == 1 and found[0]["verified"]:
                    return address["value"], found[0]["customer"]["id"]
    raise AssertionError("nobody has a number of their own")


def ring(servers: Running, number: str) -> None:
    step = {"do": "call", "from": number, "queue": "Billing", "subject": "refund"}
    control(servers.urls["contact_center"], "POST", "step", step)


def script_commands(folder: Path, servers: Running, number: str) -> dict[str, str]:
    """`agent` and `ring` as commands on the path."""
    folder.mkdir()
    step = f"control({servers.urls['contact_center']!r}, 'POST', 'step', "
    step += f"{{'do': 'call', 'from': {number!r}, 'queue': 'Billing', 'subject': 'refund'}})"
    texts = {
        "agent": f'#!/bin/sh\nexec {sys.executable} -m desktop.cli "$@"\n',
        "ring": f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(HERE.parents[2])!r})\n"
        f"from tests.cli.command_line import control\n{step}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.thorough
def test_a_shell_script_works_a_whole_call(servers: Running, env: dict[str, str], tmp_path: Path) -> None:
    number, customer = known_number(env)
    more = script_commands(tmp_path / "bin", servers, number)
    work = tmp_path / "work"
    work.mkdir()
    sh = shutil.which("sh")
    assert sh
    done = subprocess.run(
        [sh, str(HERE / "whole_call.sh")], env=env | more, cwd=work, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    answers = {path.stem: json.loads(path.read_text()) for path in work.glob("*.json")}
    assert answers["offered"]["type"] == "interaction.offered"
    assert answers["held"]["held"] is True
    assert answers["consulting"]["legs"][0]["target_name"]
    assert answers["ended"]["phase"] == "wrap_up"
    assert [row["state"] for row in answers["finished"]["outbox"]] == ["delivered"]
    assert len(answers["after"]) == len(answers["before"]) + 1
    assert answers["break"]["observed"] == "not_ready"
    written = [one for one in records(servers, "crm") if one["path"].startswith("/v1/wrap-ups/")]
    mine = [one for one in written if one["body"]["interaction_id"] == answers["offered"]["interaction"]["id"]]
    assert len(mine) == 1
    assert mine[0]["body"]["note"] == "Refund agreed. Café ☕"
    assert mine[0]["body"]["customer_id"] == customer
    assert good("interactions", env=env) == []


@pytest.mark.thorough
def test_reading_commands_answer_json(env: dict[str, str]) -> None:
    state = good("state", env=env)
    assert state["me"]["id"] == "maya"
    assert state["outbox"] == {"waiting": 0, "parked": 0}
    assert {one["name"] for one in good("queues", env=env)} >= {"Billing"}
    assert "maya" in {one["id"] for one in good("agents", env=env)}
    assert good("interactions", "--phase", "offered", env=env) == []
    people = good("people", "billing", env=env)
    assert people and all(one["presence"]["state"] for one in people)
    skill = next(iter(people[0]["person"]["skills"]))
    assert all(skill in one["person"]["skills"] for one in good("people", "--skill", skill, env=env))
    matches = good("customer", "find", "smith", "--limit", "3", env=env)
    assert 1 <= len(matches) <= 3
    shown = good("customer", "show", matches[0]["customer"]["id"], env=env)
    assert shown["customer"]["name"] == matches[0]["customer"]["name"]
    assert isinstance(shown["cases"], list)
    timeline = good("timeline", matches[0]["customer"]["id"], "--limit", "2", env=env)
    assert len(timeline) <= 2
    checked = good("config", "check", env=env)
    assert [one["ok"] for one in checked["backends"]] == [True] * 4
    assert good("outbox", "list", env=env) == []


@pytest.mark.thorough
def test_events_resume_and_stop_when_up_to_date(servers: Running, env: dict[str, str]) -> None:
    assert run("events", env=env).out == ""
    lines = run("do", "available", env=env)
    assert lines.code == 0
    run("do", "not_ready", "--reason", "break", env=env)
    seen = run("events", "--after", "no-such-epoch:1", env=env)
    assert json.loads(seen.out.splitlines()[0])["type"] == "gap"
    for bad in ("x", ":", "a:-1", "a:b"):
        assert run("events", "--after", bad, env=env).code == 2


def heed_interruptions() -> None:
    """A suite that runs in the background was started with interruptions ignored, which children inherit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.thorough
def test_following_ends_with_an_interruption_or_with_its_reader(env: dict[str, str]) -> None:
    run("do", "not_ready", "--reason", "break", env=env)
    for interrupted in (True, False):
        after = good("state", env=env)["as_of"]
        command = [sys.executable, "-m", "desktop.cli", "events", "--follow", "--after", after]
        listener = subprocess.Popen(
            command,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_interruptions,
        )
        good("do", "not_ready", "--reason", "lunch" if interrupted else "break", env=env)
        assert listener.stdout and listener.stderr
        assert json.loads(listener.stdout.readline())["type"] == "agent_changed"
        if interrupted:
            listener.send_signal(signal.SIGINT)
        else:
            listener.stdout.close()
            good("do", "not_ready", "--reason", "lunch", env=env)
        assert listener.wait(20) == (130 if interrupted else 0)
        assert listener.stderr.read() == ""
        listener.stderr.close()
        listener.stdout.close()


@pytest.mark.thorough
def test_a_refusal_is_1_and_says_why(env: dict[str, str]) -> None:
    for words in (
        ["do", "accept", "no-such"],
        ["customer", "show", "no-such"],
        ["interactions", "no-such"],
        ["outbox", "show", "no-such"],
        ["outbox", "retry", "no-such"],
        ["do", "wrap_up", "no-such"],
        ["do", "accept", ".."],
        ["do", "not_ready", "--reason", "no such reason"],
    ):
        ran = run(*words, env=env)
        assert (ran.code, ran.out) == (1, ""), (words, ran)
        assert ran.words.startswith("agent-desktop: ")
    for words in (
        ["do", "accept"],
        ["do", "consult", "i-1"],
        ["do", "callback"],
        ["do", "chat", "x"],
        ["do", "wrap_up"],
    ):
        ran = run(*words, env=env)
        assert (ran.code, ran.out) == (2, ""), (words, ran)


@pytest.mark.thorough
def test_the_same_key_is_done_once(servers: Running, env: dict[str, str]) -> None:
    key = str(uuid.uuid4())
    person = good("people", env=env)[0]["person"]["id"]
    lines = [good("do", "chat", person, "--text", "hello", "--key", key, env=env) for _ in range(2)]
    assert lines[0]["id"] == lines[1]["id"]


@pytest.mark.thorough
def test_faults_have_their_exit_codes(servers: Running, env: dict[str, str], tmp_path: Path) -> None:
    center = servers.urls["contact_center"]

    def with_fault(*words: str, **fault: Any) -> Ran:
        control(center, "PUT", "faults", {"rules": [fault]})
        try:
            return run(*words, env=env)
        finally:
            control(center, "PUT", "faults", {"rules": []})

    assert with_fault("queues", match="*/snapshot", effect="status", status=503).code == 3
    assert with_fault("queues", match="*/snapshot", effect="garbage").code == 3
    slow = with_fault("--timeout", "0.5", "queues", match="*/snapshot", effect="delay", seconds=5)
    assert (slow.code, slow.out) == (4, "")
    lost = with_fault("do", "available", match="PUT /v1/me/*", effect="drop_body")
    assert lost.code == 4
    assert "--key" in lost.words
    run("do", "not_ready", "--reason", "break", env=env)
    (tmp_path / "token").write_text("wrong-token")
    assert run("queues", env=env).code == 3


def test_no_token_shows_anywhere(servers: Running, env: dict[str, str]) -> None:
    token = servers.tokens["maya"]
    for words in (["config", "show"], ["config", "check"], ["state"], ["do", "accept", "x"], ["outbox", "list"]):
        ran = run(*words, env=env)
        assert token not in ran.out + ran.words


def test_a_token_file_others_can_read_stops_everything(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "token").chmod(0o644)
    ran = run("state", env=env)
    assert (ran.code, ran.out) == (2, "")
    assert "chmod 600" in ran.words


@pytest.fixture
def talking(servers: Running, env: dict[str, str]) -> str:
    """A call of ours that talks."""
    good("do", "available", env=env)
    ring(servers, known_number(env)[0])
    (one,) = good("interactions", env=env)
    good("do", "accept", one["id"], env=env)
    while good("interactions", one["id"], env=env)["phase"] != "active":
        pass
    return str(one["id"])


@pytest.fixture
def ended(talking: str, env: dict[str, str]) -> str:
    """An interaction of ours that waits for its wrap-up."""
    good("do", "end", talking, env=env)
    good("do", "not_ready", "--reason", "break", "--after-current", env=env)
    return talking


@pytest.mark.thorough
def test_a_recording_is_paused_and_resumed_from_a_script(servers: Running, env: dict[str, str], talking: str) -> None:
    assert good("do", "pause_recording", talking, env=env)["recording"] == "paused"
    assert good("interactions", talking, env=env)["recording"] == "paused"
    assert good("do", "resume_recording", talking, env=env)["recording"] == "active"
    good("do", "end", talking, env=env)
    assert run("do", "pause_recording", talking, env=env).code == 1
    good("do", "not_ready", "--reason", "break", "--after-current", env=env)
    control(servers.urls["contact_center"], "POST", "step", {"do": "end_wrap_up", "interaction": talking})


def _code(env: dict[str, str]) -> str:
    codes = good("state", env=env)["codes"]
    return str(next(one["id"] for one in codes if not one["queues"] or "Billing" in one["queues"]))


@pytest.mark.thorough
def test_a_wrap_up_waits_in_the_outbox_while_the_crm_is_away(servers: Running, env: dict[str, str], ended: str) -> None:
    code, crm = _code(env), servers.urls["crm"]
    lock = InstanceLock(Path(env["AGENT_DESKTOP_CONFIG"]).parent / "data" / "work.lock")
    lock.acquire()
    try:
        held = run("do", "wrap_up", ended, "--code", code, "--note", "canary note", env=env)
        assert (held.code, held.out) == (1, "")
        assert "already open" in held.words
        assert good("outbox", "list", env=env) == []  # reading needs no lock
    finally:
        lock.release()
    refused = run("do", "wrap_up", ended, "--code", "no-such-code", env=env)
    assert (refused.code, refused.out) == (1, "")
    control(crm, "PUT", "faults", {"rules": [{"match": "PUT /v1/wrap-ups/*", "effect": "status", "status": 503}]})
    try:
        done = good("do", "wrap_up", ended, "--code", code, "--note", "canary note", "--timeout", "6", env=env)
    finally:
        control(crm, "PUT", "faults", {"rules": []})
    (row,) = done["outbox"]
    assert row["state"] == "waiting"
    listed = good("outbox", "list", env=env)
    assert [one["key"] for one in listed] == [row["key"]]
    assert "canary note" not in json.dumps(listed)
    assert good("outbox", "show", row["key"], env=env)["payload"]["note"] == "canary note"
    assert good("state", env=env)["outbox"] == {"waiting": 1, "parked": 0}
    (sent,) = good("outbox", "retry", env=env)
    assert (sent["key"], sent["state"]) == (row["key"], "delivered")
    assert good("outbox", "list", env=env) == []
    assert [one["state"] for one in good("outbox", "list", "--all", env=env)] == ["delivered"]
    assert len([one for one in records(servers, "crm") if row["key"] in one["path"]]) == 1
    database = Path(env["AGENT_DESKTOP_CONFIG"]).parent / "data" / "work.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


@pytest.mark.thorough
def test_a_card_number_on_the_command_line_is_hidden(servers: Running, env: dict[str, str], ended: str) -> None:
    note = "Paid with 4111 1111 1111 1111, 12/29, CVV 737"
    done = good("do", "wrap_up", ended, "--code", _code(env), "--note", note, "--timeout", "10", env=env)
    (row,) = done["outbox"]
    kept = good("outbox", "show", row["key"], env=env)["payload"]["note"]
    assert kept == "Paid with •••• •••• •••• 1111, 12/29, CVV •••"
    assert [one["body"]["note"] for one in records(servers, "crm") if row["key"] in one["path"]] == [kept]
    data = Path(env["AGENT_DESKTOP_CONFIG"]).parent / "data"
    assert not any(b"4111 1111" in path.read_bytes() for path in data.iterdir() if path.is_file())


@pytest.mark.thorough
def test_a_draft_of_the_desktop_is_joined_and_a_refused_command_leaves_it_as_it_was(
    servers: Running, env: dict[str, str], ended: str
) -> None:
    first = _code(env)
    path = Path(env["AGENT_DESKTOP_CONFIG"]).parent / "data" / "work.db"

    async def keep() -> None:
        store = await LocalStore.open(path)
        await store.save_draft(Draft(ended, None, "what the desktop kept", (first,), (), 1, 0.0))
        await store.close()

    async def kept() -> list[tuple[str, tuple[str, ...]]]:
        store = await LocalStore.open(path, read_only=True)
        try:
            return [(draft.note, draft.codes) for draft in await store.drafts()]
        finally:
            await store.close()

    asyncio.run(keep())
    (listed,) = good("outbox", "list", env=env)
    assert (listed["kind"], listed["state"], listed["interaction_id"]) == ("draft", "in_progress", ended)
    refused = run("do", "wrap_up", ended, "--code", "no-such-code", "--note", "nonsense", env=env)
    assert refused.code == 1
    assert asyncio.run(kept()) == [("what the desktop kept", (first,))]
    done = run("do", "wrap_up", ended, "--note", "what the command says", "--timeout", "15", env=env)
    assert done.code == 0, done.words
    assert "the desktop had kept" in done.words
    (row,) = done.json["outbox"]
    (body,) = [one["body"] for one in records(servers, "crm") if row["key"] in one["path"]]
    assert (body["note"], body["codes"]) == ("what the desktop kept\nwhat the command says", [first])
    assert asyncio.run(kept()) == []
