"""SMS numbers as a contact centre: against a gateway that answers what a test says, and texts pushed as Kannel does."""

import asyncio
import os
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from desktop.backends.kannel.contact_center import KannelContactCenter
from desktop.backends.kannel.sender import DOUBT_SECONDS
from desktop.backends.kannel.settings import settings
from desktop.backends.kannel.text_store import LEFT_BEHIND, SENDING_SECONDS
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, DeliveryState, OfferEnd, Phase
from desktop.domain.state.events import Change, ContactCenterSnapshot, Event, InteractionChanged, QueueChanged
from desktop.ports.errors import AuthFailed, Conflict, NotFound, OutcomeUnknown, Rejected, Unavailable
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from desktop.testing.watch import Watch

from .scripted_server import Asked, ScriptedServer, answer, scripted

SECRET, PASSWORD, EVE, BOB, OURS = "0123456789abcdef-_", "pass&word 1", "+442079460111", "+442079460222", "1500"
PATIENCE = 10.0
DAY = 86_400.0


class Gateway:
    """Takes every text, unless it is told otherwise; knows the account by a request without a receiver."""

    def __init__(self) -> None:
        self.says = answer(202, b"0: Accepted for delivery")
        self.sent: list[Asked] = []

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if "x-kannel-to" not in asked.headers:
            await answer(400, b"Missing receiver(s) number(s), rejected")(asked, writer)
            return
        self.sent.append(asked)
        await self.says(asked, writer)

    @property
    def texts(self) -> list[str]:
        return [one.body.decode() for one in self.sent]


class Time:
    """The time of day of every desk."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Place:
    """A machine with its gateway: a folder of texts, and the port where Kannel brings them."""

    def __init__(self, gateway: Gateway, server: ScriptedServer, folder: Path) -> None:
        self.gateway, self.server, self.folder = gateway, server, folder
        self.clock = Time()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.listen = f"127.0.0.1:{probe.getsockname()[1]}"
        self._ids = 0
        self._http = httpx.AsyncClient(trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    def options(self, **changes: str) -> dict[str, str]:
        known = {"url": self.server.url, "username": "desk", "password": PASSWORD, "listen": self.listen}
        known |= {"secret": SECRET, "folder": str(self.folder), "agent": "maya", "codes": "order=Order; bug=Fault"}
        return known | changes

    def make(self, **changes: str) -> KannelContactCenter:
        return KannelContactCenter(settings(self.options(**changes)), clock=self.clock)

    @asynccontextmanager
    async def desk(self, **changes: str) -> AsyncIterator[KannelContactCenter]:
        made = self.make(**changes)
        try:
            await made.open()
            yield made
        finally:
            await made.close()

    async def push(self, what: str, fields: Mapping[str, str]) -> int:
        return (await self._http.get(f"http://{self.listen}/{SECRET}/{what}?{urlencode(fields)}")).status_code

    async def writes(self, text: str, sender: str = EVE, **more: str) -> int:
        """A customer's text, as Kannel brings it."""
        self._ids += 1
        fields = {"from": sender, "to": OURS, "text": text, "charset": "UTF-8", "id": f"id-{self._ids}"}
        return await self.push("in", fields | more)

    async def report(self, kind: int, number: int = -1, words: str = "") -> int:
        """A delivery report on one of the texts that went out."""
        asked = self.gateway.sent[number].headers["x-kannel-dlr-url"]
        url = asked.replace("%d", str(kind)).replace("%A", words)
        return (await self._http.get(url)).status_code

    def read(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / "texts.db") as db:
            return [tuple(row) for row in db.execute(query)]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    gateway = Gateway()
    async with scripted(gateway) as server:
        made = Place(gateway, server, tmp_path / "sms")
        yield made
        await made.close()


async def shown(desk: KannelContactCenter) -> ContactCenterSnapshot:
    event = (await desk.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def becomes(desk: KannelContactCenter, wanted: Callable[[Interaction], object]) -> Interaction:
    async def look() -> Interaction | None:
        return next((one for one in (await shown(desk)).interactions if wanted(one)), None)

    return await until(look, PATIENCE, "the contact")


async def available(desk: KannelContactCenter) -> None:
    await desk.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())


async def taken(desk: KannelContactCenter) -> Interaction:
    await available(desk)
    offered = await becomes(desk, lambda one: one.phase is Phase.OFFERED)
    return await desk.accept(offered.id, key=new_key())


def said(contact: Interaction) -> list[tuple[str, str]]:
    return [(one.author, one.text) for one in contact.messages]


async def ended(watch: Watch, why: OfferEnd) -> None:
    async def told() -> bool | None:
        found = watch.find(
            lambda one: (
                isinstance(one, InteractionChanged) and (one.change, one.reason) == (Change.OFFER_ENDED, why.value)
            )
        )
        return found is not None or None

    await until(told, PATIENCE, f"the offer's end as {why.value}")


async def test_a_text_from_its_arrival_to_the_next_contact(place: Place) -> None:
    async with place.desk() as desk:
        assert await place.writes("Where is my parcel?") == 200
        contact = await taken(desk)
        assert (contact.channel.value, contact.customer.value, contact.queue) == ("sms", EVE, "SMS")
        assert (contact.unread, contact.attributes) == (1, {"number": OURS})
        await desk.send_message(contact.id, "It comes today.", key=new_key())
        (sent,) = place.gateway.sent
        assert (sent.headers["x-kannel-to"], sent.headers["x-kannel-from"]) == (EVE, OURS)
        for kind, state in ((8, DeliveryState.SENT), (1, DeliveryState.DELIVERED), (4, DeliveryState.DELIVERED)):
            assert await place.report(kind) == 200
            now = await becomes(desk, lambda one, state=state: one.messages[-1].delivery is state)
        await desk.mark_read(contact.id, now.messages[0].id, key=new_key())
        await desk.end(contact.id, key=new_key())
        await place.writes("One more thing.")  # while it is wrapped up: the next contact
        await desk.wrap_up(contact.id, codes=["order"], note_given=True, key=new_key())
        again = await becomes(desk, lambda one: one.phase is Phase.OFFERED)
        assert again.id != contact.id
        assert said(again) == [
            ("customer", "Where is my parcel?"),
            ("agent", "It comes today."),
            ("customer", "One more thing."),
        ]
        assert again.unread == 1
    assert place.read("SELECT codes FROM contacts WHERE phase = 'closed'") == [("order",)]


async def test_the_same_push_again_is_the_same_text(place: Place) -> None:
    async with place.desk() as desk:
        fields = {"from": EVE, "to": OURS, "text": "Hello?", "charset": "UTF-8", "id": "the-one"}
        assert await asyncio.gather(*(place.push("in", fields) for _ in range(8))) == [200] * 8
        contact = await taken(desk)
        assert said(contact) == [("customer", "Hello?")]
        await desk.end(contact.id, key=new_key())
        await desk.wrap_up(contact.id, codes=[], note_given=False, key=new_key())
        assert await place.push("in", fields) == 200  # Kannel's answer got lost, and it comes again much later
        assert (await shown(desk)).queues[0].waiting == 0


async def test_texts_and_words_of_an_attacker_are_words(place: Place) -> None:
    texts = [
        "'); DROP TABLE texts; --",
        "\x1b[31m[/]\0\x9b2J\u202e",
        "%d %A &id=x #why",
        "🎉" * 500,
        "  ",
        "",
    ]
    async with place.desk() as desk:
        for text in texts:
            assert await place.writes(text, "Acme'; --") == 200
        assert await place.writes("x", queue="SMS'; --\x1b") == 200
        contact = await taken(desk)
        assert [one.text for one in contact.messages] == texts
        assert (contact.customer.value, contact.unread) == ("Acme'; --", len(texts))
        with pytest.raises(Rejected, match="no phone number"):
            await desk.send_message(contact.id, "Hello?", key=new_key())
        for fields in ({"from": EVE}, {"from": "", "text": "x", "id": "1"}, {"from": EVE, "text": "x"}):
            assert await place.push("in", fields) == 400
        assert await place.push("else", {}) == 404
        assert await place.push("dlr", {"key": "ay0x", "type": "1"}) == 200  # of a text that is not known any more
        assert await place.push("dlr", {"key": "ay0x", "type": "99"}) == 400
    assert place.gateway.sent == []


async def test_of_many_desks_each_text_is_one_agents(place: Place) -> None:
    async with place.desk() as maya, place.desk(agent="noor") as noor, place.desk(agent="kim") as kim:
        for number in range(30):
            await place.writes("Hello?", f"+4420794602{number:02}")
        waiting = (await shown(kim)).queues[0]
        assert (waiting.waiting, len(waiting.to_pull)) == (30, 10)
        first = waiting.to_pull[0].interaction_id
        pulls = [one.pull(first, key=new_key()) for one in (maya, noor, kim)]
        results = await asyncio.gather(*pulls, return_exceptions=True)
        assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "Interaction"]
        taken_by: dict[str, list[str]] = {"maya": [], "noor": []}

        async def work(desk: KannelContactCenter, agent: str) -> None:
            while sum(map(len, taken_by.values())) < 29:
                for one in (await shown(desk)).interactions:
                    if one.phase is Phase.OFFERED:
                        await desk.accept(one.id, key=new_key())
                        taken_by[agent].append(one.id)
                    elif one.phase is Phase.ACTIVE:
                        await desk.end(one.id, key=new_key())
                    else:
                        await desk.wrap_up(one.id, codes=[], note_given=False, key=new_key())

        await asyncio.gather(available(maya), available(noor))
        await asyncio.gather(work(maya, "maya"), work(noor, "noor"))
        everything = taken_by["maya"] + taken_by["noor"]
        assert len(set(everything)) == len(everything) == 29


async def test_every_desk_is_told_of_a_text_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.backends.kannel.shared_number.BEAT", 1e9)  # no look happens by itself
    async with place.desk() as maya, place.desk(agent="noor") as noor:
        envelopes = [await one.snapshot() for one in (maya, noor)]
        watches = [Watch(one, (at.epoch, at.seq or 0)) for one, at in zip((maya, noor), envelopes, strict=True)]

        async def told(number: int) -> bool | None:
            def wanted(one: Event) -> bool:
                return isinstance(one, QueueChanged) and one.queue.waiting == number

            return all(watch.find(wanted) for watch in watches) or None

        async def offered() -> bool | None:
            found = watches[0].find(lambda one: isinstance(one, InteractionChanged) and one.change is Change.OFFERED)
            return found is not None or None

        for number, customer in enumerate((EVE, BOB, "+442079460333"), 1):
            await place.writes("Hello?", customer)
            await until(partial(told, number), PATIENCE, f"that {number} wait, at both desks")
        await available(maya)
        await until(offered, PATIENCE, "the offer")
        for watch in watches:
            await watch.stop()


async def test_the_next_desk_listens_when_the_one_that_did_is_gone(place: Place) -> None:
    async with place.desk(agent="noor") as noor:
        async with place.desk():
            await place.writes("one")
        place.make()  # one that was never opened takes no turn
        assert await place.writes("two") == 200
        assert said(await taken(noor)) == [("customer", "one"), ("customer", "two")]


async def test_a_desk_whose_turn_comes_later_listens_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.backends.kannel.shared_number.BEAT", 0.05)
    first = place.make(agent="noor")
    await first.open()
    async with place.desk() as maya:
        await first.close()

        async def heard() -> bool | None:
            try:
                return await place.writes("Hello?") == 200 or None
            except httpx.ConnectError:
                return None

        await until(heard, PATIENCE, "somebody who listens")
        assert said(await taken(maya)) == [("customer", "Hello?")]


async def test_a_port_that_another_program_has_is_told(place: Place) -> None:
    host, _, port = place.listen.rpartition(":")
    with socket.create_server((host, int(port))):
        desk = place.make()
        with pytest.raises(Unavailable, match="port"):
            await desk.open()
    await desk.open()  # the same desk, once the port is free
    assert await place.writes("Hello?") == 200
    await desk.close()


async def test_what_cannot_be_kept_comes_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.backends.kannel.text_store.BUSY_SECONDS", 0.0)
    async with place.desk() as desk:
        await shown(desk)
        with sqlite3.connect(place.folder / "texts.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")  # as a disk that does not take it
            assert await place.writes("Hello?", id="again") == 503
            other.execute("ROLLBACK")
        assert await place.writes("Hello?", id="again") == 200
        assert said(await taken(desk)) == [("customer", "Hello?")]


async def test_stop_ends_a_contact_and_somebody_reads_it(place: Place) -> None:
    async with place.desk() as desk:
        await place.writes("Hello?")
        await available(desk)
        offered = await becomes(desk, lambda one: one.phase is Phase.OFFERED)
        envelope = await desk.snapshot()
        assert envelope.seq is not None
        watch = Watch(desk, (envelope.epoch, envelope.seq))
        await place.writes("Stop.")
        await ended(watch, OfferEnd.ABANDONED)
        await watch.stop()
        with pytest.raises(Conflict):
            await desk.accept(offered.id, key=new_key())
        contact = await taken(desk)
        assert said(contact) == [("customer", "Hello?"), ("customer", "Stop.")]
        with pytest.raises(Rejected, match="no more messages"):
            await desk.send_message(contact.id, "But why?", key=new_key())
        await place.writes("I mean: stop the delivery to my neighbour")
        await becomes(desk, lambda one: len(one.messages) == 3)
        await desk.send_message(contact.id, "Done.", key=new_key())
        await place.writes("STOP")
        left = await becomes(desk, lambda one: one.phase is Phase.WRAP_UP)
        assert (left.id, left.customer_connected) == (contact.id, False)
    assert place.gateway.texts == ["Done."]


async def test_a_parked_contact_comes_back_by_a_text_or_a_failure(place: Place) -> None:
    async with place.desk(capacity="1") as desk:
        await place.writes("Hello?")
        contact = await taken(desk)
        await desk.send_message(contact.id, "A moment.", key=new_key())
        assert (await desk.park(contact.id, on=True, key=new_key())).parked
        await place.writes("Me too", BOB)
        other = await becomes(desk, lambda one: one.phase is Phase.OFFERED)
        await desk.accept(other.id, key=new_key())
        with pytest.raises(Conflict, match="no room"):
            await desk.park(contact.id, on=False, key=new_key())
        await place.report(16, words="Absent+subscriber")
        back = await becomes(desk, lambda one: one.id == contact.id and not one.parked)
        assert back.messages[1].delivery is DeliveryState.FAILED
        assert said(back)[2] == ("system", "The network refused it. Absent subscriber")
        await desk.park(contact.id, on=True, key=new_key())
        await place.writes("Are you there?")
        await becomes(desk, lambda one: one.id == contact.id and not one.parked)


async def test_offers_end_and_one_left_behind_is_anybodys(place: Place) -> None:
    async with place.desk(offer_seconds="30") as maya, place.desk(agent="noor") as noor:
        await place.writes("Hello?")
        await available(maya)
        offered = await becomes(maya, lambda one: one.phase is Phase.OFFERED)
        assert offered.offer_deadline == place.clock.now + 30
        with pytest.raises(Conflict):
            await noor.pull(offered.id, key=new_key())
        envelope = await maya.snapshot()
        assert envelope.seq is not None
        watch = Watch(maya, (envelope.epoch, envelope.seq))
        place.clock.now += 30
        await ended(watch, OfferEnd.MISSED)
        await watch.stop()
        assert (await shown(maya)).agents[0].observed is Availability.NOT_READY
        await place.writes("Hello, too", BOB)
        await noor.pull(offered.id, key=new_key())

        await available(maya)
        second = await becomes(maya, lambda one: one.phase is Phase.OFFERED)
        await maya.decline(second.id, reason="", key=new_key())
        assert (await shown(maya)).queues[0].waiting == 1
        with pytest.raises(Conflict):
            await maya.decline(second.id, reason="", key=new_key())
    stopped = KannelContactCenter(settings(place.options()), clock=Time())  # as one that hangs: its time stands still
    await stopped.open()
    async with place.desk(agent="noor") as noor:
        await available(stopped)
        await becomes(stopped, lambda one: one.phase is Phase.OFFERED)
        assert (await shown(noor)).queues[0].waiting == 0
        place.clock.now += 30 + LEFT_BEHIND + 1
        assert (await shown(noor)).queues[0].waiting == 1
        assert said(await noor.pull(second.id, key=new_key())) == [("customer", "Hello, too")]
        with pytest.raises(Conflict):
            await stopped.accept(second.id, key=new_key())
    await stopped.close()


async def test_what_is_in_hand_stays_the_agents(place: Place) -> None:
    async with place.desk() as maya:
        await place.writes("Hello?")
        contact = await taken(maya)
        with pytest.raises(Rejected, match="no wrap-up code"):
            await maya.wrap_up(contact.id, codes=["nonsense"], note_given=False, key=new_key())
        with pytest.raises(Conflict):
            await maya.wrap_up(contact.id, codes=[], note_given=False, key=new_key())
    async with place.desk() as maya, place.desk(agent="noor") as noor:
        (back,) = (await shown(maya)).interactions
        assert (back.id, back.phase, said(back)) == (contact.id, Phase.ACTIVE, said(contact))
        for call in (noor.end, noor.accept):
            with pytest.raises(NotFound):
                await call(contact.id, key=new_key())
        with pytest.raises(Conflict):
            await noor.pull(contact.id, key=new_key())


async def test_a_reply_of_unknown_fate_is_told_and_not_sent_again(place: Place) -> None:
    async def hangs_up(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.close()
        raise ConnectionError

    async with place.desk() as desk:
        await place.writes("Hello?")
        contact = await taken(desk)
        place.gateway.says = hangs_up
        key, other = new_key(), new_key()
        for one in (key, other):
            with pytest.raises(OutcomeUnknown):
                await desk.send_message(contact.id, f"reply {one}", key=one)
        now = await becomes(desk, lambda one: len(one.messages) == 5)
        assert [one.delivery for one in now.messages if one.author == "agent"] == [DeliveryState.UNKNOWN] * 2
        assert "not known whether this text went out" in now.messages[-1].text
    place.gateway.says = answer(202, b"0: Accepted for delivery")
    async with place.desk() as desk:  # the next life of the desktop knows it, too
        with pytest.raises(OutcomeUnknown):
            await desk.send_message(contact.id, f"reply {key}", key=key)
        await place.report(1, 1)  # a late report settles the second one
        await becomes(desk, lambda one: one.messages[-1].delivery is DeliveryState.DELIVERED)
        await desk.send_message(contact.id, f"reply {other}", key=other)
        place.clock.now += DOUBT_SECONDS
        with pytest.raises(Rejected, match="not known whether"):
            await desk.send_message(contact.id, f"reply {key}", key=key)
    assert len(place.gateway.sent) == 2


async def test_a_reply_that_a_desktop_died_over_is_of_unknown_fate(place: Place) -> None:
    asked = asyncio.Event()

    async def never(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.Event().wait()

    key = new_key()
    async with place.desk() as next_life:
        async with place.desk() as desk:
            await place.writes("Hello?")
            contact = await taken(desk)
            place.gateway.says = never
            sending = asyncio.ensure_future(desk.send_message(contact.id, "reply", key=key))
            await asked.wait()
            assert said((await shown(desk)).interactions[0]) == [("customer", "Hello?")]  # nobody knows yet
        sending.cancel()
        with pytest.raises(OutcomeUnknown):
            await next_life.send_message(contact.id, "reply", key=key)
        place.clock.now += SENDING_SECONDS + 1
        now = await becomes(next_life, lambda one: len(one.messages) == 3)
        assert now.messages[1].delivery is DeliveryState.UNKNOWN
    assert len(place.gateway.sent) == 1


async def test_a_report_may_be_quicker_than_the_answer(place: Place) -> None:
    async def reports(asked: Asked, writer: asyncio.StreamWriter) -> None:
        assert await place.report(1) == 200
        await answer(202, b"0: Accepted for delivery")(asked, writer)

    async with place.desk() as desk:
        await place.writes("Hello?")
        contact = await taken(desk)
        place.gateway.says = reports
        now = await desk.send_message(contact.id, "reply", key=new_key())
        assert now.messages[-1].delivery is DeliveryState.DELIVERED


async def test_a_reply_that_kannel_took_is_sent_though_the_disk_is_full(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.backends.kannel.text_store.BUSY_SECONDS", 0.0)
    async with place.desk() as desk:
        await place.writes("Hello?")
        contact = await taken(desk)
        with closing(sqlite3.connect(place.folder / "texts.db", isolation_level=None)) as other:

            async def takes(asked: Asked, writer: asyncio.StreamWriter) -> None:
                other.execute("BEGIN IMMEDIATE")  # from now on nothing can be written
                await answer(202, b"0: Accepted for delivery")(asked, writer)

            place.gateway.says = takes
            key = new_key()
            await desk.send_message(contact.id, "reply", key=key)
        with pytest.raises(OutcomeUnknown):
            async with place.desk() as next_life:
                await next_life.send_message(contact.id, "reply", key=key)
        await place.report(1)
        await becomes(desk, lambda one: one.messages[-1].delivery is DeliveryState.DELIVERED)
    assert len(place.gateway.sent) == 1


async def test_a_gateway_that_is_down_has_sent_nothing(place: Place) -> None:
    async with place.desk() as desk:
        await place.writes("Hello?")
        contact = await taken(desk)
        place.gateway.says = answer(503, b"Temporal failure, try again later.")
        key = new_key()
        for _ in range(2):
            with pytest.raises(Unavailable):
                await desk.send_message(contact.id, "reply", key=key)
        assert said((await shown(desk)).interactions[0]) == [("customer", "Hello?")]
        assert await place.writes("Still there?") == 200
        place.gateway.says = answer(202, b"0: Accepted for delivery")
        for _ in range(2):
            await desk.send_message(contact.id, "reply", key=key)
        with pytest.raises(Rejected, match="4 messages"):
            await desk.send_message(contact.id, "x" * 460, key=new_key())
        await desk.end(contact.id, key=new_key())
        await desk.send_message(contact.id, "reply", key=key)  # it went out, whatever happened since
        with pytest.raises(Conflict):
            await desk.send_message(contact.id, "too late", key=new_key())
    assert len(place.gateway.sent) == 3


async def test_queues_by_number_and_by_what_kannel_names(place: Place) -> None:
    queues = "Orders=+4930111; Returns; Help=1600"
    async with place.desk(queues=queues) as desk, place.desk(agent="noor", queues="Help=1600") as noor:
        for to, label in (("4930111", ""), ("1500", ""), ("1600", ""), ("1600", "Orders"), ("1600", "No such queue")):
            await place.writes(
                "Hello?", f"+44207946{to:0>4.4}{len(label)}", to=to, **({"queue": label} if label else {})
            )
        found = {one.name: one.waiting for one in (await shown(desk)).queues}
        assert found == {"Orders": 2, "Returns": 1, "Help": 2}
        assert {one.name: one.waiting for one in (await shown(noor)).queues} == {"Help": 3}
        await available(noor)
        assert (await becomes(noor, lambda one: one.phase is Phase.OFFERED)).queue == "Help"


async def test_what_ended_long_ago_is_forgotten(place: Place) -> None:
    async with place.desk(keep_days="10") as desk:
        await place.writes("My pin is 1234")
        contact = await taken(desk)
        await desk.end(contact.id, key=new_key())
        await desk.wrap_up(contact.id, codes=[], note_given=False, key=new_key())
        await place.writes("Hello?", BOB)
    place.clock.now += 11 * DAY
    async with place.desk(keep_days="10") as desk:
        assert said(await taken(desk)) == [("customer", "Hello?")]  # what waits is never forgotten
    assert place.read("SELECT text FROM texts") == [("Hello?",)]
    for file in place.folder.iterdir():
        assert b"My pin" not in file.read_bytes(), file.name


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
async def test_nobody_else_on_the_machine_reads_the_texts(place: Place) -> None:
    async with place.desk():
        await place.writes("Hello?")
        assert {one.name: one.stat().st_mode & 0o007 for one in place.folder.iterdir()} == dict.fromkeys(
            (one.name for one in place.folder.iterdir()), 0
        )
    place.folder.chmod(0o2770)
    (place.folder / "texts.db").unlink()
    async with place.desk():
        await place.writes("Hello?")
        shared = [one for one in place.folder.iterdir() if one.name.startswith("texts")]
        assert {one.stat().st_mode & 0o777 for one in shared} == {0o660}
    place.folder.chmod(0o755)
    desk = place.make()
    with pytest.raises(Rejected, match="Everybody on this machine"):
        await desk.open()
    await desk.close()


async def test_a_file_that_is_none_is_told(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    (place.folder / "texts.db").write_bytes(b"no such thing as a database" * 100)
    desk = place.make()
    with pytest.raises(Unavailable, match="cannot be read"):
        await desk.open()
    await desk.close()
    (place.folder / "texts.db").unlink()
    with sqlite3.connect(place.folder / "texts.db") as db:
        db.execute("PRAGMA user_version = 99")
    newer = place.make()
    with pytest.raises(Unavailable, match="newer version"):
        await newer.open()
    await newer.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"listen": ""},
        {"listen": "13120"},
        {"secret": "short"},
        {"folder": ""},
        {"agent": "Maya Jones"},
        {"queues": "Orders=+49 30"},
        {"queues": "A=1500; B=1500"},
        {"queues": ""},
        {"capacity": "0"},
        {"keep_days": "0"},
        {"sender": "twelve letters"},
        {"url": "http://gateway.example:13013"},
    ],
    ids=repr,
)
def test_options_that_cannot_work_are_refused(changes: dict[str, str], tmp_path: Path) -> None:
    known = {"url": "http://127.0.0.1:1", "username": "desk", "password": PASSWORD, "listen": "127.0.0.1:13120"}
    known |= {"secret": SECRET, "folder": str(tmp_path), "agent": "maya"}
    KannelContactCenter.create(known)
    if changes == {"queues": ""}:
        assert settings(known | changes).queues == {"SMS": ""}
        return
    with pytest.raises(Rejected) as refused:
        KannelContactCenter.create(known | changes)
    assert PASSWORD not in repr(refused.value)


async def test_a_wrong_password_is_told_at_the_door(place: Place) -> None:
    async with scripted(answer(403, b"Authorization failed for sendsms")) as server:
        desk = place.make(url=server.url)
        with pytest.raises(AuthFailed):
            await desk.open()
        assert PASSWORD not in repr(desk)
        await desk.close()
