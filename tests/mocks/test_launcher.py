"""Starting and stopping: the child process, its ready line, its death with its parent, storage that survives."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from mock_backends import launcher
from mock_backends.http.settings import Settings

SMALL = Settings(customers=5, autonomous=False)
PARENT = """
import json, sys, time
from mock_backends import launcher
from mock_backends.http.settings import Settings
running = launcher.start("messaging", settings=Settings(customers=5))
print(json.dumps({"pid": running.pid, "url": running.urls["messaging"]}), flush=True)
time.sleep(60)
"""


def gone(url: str, wait: float = 10.0) -> bool:
    end = time.monotonic() + wait
    while time.monotonic() < end:
        try:
            httpx.get(url + "/v1/health", timeout=1)
        except httpx.TransportError:
            return True
        time.sleep(0.02)
    return False


def test_all_four_start_answer_and_stop() -> None:
    with launcher.start(settings=SMALL, control="c" * 32) as running:
        assert set(running.urls) == set(launcher.SERVERS) and running.alive
        assert running.first_agent == "maya" and running.first_supervisor == "sam"
        tokens = list(running.tokens.values())
        assert len(set(tokens)) == len(tokens) and min(map(len, tokens)) >= 43  # 256 bits in base64
        for name, url in running.urls.items():
            assert url.startswith("http://127.0.0.1:")
            assert httpx.get(url + "/v1/health").json()["name"] == name
        command = Path(f"/proc/{running.pid}/cmdline").read_bytes() + Path(f"/proc/{running.pid}/environ").read_bytes()
        assert not any(token.encode() in command for token in [*tokens, "c" * 32])
        urls = list(running.urls.values())
    assert not running.alive and all(gone(url) for url in urls)
    running.stop()


def test_nothing_is_left_when_the_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    ready = json.loads(parent.stdout.readline())
    assert httpx.get(ready["url"] + "/v1/health").status_code == 200
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(ready["url"])


@pytest.mark.parametrize(
    "wrong", [{"scenario": "no-such"}, {"speed": 0.0}, {"tokens": {"nobody": "x" * 20}}, {"ports": {"messaging": 1}}]
)
def test_a_start_that_cannot_be_says_why(wrong: dict[str, object]) -> None:
    if "ports" in wrong and os.geteuid() == 0:
        with launcher.start("messaging", settings=SMALL) as other:
            port = int(other.urls["messaging"].rpartition(":")[2])
            with pytest.raises(launcher.NotStarted, match="in use"):
                launcher.start("messaging", settings=SMALL, ports={"messaging": port})
        return
    with pytest.raises(launcher.NotStarted, match=r"\w"):
        launcher.start("messaging", settings=SMALL, **wrong)  # type: ignore[arg-type]


def test_the_command_line_prints_one_ready_line_and_ends_on_a_signal(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({"maya": "a-token-of-maya-0123456789"}), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mock_backends",
        "crm",
        "--token-file",
        str(tokens),
        "--db",
        str(tmp_path / "crm.db"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert ready["tokens"] == {"maya": "a-token-of-maya-0123456789"} and set(ready) >= {"crm", "tokens"}
    headers = {"Authorization": "Bearer a-token-of-maya-0123456789"}
    assert httpx.get(ready["crm"]["url"] + "/v1/customers?text=priya", headers=headers).json()["results"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0 and process.stdout.read() == ""
    process.stdout.close()


@pytest.mark.parametrize("tokens", ["[]", "{", '{"maya": "short"}', '{"maya": 1}'])
def test_tokens_that_are_none_are_refused_in_words(tokens: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mock_backends", "messaging"],
        env={**os.environ, "AGENT_DESKTOP_MOCK_TOKENS": tokens},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr and done.stderr


def test_what_the_crm_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = str(tmp_path / "crm.db")
    tokens = {"maya": "a-token-of-maya-0123456789"}
    record = {
        "key": "k1", "interaction_id": "i", "customer_id": "C-4471", "agent_id": "maya", "channel": "voice",
        "queue": "Billing", "started_at": 1.0, "ended_at": 2.0, "note": "Kept",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {tokens['maya']}", "Idempotency-Key": "k1"}
    first = launcher.start("crm", db=path, settings=SMALL, tokens=tokens)
    receipt = httpx.put(first.urls["crm"] + "/v1/wrap-ups/k1", json=record, headers=headers)
    assert receipt.status_code == 200
    os.kill(first.pid, signal.SIGKILL)
    first.stop()
    with launcher.start("crm", db=path, settings=SMALL, tokens=tokens) as second:
        again = httpx.put(second.urls["crm"] + "/v1/wrap-ups/k1", json=record, headers=headers)
        assert again.json() == receipt.json() and again.headers["idempotency-replayed"] == "true"
        timeline = httpx.get(second.urls["crm"] + "/v1/customers/C-4471/timeline", headers=headers).json()["entries"]
        assert [entry["detail"] for entry in timeline].count("Kept") == 1
