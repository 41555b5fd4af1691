"""What a contact centre has to keep of calls that talk, and of those who take part in them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Direction, Monitoring, Phase, Recording
from desktop.ports.base import Capability
from desktop.ports.errors import Rejected
from desktop.testing.contracts.base import error_of, until
from desktop.testing.contracts.contact_center.leg import LegContract
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, proves
from desktop.testing.rigs import ContactCenterRig

NOBODYS = "no-such-interaction"
MODES = {
    Capability.MONITOR: Monitoring.LISTEN,
    Capability.WHISPER: Monitoring.WHISPER,
    Capability.BARGE: Monitoring.BARGE,
}


class CallContract(LegContract):
    """From being connected to the end of the wrap-up, each optional verb where it is offered."""

    @behaviour
    @pytest.mark.parametrize("who", ["agent", "customer"])
    async def test_a_call_ends_in_wrap_up(self, rig: ContactCenterRig, who: str) -> None:
        """Whoever hangs up: the agent has the wrap-up to do, and the customer is gone."""
        async with self.opened(rig) as backend:
            talking = await self.talking(backend, rig)
            await (backend.end(talking.id, key=new_key()) if who == "agent" else rig.hang_up(talking.id))
            done = await self.becomes(backend, rig, talking.id, lambda one: one.phase is Phase.WRAP_UP, "the wrap-up")
            assert not done.customer_connected

    @behaviour
    async def test_a_wrap_up_closes_the_interaction(self, rig: ContactCenterRig) -> None:
        """After the wrap-up the interaction is closed or shown no more."""
        async with self.opened(rig) as backend:
            done = await self.wrapping_up(backend, rig)
            codes = await self.codes_for(backend, done)
            closed = await backend.wrap_up(done.id, codes=codes, note_given=True, key=new_key())
            assert isinstance(closed, Interaction)

            async def gone() -> bool | None:
                one = await self.interaction(backend, done.id)
                return True if one is None or one.phase is Phase.CLOSED else None

            await until(gone, rig.patience, "the end of the interaction")

    async def _on_and_off(
        self,
        backend: Any,
        rig: ContactCenterRig,
        switch: Callable[..., Awaitable[object]],
        shown: Callable[[Interaction], bool],
    ) -> None:
        talking = await self.talking(backend, rig)
        for on in (True, False):
            await switch(talking.id, on=on, key=new_key())

            def switched(one: Interaction, on: bool = on) -> bool:
                return shown(one) is on

            await self.becomes(backend, rig, talking.id, switched, f"being switched {'on' if on else 'off'}")

    @behaviour
    @proves(Capability.HOLD)
    async def test_hold_and_resume(self, rig: ContactCenterRig) -> None:
        """The customer is held, and comes back."""
        async with self.opened(rig, Capability.HOLD) as backend:
            await self._on_and_off(backend, rig, backend.hold, lambda one: one.held)

    @behaviour
    @proves(Capability.MUTE)
    async def test_mute_and_unmute(self, rig: ContactCenterRig) -> None:
        """The agent is muted, and heard again."""
        async with self.opened(rig, Capability.MUTE) as backend:
            await self._on_and_off(backend, rig, backend.mute, lambda one: one.muted)

    async def _recorded(self, backend: Any, rig: ContactCenterRig) -> Interaction:
        """A call that is being recorded."""
        talking = await self.talking(backend, rig)
        return await self.becomes(
            backend, rig, talking.id, lambda one: one.recording is Recording.ACTIVE, "being recorded"
        )

    @behaviour
    @proves(Capability.PAUSE_RECORDING)
    async def test_the_recording_is_paused_and_resumed(self, rig: ContactCenterRig) -> None:
        """A pause is shown with its moment, and nothing said meanwhile is recorded; asking twice is no harm."""
        async with self.opened(rig, Capability.PAUSE_RECORDING) as backend:
            recorded = await self._recorded(backend, rig)
            for on, wanted in ((True, Recording.PAUSED), (True, Recording.PAUSED), (False, Recording.ACTIVE)):
                await backend.pause_recording(recorded.id, on=on, key=new_key())

                def so(one: Interaction, wanted: Recording = wanted) -> bool:
                    return one.recording is wanted and one.recording_since is not None

                await self.becomes(backend, rig, recorded.id, so, f"the recording being {wanted.value}")
                assert await rig.records(recorded.id) is not on

    @behaviour
    @proves(Capability.PAUSE_RECORDING)
    async def test_a_pause_outlives_the_connection(self, rig: ContactCenterRig) -> None:
        """Whoever connects anew sees the recording paused: nothing resumes it but a resume."""
        async with self.opened(rig, Capability.PAUSE_RECORDING) as backend:
            recorded = await self._recorded(backend, rig)
            await backend.pause_recording(recorded.id, on=True, key=new_key())
        async with rig.opened() as anew:
            shown = await self.interaction(anew, recorded.id)
            assert shown is not None and shown.recording is Recording.PAUSED

    @behaviour
    @proves(Capability.DTMF)
    async def test_tones_are_heard(self, rig: ContactCenterRig) -> None:
        """Tones reach the far side in their order; what is no tone is refused."""
        async with self.opened(rig, Capability.DTMF) as backend:
            talking = await self.talking(backend, rig)
            assert isinstance(await error_of(lambda: backend.dtmf(talking.id, "x;y", key=new_key())), Rejected)
            await backend.dtmf(talking.id, "12#", key=new_key())

            async def heard() -> bool | None:
                return (await rig.tones(talking.id)).endswith("12#") or None

            await until(heard, rig.patience, "the tones")

    @behaviour
    @proves(Capability.WRAP_UP_EXTEND)
    async def test_more_time_for_the_wrap_up(self, rig: ContactCenterRig) -> None:
        """The deadline of a wrap-up moves on."""
        async with self.opened(rig, Capability.WRAP_UP_EXTEND) as backend:
            done = await self.wrapping_up(backend, rig)
            assert done.wrap_up_deadline is not None, "more time needs a deadline"
            more = await backend.extend_wrap_up(done.id, key=new_key())
            assert more.wrap_up_deadline > done.wrap_up_deadline

    @behaviour
    @proves(Capability.DIAL)
    async def test_a_customer_is_called(self, rig: ContactCenterRig) -> None:
        """Dialling makes one outbound interaction of the agent's under its key."""
        async with self.opened(rig, Capability.DIAL) as backend:
            await self.available(backend, rig)
            address, key = Address("phone", rig.reachable()), new_key()
            called = await backend.dial(address, queue=rig.queue, key=key)
            assert called.direction is Direction.OUTBOUND
            assert called.agent_id == (await self.me(backend)).id
            assert (await backend.dial(address, queue=rig.queue, key=key)).id == called.id

    async def _take_part(self, rig: ContactCenterRig, capability: Capability) -> None:
        async with self.overseeing(rig, capability) as backend:
            colleague = await rig.colleague_on_a_call()
            monitor = await backend.monitor(colleague, MODES[capability], why="to help", key=new_key())
            assert monitor
            await backend.end_monitor(monitor, key=new_key())
            await backend.end_monitor(monitor, key=new_key())  # over already, which is no failure

    @behaviour
    @proves(Capability.MONITOR)
    async def test_a_supervisor_listens(self, rig: ContactCenterRig) -> None:
        """A supervisor hears a colleague's call, and leaves it."""
        await self._take_part(rig, Capability.MONITOR)

    @behaviour
    @proves(Capability.WHISPER)
    async def test_a_supervisor_whispers(self, rig: ContactCenterRig) -> None:
        """A supervisor speaks to a colleague only, and leaves."""
        await self._take_part(rig, Capability.WHISPER)

    @behaviour
    @proves(Capability.BARGE)
    async def test_a_supervisor_barges_in(self, rig: ContactCenterRig) -> None:
        """A supervisor speaks to everybody, and leaves."""
        await self._take_part(rig, Capability.BARGE)
