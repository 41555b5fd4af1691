"""What may follow what: tables, and the few questions asked of them.

The contact centre is the authority. The tables guard what we ask for and flag what looks odd; they never
overrule what the service says happened.
"""

from collections.abc import Mapping
from types import MappingProxyType

from desktop.domain.entities.model import Agent, Interaction, Leg
from desktop.domain.entities.words import Availability, LegKind, LegPhase, Phase
from desktop.domain.text.sentence import Sentence

INTERACTION_MOVES: Mapping[Phase, frozenset[Phase]] = MappingProxyType(
    {
        Phase.QUEUED: frozenset(Phase) - {Phase.WRAP_UP},
        # An offer that ends goes back to the queue, to another agent, or away with the customer.
        Phase.OFFERED: frozenset(Phase) - {Phase.WRAP_UP},
        Phase.CONNECTING: frozenset(Phase),
        # Back to QUEUED or OFFERED: handed to a queue or to another agent.
        Phase.ACTIVE: frozenset(Phase) - {Phase.CONNECTING},
        Phase.WRAP_UP: frozenset({Phase.WRAP_UP, Phase.CLOSED}),
        Phase.CLOSED: frozenset({Phase.CLOSED}),
    }
)

AGENT_MOVES: Mapping[Availability, frozenset[Availability]] = MappingProxyType(
    {
        Availability.OFFLINE: frozenset(Availability),
        Availability.NOT_READY: frozenset(Availability),
        Availability.AVAILABLE: frozenset(Availability),
    }
)

_LEG_ENDS = frozenset({LegPhase.COMPLETED, LegPhase.CANCELLED, LegPhase.FAILED})

LEG_MOVES: Mapping[LegPhase, frozenset[LegPhase]] = MappingProxyType(
    {
        LegPhase.REQUESTED: frozenset(LegPhase),
        LegPhase.RINGING: _LEG_ENDS | {LegPhase.RINGING, LegPhase.ACTIVE},
        LegPhase.ACTIVE: _LEG_ENDS | {LegPhase.ACTIVE},
        LegPhase.COMPLETED: frozenset({LegPhase.COMPLETED}),
        LegPhase.CANCELLED: frozenset({LegPhase.CANCELLED}),
        LegPhase.FAILED: frozenset({LegPhase.FAILED}),
    }
)


def is_open(leg: Leg) -> bool:
    """Whether the leg still rings or talks."""
    return leg.phase not in _LEG_ENDS


def open_leg(interaction: Interaction) -> Leg | None:
    """The newest leg of the agent's own making that still rings or talks (a supervisor listening in is none)."""
    for leg in reversed(interaction.legs):
        if leg.kind is not LegKind.SUPERVISOR and is_open(leg):
            return leg
    return None


def is_odd(old: Interaction | Agent | Leg, new: Interaction | Agent | Leg) -> Sentence | None:
    """What is odd about `new` following `old`, for the diagnostics screen; None when nothing is."""
    if isinstance(old, Interaction) and isinstance(new, Interaction):
        if new.phase not in INTERACTION_MOVES[old.phase]:
            return Sentence("odd.interaction_moved", id=new.id, old=old.phase, new=new.phase)
        return _odd_legs(old, new)
    if isinstance(old, Agent) and isinstance(new, Agent):
        if new.observed not in AGENT_MOVES[old.observed]:
            return Sentence("odd.agent_moved", id=new.id, old=old.observed, new=new.observed)
        if new.observed is Availability.OFFLINE and any(new.in_use.values()):
            return Sentence("odd.offline_with_work", id=new.id)
        return None
    if isinstance(old, Leg) and isinstance(new, Leg):
        if new.phase not in LEG_MOVES[old.phase]:
            return Sentence("odd.leg_moved", id=new.id, old=old.phase, new=new.phase)
        return None
    raise TypeError("only two records of the same kind can follow each other")


def _odd_legs(old: Interaction, new: Interaction) -> Sentence | None:
    if not old.legs:
        return None
    now = {leg.id: leg for leg in new.legs}
    for before in old.legs:
        after = now.get(before.id)
        odd = is_odd(before, after) if after is not None else None
        if odd is not None:
            return Sentence("odd.in_interaction", id=new.id, what=odd)
    return None
