"""What a message sender has to keep."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import DeliveryChanged, Event, MessageReceived, MessagingSnapshot
from desktop.ports.base import Capability, Kind
from desktop.ports.errors import NotFound, OutcomeUnknown, Rejected
from desktop.ports.messaging import MessageReceipt
from desktop.testing import fresh
from desktop.testing.contracts.base import Call, Change, error_of, until
from desktop.testing.contracts.resilience import ResilienceContract
from desktop.testing.contracts.stream import StreamContract
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves, resilience, shape
from desktop.testing.rig import Fault, absent
from desktop.testing.rigs import MessagingRig


class MessagingContract(StreamContract[MessagingRig], ResilienceContract[MessagingRig]):
    """Inherit from this, under a name that starts with `Test`, and bring a fixture `rig`."""

    kind = Kind.MESSAGING
    snapshot_event = MessagingSnapshot
    stream_needs = (Capability.DELIVERY_EVENTS, Capability.INBOUND)

    nobodys: ClassVar[str] = "999999999"
    """An id of a message that the server can be asked for, and does not have."""

    async def reads(self, backend: Any, rig: MessagingRig) -> Mapping[str, Call]:
        async def status() -> object:
            try:
                return await backend.status(self.nobodys)
            except NotFound:
                return None  # the server has answered, which is all that is asked

        return {"status": status}

    async def changes(self, backend: Any, rig: MessagingRig) -> Mapping[str, Change]:
        async def sent(key: str) -> bool:
            return await rig.sent(f"Hello, {key}.") > 0

        return {"send": Change(lambda key: backend.send(rig.message(key, f"Hello, {key}.")), sent)}

    def calls_of(self, backend: Any, capability: Capability) -> Sequence[Call]:
        async def first() -> object:
            async for envelope in backend.events(None):
                return envelope
            return None

        return [backend.snapshot, first]

    async def stir(self, backend: Any, rig: MessagingRig) -> Callable[[Event], bool]:
        text = fresh.text("Please call me.")
        if Capability.INBOUND in backend.manifest.capabilities:
            await rig.customer_writes(text)
            return lambda event: isinstance(event, MessageReceived) and event.message.text == text
        receipt = await backend.send(rig.message(new_key(), text))
        await rig.deliver(receipt.id)
        return lambda event: isinstance(event, DeliveryChanged) and event.message.id == receipt.id

    # -- shape

    @shape
    async def test_a_receipt_is_whole(self, rig: MessagingRig) -> None:
        """Sending is answered with an id, and how far it has come; the status of that id is of that message."""
        async with self.opened(rig) as backend:
            receipt = await backend.send(rig.message(new_key(), fresh.text("Hello.")))
            again = await backend.status(receipt.id)
        assert isinstance(receipt, MessageReceipt)
        assert receipt.id
        assert isinstance(receipt.state, DeliveryState)
        assert again.id == receipt.id

    @shape
    async def test_channels_are_named(self, rig: MessagingRig) -> None:
        """The sender says which channels it carries."""
        channels = rig.make().channels
        assert channels
        assert all(isinstance(one, Channel) and one not in CALLS for one in channels)

    # -- behaviour

    @behaviour
    async def test_a_message_goes_out(self, rig: MessagingRig) -> None:
        """What is sent arrives on the far side, once and with every letter as it was."""
        text = fresh.text("Grüße, ≤ 20 € <b>&amp; 'quoted'</b>")
        async with self.opened(rig) as backend:
            await backend.send(rig.message(new_key(), text))

            async def arrived() -> int | None:
                return await rig.sent(text) or None

            assert await until(arrived, rig.patience, "the message") == 1

    @behaviour
    async def test_a_message_goes_to_whom_it_is_for(self, rig: MessagingRig) -> None:
        """Nobody else gets what is meant for one customer."""
        message = rig.message(new_key(), fresh.text("Only for you."))
        async with self.opened(rig) as backend:
            await backend.send(message)

            async def arrived() -> Sequence[str] | None:
                return await rig.recipients(message.text) or None

            assert list(await until(arrived, rig.patience, "the message")) == [message.to]

    @behaviour
    async def test_an_unknown_message_is_not_found(self, rig: MessagingRig) -> None:
        """The status of what was never sent is NotFound, or Rejected where it is no id at all."""
        async with self.opened(rig) as backend:
            error = await error_of(lambda: backend.status("no-such-message"))
        assert isinstance(error, (NotFound, Rejected)), repr(error)

    @behaviour
    async def test_a_delivery_is_known(self, rig: MessagingRig) -> None:
        """A message that reached the customer is delivered; one that cannot be delivered has failed."""
        async with self.opened(rig) as backend:
            for act, state in ((rig.deliver, DeliveryState.DELIVERED), (rig.fail, DeliveryState.FAILED)):
                receipt = await backend.send(rig.message(new_key(), fresh.text("Hello.")))
                await act(receipt.id)

                async def there(sent: str = receipt.id, state: DeliveryState = state) -> bool | None:
                    return (await backend.status(sent)).state is state or None

                await until(there, rig.patience, f"being {state.value}")

    @behaviour
    @proves(Capability.DELIVERY_EVENTS)
    async def test_a_delivery_is_told(self, rig: MessagingRig) -> None:
        """The stream says how far a message has come."""
        async with (
            self.opened(rig, Capability.DELIVERY_EVENTS) as backend,
            self.watching(rig, backend, await self.position(backend)) as watch,
        ):
            receipt = await backend.send(rig.message(new_key(), fresh.text("Hello.")))
            await rig.deliver(receipt.id)
            await self.told(
                watch,
                lambda event: (
                    isinstance(event, DeliveryChanged)
                    and (event.message.id, event.message.state) == (receipt.id, DeliveryState.DELIVERED)
                ),
                rig,
            )

    @behaviour
    @proves(Capability.INBOUND)
    async def test_what_a_customer_writes_is_told(self, rig: MessagingRig) -> None:
        """A message from a customer comes with its text as it was, its sender and its channel."""
        text = fresh.text("Grüße, ≤ 20 € <b>")
        async with (
            self.opened(rig, Capability.INBOUND) as backend,
            self.watching(rig, backend, await self.position(backend)) as watch,
        ):
            await rig.customer_writes(text)
            found = await self.told(
                watch, lambda event: isinstance(event, MessageReceived) and event.message.text == text, rig
            )
        assert isinstance(found.event, MessageReceived)
        message = found.event.message
        assert message.id
        assert message.sender.value
        assert message.channel in backend.channels

    # -- honesty

    @honesty
    async def test_nothing_goes_out_without_consent(self, rig: MessagingRig) -> None:
        """No consent, a refused one, one never asked for and one for another channel: Rejected, and nothing is sent."""
        async with self.opened(rig) as backend:
            asked = rig.message(new_key(), fresh.text("Hello."))
            topic = asked.channel.value
            for consent in (None, Consent(topic, False), Consent(topic, None), Consent("marketing", True)):
                message = replace(asked, key=new_key(), consent=consent)
                error = await error_of(partial(backend.send, message))
                assert isinstance(error, Rejected), repr(error)
            assert await rig.sent(asked.text) == 0

    @honesty
    async def test_a_channel_that_is_not_carried_is_refused(self, rig: MessagingRig) -> None:
        """A message on a channel that the sender does not name is Rejected."""
        async with self.opened(rig) as backend:
            for channel in set(Channel) - backend.channels:
                message = rig.message(new_key(), fresh.text("Hello."))
                message = replace(message, channel=channel, consent=Consent(channel.value, True))
                error = await error_of(partial(backend.send, message))
                assert isinstance(error, Rejected), repr(error)

    @honesty
    async def test_a_message_is_sent_once(self, rig: MessagingRig) -> None:
        """The same key is one message: asked twice, and by another instance after a restart."""
        message = rig.message(new_key(), fresh.text("Once only."))
        async with self.opened(rig) as backend:
            first = await backend.send(message)
            assert (await backend.send(message)).id == first.id
        if not rig.forgets_keys:
            async with self.opened(rig) as restarted:
                assert (await restarted.send(message)).id == first.id

        async def arrived() -> int | None:
            return await rig.sent(message.text) or None

        assert await until(arrived, rig.patience, "the message") == 1
        if rig.forgets_keys:
            absent(rig.forgets_keys)

    # -- resilience

    @resilience
    async def test_a_receipt_that_got_lost_is_no_second_message(self, rig: MessagingRig) -> None:
        """It was sent and the answer was lost: OutcomeUnknown, and the same key again is no second message."""
        message = rig.message(new_key(), fresh.text("Lost?"))
        async with self.opened(rig) as backend:
            await rig.fault(Fault.ANSWER_LOST)
            error = await error_of(lambda: backend.send(message))
            await rig.heal()
            assert isinstance(error, OutcomeUnknown), repr(error)
        if rig.forgets_keys:
            absent(rig.forgets_keys)
        async with self.opened(rig) as restarted:
            await restarted.send(message)
        assert await rig.sent(message.text) == 1
