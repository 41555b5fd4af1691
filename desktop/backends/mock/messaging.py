"""The bundled mock sender of SMS and e-mail."""

from collections.abc import Mapping
from typing import ClassVar, Self

from desktop.backends.mock.server import OPTIONS, check, connect
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member, read
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import Rejected
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage


class MockMessaging(Messaging):
    """Speaks the messaging part of the wire contract."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.MESSAGING,
        name="mock",
        api=API,
        title="Bundled mock message sender",
        capabilities=frozenset(),
        options=OPTIONS,
    )

    def __init__(self, http: Http) -> None:
        """Talks over `http`, which it closes."""
        self._http = http

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(connect(options, "The message sender"))

    async def open(self) -> frozenset[Capability]:
        await check(self._http, "/v1/messages/no-such-message")
        return self.manifest.capabilities

    async def close(self) -> None:
        await self._http.close()

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        if message.consent is None or not message.consent.granted:
            raise Rejected("The customer has not agreed to that channel.")
        body = {
            "channel": message.channel.value,
            "to": message.to,
            "text": message.text,
            "subject": message.subject,
            "customer_id": message.customer_id,
            "consent": {"granted": True, "source": message.consent.source},
        }
        answer = await self._http.change("POST", "/v1/messages", body, key=message.key)
        return read(MessageReceipt, member(answer, "message"))

    async def status(self, message_id: str) -> MessageReceipt:
        answer = await self._http.get(f"/v1/messages/{segment(message_id)}")
        return read(MessageReceipt, member(answer, "message"))
