"""What was told to the agent: which of it is to be seen now, and when it is so no more."""

from dataclasses import replace
from typing import Final

from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import Health, Recording
from desktop.domain.select.customer import recording_refused
from desktop.domain.state.batch import Batch, newest
from desktop.domain.state.state import AppState, Notice

STAYS: Final = 12.0
"""Seconds a notice is to be seen, unless the next one comes."""
ERROR_STAYS: Final = 25.0
"""Seconds of an error; one whose cause stands longer stays as long."""
GLANCE: Final = 3.0
"""Seconds of an answer that says no more than that there is nothing to do."""
UNDO_SECONDS: Final = 10.0
"""How long a link that was undone can be brought back, and that is said."""

MY_STATE: Final = "my state"
RETRY: Final = "retry"
OUTBOX: Final = "outbox"
GLIMPSE: Final = "glimpse"
ALERT_ENDED: Final = "alert ended"
DONE: Final = "done"
LINK: Final = "link"
"""Subjects beside contacts (by id), sources (by name), records (see `record`) and recordings (see `recording`).

`DONE` is what the agent did and how it is taken back, `LINK` likewise of a link: of a contact, but no subject of it, or
the next thing that succeeds with that contact would take the words away.
"""
_RECORDING: Final = "recording:"
_WROTE: Final = "wrote:"


def record(interaction_id: str) -> str:
    """The subject of the record of a contact on its way to the CRM."""
    return f"record:{interaction_id}"


def recording(interaction_id: str) -> str:
    """The subject of a recording that was paused because the customer has refused it."""
    return f"{_RECORDING}{interaction_id}"


def wrote(message_id: str) -> str:
    """The subject of a message that a customer sent by themselves."""
    return f"{_WROTE}{message_id}"


def message_of(notice: Notice) -> str:
    """The id of the customer's message that a notice is about; "" for any other."""
    return notice.subject.removeprefix(_WROTE) if notice.subject.startswith(_WROTE) else ""


def on_floor(kind: str, name: str) -> str:
    """The subject of what a supervisor does to an agent, a request for help or an alert; a contact is its id."""
    return f"{kind}:{name}"


def shown(state: AppState, now: Instant) -> Notice | None:
    """The notice to be seen now: the newest that is fresh, else the newest error whose cause still stands.

    Args:
        now: the server's time.
    """
    live = [one for one in state.notices if not one.over and not _is_settled(state, one)]
    fresh = [one for one in live if now - one.at < _stays(one)]
    if fresh and fresh[-1] is live[-1]:
        # What came of a press is read first; what happened by itself and wants nothing done can wait for it.
        return next((one for one in reversed(fresh) if not _can_wait(one)), live[-1])
    return next((one for one in reversed(live) if stands(state, one)), None)


def something_is_wrong(state: AppState) -> bool:
    """Whether there is anything to try again: a source that cannot be reached, or a record not delivered."""
    return any(known.health is not Health.LIVE for known in state.health.values()) or bool(
        state.outbox.waiting or state.outbox.parked
    )


def tell(batch: Batch, notice: Notice) -> None:
    """Add a notice; of one subject the newest counts."""
    if notice.subject:
        settle(batch, notice.subject)
    batch.notices = newest(batch.notices, notice)


def settle(batch: Batch, subject: str) -> None:
    """What was told of a subject is so no more."""
    if any(one.subject == subject and not one.over for one in batch.notices):
        batch.notices = tuple(replace(one, over=True) if one.subject == subject else one for one in batch.notices)


def _can_wait(notice: Notice) -> bool:
    return notice.subject == ALERT_ENDED or notice.subject.startswith(_RECORDING)


def _stays(notice: Notice) -> float:
    if notice.subject == GLIMPSE:
        return GLANCE
    if notice.subject == LINK:
        return UNDO_SECONDS
    return ERROR_STAYS if notice.severity == "error" else STAYS


def _is_settled(state: AppState, notice: Notice) -> bool:
    """Whether what it waited for has come by itself."""
    if notice.subject == RETRY:
        return not something_is_wrong(state)
    if notice.subject == OUTBOX:
        return not (state.outbox.waiting or state.outbox.parked)
    if notice.subject.startswith(_RECORDING):
        call = state.interactions.get(notice.subject.removeprefix(_RECORDING))
        return call is None or call.recording is not Recording.PAUSED or not recording_refused(state, call)
    known = state.health.get(notice.subject)
    return known is not None and known.health is Health.LIVE


def stands(state: AppState, notice: Notice) -> bool:
    """Whether an error is as true as when it was told, and the agent can still do something about it."""
    if notice.severity != "error" or not notice.subject:
        return False
    interaction = state.interactions.get(notice.subject)
    if interaction is not None:
        return interaction.agent_id == state.me and interaction.phase_since <= notice.at
    if notice.subject == MY_STATE:
        me = state.agents.get(state.me)
        return me is None or me.since <= notice.at
    known = state.health.get(notice.subject)
    return known is not None and known.health is not Health.LIVE
