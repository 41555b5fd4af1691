"""Supervising at the bundled mock contact centre: `/v1/floor`, help and messages."""

from collections.abc import Mapping, Sequence
from datetime import date

from desktop.backends.mock.principal import MockPrincipal
from desktop.backends.wire.http import segment
from desktop.backends.wire.reading import member, read
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
from desktop.ports.base import Capability
from desktop.ports.supervision import MONITORING, Supervision


class MockSupervision(MockPrincipal, Supervision):
    """Mixed into the mock contact centre, whose connection it uses."""

    async def monitor(self, agent_id: str, mode: Monitoring, *, why: str, key: str) -> str:
        self._need(MONITORING[mode])
        body = {"agent_id": agent_id, "mode": mode.value, "why": why}
        answer = await self._http.change("POST", "/v1/floor/monitors", body, key=key)
        return read(str, member(member(answer, "monitor"), "id"))

    async def end_monitor(self, monitor_id: str, *, key: str) -> None:
        self._need(Capability.MONITOR)
        await self._http.change("DELETE", f"/v1/floor/monitors/{segment(monitor_id)}", key=key)

    async def _order(self, interaction_id: str, verb: str, body: Mapping[str, object], key: str) -> Interaction:
        path = f"/v1/floor/interactions/{segment(interaction_id)}/{verb}"
        return read(Interaction, member(await self._http.change("POST", path, body, key=key), "interaction"))

    async def take_over(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        self._need(Capability.TAKE_OVER)
        return await self._order(interaction_id, "take-over", {"why": why}, key)

    async def reassign(self, interaction_id: str, agent_id: str, *, why: str, key: str) -> Interaction:
        self._need(Capability.REASSIGN)
        return await self._order(interaction_id, "reassign", {"agent_id": agent_id, "why": why}, key)

    async def move(self, interaction_id: str, queue: str, *, why: str, key: str) -> Interaction:
        self._need(Capability.MOVE)
        return await self._order(interaction_id, "move", {"queue": queue, "why": why}, key)

    async def set_priority(self, interaction_id: str, priority: int, *, why: str, key: str) -> Interaction:
        self._need(Capability.PRIORITY)
        return await self._order(interaction_id, "priority", {"priority": priority, "why": why}, key)

    async def withdraw(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        self._need(Capability.WITHDRAW)
        return await self._order(interaction_id, "withdraw", {"why": why}, key)

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        self._need(Capability.SUPERVISE)
        body = {"availability": availability.value, "reason": reason, "why": why}
        path = f"/v1/floor/agents/{segment(agent_id)}/availability"
        return read(Agent, member(await self._http.change("PUT", path, body, key=key), "agent"))

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        self._need(Capability.SUPERVISE)
        found = await self._http.get(f"/v1/floor/queues/{segment(queue)}/waiting", {"limit": limit})
        return read(tuple[Interaction, ...], member(found, "interactions"))

    async def interaction(self, interaction_id: str) -> Interaction:
        self._need(Capability.SUPERVISE)
        found = await self._http.get(f"/v1/floor/interactions/{segment(interaction_id)}")
        return read(Interaction, member(found, "interaction"))

    async def ask_help(self, interaction_id: str, text: str, *, key: str) -> HelpRequest:
        path = f"/v1/interactions/{segment(interaction_id)}/help"
        return read(HelpRequest, member(await self._http.change("POST", path, {"text": text}, key=key), "help"))

    async def answer_help(self, help_id: str, text: str, *, close: bool, key: str) -> HelpRequest:
        body = {"text": text, "close": close}
        answer = await self._http.change("POST", f"/v1/help/{segment(help_id)}/answer", body, key=key)
        return read(HelpRequest, member(answer, "help"))

    async def message_agent(self, agent_id: str, text: str, *, key: str) -> AgentMessage:
        path = f"/v1/agents/{segment(agent_id)}/messages"
        return read(AgentMessage, member(await self._http.change("POST", path, {"text": text}, key=key), "message"))

    async def broadcast(self, agent_ids: Sequence[str], text: str, *, key: str) -> Sequence[BroadcastDelivery]:
        self._need(Capability.BROADCAST)
        body = {"agent_ids": list(agent_ids), "text": text}
        answer = await self._http.change("POST", "/v1/floor/broadcasts", body, key=key)
        return read(tuple[BroadcastDelivery, ...], member(answer, "deliveries"))

    async def acknowledge(self, alert: str, text: str, *, key: str) -> Acknowledgement:
        self._need(Capability.ACKNOWLEDGE)
        answer = await self._http.change("POST", "/v1/floor/acknowledgements", {"alert": alert, "text": text}, key=key)
        return read(Acknowledgement, member(answer, "acknowledgement"))

    async def audit(self, *, limit: int = 100) -> Sequence[AuditEntry]:
        self._need(Capability.AUDIT)
        return read(
            tuple[AuditEntry, ...], member(await self._http.get("/v1/floor/audit", {"limit": limit}), "entries")
        )

    async def schedules(self, day: date) -> Sequence[Schedule]:
        self._need(Capability.SCHEDULE)
        found = await self._http.get("/v1/floor/schedules", {"day": day.isoformat()})
        return read(tuple[Schedule, ...], member(found, "schedules"))

    async def agent_day(self, agent_id: str, day: date) -> Sequence[StateStretch]:
        self._need(Capability.SCHEDULE)
        found = await self._http.get(f"/v1/floor/agents/{segment(agent_id)}/day", {"day": day.isoformat()})
        return read(tuple[StateStretch, ...], member(found, "stretches"))
