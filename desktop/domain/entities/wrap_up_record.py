"""What an agent records of a contact: while it is written, when it is finished, as long as it waits."""

from dataclasses import dataclass

from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import NOTHING, Sentence


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """A file that goes with a reply: where it lies, and what it was when it was chosen."""

    path: str
    name: str
    media_type: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """What a reply has beside its text. Empty parts are as the contact says; see `domain/select/threads.py`."""

    subject: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    files: tuple[ReplyFile, ...] = ()


NO_HEAD = ReplyHead()


@dataclass(frozen=True, slots=True)
class OutgoingReply:
    """A message to the customer that has no definite answer yet: held back, on its way, or its fate is not known.

    Whenever it is sent again, it goes under the same key, so that it cannot arrive twice. due: while it is held back
    and can be taken back, when it goes, on this machine's clock; it was not sent then.
    """

    key: str
    text: str
    due: float | None = None
    head: ReplyHead = NO_HEAD


@dataclass(frozen=True, slots=True)
class DraftView:
    """What is written about an interaction and to its customer, and since when it is on disk."""

    note: str
    codes: tuple[str, ...]
    revision: int
    saved_at: Instant | None  # fsynced up to `revision`; None: typed, not yet on disk
    problem: Sentence = NOTHING
    follow_ups: tuple[FollowUp, ...] = ()
    half: FollowUp | None = None  # being typed, not added yet
    reply: str = ""  # to the customer, being typed
    outgoing: tuple[OutgoingReply, ...] = ()  # oldest first
    head: ReplyHead = NO_HEAD  # of the reply


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A wrap-up that the agent finished: with which codes, and when."""

    codes: tuple[str, ...]
    at: Instant


@dataclass(frozen=True, slots=True)
class OutboxView:
    """What waits to be delivered. unknown: why that is not known, lost: what may be missing; nothing as a rule."""

    waiting: int = 0
    parked: int = 0
    oldest: Instant | None = None
    why: Sentence = NOTHING
    unknown: Sentence = NOTHING
    lost: Sentence = NOTHING
