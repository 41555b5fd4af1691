"""Message senders that are broken in one way each; see `broken.py`."""

import html
import time
from collections.abc import AsyncIterator
from dataclasses import replace

from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import DeliveryChanged, Envelope, MessageReceived
from desktop.ports.errors import NotFound, Rejected
from desktop.ports.messaging import MessageReceipt, OutgoingMessage

from .broken import fails, suites
from .reference.messaging import ReferenceMessaging

NOT_SENT = (
    "test_a_message_goes_out",
    "test_a_message_goes_to_whom_it_is_for",
    "test_a_message_is_sent_once",
    "test_a_receipt_that_got_lost_is_no_second_message",
)


@fails(*NOT_SENT)
class ShortensMessages(ReferenceMessaging):
    """The end of a message is cut off."""

    def post(self, message: OutgoingMessage) -> MessageReceipt:
        return super().post(replace(message, text=message.text[:10]))


@fails(NOT_SENT[0])
class EscapesMessages(ReferenceMessaging):
    """Customers read `&lt;`."""

    def post(self, message: OutgoingMessage) -> MessageReceipt:
        return super().post(replace(message, text=html.escape(message.text)))


@fails("test_a_message_goes_to_whom_it_is_for")
class WritesToAnother(ReferenceMessaging):
    """A message goes to the last customer who was written to."""

    def post(self, message: OutgoingMessage) -> MessageReceipt:
        return super().post(replace(message, to="+442079460000"))


@fails(*NOT_SENT)
class SaysItSends(ReferenceMessaging):
    """Answers with a receipt, and sends nothing."""

    def post(self, message: OutgoingMessage) -> MessageReceipt:
        receipt = super().post(message)
        self.line.out[receipt.id] = replace(self.line.out[receipt.id], text="")
        return receipt


@fails("test_a_message_is_sent_once", "test_a_receipt_that_got_lost_is_no_second_message")
class SendsAgain(ReferenceMessaging):
    """The key goes nowhere."""

    async def send(self, message: OutgoingMessage) -> MessageReceipt:
        return await super().send(replace(message, key=f"{message.key} {self.line.new_id()}"))


@fails("test_a_channel_that_is_not_carried_is_refused")
class CarriesEverything(ReferenceMessaging):
    """Whatever the channel, it goes out by SMS."""

    def check(self, message: OutgoingMessage) -> None:
        consent = message.consent and replace(message.consent, topic="sms")
        same = message.consent is not None and message.consent.topic == message.channel.value
        super().check(replace(message, channel=Channel.SMS, consent=consent) if same else message)


@fails("test_a_delivery_is_known")
class NeverDelivered(ReferenceMessaging):
    """What was sent stays sent for ever."""

    async def status(self, message_id: str) -> MessageReceipt:
        return replace(await super().status(message_id), state=DeliveryState.SENT)


@fails("test_a_delivery_is_known")
class AlwaysDelivered(ReferenceMessaging):
    """What failed counts as delivered."""

    async def status(self, message_id: str) -> MessageReceipt:
        known = await super().status(message_id)
        return replace(known, state=DeliveryState.DELIVERED) if known.state is DeliveryState.FAILED else known


@fails("test_a_receipt_is_whole")
class TellsOfAnother(ReferenceMessaging):
    """The status of one message is that of another."""

    async def status(self, message_id: str) -> MessageReceipt:
        return replace(await super().status(message_id), id="another")


@fails("test_an_unknown_message_is_not_found")
class KnowsEveryMessage(ReferenceMessaging):
    """What was never sent is on its way."""

    async def status(self, message_id: str) -> MessageReceipt:
        try:
            return await super().status(message_id)
        except NotFound:
            return MessageReceipt(message_id, DeliveryState.SENT)


@fails("test_a_delivery_is_told")
class KeepsDeliveriesQuiet(ReferenceMessaging):
    """The stream tells of every delivery that it is on its way."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            if isinstance(one.event, DeliveryChanged):
                yield replace(one, event=DeliveryChanged(replace(one.event.message, state=DeliveryState.SENT)))
            else:
                yield one


@fails("test_what_a_customer_writes_is_told")
class DropsTheSender(ReferenceMessaging):
    """Who wrote is lost."""

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        async for one in super().events(after):
            if isinstance(one.event, MessageReceived):
                unknown = replace(one.event.message, sender=Address("phone", ""))
                yield replace(one, event=MessageReceived(unknown))
            else:
                yield one


@fails("test_channels_are_named")
class SendsCalls(ReferenceMessaging):
    """Says that it carries what nobody can write."""

    channels = frozenset({Channel.SMS, Channel.VOICE})

    def check(self, message: OutgoingMessage) -> None:
        if message.channel is Channel.VOICE:
            raise Rejected("Nobody can write that.")
        super().check(message)


@fails("test_nothing_blocks_the_loop[change]")
class SleepsOnTheLoop(ReferenceMessaging):
    """Sends without letting go of the loop."""

    def post(self, message: OutgoingMessage) -> MessageReceipt:
        if message.text.startswith("Hello, "):
            time.sleep(0.8)
        return super().post(message)


globals().update(suites(__name__))
