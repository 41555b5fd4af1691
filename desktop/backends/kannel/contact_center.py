"""The contact-centre adapter for an SMS gateway: customers' texts are contacts that are answered in writing."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import ClassVar, Self

from desktop.backends.kannel.contact import Contact
from desktop.backends.kannel.settings import OPTIONS, Settings, settings
from desktop.backends.kannel.shared_number import SharedNumber
from desktop.backends.wire.once import Once
from desktop.domain.entities.model import Agent, Instant, Interaction, WrapUpCode
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import Envelope
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Conflict

_CAPABILITIES = frozenset(
    {
        Capability.READ,
        Capability.PARK,
        Capability.PULL,
        Capability.QUEUE_HEAD,
        Capability.NEXT_AVAILABILITY,
    }
)


class KannelContactCenter(ContactCenter):
    """One agent at numbers of a Kannel gateway."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CONTACT_CENTER,
        name="kannel",
        api=API,
        title="SMS numbers (Kannel)",
        capabilities=_CAPABILITIES,
        options=OPTIONS,
    )

    def __init__(
        self,
        known: Settings,
        *,
        clock: Callable[[], Instant] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` dates what happens, `monotonic` measures how long ago something was seen."""
        self._settings = known.desk
        self._number = SharedNumber(known, clock=clock, monotonic=monotonic)
        self._desk = self._number.desk
        self._once = Once()

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(settings(options))

    async def open(self) -> frozenset[Capability]:
        await self._number.connect()  # texts are heard though none can be sent now
        await self._number.gateway.check()
        return _CAPABILITIES

    async def close(self) -> None:
        await self._number.close()

    async def snapshot(self) -> Envelope:
        return await self._number.snapshot()

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        return self._number.events(after)

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        async def work() -> Agent:
            await self._number.connect()
            await self._number.gateway.check(changing=True)  # who cannot reach Kannel is not available for texts
            return self._desk.set_availability(availability, reason, after_current=after_current)

        return await self._once.do(key, work)

    async def cancel_next(self, *, key: str) -> Agent:
        return self._desk.cancel_next()

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._found(interaction_id)
            if contact.shown.phase is Phase.ACTIVE:
                return contact.shown
            return await self._number.accept(self._desk.offer(interaction_id))

        return await self._once.do(key, work)

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        async def work() -> Interaction:
            await self._number.find(interaction_id)
            return await self._number.decline(self._desk.offer(interaction_id))

        return await self._once.do(key, work)

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            return await self._number.end(await self._active(interaction_id))

        return await self._once.do(key, work)

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            self._desk.check_codes(codes)
            contact = await self._found(interaction_id)
            if contact.shown.phase is not Phase.WRAP_UP:
                raise Conflict("The text is not being wrapped up.")
            return await self._number.finish(contact, tuple(codes))

        return await self._once.do(key, work)

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return self._settings.codes

    async def mark_read(self, interaction_id: str, message_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            return await self._number.mark_seen(await self._found(interaction_id), message_id)

        return await self._once.do(key, work)

    async def park(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        async def work() -> Interaction:
            contact = await self._active(interaction_id)
            return contact.shown if contact.shown.parked is on else await self._number.park(contact, on=on)

        return await self._once.do(key, work)

    async def pull(self, interaction_id: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            known = self._desk.contacts.get(interaction_id)
            if known is None:
                return await self._number.pull(interaction_id)
            return await self._number.accept(known) if known.shown.phase is Phase.OFFERED else known.shown

        return await self._once.do(key, work)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        async def work() -> Interaction:
            return await self._number.reply(await self._found(interaction_id), text, key=key)

        return await self._once.do(key, work)

    async def _found(self, interaction_id: str) -> Contact:
        await self._number.find(interaction_id)
        return self._desk.contact(interaction_id)

    async def _active(self, interaction_id: str) -> Contact:
        await self._number.find(interaction_id)
        return self._desk.active(interaction_id)
