"""Which of a supervisor's verbs are on offer for what is selected. Screen, command line and acts all ask here.

What the contact centre cannot do is not offered, nor anything to somebody who is no supervisor by its word. It
remains the authority: an offer here is no promise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from desktop.domain.entities.alert import Alert
from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.floor import AgentWork, FloorVerb, HelpRequest, HelpState
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Monitoring, Phase, Role
from desktop.domain.state.state import AppState

CAPABILITY_OF: Mapping[FloorVerb, str] = MappingProxyType(
    {
        FloorVerb.LISTEN: "monitor",
        FloorVerb.WHISPER: "whisper",
        FloorVerb.BARGE: "barge",
        FloorVerb.END_MONITOR: "",  # whoever began may end
        FloorVerb.TAKE_OVER: "take_over",
        FloorVerb.REASSIGN: "reassign",
        FloorVerb.MOVE: "move",
        FloorVerb.PRIORITY: "priority",
        FloorVerb.WITHDRAW: "withdraw",
        FloorVerb.AGENT_STATE: "supervise",
        FloorVerb.ANSWER_HELP: "help",
        FloorVerb.MESSAGE: "agent_message",
        FloorVerb.ACKNOWLEDGE: "",  # shared where the contact centre can, else kept on this desktop
    }
)
"""The word of the ports' `Capability` that a verb needs; "" where it needs none."""

MODES: Mapping[FloorVerb, Monitoring] = MappingProxyType(
    {
        FloorVerb.LISTEN: Monitoring.LISTEN,
        FloorVerb.WHISPER: Monitoring.WHISPER,
        FloorVerb.BARGE: Monitoring.BARGE,
    }
)

PHASES: Mapping[FloorVerb, frozenset[Phase]] = MappingProxyType(
    {
        FloorVerb.TAKE_OVER: frozenset({Phase.ACTIVE}),
        FloorVerb.REASSIGN: frozenset({Phase.QUEUED, Phase.OFFERED, Phase.ACTIVE}),
        FloorVerb.MOVE: frozenset({Phase.QUEUED, Phase.OFFERED}),
        FloorVerb.PRIORITY: frozenset({Phase.QUEUED}),
        # Not while somebody talks: a customer is never cut off by a supervisor's key.
        FloorVerb.WITHDRAW: frozenset({Phase.QUEUED, Phase.OFFERED, Phase.CONNECTING, Phase.WRAP_UP}),
    }
)
"""In which phases of a contact a verb makes sense."""

IRREVOCABLE: frozenset[FloorVerb] = frozenset({FloorVerb.TAKE_OVER, FloorVerb.REASSIGN, FloorVerb.WITHDRAW})
"""Verbs that take a customer away from where they are for good: a screen names them before it is done. A place in a
queue, a priority and an agent's state can be changed back."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who asks: their id and role by the contact centre's word, what it can do, and whom they listen to now, how."""

    me: str
    role: Role | None
    capabilities: frozenset[str]
    listening_to: str = ""  # an agent id
    mode: Monitoring | None = None

    def has(self, verb: FloorVerb) -> bool:
        """Whether the verb is theirs to use at all."""
        needed = CAPABILITY_OF[verb]
        return self.role is Role.SUPERVISOR and (not needed or needed in self.capabilities)


def standing(state: AppState, listening_to: str = "", mode: Monitoring | None = None) -> Standing:
    """The standing of whoever is signed in."""
    me = state.agents.get(state.me)
    capabilities = state.capabilities.get("contact_center", frozenset())
    return Standing(state.me, me.role if me is not None else None, capabilities, listening_to, mode)


def for_agent(agent: Agent, who: Standing) -> tuple[FloorVerb, ...]:
    """What can be done about an agent, in the order it is shown. What they have in hand: see `for_work`."""
    if agent.id == who.me:
        return ()
    found = list(_listening(agent, who)) if _on_call(agent) or agent.id == who.listening_to else []
    return _offered((*found, FloorVerb.AGENT_STATE, FloorVerb.MESSAGE), who)


def for_work(work: AgentWork, who: Standing) -> tuple[FloorVerb, ...]:
    """What can be done about a contact that an agent has in hand, beside listening."""
    return _of_phase(work.phase, who)


def for_interaction(interaction: Interaction, who: Standing) -> tuple[FloorVerb, ...]:
    """What can be done about a contact: one that waits, rings, or is in another's hands."""
    verbs = _of_phase(interaction.phase, who)
    return () if interaction.agent_id == who.me else verbs


def for_help(request: HelpRequest, who: Standing, agent: Agent | None = None) -> tuple[FloorVerb, ...]:
    """What can be done about a request for help; with the agent who asks, what can be done about their call too."""
    if request.state is HelpState.CLOSED:
        return ()
    about = for_agent(agent, who) if agent is not None else _offered((FloorVerb.MESSAGE,), who)
    return _offered((FloorVerb.ANSWER_HELP,), who) + tuple(verb for verb in about if verb is not FloorVerb.AGENT_STATE)


def for_alert(alert: Alert, who: Standing, agent: Agent | None = None) -> tuple[FloorVerb, ...]:
    """What can be done about an alert; with the agent it is about, what can be done about them too."""
    first = () if alert.acknowledged_by else _offered((FloorVerb.ACKNOWLEDGE,), who)
    return first + (for_agent(agent, who) if agent is not None else ())


def _listening(agent: Agent, who: Standing) -> Iterable[FloorVerb]:
    for verb, mode in MODES.items():
        if agent.id != who.listening_to or mode is not who.mode:
            yield verb
    if agent.id == who.listening_to:
        yield FloorVerb.END_MONITOR


def _on_call(agent: Agent) -> bool:
    """Whether somebody can be heard there; where the centre does not tell the work, whether a call is in hand."""
    if agent.observed is Availability.OFFLINE:
        return False
    if agent.work:
        return any(work.channel in CALLS and work.phase is Phase.ACTIVE for work in agent.work)
    return any(agent.in_use.get(channel, 0) > 0 for channel in CALLS)


def _of_phase(phase: Phase, who: Standing) -> tuple[FloorVerb, ...]:
    return _offered((verb for verb, phases in PHASES.items() if phase in phases), who)


def _offered(verbs: Iterable[FloorVerb], who: Standing) -> tuple[FloorVerb, ...]:
    return tuple(verb for verb in verbs if who.has(verb))
