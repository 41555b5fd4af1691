"""What a contact centre has to keep of written contacts that are put aside, or taken from a queue."""

from collections.abc import Callable
from functools import partial
from typing import Any

from desktop.domain.entities.model import Interaction, Waiting
from desktop.domain.entities.words import Availability, Phase
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, NotFound
from desktop.testing import fresh
from desktop.testing.contracts.base import error_of, until
from desktop.testing.contracts.contact_center.work import ContactCenterWork
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves
from desktop.testing.rigs import ContactCenterRig


def _parked(on: bool) -> Callable[[Interaction], bool]:
    return lambda one: one.parked is on


class ParkingContract(ContactCenterWork):
    """Parking and pulling."""

    @behaviour
    @proves(Capability.PARK)
    async def test_a_parked_contact_leaves_room(self, rig: ContactCenterRig) -> None:
        """It stays the agent's with every message, counts for nothing, and can be taken up again; each once."""
        async with self.opened(rig, Capability.PARK) as backend:
            contact = await self.writing(backend, rig)
            used = (await self.me(backend)).in_use.get(contact.channel)
            for on in (True, False):
                key = new_key()
                for _ in range(2):
                    await backend.park(contact.id, on=on, key=key)
                shown = await self.becomes(backend, rig, contact.id, _parked(on), "parking")
                assert shown.phase is Phase.ACTIVE
                assert [one.id for one in shown.messages] == [one.id for one in contact.messages]
                if used is not None:

                    async def as_used(least: int = used - on) -> bool | None:
                        return (await self.me(backend)).in_use.get(contact.channel, 0) == least or None

                    await until(as_used, rig.patience, "the agent's room")

    @behaviour
    @proves(Capability.PARK)
    async def test_a_parked_contact_comes_back_when_its_customer_writes(self, rig: ContactCenterRig) -> None:
        """To the agent who parked it, with what was written; whoever signs in meanwhile finds it parked."""
        async with self.opened(rig, Capability.PARK) as backend:
            contact = await self.writing(backend, rig)
            await backend.park(contact.id, on=True, key=new_key())
            async with self.opened(rig) as restarted:
                await self.becomes(restarted, rig, contact.id, lambda one: one.parked, "being parked")
            text = fresh.text("Here I am again.")
            await rig.write_more(contact.id, text)
            back = await self.becomes(backend, rig, contact.id, lambda one: not one.parked, "its return")
            assert any(text in line.text for line in back.messages)
            assert back.agent_id == (await self.me(backend)).id

    @honesty
    @proves(Capability.PARK)
    async def test_what_is_only_offered_is_not_parked(self, rig: ContactCenterRig) -> None:
        """An offer has a deadline, and parking does not stop it."""
        async with self.opened(rig, Capability.PARK) as backend:
            offered = await self.ringing(backend, rig)
            error = await error_of(partial(backend.park, offered.id, on=True, key=new_key()))
            assert isinstance(error, Conflict), repr(error)

    @behaviour
    @proves(Capability.PULL)
    async def test_what_waits_can_be_taken_once(self, rig: ContactCenterRig) -> None:
        """It is shown among those that may be taken, is the agent's without an offer, and is shown there no more."""
        async with self.opened(rig, Capability.PULL) as backend:
            waiting = await self._waits(backend, rig)
            key = new_key()
            for _ in range(2):
                await backend.pull(waiting.interaction_id, key=key)
            mine = await self.becomes(
                backend, rig, waiting.interaction_id, lambda one: one.phase is Phase.ACTIVE, "the contact"
            )
            assert (mine.customer, mine.channel) == (waiting.customer, waiting.channel)

            async def gone() -> bool | None:
                return (
                    waiting.interaction_id not in {one.interaction_id for one in await self._to_pull(backend)} or None
                )

            await until(gone, rig.patience, "its end in the queue")

    @honesty
    @proves(Capability.PULL)
    async def test_what_another_has_taken_is_not_taken(self, rig: ContactCenterRig) -> None:
        """Of two agents exactly one has it, and the other is told."""
        async with self.opened(rig, Capability.PULL) as backend:
            waiting = await self._waits(backend, rig)
            await rig.colleague_pulls(waiting.interaction_id)
            error = await error_of(partial(backend.pull, waiting.interaction_id, key=new_key()))
            assert isinstance(error, Conflict | NotFound), repr(error)
            assert await self.interaction(backend, waiting.interaction_id) is None

    async def _to_pull(self, backend: Any) -> list[Waiting]:
        return [one for queue in (await self.snapshot(backend)).queues for one in queue.to_pull]

    async def _waits(self, backend: Any, rig: ContactCenterRig) -> Waiting:
        """A customer who wrote while the agent takes no offers."""
        reasons = (await self.snapshot(backend)).reasons
        reason = reasons[0].id if reasons else "break"
        await backend.set_availability(Availability.NOT_READY, reason=reason, after_current=False, key=new_key())
        before = {one.interaction_id for one in await self._to_pull(backend)}
        await rig.write(fresh.text("Anybody there?"))

        async def look() -> Waiting | None:
            return next((one for one in await self._to_pull(backend) if one.interaction_id not in before), None)

        return await until(look, rig.patience, "somebody who waits")
