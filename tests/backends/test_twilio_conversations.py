"""What is written, by Twilio's Conversations: late, doubled, forged and lost things, and what a key may not do."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from desktop.backends.twilio.api.account import Webhooks, desk_of
from desktop.backends.twilio.api.records import Reservation, Task
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.backends.twilio.contacts import Contact, Contacts
from desktop.backends.twilio.conversations import CALM_SECONDS, DOUBT_SECONDS, Conversations
from desktop.backends.twilio.webhook import Webhook
from desktop.domain.entities.model import Interaction, Message, OutgoingFile, Reply
from desktop.domain.entities.words import Availability, Channel, DeliveryState, Phase
from desktop.domain.state.events import InteractionChanged
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, NotFound, OutcomeUnknown, ProtocolError, Rejected, Unavailable, Unsupported
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from desktop.testing.watch import Watch
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running

from .scripted_server import Asked, ScriptedServer, answer, scripted
from .test_twilio_records import OPTIONS
from .test_wire_listener import free_port
from .twilio_rigs import CONTROL, TwilioContactCenterRig, options_of

WAIT = 10.0
HEX = "0" * 31
CH, IS, AC = f"CH{HEX}1", f"IS{HEX}1", OPTIONS["account_sid"]
TOKEN = "fedcba9876543210fedcba9876543210"
Answers = dict[str, Any]


@pytest.fixture(scope="module")
def twilio_server() -> Iterator[Running]:
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


@pytest.fixture
async def rig(twilio_server: Running) -> AsyncIterator[TwilioContactCenterRig]:
    async with TwilioContactCenterRig(twilio_server) as rig:
        yield rig


async def _offered(backend: TwilioContactCenter, rig: TwilioContactCenterRig, channel: str = "sms") -> Interaction:
    await backend.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    await rig.write(fresh.text("Hello?"), channel)

    async def look() -> Interaction | None:
        event: Any = (await backend.snapshot()).event
        return next((one for one in event.interactions if one.phase is Phase.OFFERED), None)

    return await until(look, WAIT, "an offer")


async def _working(backend: TwilioContactCenter, rig: TwilioContactCenterRig, channel: str = "sms") -> Interaction:
    offered = await _offered(backend, rig, channel)
    return await backend.accept(offered.id, key=new_key())


async def _now(backend: TwilioContactCenter, contact: str) -> Interaction:
    event: Any = (await backend.snapshot()).event
    return next(one for one in event.interactions if one.id == contact)


# -- with the pretend centre


async def test_an_offer_shows_what_was_written(rig: TwilioContactCenterRig) -> None:
    """Before it is accepted the thread can be read; the channel and the customer are what the task says of them."""
    async with rig.opened() as backend:
        text = await _offered(backend, rig)
        assert (text.channel, text.customer.kind, text.unread) == (Channel.SMS, "phone", 1)
        assert [one.author for one in text.messages] == ["customer"]
        assert "conversationSid" not in text.attributes
        await backend.decline(text.id, reason="", key=new_key())


async def test_the_agent_is_in_the_conversation_once(rig: TwilioContactCenterRig) -> None:
    """By accepting, by accepting again, and by another desktop of theirs: one participant of their name."""
    async with rig.opened() as backend, rig.opened() as another:
        chat = await _working(backend, rig, "chat")
        await backend.accept(chat.id, key=new_key())
        await another.snapshot()
        there = (await rig.ask(f"/v1/Conversations/{rig.conversation(chat.id)}/Participants"))["participants"]
        assert [one["attributes"] for one in there if one["identity"] != chat.customer.value] == [
            '{"member_type":"agent"}'
        ]


async def test_a_lost_answer_is_sent_once(rig: TwilioContactCenterRig) -> None:
    """Twilio took it and did not say so. The same key again finds it, and so does a desktop that was started anew."""
    async with rig.opened() as backend:
        chat = await _working(backend, rig, "chat")
        text, key = fresh.text("Is that all?"), new_key()
        path = f"/v1/Conversations/{rig.conversation(chat.id)}/Messages"

        async def sent() -> int:
            return [one["body"].get("Body") for one in await rig.applied("POST", path)].count(text)

        posts_only = LostPost(rig, path)
        async with posts_only.between() as url:
            lossy = TwilioContactCenter.create(rig.options(conversations_url=url))
            await lossy.open()
            with pytest.raises(OutcomeUnknown):
                await lossy.send_message(chat.id, text, key=key)
            await lossy.close()
        assert await sent() == 1
        await backend.send_message(chat.id, text, key=key)
        async with rig.opened() as restarted:
            shown = await restarted.send_message(chat.id, text, key=key)
            assert [one.text for one in shown.messages].count(text) == 1
        assert await sent() == 1


@dataclass
class LostPost:
    """A way to the pretend Twilio on which the answer to a message is lost."""

    rig: TwilioContactCenterRig
    path: str

    @asynccontextmanager
    async def between(self) -> AsyncIterator[str]:
        """Where it is."""
        async with scripted(self._pass) as server:
            yield server.url

    async def _pass(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        headers = {name: value for name, value in asked.headers.items() if name not in {"host", "content-length"}}
        async with httpx.AsyncClient(base_url=self.rig.server_url, trust_env=False) as client:
            done = await client.request(asked.method, asked.path, content=asked.body, headers=headers)
        if asked.method == "POST" and asked.path == self.path:
            writer.close()
            return
        await answer(done.status_code, done.content, Content_Type="application/json")(asked, writer)


async def test_receipts_and_reading_come_back(rig: TwilioContactCenterRig) -> None:
    """A text is delivered; in a chat the customer's own mark says when they have seen it."""
    async with rig.opened() as backend:
        text = await _working(backend, rig)
        said = fresh.text("On its way.")
        await backend.send_message(text.id, said, key=new_key())

        async def delivered() -> Message | None:
            found = next(one for one in (await _now(backend, text.id)).messages if one.text == said)
            return found if found.delivery is DeliveryState.DELIVERED else None

        async with rig.fast():
            assert (await until(delivered, WAIT, "the receipt")).read_at is None
        await backend.end(text.id, key=new_key())
        chat = await _working(backend, rig, "chat")
        await backend.send_message(chat.id, said, key=new_key())

        async def seen() -> Message | None:
            found = next(one for one in (await _now(backend, chat.id)).messages if one.text == said)
            return found if found.read_at is not None else None

        async with rig.fast():
            assert (await until(seen, WAIT, "the customer's mark")).delivery is DeliveryState.DELIVERED


async def test_ending_closes_the_conversation(rig: TwilioContactCenterRig) -> None:
    """It is closed at Twilio, the wrap-up begins, and nothing more can be sent."""
    async with rig.opened() as backend:
        chat = await _working(backend, rig, "chat")
        done = await backend.end(chat.id, key=new_key())
        assert (done.phase, done.customer_connected) == (Phase.WRAP_UP, False)
        state = (await rig.ask(f"/v1/Conversations/{rig.conversation(chat.id)}"))["state"]
        assert state == "closed"
        with pytest.raises(Conflict):
            await backend.send_message(chat.id, "One more thing.", key=new_key())
        assert (await backend.end(chat.id, key=new_key())).phase is Phase.WRAP_UP


async def test_what_is_written_is_not_handed_over(rig: TwilioContactCenterRig) -> None:
    """A transfer is refused in words, and the customer stays where they are."""
    async with rig.opened() as backend:
        chat = await _working(backend, rig, "chat")
        with pytest.raises(Rejected, match="handed over"):
            await backend.blind_transfer(chat.id, "tel:+442079460777", key=new_key())
        shown = await _now(backend, chat.id)
        assert (shown.phase, shown.customer_connected, shown.legs) == (Phase.ACTIVE, True, ())


async def test_one_that_was_closed_elsewhere_is_over(rig: TwilioContactCenterRig) -> None:
    """A timer or a flow closed it: the customer is gone, and a reply is refused instead of lost."""
    async with rig.opened() as backend:
        chat = await _working(backend, rig, "chat")
        options = options_of(rig.running)
        auth = (options["key_sid"], options["api_secret"])
        async with httpx.AsyncClient(base_url=rig.server_url, auth=auth, trust_env=False) as flow:
            path = f"/v1/Conversations/{rig.conversation(chat.id)}"
            assert (await flow.post(path, data={"State": "closed"})).status_code == 200
        with pytest.raises(Conflict, match="closed"):
            await backend.send_message(chat.id, "Are you there?", key=new_key())
        shown = await _now(backend, chat.id)
        assert (shown.phase, shown.customer_connected) == (Phase.ACTIVE, False)


async def test_a_call_of_twilios_brings_a_message_at_once(rig: TwilioContactCenterRig) -> None:
    """With webhooks nobody waits for the next look: new, changed and deleted messages come by Twilio's calls."""
    place, account = f"127.0.0.1:{free_port()}", rig.running.twilio
    hears = {"listen": place, "public_url": f"http://{place}", "auth_token": str(account["auth_token"])}
    backend = TwilioContactCenter.create(rig.options(call_seconds="60", **hears))
    await backend.open()
    watch = Watch(backend, None)
    try:
        await watch.begun(WAIT)
        chat = await _working(backend, rig, "chat")

        async def told(wanted: Callable[[Message], bool]) -> Message:
            def fits(event: Any) -> bool:
                return isinstance(event, InteractionChanged) and any(map(wanted, event.interaction.messages))

            async def look() -> Message | None:
                found = watch.find(fits)
                changed: Any = found.event if found is not None else None
                return next(filter(wanted, changed.interaction.messages)) if changed is not None else None

            return await until(look, WAIT, "what Twilio called about")

        text, better = fresh.text("My pin is 1234."), fresh.text("My mistake.")
        await rig.write_more(chat.id, text)
        line = await told(lambda one: one.text == text)
        await rig.customer_changes(chat.id, line.id, better)
        assert (await told(lambda one: one.text == better)).edited_at is not None
        await rig.customer_changes(chat.id, line.id, None)
        assert (await told(lambda one: one.id == line.id and one.deleted)).text == ""
        made = (await rig.ask(f"/v1/Conversations/{rig.conversation(chat.id)}/Webhooks"))["webhooks"]
        await backend.close()
        again = TwilioContactCenter.create(rig.options(call_seconds="60", **hears))
        await again.open()
        await again.snapshot()
        await again.close()
        assert (await rig.ask(f"/v1/Conversations/{rig.conversation(chat.id)}/Webhooks"))["webhooks"] == made
        assert len(made) == 1
    finally:
        await watch.stop()
        await backend.close()


async def test_a_second_program_of_the_agents_asks_instead(rig: TwilioContactCenterRig) -> None:
    """The port is its desktop's; a command beside it opens all the same, and reads the thread."""
    place = f"127.0.0.1:{free_port()}"
    hears = {"listen": place, "public_url": f"http://{place}", "auth_token": TOKEN}
    desktop, command = (TwilioContactCenter.create(rig.options(**hears)) for _ in range(2))
    try:
        await desktop.open()
        assert Capability.READ in await command.open()
        chat = await _working(command, rig, "chat")
        text = fresh.text("And another thing.")
        await rig.write_more(chat.id, text)
        assert text in [one.text for one in (await _now(command, chat.id)).messages]
    finally:
        await command.close()
        await desktop.close()


# -- Twilio's calls, as anybody may make them


class Knocks:
    """A place where Twilio calls, and what was believed there."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.port = free_port()
        place = ("127.0.0.1", self.port)
        self.webhook = Webhook(Webhooks(place, "https://desk.example.com/twilio", TOKEN), AC, "WK1", self.heard.append)

    async def call(self, fields: Mapping[str, str], *, token: str = TOKEN, more: str = "", what: str = "") -> int:
        """Call as Twilio does: signed is the address that Twilio knows."""
        url = self.webhook.url
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        proof = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        path = urlsplit(url).path.removeprefix("/twilio")
        body = urlencode(fields) + more
        headers = {"X-Twilio-Signature": proof, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        async with httpx.AsyncClient(trust_env=False) as client:
            place = f"http://127.0.0.1:{self.port}{what or path}"
            return (await client.post(place, content=body, headers=headers)).status_code


@pytest.fixture
async def knocks() -> AsyncIterator[Knocks]:
    found = Knocks()
    await found.webhook.start()
    yield found
    await found.webhook.stop()


ADDED = {"EventType": "onMessageAdded", "AccountSid": AC, "ConversationSid": CH, "Body": "Grüße ✓", "Empty": ""}


async def test_a_signed_call_is_a_knock(knocks: Knocks) -> None:
    """Twice is two knocks, an unknown event one too: what happened is looked up and never taken from a call."""
    for fields in (ADDED, ADDED, ADDED | {"EventType": "onSomethingNew"}):
        assert await knocks.call(fields) == 204
    assert knocks.heard == [CH, CH, CH]


async def test_what_is_not_signed_is_not_heard(knocks: Knocks) -> None:
    """Another token, a field more, no such place: refused; another account's or no conversation: not looked up."""
    assert await knocks.call(ADDED, token="another") == 403
    assert await knocks.call(ADDED, more="&Author=boss") == 403
    assert await knocks.call(ADDED, what="/" + "0" * 32 + "/conversations") == 404
    assert await knocks.call(ADDED | {"AccountSid": f"AC{HEX}9"}) == 204
    assert await knocks.call(ADDED | {"ConversationSid": "../Configuration"}) == 204
    assert knocks.heard == []


def test_the_token_is_in_no_text() -> None:
    """Nor in the address that Twilio and every proxy on the way see."""
    options = OPTIONS | {"listen": "127.0.0.1:13130", "public_url": "https://desk.example.com", "auth_token": TOKEN}
    desk = desk_of(options)
    assert desk.webhooks is not None
    assert TOKEN not in repr(desk) and TOKEN not in Webhook(desk.webhooks, AC, desk.worker, print).url


@pytest.mark.parametrize(
    "wrong",
    [
        {"listen": "13130"},
        {"public_url": ""},
        {"public_url": "http://desk.example.com"},
        {"auth_token": ""},
        {"auth_token": "two words"},
        {"identity": "x" * 257},
        {"media_url": "http://mcs.example.com"},
    ],
)
def test_options_of_conversations_that_cannot_be_used_are_refused(wrong: dict[str, str]) -> None:
    right = {"listen": "127.0.0.1:13130", "public_url": "https://desk.example.com", "auth_token": TOKEN}
    with pytest.raises(Rejected):
        desk_of(OPTIONS | right | wrong)


# -- with a Twilio that answers as no good one would


def _message(index: int, body: object = "Hello", author: str = "+442079460958", **more: object) -> dict[str, Any]:
    return {
        "sid": f"IM{index:032x}",
        "index": index,
        "author": author,
        "body": body,
        "participant_sid": f"MB{HEX}1",
        "attributes": "{}",
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": None,
        "media": None,
        "delivery": None,
    } | more


CUSTOMER = {"sid": f"MB{HEX}1", "identity": None, "messaging_binding": {"address": "+442079460958"}, "attributes": "{}"}
ME = {"sid": f"MB{HEX}2", "identity": "Maya", "messaging_binding": None, "attributes": '{"member_type":"agent"}'}


@dataclass
class Scripted:
    """One accepted contact of a Twilio whose answers a test makes, on clocks that stand still."""

    server: ScriptedServer
    answers: Answers = field(default_factory=dict)
    now: float = 1_000.0
    posted: list[dict[str, str]] = field(default_factory=list)
    lost: bool = False

    def __post_init__(self) -> None:
        self.answers |= {
            "/v1/Configuration": {},
            f"/v1/Conversations/{CH}": {"sid": CH, "state": "active", "chat_service_sid": IS},
            f"/v1/Conversations/{CH}/Participants": {"participants": [CUSTOMER, ME]},
            f"/v1/Conversations/{CH}/Messages": {"messages": [_message(0)]},
        }

    def start(self, **attributes: object) -> Contact:
        """The contact, accepted."""
        said = {"conversationSid": CH, "channelType": "sms", "from": "+442079460958"} | attributes
        desk = desk_of(OPTIONS | {"conversations_url": self.server.url, "media_url": self.server.url})
        self.contacts = Contacts(desk, lambda: self.now)
        self.conversations = Conversations(
            desk, ServerClock(lambda: self.now), self.contacts, lambda: "Maya", lambda: self.now
        )
        task = Task(f"WT{HEX}1", "assigned", json.dumps(said), "chat", "Billing", "", 1.0, 1.0)
        self.contacts.take_reservation(
            Reservation(f"WR{HEX}1", task.sid, OPTIONS["worker_sid"], "accepted", 1.0, 1.0), task
        )
        return self.contacts.all[task.sid]

    async def look(self, contact: Contact) -> Interaction:
        """What is shown after one more look."""
        await self.conversations.open()
        await self.conversations.look_all(whole=True)
        shown = contact.shown
        assert shown is not None
        return shown

    def messages(self, *found: dict[str, Any]) -> None:
        """What a list of messages answers: the newest first."""
        self.answers[f"/v1/Conversations/{CH}/Messages"] = {"messages": list(reversed(found))}


@pytest.fixture
async def twilio() -> AsyncIterator[Scripted]:
    found: list[Scripted] = []

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        one, path = found[0], urlsplit(asked.path).path
        if asked.method == "POST" and path.endswith("/Messages"):
            one.posted.append(dict(parse_qsl(asked.body.decode())))
            if one.lost:
                writer.close()
                return
            await answer(201, json.dumps(_message(99, author="Maya", participant_sid=ME["sid"])).encode())(
                asked, writer
            )
            return
        body = one.answers.get(f"{asked.method} {path}", one.answers.get(path))
        if body == "lost":
            writer.close()
            return
        status, body = body if isinstance(body, tuple) else (200 if body is not None else 404, body or {})
        await answer(status, json.dumps(body).encode(), Content_Type="application/json")(asked, writer)

    async with scripted(script) as server:
        found.append(Scripted(server))
        yield found[0]
        await found[0].conversations.close()


async def test_a_message_in_doubt_waits_until_it_would_show(twilio: Scripted) -> None:
    """No answer, and the list does not show it: not sent again until it would have shown, and then once."""
    contact = twilio.start()
    await twilio.look(contact)
    twilio.lost = True
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            await twilio.conversations.send(contact, Reply("Hello"), key="k1")
    assert len(twilio.posted) == 1
    twilio.lost, twilio.now = False, twilio.now + DOUBT_SECONDS
    await twilio.conversations.send(contact, Reply("Hello"), key="k1")
    assert len(twilio.posted) == 2
    assert twilio.posted[0] == twilio.posted[1]


async def test_a_message_in_doubt_that_shows_late_is_not_sent_again(twilio: Scripted) -> None:
    contact = twilio.start()
    await twilio.look(contact)
    twilio.lost = True
    with pytest.raises(OutcomeUnknown):
        await twilio.conversations.send(contact, Reply("Hello"), key="k1")
    late = _message(1, author="Maya", participant_sid=ME["sid"], attributes=twilio.posted[0]["Attributes"])
    twilio.messages(_message(0), late)
    twilio.now += 2 * DOUBT_SECONDS
    await twilio.conversations.send(contact, Reply("Hello"), key="k1")
    assert len(twilio.posted) == 1


async def test_who_could_not_join_joins_with_the_next_look(twilio: Scripted) -> None:
    """Also where another desktop of theirs was quicker, which Twilio calls a conflict."""
    contact, place = twilio.start(), f"/v1/Conversations/{CH}/Participants"
    twilio.answers[place] = {"participants": [CUSTOMER]}
    twilio.answers[f"POST {place}"] = (500, {"code": 20500, "message": "", "status": 500})
    assert len((await twilio.look(contact)).messages) == 1
    assert contact.thread is not None and contact.thread.mine is None
    twilio.answers[f"POST {place}"] = (409, {"code": 50433, "message": "", "status": 409})
    twilio.answers[place] = {"participants": [CUSTOMER, ME]}
    contact.thread.parties.clear()
    await twilio.conversations.join(contact, contact.thread, key="k1")
    assert contact.thread.mine is not None
    joined = [one for one in twilio.server.asked if one.method == "POST"]
    await twilio.look(contact)
    assert [one for one in twilio.server.asked if one.method == "POST"] == joined
    assert dict(parse_qsl(joined[0].body.decode()))["Identity"] == "Maya"


async def test_nonsense_in_a_list_costs_only_itself(twilio: Scripted) -> None:
    """Records without an id or a place are left out, media that are none are none, and times that are none are now."""
    odd = _message(1, body=7, date_created="soon", media=[{"sid": "ME1"}, "x", {"sid": f"ME{HEX}1", "size": -1}])
    junk: list[Any] = [{}, _message(2) | {"sid": "x"}, _message(3) | {"index": True}, _message(4) | {"index": "4"}]
    twilio.messages(_message(0), odd, *junk)
    shown = await twilio.look(twilio.start())
    assert [(one.text, one.at) for one in shown.messages] == [("Hello", 1_767_225_600.0), ("", 1_000.0)]
    (file,) = shown.messages[1].attachments
    assert (file.id, file.name, file.size) == (f"ME{HEX}1", f"ME{HEX}1", None)
    assert shown.unread == 2


async def test_a_customer_who_says_they_are_an_agent_is_none(twilio: Scripted) -> None:
    """A customer's program may write its own attributes; they do not make it one of us. A colleague's are believed."""
    liar = {**CUSTOMER, "identity": "eve", "messaging_binding": None, "attributes": ME["attributes"]}
    colleague = {**ME, "sid": f"MB{HEX}3", "identity": "Sam"}
    twilio.answers[f"/v1/Conversations/{CH}/Participants"] = {"participants": [liar, ME, colleague]}
    twilio.messages(
        _message(0, author="eve"),
        _message(1, author="Sam", participant_sid=f"MB{HEX}3"),
        _message(2, author="Maya", participant_sid=ME["sid"]),
        _message(3, author="system", participant_sid=None),
        _message(4, author="Bot", participant_sid=None),
    )
    shown = await twilio.look(twilio.start(channelType="web", customerAddress="eve"))
    assert [one.author for one in shown.messages] == ["customer", "agent", "agent", "system", "system"]
    assert (shown.customer.kind, shown.unread) == ("handle", 1)
    twilio.answers[f"/v1/Conversations/{CH}/Participants"] = {"participants": [liar, ME]}
    shown = await twilio.look(twilio.start(channelType="web", customerAddress=""))
    assert shown.messages[0].author == "customer"


async def test_more_than_one_list_holds_is_said(twilio: Scripted) -> None:
    """Of a long thread the newest hundred are shown, and how many came before; a gap is not passed over."""
    contact = twilio.start()
    twilio.messages(*(_message(n) for n in range(50, 150)))
    shown = await twilio.look(contact)
    assert (len(shown.messages), shown.earlier) == (100, 50)
    twilio.messages(*(_message(n) for n in range(60, 160)))
    shown = await twilio.look(contact)
    assert (len(shown.messages), shown.earlier) == (110, 50)
    twilio.messages(*(_message(n) for n in range(300, 400)))
    shown = await twilio.look(contact)
    assert (len(shown.messages), shown.earlier) == (100, 300)


async def test_what_a_list_lacks_was_deleted(twilio: Scripted) -> None:
    """Only what the list would have held; a list without its last message, or with none, shows no word of it."""
    contact = twilio.start()
    twilio.messages(_message(0), _message(1, "My pin is 1234."))
    await twilio.look(contact)
    twilio.messages(_message(0))
    assert [(one.text, one.deleted) for one in (await twilio.look(contact)).messages] == [("Hello", False), ("", True)]
    twilio.messages()
    assert all(one.deleted and not one.text for one in (await twilio.look(contact)).messages)


async def test_reading_never_goes_back(twilio: Scripted) -> None:
    """Neither by an older mark of ours, nor by a participant's that Twilio shows late."""
    contact = twilio.start()
    twilio.messages(_message(0), _message(1), _message(2))
    twilio.answers[f"/v1/Conversations/{CH}/Participants/{ME['sid']}"] = {}
    shown = await twilio.look(contact)
    assert shown.unread == 3
    await twilio.conversations.mark_read(contact, shown.messages[1].id, key="k")
    await twilio.conversations.mark_read(contact, shown.messages[0].id, key="k")
    assert (await twilio.look(contact)).unread == 1
    posts = [one for one in twilio.server.asked if one.method == "POST"]
    assert [dict(parse_qsl(one.body.decode()))["LastReadMessageIndex"] for one in posts] == ["1"]
    with pytest.raises(NotFound):
        await twilio.conversations.mark_read(contact, f"IM{HEX}f", key="k")


@pytest.mark.parametrize("address", ["https://files.example.com/x", "http://169.254.169.254/x", "file:///x", None, 7])
async def test_a_file_comes_from_twilio_or_not_at_all(twilio: Scripted, address: object) -> None:
    """An answer cannot send us to another server."""
    contact = twilio.start()
    file = f"ME{HEX}1"
    twilio.messages(_message(0, media=[{"sid": file, "filename": "a.png", "content_type": "image/png", "size": 3}]))
    twilio.answers[f"/v1/Services/{IS}/Media/{file}"] = {"links": {"content_direct_temporary": address}}
    (message,) = (await twilio.look(contact)).messages
    with pytest.raises(ProtocolError):
        [piece async for piece in twilio.conversations.content(contact, message.id, file)]


async def test_the_key_does_not_go_where_a_file_is_fetched(twilio: Scripted) -> None:
    """A temporary address is its own proof."""
    contact = twilio.start()
    file = f"ME{HEX}1"
    twilio.messages(_message(0, media=[{"sid": file, "filename": "a.png", "content_type": "image/png", "size": 3}]))
    place = f"{twilio.server.url}/files/a?Signature=s"
    twilio.answers[f"/v1/Services/{IS}/Media/{file}"] = {"links": {"content_direct_temporary": place}}
    twilio.answers["/files/a"] = {"content": 1}
    (message,) = (await twilio.look(contact)).messages
    pieces = [piece async for piece in twilio.conversations.content(contact, message.id, file)]
    assert json.loads(b"".join(pieces)) == {"content": 1}
    assert "authorization" not in twilio.server.asked[-1].headers


@pytest.mark.parametrize(("status", "number"), [(403, 20003), (401, 20003), (404, 20404)])
async def test_a_key_without_the_right_has_no_threads(twilio: Scripted, status: int, number: int) -> None:
    """TaskRouter let it in and Conversations do not: nothing is asked there, and nothing is offered."""
    contact = twilio.start()
    twilio.answers["/v1/Configuration"] = (status, {"code": number, "message": "no", "status": status})
    shown = await twilio.look(contact)
    assert not twilio.conversations.on
    assert shown.messages == ()
    with pytest.raises(Unsupported):
        await twilio.conversations.send(contact, Reply("Hello"), key="k1")
    assert {urlsplit(one.path).path for one in twilio.server.asked} == {"/v1/Configuration"}


async def test_a_conversation_that_is_refused_leaves_the_others(twilio: Scripted) -> None:
    """What cannot be read stays as it was, and is asked for again; being too fast stops the round."""
    contact = twilio.start()
    assert len((await twilio.look(contact)).messages) == 1
    for status, number in ((500, 20500), (404, 20404)):
        twilio.answers[f"/v1/Conversations/{CH}/Messages"] = (status, {"code": number, "message": "", "status": status})
        assert len((await twilio.look(contact)).messages) == 1
    twilio.answers[f"/v1/Conversations/{CH}/Messages"] = (429, {"code": 20429, "message": "", "status": 429})
    await twilio.look(contact)
    asked = len(twilio.server.asked)
    await twilio.conversations.look_all(whole=True)
    assert len(twilio.server.asked) == asked
    twilio.now += 100.0
    twilio.messages(_message(0), _message(1))
    assert len((await twilio.look(contact)).messages) == 2


async def test_what_cannot_be_sent_is_refused_before_it_is(twilio: Scripted) -> None:
    """Too long, too large, nothing, a mail: no request is made of it."""
    contact = twilio.start()
    await twilio.look(contact)
    large = OutgoingFile("a.bin", "application/octet-stream", b"0" * (5 * 1024 * 1024 + 1))
    for reply in (Reply("x" * 1601), Reply("  "), Reply("x", files=(large,))):
        with pytest.raises(Rejected):
            await twilio.conversations.send(contact, reply, key="k1")
    with pytest.raises(Unsupported):
        await twilio.conversations.send(contact, Reply("x", subject="Hello"), key="k1")
    mail = twilio.start(channelType="email", customerAddress="ada@example.com")
    assert (await twilio.look(mail)).channel is Channel.EMAIL
    with pytest.raises(Rejected):
        await twilio.conversations.send(mail, Reply("x"), key="k1")
    assert twilio.posted == []


@pytest.mark.parametrize("where", [f"/v1/Services/{IS}/Media", f"/v1/Conversations/{CH}/Participants"])
async def test_what_is_lost_before_the_message_sends_none(twilio: Scripted, where: str) -> None:
    """A file, or our joining, without an answer: that the message may have gone is not said, for it has not."""
    contact = twilio.start()
    await twilio.conversations.open()
    twilio.answers[f"POST {where}"] = "lost"
    if where.endswith("Participants"):
        twilio.answers[where] = {"participants": [CUSTOMER]}
    with pytest.raises(Unavailable):
        await twilio.conversations.send(
            contact, Reply("x", files=(OutgoingFile("a.txt", "text/plain", b"a"),)), key="k1"
        )
    assert twilio.posted == []


async def test_a_conversation_twilio_calls_about_is_still_looked_at(twilio: Scripted) -> None:
    """A call that was lost is not made again: now and then the thread is read without one."""
    contact = twilio.start()
    place = f"/v1/Conversations/{CH}/Webhooks"
    twilio.conversations.webhook = "https://desk.example.com/s/conversations"
    twilio.answers[place] = {"webhooks": [{"configuration": {"url": twilio.conversations.webhook}}]}
    for _ in range(2):  # the first look asks to be called
        await twilio.look(contact)
    twilio.messages(_message(0), _message(1))
    twilio.now += CALM_SECONDS - 1
    await twilio.conversations.look_all()
    assert contact.shown is not None and len(contact.shown.messages) == 1
    twilio.now += 1
    await twilio.conversations.look_all()
    assert len(contact.shown.messages) == 2
    twilio.messages(_message(0), _message(1), _message(2))
    assert twilio.conversations.knock(CH) and not twilio.conversations.knock(f"CH{HEX}9")
    await twilio.conversations.look_all()
    assert len(contact.shown.messages) == 3


async def test_a_key_without_the_right_offers_calls_only(rig: TwilioContactCenterRig) -> None:
    """The desk opens with what is left: calls."""
    async with scripted(answer(403, b'{"code": 20003, "message": "no", "status": 403}')) as closed:
        backend = TwilioContactCenter.create(rig.options(conversations_url=closed.url))
        try:
            offered = await backend.open()
        finally:
            await backend.close()
    assert Capability.HOLD in offered
    assert not offered & {Capability.ATTACHMENTS, Capability.READ}
