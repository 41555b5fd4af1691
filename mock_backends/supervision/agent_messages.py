"""Lines between supervisors and their agents."""

from collections import deque
from collections.abc import Sequence
from typing import Literal

from mock_backends.http.clock import Clock
from mock_backends.http.principals import Principal
from mock_backends.http.problem import not_found
from mock_backends.http.site import new_id
from mock_backends.supervision.authorisation import Authorisation
from mock_backends.wire.contact_center import Agent
from mock_backends.wire.floor import BroadcastDelivery, MessageEvent
from mock_backends.wire.help import AgentMessage

KEPT = 200  # a principal


class AgentMessages:
    """A supervisor writes to agents of their team; an agent answers supervisors who wrote to them."""

    def __init__(self, authorisation: Authorisation, clock: Clock) -> None:
        self._authorisation = authorisation
        self._clock = clock
        self._of: dict[str, deque[AgentMessage]] = {}

    def send(self, caller: Principal, to: str, text: str) -> AgentMessage:
        """Send a line.

        :raises Problem: 404 for somebody the caller may not write to.
        """
        if caller.supervises:
            with self._authorisation.act(caller, "message", to) as act:
                self._authorisation.agent(caller, to, act)
                act.entry.detail = text
        elif not any(line.by == to for line in self._of.get(caller.id, ())):
            raise not_found("There is nobody to write to.")
        return self._hand_over(caller, to, text)

    def broadcast(self, caller: Principal, agent_ids: Sequence[str], text: str) -> list[BroadcastDelivery]:
        """Send a line to each of these agents, once.

        :raises Problem: 403 for anybody but a supervisor; 404 where none of them is of the caller's team.
        """
        deliveries: list[BroadcastDelivery] = []
        with self._authorisation.act(caller, "broadcast", caller.team) as act:
            act.team = caller.team
            wanted = dict.fromkeys(one for one in agent_ids if one != caller.id)
            reached = {one: self._authorisation.of_team(caller, one) for one in wanted}
            count = sum(agent is not None for agent in reached.values())
            act.entry.detail = f"to {count}: {text}"
            if not count:
                raise not_found("None of them is in your team.")
            for agent_id, agent in reached.items():
                if agent is not None:
                    self._hand_over(caller, agent_id, text)
                deliveries.append(BroadcastDelivery(agent_id=agent_id, reached=_reached(agent)))
        return deliveries

    def _hand_over(self, caller: Principal, to: str, text: str) -> AgentMessage:
        line = AgentMessage(
            id=new_id("line"),
            at=self._clock.now(),
            by=caller.id,
            by_name=self._authorisation.name_of(caller.id),
            to=to,
            text=text,
        )
        for who in {caller.id, to}:
            self._of.setdefault(who, deque(maxlen=KEPT)).append(line)
        self._authorisation.publish("agent.messaged", MessageEvent(at=line.at, message=line), {caller.id, to})
        return line

    def seen_by(self, principal: Principal) -> list[AgentMessage]:
        """The newest, oldest first."""
        return list(self._of.get(principal.id, ()))


def _reached(agent: Agent | None) -> Literal["delivered", "later", "refused"]:
    if agent is None:
        return "refused"
    return "later" if agent.observed == "offline" else "delivered"
