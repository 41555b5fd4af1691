"""What a contact centre has to keep of calls with a further party."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import LegPhase, Phase
from desktop.domain.select.hearing import CUSTOMER, hearing
from desktop.domain.state.lifecycle import is_open
from desktop.ports.base import Capability
from desktop.ports.errors import BackendError
from desktop.testing.contracts.contact_center.work import ContactCenterWork
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, proves
from desktop.testing.rigs import ContactCenterRig


class LegContract(ContactCenterWork):
    """Consult, swap, conference and transfer, each where it is offered."""

    async def back(self, backend: Any, rig: ContactCenterRig, interaction_id: str) -> Interaction:
        """The call, once nobody but the customer is on the line with the agent."""
        back = await self.becomes(
            backend, rig, interaction_id, lambda one: not any(map(is_open, one.legs)) and not one.held, "coming back"
        )
        assert (back.phase, back.customer_connected) == (Phase.ACTIVE, True)
        return back

    async def _tried_in_vain(
        self, backend: Any, rig: ContactCenterRig, verb: Callable[..., Awaitable[object]]
    ) -> Interaction:
        """The call after the verb was asked for with an expert who is busy."""
        self.need_expert(rig)
        talking = await self.talking(backend, rig)
        await rig.expert_is_busy()
        with contextlib.suppress(BackendError):  # told at once or by an event: the customer has to be back
            await verb(talking.id, rig.expert, key=new_key())
        return await self.back(backend, rig, talking.id)

    @behaviour
    @proves(Capability.CONSULT)
    async def test_an_expert_is_consulted(self, rig: ContactCenterRig) -> None:
        """The customer is held while the expert talks, and comes back when the leg is cancelled."""
        async with self.opened(rig, Capability.CONSULT) as backend:
            consulting, leg = await self.consulting(backend, rig)
            assert consulting.held, "the customer must not hear the expert"
            await backend.cancel_leg(consulting.id, leg.id, key=new_key())
            await self.back(backend, rig, consulting.id)

    @behaviour
    @proves(Capability.CONSULT)
    async def test_a_consult_that_fails_strands_nobody(self, rig: ContactCenterRig) -> None:
        """A busy expert is a leg that failed, and the customer is back with the agent."""
        async with self.opened(rig, Capability.CONSULT) as backend:
            back = await self._tried_in_vain(backend, rig, backend.consult)
            assert all(leg.phase is LegPhase.FAILED and leg.failure is not None for leg in back.legs)

    @behaviour
    @proves(Capability.CONSULT)
    async def test_an_expert_who_hangs_up_gives_the_customer_back(self, rig: ContactCenterRig) -> None:
        """When the expert goes the agent has the customer again."""
        async with self.opened(rig, Capability.CONSULT) as backend:
            consulting, _ = await self.consulting(backend, rig)
            await rig.expert_hangs_up()
            await self.back(backend, rig, consulting.id)

    @behaviour
    @proves(Capability.SWAP)
    async def test_customer_and_expert_are_swapped(self, rig: ContactCenterRig) -> None:
        """The agent talks to the customer while the expert waits, and the other way round."""
        async with self.opened(rig, Capability.CONSULT, Capability.SWAP) as backend:
            consulting, leg = await self.consulting(backend, rig)
            for held in (False, True):
                await backend.swap(consulting.id, leg.id, key=new_key())

                def swapped(one: Interaction, held: bool = held) -> bool:
                    heard = hearing(one)
                    waits = {CUSTOMER if held else leg.id}
                    return one.held is held and heard is not None and heard.waiting == waits

                await self.becomes(backend, rig, consulting.id, swapped, "the swap")

    @behaviour
    @proves(Capability.CONFERENCE)
    async def test_everybody_talks_in_a_conference(self, rig: ContactCenterRig) -> None:
        """Customer, expert and agent hear each other, which is told apart from a swap, and nobody is held."""
        async with self.opened(rig, Capability.CONSULT, Capability.CONFERENCE) as backend:
            consulting, leg = await self.consulting(backend, rig)
            await backend.conference(consulting.id, leg.id, key=new_key())

            def joined(one: Interaction) -> bool:
                heard = hearing(one)
                return heard is not None and heard.everybody and not heard.waiting

            together = await self.becomes(backend, rig, consulting.id, joined, "the conference")
            assert together.phase is Phase.ACTIVE
            assert any(map(is_open, together.legs))

    @behaviour
    @proves(Capability.WARM_TRANSFER)
    async def test_the_expert_takes_the_customer(self, rig: ContactCenterRig) -> None:
        """After a warm transfer the agent has the wrap-up, and the customer is with the expert."""
        async with self.opened(rig, Capability.CONSULT, Capability.WARM_TRANSFER) as backend:
            consulting, leg = await self.consulting(backend, rig)
            await backend.complete_transfer(consulting.id, leg.id, key=new_key())
            await self.becomes(backend, rig, consulting.id, lambda one: one.phase is Phase.WRAP_UP, "the wrap-up")

    @behaviour
    @proves(Capability.BLIND_TRANSFER)
    async def test_the_customer_is_handed_over(self, rig: ContactCenterRig) -> None:
        """After a blind transfer to somebody who answers the agent has the wrap-up."""
        async with self.opened(rig, Capability.BLIND_TRANSFER) as backend:
            self.need_expert(rig)
            talking = await self.talking(backend, rig)
            await rig.expert_answers()
            await backend.blind_transfer(talking.id, rig.expert, key=new_key())
            await rig.expert_answers()
            await self.becomes(backend, rig, talking.id, lambda one: one.phase is Phase.WRAP_UP, "the wrap-up")

    @behaviour
    @proves(Capability.BLIND_TRANSFER)
    async def test_a_transfer_that_fails_strands_nobody(self, rig: ContactCenterRig) -> None:
        """When the target is busy the customer is back with the agent."""
        async with self.opened(rig, Capability.BLIND_TRANSFER) as backend:
            await self._tried_in_vain(backend, rig, backend.blind_transfer)
