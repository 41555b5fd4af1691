"""Any SMTP relay as a sender of e-mail."""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import ClassVar, Self

from desktop.backends.wire import access_token
from desktop.backends.wire.access_token import AccessTokens
from desktop.backends.wire.mail import compose, plain_address
from desktop.backends.wire.relay import Account, Conversation, converse
from desktop.backends.wire.route import CA_FILE
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import NotFound, Rejected
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage, refuse_unasked
from desktop.ports.options import Option

REMEMBERED = 2_000
_PORTS = {"starttls": "587", "tls": "465", "none": "25"}

OPTIONS = (
    Option("host", "The mail relay, e.g. mail.example.com."),
    Option("port", "Its port; empty for 587 with starttls, 465 with tls, 25 with none.", "number", default=""),
    Option("security", "starttls, tls, or none (to this machine only).", default="starttls"),
    Option("username", "Whom to sign in as; empty for nobody.", default=""),
    Option("password", "Their password.", "secret", default=""),
    Option("sender", "The address mails come from; reports of failed deliveries go there."),
    Option("sender_name", "The name beside it.", default=""),
    Option("reply_to", "Where customers' answers go; empty for the sender.", default=""),
    Option("subject", "The subject of a mail that has none of its own.", default="Your contact with us"),
    CA_FILE,
    *access_token.OPTIONS,
)


class SmtpMessaging(Messaging):
    """E-mail only. A relay that takes a mail has not delivered it: `sent` is the most that is known."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.MESSAGING, name="smtp", api=API, title="SMTP mail relay", capabilities=frozenset(), options=OPTIONS
    )
    channels = frozenset({Channel.EMAIL})
    holds_keys = False

    def __init__(
        self,
        account: Account,
        *,
        tokens: AccessTokens | None = None,
        sender: str,
        sender_name: str = "",
        reply_to: str = "",
        subject: str = "",
        clock: Callable[[], Instant] = time.time,
    ) -> None:
        """See `OPTIONS`; `tokens` stand for the account's password, `clock` dates the mails."""
        self._account = account
        self._tokens = tokens
        self._sender = sender
        self._sender_name = sender_name
        self._reply_to = reply_to
        self._subject = subject
        self._clock = clock
        self._taken: OrderedDict[str, MessageReceipt] = OrderedDict()  # by key
        self._sending = asyncio.Lock()  # one after another, so that a key asked for twice at once goes out once

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        host, security = options.get("host", "").strip(), options.get("security", "starttls").strip().lower()
        if security not in _PORTS:
            raise Rejected("security must be starttls, tls or none.")
        if not host or any(c.isspace() or not c.isprintable() or c in "/@?#" for c in host):
            raise Rejected("host must be the name or address of a mail relay.")
        if security == "none" and not _is_here(host):
            raise Rejected("Mail without TLS is allowed to this machine only; set security to starttls or tls.")
        port = options.get("port", "") or _PORTS[security]
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
            raise Rejected("port must be a number from 1 to 65535.")
        username, password = options.get("username", ""), options.get("password", "")
        known = {one.name: options.get(one.name, "") or one.default or "" for one in OPTIONS}
        grant = access_token.grant_of(known, username)
        if grant is None and bool(username) != bool(password):
            raise Rejected("A user name and a password belong together.")
        account = Account(host, int(port), security, username, "" if grant else password, options.get("ca_file", ""))
        reply_to = options.get("reply_to", "")
        return cls(
            account,
            tokens=AccessTokens(grant) if grant is not None else None,
            sender=plain_address(options.get("sender", "")),
            sender_name=options.get("sender_name", ""),
            reply_to=plain_address(reply_to) if reply_to else "",
            subject=options.get("subject", ""),
        )

    async def open(self) -> frozenset[Capability]:
        await converse(self._account, Conversation.check, self._tokens)
        return frozenset()

    async def close(self) -> None:
        """Nothing is kept open to the relay between mails."""
        if self._tokens is not None:
            await self._tokens.close()

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        refuse_unasked(message, self.channels)
        if not message.text.strip():
            raise Rejected("There is no text to send.")
        mail = compose(
            message.key,
            sender=self._sender,
            sender_name=self._sender_name,
            reply_to=self._reply_to,
            to=[plain_address(message.to)],
            subject=message.subject or self._subject,
            text=message.text,
            at=self._clock(),
        )
        async with self._sending:
            if message.key in self._taken:
                return self._taken[message.key]
            words = await converse(self._account, lambda conversation: conversation.send(mail), self._tokens)
            receipt = MessageReceipt(mail.message_id, DeliveryState.SENT, f"the relay has it: {words}")
            self._taken[message.key] = receipt
            while len(self._taken) > REMEMBERED:
                self._taken.popitem(last=False)
        return receipt

    async def status(self, message_id: str) -> MessageReceipt:
        for receipt in self._taken.values():
            if receipt.id == message_id:
                return receipt
        raise NotFound("A mail relay keeps no record that we could read, and this desktop has none of that mail.")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
