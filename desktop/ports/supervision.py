"""What a contact centre may offer a supervisor. Every call is authorised, carried out and written down by the server.

A reason (`why`) goes with each; where the server demands one and it is empty it raises `Rejected`. Who may not do a
thing gets `NotFound` for what they may not see and `Forbidden` for what they may not do.
"""

from collections.abc import Sequence
from datetime import date

from desktop.domain.entities.floor import (
    Acknowledgement,
    AgentMessage,
    AuditEntry,
    BroadcastDelivery,
    HelpRequest,
    Schedule,
    StateStretch,
)
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Monitoring
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Backend, Capability
from desktop.ports.errors import Unsupported

MONITORING = {
    Monitoring.LISTEN: Capability.MONITOR,
    Monitoring.WHISPER: Capability.WHISPER,
    Monitoring.BARGE: Capability.BARGE,
}
"""The capability of each way to take part in a call."""


def refuse(capability: Capability) -> Unsupported:
    """The error of a method whose capability is not offered."""
    return Unsupported(Sentence("port.contact_center_lacks", capability=capability.value.replace("_", " ")))


class Supervision(Backend):
    """The optional part of a contact centre for those who look after others' work. Each method has its capability."""

    async def monitor(self, agent_id: str, mode: Monitoring, *, why: str, key: str) -> str:
        """Take part in an agent's call; answers what `end_monitor` takes.

        Each mode is a capability of its own: MONITOR (listen), WHISPER and BARGE. The same principal may change from
        one mode to another while it lasts.
        """
        raise refuse(MONITORING[mode])

    async def end_monitor(self, monitor_id: str, *, key: str) -> None:
        """Take part no more. It is no failure when the call is over already."""
        raise refuse(Capability.MONITOR)

    async def take_over(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        """TAKE_OVER: the caller of this method has the conversation from now on; the agent wraps up their part."""
        raise refuse(Capability.TAKE_OVER)

    async def reassign(self, interaction_id: str, agent_id: str, *, why: str, key: str) -> Interaction:
        """REASSIGN: offer it to this agent next (waiting or offered), or hand the conversation over (talking)."""
        raise refuse(Capability.REASSIGN)

    async def move(self, interaction_id: str, queue: str, *, why: str, key: str) -> Interaction:
        """MOVE: into another queue, keeping its place by arrival."""
        raise refuse(Capability.MOVE)

    async def set_priority(self, interaction_id: str, priority: int, *, why: str, key: str) -> Interaction:
        """PRIORITY: of somebody who waits, -1000 to 1000 points, more is sooner."""
        raise refuse(Capability.PRIORITY)

    async def withdraw(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        """WITHDRAW: take it out of the queue or off the desk it is stuck on, and close it."""
        raise refuse(Capability.WITHDRAW)

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        """SUPERVISE: another agent's availability. While they have work in hand it comes next (`Agent.next`)."""
        raise refuse(Capability.SUPERVISE)

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        """SUPERVISE: who waits in a queue or rings from it, next one first."""
        raise refuse(Capability.SUPERVISE)

    async def interaction(self, interaction_id: str) -> Interaction:
        """SUPERVISE: one interaction of the own team as it is now."""
        raise refuse(Capability.SUPERVISE)

    async def ask_help(self, interaction_id: str, text: str, *, key: str) -> HelpRequest:
        """HELP: an agent asks the supervisors of their team; the same contact has one open request at most."""
        raise refuse(Capability.HELP)

    async def answer_help(self, help_id: str, text: str, *, close: bool, key: str) -> HelpRequest:
        """HELP: a supervisor answers, or closes it; the agent may close their own."""
        raise refuse(Capability.HELP)

    async def message_agent(self, agent_id: str, text: str, *, key: str) -> AgentMessage:
        """AGENT_MESSAGE: a line to an agent of the own team; an agent may answer whoever wrote to them."""
        raise refuse(Capability.AGENT_MESSAGE)

    async def broadcast(self, agent_ids: Sequence[str], text: str, *, key: str) -> Sequence[BroadcastDelivery]:
        """BROADCAST: one line to these agents of the own team, written down as one act.

        Returns:
            What became of it at each of them, in their order. One who is not of the team does not keep it from others.

        Raises:
            Rejected: there are none, more than 1000, or there is nothing to say.
            NotFound: none of them is of the team.
        """
        raise refuse(Capability.BROADCAST)

    async def acknowledge(self, alert: str, text: str, *, key: str) -> Acknowledgement:
        """ACKNOWLEDGE: tell every other supervisor of the team that somebody deals with an alert."""
        raise refuse(Capability.ACKNOWLEDGE)

    async def audit(self, *, limit: int = 100) -> Sequence[AuditEntry]:
        """AUDIT: what supervisors did to the own team's work, newest first."""
        raise refuse(Capability.AUDIT)

    async def schedules(self, day: date) -> Sequence[Schedule]:
        """SCHEDULE: who of the team should do what on a day of the centre's zone; for an agent, only they."""
        raise refuse(Capability.SCHEDULE)

    async def agent_day(self, agent_id: str, day: date) -> Sequence[StateStretch]:
        """SCHEDULE: what an agent's availability was over a day, oldest first, for their adherence.

        An agent may ask for their own only.
        Time offline is a stretch as well; time in none of them is time of which nobody knows.
        """
        raise refuse(Capability.SCHEDULE)
