"""Which contact centre something belongs to, where a profile has several, and who I am there."""

from collections.abc import Sequence

from desktop.domain.entities.model import Agent, NotReadyReason, QueueStats
from desktop.domain.entities.source import CENTRE, Source, holder
from desktop.domain.entities.words import Health
from desktop.domain.state.state import AppState, SourceHealth


def centres(state: AppState) -> tuple[str, ...]:
    """The sources of the contact centres, in order of precedence."""
    return tuple(one for one in state.sources if Source.of(one).kind == CENTRE) or (CENTRE,)


def centre_of(state: AppState, record_id: str = "") -> str:
    """The source of the contact centre that a contact, agent, queue, … belongs to; the first for what says none."""
    return holder(state.sources, record_id)


def best_heard(state: AppState) -> SourceHealth | None:
    """The health of the contact centre that is heard best: a live one, else the one that was heard last."""
    known = [state.health[one] for one in centres(state) if one in state.health]
    return max(known, key=lambda one: (one.health is Health.LIVE, one.last_heard or 0.0), default=None)


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


def own_team(state: AppState, record_id: str) -> str | None:
    """My team at the contact centre of a record (or of an agent); None while it has not told who I am."""
    source = centre_of(state, record_id)
    me = state.own[source].agent if source in state.own else None if state.own else state.agents.get(state.me)
    return me.team if me is not None else None


def signed_in_at(state: AppState, source: str) -> bool:
    """Whether a contact centre has told who I am."""
    return source in state.own if Source.of(source).name else bool(state.me)


def reasons_at(state: AppState, record_id: str = "") -> tuple[NotReadyReason, ...]:
    """The reasons for not being ready, of an agent's contact centre; without one mine, each label once."""
    if record_id:
        return tuple(one for one in state.reasons if one.source in ("", centre_of(state, record_id)))
    by_label = {one.label.casefold(): one for one in reversed(state.reasons)}
    return tuple(one for one in state.reasons if by_label[one.label.casefold()] is one)


def queues_beside(state: AppState, record_id: str) -> tuple[QueueStats, ...]:
    """The queues that a contact, or what waits in a queue, can go to: nothing goes from one contact centre to another.

    By name; all of them without a record.
    """
    source = centre_of(state, record_id)
    found = (queue for queue in state.queues.values() if not record_id or centre_of(state, queue.name) == source)
    return tuple(sorted(found, key=lambda queue: queue.name.casefold()))


def plain_name(state: AppState, record_id: str) -> tuple[str, str]:
    """The name of a queue without its contact centre, and that of the contact centre, "" where there is one only."""
    source = Source.of(centre_of(state, record_id))
    return source.unqualified(record_id), source.name


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
