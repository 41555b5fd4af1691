"""The bundled mock contact centre."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from typing import ClassVar, Self
from uuid import uuid4

from desktop.backends.mock.past import MockPast
from desktop.backends.mock.principal import SUPERVISORS
from desktop.backends.mock.quality import MockQuality
from desktop.backends.mock.server import OPTIONS, check, connect, follow, numbered
from desktop.backends.mock.supervision import MockSupervision
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member, read
from desktop.domain.entities.floor import Acknowledgement, AgentMessage, AuditEntry, CoachingNews, HelpRequest
from desktop.domain.entities.model import Address, Agent, Instant, Interaction, QueueStats, Reply, WrapUpCode
from desktop.domain.entities.words import Availability
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    Event,
    InteractionChanged,
    QueueChanged,
)
from desktop.domain.state.floor_events import (
    AgentMessaged,
    AlertAcknowledged,
    CoachingChanged,
    FloorChanged,
    HelpChanged,
    SupervisorActed,
)
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter

_CHANGES = frozenset(change.value for change in Change)


def _reason(data: object) -> str:
    reason = data.get("reason") if isinstance(data, dict) else None
    return reason if isinstance(reason, str) else ""


def _event(kind: str, data: object) -> Event | None:
    if kind in _CHANGES:
        return InteractionChanged(Change(kind), read(Interaction, member(data, "interaction")), _reason(data))
    if kind == "agent.changed":
        return AgentChanged(read(Agent, member(data, "agent")), _reason(data))
    if kind == "queue.changed":
        return QueueChanged(read(QueueStats, member(data, "queue")))
    if kind == "floor.changed":
        agents = read(tuple[Agent, ...], member(data, "agents"))
        return FloorChanged(agents, read(tuple[QueueStats, ...], member(data, "queues")))
    if kind == "help.changed":
        return HelpChanged(read(HelpRequest, member(data, "help")))
    if kind == "agent.messaged":
        return AgentMessaged(read(AgentMessage, member(data, "message")))
    if kind == "alert.acknowledged":
        return AlertAcknowledged(read(Acknowledgement, member(data, "acknowledgement")))
    if kind == "supervisor.acted":
        return SupervisorActed(read(AuditEntry, member(data, "act")))
    if kind == "coaching.changed":
        return CoachingChanged(read(CoachingNews, member(data, "news")))
    return None


class MockContactCenter(MockSupervision, MockQuality, MockPast, ContactCenter):
    """Speaks the contact-centre part of the wire contract."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CONTACT_CENTER,
        name="mock",
        api=API,
        title="Bundled mock contact centre",
        capabilities=frozenset(
            {
                Capability.HOLD,
                Capability.MUTE,
                Capability.DTMF,
                Capability.PAUSE_RECORDING,
                Capability.CONSULT,
                Capability.PEOPLE,
                Capability.SWAP,
                Capability.CONFERENCE,
                Capability.WARM_TRANSFER,
                Capability.BLIND_TRANSFER,
                Capability.CALLBACK,
                Capability.DIAL,
                Capability.ATTACHMENTS,
                Capability.COPIES,
                Capability.READ,
                Capability.TYPING,
                Capability.PARK,
                Capability.PULL,
                Capability.WRAP_UP_EXTEND,
                Capability.HANDOVER,
                Capability.NEXT_AVAILABILITY,
                Capability.EVENT_REPLAY,
                Capability.QUEUE_HEAD,
                Capability.QUALITY,
                Capability.SCHEDULE,
                Capability.HELP,
                Capability.AGENT_MESSAGE,
            }
        )
        | SUPERVISORS,
        options=OPTIONS,
    )

    def __init__(self, http: Http) -> None:
        """Talks over `http`, which it closes."""
        self._http = http

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(connect(options, "The contact centre"))

    async def open(self) -> frozenset[Capability]:
        await check(self._http, "/v1/interactions/no-such-interaction")
        return await self._allowed(self.manifest.capabilities)

    async def close(self) -> None:
        await self._http.close()

    async def snapshot(self) -> Envelope:
        body = await self._http.get("/v1/snapshot")
        epoch, number = numbered(member(body, "as_of"))
        # On the wire `me` is the whole agent, who stands among the agents too.
        told = dict(body) if isinstance(body, dict) else {}
        event = read(ContactCenterSnapshot, told | {"me": member(member(body, "me"), "id")})
        return Envelope(self.manifest.kind.value, event, read(float, member(body, "server_time")), epoch, number)

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        return follow(self._http, self.manifest.kind.value, after, _event)

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        when = "after_current" if after_current else "now"
        body = {"availability": availability.value, "reason": reason, "when": when}
        return read(Agent, member(await self._http.change("PUT", "/v1/me/availability", body, key=key), "agent"))

    async def cancel_next(self, *, key: str) -> Agent:
        return read(Agent, member(await self._http.change("DELETE", "/v1/me/next", key=key), "agent"))

    async def _do(
        self, interaction_id: str, verb: str, key: str, body: Mapping[str, object] | None = None
    ) -> Interaction:
        path = f"/v1/interactions/{segment(interaction_id)}/{verb}"
        answer = await self._http.change("POST", path, dict(body or {}), key=key)
        return read(Interaction, member(answer, "interaction"))

    async def _leg(self, interaction_id: str, leg_id: str, verb: str, key: str) -> Interaction:
        return await self._do(interaction_id, f"legs/{segment(leg_id)}/{verb}", key)

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "accept", key)

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        return await self._do(interaction_id, "decline", key, {"reason": reason})

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "end", key)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "messages", key, {"text": text})

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        files = [
            {"name": one.name, "media_type": one.media_type, "content": b64encode(one.content).decode("ascii")}
            for one in reply.files
        ]
        told = {"subject": reply.subject, "to": list(reply.to), "cc": list(reply.cc), "files": files}
        body = {"text": reply.text, **{name: value for name, value in told.items() if value}}
        return await self._do(interaction_id, "messages", key, body)

    async def attachment(self, interaction_id: str, message_id: str, attachment_id: str) -> AsyncIterator[bytes]:
        of = f"/v1/interactions/{segment(interaction_id)}/messages/{segment(message_id)}"
        async for piece in self._http.download(f"{of}/attachments/{segment(attachment_id)}"):
            yield piece

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "read", key, {"message_id": message_id})

    async def typing(self, interaction_id: str, *, on: bool) -> None:
        await self._do(interaction_id, "typing", str(uuid4()), {"on": on})

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._do(interaction_id, "park" if on else "unpark", key)

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "pull", key)

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        return await self._do(interaction_id, "wrap-up", key, {"codes": list(codes), "note_given": note_given})

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return read(tuple[WrapUpCode, ...], member(await self._http.get("/v1/snapshot"), "codes"))

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._do(interaction_id, "hold" if on else "resume", key)

    async def mute(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._do(interaction_id, "mute" if on else "unmute", key)

    async def pause_recording(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        return await self._do(interaction_id, "recording/pause" if on else "recording/resume", key)

    async def dtmf(self, interaction_id: str, digits: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "dtmf", key, {"digits": digits})

    async def consult(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "consult", key, {"target": target})

    async def cancel_leg(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._leg(interaction_id, leg_id, "cancel", key)

    async def swap(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._leg(interaction_id, leg_id, "swap", key)

    async def complete_transfer(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._leg(interaction_id, leg_id, "complete", key)

    async def conference(self, interaction_id: str, leg_id: str, *, key: str) -> Interaction:
        return await self._leg(interaction_id, leg_id, "conference", key)

    async def blind_transfer(self, interaction_id: str, target: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "transfer", key, {"target": target})

    async def extend_wrap_up(self, interaction_id: str, *, key: str) -> Interaction:
        return await self._do(interaction_id, "wrap-up/extend", key)

    async def hand_over(self, interaction_id: str, *, note: str, customer_id: str, key: str) -> Interaction:
        return await self._do(interaction_id, "handover", key, {"note": note, "customer_id": customer_id})

    async def dial(self, address: Address, *, queue: str, key: str) -> Interaction:
        body = {"address": asdict(address), "queue": queue}
        return read(Interaction, member(await self._http.change("POST", "/v1/calls", body, key=key), "interaction"))

    async def callback(
        self, interaction_id: str, *, queue: str, address: Address, at: Instant, note: str, key: str
    ) -> str:
        body = {"interaction_id": interaction_id, "queue": queue, "address": asdict(address), "at": at, "note": note}
        return read(str, member(await self._http.change("POST", "/v1/callbacks", body, key=key), "callback_id"))
