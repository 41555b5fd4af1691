"""Faults on calls, dawdling clients, and the clock."""

import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

from mock_backends.http.settings import Settings
from mock_backends.play.fleet import Fleet
from tests.mocks.harness import CONTROL, Harness

PATH = "/v1/customers/C-4471"


def crm(servers: Harness, effect: str, **more: object) -> None:
    servers.faults({"match": "* /v1/customers*", "effect": effect, "times": 1, **more}, server="crm")


def read(servers: Harness) -> httpx.Response:
    return servers.call("maya", "GET", PATH, server="crm")


def create(servers: Harness, key: str) -> httpx.Response:
    return servers.call("maya", "POST", "/v1/customers", {"name": "New"}, server="crm", key=key)


def applied(servers: Harness) -> int:
    return len(servers.sim("GET", "crm", "/_sim/record")["record"])


@pytest.mark.parametrize(
    ("status", "code"), [(503, "unavailable"), (429, "rate_limited"), (401, "unauthorized"), (599, "unavailable")]
)
def test_a_status_is_answered_once_and_nothing_is_done(servers: Harness, status: int, code: str) -> None:
    crm(servers, "status", status=status, retry_after=7)
    answer = create(servers, "k")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (status, code, "7")
    assert applied(servers) == 0
    assert create(servers, "k").status_code == 200 and applied(servers) == 1


def test_a_refused_call_gets_no_answer_and_nothing_is_done(servers: Harness) -> None:
    crm(servers, "refuse")
    with pytest.raises(httpx.RemoteProtocolError):
        create(servers, "k")
    assert applied(servers) == 0 and read(servers).status_code == 200


def test_apply_then_fail_is_applied_and_the_same_key_gets_the_answer(servers: Harness) -> None:
    crm(servers, "apply_then_fail")
    with pytest.raises(httpx.RemoteProtocolError):
        create(servers, "k")
    assert applied(servers) == 1
    again = create(servers, "k")
    assert again.status_code == 200 and again.headers["idempotency-replayed"] == "true" and applied(servers) == 1
    crm(servers, "apply_then_fail", status=500)
    assert create(servers, "other").status_code == 500 and applied(servers) == 2


def test_a_dropped_body_breaks_off_and_garbage_is_no_json(servers: Harness) -> None:
    crm(servers, "drop_body")
    with pytest.raises(httpx.RemoteProtocolError):
        read(servers)
    crm(servers, "garbage")
    answer = read(servers)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()
    assert read(servers).json()["customer"]["id"] == "C-4471"


def test_slow_bytes_arrive_one_by_one(servers: Harness) -> None:
    crm(servers, "slow_bytes", seconds=0.0)
    headers = servers.headers("maya")
    with servers.client.stream("GET", servers.urls["crm"] + PATH, headers=headers) as answer:
        assert b"C-4471" in b"".join(answer.iter_raw())
    crm(servers, "slow_bytes", seconds=0.2)
    with pytest.raises(httpx.ReadTimeout), httpx.Client(timeout=0.1) as hasty:
        hasty.get(servers.urls["crm"] + PATH, headers=headers)


def test_a_hung_call_never_answers(servers: Harness) -> None:
    interaction_id = servers.offer()
    servers.faults({"match": "POST */accept", "effect": "delay", "seconds": 3600, "times": 1})
    with pytest.raises(httpx.ReadTimeout):
        servers.do(interaction_id, "accept", timeout=0.3)
    assert servers.get(interaction_id)["phase"] == "offered"
    assert servers.do(interaction_id, "accept").status_code == 200


def test_rules_are_about_some_calls_some_principals_and_some_time(servers: Harness) -> None:
    servers.faults({"match": "GET /v1/customers*", "effect": "status", "principal": "tom"}, server="crm")
    assert read(servers).status_code == 200
    assert servers.call("tom", "GET", PATH, server="crm").status_code == 503
    assert servers.call("tom", "POST", "/v1/customers", {"name": "N"}, server="crm").status_code == 200
    servers.faults({"effect": "status", "lasts": 30.0}, server="crm")
    assert read(servers).status_code == 503
    servers.sim("PUT", "crm", "/_sim/clock", {"skew": 31.0})
    assert read(servers).status_code == 200


def test_an_offer_can_be_withdrawn_while_it_is_accepted(servers: Harness) -> None:
    interaction_id = servers.offer()
    servers.step("rescind", interaction=interaction_id)
    assert servers.do(interaction_id, "accept").json()["code"] == "conflict"


def test_the_server_can_end_a_wrap_up_and_change_an_availability(servers: Harness) -> None:
    interaction_id = servers.active()
    servers.do(interaction_id, "end")
    with servers.stream() as events:
        next(events)
        servers.step("end_wrap_up", interaction=interaction_id)
        closed = next(event for event in events if event["event"] == "interaction.closed")
        assert closed["data"]["reason"] == "timeout"
        servers.step("availability", agent="maya", availability="offline")
        mine = (e["data"]["agent"] for e in events if e["event"] == "agent.changed")
        assert next(agent for agent in mine if agent["id"] == "maya" and agent["observed"] == "offline")


@pytest.mark.parametrize(
    "step",
    [
        {},
        {"do": "x"},
        {"do": "call"},
        {"do": "call", "from": "+44", "queue": "Nowhere"},
        {"do": "hangup"},
        {"do": "presence", "person": "nobody", "state": "busy"},
    ],
)
def test_a_step_that_cannot_be_is_refused(servers: Harness, step: dict[str, object]) -> None:
    answer = servers.client.post(
        servers.urls["contact_center"] + "/_sim/step", json=step, headers={"Authorization": f"Bearer {CONTROL}"}
    )
    assert answer.status_code in (404, 422) and answer.json()["code"]


# -- dawdling


@pytest.fixture(scope="module")
def hasty() -> "Harness":
    settings = Settings(read_deadline=0.5, customers=5, rate_per_minute=1e6, burst=1e6)
    with Harness(lambda: Fleet(["messaging"], settings=settings)) as servers:
        yield servers


def closed_after(connection: socket.socket, wait: float) -> float:
    """Seconds until the server closes the connection."""
    begun = time.monotonic()
    connection.settimeout(wait)
    try:
        while connection.recv(4096):
            continue
    except ConnectionResetError:
        pass
    return time.monotonic() - begun


HEAD = b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\nIdempotency-Key: k\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET /v1/hea", HEAD, HEAD + b"Content-Length: 99\r\n\r\n{", b"\r\n"])
def test_a_client_that_dawdles_is_cut_off(hasty: Harness, sent: bytes, full: bool) -> None:
    address = urlsplit(hasty.urls["messaging"])
    crowd = [socket.create_connection((address.hostname, address.port)) for _ in range(300 if full else 30)]
    token = hasty.tokens["maya"].encode()
    for connection in crowd:
        connection.sendall(sent % token if b"%b" in sent else sent)
    assert hasty.client.get(hasty.urls["messaging"] + "/v1/health").status_code == 200
    for connection in crowd:
        closed_after(connection, 15)  # a TimeoutError here is the failure
        connection.close()


def test_trickling_bytes_does_not_help(hasty: Harness) -> None:
    address = urlsplit(hasty.urls["messaging"])
    with socket.create_connection((address.hostname, address.port)) as connection:
        for _ in range(2000):
            try:
                connection.sendall(b"G")
            except (BrokenPipeError, ConnectionResetError):
                return
            time.sleep(0.01)
    pytest.fail("the connection is still open")


def test_a_kept_connection_may_rest_and_ask_again(hasty: Harness) -> None:
    address = urlsplit(hasty.urls["messaging"])
    with socket.create_connection((address.hostname, address.port)) as connection:
        for _ in range(2):
            connection.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                part = connection.recv(65536)
                assert part, "the server hung up"
                answer += part
            assert b"200 OK" in answer
            time.sleep(0.7)  # longer than the read deadline: rest between requests is not dawdling


def test_a_client_that_dies_in_the_middle_leaves_the_server_well(hasty: Harness) -> None:
    address = urlsplit(hasty.urls["messaging"])
    for _ in range(5):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(HEAD % hasty.tokens["maya"].encode() + b"Content-Length: 99\r\n\r\n{")
    assert hasty.client.get(hasty.urls["messaging"] + "/v1/health").status_code == 200
