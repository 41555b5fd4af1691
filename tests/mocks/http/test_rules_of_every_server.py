"""What holds for every server: who may call, exactly-once, limits, hostile input, the far-side record."""

import json
import threading
from collections import defaultdict
from typing import Any

import pytest

from mock_backends.http.settings import Settings
from mock_backends.openapi_files import FOLDER, documents
from mock_backends.play.fleet import KINDS, Fleet
from tests.mocks.harness import CONTROL, Harness

SAMPLES = {"interaction_id": "int-0", "leg_id": "leg-0", "customer_id": "C-4471", "key": "k", "topic": "sms"}
SAMPLES |= {"person_id": "noor", "message_id": "msg-0", "agent_id": "tom", "queue": "Billing"}
SAMPLES |= {"monitor_id": "mon-0", "help_id": "help-0", "evaluation_id": "eva-0", "note_id": "coa-0"}
BODIES: dict[str, Any] = {
    "set_availability": {"availability": "not_ready"},
    "decline": {"reason": "x"},
    "dtmf": {"digits": "1"},
    "send_message": {"text": "hello"},
    "mark_read": {"message_id": "msg-0"},
    "typing": {"on": True},
    "consult": {"target": "person:noor"},
    "transfer": {"target": "queue:Billing"},
    "wrap_up": {"codes": []},
    "hand_over": {"note": "They were charged twice."},
    "callback": {"interaction_id": "int-0", "address": {"kind": "phone", "value": "+4420"}, "at": 1.0},
    "ask_help": {"text": "please"},
    "answer_help": {"text": "coming"},
    "message_agent": {"text": "hello"},
    "acknowledge": {"alert": "rule|Billing"},
    "take_over": {"why": "w"},
    "reassign": {"why": "w", "agent_id": "tom"},
    "move": {"why": "w", "queue": "Support"},
    "priority": {"why": "w", "priority": 5},
    "withdraw": {"why": "w"},
    "agent_state": {"why": "w", "availability": "not_ready"},
    "monitor": {"why": "w", "agent_id": "tom", "mode": "listen"},
    "submit_evaluation": {
        "interaction_id": "int-0",
        "form": {"name": "f", "title": "F", "sections": [{"title": "S", "questions": [{"id": "q", "text": "Q"}]}]},
        "answers": [{"question": "q", "value": "yes"}],
    },
    "start_calibration": {
        "interaction_id": "int-0", "reviewer": "sam",
        "form": {"name": "f", "title": "F", "sections": [{"title": "S", "questions": [{"id": "q", "text": "Q"}]}]},
    },
    "coach": {"agent_id": "tom", "text": "hello"},
    "acknowledge_coaching": {"answer": ""},
    "create_customer": {"name": "N"},
    "create_case": {"subject": "S"},
    "set_consent": {"granted": True},
    "link": {"customer_id": "C-4471"},
    "put_wrap_up": {
        "key": "k", "interaction_id": "i", "agent_id": "maya", "channel": "voice", "queue": "Billing",
        "started_at": 1.0, "ended_at": 2.0,
    },
    "set_own": {"state": "busy"},
    "chat": {"text": "hello"},
    "send": {"channel": "sms", "to": "+442079460018", "text": "x", "consent": {"granted": True}},
}  # fmt: skip


def endpoints() -> list[tuple[str, str, str, str]]:
    """(server, method, path with samples filled in, operation) of every documented call."""
    found = []
    for server in KINDS:
        for path, item in json.loads((FOLDER / f"{server}.json").read_text("utf-8"))["paths"].items():
            for method, call in item.items():
                filled = path.format_map(defaultdict(lambda: "no-such", SAMPLES))
                found.append((server, method.upper(), filled, call["operationId"]))
    return found


ENDPOINTS = endpoints()
READABLE = [each for each in ENDPOINTS if each[3] not in ("health", "events")]


def ids(cases: list[tuple[str, str, str, str]]) -> list[str]:
    return [f"{server}-{operation}" for server, _, _, operation in cases]


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return documents()


@pytest.mark.parametrize("file", [f"{name}.json" for name in KINDS])
def test_the_published_openapi_document_is_what_the_server_generates(file: str, generated: dict[str, str]) -> None:
    assert (FOLDER / file).read_text(encoding="utf-8") == generated[file]


OPEN = {"health", "recording"}
"""Answered without a token: a sign of life, and what only whoever was given its link can name."""


@pytest.mark.parametrize(
    "case", [e for e in ENDPOINTS if e[3] not in OPEN], ids=ids([e for e in ENDPOINTS if e[3] not in OPEN])
)
@pytest.mark.parametrize("token", [None, "wrong", "Basic", CONTROL, "\u00e9"])
def test_without_a_good_token_nothing_is_answered(
    servers: Harness, case: tuple[str, str, str, str], token: str
) -> None:
    server, method, path, operation = case
    headers = {"Idempotency-Key": "k"}
    if token:
        headers["Authorization"] = f"{'' if token == 'Basic' else 'Bearer '}{token}"
    answer = servers.client.request(
        method,
        servers.urls[server] + path,
        headers={name: value.encode() for name, value in headers.items()},
        json=BODIES.get(operation),
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


def test_the_authorisation_matrix_of_an_interaction(servers: Harness) -> None:
    """Every call on an interaction, by its owner, a colleague, their supervisor and another team's supervisor."""
    interaction_id = servers.active()
    verbs = [e for e in ENDPOINTS if e[2].startswith("/v1/interactions/int-0") and e[3] != "attachment"]
    assert len(verbs) >= 17
    for _, method, path, operation in verbs:
        path = path.replace("int-0", interaction_id)
        body = BODIES.get(operation)
        allowed = ["maya", "sam"] if method == "GET" else ["maya"]
        for who in ("tom", "grace", "sam"):
            status = servers.call(who, method, path, body).status_code
            assert status == (200 if who in allowed else 404), (operation, who, status)
    assert servers.get(interaction_id)["phase"] == "active"
    callback = {**BODIES["callback"], "interaction_id": interaction_id, "at": servers.get(interaction_id)["arrived_at"]}
    assert servers.call("tom", "POST", "/v1/callbacks", callback).status_code == 404


def test_snapshots_and_lists_hold_only_what_one_may_see(servers: Harness) -> None:
    mine = servers.active()
    waiting = servers.step("call", sender="+442079460142", queue="Billing")["interaction_id"]
    seen = {
        who: {i["id"] for i in servers.call(who, "GET", "/v1/interactions").json()["interactions"]}
        for who in ("maya", "tom", "sam")
    }
    assert seen == {"maya": {mine}, "tom": set(), "sam": set()}
    asked = servers.call("sam", "GET", "/v1/floor/queues/Billing/waiting").json()["interactions"]
    assert [one["id"] for one in asked] == [waiting]
    assert servers.call("sam", "GET", f"/v1/floor/interactions/{mine}").status_code == 200
    snapshot = servers.call("sana", "GET", "/v1/snapshot").json()
    queues = set(snapshot["me"]["queues"])
    assert {q["name"] for q in snapshot["queues"]} == queues
    assert all(a["id"] == "sana" or queues & set(a["queues"]) for a in snapshot["agents"])


def test_answers_and_messages_of_others_cannot_be_read(servers: Harness) -> None:
    body = BODIES["send"]
    sent = servers.call("maya", "POST", "/v1/messages", body, server="messaging", key="shared")
    other = servers.call("tom", "POST", "/v1/messages", body, server="messaging", key="shared")
    assert "idempotency-replayed" not in other.headers
    assert other.json()["message"]["id"] != sent.json()["message"]["id"]
    path = f"/v1/messages/{sent.json()['message']['id']}"
    assert servers.call("maya", "GET", path, server="messaging").status_code == 200
    assert servers.call("tom", "GET", path, server="messaging").status_code == 404


def test_a_revoked_token_and_a_changed_role_count_from_the_next_call() -> None:
    settings = Settings(customers=5, autonomous=False)
    with Harness(lambda: Fleet(["contact_center"], settings=settings, control=CONTROL)) as servers:
        assert servers.call("tom", "GET", "/v1/snapshot").status_code == 200
        servers.step("expire_token", principal="tom")
        assert servers.call("tom", "GET", "/v1/snapshot").status_code == 401


def test_the_control_plane_is_not_there_without_a_token() -> None:
    with Harness(lambda: Fleet(["messaging"], settings=Settings(customers=5))) as servers:
        for token in (None, "maya"):
            assert servers.call(token, "GET", "/_sim/record", server="messaging").status_code == 404


def test_an_agent_cannot_use_the_control_plane(servers: Harness) -> None:
    for method, path in (("GET", "record"), ("POST", "reset"), ("POST", "step"), ("PUT", "faults"), ("PUT", "clock")):
        assert servers.call("sam", method, f"/_sim/{path}", {}).status_code == 401


# -- exactly once


@pytest.mark.parametrize(
    "case", [e for e in ENDPOINTS if e[1] != "GET"], ids=ids([e for e in ENDPOINTS if e[1] != "GET"])
)
def test_changing_calls_want_a_key(servers: Harness, case: tuple[str, str, str, str]) -> None:
    server, method, path, operation = case
    for key in (None, "", "x" * 201, "a b", "\x7f"):
        headers = {"Authorization": f"Bearer {servers.tokens['maya']}"} | (
            {"Idempotency-Key": key} if key is not None else {}
        )
        answer = servers.client.request(
            method, servers.urls[server] + path, headers=headers, json=BODIES.get(operation)
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")


def test_the_same_key_is_once_and_another_request_under_it_is_refused(servers: Harness) -> None:
    body = BODIES["create_case"]
    path = "/v1/customers/C-4471/cases"
    first = servers.call("maya", "POST", path, body, server="crm", key="once")
    again = servers.call("maya", "POST", path, body, server="crm", key="once")
    assert again.content == first.content and again.headers["idempotency-replayed"] == "true"
    other = servers.call("maya", "POST", path, {"subject": "T"}, server="crm", key="once")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    cases = servers.call("maya", "GET", path, server="crm").json()["cases"]
    assert [case["subject"] for case in cases].count("S") == 1
    record = servers.sim("GET", "crm", "/_sim/record")["record"]
    assert [(each["key"], each["principal"], each["body"]) for each in record] == [("once", "maya", body)]


def test_a_call_that_still_runs_is_in_flight(servers: Harness) -> None:
    servers.faults({"match": "POST /v1/customers", "effect": "delay", "seconds": 1.5, "times": 1}, server="crm")
    answers: list[str] = []

    def create() -> None:
        answer = servers.call("maya", "POST", "/v1/customers", {"name": "N"}, server="crm", key="slow").json()
        answers.append(answer.get("code", "made"))

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["in_flight", "made"]
    assert len(servers.sim("GET", "crm", "/_sim/record")["record"]) == 1


def test_a_wrap_up_record_is_once_by_its_own_key(servers: Harness) -> None:
    body = {**BODIES["put_wrap_up"], "customer_id": "C-4471", "note": "Refund promised", "codes": ["refund-promised"]}
    body["follow_ups"] = [{"kind": "case", "text": "Refund", "due": None}, {"kind": "task", "text": "Look again"}]
    first = servers.call("maya", "PUT", "/v1/wrap-ups/k", body, server="crm").json()
    assert servers.call("maya", "PUT", "/v1/wrap-ups/k", body, server="crm").json() == first
    assert first["key"] == "k"
    other = servers.call("maya", "PUT", "/v1/wrap-ups/k", {**body, "note": "x"}, server="crm")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    entries = servers.call("maya", "GET", "/v1/customers/C-4471/timeline", server="crm").json()["entries"]
    assert [e["detail"] for e in entries].count("Refund promised") == 1
    cases = servers.call("maya", "GET", "/v1/customers/C-4471/cases", server="crm").json()["cases"]
    assert [case["subject"] for case in cases].count("Refund") == 1
    assert servers.call("maya", "PUT", "/v1/wrap-ups/other", body, server="crm").status_code == 422


# -- in nobody else's name


def test_a_wrap_up_is_written_in_nobody_elses_name(servers: Harness) -> None:
    """The token says who it is; a supervisor worked no contact of their team's either."""
    body = {**BODIES["put_wrap_up"], "customer_id": "C-4471", "note": "Whose words"}
    for who in ("tom", "grace", "sam"):
        refused = servers.call(who, "PUT", "/v1/wrap-ups/k", body, server="crm")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert refused.headers["content-type"] == "application/problem+json"
        assert "nobody else" in refused.json()["detail"]
    timeline = "/v1/customers/C-4471/timeline"
    entries = servers.call("maya", "GET", timeline, server="crm").json()["entries"]
    assert "Whose words" not in [one["detail"] for one in entries]
    written = servers.call("maya", "PUT", "/v1/wrap-ups/k", body, server="crm", key="mine")
    assert written.status_code == 200
    replayed = servers.call("tom", "PUT", "/v1/wrap-ups/k", body, server="crm", key="mine")
    assert replayed.status_code == 403, "what was answered to one is not answered to another"
    entries = servers.call("maya", "GET", timeline, server="crm").json()["entries"]
    assert [one["agent"] for one in entries if one["detail"] == "Whose words"] == ["Maya Okafor"]


def test_what_another_contact_centre_calls_an_agent_is_no_other_agents_name(servers: Harness) -> None:
    body = {**BODIES["put_wrap_up"], "agent_id": "PJSIP/agent1", "customer_id": "C-4471", "note": "By telephone"}
    body["follow_ups"] = [{"kind": "case", "text": "Whose case"}]
    assert servers.call("tom", "PUT", "/v1/wrap-ups/k", body, server="crm").status_code == 200
    entries = servers.call("maya", "GET", "/v1/customers/C-4471/timeline", server="crm").json()["entries"]
    written_by = [one["agent"] for one in entries if one["detail"] == "By telephone"]
    assert written_by == ["Tom Archer"], "the token says who it was"
    cases = servers.call("maya", "GET", "/v1/customers/C-4471/cases", server="crm").json()["cases"]
    assert [one["owner"] for one in cases if one["subject"] == "Whose case"] == ["tom"]


def test_a_link_is_taken_back_by_who_made_it_or_their_supervisor(servers: Harness) -> None:
    def ask(who: str, method: str) -> int:
        body = BODIES["link"] if method == "PUT" else None
        return servers.call(who, method, "/v1/links/int-1", body, server="crm").status_code

    assert ask("tom", "DELETE") == 200, "there is none to take back"
    assert ask("maya", "PUT") == 200
    for who in ("tom", "grace"):
        assert ask(who, "DELETE") == 403, "grace supervises another team"
    assert ask("tom", "PUT") == 200, "a contact that maya missed rang at tom's"
    assert ask("tom", "DELETE") == 200
    assert ask("tom", "DELETE") == 403, "maya's stays"
    assert ask("maya", "DELETE") == 200
    assert ask("tom", "DELETE") == 200, "maya took hers back"
    assert ask("maya", "PUT") == 200
    assert ask("sam", "DELETE") == 200, "sam is maya's supervisor"
    assert ask("tom", "DELETE") == 200, "and none is left"


@pytest.mark.parametrize("name", ["agent_id", "principal", "person_id", "sender", "by", "owner", "agent"])
@pytest.mark.parametrize(
    ("server", "method", "path", "operation"),
    [
        ("messaging", "POST", "/v1/messages", "send"),
        ("presence", "PUT", "/v1/me/presence", "set_own"),
        ("presence", "POST", "/v1/chats/noor", "chat"),
        ("crm", "POST", "/v1/customers/C-4471/cases", "create_case"),
        ("crm", "PUT", "/v1/customers/C-4471/consents/sms", "set_consent"),
        ("crm", "PUT", "/v1/links/int-1", "link"),
        ("contact_center", "PUT", "/v1/me/availability", "set_availability"),
    ],
)
def test_nobody_is_named_but_by_their_token(
    servers: Harness, server: str, method: str, path: str, operation: str, name: str
) -> None:
    """Another's name in the body of a call is not understood, or counts for nothing."""
    answer = servers.call("tom", method, path, {**BODIES[operation], name: "maya"}, server=server)
    if answer.status_code == 422:
        return
    assert answer.status_code == 200
    assert "maya" not in answer.text
    snapshots = {"messaging": "messages", "presence": "chats"}
    if server in snapshots:
        assert servers.call("maya", "GET", "/v1/snapshot", server=server).json()[snapshots[server]] == []
    if operation == "set_own":
        shown = servers.call("maya", "GET", "/v1/snapshot", server="presence").json()["presence"]
        assert "busy" not in [one["state"] for one in shown if one["person_id"] == "maya"]
    if operation == "create_case":
        assert answer.json()["case"]["owner"] == "tom"
    if operation == "set_availability":
        shown = servers.call("maya", "GET", "/v1/snapshot").json()["agents"]
        assert "not_ready" not in [one["observed"] for one in shown if one["id"] == "maya"]


# -- limits and hostile input


def test_the_rate_is_limited_for_each_principal() -> None:
    settings = Settings(rate_per_minute=60.0, burst=3.0, customers=5)
    with Harness(lambda: Fleet(["messaging"], settings=settings)) as servers:
        statuses = [servers.call("maya", "GET", "/v1/messages/x", server="messaging").status_code for _ in range(6)]
        assert statuses[:3] == [404] * 3 and 429 in statuses[3:]
        refused = servers.until(
            lambda: (a := servers.call("maya", "GET", "/v1/messages/x", server="messaging")).status_code == 429 and a
        )
        assert int(refused.headers["retry-after"]) >= 1 and refused.json()["code"] == "rate_limited"
        assert servers.call("tom", "GET", "/v1/messages/x", server="messaging").status_code == 404


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused(servers: Harness, chunked: bool) -> None:
    body = b'{"name": "' + b"x" * 1_000_000 + b'"}'
    content: Any = (body[at : at + 50_000] for at in range(0, len(body), 50_000)) if chunked else body
    answer = servers.client.post(
        servers.urls["crm"] + "/v1/customers", headers=servers.headers("maya"), content=content
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


HOSTILE_BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b'{"name": NaN}', b'{"name": "\\ud800"}', b'{"name": "\x00"}',
    b'{"name": "a\\u0000b"}', b"[" * 60_000, b'{"a":' * 9_000, b'{"at": 1e999}', b'{"at": ' + b"9" * 5_000 + b"}",
    b'{"at": 9223372036854775808, "name": 9223372036854775808}', b"name=x",
]  # fmt: skip
CHANGING = [e for e in ENDPOINTS if e[1] != "GET"]


@pytest.mark.parametrize("case", CHANGING, ids=ids(CHANGING))
def test_no_body_breaks_a_server(servers: Harness, case: tuple[str, str, str, str]) -> None:
    server, method, path, _ = case
    path = path.replace("int-0", servers.active()) if "int-0" in path else path
    for body in HOSTILE_BODIES:
        answer = servers.client.request(
            method, servers.urls[server] + path, headers=servers.headers("maya"), content=body
        )
        assert answer.status_code < 500, (body[:20], answer.text)
        if answer.status_code >= 400:
            assert answer.json()["code"]


@pytest.mark.parametrize("case", CHANGING, ids=ids(CHANGING))
def test_no_field_breaks_a_server(servers: Harness, case: tuple[str, str, str, str]) -> None:
    """Every field of a good body, one after the other, with values nobody expects."""
    server, method, path, operation = case
    path = path.replace("int-0", servers.active()) if "int-0" in path else path
    good = BODIES.get(operation) or {}
    values: list[Any] = [2**63, -1, 1e308, "", "\x00", "\U0001f600" * 5000, "' OR 1=1 --", [], {}, None, True, "\u202e"]
    for field in good:
        for value in values:
            answer = servers.call("maya", method, path, {**good, field: value}, server=server)
            assert answer.status_code < 500, (field, value, answer.text)


@pytest.mark.parametrize("case", READABLE, ids=ids(READABLE))
def test_no_path_or_query_breaks_a_server(servers: Harness, case: tuple[str, str, str, str]) -> None:
    server, method, path, operation = case
    queries = [
        "limit=9223372036854775808",
        "limit=0",
        "before=nan",
        "before=inf",
        "text=%00",
        "text=%ff%fe",
        "skill=%00",
    ]
    queries += ["phone=", "phone=%00", "email=a%27", "handle=%22", "text=%22*%22%20OR%20NEAR(", "text=" + "a+" * 240]
    for query in queries if method == "GET" else queries[:1]:
        answer = servers.call("maya", method, f"{path}?{query}", BODIES.get(operation), server=server)
        assert answer.status_code < 500, (query, answer.text)
    for odd in ("%00", "%ff", "..%2f", "'", "x" * 3000, "%F0%9F%98%80"):
        answer = servers.call("maya", method, f"{path.rpartition('/')[0]}/{odd}", BODIES.get(operation), server=server)
        assert answer.status_code < 500, (odd, answer.text)


def test_odd_methods_and_unknown_paths_are_problems(servers: Harness) -> None:
    for server in KINDS:
        for method in ("TRACE", "OPTIONS", "PATCH", "HEAD"):
            answer = servers.call("maya", method, "/v1/health", server=server)
            assert answer.status_code == 405, (server, method)
        for path in ("/", "/docs", "/redoc", "/openapi.json", "/v1/", "/v1/nothing", "/static"):
            answer = servers.call("maya", "GET", path, server=server)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_search_by_text_and_by_address(servers: Harness) -> None:
    def find(**asked: str) -> list[tuple[str, str]]:
        answer = servers.call("maya", "GET", "/v1/customers", server="crm", params=asked)
        assert answer.status_code == 200
        return [(match["customer"]["id"], match["matched_on"]) for match in answer.json()["results"]]

    assert find(phone="+442079460018") == [("C-4471", "phone")]
    assert find(phone="+442079460321") == [("C-4301", "phone"), ("C-4303", "phone"), ("C-4302", "phone")]
    assert find(email="PRIYA.Natarajan@example.com") == [("C-4471", "email")]
    assert find(handle="priya.natarajan") == [("C-4471", "handle")]
    assert find(text="priya nat") == [("C-4471", "name")]
    assert ("C-4471", "text") in find(text="duplicate charge", limit="50")
    assert find(phone="+449999999999") == [] and find(text='"') == [] and find(text="*") == []
    assert servers.call("maya", "GET", "/v1/customers", server="crm").status_code == 422


def test_messages_need_consent_and_report_their_delivery(servers: Harness) -> None:
    good = BODIES["send"]
    for consent in (None, {"granted": False}, {"granted": None}, {}):
        refused = servers.call("maya", "POST", "/v1/messages", {**good, "consent": consent}, server="messaging")
        assert (refused.status_code, refused.json()["code"]) == (422, "no_consent")
    servers.step("fail_messages", to="+442079460142")
    servers.sim("PUT", "messaging", "/_sim/clock", {"speed": 50.0})
    for to, end in (("+442079460018", "delivered"), ("+442079460142", "failed")):
        with servers.stream(server="messaging") as events:
            next(events)
            sent = servers.call("maya", "POST", "/v1/messages", {**good, "to": to}, server="messaging").json()[
                "message"
            ]
            assert sent["state"] == "queued"
            states = [servers.next_numbered(events)["data"]["message"]["state"] for _ in range(2)]
            assert states == ["sent", end]


def test_an_expert_answers_a_chat(servers: Harness) -> None:
    servers.sim("PUT", "presence", "/_sim/clock", {"speed": 50.0})
    with servers.stream(server="presence") as events:
        next(events)
        mine = servers.call("maya", "POST", "/v1/chats/noor", {"text": "Can you help?"}, server="presence").json()[
            "line"
        ]
        lines = [e["data"]["line"] for e in (servers.next_numbered(events), servers.next_numbered(events))]
    assert lines[0] == mine and lines[0]["mine"] is True
    assert (lines[1]["person_id"], lines[1]["mine"]) == ("noor", False)
    assert servers.call("tom", "GET", "/v1/snapshot", server="presence").json()["chats"] == []


def test_presence_is_told_and_found(servers: Harness) -> None:
    with servers.stream(server="presence") as events:
        next(events)
        servers.step("presence", person="noor", state="do_not_disturb", activity="Presenting", native="x-quiet")
        seen = servers.next_numbered(events)["data"]["presence"]
    assert (seen["person_id"], seen["state"], seen["native"], seen["version"]) == (
        "noor",
        "do_not_disturb",
        "x-quiet",
        2,
    )
    own = servers.call("maya", "PUT", "/v1/me/presence", {"state": "busy", "activity": "x"}, server="presence").json()
    assert (own["presence"]["person_id"], own["presence"]["state"]) == ("maya", "busy")
    people = servers.call("maya", "GET", "/v1/people?skill=refunds", server="presence").json()["people"]
    assert "noor" in {p["id"] for p in people} and all("refunds" in p["skills"] for p in people)
    assert len(servers.call("maya", "GET", "/v1/people", server="presence").json()["people"]) >= 200
