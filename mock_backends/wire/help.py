"""What goes to and fro between agents and their supervisors, as it goes over the wire."""

from typing import Literal

from mock_backends.wire.base import Wire


class HelpRequest(Wire):
    """An agent asks a supervisor for help with a contact."""

    id: str
    version: int = 1
    agent_id: str
    interaction_id: str
    text: str
    at: float
    state: Literal["open", "answered", "closed"] = "open"
    answered_by: str = ""
    answered_by_name: str = ""
    answer: str = ""
    since: float


class AgentMessage(Wire):
    """A line from a supervisor to an agent, or the agent's answer."""

    id: str
    at: float
    by: str
    by_name: str
    to: str
    text: str


class Acknowledgement(Wire):
    """Somebody deals with an alert."""

    alert: str
    by: str
    by_name: str
    at: float
    text: str = ""
