"""The mock centre's Twilio face: who is let in, whose things are shown, and a worker channel that lives."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from mock_backends.twilio.sids import Sids

CONTROL = "control-token-of-the-twilio-face"
SETTINGS = Settings(autonomous=False, read_deadline=0.5)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with launcher.start("twilio", control=CONTROL, settings=SETTINGS) as running:
        yield running


class Signed:
    """Somebody with an API key."""

    def __init__(self, running: Running, who: str) -> None:
        account: Any = running.twilio
        mine = account["workers"][who]
        self.url = running.urls["twilio"]
        self.key, self.secret, self.worker = mine["key_sid"], running.tokens[who], mine["worker_sid"]
        self.account, self.workspace = account["account_sid"], f"/v1/Workspaces/{account['workspace_sid']}"
        self.client = httpx.Client(base_url=self.url, auth=(self.key, self.secret), trust_env=False)

    def available(self) -> None:
        """Take calls."""
        activities = self.client.get(f"{self.workspace}/Activities").json()["activities"]
        sid = next(one["sid"] for one in activities if one["available"])
        answer = self.client.post(f"{self.workspace}/Workers/{self.worker}", data={"ActivitySid": sid})
        assert answer.status_code == 200

    def token(self, **changed: object) -> str:
        """A worker token made by hand, with claims that may be wrong."""
        import hashlib
        import hmac

        claims = {
            "iss": self.key,
            "sub": self.account,
            "exp": time.time() + 60,
            "grants": {"task_router": {"workspace_sid": self.workspace.rpartition("/")[2], "worker_sid": self.worker}},
        } | changed
        parts = [json.dumps({"alg": "HS256", "typ": "JWT"}), json.dumps(claims)]
        head = ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)
        proof = hmac.new(self.secret.encode(), head.encode(), hashlib.sha256).digest()
        return f"{head}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"

    def channel(self, token: str) -> Any:
        """The worker channel."""
        return connect(f"ws{self.url.removeprefix('http')}/v1/wschannels?token={token}", proxy=None)


@pytest.fixture
def maya(running: Running) -> Iterator[Signed]:
    signed = Signed(running, "maya")
    yield signed
    signed.client.close()


def _step(running: Running, **what: object) -> Any:
    answer = httpx.post(
        running.urls["twilio"] + "/_sim/step",
        json=what,
        headers={"Authorization": f"Bearer {CONTROL}"},
        trust_env=False,
    )
    answer.raise_for_status()
    return answer.json()


@pytest.mark.parametrize("credentials", [None, ("SK" + "0" * 32, ""), ("maya", "x" * 43)])
def test_nobody_comes_in_without_a_key(running: Running, maya: Signed, credentials: tuple[str, str] | None) -> None:
    answer = httpx.get(maya.url + maya.workspace + "/Activities", auth=credentials, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    assert "token" not in answer.text


def test_a_key_fits_its_own_secret_only(running: Running, maya: Signed) -> None:
    other = Signed(running, "jonas")
    answer = httpx.get(maya.url + maya.workspace + "/Activities", auth=(maya.key, other.secret), trust_env=False)
    assert answer.status_code == 401


def test_another_workers_offer_cannot_be_taken(running: Running, maya: Signed) -> None:
    maya.available()
    _step(running, do="call", queue="Billing", stays=None, **{"from": "+442079460958"})
    path = f"{maya.workspace}/Workers/{maya.worker}/Reservations"
    (offer,) = maya.client.get(path, params={"ReservationStatus": "pending"}).json()["reservations"]
    other = Signed(running, "jonas")
    refused = other.client.post(f"{path}/{offer['sid']}", data={"ReservationStatus": "accepted"})
    assert (refused.status_code, refused.json()["code"]) == (404, 20404)
    taken = maya.client.post(f"{path}/{offer['sid']}", data={"ReservationStatus": "accepted"})
    assert taken.json()["reservation_status"] == "accepted"
    late = maya.client.post(f"{path}/{offer['sid']}", data={"Instruction": "conference"})
    assert (late.status_code, late.json()["code"]) == (400, 40136)


def test_an_old_version_is_not_written_over(running: Running, maya: Signed) -> None:
    answer = maya.client.post(
        f"{maya.workspace}/Workers/{maya.worker}", data={"FriendlyName": "x"}, headers={"If-Match": '"999999"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (412, 20412)


@pytest.mark.parametrize("changed", [{"exp": 1.0}, {"iss": "SK" + "0" * 32}, {"grants": {}}, {"exp": "soon"}])
def test_a_token_that_is_not_in_order_opens_no_channel(maya: Signed, changed: dict[str, object]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        maya.channel(maya.token(**changed))
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize("token", ["", "a.b.c", "...", "eyJ9.eyJ9.", "x" * 5000])
def test_nonsense_opens_no_channel(maya: Signed, token: str) -> None:
    with pytest.raises(InvalidStatus):
        maya.channel(token)


def test_a_channel_outlives_the_time_a_request_may_take(running: Running, maya: Signed) -> None:
    """The connection began as a request, whose deadline must not cut it."""
    with maya.channel(maya.token()) as channel:
        assert json.loads(channel.recv(timeout=5))["event_type"] == "init"
        with pytest.raises(TimeoutError):
            channel.recv(timeout=3 * SETTINGS.read_deadline)
        _step(running, do="availability", agent="maya", availability="not_ready", reason="break")
        assert json.loads(channel.recv(timeout=5))["event_type"] == "worker.activity.update"


def test_a_channel_ends_with_its_token(maya: Signed) -> None:
    with maya.channel(maya.token(exp=time.time() + 1.0)) as channel:
        greeting = json.loads(channel.recv(timeout=5))
        assert 0 < greeting["payload"]["token_lifetime"] <= 1000
        for _ in channel:
            continue
        assert channel.close_code == 1001


def test_a_conversation_is_its_workers_and_a_file_is_whoever_was_told_of_it(running: Running) -> None:
    """Another worker finds no such conversation; a temporary address without its proof leads nowhere."""
    tom, other = Signed(running, "tom"), Signed(running, "jonas")
    tom.available()
    queues = tom.client.get(f"{tom.workspace}/TaskQueues", params={"WorkerSid": tom.worker}).json()["task_queues"]
    chat = {"queue": queues[0]["friendly_name"], "channel": "chat", "from": "visitor", "messages": ["Hello?"]}
    made = _step(running, do="call", stays=None, **chat)
    conversation = f"/v1/Conversations/{Sids().of('CH', made['interaction_id'])}"
    (message,) = tom.client.get(f"{conversation}/Messages").json()["messages"]
    assert (message["index"], message["body"], message["author"]) == (0, "Hello?", "visitor")
    for ending in ("", "/Messages", "/Participants", "/Webhooks"):
        assert other.client.get(conversation + ending).status_code == 404
    service = tom.client.get(conversation).json()["chat_service_sid"]
    file = tom.client.post(f"/v1/Services/{service}/Media", content=b"abc", params={"Filename": "a.txt"}).json()
    shown = tom.client.get(f"/v1/Services/{service}/Media/{file['sid']}").json()
    assert (shown["filename"], shown["size"]) == ("a.txt", 3)
    place = shown["links"]["content_direct_temporary"]
    assert httpx.get(place, trust_env=False).content == b"abc"
    assert httpx.get(place.partition("?")[0], trust_env=False).status_code == 403
