"""Which contact centre something belongs to, where a profile has several, and who I am there."""

from collections.abc import Sequence

from desktop.domain.entities.model import Agent
from desktop.domain.entities.source import CENTRE, Source, holder
from desktop.domain.state.state import AppState


def centres(state: AppState) -> tuple[str, ...]:
    """The sources of the contact centres, in order of precedence."""
    return tuple(one for one in state.sources if Source.of(one).kind == CENTRE) or (CENTRE,)


def centre_of(state: AppState, record_id: str = "") -> str:
    """The source of the contact centre that a contact, agent, queue, … belongs to; the first for what says none."""
    return holder(state.sources, record_id)


def offered_at(state: AppState, record_id: str = "") -> frozenset[str]:
    """What the contact centre of a record can do; without a record, what any of them can.

    The words are those of the ports' `Capability`.
    """
    if record_id:
        return state.capabilities.get(centre_of(state, record_id), frozenset())
    return frozenset[str]().union(*(state.capabilities.get(one, frozenset()) for one in centres(state)))


def own_id(state: AppState, record_id: str) -> str:
    """My agent id at the contact centre of a record (or of an agent), for what is kept or told to others.

    "" while that contact centre has not told who I am.
    """
    source = centre_of(state, record_id)
    if not Source.of(source).name:
        return state.me
    known = state.own.get(source)
    return known.id if known is not None else ""


def own_ids(state: AppState) -> frozenset[str]:
    """My agent ids as the contact centres themselves know them."""
    if not state.own:
        return frozenset({state.me})
    return frozenset(Source.of(source).unqualified(one.id) for source, one in state.own.items())


def own_apart(state: AppState) -> Sequence[tuple[str, Agent]]:
    """What each contact centre says of me, by source, where they do not say the same; else nothing."""
    said = [(source, state.own[source].agent) for source in centres(state) if source in state.own]
    known = [(source, agent) for source, agent in said if agent is not None]
    return known if len({(agent.observed, agent.next) for _, agent in known}) > 1 else ()
