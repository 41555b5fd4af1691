"""A company's XMPP server as directory: its roster, its people's presence as it changes, and chat with them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import ClassVar, Self
from xml.etree.ElementTree import Element

from desktop.backends.xmpp import services
from desktop.backends.xmpp.account import OPTIONS, Account, account_of, bare
from desktop.backends.xmpp.card import Card, read_vcard4
from desktop.backends.xmpp.cards import Cards
from desktop.backends.xmpp.chats import receipt
from desktop.backends.xmpp.contacts import Contacts
from desktop.backends.xmpp.conversation import Conversation
from desktop.backends.xmpp.event_log import EventLog
from desktop.backends.xmpp.link import Link
from desktop.backends.xmpp.own_show import OwnShow, own_show
from desktop.backends.xmpp.resources import Activity, read_activity
from desktop.backends.xmpp.xml import (
    ACTIVITY,
    CARBONS,
    CLIENT,
    MAM,
    PUBSUB_EVENT,
    ROSTER,
    VCARD4,
    VCARD4_NODE,
    line,
    make,
    sendable,
    tag,
)
from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import ChatReceived, Envelope, Event, Gap, Heartbeat, PresenceSnapshot
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import BackendError, OutcomeUnknown, Unavailable
from desktop.ports.presence import PresenceSource

_SOURCE = Kind.PRESENCE.value
PING_EVERY = 4.0
"""Seconds between signs of life; the host gives a stream up after 12.5 s without one."""
CARDS_WAITED_FOR = 1.0
SEARCH_FROM = 2  # characters


class XmppPresence(PresenceSource):
    """Connects when it is asked something, and never again by itself: the host does, by asking for events anew."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.PRESENCE,
        name="xmpp",
        api=API,
        title="XMPP server",
        capabilities=frozenset({Capability.CHAT, Capability.SET_OWN, Capability.EVENT_REPLAY}),
        options=OPTIONS,
    )

    def __init__(
        self, account: Account, *, clock: Callable[[], float] = time.time, ping_every: float = PING_EVERY
    ) -> None:
        """`clock`: seconds since 1970. `ping_every`: seconds."""
        self._account = account
        self._clock = clock
        self._ping_every = ping_every
        self._contacts = Contacts(account.jid, _SOURCE, clock)
        self._journal = EventLog(_SOURCE, clock)
        self._server = services.Offer()
        self._own_offer = services.Offer()
        self._search = ""
        self._own = OwnShow()
        self._link = Link(
            account,
            presence=self._heard_presence,
            message=self._heard_message,
            roster=self._heard_roster,
            begin=self._begin,
        )
        self._cards = Cards(self._link, self._heard_card)
        self._conversation = Conversation(account.jid, self._link, self._contacts, clock)

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(account_of(options))

    async def open(self) -> frozenset[Capability]:
        await self._link.ensure()
        offered = {Capability.CHAT, Capability.SET_OWN}
        return frozenset(offered | {Capability.EVENT_REPLAY} if self._link.resumable else offered)

    async def close(self) -> None:
        self._cards.stop()
        await self._link.close()
        self._journal.wake()

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        await self._sure()
        wanted = text.strip().casefold()
        if self._search and len(wanted) >= SEARCH_FROM:
            await self._look_for(text.strip())
        await self._cards.wait(CARDS_WAITED_FOR)
        found = []
        for person in self._contacts.people():
            about = (person.name, person.title, person.team, person.email, *person.skills)
            fits = any(wanted in one.casefold() for one in about)
            if fits and (not skill or skill.casefold() in (one.casefold() for one in person.skills)):
                found.append(person)
        return tuple(found)

    async def snapshot(self) -> Envelope:
        await self._sure()
        await self._cards.wait(CARDS_WAITED_FOR)
        # What was left for us while we were away came before anybody read events: its lines are part of the snapshot.
        known = PresenceSnapshot(self._contacts.people(), self._contacts.presences(), self._conversation.lines)
        return self._journal.envelope(known)

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        await self._link.ensure()
        lost, journal = self._link.lost, self._journal
        epoch, seq = after or (journal.epoch, journal.head)
        if not journal.reaches(epoch, seq):
            yield journal.envelope(
                Gap("The session is a new one: what happened in between is not known."), numbered=False
            )
            epoch, seq = journal.epoch, journal.head
        heard_at = float("-inf")
        loop = asyncio.get_running_loop()
        while True:
            news = journal.news
            if journal.epoch != epoch:
                raise Unavailable("The connection to the directory was lost.")
            for envelope in journal.after(seq):
                yield envelope
                seq = envelope.seq or seq
            if lost.is_set():
                raise Unavailable("The connection to the directory was lost.")
            if seq < journal.head:
                continue
            if loop.time() - heard_at >= self._ping_every:
                await self._ping()
                heard_at = loop.time()
                if seq == journal.head and journal.epoch == epoch:
                    yield journal.envelope(Heartbeat(self._clock(), journal.head), numbered=False)
                continue
            await _first_of(news, lost, self._ping_every - (loop.time() - heard_at))

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        own = own_show(state, activity, in_call=in_call)
        await self._link.ensure()
        self._own = own
        try:
            if self._own_offer.pep:
                await self._link.ask("set", own.publication)
            self._link.send(own.stanza)
            await self._link.ping()  # stanzas are taken in order: what was sent before the answer was taken
        except Unavailable as error:
            raise OutcomeUnknown("The directory did not say whether it took that.", error.detail) from error
        return self._contacts.own(own.show, own.status, state, own.doing if self._own_offer.pep else None)

    async def chat(self, person_id: str, text: str, *, key: str) -> ChatLine:
        return await self._conversation.write(
            person_id, text, key, session=lambda: self._journal.epoch, archive=lambda: MAM in self._own_offer.features
        )

    # What a new session needs

    async def _begin(self) -> None:
        self._contacts.begin(self._link.resource)
        self._journal.begin()
        domain = self._account.domain
        roster, self._server, self._own_offer, self._search = await asyncio.gather(
            self._link.ask("get", make(ROSTER, "query")),
            services.offer_of(self._link, domain),
            services.offer_of(self._link, self._account.jid),
            services.search_service(self._link, domain),
        )
        self._tell(self._contacts.roster(roster.findall(f"{tag(ROSTER, 'query')}/{tag(ROSTER, 'item')}")))
        if CARBONS in self._server.features:
            await self._link.ask("set", make(CARBONS, "enable"))
        self._link.send(self._own.stanza)
        await self._link.ping()  # by the time this is answered, the server has sent who is here
        self._cards.fetch(self._contacts.addresses)

    # What comes in

    def _tell(self, events: Sequence[Event]) -> None:
        if events:
            self._journal.put(events)

    def _heard_presence(self, stanza: Element) -> None:
        self._tell(self._contacts.presence(stanza))

    def _heard_roster(self, push: Element) -> None:
        if push.get("type") == "set":
            for item in push.findall(f"{tag(ROSTER, 'query')}/{tag(ROSTER, 'item')}")[:1]:
                known = bare(item.get("jid", "")) in self._contacts
                self._tell(self._contacts.roster_item(item))
                if not known:
                    self._cards.fetch([jid for jid in [bare(item.get("jid", ""))] if jid in self._contacts])

    def _heard_card(self, jid: str, card: Card) -> None:
        self._tell(self._contacts.card(jid, card))

    def _heard_message(self, stanza: Element) -> None:
        published = stanza.find(tag(PUBSUB_EVENT, "event"))
        if published is not None:
            self._heard_publication(bare(stanza.get("from", "")), published)
            return
        heard = self._conversation.hear(stanza)
        if heard is None:
            return
        person = heard.line.person_id
        if person not in self._contacts:
            if person.rpartition("@")[2] != self._account.domain:
                return  # strangers of other companies have no line to an agent's desk
            self._tell(self._contacts.found(person, "", ""))
            self._cards.fetch([person])
        self._tell([ChatReceived(heard.line)])
        if heard.receipt_to and self._contacts.sees_us(person):
            self._link.send(receipt(heard.receipt_to, heard.receipt_for))

    def _heard_publication(self, jid: str, published: Element) -> None:
        items = published.find(tag(PUBSUB_EVENT, "items"))
        if items is None:
            return
        item = items.find(tag(PUBSUB_EVENT, "item"))
        payload = item[0] if item is not None and len(item) else None
        if items.get("node") == ACTIVITY:
            found = payload is not None and payload.tag == tag(ACTIVITY, "activity")
            self._tell(
                self._contacts.activity(jid, read_activity(payload) if found and payload is not None else Activity())
            )
        elif items.get("node") == VCARD4_NODE and payload is not None and payload.tag == tag(VCARD4, "vcard"):
            self._tell(self._contacts.card(jid, read_vcard4(payload)))

    # What is asked

    async def _sure(self) -> None:
        """What is known is known now: the server answers, after everything that it sent before."""
        was_up = self._link.up
        await self._link.ensure()
        if was_up:
            await self._link.ping()

    async def _ping(self) -> None:
        try:
            async with asyncio.timeout(self._ping_every):  # wait_for can swallow that the reader was cancelled
                await self._link.ping()
        except TimeoutError as error:
            self._link.drop()
            raise Unavailable("The directory says nothing any more.", "no answer to a ping") from error

    async def _look_for(self, text: str) -> None:
        try:
            found = await services.search(self._link, self._search, line(sendable(text)))
        except Unavailable:
            raise
        except BackendError:
            return  # the roster is searched all the same
        fresh = []
        for one in found:
            if one.jid not in self._contacts and one.jid != self._account.jid:
                self._tell(self._contacts.found(one.jid, one.name, one.email))
                fresh.append(one.jid)
        self._cards.fetch(fresh)
        if self._account.subscribe:
            for jid in fresh:
                self._link.send(make(CLIENT, "presence", to=jid, type="subscribe"))


async def _first_of(news: asyncio.Event, lost: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(one.wait()) for one in (news, lost)]
    try:
        await asyncio.wait(waits, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
