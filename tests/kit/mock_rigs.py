"""Rigs for the bundled mock servers: a fault proxy in front of each, and the control plane behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from desktop.backends.mock.contact_center import MockContactCenter
from desktop.backends.mock.crm import MockCrm
from desktop.backends.mock.messaging import MockMessaging
from desktop.backends.mock.presence import MockPresence
from desktop.domain.customer import Consent
from desktop.domain.model import Address
from desktop.domain.words import Channel, PresenceState
from desktop.ports.base import Backend
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import NotFound
from desktop.ports.messaging import Messaging, OutgoingMessage
from desktop.ports.presence import PresenceSource
from desktop.testing.fresh import new_key
from desktop.testing.http_rig import HttpRig
from desktop.testing.rigs import CALLER, ContactCenterRig, CrmRig, MessagingRig, PresenceRig
from mock_backends.launcher import Running

CONTROL = "control-token-of-the-kit"
AGENT, COLLEAGUE = "maya", "jonas"
B = TypeVar("B", bound=Backend)


class MockRig(HttpRig[B], Generic[B]):
    """One of the four servers, and the agent Maya."""

    backend: type[Backend]

    def __init__(self, running: Running) -> None:
        self._running = running
        self._server = self.backend.manifest.kind.value
        self.server_url = running.urls[self._server]
        self.secrets = (running.tokens[AGENT],)
        self._client = httpx.AsyncClient(timeout=10, trust_env=False)

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

    async def customers_named(self, name: str) -> int:
        found = (await self.ask("GET", f"/v1/customers?text={quote(name)}&limit=50"))["results"]
        return len([one for one in found if one["customer"]["name"] == name])

    async def cases_about(self, customer_id: str, subject: str) -> int:
        cases = (await self.ask("GET", f"/v1/customers/{customer_id}/cases"))["cases"]
        return len([one for one in cases if one["subject"] == subject])

    async def buyer(self) -> tuple[str, str]:
        for one in (await self.ask("GET", "/v1/customers?text=a&limit=50"))["results"]:
            bought = (await self.ask("GET", f"/v1/customers/{one['customer']['id']}/purchases"))["purchases"]
            if bought:
                return one["customer"]["id"], bought[0]["item"]
        raise AssertionError("nobody in the pretend company bought anything")

    async def linked(self, interaction_id: str) -> str | None:
        path = f"/v1/links/{interaction_id}"
        linked = [*await self.applied("PUT", path), *await self.applied("DELETE", path)]
        last = max(linked, key=lambda one: float(one["at"]))
        return last["body"]["customer_id"] if last["method"] == "PUT" else None
