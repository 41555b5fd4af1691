"""A contact centre in memory that remembers: calls that are over, and counts by interval."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import AuditEntry
from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastInteraction,
    PastPage,
    PastQuery,
    PastRecording,
    PastStep,
    RecordingLink,
    WeekCell,
    WeekQuery,
)
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.domain.state.events import Change
from desktop.ports.base import Capability, Manifest
from desktop.ports.errors import NotFound, Rejected

from .contact_center import ME, QUEUE, CenterLine, ReferenceContactCenter, ReferenceContactCenterRig

HOUR = 3_600.0


class PastLine(CenterLine):
    """The far side: what was, and when it was counted. A day ago 60 calls came, 7 minutes apart."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000_000.0
        self.past: list[PastDetail] = []
        self.counted = [(self.now - 24 * HOUR + 420.0 * n, QUEUE, Counts(0, 0, **_ONE)) for n in range(60)]
        self._steps: dict[str, list[PastStep]] = {}
        self._ended: dict[str, float] = {}
        self.opened: list[AuditEntry] = []

    def become(self, one: Interaction, change: Change, reason: str = "", **news: Any) -> Interaction:
        now = super().become(one, change, reason, **news)
        self._steps.setdefault(now.id, []).append(PastStep(self.now, change.value, now.queue, now.agent_id or ""))
        if change is Change.WRAP_UP:
            self._ended[now.id] = self.now
        if now.phase is Phase.CLOSED and now.answered_at is not None:
            recorded = (PastRecording("1", now.answered_at, 5.0),)
            self.past.append(PastDetail(self._kept(now), tuple(self._steps[now.id]), recordings=recorded))
            self.counted.append((now.answered_at, now.queue, Counts(0, 0, **_ONE)))
        return now

    def _kept(self, one: Interaction) -> PastInteraction:
        answered, ended = one.answered_at or 0.0, self._ended[one.id]
        return PastInteraction(
            one.id, one.channel.value, one.direction.value, one.queue, one.customer.value, "", ME, "Me", one.arrived_at,
            answered, ended, one.outcome.value if one.outcome else "", answered - one.arrived_at, ended - answered,
        )  # fmt: skip


_ONE: dict[str, Any] = {"offered": 1, "answered": 1, "abandoned": 0, "handled": 1, "talk_seconds": 60.0}


class ReferencePast(ReferenceContactCenter):
    """Keeps the contract of the past, too."""

    manifest: ClassVar[Manifest] = replace(
        ReferenceContactCenter.manifest,
        capabilities=ReferenceContactCenter.manifest.capabilities
        | {Capability.HISTORY, Capability.HISTORY_SEARCH, Capability.RECORDINGS, Capability.AUDIT},
    )
    line: PastLine

    def place(self, at: float, query: IntervalQuery) -> float:
        """Where the interval of a moment begins."""
        return at // query.width * query.width

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        if query.until < query.since or (query.until - query.since) / query.width > 100_000:
            raise Rejected("That is no period.")
        return await self.ask(lambda: self.sums(query))

    def sums(self, query: IntervalQuery) -> list[Interval]:
        """Everything counted, added up by interval."""
        found: dict[tuple[float, str], int] = {}
        for at, queue, _ in self.line.counted:
            begin = self.place(at, query)
            if query.since <= begin < query.until and (not query.queues or queue in query.queues):
                key = (begin, queue if query.by_queue else "")
                found[key] = found.get(key, 0) + 1
        return [
            Interval(queue, Counts(begin, begin + query.width, **{name: n * one for name, one in _ONE.items()}))
            for (begin, queue), n in sorted(found.items())
        ]

    async def week(self, query: WeekQuery) -> Sequence[WeekCell]:
        if query.until < query.since:
            raise Rejected("That is no period.")
        return await self.ask(lambda: self.cells(query))

    def cells(self, query: WeekQuery) -> list[WeekCell]:
        """Everything counted, added up by half hour of the week."""
        found: dict[tuple[int, int], int] = {}
        for at, queue, _ in self.line.counted:
            if query.since <= at // 900 * 900 < query.until and (not query.queues or queue in query.queues):
                clock = datetime.fromtimestamp(at, UTC)
                place = clock.weekday(), clock.hour * 2 + clock.minute // 30
                found[place] = found.get(place, 0) + 1
        return [
            WeekCell(weekday, slot, Counts(query.since, query.until, **{name: n * one for name, one in _ONE.items()}))
            for (weekday, slot), n in sorted(found.items())
        ]

    def fits(self, one: PastInteraction, query: PastQuery) -> bool:
        """Whether an interaction is asked for."""
        named = ((query.queues, one.queue), (query.channels, one.channel), (query.agents, one.agent_id))
        return (
            query.since <= one.arrived_at < query.until
            and all(not wanted or has in wanted for wanted, has in (*named, (query.outcomes, one.outcome)))
            and (not query.customer or query.customer == one.customer)
            and all(self.has(one, word) for word in query.text.casefold().split())
            and (query.longer_than is None or one.wait_seconds >= query.longer_than)
        )

    def has(self, one: PastInteraction, word: str) -> bool:
        """Whether a word is part of an interaction."""
        return word in f"{one.customer}\n{one.customer_name}".casefold()

    def after(self, one: PastInteraction, cursor: str) -> bool:
        """Whether an interaction comes after the last one of the page before."""
        return not cursor or one.arrived_at < float(cursor)

    async def past_interactions(self, query: PastQuery) -> PastPage:
        def look() -> PastPage:
            rows = [one.interaction for one in self.line.past[::-1] if self.fits(one.interaction, query)]
            rows = [one for one in rows if self.after(one, query.cursor)]
            page = rows[: query.limit]
            return PastPage(tuple(page), repr(page[-1].arrived_at) if len(rows) > len(page) else "")

        return await self.ask(look)

    def had(self, interaction_id: str) -> PastDetail:
        """One that is over."""
        found = next((one for one in self.line.past if one.interaction.id == interaction_id), None)
        if found is None:
            raise NotFound("Nobody had that.")
        return found

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        return await self.ask(lambda: self.had(interaction_id))

    async def open_recording(self, interaction_id: str, recording_id: str, *, key: str) -> RecordingLink:
        def work() -> RecordingLink:
            if recording_id not in {one.id for one in self.had(interaction_id).recordings}:
                raise NotFound("That was not recorded.")
            self.write_down(interaction_id)
            return RecordingLink("https://recordings.example.invalid/1", self.line.later() + HOUR)

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    def write_down(self, interaction_id: str) -> None:
        """That a recording of it was opened."""
        line = self.line
        line.opened.append(AuditEntry(line.new_id(), line.later(), ME, "Me", "open_recording", interaction_id, ""))

    async def audit(self, *, limit: int = 100) -> Sequence[AuditEntry]:
        return await self.ask(lambda: self.line.opened[::-1][:limit])


class ReferencePastRig(ReferenceContactCenterRig):
    """The far side, whose agent may look back at everything."""

    line: PastLine

    def __init__(self, backend: type[Any] = ReferencePast) -> None:
        super().__init__(backend)
        self.line = PastLine()
