"""How far each numbered stream was applied, what is next in it, and when only a snapshot helps.

Numbers are contiguous per source and epoch. Older numbers are dropped, a hole or another epoch makes the source
*healing*: its numbered events are ignored until a snapshot arrives. So whatever a feed has received before it asks
for the snapshot may be lost without harm, and what it receives after that goes on from the snapshot's number.
"""

from enum import Enum

from desktop.domain.state.batch import Batch
from desktop.domain.state.events import Envelope, Heartbeat
from desktop.domain.state.state import AppState, Position


class Fit(Enum):
    """How a snapshot fits to what was applied before it."""

    STALE = "stale"  # older than what is known: no use
    SAME_EPOCH = "same epoch"  # versions can be compared
    NEW_EPOCH = "new epoch"  # the service began anew; versions and tombstones mean nothing any more


def needs_snapshot(state: AppState, source: str) -> bool:
    """Whether the source missed something and must be asked for a snapshot."""
    position = state.positions.get(source)
    return position is not None and position.healing


def admit(batch: Batch, envelope: Envelope) -> bool:
    """Whether the event of the envelope is to be applied; moves the position of its stream."""
    if envelope.seq is None:
        return True
    position = batch.positions.get(envelope.source)
    if position is None:
        mark_healing(batch, envelope.source)  # without a snapshot nobody knows what came before
        return False
    if position.healing:
        return False
    if envelope.epoch != position.epoch:
        mark_healing(batch, envelope.source)
        return False
    if envelope.seq <= position.seq:
        return False
    if envelope.seq > position.seq + 1:
        mark_healing(batch, envelope.source)
        return False
    batch.positions.put(envelope.source, Position(position.epoch, envelope.seq))
    return True


def mark_healing(batch: Batch, source: str) -> None:
    """Ignore the numbered events of the source until its next snapshot."""
    position = batch.positions.get(source)
    epoch, seq = (position.epoch, position.seq) if position is not None else ("", 0)
    batch.positions.put(source, Position(epoch, seq, healing=True))


def check_head(batch: Batch, envelope: Envelope, heartbeat: Heartbeat) -> None:
    """Notice what got lost at the end of the stream, where no later number shows the hole."""
    position = batch.positions.get(envelope.source)
    if position is None or position.healing:
        return
    if heartbeat.head > position.seq or (envelope.epoch and envelope.epoch != position.epoch):
        mark_healing(batch, envelope.source)


def admit_snapshot(batch: Batch, envelope: Envelope) -> Fit:
    """How the snapshot of the envelope fits; moves the position to it, and ends healing, unless it is stale."""
    position = batch.positions.get(envelope.source)
    if envelope.seq is None:
        batch.positions.drop(envelope.source)  # a source without numbers: there is nothing to count on
        return Fit.SAME_EPOCH
    if position is not None and position.epoch == envelope.epoch and envelope.seq < position.seq:
        return Fit.STALE
    batch.positions.put(envelope.source, Position(envelope.epoch, envelope.seq))
    if position is not None and position.epoch and position.epoch != envelope.epoch:
        return Fit.NEW_EPOCH
    return Fit.SAME_EPOCH


def is_numbered(batch: Batch, source: str) -> bool:
    """Whether the source has shown a numbered stream."""
    return batch.positions.get(source) is not None
