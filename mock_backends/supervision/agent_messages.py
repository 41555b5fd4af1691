"""Lines between supervisors and their agents."""

from collections import deque

from mock_backends.http.clock import Clock
from mock_backends.http.principals import Principal
from mock_backends.http.problem import not_found
from mock_backends.http.site import new_id
from mock_backends.supervision.authorisation import Authorisation
from mock_backends.wire.floor import MessageEvent
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
