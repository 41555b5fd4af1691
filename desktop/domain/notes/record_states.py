"""The states of a record: what an agent entered about a contact, from the first key to its delivery.

A record in progress stands among the drafts; from the moment it is handed over (or its contact is gone) it stands in
the outbox, as one row for each system it goes to. Each step of a row is looked up here before it is written.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class RecordState(StrEnum):
    """Where a record is. Nothing is ever in two states, and nothing leaves without a step of the table."""

    IN_PROGRESS = "in_progress"  # the agent is writing; on disk half a second after the last key
    WAITING = "waiting"  # handed over: sent until the far side says that it has it
    PARKED = "parked"  # not deliverable as it is: a person has to look
    DELIVERED = "delivered"
    DISCARDED = "discarded"  # because the agent said so


class RecordStep(StrEnum):
    """What happens to a record."""

    SAVE = "save"
    HAND_OVER = "hand_over"  # the agent finished, or sends what was parked
    LEAVE = "leave"  # the contact is gone, or is somebody else's
    RETURN = "return"  # and is back
    FAIL = "fail"  # not delivered for now
    DELIVER = "deliver"
    REFUSE = "refuse"  # the far side will not take it
    DAMAGE = "damage"  # it is not what was written
    AMEND = "amend"  # the agent completed or changed it
    DISCARD = "discard"


_S, _T = RecordState, RecordStep
NEXT: Final[Mapping[tuple[RecordState, RecordStep], RecordState]] = {
    (_S.IN_PROGRESS, _T.SAVE): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _T.HAND_OVER): _S.WAITING,
    (_S.IN_PROGRESS, _T.LEAVE): _S.PARKED,
    (_S.IN_PROGRESS, _T.DAMAGE): _S.PARKED,
    (_S.IN_PROGRESS, _T.DISCARD): _S.DISCARDED,
    (_S.WAITING, _T.FAIL): _S.WAITING,
    (_S.WAITING, _T.DELIVER): _S.DELIVERED,
    (_S.WAITING, _T.REFUSE): _S.PARKED,
    (_S.WAITING, _T.DAMAGE): _S.PARKED,
    (_S.PARKED, _T.AMEND): _S.PARKED,
    (_S.PARKED, _T.HAND_OVER): _S.WAITING,
    (_S.PARKED, _T.RETURN): _S.IN_PROGRESS,
    (_S.PARKED, _T.DAMAGE): _S.PARKED,
    (_S.PARKED, _T.DELIVER): _S.DELIVERED,  # the answer to an earlier attempt came late
    (_S.PARKED, _T.DISCARD): _S.DISCARDED,
}


def states_before(step: RecordStep) -> frozenset[RecordState]:
    """The states in which a step is possible."""
    return frozenset(state for state, taken in NEXT if taken is step)


def after(state: RecordState, step: RecordStep) -> RecordState:
    """The state that a step leads to.

    Raises:
        ValueError: the step is not possible in that state.
    """
    try:
        return NEXT[state, step]
    except KeyError:
        raise ValueError(f"a record that is {state} cannot {step}") from None
