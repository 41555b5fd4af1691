"""A Matrix account for the contract: a real Synapse, behind a proxy that spoils what it says."""

import asyncio
import itertools
import json
import urllib.request
from collections.abc import Mapping
from typing import Any, ClassVar

from desktop.backends.matrix.contact_center import MatrixContactCenter
from desktop.domain.entities.model import OutgoingFile
from desktop.ports.contact_center import ContactCenter
from desktop.testing import fresh
from desktop.testing.fault_proxy import Answer
from desktop.testing.http_rig import ANSWERS, HttpRig
from desktop.testing.rig import RETRY_AFTER, Fault, absent
from desktop.testing.rigs import ContactCenterRig
from tests.real.matrix.customer import Customer
from tests.real.servers.synapse import DOMAIN, Synapse

_names = itertools.count()


def options(url: str, token: str, agent: str = "maya", **changes: str) -> dict[str, str]:
    """A profile of an agent."""
    return {"url": url, "token": token, "agent": agent, "codes": "order=Order; bug=Fault"} | changes


class Account:
    """A contact centre's account of its own, with a device for each agent."""

    def __init__(self, synapse: Synapse) -> None:
        self.synapse = synapse
        self.name = f"help{next(_names)}"
        self.id = f"@{self.name}:{DOMAIN}"
        self.admin = synapse.register(self.name)
        self._tokens: dict[str, str] = {}

    def token(self, agent: str) -> str:
        """The access token of an agent's device."""
        if agent not in self._tokens:
            self._tokens[agent] = self.synapse.sign_in(self.name, agent)
        return self._tokens[agent]

    def customer(self) -> Customer:
        """Somebody who was never here before."""
        return Customer(self.synapse, f"c{next(_names)}")


class MatrixRig(HttpRig[ContactCenter], ContactCenterRig):
    """One agent, at an account that is made for each test."""

    label = "real"
    customer_kind = "handle"
    queue = "Chat"
    edits: ClassVar[bool] = True
    polls: ClassVar[bool] = True
    patience = 20.0
    answers: ClassVar[Mapping[Fault, Answer]] = {
        **ANSWERS,
        Fault.SERVER_ERROR: Answer(500, body=b'{"errcode": "M_UNKNOWN", "error": "Internal server error"}'),
        Fault.RATE_LIMITED: Answer(
            429, body=f'{{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": {RETRY_AFTER * 1000}}}'.encode()
        ),
        Fault.UNAUTHORIZED: Answer(401, body=b'{"errcode": "M_UNKNOWN_TOKEN", "error": "x", "soft_logout": true}'),
        Fault.FORBIDDEN: Answer(403, body=b'{"errcode": "M_FORBIDDEN", "error": "You may not."}'),
    }

    def __init__(self, synapse: Synapse) -> None:
        self._synapse = synapse
        self.server_url = synapse.url
        self._customers: dict[str, Customer] = {}

    def make(self) -> MatrixContactCenter:
        return MatrixContactCenter.create(options(self.proxy.url, self._account.token("maya"), offer_seconds="6"))

    async def start(self) -> None:
        await super().start()
        self._account = await asyncio.to_thread(Account, self._synapse)
        self.secrets = (await asyncio.to_thread(self._account.token, "maya"),)

    def new_customer(self) -> str:
        customer = self._account.customer()
        self._customers[customer.id] = customer
        return customer.id

    async def call(self, number: str = "") -> None:
        await asyncio.to_thread(self._begin, self._customers[number or self.new_customer()], "Hello?")

    async def write(self, text: str) -> None:
        await asyncio.to_thread(self._begin, self._account.customer(), text)

    async def write_more(self, interaction_id: str, text: str, *files: OutgoingFile) -> None:
        customer, room = self._newest
        if not files:
            await asyncio.to_thread(customer.write, room, text)
        for file in files:
            await asyncio.to_thread(self._send_file, customer, room, text, file)

    async def customer_changes(self, interaction_id: str, message_id: str, text: str | None) -> None:
        customer, room = self._newest
        if text is None:
            await asyncio.to_thread(customer.ask, "PUT", f"/rooms/{room}/redact/{message_id}/{fresh.new_key()}", {})
            return
        content = {
            "msgtype": "m.text",
            "body": f"* {text}",
            "m.new_content": {"msgtype": "m.text", "body": text},
            "m.relates_to": {"rel_type": "m.replace", "event_id": message_id},
        }
        await asyncio.to_thread(customer.send, room, content)

    async def customer_types(self, interaction_id: str) -> None:
        customer, room = self._newest
        body = {"typing": True, "timeout": 20_000}
        await asyncio.to_thread(customer.ask, "PUT", f"/rooms/{room}/typing/{customer.id}", body)

    async def sees_typing(self, interaction_id: str) -> bool:
        customer, room = self._newest
        shown = await asyncio.to_thread(
            customer.ask, "GET", f"/sync?timeout={next(_names)}"
        )  # the same question is answered as before
        passing = shown["rooms"]["join"][room]["ephemeral"]["events"]
        return any(self._account.id in one["content"]["user_ids"] for one in passing if one["type"] == "m.typing")

    async def hang_up(self, interaction_id: str) -> None:
        customer, room = self._newest
        await asyncio.to_thread(customer.ask, "POST", f"/rooms/{room}/leave", {})

    async def colleague_pulls(self, interaction_id: str) -> None:
        colleague = self._colleague()
        try:
            await colleague.open()
            await colleague.pull(interaction_id, key=fresh.new_key())
        finally:
            await colleague.close()

    async def let_expire(self, interaction_id: str) -> None:
        """Its time runs out by itself."""

    async def rescind(self, interaction_id: str) -> None:
        """A colleague's desktop takes the offer for one that was left behind, in the words of our own events."""
        customer, room = self._newest
        takes = [one["event_id"] for one in customer.said(room) if one["content"].get("do") == "take"]
        content = {"do": "take", "by": "noor", "number": "of-noor", "instead": takes}
        path = f"/_matrix/client/v3/rooms/{room}/send/org.agent_desktop.contact/{fresh.new_key()}"
        await asyncio.to_thread(self._synapse.ask, "PUT", path, content, token=self._account.token("noor"))

    def make_supervisor(self, number: int = 0) -> ContactCenter:
        absent("an account knows no supervisors")

    def _colleague(self) -> MatrixContactCenter:
        return MatrixContactCenter.create(options(self._synapse.url, self._account.token("noor"), "noor"))

    def _begin(self, customer: Customer, text: str) -> None:
        """A room, and a first line before anybody is there to read it."""
        room = customer.begin(self._account.id)
        self._newest = (customer, room)
        customer.write(room, text)

    def _send_file(self, customer: Customer, room: str, text: str, file: OutgoingFile) -> None:
        request = urllib.request.Request(
            f"{self._synapse.url}/_matrix/media/v3/upload",
            file.content,
            {"Authorization": f"Bearer {customer.token}", "Content-Type": file.media_type},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: Any = json.loads(answer.read())
        content = {
            "msgtype": "m.file",
            "body": text,
            "filename": file.name,
            "url": found["content_uri"],
            "info": {"mimetype": file.media_type, "size": len(file.content)},
        }
        customer.send(room, content)
