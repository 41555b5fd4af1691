"""Questions about my work: what is mine and in which order, what I may do with it."""

from collections.abc import Mapping
from dataclasses import replace

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Agent, Instant, Interaction
from desktop.domain.entities.phone import PhoneCall, Registration, call_of
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import IN_HAND, Occupancy, Phase, Verb
from desktop.domain.select.centres import offered_at
from desktop.domain.state.available_verbs import verbs
from desktop.domain.state.state import AppState

_ON_PHONE = frozenset({"hold", "mute", "dtmf"})
"""What a phone does for a contact centre whose calls it carries."""
_NEVER = float("inf")


def server_now(state: AppState, local: float) -> Instant:
    """The server's time when the local clock shows `local` (seconds since the Unix epoch)."""
    return local + state.skew


def me(state: AppState) -> Agent | None:
    """The agent this desktop belongs to, once the contact centre has told."""
    return state.agents.get(state.me)


def me_at_work(state: AppState) -> Agent | None:
    """The same with what I have in hand: a contact centre may tell the work of agents to supervisors only."""
    myself = me(state)
    if myself is None or myself.work:
        return myself
    work = (
        AgentWork(one.id, one.channel, one.phase, one.queue, one.answered_at or one.phase_since)
        for one in own(state)
        if one.phase in (Phase.OFFERED, *IN_HAND) and one.parked_since is None
    )
    return replace(myself, work=tuple(work))


def mine(state: AppState) -> tuple[Interaction, ...]:
    """My open interactions, the most urgent first.

    Offers by deadline, then calls, then what the customer wrote and I have not read, then other written work,
    then wrap-ups by deadline, then what is parked; within each the one waiting longest.
    """
    return tuple(sorted(own(state), key=_urgency)) if state.me else ()


def own(state: AppState) -> tuple[Interaction, ...]:
    """Every interaction that is mine, closed ones too, in the order in which they came."""
    return _OWN.of(state)


class _Own:
    """Looks through all interactions once for each state of them: ten thousand may wait, and ten ask in one frame."""

    def __init__(self) -> None:
        self._last: tuple[Mapping[str, Interaction], str, tuple[Interaction, ...]] = ({}, "", ())

    def of(self, state: AppState) -> tuple[Interaction, ...]:
        interactions, whose, found = self._last
        if interactions is not state.interactions or whose != state.me:
            found = tuple(one for one in state.interactions.values() if one.agent_id == state.me)
            self._last = (state.interactions, state.me, found)
        return found


_OWN = _Own()


def _urgency(interaction: Interaction) -> tuple[int, float, float, str]:
    rank, clock = 3, interaction.phase_since
    if interaction.phase is Phase.OFFERED:
        rank, clock = 0, _or_never(interaction.offer_deadline)
    elif interaction.phase is Phase.WRAP_UP:
        rank, clock = 4, _or_never(interaction.wrap_up_deadline)
    elif interaction.unread:
        rank = 2
    elif interaction.parked:
        rank, clock = 5, interaction.parked_since or clock
    elif interaction.channel in CALLS:
        rank = 1
    return rank, clock, interaction.arrived_at, interaction.id


def _or_never(deadline: Instant | None) -> float:
    return _NEVER if deadline is None else deadline


def occupancy(state: AppState) -> Occupancy:
    """What my interactions make of me; what is parked does not count."""
    phases = {interaction.phase for interaction in mine(state) if not interaction.parked}
    if Phase.ACTIVE in phases or Phase.CONNECTING in phases:
        return Occupancy.ENGAGED
    if Phase.OFFERED in phases:
        return Occupancy.OFFERED
    if Phase.WRAP_UP in phases:
        return Occupancy.WRAPPING_UP
    return Occupancy.IDLE


def verbs_on_offer(state: AppState, interaction: Interaction) -> tuple[Verb, ...]:
    """What I may do with the interaction now, without what is already under way."""
    offered = verbs(interaction, call_capabilities(state, interaction.id), state.me)
    pending = state.pending.get(interaction.id)
    return tuple(verb for verb in offered if verb not in pending) if pending else offered


def held_back(state: AppState, interaction_id: str) -> bool:
    """Whether a reply of mine waits a moment before it goes, and can be taken back."""
    draft = state.drafts.get(interaction_id)
    return draft is not None and any(one.due is not None for one in draft.outgoing)


def call_capabilities(state: AppState, record_id: str = "") -> frozenset[str]:
    """What can be done with the work: by the contact centre, and by the phone where that carries the calls.

    Args:
        record_id: a contact, whose contact centre counts; "" for what any of several can.
    """
    offered = offered_at(state, record_id)
    return offered | (_offered(state, "voice") & _ON_PHONE) if "phone" in offered else offered


def phone_does(state: AppState, record_id: str, capability: str = "") -> bool:
    """Whether a call is carried by the agent's phone, and that does this.

    Args:
        record_id: the call's contact, whose contact centre counts.
        capability: the word of the ports' `Capability`; "" for what every phone does.
    """
    carried = "phone" in offered_at(state, record_id)
    return carried and (not capability or capability in _offered(state, "voice"))


def phone_call(state: AppState, interaction: Interaction) -> PhoneCall | None:
    """The call on my phone that carries the interaction; None when it is not there (yet), or not certain."""
    return call_of(interaction, mine(state), state.phone_calls)


def phone_registered(state: AppState) -> bool:
    """Whether calls can reach my phone."""
    return state.phone is not None and state.phone.state is Registration.REGISTERED


def calls_of_nobody(state: AppState) -> tuple[PhoneCall, ...]:
    """The calls on my phone that never were a contact of mine, such as a colleague's, the oldest first."""
    free = (call for call in state.phone_calls.values() if not call.interaction_id)
    return tuple(sorted(free, key=lambda call: (call.since, call.id)))


def _offered(state: AppState, kind: str) -> frozenset[str]:
    known = (known for source, known in state.capabilities.items() if Source.of(source).kind == kind)
    return frozenset[str]().union(*known)
