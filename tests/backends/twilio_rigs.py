"""Rigs for the Twilio adapters: the mock centre in Twilio's dialect, its control plane, and a fault proxy in front."""

import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Generic, TypeVar

import httpx

from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.backends.twilio.messaging import TwilioMessaging
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.model import OutgoingFile
from desktop.domain.entities.words import Channel
from desktop.ports.base import Backend
from desktop.ports.contact_center import ContactCenter
from desktop.ports.messaging import Messaging, OutgoingMessage
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from desktop.testing.contracts.messaging import MessagingContract
from desktop.testing.fault_proxy import Answer
from desktop.testing.http_rig import ANSWERS, HttpRig
from desktop.testing.rig import RETRY_AFTER, Fault
from desktop.testing.rigs import CALLER, ContactCenterRig, MessagingRig
from mock_backends.launcher import Running
from mock_backends.twilio.sids import Sids

CONTROL = "control-token-of-the-twilio-tests"
AGENT = "maya"
SUPERVISOR, OTHER_SUPERVISOR = "sam", "ines"
QUEUE = "Billing"
B = TypeVar("B", bound=Backend)


def options_of(running: Running, url: str = "", who: str = AGENT, **more: str) -> dict[str, str]:
    """What a profile for Maya would say, or for `who`."""
    account: Any = running.twilio
    at = url or running.urls["twilio"]
    return {
        "account_sid": account["account_sid"],
        "key_sid": account["workers"][who]["key_sid"],
        "api_secret": running.tokens[who],
        "workspace_sid": account["workspace_sid"],
        "worker_sid": account["workers"][who]["worker_sid"],
        "from_number": account["from_number"],
        "taskrouter_url": at,
        "api_url": at,
        "events_url": at + "/v1/wschannels",
        "conversations_url": at,
        "media_url": at,
        "person_uri": "client:{id}",
        "wrap_up_codes": "solved=Solved,later=To be continued",
        "call_seconds": "0.1",
        "queue_seconds": "1",
        "poll_seconds": "0.1",
    } | more


class TwilioRig(HttpRig[B], Generic[B]):
    """The face in front of the mock centre, and the worker Maya."""

    backend: type[Backend]
    answers: ClassVar[Mapping[Fault, Answer]] = {
        **ANSWERS,
        Fault.UNAUTHORIZED: Answer(401, body=b'{"code": 20003, "message": "Authenticate", "status": 401}'),
        Fault.RATE_LIMITED: Answer(
            429, {"Retry-After": str(RETRY_AFTER)}, b'{"code": 20429, "message": "Too Many Requests", "status": 429}'
        ),
    }

    def __init__(self, running: Running) -> None:
        self.running = running
        self.server_url = running.urls["twilio"]
        self.secrets = (running.tokens[AGENT],)
        self._client = httpx.AsyncClient(base_url=self.server_url, timeout=10, trust_env=False)

    async def stop(self) -> None:
        await super().stop()
        await self._client.aclose()

    def options(self, **more: str) -> dict[str, str]:
        """A profile through the fault proxy."""
        return options_of(self.running, self.proxy.url, **more)

    def make(self) -> Any:
        return self.backend.create(self.options())

    async def sim(self, method: str, path: str, body: object = None) -> Any:
        """Use the control plane."""
        headers = {"Authorization": f"Bearer {CONTROL}"}
        answer = await self._client.request(method, f"/_sim/{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def step(self, **what: object) -> Any:
        """Make something happen."""
        return await self.sim("POST", "step", what)

    @asynccontextmanager
    async def fast(self) -> AsyncIterator[None]:
        """The server's clock runs a thousand times as fast for the block."""
        await self.sim("PUT", "clock", {"speed": 1000})
        try:
            yield
        finally:
            await self.sim("PUT", "clock", {"speed": 1})

    async def ask(self, path: str) -> Any:
        """What Twilio would answer, past the proxy and past the adapter."""
        options = options_of(self.running)
        answer = await self._client.get(path, auth=(options["key_sid"], options["api_secret"]))
        answer.raise_for_status()
        return answer.json()

    async def applied(self, method: str, ending: str) -> list[Mapping[str, Any]]:
        """The changing calls that were really applied, in order."""
        record = (await self.sim("GET", "record"))["record"]
        return [one for one in record if one["method"] == method and one["path"].endswith(ending)]


class TwilioContactCenterRig(TwilioRig[ContactCenter], ContactCenterRig):
    """Calls in the queue of Billing; the expert has a number outside."""

    backend = TwilioContactCenter
    edits = True

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self._calls: dict[str, str] = {}  # task SID -> the mock's own id
        self._written: dict[str, str] = {}  # message SID -> the mock's own id
        self.expert = "tel:+442079460777"

    async def start(self) -> None:
        await super().start()
        await self.step(do="availability", agent=AGENT, availability="not_ready", reason="break")

    async def stop(self) -> None:
        await self.step(do="availability", agent=AGENT, availability="not_ready", reason="break")
        for do in ("hangup", "end_wrap_up"):
            for one in self._calls.values():
                with contextlib.suppress(httpx.HTTPStatusError):  # most have ended by themselves
                    await self.step(do=do, interaction=one)
        await super().stop()

    def make_supervisor(self, number: int = 0) -> ContactCenter:
        who = (SUPERVISOR, OTHER_SUPERVISOR)[number]
        return TwilioContactCenter.create(self.options(who=who, role="supervisor"))

    async def _arrive(self, **what: object) -> str:
        made = await self.step(do="call", queue=QUEUE, stays=None, **what)
        task = Sids().of("WT", made["interaction_id"])
        self._calls[task] = made["interaction_id"]
        return task

    async def call(self, number: str = CALLER) -> None:
        await self._arrive(**{"from": number})

    async def write(self, text: str, channel: str = "sms") -> None:
        who = fresh.number() if channel == "sms" else fresh.text("visitor")
        await self._arrive(**{"from": who, "channel": channel, "messages": [text]})

    async def write_more(self, interaction_id: str, text: str, *files: OutgoingFile) -> None:
        """The customer writes, under an id of which the message's SID is made."""
        attached = [
            {"name": one.name, "media_type": one.media_type, "base64": b64encode(one.content).decode()} for one in files
        ]
        of, name = self._calls[interaction_id], fresh.new_key()
        self._written[Sids().of("IM", name)] = name
        await self.step(do="customer_writes", interaction=of, text=text, attachments=attached, id=name)

    async def customer_changes(self, interaction_id: str, message_id: str, text: str | None) -> None:
        of, name = self._calls[interaction_id], self._written[message_id]
        await self.step(do="customer_changes", interaction=of, id=name, text=text)

    def conversation(self, interaction_id: str) -> str:
        """The SID of a contact's conversation."""
        return Sids().of("CH", self._calls[interaction_id])

    async def hang_up(self, interaction_id: str) -> None:
        await self.step(do="hangup", interaction=self._calls[interaction_id])

    async def let_expire(self, interaction_id: str) -> None:
        async with self.fast():

            async def over() -> bool | None:
                workspace = options_of(self.running)["workspace_sid"]
                task = await self.ask(f"/v1/Workspaces/{workspace}/Tasks/{interaction_id}")
                return task["assignment_status"] != "reserved" or None

            await until(over, self.patience, "the end of the offer")

    async def rescind(self, interaction_id: str) -> None:
        await self.step(do="rescind", interaction=self._calls[interaction_id])

    async def expert_answers(self) -> None:
        await self.step(do="expert_answers", target=self.expert)

    async def expert_is_busy(self) -> None:
        await self.step(do="expert_busy", target=self.expert)

    async def expert_hangs_up(self) -> None:
        await self.step(do="expert_hangs_up", target=self.expert)


class TwilioMessagingRig(TwilioRig[Messaging], MessagingRig):
    """SMS."""

    backend = TwilioMessaging
    polls = True
    forgets_keys = "Twilio's Messages keep no idempotency keys, so another instance cannot know one"

    def message(self, key: str, text: str) -> OutgoingMessage:
        return OutgoingMessage(key, Channel.SMS, fresh.number(), text, Consent("sms", True, source="on the phone"))

    async def sent(self, text: str) -> int:
        return len([one for one in await self.applied("POST", "/Messages.json") if one["body"]["Body"] == text])

    async def recipients(self, text: str) -> list[str]:
        posted = [one["body"] for one in await self.applied("POST", "/Messages.json")]
        return [one["To"] for one in posted if one["Body"] == text]

    async def _message(self, message_id: str) -> Any:
        account: Any = self.running.twilio
        return await self.ask(f"/2010-04-01/Accounts/{account['account_sid']}/Messages/{message_id}.json")

    async def deliver(self, message_id: str) -> None:
        async with self.fast():

            async def over() -> bool | None:
                return (await self._message(message_id))["status"] in {"delivered", "undelivered"} or None

            await until(over, self.patience, "the delivery")

    async def fail(self, message_id: str) -> None:
        await self.step(do="fail_messages", to=(await self._message(message_id))["to"])
        await self.deliver(message_id)

    async def customer_writes(self, text: str) -> None:
        await self.step(do="inbound_message", **{"from": fresh.number(), "text": text})


class TwilioMessagingContract(MessagingContract):
    """The contract, but for what it reads with: an id that is none of Twilio's is not asked for at all."""

    nobodys = "SM" + "0" * 32
