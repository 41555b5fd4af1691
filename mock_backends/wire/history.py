"""The past as it goes over the wire: counts by interval, and interactions that are over."""

from pydantic import Field

from mock_backends.wire.base import Wire
from mock_backends.wire.contact_center import Message
from mock_backends.wire.figures import Counts


class Interval(Wire):
    """The counts of one interval; `queue` is "" where several are added up.

    Queues with different thresholds add up too: each customer counts by their own queue's, and `threshold` is null.
    """

    queue: str
    counts: Counts


class Intervals(Wire):
    """Intervals, oldest first; `cursor` asks for the following ones, "" at the end."""

    intervals: list[Interval]
    cursor: str = ""


class WeekCell(Wire):
    """What was counted in one half hour of the week, added up over all weeks that were asked for.

    `weekday` is 0 on Monday, `slot` 0 to 47 the half hour, both by the centre's clock; `counts` go from the first to
    the last of them.
    """

    weekday: int
    slot: int
    counts: Counts


class Week(Wire):
    """The half hours of the week in their order; those without anything are left out."""

    cells: list[WeekCell]


class PastInteraction(Wire):
    """One interaction that is over. `ended_at` is when the customer went; the wrap-up came after it."""

    id: str
    channel: str
    direction: str
    queue: str
    customer: str
    customer_name: str
    agent_id: str
    agent_name: str
    arrived_at: float
    answered_at: float | None
    ended_at: float
    outcome: str
    wait_seconds: float
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    offers: int
    transfers: int
    codes: list[str]


class PastInteractions(Wire):
    """Interactions, newest first; `cursor` asks for the following ones, "" at the end."""

    interactions: list[PastInteraction]
    cursor: str = ""


class PastStep(Wire):
    """One thing that happened to an interaction."""

    at: float
    what: str
    queue: str
    agent_id: str
    agent_name: str
    detail: str


class PastRecording(Wire):
    """A recording of an interaction; `id` names it within the interaction."""

    id: str
    began_at: float
    seconds: float


class PastDetail(Wire):
    """An interaction that is over, with what happened in it, oldest first.

    `note` is what the agent wrote, of the years before the company had its CRM.
    """

    interaction: PastInteraction
    steps: list[PastStep]
    subject: str = ""
    messages: list[Message] = Field(default_factory=list)
    note: str = ""
    recordings: list[PastRecording] = Field(default_factory=list)


class RecordingLink(Wire):
    """Where on this server a recording can be heard until `expires_at`, by whoever has the path."""

    path: str
    expires_at: float
