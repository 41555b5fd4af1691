"""Rigs for the bundled mock servers: a fault proxy in front of each, and the control plane behind it."""

import contextlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from desktop.backends.mock.contact_center import MockContactCenter
from desktop.backends.mock.crm import MockCrm
from desktop.backends.mock.messaging import MockMessaging
from desktop.backends.mock.presence import MockPresence
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.model import Address, OutgoingFile
from desktop.domain.entities.words import Channel, PresenceState
from desktop.ports.base import Backend
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import NotFound
from desktop.ports.messaging import Messaging, OutgoingMessage
from desktop.ports.presence import PresenceSource
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from desktop.testing.http_rig import HttpRig
from desktop.testing.rigs import CALLER, ContactCenterRig, CrmRig, KeptWrapUp, MessagingRig, PresenceRig
from mock_backends.launcher import Running

CONTROL = "control-token-of-the-kit"
AGENT, COLLEAGUE = "maya", "jonas"
SUPERVISORS = ("sam", "ines")
B = TypeVar("B", bound=Backend)


class MockRig(HttpRig[B], Generic[B]):
    """One of the four servers, and the agent Maya."""

    label = "real"  # the mock server is what the adapter is for
    backend: type[Backend]

    def __init__(self, running: Running) -> None:
        self._running = running
        self._server = self.backend.manifest.kind.value
        self.server_url = running.urls[self._server]
        self.secrets = (running.tokens[AGENT],)
        self._client = httpx.AsyncClient(timeout=10, trust_env=False, verify=False)

    async def stop(self) -> None:
        await super().stop()
        await self._client.aclose()

    def make(self) -> Any:
        return self.backend.create({"url": self.proxy.url, "token": self._running.tokens[AGENT]})

    async def sim(self, method: str, path: str, body: object = None) -> Any:
        """Use the control plane."""
        return await self._request(method, f"/_sim/{path}", CONTROL, body)

    async def step(self, **what: object) -> None:
        """Make something happen."""
        await self.sim("POST", "step", what)

    @asynccontextmanager
    async def fast(self) -> AsyncIterator[None]:
        """The server's clock runs a thousand times as fast for the block."""
        await self.sim("PUT", "clock", {"speed": 1000})
        try:
            yield
        finally:
            await self.sim("PUT", "clock", {"speed": 1})

    async def ask(self, method: str, path: str, body: object = None, *, who: str = AGENT) -> Any:
        """What a principal is told, past the proxy and past the adapter."""
        return await self._request(method, path, self._running.tokens[who], body)

    async def _request(self, method: str, path: str, token: str, body: object) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
        answer = await self._client.request(method, self.server_url + path, json=body, headers=headers)
        if answer.status_code == 404:
            raise NotFound("It is not there.")
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def applied(self, method: str, path: str) -> list[Mapping[str, Any]]:
        """The changing calls of the agent that the server really applied, in order."""
        record = (await self.sim("GET", "record"))["record"]
        return [one for one in record if (one["principal"], one["method"], one["path"]) == (AGENT, method, path)]


class MockCrmRig(MockRig[Crm], CrmRig):
    """The mock CRM."""

    backend = MockCrm

    async def add_customer(self, name: str, addresses: Sequence[Address]) -> str:
        body = {"name": name, "addresses": [asdict(one) for one in addresses]}
        return str((await self.ask("POST", "/v1/customers", body, who=COLLEAGUE))["customer"]["id"])

    async def activities(self, key: str) -> int:
        return len(await self.applied("PUT", f"/v1/wrap-ups/{key}"))

    async def kept_wrap_up(self, key: str) -> KeptWrapUp:
        (kept,) = [one["body"] for one in await self.applied("PUT", f"/v1/wrap-ups/{key}")]
        return KeptWrapUp(json.dumps(kept, ensure_ascii=False), kept["started_at"], kept["ended_at"])

    async def customers_named(self, name: str) -> int:
        found = (await self.ask("GET", f"/v1/customers?text={quote(name)}&limit=50"))["results"]
        return len([one for one in found if one["customer"]["name"] == name])

    async def cases_about(self, customer_id: str, subject: str) -> int:
        cases = (await self.ask("GET", f"/v1/customers/{customer_id}/cases"))["cases"]
        return len([one for one in cases if one["subject"] == subject])

    async def case_text(self, customer_id: str, subject: str) -> str:
        entries = (await self.ask("GET", f"/v1/customers/{customer_id}/timeline"))["entries"]
        return "\n".join(one["detail"] for one in entries if one["summary"] == subject)

    async def buyer(self) -> tuple[str, str]:
        for one in (await self.ask("GET", "/v1/customers?text=a&limit=50"))["results"]:
            bought = (await self.ask("GET", f"/v1/customers/{one['customer']['id']}/purchases"))["purchases"]
            if bought:
                return one["customer"]["id"], bought[0]["item"]
        raise AssertionError("nobody in the pretend company bought anything")

    async def linked(self, interaction_id: str) -> str | None:
        path = f"/v1/links/{interaction_id}"
        linked = [*await self.applied("PUT", path), *await self.applied("DELETE", path)]
        last = max(linked, key=lambda one: float(one["at"]), default=None)
        return last["body"]["customer_id"] if last is not None and last["method"] == "PUT" else None

    async def link_reason(self, interaction_id: str) -> str:
        return str((await self.applied("PUT", f"/v1/links/{interaction_id}"))[-1]["body"]["reason"])


class MockContactCenterRig(MockRig[ContactCenter], ContactCenterRig):
    """The mock contact centre, with one person of the directory as the expert."""

    backend = MockContactCenter
    edits = True

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self._calls: list[str] = []

    def reachable(self) -> str:
        return CALLER

    async def start(self) -> None:
        await super().start()
        answer = await self._client.get(
            self._running.urls["presence"] + "/v1/people",
            headers={"Authorization": f"Bearer {self._running.tokens[AGENT]}"},
        )
        agents = {one["id"] for one in (await self.ask("GET", "/v1/agents"))["agents"]}
        self.expert = next(f"person:{one['id']}" for one in answer.json()["people"] if one["id"] not in agents)
        shown = await self.ask("GET", "/v1/snapshot")
        self.queue = shown["me"]["queues"][0]
        await self.step(do="availability", agent=AGENT, availability="not_ready", reason="break")

    async def stop(self) -> None:
        for who in (AGENT, COLLEAGUE):
            await self.step(do="availability", agent=who, availability="not_ready", reason="break")
        for who in (AGENT, *SUPERVISORS):  # what was dialled, and what they took over
            self._calls += [one["id"] for one in (await self.ask("GET", "/v1/snapshot", who=who))["interactions"]]
        for do in ("hangup", "end_wrap_up"):
            for one in self._calls:
                with contextlib.suppress(httpx.HTTPStatusError, NotFound):  # most have ended by themselves
                    await self.step(do=do, interaction=one)
        await super().stop()

    async def _arrive(self, **what: object) -> None:
        answer = await self.sim("POST", "step", {"do": "call", "queue": self.queue, "stays": None, **what})
        self._calls.append(answer["interaction_id"])

    async def call(self, number: str = CALLER) -> None:
        await self._arrive(**{"from": number})

    async def write(self, text: str) -> None:
        await self._arrive(**{"from": fresh.number(), "channel": "sms", "messages": [text]})

    async def write_mail(self, text: str, subject: str, sender: str, *, cc: Sequence[str] = ()) -> None:
        await self._arrive(
            **{"from": sender, "channel": "email", "subject": subject, "messages": [text], "cc": list(cc)}
        )

    async def write_more(self, interaction_id: str, text: str, *files: OutgoingFile) -> None:
        attached = [
            {"name": one.name, "media_type": one.media_type, "base64": b64encode(one.content).decode()} for one in files
        ]
        await self.step(do="customer_writes", interaction=interaction_id, text=text, attachments=attached)

    async def customer_changes(self, interaction_id: str, message_id: str, text: str | None) -> None:
        await self.step(do="customer_changes", interaction=interaction_id, id=message_id, text=text)

    async def colleague_pulls(self, interaction_id: str) -> None:
        await self.ask("PUT", "/v1/me/availability", {"availability": "not_ready", "reason": "break"}, who=COLLEAGUE)
        taken = await self.ask("POST", f"/v1/interactions/{interaction_id}/pull", {}, who=COLLEAGUE)
        self._calls.append(taken["interaction"]["id"])

    async def customer_types(self, interaction_id: str) -> None:
        await self.step(do="customer_types", interaction=interaction_id)

    async def sees_typing(self, interaction_id: str) -> bool:
        return bool((await self.sim("GET", f"customers/{interaction_id}"))["sees_typing"])

    async def hang_up(self, interaction_id: str) -> None:
        await self.step(do="hangup", interaction=interaction_id)

    async def let_expire(self, interaction_id: str) -> None:
        async with self.fast():

            async def over() -> bool | None:
                try:
                    one = await self.ask("GET", f"/v1/interactions/{interaction_id}")
                except NotFound:
                    return True
                return one["interaction"]["phase"] != "offered" or None

            await until(over, self.patience, "the end of the offer")

    async def rescind(self, interaction_id: str) -> None:
        await self.step(do="rescind", interaction=interaction_id)

    async def expert_answers(self) -> None:
        await self.step(do="expert_answers", target=self.expert)

    async def expert_is_busy(self) -> None:
        await self.step(do="expert_busy", target=self.expert)

    async def expert_hangs_up(self) -> None:
        await self.step(do="expert_hangs_up", target=self.expert)

    async def tones(self, interaction_id: str) -> str:
        applied = await self.applied("POST", f"/v1/interactions/{interaction_id}/dtmf")
        return "".join(one["body"]["digits"] for one in applied)

    async def records(self, interaction_id: str) -> bool:
        shown = await self.ask("GET", f"/v1/interactions/{interaction_id}")
        return bool(shown["interaction"]["recording"] == "active")

    async def free_colleague(self) -> str:
        await self.ask("PUT", "/v1/me/availability", {"availability": "available"}, who=COLLEAGUE)
        return COLLEAGUE

    async def colleague_on_a_call(self) -> str:
        await self.free_colleague()
        await self._arrive(**{"from": fresh.number()})

        async def ringing() -> str | None:
            mine = (await self.ask("GET", "/v1/snapshot", who=COLLEAGUE))["interactions"]
            return next((one["id"] for one in mine if one["phase"] == "offered"), None)

        offered = await until(ringing, self.patience, "an offer to the colleague")
        await self.ask("POST", f"/v1/interactions/{offered}/accept", {}, who=COLLEAGUE)
        return COLLEAGUE

    def make_supervisor(self, number: int = 0) -> ContactCenter:
        token = self._running.tokens[SUPERVISORS[number]]
        return self.backend.create({"url": self.proxy.url, "token": token})

    async def callbacks(self) -> int:
        return len(await self.applied("POST", "/v1/callbacks"))


class MockPresenceRig(MockRig[PresenceSource], PresenceRig):
    """The mock directory."""

    backend = MockPresence

    async def start(self) -> None:
        await super().start()
        people = (await self.ask("GET", "/v1/people"))["people"]
        self.expert = next(one["id"] for one in people if one["id"] not in self._running.tokens)

    async def move(self, state: PresenceState, *, in_call: bool | None = None) -> None:
        await self.step(do="presence", person=self.expert, state=state.value, in_call=bool(in_call))

    async def expert_writes(self, text: str) -> None:
        await self.step(do="chat", principal=AGENT, person=self.expert, text=text)

    async def received(self, text: str) -> int:
        applied = await self.applied("POST", f"/v1/chats/{self.expert}")
        return len([one for one in applied if one["body"]["text"] == text])

    async def own_state(self) -> PresenceState:
        shown = await self.ask("GET", "/v1/snapshot", who=COLLEAGUE)
        return PresenceState(next(one["state"] for one in shown["presence"] if one["person_id"] == AGENT))


class MockMessagingRig(MockRig[Messaging], MessagingRig):
    """The mock message sender, which carries SMS and e-mail."""

    backend = MockMessaging

    def message(self, key: str, text: str) -> OutgoingMessage:
        return OutgoingMessage(key, Channel.SMS, fresh.number(), text, Consent("sms", True, source="on the phone"))

    async def sent(self, text: str) -> int:
        applied = await self.applied("POST", "/v1/messages")
        return len([one for one in applied if one["body"]["text"] == text])

    async def recipients(self, text: str) -> list[str]:
        return [one["body"]["to"] for one in await self.applied("POST", "/v1/messages") if one["body"]["text"] == text]

    async def deliver(self, message_id: str) -> None:
        async with self.fast():

            async def over() -> bool | None:
                message = (await self.ask("GET", f"/v1/messages/{message_id}"))["message"]
                return message["state"] in {"delivered", "failed"} or None

            await until(over, self.patience, "the delivery")

    async def fail(self, message_id: str) -> None:
        message = (await self.ask("GET", f"/v1/messages/{message_id}"))["message"]
        await self.step(do="fail_messages", to=message["to"])
        await self.deliver(message_id)

    async def customer_writes(self, text: str) -> None:
        await self.step(do="inbound_message", **{"from": fresh.number(), "text": text})
