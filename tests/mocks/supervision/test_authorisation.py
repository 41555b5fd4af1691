"""Who may open what of supervising: every route by everybody, on the server's word; and what is written down of it."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from sqlite_utils import Database

from mock_backends.http.principals import Principal
from mock_backends.openapi_files import FOLDER
from mock_backends.supervision.audit_log import AuditLog
from tests.mocks.harness import Harness
from tests.mocks.supervision.floor import agent, arrive, audit, contact, monitor, order, set_state

WHY = {"why": "because"}
ACTS: dict[str, dict[str, Any]] = {
    "take_over": WHY,
    "reassign": {**WHY, "agent_id": "tom"},
    "move": {**WHY, "queue": "Returns"},
    "priority": {**WHY, "priority": 5},
    "withdraw": WHY,
    "agent_state": {**WHY, "availability": "not_ready"},
    "monitor": {**WHY, "agent_id": "maya", "mode": "listen"},
    "answer_help": {"text": "coming"},
    "message_agent": {"text": "hello"},
    "broadcast": {"agent_ids": ["maya"], "text": "hello"},
    "acknowledge": {"alert": "rule|Billing", "text": "on it"},
    "end_monitor": {},
}
LOOKS = {"waiting", "floor_interaction", "audit", "schedules", "agent_day"}
OWN = {"audit", "schedules", "acknowledge"}  # every supervisor may, and it is about their own team


def routes() -> list[tuple[str, str, str]]:
    """(operation, method, path) of everything for supervisors, as it is published."""
    found = []
    for path, item in json.loads((FOLDER / "contact_center.json").read_text("utf-8"))["paths"].items():
        for method, call in item.items():
            if path.startswith("/v1/floor/") or call["operationId"] in ACTS:
                found.append((call["operationId"], method.upper(), path))
    return found


ROUTES = routes()


def test_the_list_of_routes_for_supervisors_is_whole() -> None:
    assert {operation for operation, _, _ in ROUTES} == set(ACTS) | LOOKS


def ask(servers: Harness, who: str | None, operation: str, method: str, path: str, **ids: str) -> Any:
    query = {"day": "2026-11-20"} if operation in ("schedules", "agent_day") else None
    body = ACTS.get(operation) or None
    return servers.call(who, method, path.format(**ids), body, params=query)


@pytest.mark.parametrize(("operation", "method", "path"), ROUTES, ids=[one[0] for one in ROUTES])
def test_an_agent_opens_none_of_it_nor_another_teams_supervisor_nor_nobody(
    servers: Harness, operation: str, method: str, path: str
) -> None:
    call = servers.active("maya")
    waits = arrive(servers, queue="Returns")
    asked = servers.do(call, "help", {"text": "please"}).json()["help"]["id"]
    begun = monitor(servers, "sam", "maya", "listen").json()["monitor"]["id"]
    what = waits if operation in ("move", "priority", "withdraw") else call
    ids = {"interaction_id": what, "agent_id": "maya", "queue": "Billing", "monitor_id": begun, "help_id": asked}
    before = servers.call("maya", "GET", "/v1/snapshot").json()

    def status(who: str | None) -> int:
        return int(ask(servers, who, operation, method, path, **ids).status_code)

    def plans(who: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = ask(servers, who, operation, method, path, **ids).json()["schedules"]
        return found

    assert status(None) == 401
    if operation == "message_agent":  # who was never written to has nobody to answer
        assert status("tom") == 404
    elif operation == "schedules":
        assert [one["agent_id"] for one in plans("tom")] == ["tom"], "an agent's plan is their own"
        assert [one["agent_id"] for one in plans("maya")] == ["maya"]
    else:
        assert status("tom") == 403
    if operation == "agent_day":
        assert status("maya") == 200, "their own day is theirs"
    elif operation not in ("answer_help", "schedules"):
        assert status("maya") in (403, 404), "the agent it is about is no supervisor either"
    assert status("grace") == (200 if operation in OWN else 404)
    after = servers.call("maya", "GET", "/v1/snapshot").json()
    for same in ("interactions", "help", "agent_messages"):
        assert after[same] == before[same], "who may not, changed nothing"
    assert status("sam") in (200, 409), "their own supervisor may, if the moment allows it"
    assert ask(servers, "sam", operation, method, path, **ids).status_code in (200, 404, 409)


def test_refusals_are_written_down_where_the_team_sees_them(servers: Harness) -> None:
    call = servers.active("maya")
    assert order(servers, "tom", call, "take-over", why="I want it").status_code == 403
    assert order(servers, "grace", call, "take-over", why="mine").status_code == 404
    assert order(servers, "sam", call, "priority", priority=3).status_code == 409
    seen = [(one["by"], one["verb"], one["outcome"].partition(":")[0]) for one in audit(servers)]
    assert seen == [("sam", "priority", "refused"), ("grace", "take_over", "refused"), ("tom", "take_over", "refused")]
    assert [one["by"] for one in audit(servers, "grace")] == ["grace"], "what concerns another team is not theirs"


def test_the_newest_is_first_and_only_so_much_is_told(servers: Harness) -> None:
    for n in range(5):
        set_state(servers, "sam", "maya", "not_ready", reason=("meeting", "training")[n % 2])
    told = servers.call("sam", "GET", "/v1/floor/audit?limit=3").json()["entries"]
    assert len(told) == 3
    assert [one["at"] for one in told] == sorted((one["at"] for one in told), reverse=True)
    for wrong in ("0", "501", "x"):
        assert servers.call("sam", "GET", f"/v1/floor/audit?limit={wrong}").status_code == 422


@pytest.mark.parametrize("why", ["", "   ", "\n\t", "x" * 301, None, 5])
def test_a_reason_is_demanded(servers: Harness, why: Any) -> None:
    waits = arrive(servers)
    for verb, body in (("withdraw", {}), ("move", {"queue": "Returns"}), ("priority", {"priority": 1})):
        assert order(servers, "sam", waits, verb, why=why, **body).status_code == 422
    path = "/v1/floor/agents/maya/availability"
    assert servers.call("sam", "PUT", path, {"availability": "not_ready", "why": why}).status_code == 422
    assert servers.call("sam", "POST", "/v1/floor/monitors", {**ACTS["monitor"], "why": why}).status_code == 422
    assert contact(servers, waits)["phase"] == "queued"


HOSTILE = [
    "[bold red]not markup[/]",
    "=cmd|' /C calc'!A0",
    "\x1b[2J\x07\u202egnp.exe",
    "'; DROP TABLE audit; --",
    "é" * 299,
]


@pytest.mark.parametrize("why", HOSTILE)
def test_hostile_words_come_back_as_they_were_and_do_no_harm(servers: Harness, why: str) -> None:
    assert set_state(servers, "sam", "maya", "not_ready", why=why).status_code == 200
    assert order(servers, "sam", quote(why, safe="")[:90], "withdraw", why=why).status_code == 404
    written = audit(servers)
    assert {one["why"] for one in written} == {why}
    assert agent(servers, "maya")["observed"] == "not_ready"


def test_a_contact_is_named_as_it_was_called_then_and_a_stranger_by_number(servers: Harness) -> None:
    known, stranger = arrive(servers, name="Ruth O'Brien"), arrive(servers, sender="+447400121042", name="")
    for one in (known, stranger):
        assert order(servers, "sam", one, "withdraw").status_code == 200
    set_state(servers, "sam", "maya", "not_ready")
    assert [one["subject_name"] for one in audit(servers)[:3]] == ["Maya Okafor", "+447400121042", "Ruth O'Brien"]


def test_an_audit_of_an_earlier_version_is_kept() -> None:
    db = Database(memory=True)
    db.execute(
        "CREATE TABLE audit (number INTEGER PRIMARY KEY, id TEXT, at REAL, by TEXT, by_name TEXT,"
        " verb TEXT, subject TEXT, why TEXT, outcome TEXT, detail TEXT, team TEXT, queue TEXT)"
    )
    db.execute("INSERT INTO audit VALUES (1, 'aud-1', 5.0, 'sam', 'Sam', 'move', 'int-1', 'why', 'done', '', 'T', '')")
    (kept,) = AuditLog(db).of(Principal("sam", "supervisor", "T"), (), 9)
    assert (kept.id, kept.subject_name) == ("aud-1", "")


def test_who_calls_is_told_by_the_server(servers: Harness) -> None:
    assert servers.call("sam", "GET", "/v1/me").json()["role"] == "supervisor"
    assert servers.call("maya", "GET", "/v1/me").json() == {
        "id": "maya",
        "name": "Maya Okafor",
        "role": "agent",
        "team": "Billing",
    }
