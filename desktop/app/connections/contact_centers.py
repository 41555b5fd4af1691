"""Several contact centres as one: each call goes to the one whose id it is about, and what all know is put together."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from desktop.app.connections.centre_ids import CentreIds
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import (
    Acknowledgement,
    AgentMessage,
    AuditEntry,
    BroadcastDelivery,
    HelpRequest,
    Reached,
    Schedule,
    StateStretch,
)
from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastPage,
    PastQuery,
    RecordingLink,
    WeekCell,
    WeekQuery,
)
from desktop.domain.entities.model import Address, Agent, Instant, Interaction, NotReadyReason, Reply, WrapUpCode
from desktop.domain.entities.own_agent import OWN, together
from desktop.domain.entities.source import CENTRE, holder
from desktop.domain.entities.words import Availability, Monitoring
from desktop.domain.figures.count_sums import total
from desktop.domain.state.events import ContactCenterSnapshot, Envelope
from desktop.domain.text.sentence import Sentence, sentences
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.deadlines import HOST
from desktop.ports.errors import (
    BackendError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)
from desktop.ports.supervision import refuse

if TYPE_CHECKING:  # an agent's desktop starts without the records of quality
    from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation, EvaluationDraft
    from desktop.domain.reviews.scorecards import Form

T = TypeVar("T")
C = TypeVar("C", Interval, WeekCell)
Begin = Callable[[Callable[[], Awaitable[Any]], str], Awaitable[Any]]
"""Begins a call of the backend of a source."""

Read = Callable[[Callable[[], Awaitable[Any]], str, float], Awaitable[Any]]
"""Reads from the backend of a source within so many seconds."""

EACH_SECONDS, PAST_SECONDS, OPEN_SECONDS = 0.75 * HOST.read, 12.0, 0.6 * HOST.open
"""How long one is waited for where all are asked: it must not use up the time of those that answer."""

_UNDECIDED = (OutcomeUnknown, Unavailable, RateLimited)


async def _begin(call: Callable[[], Awaitable[Any]], source: str) -> Any:
    try:
        return await call()
    except BackendError as error:
        error.source = error.source or source
        raise


async def _read(call: Callable[[], Awaitable[Any]], source: str, seconds: float) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await _begin(call, source)
    except TimeoutError:
        silent = Unavailable(Sentence("connection.no_answer", source=source))
        silent.source = source
        raise silent from None


def worst(errors: Sequence[BackendError]) -> BackendError:
    """The error that decides what comes next: one after which the same must go out again under the same key."""
    said = [error for error in errors if not isinstance(error, Unsupported)] or errors
    return min(said, key=lambda error: not isinstance(error, _UNDECIDED))


def left_out(sources: Sequence[str]) -> Sentence:
    """That these contact centres have no part in an answer."""
    return sentences(*(Sentence("centre.left_out", source=source) for source in sources))


async def whole_page(center: ContactCenter, query: PastQuery) -> PastPage:
    """A page of finished interactions that lacks nothing, for what is counted, drawn or saved.

    Raises:
        Unavailable: one of several contact centres did not answer.
    """
    page = await center.past_interactions(query)
    if page.missing:
        raise Unavailable(left_out(page.missing))
    return page


class TakesAvailability(Protocol):
    """What takes the availability of whoever is signed in: a contact centre, or one of several."""

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent: ...

    async def cancel_next(self, *, key: str) -> Agent: ...


class NamedStream:
    """The snapshot and the events of one of several contact centres, with its name on every id."""

    def __init__(self, ids: CentreIds, centre: ContactCenter) -> None:
        self.reasons: tuple[NotReadyReason, ...] = ()
        """The reasons it has for not being ready, as it told last."""
        self.own_team: str | None = None
        """The team there of whoever is signed in."""
        self._ids = ids
        self._centre = centre

    async def snapshot(self) -> Envelope:
        """Everything it shows, numbered with the last event it includes."""
        return self._named(await self._centre.snapshot())

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """Events after (epoch, seq), or from now on."""
        stream = self._centre.events(after)
        try:
            async for envelope in stream:
                yield self._named(envelope)
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    def _named(self, said: Envelope) -> Envelope:
        if not isinstance(said, Envelope):
            return said  # for the feed to say so
        if isinstance(said.event, ContactCenterSnapshot):
            self.reasons = said.event.reasons
            self.own_team = next((one.team for one in said.event.agents if one.id == said.event.me), None)
        return self._ids.envelope(said)


class OwnAtOne:
    """The availability of whoever is signed in, at one of several contact centres."""

    def __init__(self, centres: "ContactCenters", source: str) -> None:
        self._centres = centres
        self._source = source

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        """As a contact centre's; `reason` of another goes by its label, and is left out where there is none like it."""
        own = self._centres.reason_at(self._source, reason)
        return await self._centres.at(
            self._source,
            lambda at, _: at.set_availability(availability, reason=own, after_current=after_current, key=key),
        )

    async def cancel_next(self, *, key: str) -> Agent:
        """As a contact centre's."""
        return await self._centres.at(self._source, lambda at, _: at.cancel_next(key=key))


class ContactCenters(ContactCenter):
    """Routes by the name on the id. What names none goes to the first; what only some can do, to the first that can.

    Its events are those of `streams`, one for each contact centre, for each is connected on its own. What is asked of
    all is answered by those that can: `left_out` hears who could not, and why.
    """

    manifest: ClassVar[Manifest] = Manifest(
        Kind.CONTACT_CENTER, "several", API, "contact centres", frozenset(Capability)
    )

    def __init__(
        self,
        centres: Mapping[str, ContactCenter],
        sources: Sequence[str] = (),
        begin: Begin = _begin,
        read: Read = _read,
        left_out: Callable[[BackendError], None] = lambda error: None,
        offered: Callable[[str], frozenset[str]] | None = None,
    ) -> None:
        """Several contact centres of a profile.

        Args:
            centres: those that can be used, by source.
            sources: of all of them, in order of precedence.
            begin: begins a call of one of them.
            read: the same within a time, for what all are asked.
            left_out: hears of one that could not answer what all were asked; `error.source` says which.
            offered: what one can do, by source, where somebody else opens them; None: as `open` was told.
        """
        self._centres = dict(centres)
        self.sources = tuple(dict.fromkeys((*sources, *centres)))
        self._begin = begin
        self._read = read
        self._left_out = left_out
        self._opened: dict[str, frozenset[str]] = {}
        self._offered = offered or (lambda source: self._opened.get(source, frozenset()))
        self._ids = {
            source: CentreIds(source, [one for one in self.sources if one != source]) for source in self.sources
        }
        self.streams = {source: NamedStream(self._ids[source], centre) for source, centre in centres.items()}
        self.own: Mapping[str, TakesAvailability] = {source: OwnAtOne(self, source) for source in self.sources}
        """Whoever is signed in, at each contact centre by source: nothing said to one keeps the others waiting."""

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError("it is made around other contact centres")

    async def open(self) -> frozenset[Capability]:
        found = await self._each(lambda centre, _: centre.open(), seconds=OPEN_SECONDS)
        self._opened = {source: frozenset(able) for source, able in found.items()}
        return frozenset[Capability]().union(*found.values())

    async def close(self) -> None:
        await asyncio.gather(*(centre.close() for centre in self._centres.values()))

    async def snapshot(self) -> Envelope:
        """What those that answer show, as one; it has no number, for each has numbers of its own."""
        asked = (self._read(stream.snapshot, source, EACH_SECONDS) for source, stream in self.streams.items())
        answers: dict[str, Envelope | BaseException] = dict(
            zip(self.streams, await asyncio.gather(*asked, return_exceptions=True), strict=True)
        )
        told = self._answered(answers)
        shown = [one.event for one in told.values() if isinstance(one.event, ContactCenterSnapshot)]
        first = next(iter(told.values()))

        def listed(name: str) -> tuple[Any, ...]:
            return tuple(each for one in shown for each in getattr(one, name))

        own = [agent for one in shown for agent in one.agents if agent.id == OWN]
        others = [agent for one in shown for agent in one.agents if agent.id != OWN]
        event = replace(
            shown[0],
            agents=((together(own),) if own else ()) + tuple(others),
            interactions=listed("interactions"),
            queues=listed("queues"),
            codes=listed("codes"),
            reasons=listed("reasons"),
            help=listed("help"),
            agent_messages=listed("agent_messages"),
            acknowledgements=listed("acknowledgements"),
        )
        return replace(first, source=CENTRE, event=event, epoch="", seq=None)

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        raise Unsupported(Sentence("centre.one_stream_each"))

    # Who is asked

    async def at(
        self, source: str, call: Callable[[ContactCenter, CentreIds], Awaitable[T]], seconds: float | None = None
    ) -> T:
        """Ask one contact centre.

        Args:
            source: which.
            call: what to ask it.
            seconds: how long to wait for it; None where whoever asks sees to that.

        Raises:
            Unavailable: its plug-in cannot be used, or it is not connected.
            BackendError: whatever it raised.
        """
        ids = self._ids[source]

        async def ask() -> T:
            if source not in self._centres:
                raise Unavailable(Sentence("connection.not_yet", source=source))
            return await call(self._centres[source], ids)

        asked = self._begin(ask, source) if seconds is None else self._read(ask, source, seconds)
        answer: T = await asked
        return ids.named(answer)

    def offered_at(self, source: str) -> frozenset[str]:
        """What one contact centre can do, in the words of `Capability`; nothing while it is not known."""
        return self._offered(source)

    def reason_at(self, source: str, reason: str) -> str:
        """What one contact centre calls a reason: its own word of the same label; "" where it has none."""
        stream = self.streams.get(source)
        here = stream.reasons if stream is not None else ()
        if not reason or any(one.id == reason for one in here):
            return reason
        known = [one for other in self.streams.values() for one in other.reasons]
        labels = {one.label.casefold() for one in known if one.id == reason}
        return next((one.id for one in here if one.label.casefold() in labels), "")

    def own_team(self, agent_id: str) -> str | None:
        """The team of whoever is signed in, at the contact centre of an agent; None while it has not told."""
        stream = self.streams.get(holder(self.sources, agent_id))
        return stream.own_team if stream is not None else None

    async def _of(self, record_id: str, call: Callable[[ContactCenter, CentreIds, str], Awaitable[T]]) -> T:
        source = holder(self.sources, record_id)
        return await self.at(source, lambda centre, ids: call(centre, ids, ids.own(record_id)))

    async def _first_able(self, call: Callable[[ContactCenter, CentreIds], Awaitable[T]]) -> T:
        refused: BackendError | None = None
        for source in self.sources:
            try:
                return await self.at(source, call)
            except Unsupported as error:
                refused = refused or error
        raise refused or Unsupported(Sentence("profile.none"))

    async def _each(
        self,
        call: Callable[[ContactCenter, CentreIds], Awaitable[T]],
        sources: Sequence[str] | None = None,
        seconds: float = EACH_SECONDS,
    ) -> dict[str, T]:
        """What each answers, by source; an error only where none does."""
        asked = self.sources if sources is None else sources
        answers = await asyncio.gather(*(self.at(one, call, seconds) for one in asked), return_exceptions=True)
        return self._answered(dict(zip(asked, answers, strict=True)))

    async def _sum(
        self, call: Callable[[ContactCenter, CentreIds], Awaitable[Sequence[C]]], queues: Sequence[str]
    ) -> list[C]:
        """What all of them answer that can; a sum without one of them would be another figure."""
        asked = self._among(queues)
        answers = await asyncio.gather(*(self.at(one, call) for one in asked), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, Unsupported):
                raise answer
        found = self._answered(dict(zip(asked, answers, strict=True)))
        return [one for answer in found.values() for one in answer]

    def _answered(self, answers: "Mapping[str, T | BaseException]") -> dict[str, T]:
        found = {source: answer for source, answer in answers.items() if not isinstance(answer, BaseException)}
        failed = [answer for answer in answers.values() if isinstance(answer, BaseException)]
        unexpected = next((error for error in failed if not isinstance(error, BackendError)), None)
        if unexpected is not None:
            raise unexpected
        errors = [error for error in failed if isinstance(error, BackendError)]
        if errors and not found:
            raise worst(errors)
        for error in errors:
            if not isinstance(error, Unsupported):
                self._left_out(error)
        return found

    async def _all(self, call: Callable[[ContactCenter, CentreIds], Awaitable[Sequence[T]]]) -> list[T]:
        return [one for answer in (await self._each(call)).values() for one in answer]

    def _among(self, ids: Sequence[str]) -> tuple[str, ...]:
        """The contact centres that hold any of these; all, where nothing is named."""
        return tuple(dict.fromkeys(holder(self.sources, one) for one in ids)) if ids else self.sources

    def _owned(self, source: str, ids: Sequence[str]) -> tuple[str, ...]:
        """Those of these ids that a contact centre holds, by its own names; whoever is signed in is at each."""
        return tuple(self._ids[source].own(one) for one in ids if one == OWN or holder(self.sources, one) == source)

    # The agent

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        return await self._tell_each(
            lambda at: at.set_availability(availability, reason=reason, after_current=after_current, key=key)
        )

    async def cancel_next(self, *, key: str) -> Agent:
        return await self._tell_each(lambda at: at.cancel_next(key=key))

    async def _tell_each(self, tell: Callable[[TakesAvailability], Awaitable[Agent]]) -> Agent:
        """All are told, whatever one of them says; then the worst of it is raised."""
        answers = await asyncio.gather(*(tell(at) for at in self.own.values()), return_exceptions=True)
        errors = [one for one in answers if isinstance(one, BackendError)]
        agents = [one for one in answers if isinstance(one, Agent)]
        if not agents or any(not isinstance(one, Unsupported) for one in errors):
            raise worst(errors)
        return together(agents)

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

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        source = holder(self.sources, interaction_id)
        own = self._ids[source].own(interaction_id)

        async def stream(centre: ContactCenter, _: CentreIds) -> AsyncIterator[bytes]:
            return centre.attachment(own, message_id, attachment_id)

        async for part in await self.at(source, stream):
            yield part

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
        known = self.reason_at(holder(self.sources, agent_id), reason)
        return await self._of(
            agent_id,
            lambda at, _, own: at.set_agent_availability(own, availability, reason=known, why=why, key=key),
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

    async def broadcast(self, agent_ids: Sequence[str], text: str, *, key: str) -> Sequence[BroadcastDelivery]:
        """By each agent's own contact centre; those of one that did not take it are told as failed."""

        async def to(source: str) -> Sequence[BroadcastDelivery]:
            return await self.at(source, lambda at, ids: at.broadcast(self._owned(source, agent_ids), text, key=key))

        asked = self._among(agent_ids)
        answers = await asyncio.gather(*(to(source) for source in asked), return_exceptions=True)
        told = self._answered(dict(zip(asked, answers, strict=True)))
        by_agent = {one.agent_id: one for answer in told.values() for one in answer}
        failed = [one for one in agent_ids if holder(self.sources, one) not in told]
        by_agent |= {one: BroadcastDelivery(one, Reached.FAILED) for one in failed}
        return [by_agent[one] for one in agent_ids if one in by_agent]

    async def acknowledge(self, alert: str, text: str, *, key: str) -> Acknowledgement:
        source = holder(self.sources, alert.partition("|")[2])
        return await self.at(source, lambda at, ids: at.acknowledge(ids.own_alert(alert), text, key=key))

    async def audit(self, *, limit: int = 100) -> Sequence[AuditEntry]:
        found = await self._all(lambda at, _: at.audit(limit=limit))
        return sorted(found, key=lambda one: -one.at)[:limit]

    async def schedules(self, day: date) -> Sequence[Schedule]:
        return await self._all(lambda at, _: at.schedules(day))

    async def agent_day(self, agent_id: str, day: date) -> Sequence[StateStretch]:
        if agent_id == OWN:  # one person's day: that of the first contact centre that keeps it
            return await self._first_able(lambda at, ids: at.agent_day(ids.own(OWN), day))
        return await self._of(agent_id, lambda at, _, own: at.agent_day(own, day))

    # The past

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        async def ask(centre: ContactCenter, ids: CentreIds) -> Sequence[Interval]:
            return await centre.intervals(replace(query, queues=self._owned(ids.source, query.queues)))

        return _added(
            await self._sum(ask, query.queues),
            lambda one: (one.counts.since, one.queue),
            lambda one, counts: replace(one, counts=counts),
        )

    async def week(self, query: WeekQuery) -> Sequence[WeekCell]:
        async def ask(centre: ContactCenter, ids: CentreIds) -> Sequence[WeekCell]:
            return await centre.week(replace(query, queues=self._owned(ids.source, query.queues)))

        return _added(
            await self._sum(ask, query.queues),
            lambda one: (one.weekday, one.slot),
            lambda one, counts: replace(one, counts=counts),
        )

    async def past_interactions(self, query: PastQuery) -> PastPage:
        """Those of all that answer, newest first; the page says who did not."""
        places = _places(query.cursor) or {source: _Place() for source in self._asked_of(query)}
        if any(source not in self._ids for source in places):
            raise Rejected(Sentence("centre.no_such_page"))

        async def ask(source: str, place: _Place) -> PastPage:
            if query.text and Capability.HISTORY_SEARCH not in self._offered(source):
                raise refuse(Capability.HISTORY_SEARCH)  # it would answer with everything
            own = replace(
                query,
                queues=self._owned(source, query.queues),
                agents=self._owned(source, query.agents),
                cursor=place.cursor,
            )
            return await self.at(source, lambda centre, _: centre.past_interactions(own), PAST_SECONDS)

        answers = await asyncio.gather(*(ask(*one) for one in places.items()), return_exceptions=True)
        answered = dict(zip(places, answers, strict=True))
        pages = self._answered(answered)
        missing = [one for one in places if one not in pages and (query.text or _should_know(answered[one]))]
        return _merged(places, pages, query.limit, tuple(missing))

    def _asked_of(self, query: PastQuery) -> Sequence[str]:
        of_agents = self._among([one for one in query.agents if one != OWN])
        return [source for source in self._among(query.queues) if source in of_agents or OWN in query.agents]

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        return await self._of(interaction_id, lambda at, _, own: at.past_interaction(own))

    async def open_recording(self, interaction_id: str, recording_id: str, *, key: str) -> RecordingLink:
        return await self._of(interaction_id, lambda at, _, own: at.open_recording(own, recording_id, key=key))

    # Quality

    async def evaluations(
        self, *, since: Instant = 0.0, agent: str = "", interaction: str = "", limit: int = 200
    ) -> "Sequence[Evaluation]":
        async def ask(at: ContactCenter, ids: CentreIds) -> "Sequence[Evaluation]":
            of, about = ids.own(agent), ids.own(interaction)
            return await at.evaluations(since=since, agent=of, interaction=about, limit=limit)

        named = [one for one in (interaction, agent) if one and one != OWN]
        found = await self._each(ask, self._among(named[:1]))
        return sorted((one for answer in found.values() for one in answer), key=lambda one: -one.at)[:limit]

    async def evaluation(self, evaluation_id: str) -> "Evaluation":
        return await self._of(evaluation_id, lambda at, _, own: at.evaluation(own))

    async def submit_evaluation(self, draft: "EvaluationDraft", *, key: str) -> "Evaluation":
        def named(ids: CentreIds, own: str) -> "EvaluationDraft":
            return replace(draft, interaction_id=own, calibration=ids.own(draft.calibration))

        return await self._of(draft.interaction_id, lambda at, ids, own: at.submit_evaluation(named(ids, own), key=key))

    async def release_evaluation(self, evaluation_id: str, *, key: str) -> "Evaluation":
        return await self._of(evaluation_id, lambda at, _, own: at.release_evaluation(own, key=key))

    async def read_evaluation(self, evaluation_id: str, *, key: str) -> "Evaluation":
        return await self._of(evaluation_id, lambda at, _, own: at.read_evaluation(own, key=key))

    async def calibrations(self, *, limit: int = 100) -> "Sequence[Calibration]":
        found = await self._all(lambda at, _: at.calibrations(limit=limit))
        return sorted(found, key=lambda one: -one.at)[:limit]

    async def start_calibration(self, interaction_id: str, form: "Form", reviewer: str, *, key: str) -> "Calibration":
        return await self._of(
            interaction_id, lambda at, ids, own: at.start_calibration(own, form, ids.own(reviewer), key=key)
        )

    async def coaching_notes(self, *, agent: str = "", limit: int = 200) -> "Sequence[CoachingNote]":
        async def ask(at: ContactCenter, ids: CentreIds) -> "Sequence[CoachingNote]":
            return await at.coaching_notes(agent=ids.own(agent), limit=limit)

        found = await self._each(ask, self._among([agent] if agent and agent != OWN else []))
        return sorted((one for answer in found.values() for one in answer), key=lambda one: -one.at)[:limit]

    async def coach(self, agent_id: str, text: str, *, evaluation: str = "", key: str) -> "CoachingNote":
        return await self._of(
            agent_id, lambda at, ids, own: at.coach(own, text, evaluation=ids.own(evaluation), key=key)
        )

    async def read_coaching(self, note_id: str, *, key: str) -> "CoachingNote":
        return await self._of(note_id, lambda at, _, own: at.read_coaching(own, key=key))

    async def acknowledge_coaching(self, note_id: str, answer: str, *, key: str) -> "CoachingNote":
        return await self._of(note_id, lambda at, _, own: at.acknowledge_coaching(own, answer, key=key))


@dataclass(frozen=True, slots=True)
class _Place:
    """How far the finished interactions of one contact centre were shown: rows of its page at a cursor."""

    cursor: str = ""
    shown: int = 0


def _places(cursor: str) -> dict[str, _Place]:
    if not cursor:
        return {}
    try:
        return {str(source): _Place(str(at), int(shown)) for source, at, shown in json.loads(cursor)}
    except (TypeError, ValueError):
        raise Rejected(Sentence("centre.no_such_page")) from None


def _should_know(answer: PastPage | BaseException) -> bool:
    """Whether something is missing for want of an answer: a contact centre without a past has none."""
    return not isinstance(answer, Unsupported)


def _merged(
    places: Mapping[str, _Place], pages: Mapping[str, PastPage], limit: int, missing: tuple[str, ...]
) -> PastPage:
    """One page out of one of each, newest first, and as far as every one of them goes: what is beyond comes next."""
    rest = {source: page.interactions[places[source].shown :] for source, page in pages.items()}
    ends = [left[-1].arrived_at for source, left in rest.items() if pages[source].cursor and left]
    newest = [(row, source) for source, left in rest.items() for row in left if row.arrived_at >= max(ends, default=0)]
    rows = sorted(newest, key=lambda one: -one[0].arrived_at)[:limit]
    following = list[tuple[str, str, int]]()
    for source, page in pages.items():
        shown = places[source].shown + sum(1 for _, of in rows if of == source)
        if shown < len(page.interactions):
            following.append((source, places[source].cursor, shown))
        elif page.cursor:
            following.append((source, page.cursor, 0))
    return PastPage(tuple(row for row, _ in rows), json.dumps(following) if following else "", missing)


def _added(several: Sequence[C], key: Callable[[C], Any], made: Callable[[C, Counts], C]) -> list[C]:
    """Rows of the same place added up, in their order."""
    groups: dict[Any, list[C]] = {}
    for one in several:
        groups.setdefault(key(one), []).append(one)
    sums = {place: total([one.counts for one in group], by_own_threshold=True) for place, group in groups.items()}
    return [made(groups[place][0], counts) for place, counts in sorted(sums.items()) if counts is not None]
