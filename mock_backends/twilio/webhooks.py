"""Calls that the Twilio face makes: of what happens in a conversation, to whoever asked for them there."""

import asyncio
import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from mock_backends.twilio.workspace import Fields
from mock_backends.wire.contact_center import Interaction, Message

log = logging.getLogger(__name__)

MOST_WEBHOOKS = 5
WITHIN = 5.0  # seconds for an answer, as at Twilio
_State = tuple[str, bool, str | None]


class Webhooks:
    """Who is called of which contact. Only this machine is called: the pretend centre has no business elsewhere."""

    def __init__(self, auth_token: str) -> None:
        self.auth_token = auth_token
        self._of: dict[str, list[Fields]] = {}
        self._known: dict[str, dict[str, _State]] = {}  # contact -> message -> as it was when last told
        self._calls: set[asyncio.Task[None]] = set()

    def of(self, interaction: Interaction) -> list[Fields]:
        """The webhooks of one."""
        return self._of.get(interaction.id, [])

    def add(self, interaction: Interaction, webhook: Fields) -> None:
        """Call this one too, of what happens from now on."""
        self._of.setdefault(interaction.id, []).append(webhook)
        self.known(interaction)

    def known(self, interaction: Interaction) -> None:
        """What is there now is told: what comes by REST calls nobody."""
        if interaction.id in self._of:
            self._known[interaction.id] = {one.id: _state(one) for one in interaction.messages}

    def changed(self, interaction: Interaction, about: Mapping[str, str], sid: Callable[[Message], str]) -> None:
        """Tell what is different."""
        if interaction.id not in self._of:
            return
        before = self._known.get(interaction.id, {})
        self.known(interaction)
        for one in interaction.messages:
            event = _event(before.get(one.id), _state(one), one.author)
            if event:
                told = {"EventType": event, "MessageSid": sid(one), "Body": one.text, "Source": "SDK"}
                self._tell(interaction, dict(about) | told)

    def _tell(self, interaction: Interaction, fields: dict[str, str]) -> None:
        for one in self.of(interaction):
            configuration = one["configuration"]
            if fields["EventType"] in configuration["filters"]:
                task = asyncio.ensure_future(self._call(configuration["url"], fields))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)

    async def _call(self, url: str, fields: dict[str, str]) -> None:
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        proof = base64.b64encode(hmac.new(self.auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        parts, body = urlsplit(url), urlencode(fields).encode()
        try:
            if parts.scheme != "http" or not ip_address(parts.hostname or "").is_loopback:
                raise ValueError("another machine")
            async with asyncio.timeout(WITHIN):
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
                writer.write(
                    f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Twilio-Signature: {proof}\r\n"
                    "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
                    f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                    + body
                )
                await reader.read()
                writer.close()
        except (OSError, ValueError, TimeoutError) as error:
            log.info("a webhook was not heard: %s", type(error).__name__)

    def close(self) -> None:
        """Make no call any more."""
        for task in self._calls:
            task.cancel()


def _state(message: Message) -> _State:
    return message.text, message.deleted, message.delivery


def _event(before: _State | None, now: _State, author: str) -> str:
    """What Twilio calls this change; empty for what nobody is called of."""
    if before is None:
        return "onMessageAdded" if author == "customer" else ""
    if before[1] != now[1]:
        return "onMessageRemoved"
    if before[0] != now[0]:
        return "onMessageUpdated"
    return "onDeliveryUpdated" if before[2] != now[2] else ""
