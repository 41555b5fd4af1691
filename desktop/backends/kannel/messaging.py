"""The Kannel SMS gateway as a message sender."""

import asyncio
import base64
import re
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import ClassVar, Self

from desktop.backends.kannel.gateway import Gateway
from desktop.backends.kannel.inbound import WANTED, inbound, report
from desktop.backends.kannel.sms_text import sms_text
from desktop.backends.wire.listener import Listener, Push, place_of
from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.domain.entities.message import SentMessage, further
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import DeliveryChanged, Envelope, Event, Gap, Heartbeat, MessagingSnapshot
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import NotFound, OutcomeUnknown, Rejected
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage, refuse_unasked
from desktop.ports.options import Option

SOURCE = Kind.MESSAGING.value
BEAT = 5.0
ACKNOWLEDGE_SECONDS = 10.0
DOUBT_SECONDS = 60.0
"""How long a delivery report may take to settle whether Kannel took a message it did not answer for."""
REMEMBERED = 2_000
WAITING = 1_000
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SENDER = re.compile(r"[+]?[0-9]{3,15}|[A-Za-z0-9 ]{0,11}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")

OPTIONS = (
    Option("url", "Kannel's smsbox, e.g. https://host:13013; plain http:// only to this machine.", "url"),
    Option("username", "The user name of a sendsms-user group."),
    Option("password", "Its password.", "secret"),
    Option("sender", "The number or name that customers see; empty for the gateway's own.", default=""),
    Option("max_parts", "Most messages one text may be split into; Kannel's max-messages must allow it.", default="3"),
    Option("listen", "Where to hear Kannel's callbacks, e.g. 127.0.0.1:13120; empty for no reports.", default=""),
    Option("public_url", "That place as Kannel reaches it; empty when it is http:// and the same.", default=""),
    Option(
        "secret", "16 letters or more that only Kannel's callbacks know; they stand in its log.", "secret", default=""
    ),
    Option("inbound", "Whether Kannel's sms-service calls this desktop: true or false.", "flag", default="false"),
    CA_FILE,
    PROXY,
)


@dataclass(slots=True)
class _Callback:
    """An event that Kannel waits for us to acknowledge."""

    event: Event
    taken: "asyncio.Future[None]"


class KannelMessaging(Messaging):
    """SMS only. Kannel knows no idempotency keys: the adapter remembers them, and reports carry them back."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.MESSAGING,
        name="kannel",
        api=API,
        title="Kannel SMS gateway",
        capabilities=frozenset({Capability.DELIVERY_EVENTS, Capability.INBOUND}),
        options=OPTIONS,
    )
    channels = frozenset({Channel.SMS})
    holds_keys = False

    def __init__(
        self,
        gateway: Gateway,
        *,
        sender: str = "",
        max_parts: int = 3,
        listen: tuple[str, int] | None = None,
        public_url: str = "",
        secret: str = "",
        hears_customers: bool = False,
        clock: Callable[[], Instant] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without `listen` messages go out and nothing is heard of them again. See `OPTIONS` for the rest."""
        self._gateway = gateway
        self._sender = sender
        self._max_parts = max_parts
        self._clock = clock
        self._monotonic = monotonic
        self._server = Listener(*listen, secret, self._called) if listen is not None else None
        self._reports_to = f"{public_url}/{secret}/dlr" if listen is not None else ""
        self._hears_customers = hears_customers
        self._sent: OrderedDict[str, SentMessage] = OrderedDict()
        self._sending = asyncio.Lock()  # one after another, so that a key asked for twice at once goes out once
        self._doubtful: dict[str, float] = {}  # key -> when its outcome became unknown (monotonic)
        self._callbacks: deque[_Callback] = deque()
        self._news = asyncio.Event()
        self._closed = False

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        sender, secret, parts = (options.get(name, "") for name in ("sender", "secret", "max_parts"))
        if not _SENDER.fullmatch(sender):
            raise Rejected("sender must be a number, or a name of at most 11 letters and digits.")
        if not re.fullmatch(r"[1-9]|[1-9][0-9]", parts or "3"):
            raise Rejected("max_parts must be a number from 1 to 99.")
        gateway = Gateway(
            options.get("url", ""),
            options.get("username", ""),
            options.get("password", ""),
            ca_file=options.get("ca_file", ""),
            proxy=proxy_of(options),
        )
        listen = place_of(options.get("listen", ""))
        public_url = (
            options.get("public_url", "") or (f"http://{options.get('listen', '')}" if listen else "")
        ).rstrip("/")
        if listen is not None and not _SECRET.fullmatch(secret):
            raise Rejected("secret must be 16 to 128 letters, digits, _ or -; Kannel's callbacks must know it.")
        if "%" in public_url or not re.fullmatch(r"(https?://[!-~]+)?", public_url):
            raise Rejected("public_url must be an http:// or https:// address without % signs, which Kannel replaces.")
        return cls(
            gateway,
            sender=sender,
            max_parts=int(parts or "3"),
            listen=listen,
            public_url=public_url,
            secret=secret,
            hears_customers=options.get("inbound", "false").strip().lower() in {"true", "yes", "1", "on"},
        )

    async def open(self) -> frozenset[Capability]:
        await self._gateway.check()
        self._closed = False
        if self._server is None:
            return frozenset()
        await self._server.start()
        heard = {Capability.INBOUND} if self._hears_customers else set()
        return frozenset({Capability.DELIVERY_EVENTS, *heard})

    async def close(self) -> None:
        self._closed = True
        self._news.set()
        if self._server is not None:
            await self._server.stop()
        await self._gateway.close()

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        refuse_unasked(message, self.channels)
        if not _NUMBER.fullmatch(message.to):
            raise Rejected("That is no phone number with its country (+…).")  # Kannel would take several at once
        text = sms_text(message.text)
        if not text.text:
            raise Rejected("There is no text to send.")
        if text.parts > self._max_parts:
            # Kannel itself would cut the text off without a word.
            raise Rejected(f"The text makes {text.parts} messages; at most {self._max_parts} are allowed.")
        async with self._sending:
            known = self._sent.get(message.key) or await self._submit(message, text.text, text.coding)
        return MessageReceipt(known.id, known.state, known.detail)

    async def _submit(self, message: OutgoingMessage, text: str, coding: int) -> SentMessage:
        key = message.key
        since = self._doubtful.get(key)
        if since is not None:
            if self._monotonic() - since < DOUBT_SECONDS:
                raise OutcomeUnknown("Kannel did not say whether it took the message; a report may still tell.")
            del self._doubtful[key]  # whoever asks again now has read this
            raise Rejected(
                "Kannel did not say whether it took the message, and no report came. Sent again it may arrive twice."
            )
        headers = {"X-Kannel-To": message.to, "X-Kannel-Coding": str(coding)}
        if self._sender:
            headers["X-Kannel-From"] = self._sender
        if self._reports_to:
            # Kannel replaces % signs in this address, so nothing in it may be percent-escaped.
            own = f"key={_plain(key)}&to={message.to.removeprefix('+')}"
            headers["X-Kannel-DLR-Mask"] = str(WANTED)
            headers["X-Kannel-DLR-URL"] = f"{self._reports_to}?{own}&type=%d&words=%A"
        try:
            await self._gateway.submit(text, headers)
        except (OutcomeUnknown, asyncio.CancelledError):
            # Whoever stopped waiting does not know either; asked again at once, it would go out a second time.
            if key not in self._sent:  # a report may have come sooner
                self._doubtful[key] = self._monotonic()
            raise
        return self._learn(SentMessage(key, self._clock(), DeliveryState.QUEUED, Channel.SMS, message.to, text))

    async def status(self, message_id: str) -> MessageReceipt:
        known = self._sent.get(message_id)
        if known is None:
            raise NotFound("Kannel keeps no record of messages, and this desktop has none of that one.")
        return MessageReceipt(known.id, known.state, known.detail)

    async def snapshot(self) -> Envelope:
        await self._gateway.check()
        return Envelope(SOURCE, MessagingSnapshot(tuple(self._sent.values())), self._clock())

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        """Events are not numbered. One stream at a time is served."""
        if self._server is None:
            raise NotFound("No place is set up where Kannel could call back.")
        await self._gateway.check()
        if after is not None:
            yield Envelope(SOURCE, Gap("Kannel numbers no events."), self._clock())
        while not self._closed:
            while self._callbacks:
                callback = self._callbacks[0]
                yield Envelope(SOURCE, callback.event, self._clock())
                # The host has kept it; only now may Kannel forget it.
                if self._callbacks and self._callbacks[0] is callback:
                    self._callbacks.popleft()
                if not callback.taken.done():
                    callback.taken.set_result(None)
            self._news.clear()
            try:
                if not self._closed:
                    async with asyncio.timeout(BEAT):
                        await self._news.wait()
            except TimeoutError:
                await self._gateway.reach()
                yield Envelope(SOURCE, Heartbeat(self._clock(), 0), self._clock())

    async def _called(self, push: Push) -> HTTPStatus:
        what, fields = push.what, push.fields
        event: Event | None = None
        if what == "dlr":
            fields = {**fields, "key": _readable(fields.get("key", "")), "to": f"+{fields.get('to', '')}"}
            event = report(fields, self._sent.get(fields["key"]), self._clock())
        elif what == "in" and self._hears_customers:
            event = inbound(fields, self._clock())
        else:
            return HTTPStatus.NOT_FOUND
        if event is None:
            return HTTPStatus.BAD_REQUEST
        if isinstance(event, DeliveryChanged):
            event = replace(event, message=self._learn(event.message))
        if len(self._callbacks) >= WAITING:
            return HTTPStatus.SERVICE_UNAVAILABLE
        callback = _Callback(event, asyncio.get_running_loop().create_future())
        self._callbacks.append(callback)
        self._news.set()
        try:
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                await asyncio.shield(callback.taken)
        except TimeoutError:
            return HTTPStatus.SERVICE_UNAVAILABLE  # it is handed on all the same; a second one does no harm
        return HTTPStatus.OK

    def _learn(self, news: SentMessage) -> SentMessage:
        known = self._sent[news.id] = further(self._sent.get(news.id), news)
        self._doubtful.pop(news.id, None)
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        return known


def _plain(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _readable(plain: str) -> str:
    try:
        return base64.urlsafe_b64decode(plain.encode() + b"=" * (-len(plain) % 4)).decode()
    except ValueError:
        return ""
