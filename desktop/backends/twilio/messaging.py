"""SMS by Twilio's Messages. Nobody calls us back: what became of a message, and what customers write, is asked for."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from typing import ClassVar, Self

from desktop.backends.twilio.api.account import ADDRESSES, CREDENTIALS, Account, account_of, is_sid, seconds_of
from desktop.backends.twilio.api.records import instant
from desktop.backends.twilio.api.rest import Rest
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.wire.http import segment
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
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
from desktop.ports.errors import NotFound, OutcomeUnknown, ProtocolError, Rejected, Unavailable
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage, refuse_unasked
from desktop.ports.options import Option

LONGEST = 1600
REMEMBERED = 2_000
LOOKED_BACK = 86_400.0  # seconds of the past that a snapshot shows
CLOCKS_APART = 120.0
LOOKS = 10  # messages asked for in one round; a carrier that never reports must not make the rounds ever longer
LOOKED_AFTER = 14_400.0  # seconds in which more is still expected of a message
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_STATES: Mapping[str, DeliveryState] = {
    "accepted": DeliveryState.QUEUED,
    "scheduled": DeliveryState.QUEUED,
    "queued": DeliveryState.QUEUED,
    "sending": DeliveryState.QUEUED,
    "sent": DeliveryState.SENT,
    "partially_delivered": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "failed": DeliveryState.FAILED,
    "undelivered": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}
_FINAL = frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED})


class TwilioMessaging(Messaging):
    """SMS only. Twilio keeps no idempotency keys: they are remembered here, and a doubt is settled by looking."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.MESSAGING,
        name="twilio",
        api=API,
        title="Twilio SMS",
        capabilities=frozenset({Capability.DELIVERY_EVENTS, Capability.INBOUND}),
        options=(
            *CREDENTIALS,
            Option("from_number", "Our number in international form, or a messaging service, MG and 32 digits."),
            Option("poll_seconds", "Seconds between looks at what has come, 0.02 to 10.", "number", default="5"),
            *ADDRESSES,
        ),
    )
    channels = frozenset({Channel.SMS})
    holds_keys = False

    def __init__(self, account: Account, poll_seconds: float = 5.0) -> None:
        """Nothing is opened yet."""
        self._account = account
        self._poll = poll_seconds
        self._clock = ServerClock()
        self._rest = Rest(account.api_url, account, self._clock)
        self._path = f"/2010-04-01/Accounts/{segment(account.sid)}/Messages"
        self._sending = asyncio.Lock()  # one after another, so that a key asked for twice at once goes out once
        self._keys: dict[str, str] = {}  # key -> message
        self._doubtful: dict[str, float] = {}  # key -> when it was asked for without an answer
        self._open_ones: dict[str, SentMessage] = {}  # messages of which more will be heard
        self._seen: dict[str, None] = {}  # inbound messages that were told
        self._closed = asyncio.Event()

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        account = account_of(options)
        if not _NUMBER.fullmatch(account.from_number) and not is_sid(account.from_number, "MG"):
            raise Rejected("from_number is a number with its country (+…), or MG and 32 hexadecimal digits.")
        return cls(account, seconds_of(options, "poll_seconds", "5", 10.0))

    async def open(self) -> frozenset[Capability]:
        self._closed.clear()
        await self._rest.listed(f"{self._path}.json", "messages", {"PageSize": "1"})
        heard = {Capability.INBOUND} if self._account.from_number.startswith("+") else set()
        return frozenset({Capability.DELIVERY_EVENTS, *heard})

    async def close(self) -> None:
        self._closed.set()
        await self._rest.close()

    # -- sending

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        refuse_unasked(message, self.channels)
        if not _NUMBER.fullmatch(message.to):
            raise Rejected("That is no phone number with its country (+…).")
        if not message.text.strip() or len(message.text) > LONGEST:
            raise Rejected(f"A message has 1 to {LONGEST} characters.")
        async with self._sending:
            known = self._keys.get(message.key)
            if known is None and message.key in self._doubtful:
                known = await self._sent_after_all(message, self._doubtful[message.key])
            if known is not None:
                self._remember(message.key, known)
                return await self.status(known)
            return await self._send(message)

    async def _send(self, message: OutgoingMessage) -> MessageReceipt:
        from_ = self._account.from_number
        sender = {"From": from_} if from_.startswith("+") else {"MessagingServiceSid": from_}
        asked = self._clock.now()
        try:
            form = {"To": message.to, "Body": message.text} | sender
            answer = await self._rest.post(f"{self._path}.json", form, key=message.key)
            sent = sent_of(answer.body, self._clock.now())
        except (OutcomeUnknown, Unavailable, ProtocolError, asyncio.CancelledError):
            # A gateway's 502, an answer that cannot be read, and a caller who stopped waiting say nothing of whether
            # it went out: asked again, it is looked for first.
            self._doubtful[message.key] = asked
            raise
        self._remember(message.key, sent.id)
        self._open_ones[sent.id] = sent
        return MessageReceipt(sent.id, sent.state, sent.detail)

    def _remember(self, key: str, message_id: str) -> None:
        self._doubtful.pop(key, None)
        self._keys[key] = message_id
        while len(self._keys) > REMEMBERED:
            del self._keys[next(iter(self._keys))]

    async def _sent_after_all(self, message: OutgoingMessage, since: float) -> str | None:
        """A message that can only be the one whose answer got lost: same text, same number, not known otherwise."""
        taken = set(self._keys.values())
        for one in await self._rest.listed(f"{self._path}.json", "messages", {"To": message.to, "PageSize": "50"}):
            at = instant(one.get("date_created"))
            fits = one.get("body") == message.text and str(one.get("direction", "")).startswith("outbound")
            if fits and at is not None and at >= since - CLOCKS_APART and one.get("sid") not in taken:
                return sent_of(one, since).id
        return None

    async def status(self, message_id: str) -> MessageReceipt:
        if not (is_sid(message_id, "SM") or is_sid(message_id, "MM")):
            raise NotFound("Twilio has no such message.")
        answer = await self._rest.read(f"{self._path}/{segment(message_id)}.json")
        sent = sent_of(answer.body, self._clock.now())
        return MessageReceipt(sent.id, sent.state, sent.detail)

    # -- what is heard

    async def snapshot(self) -> Envelope:
        looked = {one.id: one for _, one in await self._look_around()}
        sent = [*looked.values(), *(one for one in self._open_ones.values() if one.id not in looked)]
        received = await self._received(self._clock.now() - LOOKED_BACK)
        self._seen.update(dict.fromkeys(one.id for one in received))
        return self._envelope(MessagingSnapshot(tuple(sent), tuple(received)))

    async def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        since = self._clock.now() - CLOCKS_APART
        if after is not None:
            yield self._envelope(Gap("Twilio has no positions to come back to."))
        while not self._closed.is_set():
            for before, now in await self._look_around():
                if now.state is not before.state:
                    yield self._envelope(DeliveryChanged(now))
            for message in await self._received(since):
                if message.id not in self._seen:
                    yield self._envelope(MessageReceived(message))  # whoever asks for the next one has kept this one
                    self._seen[message.id] = None
            while len(self._seen) > REMEMBERED:
                del self._seen[next(iter(self._seen))]
            yield self._envelope(Heartbeat(self._clock.now(), 0))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll):
                    await self._closed.wait()

    def _envelope(self, event: Event) -> Envelope:
        return Envelope(self.manifest.kind.value, event, self._clock.now())

    async def _look_around(self) -> list[tuple[SentMessage, SentMessage]]:
        """Those longest not looked at, as they were and as they are now."""
        oldest = self._clock.now() - LOOKED_AFTER
        for one in list(self._open_ones.values()):
            if one.at < oldest:
                del self._open_ones[one.id]
        turn = list(self._open_ones.values())[:LOOKS]
        return list(zip(turn, await asyncio.gather(*(self._look(one) for one in turn)), strict=True))

    async def _look(self, one: SentMessage) -> SentMessage:
        try:
            answer = await self._rest.read(f"{self._path}/{segment(one.id)}.json")
        except NotFound:
            self._open_ones.pop(one.id, None)
            return one
        now = sent_of(answer.body, one.at)
        self._open_ones.pop(one.id, None)
        if now.state not in _FINAL:
            self._open_ones[one.id] = now  # behind the others
        return now

    async def _received(self, since: float) -> list[InboundMessage]:
        """What was written to our number since then, the oldest first."""
        if not self._account.from_number.startswith("+"):
            return []
        asked = {
            "To": self._account.from_number,
            "DateSent>": datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "PageSize": "100",
        }
        rows = await self._rest.listed(f"{self._path}.json", "messages", asked)
        found = [inbound_of(one, since) for one in rows if one.get("direction") == "inbound"]
        return sorted(found, key=lambda one: one.at)


def _id(raw: object) -> str:
    sid = raw.get("sid") if isinstance(raw, dict) else None
    if not isinstance(sid, str) or not (is_sid(sid, "SM") or is_sid(sid, "MM")):
        raise ProtocolError("Twilio's answer cannot be read.", "a message without a SID")
    return sid


def sent_of(raw: object, otherwise: float) -> SentMessage:
    """A message we sent; `otherwise` stands for a date that cannot be read. Raises ProtocolError."""
    sid = _id(raw)
    found = raw if isinstance(raw, dict) else {}
    code, words = found.get("error_code"), found.get("error_message")
    detail = f"{words or 'Twilio error'} ({code})"[:200] if isinstance(code, int) else ""
    to, text, at = found.get("to"), found.get("body"), instant(found.get("date_created"))
    return SentMessage(
        id=sid,
        at=otherwise if at is None else at,
        state=_STATES.get(str(found.get("status")), DeliveryState.QUEUED),
        channel=Channel.SMS,
        to=to[:100] if isinstance(to, str) else "",
        text=text[:LONGEST] if isinstance(text, str) else "",
        detail=detail,
    )


def inbound_of(raw: object, otherwise: float) -> InboundMessage:
    """A message that came; as `sent_of`."""
    sid = _id(raw)
    found = raw if isinstance(raw, dict) else {}
    sender, text = found.get("from"), found.get("body")
    at = instant(found.get("date_sent")) or instant(found.get("date_created"))
    value = sender[:100] if isinstance(sender, str) else ""
    return InboundMessage(
        id=sid,
        at=otherwise if at is None else at,
        channel=Channel.SMS,
        sender=Address("phone" if value.startswith("+") else "handle", value, withheld=not value),
        text=text[: LONGEST * 2] if isinstance(text, str) else "",
    )
