"""The Kannel SMS gateway as a message sender."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Self

from desktop.backends.kannel.inbound import inbound, report
from desktop.backends.kannel.sender import ACCOUNT, DOUBT_SECONDS, MAX_PARTS, PUBLIC_URL, Sender
from desktop.backends.kannel.sms_text import SmsText
from desktop.backends.wire.listener import Listener, Push
from desktop.backends.wire.route import CA_FILE, PROXY
from desktop.domain.entities.message import SentMessage, further
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import (
    DeliveryChanged,
    Envelope,
    Event,
    Gap,
    Heartbeat,
    MessageReceived,
    MessagingSnapshot,
)
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import NotFound, OutcomeUnknown, Rejected
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage, refuse_unasked
from desktop.ports.options import Option

SOURCE = Kind.MESSAGING.value
BEAT = 5.0
ACKNOWLEDGE_SECONDS = 10.0
REMEMBERED = 2_000
WAITING = 1_000

OPTIONS = (
    *ACCOUNT,
    Option("sender", "The number or name that customers see; empty for the gateway's own.", default=""),
    MAX_PARTS,
    Option("listen", "Where to hear Kannel's callbacks, e.g. 127.0.0.1:13120; empty for no reports.", default=""),
    PUBLIC_URL,
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
        sender: Sender,
        *,
        hears_customers: bool = False,
        clock: Callable[[], Instant] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Where `sender` has no callbacks messages go out and nothing is heard of them again."""
        self._sender, self._gateway = sender, sender.gateway
        self._clock = clock
        self._monotonic = monotonic
        place = sender.callbacks
        self._server = Listener(place.host, place.port, place.secret, self._called) if place is not None else None
        self._hears_customers = hears_customers
        self._sent: OrderedDict[str, SentMessage] = OrderedDict()
        self._sending = asyncio.Lock()  # one after another, so that a key asked for twice at once goes out once
        self._doubtful: dict[str, float] = {}  # key -> when its outcome became unknown (monotonic)
        self._callbacks: deque[_Callback] = deque()
        self._news = asyncio.Event()
        self._closed = False

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        hears = options.get("inbound", "false").strip().lower() in {"true", "yes", "1", "on"}
        return cls(Sender.create(options), hears_customers=hears)

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
        text = self._sender.fitted(message.to, message.text)
        async with self._sending:
            known = self._sent.get(message.key) or await self._submit(message, text)
        return MessageReceipt(known.id, known.state, known.detail)

    async def _submit(self, message: OutgoingMessage, text: SmsText) -> SentMessage:
        key = message.key
        since = self._doubtful.get(key)
        if since is not None:
            if self._monotonic() - since < DOUBT_SECONDS:
                raise OutcomeUnknown("Kannel did not say whether it took the message; a report may still tell.")
            del self._doubtful[key]  # whoever asks again now has read this
            raise Rejected(
                "Kannel did not say whether it took the message, and no report came. Sent again it may arrive twice."
            )
        try:
            await self._sender.submit(key, message.to, text)
        except (OutcomeUnknown, asyncio.CancelledError):
            # Whoever stopped waiting does not know either; asked again at once, it would go out a second time.
            if key not in self._sent:  # a report may have come sooner
                self._doubtful[key] = self._monotonic()
            raise
        return self._learn(SentMessage(key, self._clock(), DeliveryState.QUEUED, Channel.SMS, message.to, text.text))

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
        event: Event | None = None
        if push.what == "dlr":
            news = report(push.fields, self._clock())
            event = DeliveryChanged(self._learn(news)) if news is not None else None
        elif push.what == "in" and self._hears_customers:
            message = inbound(push.fields, self._clock())
            event = MessageReceived(message) if message is not None else None
        else:
            return HTTPStatus.NOT_FOUND
        if event is None:
            return HTTPStatus.BAD_REQUEST
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
