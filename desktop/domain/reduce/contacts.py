"""Applying what the contact centre tells: interactions, agents, queues."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from desktop.domain.entities.floor import Acknowledgement, CoachingNews, HelpRequest, HelpState
from desktop.domain.entities.model import Agent, Interaction, NotReadyReason, WrapUpCode
from desktop.domain.entities.own_agent import OWN, OwnAtCentre, coaching_together, together
from desktop.domain.entities.source import CENTRE, Source
from desktop.domain.entities.words import Phase
from desktop.domain.reduce.streams import Fit, is_numbered
from desktop.domain.reduce.threads import with_thread
from desktop.domain.state.batch import ACKNOWLEDGEMENTS, TOMBSTONES, Batch, Shelf, newest
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    InteractionChanged,
    QueueChanged,
)
from desktop.domain.state.floor_events import FloorChanged
from desktop.domain.state.lifecycle import is_odd
from desktop.domain.state.state import Ending
from desktop.domain.text.sentence import Sentence


class Versioned(Protocol):
    """An entity whose version rises with every change."""

    @property
    def version(self) -> int: ...


E = TypeVar("E", bound=Versioned)
T = TypeVar("T")
L = TypeVar("L", WrapUpCode, NotReadyReason)
_GONE_HELP = "help:"  # its tombstones stand among those of interactions
_ENDS = frozenset({Change.OFFER_ENDED, Change.WRAP_UP, Change.CLOSED})


def put_newer(shelf: Shelf[E], key: str, entity: E) -> bool:
    """Put the entity unless the same or a higher version is known; says whether it did."""
    known = shelf.get(key)
    if known is not None and entity.version <= known.version:
        return False
    shelf.put(key, entity)
    return True


def merged(known: Mapping[str, E], fresh: Sequence[tuple[str, E]], fit: Fit) -> dict[str, E]:
    """The entities of a snapshot; where the known one is as new or newer it stays, so that its slice is the same."""
    result: dict[str, E] = {}
    for key, entity in fresh:
        old = known.get(key) if fit is Fit.SAME_EPOCH else None
        result[key] = old if old is not None and old.version >= entity.version else entity
    return result


def apply_interaction(batch: Batch, envelope: Envelope, event: InteractionChanged) -> None:
    """Take the interaction if it is newer, and let it leave when it is over or another's."""
    new = event.interaction
    old = batch.interactions.get(new.id)
    if new.version <= (old.version if old is not None else batch.tombstones.now.get(new.id, -1)):
        return
    if old is None and envelope.seq is None and is_numbered(batch, envelope.source):
        # A late answer to a command may outlive its interaction; only the stream and the snapshot bring new ones.
        batch.odd(Sentence("odd.outside_stream", id=new.id))
        return
    if old is not None:
        odd = is_odd(old, new)
        if odd is not None:
            batch.odd(odd)
    new = with_thread(old, new)
    if event.change in _ENDS and _ends_something_of_mine(batch, old, new):
        batch.endings = newest(batch.endings, Ending(envelope.at, event.change, event.reason, new))
    if batch.is_mine_to_see(new):
        _keep(batch, new)
    else:
        _leave(batch, new, old)


def _ends_something_of_mine(batch: Batch, old: Interaction | None, new: Interaction) -> bool:
    if not batch.me or batch.me not in {new.agent_id, old.agent_id if old is not None else None}:
        return False
    # a wrap-up that gets more time is told by the same kind of event as one that begins
    return old is None or new.phase is not Phase.WRAP_UP or old.phase is not Phase.WRAP_UP


def apply_agent(batch: Batch, source: str, event: AgentChanged) -> None:
    """Take the agent if it is newer."""
    agent = event.agent
    if _is_own_of_several(source, agent):
        own = batch.own.get(source)
        before = own.agent if own is not None else None
        if _put_own(batch, source, agent) and before is not None and (odd := is_odd(before, agent)) is not None:
            batch.odd(odd)
        return
    old = batch.agents.get(agent.id)
    if put_newer(batch.agents, agent.id, agent) and old is not None:
        odd = is_odd(old, agent)
        if odd is not None:
            batch.odd(odd)
        _see_less(batch, old, agent)


def _see_less(batch: Batch, old: Agent, agent: Agent) -> None:
    """I am no supervisor any more: what is others' is not for these eyes."""
    if agent.id == batch.me and agent.role is not old.role:
        for interaction in [one for one in batch.interactions.now.values() if not batch.is_mine_to_see(one)]:
            _leave(batch, interaction, interaction)


def apply_floor(batch: Batch, source: str, event: FloorChanged) -> None:
    """Take every agent and queue that is newer. What came between two such events is not told, so nothing is odd."""
    for agent in event.agents:
        if _is_own_of_several(source, agent):
            _put_own(batch, source, agent)
            continue
        old = batch.agents.get(agent.id)
        if put_newer(batch.agents, agent.id, agent) and old is not None:
            _see_less(batch, old, agent)
    for queue in event.queues:
        put_newer(batch.queues, queue.name, queue)


def apply_queue(batch: Batch, event: QueueChanged) -> None:
    """Take the figures of the queue if they are newer."""
    put_newer(batch.queues, event.queue.name, event.queue)


def apply_help(batch: Batch, request: HelpRequest) -> None:
    """Take the request if it is newer; a closed one leaves, and what is told of it late does not bring it back."""
    known, gone = batch.help.get(request.id), _GONE_HELP + request.id
    if request.version <= (known.version if known is not None else batch.tombstones.now.get(gone, -1)):
        return
    if request.state is HelpState.CLOSED:
        batch.help.drop(request.id)
        batch.tombstones.put_last(gone, request.version, TOMBSTONES)
    else:
        batch.help.put(request.id, request)


def apply_acknowledgement(batch: Batch, one: Acknowledgement) -> None:
    """Take it unless somebody acknowledged the same alert later."""
    known = batch.acknowledgements.get(one.alert)
    if known is None or known.at <= one.at:
        batch.acknowledgements.put_last(one.alert, one, ACKNOWLEDGEMENTS)


def _is_own_of_several(source: str, agent: Agent) -> bool:
    return agent.id == OWN and bool(Source.of(source).name)


def _put_own(batch: Batch, source: str, agent: Agent) -> bool:
    """Take what one of several contact centres says of me, if it is newer; says whether it was."""
    known = batch.own.get(source)
    if known is None or (known.agent is not None and agent.version <= known.agent.version):
        return False
    batch.own.put(source, replace(known, agent=agent))
    _join_own(batch)
    return True


def _join_own(batch: Batch) -> None:
    """Make one agent out of what the contact centres say of me."""
    known = [batch.own.now[source] for source in batch.sources if source in batch.own.now]
    agents = [one.agent for one in known if one.agent is not None]
    before = batch.agents.get(OWN)
    if agents:
        batch.agents.put(OWN, together(agents))
    else:
        batch.agents.drop(OWN)
    if before is not None and agents:
        _see_less(batch, before, batch.agents.now[OWN])


def apply_coaching(batch: Batch, source: str, news: CoachingNews | None) -> None:
    """Take what there is for me to read at a contact centre."""
    known = batch.own.get(source)
    if not Source.of(source).name or known is None:
        batch.set("coaching", news)
        return
    batch.own.put(source, replace(known, coaching=news))
    every = [one.coaching for one in batch.own.now.values() if one.coaching is not None]
    batch.set("coaching", coaching_together(every) if every else None)


def apply_snapshot(batch: Batch, source: str, event: ContactCenterSnapshot, fit: Fit) -> None:
    """Replace all that the contact centre told before; what went away since the snapshot was taken stays away.

    Of several contact centres, what is another's stays as it is.
    """
    centre = Source.of(source)
    batch.me = event.me or (batch.me if centre.name else "")
    if fit is Fit.NEW_EPOCH:
        batch.tombstones.swap(
            {key: one for key, one in batch.tombstones.now.items() if not centre.owns(key.removeprefix(_GONE_HELP))}
        )
    agents = [(agent.id, agent) for agent in event.agents if not _is_own_of_several(source, agent)]
    batch.agents.swap(_of_others(centre, batch.agents.now) | merged(batch.agents.now, agents, fit))
    queues = [(queue.name, queue) for queue in event.queues]
    batch.queues.swap(_of_others(centre, batch.queues.now) | merged(batch.queues.now, queues, fit))
    batch.set("codes", _in_order(batch, source, batch.codes, event.codes))
    batch.set("reasons", _in_order(batch, source, batch.reasons, event.reasons))
    if not centre.name or not batch.zone or source == _first(batch):
        batch.set("zone", event.zone)
    help_asked = {request.id: request for request in event.help if request.state is not HelpState.CLOSED}
    batch.help.swap(_of_others(centre, batch.help.now) | help_asked)
    messages = {message.id: message for message in event.agent_messages}
    if others := _of_others(centre, batch.agent_messages.now):
        messages = dict(sorted((others | messages).items(), key=lambda one: one[1].at))
    batch.agent_messages.swap(messages)
    dealt_with = {key: one for key, one in batch.acknowledgements.now.items() if not centre.owns(_subject(key))}
    batch.acknowledgements.swap(dealt_with | {one.alert: one for one in event.acknowledgements})
    if centre.name:
        own = next((agent for agent in event.agents if agent.id == OWN), None)
        known_own = batch.own.get(source)
        before = known_own.agent if known_own is not None and fit is Fit.SAME_EPOCH else None
        if before is not None and own is not None and before.version >= own.version:
            own = before
        batch.own.put(source, OwnAtCentre(event.own_id, own))
        _join_own(batch)
    apply_coaching(batch, source, event.coaching)
    known = {key: one for key, one in batch.interactions.now.items() if centre.owns(key)}
    gone = batch.tombstones.now
    fresh = [
        (new.id, with_thread(known.get(new.id), new))
        for new in event.interactions
        if new.version >= gone.get(new.id, new.version)
    ]
    result = {key: new for key, new in merged(known, fresh, fit).items() if batch.is_mine_to_see(new)}
    for interaction_id, old in known.items():
        if interaction_id not in result:
            _forget(batch, old)
    batch.interactions.swap(_of_others(centre, batch.interactions.now) | result)
    for interaction_id in result:
        batch.tombstones.drop(interaction_id)
        batch.unfinished.drop(interaction_id)


def _of_others(centre: Source, known: Mapping[str, T]) -> dict[str, T]:
    """What is not of this contact centre: nothing, where it is the only one."""
    return {key: one for key, one in known.items() if not centre.owns(key)} if centre.name else {}


def _subject(alert_key: str) -> str:
    return alert_key.partition("|")[2]


def _first(batch: Batch) -> str:
    return next((source for source in batch.sources if Source.of(source).kind == CENTRE), CENTRE)


def _in_order(batch: Batch, source: str, known: tuple[L, ...], fresh: tuple[L, ...]) -> tuple[L, ...]:
    """The words of all contact centres, those of the one with precedence first."""
    if not Source.of(source).name:
        return fresh
    every = tuple(one for one in known if one.source != source) + fresh
    places = {name: place for place, name in enumerate(batch.sources)}
    order = sorted(range(len(every)), key=lambda at: places.get(every[at].source, len(places)))
    return tuple(every[at] for at in order)


def _keep(batch: Batch, interaction: Interaction) -> None:
    batch.interactions.put(interaction.id, interaction)
    batch.tombstones.drop(interaction.id)
    batch.unfinished.drop(interaction.id)


def _leave(batch: Batch, new: Interaction, old: Interaction | None) -> None:
    batch.interactions.drop(new.id)
    batch.tombstones.put_last(new.id, new.version, TOMBSTONES)
    if old is not None:
        _forget(batch, new)


def _forget(batch: Batch, last: Interaction) -> None:
    """Drop what hangs on an interaction that left; while its note is not handed over, keep what that needs."""
    batch.pending.drop(last.id)
    if batch.drafts.get(last.id) is not None:
        batch.unfinished.put(last.id, last)
    else:
        batch.pops.drop(last.id)
