"""Several contact centres as one: each call goes to the one whose id it is about, and what all know is put together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self, TypeVar

from desktop.app.connections.centre_ids import CentreIds
from desktop.domain.entities.floor import Acknowledgement, AgentMessage, AuditEntry, HelpRequest
from desktop.domain.entities.model import Address, Agent, Instant, Interaction, Reply, WrapUpCode
from desktop.domain.entities.own_agent import OWN, together
from desktop.domain.entities.source import CENTRE, holder
from desktop.domain.entities.words import Availability, Monitoring
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import BackendError, Unavailable, Unsupported

T = TypeVar("T")
Begin = Callable[[Callable[[], Awaitable[Any]], str], Awaitable[Any]]
"""Begins a call of the backend of a source."""


async def _begin(call: Callable[[], Awaitable[Any]], source: str) -> Any:
    return await call()


class NamedStream:
    """The snapshot and the events of one of several contact centres, with its name on every id."""

    def __init__(self, ids: CentreIds, centre: ContactCenter) -> None:
        self._ids = ids
        self._centre = centre

    async def snapshot(self) -> Envelope:
        """Everything it shows, numbered with the last event it includes."""
        return self._ids.envelope(await self._centre.snapshot())

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """Events after (epoch, seq), or from now on."""
        stream = self._centre.events(after)
        try:
            async for envelope in stream:
                yield self._ids.envelope(envelope)
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()


class ContactCenters(ContactCenter):
    """Routes by the name on the id. What names none goes to the first; what only some can do, to the first that can.

    Its snapshot and events are those of `streams`, one for each contact centre, for each is connected on its own.
    """

    manifest: ClassVar[Manifest] = Manifest(
        Kind.CONTACT_CENTER, "several", API, "contact centres", frozenset(Capability)
    )

    def __init__(
        self, centres: Mapping[str, ContactCenter], sources: Sequence[str] = (), begin: Begin = _begin
    ) -> None:
        """`centres` that can be used, by source; `sources` of all of them, in order of precedence."""
        self._centres = dict(centres)
        self.sources = tuple(dict.fromkeys((*sources, *centres)))
        self._begin = begin
        self._ids = {
            source: CentreIds(source, [one for one in self.sources if one != source]) for source in self.sources
        }
        self.streams = {source: NamedStream(self._ids[source], centre) for source, centre in centres.items()}

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError("it is made around other contact centres")

    async def open(self) -> frozenset[Capability]:
        offered = await asyncio.gather(*(one.open() for one in self._centres.values()), return_exceptions=True)
        able = [one for one in offered if not isinstance(one, BaseException)]
        if not able and offered and isinstance(offered[0], BaseException):
            raise offered[0]
        return frozenset[Capability]().union(*able)

    async def close(self) -> None:
        await asyncio.gather(*(centre.close() for centre in self._centres.values()))

    async def snapshot(self) -> Envelope:
        """What those that answer show, as one; it has no number, for each has numbers of its own."""
        asked = (self._begin(stream.snapshot, source) for source, stream in self.streams.items())
        answers = await asyncio.gather(*asked, return_exceptions=True)
        told = [one for one in answers if isinstance(one, Envelope) and isinstance(one.event, ContactCenterSnapshot)]
        if not told:
            raise next(
                iter(one for one in answers if isinstance(one, BaseException)), Unsupported(Sentence("profile.none"))
            )
        shown = [one.event for one in told if isinstance(one.event, ContactCenterSnapshot)]
        own = [agent for one in shown for agent in one.agents if agent.id == OWN]
        others = [agent for one in shown for agent in one.agents if agent.id != OWN]
        event = replace(
            shown[0],
            agents=((together(own),) if own else ()) + tuple(others),
            interactions=tuple(each for one in shown for each in one.interactions),
            queues=tuple(each for one in shown for each in one.queues),
            codes=tuple(each for one in shown for each in one.codes),
            reasons=tuple(each for one in shown for each in one.reasons),
            help=tuple(each for one in shown for each in one.help),
            agent_messages=tuple(each for one in shown for each in one.agent_messages),
            acknowledgements=tuple(each for one in shown for each in one.acknowledgements),
        )
        return replace(told[0], source=CENTRE, event=event, epoch="", seq=None)

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        raise Unsupported(Sentence("centre.one_stream_each"))

    # Who is asked

    async def at(self, source: str, call: Callable[[ContactCenter, CentreIds], Awaitable[T]]) -> T:
        """Ask one contact centre.

        Raises:
            Unavailable: its plug-in cannot be used, or it is not connected.
            BackendError: whatever it raised.
        """
        ids, centre = self._ids[source], self._centres.get(source)
        if centre is None:
            raise Unavailable(Sentence("connection.not_yet", source=source))
        answer: T = await self._begin(lambda: call(centre, ids), source)
        return ids.named(answer)

    async def _of(self, record_id: str, call: Callable[[ContactCenter, CentreIds, str], Awaitable[T]]) -> T:
        source = holder(self.sources, record_id)
        return await self.at(source, lambda centre, ids: call(centre, ids, ids.own(record_id)))

    async def _first_able(self, call: Callable[[ContactCenter, CentreIds], Awaitable[T]]) -> T:
        refused: BackendError | None = None
        for source in self._centres:
            try:
                return await self.at(source, call)
            except Unsupported as error:
                refused = refused or error
        raise refused or Unsupported(Sentence("profile.none"))

    async def _all(self, call: Callable[[ContactCenter, CentreIds], Awaitable[Sequence[T]]]) -> list[T]:
        """What those answer that can; an error only where none does."""
        answers = await asyncio.gather(*(self.at(one, call) for one in self._centres), return_exceptions=True)
        found = [answer for answer in answers if not isinstance(answer, BaseException)]
        failed = [answer for answer in answers if isinstance(answer, BaseException)]
        if failed and not found:
            raise next((error for error in failed if not isinstance(error, Unsupported)), failed[0])
        return [one for answer in found for one in answer]

    # The agent

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        async def tell(centre: ContactCenter, _: CentreIds) -> Agent:
            return await centre.set_availability(availability, reason=reason, after_current=after_current, key=key)

        return together(await asyncio.gather(*(self.at(source, tell) for source in self._centres)))

    async def cancel_next(self, *, key: str) -> Agent:
        return await self._first_able(lambda centre, _: centre.cancel_next(key=key))

    # Contacts

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.accept(own, key=key))

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.decline(own, reason=reason, key=key))

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.end(own, key=key))

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.send_message(own, text, key=key))

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.send_reply(own, reply, key=key))

    def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        source = holder(self.sources, interaction_id)
        if source not in self._centres:
            raise Unavailable(Sentence("connection.not_yet", source=source))
        own = self._ids[source].own(interaction_id)
        return self._centres[source].attachment(own, message_id, attachment_id)

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.mark_read(own, message_id, key=key))

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        await self._of(interaction_id, lambda at, _, own: at.typing(own, on=on))

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.park(own, on=on, key=key))

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.pull(own, key=key))

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        return await self._of(
            interaction_id, lambda at, _, own: at.wrap_up(own, codes=codes, note_given=note_given, key=key)
        )

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return await self._all(lambda at, _: at.wrap_up_codes())

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.hold(own, on=on, key=key))

    async def mute(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.mute(own, on=on, key=key))

    async def dtmf(self, interaction_id: str, digits: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.dtmf(own, digits, key=key))

    async def pause_recording(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.pause_recording(own, on=on, key=key))

    async def consult(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, ids, own: at.consult(own, ids.own_target(target), key=key))

    async def cancel_leg(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.cancel_leg(own, leg_id, key=key))

    async def swap(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.swap(own, leg_id, key=key))

    async def complete_transfer(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.complete_transfer(own, leg_id, key=key))

    async def conference(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.conference(own, leg_id, key=key))

    async def blind_transfer(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        return await self._of(
            interaction_id, lambda at, ids, own: at.blind_transfer(own, ids.own_target(target), key=key)
        )

    async def extend_wrap_up(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.extend_wrap_up(own, key=key))

    async def hand_over(self, interaction_id: str, *, note: str, customer_id: str, key: str) -> Interaction:
        return await self._of(
            interaction_id, lambda at, _, own: at.hand_over(own, note=note, customer_id=customer_id, key=key)
        )

    async def callback(
        self, interaction_id: str, *, queue: str, address: Address, at: Instant, note: str, key: str
    ) -> str:
        due = at
        return await self._of(
            interaction_id,
            lambda at, ids, own: at.callback(own, queue=ids.own(queue), address=address, at=due, note=note, key=key),
        )

    async def dial(self, address: Address, *, queue: str, key: str) -> Interaction:
        if queue:
            return await self._of(queue, lambda at, _, own: at.dial(address, queue=own, key=key))
        return await self._first_able(lambda at, _: at.dial(address, queue="", key=key))

    # Towards supervisors, and what supervisors do

    async def monitor(self, agent_id: str, mode: Monitoring, *, why: str, key: str) -> str:
        source = holder(self.sources, agent_id)
        made = await self._of(agent_id, lambda at, _, own: at.monitor(own, mode, why=why, key=key))
        return self._ids[source].record(made)

    async def end_monitor(self, monitor_id: str, *, key: str) -> None:
        await self._of(monitor_id, lambda at, _, own: at.end_monitor(own, key=key))

    async def take_over(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.take_over(own, why=why, key=key))

    async def reassign(self, interaction_id: str, agent_id: str, *, why: str, key: str) -> Interaction:
        return await self._of(
            interaction_id, lambda at, ids, own: at.reassign(own, ids.own(agent_id), why=why, key=key)
        )

    async def move(self, interaction_id: str, queue: str, *, why: str, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, ids, own: at.move(own, ids.own(queue), why=why, key=key))

    async def set_priority(self, interaction_id: str, priority: int, *, why: str, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.set_priority(own, priority, why=why, key=key))

    async def withdraw(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.withdraw(own, why=why, key=key))

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        return await self._of(
            agent_id,
            lambda at, _, own: at.set_agent_availability(own, availability, reason=reason, why=why, key=key),
        )

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        return await self._of(queue, lambda at, _, own: at.waiting(own, limit=limit))

    async def interaction(self, interaction_id: str) -> Interaction:
        return await self._of(interaction_id, lambda at, _, own: at.interaction(own))

    async def ask_help(self, interaction_id: str, text: str, *, key: str) -> HelpRequest:
        return await self._of(interaction_id, lambda at, _, own: at.ask_help(own, text, key=key))

    async def answer_help(self, help_id: str, text: str, *, close: bool, key: str) -> HelpRequest:
        return await self._of(help_id, lambda at, _, own: at.answer_help(own, text, close=close, key=key))

    async def message_agent(self, agent_id: str, text: str, *, key: str) -> AgentMessage:
        return await self._of(agent_id, lambda at, _, own: at.message_agent(own, text, key=key))

    async def acknowledge(self, alert: str, text: str, *, key: str) -> Acknowledgement:
        source = holder(self.sources, alert.partition("|")[2])
        return await self.at(source, lambda at, ids: at.acknowledge(ids.own_alert(alert), text, key=key))

    async def audit(self, *, limit: int = 100) -> Sequence[AuditEntry]:
        found = await self._all(lambda at, _: at.audit(limit=limit))
        return sorted(found, key=lambda one: -one.at)[:limit]
