"""Messages to a customer outside of any contact: kept while they are written, each sent once, shown with what became.

The far side is in memory here; real servers over sockets, and processes that are killed, are in tests/e2e.
"""

import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.commands.command_result import CommandResult
from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.errors import StoreFull
from desktop.app.storage.local_store import LocalStore
from desktop.domain.conversations.message_drafts import MessageTo, message_to
from desktop.domain.entities.customer import Consent, Match
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.select import timeline_of_customer
from desktop.domain.state.events import DeliveryChanged, MessageReceived
from desktop.domain.text.sentence import Sentence, verbatim
from desktop.ports.errors import OutcomeUnknown, Rejected, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, FakeCrm, VirtualTime, agent, customer, match, told, until
from tests.app.conversations.test_messages import ReportingSender

NUMBER, MAIL = "+493012345678", "customer@example.org"
CARD = replace(
    match(),
    customer=customer(
        addresses=(Address("phone", NUMBER), Address("email", MAIL)),
        consents=(Consent("sms", True, 1.0), Consent("email", True, 1.0)),
    ),
)


class Sender(ReportingSender):
    """As the base class; takes the same key once unless it does not hold keys."""

    async def send(self, message: Any) -> Any:
        for known in self.sent if self.holds_keys else ():
            if known.key == message.key:
                self.sent.remove(known)
        return await super().send(message)


class Desk:
    """A started session over a real file."""

    def __init__(self, path: Path, sender: Sender, time: VirtualTime | None = None) -> None:
        self.time = time or VirtualTime()
        self.path, self.sender, self.crm = path, sender, FakeCrm()
        self.server = FakeContactCenter(self.time.timing)
        self.session = Session("p", Backends(self.server, self.crm, None, sender), self._open, timing=self.time.timing)

    async def _open(self) -> LocalStore:
        return await LocalStore.open(self.path, clock=self.time.timing.clock)

    @property
    def state(self) -> Any:
        return self.session.store.drain()

    async def start(self) -> "Desk":
        await self.session.start()
        await until(lambda: self.state.me)
        return self

    def draft(self, channel: Channel = Channel.SMS) -> str:
        return MessageTo(self.state.me, channel, "c1").id

    def write(self, text: str, *, card: Match = CARD, channel: Channel = Channel.SMS, subject: str = "") -> str:
        draft_id, to = self.draft(channel), NUMBER if channel is Channel.SMS else MAIL
        self.session.customer_messages.write(draft_id, card, to, text=text, subject=subject or None)
        return draft_id

    async def send(self, text: str, **how: Any) -> CommandResult:
        return await self.session.replies.send(self.write(text, **how))

    async def went(self, text: str, **how: Any) -> None:
        """Send it and let the time pass in which it can be taken back."""
        assert (await self.send(text, **how)).ok
        await self.time.run_until(lambda: bool(self.sender.sent), disk=True)

    def words(self, draft_id: str) -> str:
        view = self.session.notes.text(draft_id)
        return view.reply if view is not None else ""

    def timeline(self) -> list[str]:
        return [in_words(one.summary) for one in timeline_of_customer(self.state, CARD)]


@pytest.fixture
async def desks() -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


async def desk(desks: list[Desk], tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "p.db", Sender())
    desks.append(made)
    return await made.start()


async def again(desks: list[Desk], old: Desk, *, killed: bool = False, start: bool = True) -> Desk:
    """The next run: on what was on the disk at this moment, or after the last one was closed in good order."""
    path = old.path
    if killed:
        path = old.path.with_name(f"{old.path.stem}-killed.db")
        for ending in ("", "-wal"):
            shutil.copy(f"{old.path}{ending}", f"{path}{ending}")
        old.session.replies.close = _nothing  # type: ignore[method-assign]
    await old.session.close()
    desks.remove(old)
    made = Desk(path, old.sender)
    made.time.wall = old.time.wall
    desks.append(made)
    return await made.start() if start else made


async def _nothing() -> None:
    return


async def kept(d: Desk) -> Sequence[Any]:
    return await d.session.local.drafts()


# Kept while it is written


async def test_what_is_written_is_on_disk_soon_and_there_for_the_same_customer_and_channel(
    desks: list[Desk], tmp_path: Path
) -> None:
    d = await desk(desks, tmp_path)
    d.write("Hello")
    d.write("Dear customer", channel=Channel.EMAIL, subject="Your bill")
    await d.time.advance(0.5, disk=True)
    later = await again(desks, d, killed=True)
    assert later.words(later.draft()) == "Hello"
    mail = later.session.notes.text(later.draft(Channel.EMAIL))
    assert (mail.reply, mail.head.subject, mail.head.to) == ("Dear customer", "Your bill", (MAIL,))
    await later.time.advance(60.0, disk=True)
    assert later.state.outbox.parked == 0, "it belongs to no contact that could have gone"
    assert later.sender.sent == [], "what was not sent does not go by itself"


async def test_another_agents_message_stays_theirs(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    d.write("Mine")
    await d.time.advance(0.5, disk=True)
    later = await again(desks, d, start=False)
    later.server.agent = agent(id="bo")
    await later.start()
    assert later.state.me == "bo" and later.words(later.draft()) == ""
    later.write("Bo's")
    await later.time.advance(0.5, disk=True)
    assert sorted(one.reply for one in await kept(later)) == ["Bo's", "Mine"]


async def test_what_is_erased_again_leaves_no_draft(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    draft_id = d.write("Hello")
    await d.time.advance(0.5, disk=True)
    d.write("")
    await d.time.run_until(lambda: draft_id not in d.state.drafts, disk=True)
    assert await kept(d) == []


async def test_card_numbers_never_reach_the_disk_or_the_customer(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    draft_id = d.write("Card 4111 1111 1111 1111.", channel=Channel.EMAIL, subject="4111 1111 1111 1111")
    assert "4111 1111" not in repr(d.session.notes.text(draft_id))
    await d.session.replies.send(draft_id)
    await d.time.run_until(lambda: bool(d.sender.sent), disk=True)
    assert "1111 1111 1111" not in repr(d.sender.sent)


# Sent once, or not at all


async def test_it_waits_five_seconds_and_goes_once_with_the_consent_it_goes_under(
    desks: list[Desk], tmp_path: Path
) -> None:
    d = await desk(desks, tmp_path)
    assert (await d.send("Hello")).ok
    await d.time.advance(4.9, disk=True)
    assert d.sender.sent == []
    await d.time.advance(0.2, disk=True)
    await until(lambda: d.sender.sent)
    (sent,) = d.sender.sent
    assert (sent.channel, sent.to, sent.text, sent.consent) == (Channel.SMS, NUMBER, "Hello", CARD.customer.consents[0])
    await d.time.run_until(lambda: not d.state.drafts, disk=True)
    assert await kept(d) == []


async def test_a_double_press_sends_once(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    draft_id = d.write("Hello")
    first, second = await d.session.replies.send(draft_id), await d.session.replies.send(draft_id)
    assert (first.ok, second.ok) == (True, False)
    await d.time.advance(30.0, disk=True)
    assert [one.text for one in d.sender.sent] == ["Hello"]


async def test_taken_back_it_is_in_the_field_and_never_goes(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    assert (await d.send("Hello", channel=Channel.EMAIL, subject="Your bill")).ok
    draft_id = d.draft(Channel.EMAIL)
    assert (await d.session.replies.take_back(draft_id)).ok
    await d.time.advance(30.0, disk=True)
    view = d.session.notes.text(draft_id)
    assert (view.reply, view.head.subject, d.sender.sent) == ("Hello", "Your bill", [])


@pytest.mark.parametrize(
    ("consents", "why"),
    [
        ((), "Customer 1 has not agreed to receive text messages."),
        ((Consent("sms", False, 2.0),), "Customer 1 has not agreed to receive text messages."),
        ((Consent("email", True, 2.0),), "Customer 1 has not agreed to receive text messages."),
    ],
)
async def test_without_consent_it_is_refused_in_words_and_stays(
    desks: list[Desk], tmp_path: Path, consents: tuple[Consent, ...], why: str
) -> None:
    d = await desk(desks, tmp_path)
    card = replace(CARD, customer=replace(CARD.customer, consents=consents))
    result = await d.send("Hello", card=card)
    assert (result.ok, in_words(result.text)) == (False, why)
    assert d.words(d.draft()) == "Hello"
    await d.time.advance(30.0, disk=True)
    assert d.sender.sent == []


async def test_who_writes_stop_while_it_waits_gets_nothing(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    assert (await d.send("Hello")).ok
    stop = InboundMessage("in1", 1_900_000_000.0, Channel.SMS, Address("phone", NUMBER), "STOP")
    d.sender.happen(MessageReceived(stop))
    await until(lambda: d.state.received)
    await d.time.advance(30.0, disk=True)
    assert d.sender.sent == [] and d.words(d.draft()) == "Hello"
    why = "The message to Customer 1 was not sent. Customer 1 has opted out of text messages (STOP)."
    assert why in told(d.session.store)


async def test_an_address_that_left_the_card_meanwhile_gets_nothing(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    draft_id = d.write("Hello")
    moved = replace(CARD.customer, addresses=(Address("phone", "+493099999999"),))
    d.session.customer_messages.look(draft_id, replace(CARD, customer=moved))
    result = await d.session.replies.send(draft_id)
    assert not result.ok and in_words(result.text).startswith(f"{NUMBER} is not on the card of Customer 1 any more.")
    assert d.words(draft_id) == "Hello"


async def test_so_it_does_when_the_card_changes_while_it_waits(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    assert (await d.send("Hello")).ok
    moved = replace(CARD.customer, addresses=(Address("phone", "+493099999999"),))
    d.session.customer_messages.look(d.draft(), replace(CARD, customer=moved))
    await d.time.advance(30.0, disk=True)
    assert d.sender.sent == [] and d.words(d.draft()) == "Hello"


async def test_an_e_mail_wants_a_subject(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    result = await d.send("Hello", channel=Channel.EMAIL)
    assert in_words(result.text) == "An e-mail needs a subject."
    await d.went("Hello", channel=Channel.EMAIL, subject="Your bill")
    assert d.sender.sent[0].subject == "Your bill"


@pytest.mark.parametrize("waited", [1.0, 5.05])
async def test_killed_after_sending_it_goes_once_in_the_next_run(
    desks: list[Desk], tmp_path: Path, waited: float
) -> None:
    d = await desk(desks, tmp_path)
    assert (await d.send("Hello")).ok
    await d.time.advance(waited)
    d = await again(desks, d, killed=True)
    await d.time.run_until(lambda: bool(d.sender.sent), disk=True)
    await d.time.advance(60.0, disk=True)
    assert [one.text for one in d.sender.sent] == ["Hello"]
    assert await kept(d) == []


async def test_an_answer_that_was_lost_is_asked_for_under_the_same_key(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    d.sender.script.then("send", OutcomeUnknown(Sentence("late.no_answer")), Unavailable(Sentence("late.no_answer")))
    await d.went("Hello")
    assert d.sender.script.count("send") == 3 and len(set(d.sender.script.keys("send"))) == 1
    assert [one.text for one in d.sender.sent] == ["Hello"]


async def test_where_the_far_side_holds_no_keys_nobody_sends_it_twice(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    d.sender.holds_keys = False
    d.sender.script.then("send", OutcomeUnknown(Sentence("late.no_answer")))
    assert (await d.send("Hello")).ok
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    await d.time.advance(60.0, disk=True)
    assert d.sender.script.count("send") == 1
    assert d.timeline()[0] == "not known whether it was sent: Hello"


async def test_what_the_sender_refuses_is_in_the_outbox_with_its_words(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    d.sender.script.then("send", Rejected(Sentence("port.not_agreed")))
    assert (await d.send("Hello")).ok
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (item,) = await d.session.outbox.items()
    assert (item.kind, item.note, item.address, item.customer) == ("sms", "Hello", NUMBER, "Customer 1")
    assert d.timeline()[0] == "not sent, in the outbox (The customer has not agreed to that channel): Hello"
    await d.session.outbox.retry(item.key)
    await d.time.run_until(lambda: bool(d.sender.sent), disk=True)
    await until(lambda: d.timeline()[0] == "queued: Hello")
    assert len([one for one in d.timeline() if "Hello" in one]) == 1, "one entry, not one for each key"


async def test_a_disk_that_takes_nothing_leaves_the_words_in_the_field(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await desk(desks, tmp_path)

    async def refuse(*_: Any, **__: Any) -> Any:
        raise StoreFull(verbatim("No room left"))

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "enqueue", refuse)
        assert (await d.send("Hello")).ok
        await d.time.run_until(lambda: d.words(d.draft()) == "Hello", disk=True)
    assert any("The message to Customer 1 was not sent. No room left" in one for one in told(d.session.store))


async def test_leaving_the_program_sends_it_at_once(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    assert (await d.send("Hello")).ok
    await d.session.close()
    assert [one.text for one in d.sender.sent] == ["Hello"]


async def test_what_cannot_be_sent_on_leaving_is_sent_by_the_next_run(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await desk(desks, tmp_path)
    monkeypatch.setattr("desktop.app.conversations.replies.CLOSE_SECONDS", 0.1)
    d.sender.script.then("send", Unavailable(Sentence("late.no_answer")))
    assert (await d.send("Hello")).ok
    d = await again(desks, d)
    await d.time.run_until(lambda: bool(d.sender.sent), disk=True)
    assert [one.text for one in d.sender.sent] == ["Hello"]


# What became of it


async def test_what_became_of_it_is_on_the_timeline_after_a_restart_too(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    await d.went("Hello")
    await until(lambda: d.timeline()[:1] == ["queued: Hello"])
    (sent,) = d.state.sent.values()
    d.sender.happen(DeliveryChanged(SentMessage(sent.id, sent.at, DeliveryState.DELIVERED, Channel.SMS)))
    await until(lambda: d.sender.acknowledged)
    assert d.timeline()[:1] == ["delivered: Hello"]
    later = await again(desks, d, killed=True)
    assert [one.text for one in later.sender.sent] == ["Hello"]
    assert later.timeline()[:1] == ["delivered: Hello"]
    (after,) = later.state.sent.values()
    assert (after.at, after.to, after.key) == (sent.at, NUMBER, sent.key)


async def test_a_report_that_cannot_be_kept_is_not_acknowledged(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await desk(desks, tmp_path)
    await d.went("Hello")
    await until(lambda: d.state.sent)
    (sent,) = d.state.sent.values()

    async def refuse(*_: Any) -> None:
        raise StoreFull(verbatim("No room left"))

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "keep_sent_message", refuse)
        d.sender.happen(DeliveryChanged(SentMessage(sent.id, sent.at, DeliveryState.FAILED, Channel.SMS)))
        await until(lambda: d.state.health["messaging"].health.value != "live")
        assert d.sender.acknowledged == []
    await d.time.run_until(lambda: bool(d.sender.acknowledged), disk=True)


async def test_sent_and_killed_before_that_was_kept_the_outbox_remembers(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await desk(desks, tmp_path)

    async def forgets(*_: Any) -> None:
        return

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "keep_sent_message", forgets)
        await d.went("Hello")
        await d.time.run_until(lambda: not d.state.outbox.waiting and not d.state.drafts, disk=True)
        later = await again(desks, d, killed=True)
    assert later.timeline()[:1] == ["queued: Hello"]


async def test_erasing_the_customer_takes_the_draft_and_what_was_sent(desks: list[Desk], tmp_path: Path) -> None:
    d = await desk(desks, tmp_path)
    await d.went("Hello")
    await d.time.run_until(lambda: not d.state.drafts and bool(d.state.sent), disk=True)
    d.write("And more", channel=Channel.EMAIL, subject="Your bill")
    await d.time.advance(0.5, disk=True)
    traces = await d.session.local.erase_customer("c1")
    assert (traces.drafts, traces.delivered, traces.messages) == (1, 1, 1)
    assert await kept(d) == [] and await d.session.local.sent_messages() == []


# Whose draft it is


@pytest.mark.parametrize("odd", ['a"b', "a,b", "message:", "ü€\u202e", "", "a\nb"])
def test_a_draft_says_whose_it_is_whatever_the_ids_are(odd: str) -> None:
    to = MessageTo(odd, Channel.SMS, odd[::-1])
    assert message_to(to.id) == to


@pytest.mark.parametrize(
    "foreign",
    ["i1", "message:", "message:[]", 'message:["a","sms"]', 'message:["a","fax","c"]', 'message: ["a","sms","c"]'],
)
def test_the_id_of_a_contact_is_none(foreign: str) -> None:
    assert message_to(foreign) is None
