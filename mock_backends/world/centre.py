"""The contact centre of the pretend company: queues, wrap-up codes, agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class WrapUpCode:
    """One code to choose; `note_required` = not without a note."""

    id: str
    label: str
    note_required: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue. Times are seconds, `service_goal` a share; `required` maps a skill to its least proficiency.

    `many_codes` = more than one wrap-up code may be chosen, `code_required` = at least one must be.
    `relaxation` are (seconds waited, skill -> lower minimum, 0 = dropped). `silent_monitoring` = its agents do not see
    that a supervisor listens; one who speaks is always seen. `pulled` = its agents may take what waits in writing.
    """

    id: str
    name: str
    required: Mapping[str, int]
    channels: tuple[str, ...]
    codes: tuple[WrapUpCode, ...]
    many_codes: bool
    code_required: bool
    service_threshold: float = 20.0
    service_goal: float = 0.8
    short_abandon: float = 5.0
    offer_timeout: float = 20.0
    wrap_up_seconds: float = 60.0
    decline_reason_required: bool = False
    relaxation: tuple[tuple[float, Mapping[str, int]], ...] = ()
    silent_monitoring: bool = False
    pulled: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent. `capacity` maps a channel to how many at a time."""

    id: str
    name: str
    title: str
    team: str
    role: Literal["agent", "supervisor"]
    skills: Mapping[str, int]
    capacity: Mapping[str, int] = field(default_factory=lambda: {"voice": 1, "chat": 3, "email": 5, "sms": 3})


def _code(label: str, note_required: bool = False) -> WrapUpCode:
    return WrapUpCode(label.lower().replace(" ", "-"), label, note_required)


ZONE: Final = "Europe/London"  # whose midnight begins the centre's day

QUEUES: Final = (
    Queue(
        "billing",
        "Billing",
        {"billing": 2},
        ("voice", "chat", "email"),
        (
            _code("Refund made"),
            _code("Refund promised", note_required=True),
            _code("Duplicate charge"),
            _code("Invoice explained"),
            _code("Payment plan"),
            _code("Dispute", note_required=True),
            _code("Other", note_required=True),
        ),
        many_codes=True,
        code_required=True,
        relaxation=((45.0, {"billing": 1}),),
        pulled=True,
    ),
    Queue(
        "support",
        "Support",
        {"technical": 1},
        ("voice", "chat", "email"),
        tuple(
            _code(f"{area} {what}", note_required=what == "escalated")
            for area in ("Router", "Fibre", "Mobile", "Account")
            for what in ("fixed", "explained", "replaced", "escalated")
        ),
        many_codes=True,
        code_required=True,
        service_threshold=30.0,
        wrap_up_seconds=90.0,
    ),
    Queue(
        "sales",
        "Sales",
        {"sales": 1},
        ("voice", "chat"),
        (_code("Sold"), _code("Offer sent"), _code("No interest"), _code("Call again", note_required=True)),
        many_codes=False,
        code_required=True,
        service_threshold=15.0,
        decline_reason_required=True,
    ),
    Queue(
        "returns",
        "Returns",
        {"returns": 1},
        ("voice", "email"),
        (_code("Label sent"), _code("Return refused", note_required=True)),
        many_codes=False,
        code_required=False,
        wrap_up_seconds=30.0,
    ),
    Queue(
        "retention",
        "Retention",
        {"retention": 3},
        ("voice",),
        (_code("Stays"), _code("Leaves", note_required=True), _code("Thinks about it")),
        many_codes=False,
        code_required=True,
        offer_timeout=15.0,
        wrap_up_seconds=120.0,
        relaxation=((30.0, {"retention": 2}), (90.0, {"retention": 1})),
        silent_monitoring=True,
    ),
    Queue(
        "outages",
        "Outages",
        {"technical": 2},
        ("voice", "sms"),
        (_code("Outage reported"),),
        many_codes=False,
        code_required=True,
        service_threshold=10.0,
        wrap_up_seconds=15.0,
    ),
    Queue(
        "general",
        "General enquiries",
        {},
        ("voice", "chat", "email", "sms"),
        (_code("Answered"), _code("Passed on")),
        many_codes=True,
        code_required=False,
        service_threshold=60.0,
        wrap_up_seconds=20.0,
        pulled=True,
    ),
)

_NAMES: Final = (
    "Tom Archer", "Lucía Peña", "Dae Kim", "Fatima Noor", "Jonas Weiß", "Aoife Byrne", "Marek Novák", "Sana Iyer",
    "Pierre Moreau", "Elif Şahin", "Hugo Berg", "Nia Mwangi", "Ivo Silva", "Lena Krüger", "Ravi Menon", "Mei Zhang",
    "Olu Adeyemi", "Eva Lindqvist", "Sami Haddad", "Rosa Ibáñez", "Finn Doyle", "Kaya Yıldız",
)  # fmt: skip
_TEAM_SKILLS: Final[tuple[tuple[str, dict[str, int]], ...]] = (
    ("Billing", {"billing": 4, "returns": 2}),
    ("Support", {"technical": 4, "billing": 1}),
    ("Sales", {"sales": 4, "retention": 3}),
    ("Care", {"billing": 2, "technical": 1, "sales": 1, "returns": 3, "retention": 1}),
)


def make_agents() -> tuple[Agent, ...]:
    """Maya Okafor, two supervisors, the rest of the floor, and a third supervisor who shares a team with the first."""
    agents = [
        Agent(
            "maya",
            "Maya Okafor",
            "Agent, Billing",
            "Billing",
            "agent",
            {"billing": 5, "technical": 2, "sales": 1, "returns": 2},
        ),
        Agent("sam", "Sam Rivera", "Supervisor, Billing", "Billing", "supervisor", {"billing": 5, "retention": 5}),
        Agent("grace", "Grace Hopkins", "Supervisor, Support", "Support", "supervisor", {"technical": 5}),
    ]
    for n, name in enumerate(_NAMES):
        team, skills = _TEAM_SKILLS[n % len(_TEAM_SKILLS)]
        mine = {skill: max(1, level - n % 3) for skill, level in skills.items()}
        agents.append(Agent(_agent_id(name), name, f"Agent, {team}", team, "agent", mine))
    agents.append(Agent("ines", "Inês Duarte", "Supervisor, Billing", "Billing", "supervisor", {"billing": 4}))
    return tuple(agents)


def _agent_id(name: str) -> str:
    plain = {"í": "i", "ñ": "n"}
    return "".join(plain.get(sign, sign) for sign in name.split()[0].lower())
