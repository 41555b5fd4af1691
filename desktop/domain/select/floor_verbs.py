"""Which of a supervisor's verbs are on offer for what is selected. Screen, command line and acts all ask here.

What the contact centre cannot do is not offered, nor anything to somebody who is no supervisor by its word. It
remains the authority: an offer here is no promise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from desktop.domain.entities.alert import Alert
from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.floor import AgentWork, FloorVerb, HelpRequest, HelpState
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.source import Source, holder
from desktop.domain.entities.words import Availability, Monitoring, Phase, Role
from desktop.domain.select.centres import centres, offered_at
from desktop.domain.state.state import AppState


@dataclass(frozen=True, slots=True)
class VerbSpec:
    """What a verb needs, and what it makes sense for.

    Attributes:
        capability: the word of the ports' `Capability` that it needs; "" where it needs none.
        phases: of a contact in which it makes sense; none where it is not about contacts.
        mode: of listening to an agent's call, which it begins.
        reasoned: whether a reason goes with it.
        irrevocable: whether it takes a customer away from where they are for good, or is read by many at once: a
            screen names whom it concerns before it is done. A place in a queue, a priority and an agent's state can be
            changed back.
    """

    capability: str = ""
    phases: frozenset[Phase] = frozenset()
    mode: Monitoring | None = None
    reasoned: bool = True
    irrevocable: bool = False


_WAITS = frozenset({Phase.QUEUED, Phase.OFFERED})
VERBS: Mapping[FloorVerb, VerbSpec] = MappingProxyType(
    {
        FloorVerb.LISTEN: VerbSpec("monitor", mode=Monitoring.LISTEN),
        FloorVerb.WHISPER: VerbSpec("whisper", mode=Monitoring.WHISPER),
        FloorVerb.BARGE: VerbSpec("barge", mode=Monitoring.BARGE),
        FloorVerb.END_MONITOR: VerbSpec(reasoned=False),  # whoever began may end
        FloorVerb.TAKE_OVER: VerbSpec("take_over", frozenset({Phase.ACTIVE}), irrevocable=True),
        FloorVerb.REASSIGN: VerbSpec("reassign", _WAITS | {Phase.ACTIVE}, irrevocable=True),
        FloorVerb.MOVE: VerbSpec("move", _WAITS),
        FloorVerb.PRIORITY: VerbSpec("priority", frozenset({Phase.QUEUED})),
        # Not while somebody talks: a customer is never cut off by a supervisor's key.
        FloorVerb.WITHDRAW: VerbSpec("withdraw", _WAITS | {Phase.CONNECTING, Phase.WRAP_UP}, irrevocable=True),
        FloorVerb.AGENT_STATE: VerbSpec("supervise"),
        FloorVerb.ANSWER_HELP: VerbSpec("help", reasoned=False),
        FloorVerb.MESSAGE: VerbSpec("agent_message", reasoned=False),
        FloorVerb.BROADCAST: VerbSpec("broadcast", reasoned=False, irrevocable=True),
        # Shared where the contact centre can, else kept on this desktop.
        FloorVerb.ACKNOWLEDGE: VerbSpec(reasoned=False),
    }
)
MODES: Mapping[Monitoring, FloorVerb] = MappingProxyType(
    {spec.mode: verb for verb, spec in VERBS.items() if spec.mode is not None}
)
"""The verb that begins each way of listening."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who asks: their id and role by the contact centre's word, what it can do, and whom they listen to now, how.

    Of several contact centres, `role` and `capabilities` are those of any, and `apart` has them by source.
    """

    me: str
    role: Role | None
    capabilities: frozenset[str]
    listening_to: str = ""  # an agent id
    mode: Monitoring | None = None
    apart: Mapping[str, tuple[Role | None, frozenset[str]]] = field(default_factory=dict)

    def at(self, record_id: str) -> "Standing":
        """The same for what is done about a record: by the word of its own contact centre."""
        if not self.apart:
            return self
        role, capabilities = self.apart[holder(self.apart, record_id)]
        return replace(self, role=role, capabilities=capabilities)

    def has(self, verb: FloorVerb) -> bool:
        """Whether the verb is theirs to use at all."""
        needed = VERBS[verb].capability
        return self.role is Role.SUPERVISOR and (not needed or needed in self.capabilities)


def standing(state: AppState, listening_to: str = "", mode: Monitoring | None = None) -> Standing:
    """The standing of whoever is signed in."""
    me = state.agents.get(state.me)
    role = me.role if me is not None else None
    return Standing(state.me, role, offered_at(state), listening_to, mode, _apart(state))


def _apart(state: AppState) -> Mapping[str, tuple[Role | None, frozenset[str]]]:
    several = [source for source in centres(state) if Source.of(source).name]
    own = {source: state.own[source].agent for source in several if source in state.own}
    roles = {source: agent.role if agent is not None else None for source, agent in own.items()}
    return {source: (roles.get(source), state.capabilities.get(source, frozenset())) for source in several}


def for_team(who: Standing) -> tuple[FloorVerb, ...]:
    """What can be done whatever is selected."""
    return _offered((FloorVerb.BROADCAST,), who)


def for_agent(agent: Agent, who: Standing) -> tuple[FloorVerb, ...]:
    """What can be done about an agent, in the order it is shown. What they have in hand: see `for_work`."""
    if agent.id == who.me:
        return ()
    who = who.at(agent.id)
    found = list(_listening(agent, who)) if _on_call(agent) or agent.id == who.listening_to else []
    return _offered((*found, FloorVerb.AGENT_STATE, FloorVerb.MESSAGE), who)


def for_work(work: AgentWork, who: Standing) -> tuple[FloorVerb, ...]:
    """What can be done about a contact that an agent has in hand, beside listening."""
    return _of_phase(work.phase, who.at(work.interaction_id))


def for_interaction(interaction: Interaction, who: Standing) -> tuple[FloorVerb, ...]:
    """What can be done about a contact: one that waits, rings, or is in another's hands."""
    verbs = _of_phase(interaction.phase, who.at(interaction.id))
    return () if interaction.agent_id == who.me else verbs


def for_help(request: HelpRequest, who: Standing, agent: Agent | None = None) -> tuple[FloorVerb, ...]:
    """What can be done about a request for help; with the agent who asks, what can be done about their call too."""
    if request.state is HelpState.CLOSED:
        return ()
    who = who.at(request.id)
    about = for_agent(agent, who) if agent is not None else _offered((FloorVerb.MESSAGE,), who)
    return _offered((FloorVerb.ANSWER_HELP,), who) + tuple(verb for verb in about if verb is not FloorVerb.AGENT_STATE)


def for_alert(alert: Alert, who: Standing, agent: Agent | None = None) -> tuple[FloorVerb, ...]:
    """What can be done about an alert; with the agent it is about, what can be done about them too."""
    first = () if alert.acknowledged_by else _offered((FloorVerb.ACKNOWLEDGE,), who)
    return first + (for_agent(agent, who) if agent is not None else ())


def _listening(agent: Agent, who: Standing) -> Iterable[FloorVerb]:
    for mode, verb in MODES.items():
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
    return _offered((verb for verb, spec in VERBS.items() if phase in spec.phases), who)


def _offered(verbs: Iterable[FloorVerb], who: Standing) -> tuple[FloorVerb, ...]:
    return tuple(verb for verb in verbs if who.has(verb))
