"""How a test of a contact centre gets to where it begins: a call that rings, that talks, that has an expert on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.model import Agent, Interaction, Leg
from desktop.domain.entities.words import Availability, CodeRule, LegPhase, Phase
from desktop.domain.state.events import Change, ContactCenterSnapshot, Event, InteractionChanged
from desktop.domain.state.lifecycle import open_leg
from desktop.ports.base import Capability, Kind
from desktop.testing import fresh
from desktop.testing.contracts.base import LONGEST, until
from desktop.testing.contracts.resilience import ResilienceContract
from desktop.testing.contracts.stream import StreamContract
from desktop.testing.fresh import new_key
from desktop.testing.rig import absent, does_not_apply
from desktop.testing.rigs import ContactCenterRig


def ended(interaction_id: str, reason: str) -> Callable[[Event], bool]:
    """Whether an event says that an offer ended, and why."""

    def wanted(event: Event) -> bool:
        return (
            isinstance(event, InteractionChanged)
            and event.change is Change.OFFER_ENDED
            and (event.interaction.id, event.reason) == (interaction_id, reason)
        )

    return wanted


class ContactCenterWork(StreamContract[ContactCenterRig], ResilienceContract[ContactCenterRig]):
    """What the tests of `ContactCenterContract` begin with."""

    kind = Kind.CONTACT_CENTER
    snapshot_event = ContactCenterSnapshot

    async def stir(self, backend: Any, rig: ContactCenterRig) -> Callable[[Event], bool]:
        number = rig.new_customer()
        await self.available(backend, rig)
        await rig.call(number)

        def wanted(event: Event) -> bool:
            return (
                isinstance(event, InteractionChanged)
                and event.change is Change.OFFERED
                and event.interaction.customer.value == number
            )

        return wanted

    async def snapshot(self, backend: Any) -> ContactCenterSnapshot:
        """What the contact centre shows now."""
        event = (await backend.snapshot()).event
        assert isinstance(event, ContactCenterSnapshot)
        return event

    async def me(self, backend: Any) -> Agent:
        """The agent who is signed in."""
        shown = await self.snapshot(backend)
        return next(one for one in shown.agents if one.id == shown.me)

    async def interaction(self, backend: Any, interaction_id: str) -> Interaction | None:
        """The interaction as it is shown now; None when it is no longer shown."""
        shown = (await self.snapshot(backend)).interactions
        return next((one for one in shown if one.id == interaction_id), None)

    async def becomes(
        self,
        backend: Any,
        rig: ContactCenterRig,
        interaction_id: str,
        wanted: Callable[[Interaction], object],
        what: str,
    ) -> Interaction:
        """The interaction, once it is as wanted."""

        async def look() -> Interaction | None:
            found = await self.interaction(backend, interaction_id)
            return found if found is not None and wanted(found) else None

        return await until(look, rig.patience, what)

    async def available(self, backend: Any, rig: ContactCenterRig) -> Agent:
        """The agent, who takes calls now."""
        await backend.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())

        async def look() -> Agent | None:
            me = await self.me(backend)
            return me if me.observed is Availability.AVAILABLE else None

        return await until(look, rig.patience, "being available")

    async def ringing(self, backend: Any, rig: ContactCenterRig) -> Interaction:
        """A call that is offered to the agent."""
        number = rig.new_customer()
        await self.available(backend, rig)
        await rig.call(number)
        return await self._offered(backend, rig, lambda one: one.customer.value == number)

    async def writing(self, backend: Any, rig: ContactCenterRig) -> Interaction:
        """A written contact that is worked on."""
        text = fresh.text("Hello?")
        await self.available(backend, rig)
        await rig.write(text)
        offered = await self._offered(backend, rig, lambda one: one.channel not in CALLS)
        await backend.accept(offered.id, key=new_key())
        return await self.becomes(backend, rig, offered.id, lambda one: one.phase is Phase.ACTIVE, "the contact")

    async def _offered(self, backend: Any, rig: ContactCenterRig, wanted: Callable[[Interaction], bool]) -> Interaction:
        async def look() -> Interaction | None:
            shown = await self.snapshot(backend)
            mine = [one for one in shown.interactions if one.agent_id == shown.me and one.phase is Phase.OFFERED]
            return next(filter(wanted, mine), None)

        return await until(look, rig.patience, "an offer")

    async def take(self, backend: Any, rig: ContactCenterRig, interaction_id: str) -> None:
        """Accept an offer, at the phone where the phone takes it."""
        if Capability.PHONE in backend.manifest.capabilities:
            await rig.answer_phone(interaction_id)
        else:
            await backend.accept(interaction_id, key=new_key())

    async def talking(self, backend: Any, rig: ContactCenterRig) -> Interaction:
        """A call with the customer on the line."""
        offered = await self.ringing(backend, rig)
        await self.take(backend, rig, offered.id)
        return await self.becomes(backend, rig, offered.id, lambda one: one.phase is Phase.ACTIVE, "talking")

    async def wrapping_up(self, backend: Any, rig: ContactCenterRig) -> Interaction:
        """A call that the agent has ended."""
        talking = await self.talking(backend, rig)
        await backend.end(talking.id, key=new_key())
        return await self.becomes(backend, rig, talking.id, lambda one: one.phase is Phase.WRAP_UP, "the wrap-up")

    async def codes_for(self, backend: Any, interaction: Interaction) -> list[str]:
        """Wrap-up codes that the interaction's rule accepts."""
        if interaction.wrap_up_rule.codes is CodeRule.NONE:
            return []
        fitting = [one.id for one in await backend.wrap_up_codes() if not one.queues or interaction.queue in one.queues]
        return fitting[:1]

    async def consulting(self, backend: Any, rig: ContactCenterRig) -> tuple[Interaction, Leg]:
        """A call whose customer waits while the agent talks with the expert."""
        self.need_expert(rig)
        talking = await self.talking(backend, rig)
        await backend.consult(talking.id, rig.expert, key=new_key())
        await rig.expert_answers()
        with_expert = await self.becomes(
            backend,
            rig,
            talking.id,
            lambda one: (leg := open_leg(one)) is not None and leg.phase is LegPhase.ACTIVE,
            "the expert on the line",
        )
        leg = open_leg(with_expert)
        assert leg is not None
        return with_expert, leg

    def need_expert(self, rig: ContactCenterRig) -> None:
        """The test needs somebody to consult."""
        if not rig.expert:
            absent("the rig names no expert")

    @asynccontextmanager
    async def overseeing(self, rig: ContactCenterRig, *needs: Capability, number: int = 0) -> AsyncIterator[Any]:
        """Whoever may supervise, open: the rig's own principal (where `number` is 0), or a supervisor of theirs.

        The test does not apply where the backend does not declare what it needs.
        """
        backend = rig.make()
        if missing := sorted(one.value for one in needs if one not in backend.manifest.capabilities):
            does_not_apply(f"{', '.join(missing)} is not declared")
        async with self._open(backend) as offered:
            if offered >= frozenset(needs) and not number:
                yield backend
                return
        boss = rig.make_supervisor(number)
        async with self._open(boss) as offered:
            if missing := sorted(one.value for one in needs if one not in offered):
                does_not_apply(f"{', '.join(missing)} is not offered")
            yield boss

    @asynccontextmanager
    async def _open(self, backend: Any) -> AsyncIterator[frozenset[Capability]]:
        try:
            async with asyncio.timeout(LONGEST):
                offered = await backend.open()
            yield offered
        finally:
            await backend.close()
