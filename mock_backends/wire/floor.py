"""What supervisors see and do, as it goes over the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mock_backends.wire.base import Id, Line, Text, Wire
from mock_backends.wire.contact_center import AvailabilityWord, Interaction
from mock_backends.wire.help import Acknowledgement, AgentMessage, HelpRequest

MonitoringWord = Literal["listen", "whisper", "barge"]


def _said(words: str) -> str:
    if not words.strip():
        raise ValueError("must say something")
    return words


Why = Annotated[
    str,
    Field(min_length=1, max_length=300, pattern=r"\S", description="the reason; written down"),
    AfterValidator(_said),
]
Said = Annotated[Text, Field(min_length=1, max_length=2000, pattern=r"\S"), AfterValidator(_said)]


class AuditEntry(Wire):
    """Something a supervisor did or was refused. `subject_name` is what the subject was called at that time."""

    id: str
    at: float
    by: str
    by_name: str
    verb: str
    subject: str
    why: str
    outcome: str = "done"
    detail: str = ""
    subject_name: str = ""


class Monitor(Wire):
    """A supervisor takes part in an agent's call."""

    id: str
    agent_id: str
    interaction_id: str
    mode: MonitoringWord
    since: float


class Activity(Wire):
    """A stretch of a schedule."""

    start: float
    end: float
    kind: Literal["work", "break", "meal", "meeting", "training", "exception"]
    label: str = ""


class Schedule(Wire):
    """An agent's planned day."""

    agent_id: str
    activities: list[Activity]


class StateStretch(Wire):
    """An agent's availability over a stretch of time; with `engaged` they had a contact in hand."""

    start: float
    end: float
    availability: AvailabilityWord
    reason: str = ""
    engaged: bool = False


class MeAnswer(Wire):
    """Who calls, as the contact centre knows them. The role is the server's word on what they may open."""

    id: str
    name: str
    role: Literal["agent", "supervisor"]
    team: str


class WaitingAnswer(Wire):
    """Who waits in a queue or rings from it, next one first."""

    interactions: list[Interaction]


class MonitorAnswer(Wire):
    """A monitoring as it is now."""

    monitor: Monitor


class Ended(Wire):
    """It is over."""

    ended: Literal[True] = True


class HelpAnswer(Wire):
    """A request for help as it is now."""

    help: HelpRequest


class MessageAnswer(Wire):
    """A message that was sent."""

    message: AgentMessage


class BroadcastDelivery(Wire):
    """What became of a broadcast at one agent; `later`: they are signed out, and see it when they sign in."""

    agent_id: str
    reached: Literal["delivered", "later", "refused"]


class BroadcastAnswer(Wire):
    """What became of a broadcast, in the order in which the agents were named."""

    deliveries: list[BroadcastDelivery]


class AcknowledgementAnswer(Wire):
    """An alert that somebody deals with."""

    acknowledgement: Acknowledgement


class Audit(Wire):
    """What was done, newest first."""

    entries: list[AuditEntry]


class Schedules(Wire):
    """Who should do what on a day."""

    schedules: list[Schedule]


class AgentDayAnswer(Wire):
    """What an agent's availability was over a day, oldest first."""

    stretches: list[StateStretch]


class Reason(Wire):
    """Why it is done."""

    why: Why


class Reassign(Reason):
    """To whom it goes."""

    agent_id: Id


class Move(Reason):
    """Where it goes."""

    queue: Annotated[str, Field(min_length=1, max_length=100)]


class Priority(Reason):
    """How urgent it is: points, more is sooner."""

    priority: int = Field(ge=-1000, le=1000)


class SetAgentAvailability(Reason):
    """What an agent is to be; `reason` is of not ready."""

    availability: AvailabilityWord
    reason: str = Field(default="", max_length=100)


class BeginMonitor(Reason):
    """Whose call, and how."""

    agent_id: Id
    mode: MonitoringWord


class AskHelp(Wire):
    """What the agent needs."""

    text: Annotated[str, Field(max_length=500)] = ""


class AnswerHelp(Wire):
    """What the supervisor says; with `close` the request is over."""

    text: Line = ""
    close: bool = False


class SendLine(Wire):
    """A line between a supervisor and an agent."""

    text: Said


class Broadcast(Wire):
    """A line to several agents of the own team."""

    agent_ids: list[Id] = Field(min_length=1, max_length=1_000)
    text: Said


class Acknowledge(Wire):
    """Which alert, and what is done about it."""

    alert: Annotated[str, Field(min_length=1, max_length=300)]
    text: Line = ""


class HelpEvent(Wire):
    """A `help.changed` event."""

    at: float
    help: HelpRequest


class MessageEvent(Wire):
    """An `agent.messaged` event."""

    at: float
    message: AgentMessage


class AcknowledgementEvent(Wire):
    """An `alert.acknowledged` event."""

    at: float
    acknowledgement: Acknowledgement


class ActedEvent(Wire):
    """A `supervisor.acted` event: tells an agent what a supervisor did to their state or work."""

    at: float
    act: AuditEntry
