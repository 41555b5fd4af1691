"""The screen of reports over the real floor: a supervisor's desk in memory, with ten weeks behind it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from math import exp
from random import Random
from typing import Any

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.history.centre_days import CentreDays
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.staffing.staffing_desk import StaffingDesk
from desktop.app.timing import Timing
from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastInteraction,
    PastPage,
    PastQuery,
    PastStep,
    WeekCell,
    WeekQuery,
)
from desktop.domain.figures.count_sums import total
from desktop.ports.errors import NotFound
from desktop.tui.app import DesktopApp
from tests.tui.desk import unhurried
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import FloorSession, RecordedSupervisor
from tests.tui.supervisor.floor_states import floor

ZONE = "Europe/London"
DAYS = CentreDays(ZONE)
QUARTER = 900.0


def _counted(start: float, chance: Random) -> Counts | None:
    local = DAYS.local(start)
    hour = local.hour + local.minute / 60
    if not 7 <= hour < 20:
        return None
    level = (1.2, 1.0, 0.95, 1.0, 0.9, 0.45, 0.0)[local.weekday()]
    wave = 1.5 * exp(-(((hour - 10.3) / 1.6) ** 2)) + exp(-(((hour - 14.6) / 2.2) ** 2)) + 0.15
    offered = sum(chance.random() < 0.5 for _ in range(round(26 * level * wave)))
    if not offered:
        return None
    strain = min(0.9, max(0.0, (offered - 13) / 16))
    abandoned = sum(chance.random() < 0.22 * strain for _ in range(offered))
    answered = offered - abandoned
    within = answered - sum(chance.random() < 0.12 + 0.7 * strain for _ in range(answered))
    talk = answered * (150 + 25 * wave + chance.uniform(-12, 12))
    staff = StaffTime(11_000.0, 4_000.0 - 2_500 * strain, 5_000.0 + 2_500 * strain, 5_000.0 + 2_500 * strain)
    return Counts(
        start, start + QUARTER, 20.0, 5.0, offered, answered, within, abandoned, abandoned // 3, abandoned // 4,
        0, 0, 0, 0, 1, 0, answered, answered, answered * (6 + 60 * strain), abandoned * 45.0, talk, answered * 9.0,
        answered * 31.0, 30 + 200 * strain, staff,
    )  # fmt: skip


@cache
def _quarters(weeks: int) -> tuple[Counts, ...]:
    chance = Random(4)
    today = DAYS.day(NOW)
    return tuple(
        counts
        for start in DAYS.edges(*DAYS.period(today - timedelta(days=weeks * 7), today + timedelta(days=1)), QUARTER)
        if start + QUARTER <= NOW and (counts := _counted(start, chance)) is not None
    )


class Past:
    """A contact centre that remembers; what it was asked is kept."""

    def __init__(self, weeks: int = 10) -> None:
        self.quarters = _quarters(weeks)
        self.asked: list[Any] = []
        self.failing: Exception | None = None
        self.hanging: Any = None

    async def _play(self, what: Any) -> None:
        self.asked.append(what)
        if self.hanging is not None:
            await self.hanging
        if self.failing is not None:
            raise self.failing

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        await self._play(query)
        parts: dict[float, list[Counts]] = {}
        edges = list(DAYS.edges(query.since, query.until, query.width))
        at = 0
        for one in self.quarters:
            if not query.since <= one.since < query.until:
                continue
            while at + 1 < len(edges) and edges[at + 1] <= one.since:
                at += 1
            parts.setdefault(edges[at], []).append(one)
        found = []
        for start, several in parts.items():
            whole = total(several)
            assert whole is not None
            found.append(Interval("", replace(whole, since=start)))
        return found

    async def week(self, query: WeekQuery) -> Sequence[WeekCell]:
        await self._play(query)
        parts: dict[tuple[int, int], list[Counts]] = {}
        for one in self.quarters:
            if query.since <= one.since < query.until:
                clock = DAYS.local(one.since)
                parts.setdefault((clock.weekday(), clock.hour * 2 + clock.minute // 30), []).append(one)
        sums = [(place, total(several)) for place, several in sorted(parts.items())]
        return [WeekCell(*place, whole) for place, whole in sums if whole is not None]

    async def past_interactions(self, query: PastQuery) -> PastPage:
        await self._play(query)
        begin = int(query.cursor or 0)
        found = tuple(contact(number, query.since) for number in range(begin, begin + 30))
        return PastPage(found, str(begin + 30) if begin < 60 else "")

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        await self._play(interaction_id)
        number = int(interaction_id.removeprefix("i-"))
        one = contact(number, NOW - 7_200)
        if number == 13:
            raise NotFound("It is no longer there.")
        steps = (
            PastStep(one.arrived_at, "queued", "Billing"),
            PastStep(one.arrived_at + 9, "offered", "Billing", "tom", "Tom Archer"),
            PastStep(one.arrived_at + 29, "offer_ended", "Billing", "tom", "Tom Archer", "missed"),
            PastStep(one.arrived_at + 30, "offered", "Billing", "maya", "Maya Okafor"),
            PastStep(one.arrived_at + 34, "connected", "Billing", "maya", "Maya Okafor"),
            PastStep(one.arrived_at + 120, "held", "", "maya", "Maya Okafor"),
            PastStep(one.arrived_at + 162, "resumed", "", "maya", "Maya Okafor"),
            PastStep(one.arrived_at + 280, "wrap_up", "", "maya", "Maya Okafor"),
            PastStep(one.ended_at, "closed", "", "", "", "Refund made"),
        )
        return PastDetail(one, steps)


NAMES = ("Priya Natarajan", "J. Ortega", "A. Lind", "Mei Tanaka", "", "Olu Adeyemi")


def contact(number: int, since: float) -> PastInteraction:
    """A finished call or chat."""
    at = since + 1_780 - number * 57
    gone = number % 7 == 3
    return PastInteraction(
        f"i-{number}", "chat" if number % 4 == 1 else "voice", "inbound", "Billing" if number % 3 else "Sales",
        f"+4420794600{number:02}", NAMES[number % 6], "" if gone else "maya", "" if gone else "Maya Okafor", at,
        None if gone else at + 34, at + 320, "abandoned" if gone else "handled", 34.0 + number * 3,
        *((0.0, 0.0, 0.0, 2, 0) if gone else (204.0, 42.0, 40.0, 2, 0, ("Refund made",))),
    )  # fmt: skip


class ReportSupervisor(RecordedSupervisor):
    """A supervisor's desk with the real desks of history and staffing over that past."""

    open = True

    def __init__(self, session: FloorSession, past: Past) -> None:
        super().__init__(session)
        self.past = past
        asking = BackendCalls(Timing(clock=lambda: NOW), lambda text: None)
        center: Any = past
        self.history = HistoryDesk(session.store, asking, center)
        self.staffing = StaffingDesk(session.store, self.history)


def report_desk(past: Past) -> tuple[DesktopApp, FloorSession]:
    """The app with the floor in front and that past behind it."""
    state = floor()
    known = state.capabilities.get("contact_center", frozenset())
    start = replace(state, zone=ZONE, capabilities={"contact_center": known | {"history"}})
    session = FloorSession(start)
    session.supervisor = ReportSupervisor(session, past)  # type: ignore[attr-defined]

    async def build() -> Any:
        return session

    return DesktopApp(build, clock=lambda: NOW, monotonic=unhurried()), session
