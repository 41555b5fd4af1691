"""The vendor's SDK for Python judges: it reads the face's answers, and asks as the adapters ask."""

import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from desktop.backends.twilio.api.account import desk_of
from desktop.backends.twilio.api.worker_token import worker_token
from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.backends.twilio.conversations import EVENTS
from desktop.backends.twilio.messaging import TwilioMessaging
from desktop.backends.twilio.webhook import signature_of
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, Phase
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from mock_backends.launcher import Running
from tests.backends.scripted_server import Asked, answer, scripted
from tests.backends.twilio_rigs import QUEUE, TwilioContactCenterRig, TwilioMessagingRig, options_of
from tests.real.servers.server import free_port

twilio = pytest.importorskip(
    "twilio", reason="NOT TESTED: the vendor's SDK is missing: pip install 'agent-desktop[real]'"
)

from twilio.base.exceptions import TwilioRestException  # noqa: E402
from twilio.http import HttpClient  # noqa: E402
from twilio.http.response import Response  # noqa: E402
from twilio.jwt.access_token import AccessToken  # noqa: E402
from twilio.jwt.access_token.grants import TaskRouterGrant  # noqa: E402
from twilio.request_validator import RequestValidator  # noqa: E402
from twilio.rest import Client  # noqa: E402

WAIT = 10.0
Form = dict[str, str]


@dataclass
class Elsewhere(HttpClient):  # type: ignore[misc]
    """Carries the SDK's requests to our own address, whatever host they are for, and remembers them."""

    url: str
    seen: list[tuple[str, str, Form]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = httpx.Client(trust_env=False, timeout=10)

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        path = urlsplit(url).path
        form = {name: value for name, value in (data or {}).items() if value is not None}
        self.seen.append((method.upper(), path, {name: _spelled(value) for name, value in form.items()}))
        query = {name: value for name, value in (params or {}).items() if value is not None}
        answered = self.client.request(
            method, self.url + path, params=query, data=form or None, headers=headers, auth=auth
        )
        return Response(answered.status_code, answered.text)


def _spelled(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(_spelled, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _form(body: bytes) -> Form:
    return {name: ",".join(values) for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}


@pytest.fixture
def carrier(twilio_server: Running) -> Elsewhere:
    return Elsewhere(twilio_server.urls["twilio"])


@pytest.fixture
def client(twilio_server: Running, carrier: Elsewhere) -> Iterator[Any]:
    options = options_of(twilio_server)
    yield Client(options["key_sid"], options["api_secret"], options["account_sid"], http_client=carrier)
    carrier.client.close()


@pytest.fixture
async def rig(twilio_server: Running) -> AsyncIterator[TwilioContactCenterRig]:
    async with TwilioContactCenterRig(twilio_server) as rig:
        yield rig


async def test_the_sdk_works_a_call(twilio_server: Running, client: Any, rig: TwilioContactCenterRig) -> None:
    """Worker, activities, task, reservation, conference and participants are read and changed by the vendor's code."""
    options = options_of(twilio_server)
    workspace = client.taskrouter.v1.workspaces(options["workspace_sid"])
    worker = workspace.workers(options["worker_sid"])
    activities = {one.friendly_name: one for one in workspace.activities.list()}
    assert activities["Available"].available is True
    assert worker.update(activity_sid=activities["Available"].sid).activity_name == "Available"
    await rig.call()

    async def pending() -> Any:
        return next(iter(worker.reservations.list(reservation_status="pending")), None)

    reservation = await until(pending, WAIT, "an offer")
    task = workspace.tasks(reservation.task_sid).fetch()
    assert (task.task_queue_friendly_name, task.assignment_status) == (QUEUE, "reserved")
    workflow = workspace.workflows(task.workflow_sid).fetch()
    assert workflow.task_reservation_timeout > 0
    taken = worker.reservations(reservation.sid).update(instruction="conference")
    assert taken.reservation_status == "accepted"
    conference = client.conferences.list(friendly_name=task.sid, status="in-progress")[0]
    parties = client.conferences(conference.sid).participants.list()
    customer = next(one for one in parties if one.call_sid == json.loads(task.attributes)["call_sid"])
    assert client.conferences(conference.sid).participants(customer.call_sid).update(hold=True).hold is True
    assert client.conferences(conference.sid).update(status="completed").status == "completed"
    done = worker.reservations(reservation.sid).update(reservation_status="completed")
    assert done.reservation_status == "completed"
    with pytest.raises(TwilioRestException) as refused:
        worker.reservations(reservation.sid).update(reservation_status="accepted")
    assert refused.value.status == 400
    queue = next(one for one in workspace.task_queues.list() if one.friendly_name == QUEUE)
    figures = workspace.task_queues(queue.sid).real_time_statistics().fetch()
    assert set(figures.tasks_by_status) == {"pending", "reserved", "assigned", "wrapping"}
    assert {one.task_channel_unique_name for one in worker.worker_channels.list()} >= {"voice"}


def test_the_sdk_sends_messages(twilio_server: Running, client: Any) -> None:
    """A message is sent, fetched and listed; one to somebody who opted out has Twilio's own number of it."""
    ours = options_of(twilio_server)["from_number"]
    sent = client.messages.create(to="+442079460123", from_=ours, body="Hello")
    assert client.messages(sent.sid).fetch().body == "Hello"
    assert sent.sid in {one.sid for one in client.messages.list(to="+442079460123")}
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to="+15005550007", from_=ours, body="Hello")
    assert refused.value.code == 21610


@pytest.mark.parametrize("fields", [{}, {"Body": "Grüße ✓ 20 €", "EventType": "onMessageAdded", "Attributes": ""}])
def test_a_call_is_signed_as_the_vendor_signs(fields: Form) -> None:
    """Of a form as it comes in, each byte of it as one character."""
    url, token = "https://desk.example.com/twilio/0123/conversations", "0123456789abcdef0123456789abcdef"
    as_heard = {name: value.encode().decode("latin-1") for name, value in fields.items()}
    assert signature_of(url, as_heard, token) == RequestValidator(token).compute_signature(url, fields)


def test_our_worker_token_is_the_vendors(twilio_server: Running) -> None:
    """The SDK verifies our token's signature and finds in it what it would have put there."""
    options = options_of(twilio_server)
    desk = desk_of(options)
    ours = AccessToken.from_jwt(worker_token(desk, time.time()), options["api_secret"])
    theirs = AccessToken(
        options["account_sid"], options["key_sid"], options["api_secret"], identity=options["worker_sid"]
    )
    theirs.add_grant(
        TaskRouterGrant(workspace_sid=options["workspace_sid"], worker_sid=options["worker_sid"], role="worker")
    )
    read = AccessToken.from_jwt(theirs.to_jwt(), options["api_secret"])
    assert ours.payload["grants"] == read.payload["grants"]
    assert (ours.issuer, ours.subject) == (read.issuer, read.subject)
    assert ours.headers == read.headers
    assert set(ours.payload) == set(read.payload)


class Recorded:
    """What an adapter asks for, taken down on its way to the face."""

    def __init__(self, running: Running) -> None:
        self.face = running.urls["twilio"]
        self.seen: list[tuple[str, str, Form]] = []

    async def __call__(self, asked: Asked, writer: Any) -> None:
        path = urlsplit(asked.path).path
        if asked.method != "GET":
            self.seen.append((asked.method, path, _form(asked.body)))
        headers = {name: value for name, value in asked.headers.items() if name not in {"host", "content-length"}}
        async with httpx.AsyncClient(trust_env=False) as client:
            answered = await client.request(asked.method, self.face + asked.path, content=asked.body, headers=headers)
        kind = {"Content_Type": "application/json"}
        if "etag" in answered.headers:
            kind["ETag"] = answered.headers["etag"]
        await answer(answered.status_code, answered.content, **kind)(asked, writer)


async def test_the_adapter_asks_as_the_sdk_asks(
    twilio_server: Running, client: Any, carrier: Elsewhere, rig: TwilioContactCenterRig
) -> None:
    """For each change: the same method, path and form fields that the SDK sends for the same operation."""
    recorded = Recorded(twilio_server)
    async with scripted(recorded) as server:
        options = options_of(twilio_server, server.url)
        center = TwilioContactCenter.create(options)
        messaging = TwilioMessaging.create(options)
        try:
            await center.open()
            call, leg = await _work_a_call(center, rig)
            async with TwilioMessagingRig(twilio_server) as messages:
                outgoing = messages.message(new_key(), "Hello")
                await messaging.send(outgoing)
        finally:
            await center.close()
            await messaging.close()
    _ask_the_same(client, options, recorded.seen, call, leg, outgoing.to)
    theirs = [one for one in carrier.seen if one[0] != "GET"]
    assert recorded.seen == theirs


async def _work_a_call(center: TwilioContactCenter, rig: TwilioContactCenterRig) -> tuple[Interaction, str]:
    await center.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    await rig.call()

    async def offered() -> Interaction | None:
        event: Any = (await center.snapshot()).event
        return next((one for one in event.interactions if one.phase is Phase.OFFERED), None)

    call = await until(offered, WAIT, "an offer")
    await center.accept(call.id, key=new_key())
    await center.mute(call.id, on=True, key=new_key())
    consulting = await center.consult(call.id, rig.expert, key=new_key())
    leg = consulting.legs[-1].id
    await center.cancel_leg(call.id, leg, key=new_key())
    await center.end(call.id, key=new_key())
    await center.wrap_up(call.id, codes=["solved"], note_given=True, key=new_key())
    return call, leg


def _ask_the_same(
    client: Any, options: dict[str, str], ours: list[tuple[str, str, Form]], call: Interaction, leg: str, to: str
) -> None:
    """The operations of `_work_a_call` and one message, by the SDK; most are refused now, which does not matter."""
    workspace = client.taskrouter.v1.workspaces(options["workspace_sid"])
    worker = workspace.workers(options["worker_sid"])
    forms = {path.rpartition("/")[2]: form for _, path, form in ours}
    reservation = next(path.rpartition("/")[2] for _, path, _ in ours if "/Reservations/" in path)
    conference = next(path.split("/")[5].removesuffix(".json") for _, path, _ in ours if "/Conferences/" in path)
    mine = next(path for _, path, form in ours if "Muted" in form).rpartition("/")[2].removesuffix(".json")
    customer = next(path for _, path, form in ours if "Hold" in form).rpartition("/")[2].removesuffix(".json")
    invited = next(form for _, path, form in ours if path.endswith("/Participants.json"))
    conferences, reservations = client.conferences(conference), worker.reservations(reservation)
    for ask in (
        lambda: worker.update(activity_sid=forms[options["worker_sid"]]["ActivitySid"]),
        lambda: reservations.update(
            instruction="conference",
            end_conference_on_exit=True,
            end_conference_on_customer_exit=True,
            from_=options["from_number"],
        ),
        lambda: conferences.participants(mine).update(muted=True),
        lambda: conferences.participants(customer).update(hold=True),
        lambda: conferences.participants.create(
            from_=options["from_number"],
            to=invited["To"],
            label=invited["Label"],
            timeout=30,
            end_conference_on_exit=False,
            beep="false",
        ),
        lambda: conferences.participants(leg).delete(),
        lambda: conferences.update(status="completed"),
        lambda: reservations.update(reservation_status="wrapping"),
        lambda: workspace.tasks(call.id).update(attributes=forms[call.id]["Attributes"]),
        lambda: reservations.update(reservation_status="completed"),
        lambda: client.messages.create(to=to, from_=options["from_number"], body="Hello"),
    ):
        try:
            ask()
        except TwilioRestException:
            continue


async def _writing(center: TwilioContactCenter, rig: TwilioContactCenterRig) -> Interaction:
    await center.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    await rig.write("Grüße, is anybody there?", "chat")

    async def offered() -> Interaction | None:
        event: Any = (await center.snapshot()).event
        return next((one for one in event.interactions if one.phase is Phase.OFFERED), None)

    offer = await until(offered, WAIT, "an offer")
    return await center.accept(offer.id, key=new_key())


async def test_the_sdk_reads_a_conversation(twilio_server: Running, client: Any, rig: TwilioContactCenterRig) -> None:
    """The vendor's code reads what the adapter wrote and did: state, who is in it, messages, what was read."""
    async with rig.opened() as center:
        chat = await _writing(center, rig)
        await center.mark_read(chat.id, chat.messages[0].id, key=new_key())
        await center.send_message(chat.id, "Yes: ≤ 20 €", key=new_key())
        conversation = client.conversations.v1.conversations(rig.conversation(chat.id))
        assert conversation.fetch().state == "active"
        worker = client.taskrouter.v1.workspaces(options_of(twilio_server)["workspace_sid"]).workers(chat.agent_id)
        mine = next(one for one in conversation.participants.list() if one.identity == worker.fetch().friendly_name)
        assert (mine.last_read_message_index, mine.attributes) == (0, '{"member_type":"agent"}')
        first, second = conversation.messages.list(order="asc")
        assert (first.index, first.body, second.author) == (0, "Grüße, is anybody there?", mine.identity)
        assert (second.body, second.participant_sid, second.date_updated) == ("Yes: ≤ 20 €", mine.sid, None)
        await center.end(chat.id, key=new_key())
        assert conversation.fetch().state == "closed"


async def test_the_adapter_writes_as_the_sdk_writes(
    twilio_server: Running, client: Any, carrier: Elsewhere, rig: TwilioContactCenterRig
) -> None:
    """For each change of a conversation: the same method, path and form fields that the SDK sends."""
    recorded = Recorded(twilio_server)
    async with scripted(recorded) as server:
        place = f"127.0.0.1:{free_port()}"
        hears = {"listen": place, "public_url": f"http://{place}", "auth_token": "0" * 32}
        center = TwilioContactCenter.create(options_of(twilio_server, conversations_url=server.url, **hears))
        try:
            await center.open()
            chat = await _writing(center, rig)
            await center.mark_read(chat.id, chat.messages[0].id, key=new_key())
            await center.send_message(chat.id, "Yes: ≤ 20 €", key=new_key())
            await center.end(chat.id, key=new_key())
        finally:
            await center.close()
    joined, hooked, read, sent, _ = (form for _, _, form in recorded.seen)
    conversation = client.conversations.v1.conversations(rig.conversation(chat.id))
    participant = next(path.rpartition("/")[2] for _, path, form in recorded.seen if "LastReadMessageIndex" in form)
    for ask in (
        lambda: conversation.participants.create(identity=joined["Identity"], attributes=joined["Attributes"]),
        lambda: conversation.webhooks.create(
            target="webhook",
            configuration_url=hooked["Configuration.Url"],
            configuration_method="post",
            configuration_filters=list(EVENTS),
        ),
        lambda: conversation.participants(participant).update(
            last_read_message_index=0, last_read_timestamp=read["LastReadTimestamp"]
        ),
        lambda: conversation.messages.create(author=sent["Author"], attributes=sent["Attributes"], body="Yes: ≤ 20 €"),
        lambda: conversation.update(state="closed"),
    ):
        with contextlib.suppress(TwilioRestException):  # it is closed by now
            ask()
    assert recorded.seen == [one for one in carrier.seen if one[0] != "GET"]
