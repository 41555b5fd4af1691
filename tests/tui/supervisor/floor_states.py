"""States of a supervisor's floor, built by hand, at a fixed moment."""

from dataclasses import replace
from math import inf

from desktop.app.staffing.demand_forecast import DemandForecast, Span
from desktop.config.alert_rules import make_rule
from desktop.domain.alerts.rules import AlertSettings
from desktop.domain.entities.alert import About, Alert, Severity
from desktop.domain.entities.counts import Counts, EstimateScore, StaffTime
from desktop.domain.entities.floor import (
    Activity,
    ActivityKind,
    AgentDay,
    AgentMessage,
    AgentWork,
    HelpRequest,
    Schedule,
)
from desktop.domain.entities.history import Interval
from desktop.domain.entities.model import Address, Agent, Interaction, Message, QueueStats
from desktop.domain.entities.words import Availability, Channel, DeliveryState, Direction, Health, Phase, Role
from desktop.domain.staffing.forecast import Expected, Slot
from desktop.domain.staffing.forecast_error import ForecastError
from desktop.domain.state.state import AppState, SourceHealth
from desktop.domain.text.sentence import verbatim
from tests.tui.states import ALL, IDLE, NOW

MIDNIGHT = NOW - 14 * 3600 - 3 * 60 - 22
FORMULA = "answered ≤ 20 s ÷ (answered + abandoned)"
SAM = Agent(
    "sam", 1, "Sam Rivera", Role.SUPERVISOR, "Billing", Availability.NOT_READY, NOW - 3_720, reason="meeting",
    capacity={"voice": 1}, in_use={"voice": 0}, queues=("Billing",),
)  # fmt: skip


def counts(offered: int, within: int, answered: int, abandoned: int, wait: float, handle: float) -> Counts:
    """What a queue counted since midnight; `wait` and `handle` are averages in seconds."""
    return Counts(
        MIDNIGHT, NOW - 1, 20.0, 5.0, offered, answered, within, abandoned, abandoned // 3, abandoned // 6, 4, 1, 2, 0,
        missed=3, declined=1, handled=answered - 3, wrapped_up=answered - 4, wait_seconds=wait * answered,
        abandon_seconds=41.0 * abandoned, talk_seconds=(handle - 60) * (answered - 3),
        hold_seconds=20.0 * (answered - 3), wrap_up_seconds=40.0 * (answered - 3), longest_wait=412.0,
        staff=StaffTime(150_000.0, 24_000.0, 110_000.0, 96_000.0),
    )  # fmt: skip


def queue(
    name: str, waiting: int, longest: float, sums: Counts | None, people: tuple[int, int, int], **more: object
) -> QueueStats:
    """One queue."""
    made = QueueStats(
        name, 1, NOW - 1, waiting, NOW - longest if waiting else None, 130.0 if waiting else 8.0,
        65.0 if waiting else 2.0, 260.0 if waiting else 20.0, sums, (0, 1, 2, 2, 4, 3, 5, 7, 6, 8, 9, waiting),
        EstimateScore(120, 98, 2_880.0, 4_100.0), 0.71, FORMULA, 20.0, *people,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


QUEUES = {
    one.name: one
    for one in (
        queue("Billing", 7, 130, counts(430, 260, 380, 34, 31.0, 355.0), (0, 9, 11)),
        queue("Retention", 2, 44, counts(88, 66, 80, 5, 18.0, 520.0), (1, 3, 4)),
        queue("Sales", 0, 0, counts(210, 188, 204, 4, 9.0, 240.0), (3, 2, 6)),
        queue("Support", 1, 12, counts(611, 540, 590, 12, 12.0, 301.0), (2, 8, 12)),
        queue("Chat", 3, 71, None, (0, 4, 4), trend=(), estimated_wait=None, estimates=None),
    )
}


def agent(
    number: int,
    name: str,
    team: str,
    *,
    work: tuple[AgentWork, ...] = (),
    away: str = "",
    since: float = 300.0,
    **more: object,
) -> Agent:
    """One agent of the floor."""
    observed = Availability.OFFLINE if away == "gone" else Availability.NOT_READY if away else Availability.AVAILABLE
    calls = sum(1 for one in work if one.channel is Channel.VOICE)
    made = Agent(
        f"a{number}", 1, name, Role.AGENT, team, observed, NOW - since, reason="" if away == "gone" else away,
        capacity={"voice": 1, "chat": 3}, in_use={"voice": calls, "chat": len(work) - calls}, queues=(team, "Support"),
        skills={"refunds": 1 + number % 5, "english": 5}, work=work,
        today=AgentDay(MIDNIGHT, 20 + number, number % 4, number % 2, 21_000.0, 3_600.0, 15_000.0, 14_000.0),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def work(
    number: int,
    who: str,
    since: float,
    *,
    phase: Phase = Phase.ACTIVE,
    channel: Channel = Channel.VOICE,
    queue: str = "Billing",
    held: bool = False,
) -> AgentWork:
    """A contact in hand."""
    return AgentWork(f"w{number}", channel, phase, queue, NOW - since, who, held)


CHATS = (
    work(5, "Q. Adams", 310, channel=Channel.CHAT, queue="Chat"),
    work(6, "R. Bose", 95, channel=Channel.CHAT, queue="Chat"),
)
HOLDING = (work(3, "Erik Lund", 1_204, held=True),)
AGENTS = {
    one.id: one
    for one in (
        SAM,
        agent(1, "Maya Okafor", "Billing", work=(work(1, "Priya Natarajan", 221),)),
        agent(2, "Jon Whitfield", "Billing", work=(work(2, "J. Ortega", 40, phase=Phase.OFFERED),)),
        agent(3, "Ana Lindqvist", "Billing", work=HOLDING, next=Availability.NOT_READY, next_reason="lunch"),
        agent(4, "Tomás Herrera", "Support", work=(work(4, "Wen Li", 70, phase=Phase.WRAP_UP),)),
        agent(5, "Mei Tanaka", "Support", work=CHATS),
        agent(6, "Sara Brandt", "Sales", since=44.0),
        agent(7, "Omar Haddad", "Sales", away="lunch", since=1_900.0),
        agent(8, "Ines Duarte", "Sales", away="gone", since=30_000.0),
    )
}


def alert(key: str, subject: str, severity: Severity, text: str, since: float, **more: object) -> Alert:
    """One alert."""
    made = Alert(f"{key}|{subject}", key, subject, severity, verbatim(text), NOW - since, NOW - since + 60)
    return replace(made, **more)  # type: ignore[arg-type]


CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING
SEEN = {"acknowledged_by": "sam", "acknowledged_at": NOW - 60}
OVER = {"over_at": NOW - 300}
ALERTS = {
    one.key: one
    for one in (
        alert("low service level", "Billing", CRITICAL, "Billing: service level 62 %, below 80 % for 2 min", 190),
        alert("long wait", "Chat", WARNING, "Chat: longest wait 01:11, above 01:00 for 30 s", 75),
        alert("breach ahead", "Retention", WARNING, "Retention: service level below 80 %", 30, forecast=NOW + 540),
        alert("long hold", "a3", WARNING, "Ana Lindqvist: on hold for 20 min", 130, about=About.AGENT, **SEEN),
        alert(
            "slow crm", "crm", WARNING, "CRM: answers took more than 2 s", 600, over_at=NOW - 300, about=About.SOURCE
        ),
    )
}
HELP = {"h1": HelpRequest("h1", 1, "a1", "w1", "wants to cancel, may I give 20 %?", NOW - 34)}
HEALTH = {
    **IDLE.health,
    "contact_center": SourceHealth(Health.LIVE, NOW - 600, last_heard=NOW - 1),
}


def waits(number: int, who: str, waited: float, **more: object) -> Interaction:
    """Somebody who waits."""
    made = Interaction(
        f"i{number}", 1, Channel.VOICE, Direction.INBOUND, Phase.QUEUED, "Billing",
        Address("phone", f"+4420794600{number:02}"), NOW - waited, NOW - waited, customer_name=who,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


WAITING = (
    waits(1, "Priya Rao", 130),
    waits(2, "", 96),
    waits(3, "Chidi Obi", 61, priority=100),
    waits(4, "Lena Kraus", 22, phase=Phase.OFFERED, agent_id="a2"),
)
THREAD = (
    Message("m1", NOW - 300, "system", "Q. Adams joined."),
    Message("m2", NOW - 290, "customer", "Where is my refund?\nIt was promised for Friday."),
    Message("m3", NOW - 200, "agent", "I am looking into it.", DeliveryState.DELIVERED),
    Message("m4", NOW - 100, "agent", "It is on its way.", DeliveryState.FAILED),
)
CHAT = waits(
    5, "Q. Adams", 310, id="w5", channel=Channel.CHAT, phase=Phase.ACTIVE, queue="Chat", agent_id="a5",
    customer=Address("handle", "q.adams"), messages=THREAD,
)  # fmt: skip
SHIFT = Activity(NOW - 20_000, NOW + 3_000, ActivityKind.WORK)
LUNCH = Activity(NOW + 3_000, NOW + 6_000, ActivityKind.MEAL, "Lunch")
SCHEDULES = (Schedule("a1", (SHIFT, LUNCH)), Schedule("a7", (SHIFT,)))


def half_hour(number: int) -> Interval:
    """What came in one of the half hours of the day."""
    sums = counts(20 + number % 9, 12 + number % 5, 18 + number % 6, 2 + number % 3, 20.0, 300.0)
    since = MIDNIGHT + number * 1_800
    return Interval("Billing", replace(sums, since=since, until=since + 1_800))


TODAY = tuple(half_hour(number) for number in range(16, 28))

_SLOTS = (Slot(MIDNIGHT + number * 1_800, 1, number * 30) for number in range(28, 48))
FORECAST = DemandForecast(
    ("Billing",), Span.TODAY, NOW, "UTC",
    tuple(
        Expected(slot, mean, 0.7 * mean, 1.4 * mean, 300.0)
        for slot in _SLOTS
        for mean in [max(0.0, 24.0 - (slot.minute - 840) / 18)]
    ),
    (), ForecastError(0, 0, None, None, None, None, None), inf, (), 60,
)  # fmt: skip
_QUEUE_RULES = (
    {"name": "service-level", "watch": "service_level", "below": "80 %", "critical": "65 %"},
    {"name": "long-wait", "watch": "longest_wait", "above": "1 min", "critical": "2 min"},
    {"name": "abandon-rate", "watch": "abandon_rate", "above": "7 %"},
)
RULES = AlertSettings(tuple(rule for table in _QUEUE_RULES if (rule := make_rule(table, lambda *_: None))))


def quarter(name: str, number: int, level: float) -> Interval:
    """What came to a queue in one of the last quarters of an hour, of which 7 is the one under way."""
    since = NOW // 900 * 900 - (7 - number) * 900
    return Interval(name, replace(counts(40, round(38 * level), 36, 2, 20.0, 300.0), since=since, until=since + 900))


_LEVELS = {
    "Billing": (0.92, 0.88, 0.81, 0.72, 0.60, 0.45, 0.30, 0.22),
    "Sales": (0.9, 0.95, 1.0, 0.85, 0.9, 0.8, 0.95, 0.9),
    "Support": (0.85, 0.9, 0.78, 0.9, 0.88, 0.95, 0.9, 0.85),
    "": (0.9, 0.9, 0.86, 0.82, 0.75, 0.7, 0.66, 0.6),
}
QUARTERS = tuple(quarter(name, at, one) for name, levels in _LEVELS.items() for at, one in enumerate(levels))


def floor() -> AppState:
    """An ordinary moment on the floor, with a few things that want somebody."""
    return replace(
        IDLE,
        me="sam",
        agents=AGENTS,
        queues=QUEUES,
        alerts=ALERTS,
        help=HELP,
        zone="UTC",
        health=HEALTH,
        capabilities={**IDLE.capabilities, "contact_center": ALL},
        agent_messages={"m1": AgentMessage("m1", NOW - 400, "sam", "Sam Rivera", "a1", "Well done with the last one.")},
    )


def quiet() -> AppState:
    """Nothing wants anybody."""
    queues = {name: replace(one, waiting=0, longest_since=None) for name, one in QUEUES.items()}
    return replace(floor(), queues=queues, alerts={}, help={})


def frozen() -> AppState:
    """The contact centre has not been heard for two minutes."""
    gone = SourceHealth(Health.STALE, NOW - 118, verbatim("No sign of life for 12 s."), last_heard=NOW - 130)
    return replace(floor(), health={**HEALTH, "contact_center": gone})


def offered_on_floor() -> AppState:
    """A contact is offered to the supervisor themselves."""
    ringing = waits(
        9,
        "Priya Natarajan",
        50,
        id="own",
        phase=Phase.OFFERED,
        phase_since=NOW - 4,
        agent_id="sam",
        offer_deadline=NOW + 16,
    )
    return replace(floor(), interactions={"own": ringing})


def unknown() -> AppState:
    """A centre that tells next to nothing."""
    queues = {"Billing": QueueStats("Billing", 1, NOW - 40)}
    agents = {"sam": SAM, "a1": replace(AGENTS["a1"], work=(), today=None, in_use={"voice": 1}, queues=())}
    return replace(floor(), queues=queues, agents=agents, alerts={}, help={}, agent_messages={})


FLOOR_FACES = {function.__name__: function for function in (floor, quiet, frozen, offered_on_floor, unknown)}
