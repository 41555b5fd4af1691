"""What a softphone has to keep."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from desktop.domain.entities.phone import CallState, PhoneCall, Registration
from desktop.domain.entities.words import Direction
from desktop.domain.state.events import Event, PhoneCallChanged, PhoneSnapshot
from desktop.ports.base import Capability, Kind
from desktop.ports.errors import BackendError, Conflict, NotFound, Rejected
from desktop.testing import fresh
from desktop.testing.contracts.base import Call, Change, error_of, until
from desktop.testing.contracts.resilience import ResilienceContract
from desktop.testing.contracts.stream import StreamContract
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves, shape
from desktop.testing.rigs import CALLER, VoiceRig

NOBODYS = "no-such-call"
_OVER = frozenset({CallState.ENDED})


class VoiceContract(StreamContract[VoiceRig], ResilienceContract[VoiceRig]):
    """Inherit from this, under a name that starts with `Test`, and bring a fixture `rig`."""

    kind = Kind.VOICE
    snapshot_event = PhoneSnapshot
    reads_ask = False

    async def reads(self, backend: Any, rig: VoiceRig) -> Mapping[str, Call]:
        return {"snapshot": backend.snapshot}

    async def changes(self, backend: Any, rig: VoiceRig) -> Mapping[str, Change]:
        return {}  # a phone does its part by itself

    def calls_of(self, backend: Any, capability: Capability) -> Sequence[Call]:
        key = new_key()
        calls: dict[Capability, Sequence[Call]] = {
            Capability.HOLD: [lambda: backend.hold(NOBODYS, on=True)],
            Capability.MUTE: [lambda: backend.mute(NOBODYS, on=True)],
            Capability.DTMF: [lambda: backend.dtmf(NOBODYS, "1", key=key)],
            Capability.DIAL: [lambda: backend.dial(CALLER, key=key)],
            Capability.TRANSFER: [lambda: backend.transfer(NOBODYS, CALLER)],
        }
        return calls[capability]

    async def stir(self, backend: Any, rig: VoiceRig) -> Callable[[Event], bool]:
        known = {one.id for one in (await self.shown(backend)).calls}
        await rig.ring()
        return lambda event: (
            isinstance(event, PhoneCallChanged) and event.call.state is CallState.RINGING and event.call.id not in known
        )

    async def shown(self, backend: Any) -> PhoneSnapshot:
        """What the phone shows now."""
        event = (await backend.snapshot()).event
        assert isinstance(event, PhoneSnapshot)
        return event

    async def call(
        self, backend: Any, rig: VoiceRig, state: CallState, known: frozenset[str] = frozenset()
    ) -> PhoneCall:
        """A call on the phone that is in a state, and is not a known one."""

        async def look() -> PhoneCall | None:
            calls = (await self.shown(backend)).calls
            return next((one for one in calls if one.state is state and one.id not in known), None)

        return await until(look, rig.patience, f"a call that is {state.value}")

    async def over(self, backend: Any, rig: VoiceRig, call_id: str) -> None:
        """Wait until a call is over: ended, or shown no more."""

        async def look() -> bool | None:
            live = {one.id for one in (await self.shown(backend)).calls if one.state not in _OVER}
            return call_id not in live or None

        await until(look, rig.patience, "the end of the call")

    async def ringing(self, backend: Any, rig: VoiceRig, number: str = CALLER) -> PhoneCall:
        """A call that rings here."""
        known = frozenset(one.id for one in (await self.shown(backend)).calls)
        await rig.ring(number)
        return await self.call(backend, rig, CallState.RINGING, known)

    async def talking(self, backend: Any, rig: VoiceRig) -> PhoneCall:
        """A call that was answered here."""
        call = await self.ringing(backend, rig)
        await backend.answer(call.id)
        return await self.call(backend, rig, CallState.ACTIVE)

    async def far_side(self, rig: VoiceRig, *, talks: bool) -> None:
        """Wait until the caller talks, or no longer does."""

        async def look() -> bool | None:
            return await rig.far_talks() is talks or None

        await until(look, rig.patience, "the caller talks" if talks else "the caller is gone")

    # -- shape

    @shape
    async def test_an_open_phone_can_be_reached(self, rig: VoiceRig) -> None:
        """After `open` the phone is registered, says as whom, and nothing is on it."""
        async with self.opened(rig) as backend:
            shown = await self.shown(backend)
        assert shown.registration.state is Registration.REGISTERED
        assert shown.registration.account
        assert [one for one in shown.calls if one.state not in _OVER] == []

    # -- behaviour

    @behaviour
    async def test_a_call_rings_and_is_answered(self, rig: VoiceRig) -> None:
        """A call shows who calls; answered, both sides talk; put down, it is over on both."""
        number = fresh.number()
        async with self.opened(rig) as backend:
            call = await self.ringing(backend, rig, number)
            assert number.lstrip("+") in call.number
            assert call.direction is Direction.INBOUND
            await backend.answer(call.id)
            active = await self.call(backend, rig, CallState.ACTIVE)
            assert active.id == call.id
            await self.far_side(rig, talks=True)
            await backend.hang_up(call.id)
            await self.over(backend, rig, call.id)
            await self.far_side(rig, talks=False)

    @behaviour
    async def test_a_call_is_sent_away(self, rig: VoiceRig) -> None:
        """A rejected call is over, and the caller never talked."""
        async with self.opened(rig) as backend:
            call = await self.ringing(backend, rig)
            await backend.reject(call.id)
            await self.over(backend, rig, call.id)
            await self.far_side(rig, talks=False)

    @behaviour
    @pytest.mark.parametrize("answered", [True, False])
    async def test_a_caller_who_goes_is_gone(self, rig: VoiceRig, answered: bool) -> None:
        """The far side hangs up: the call is over here, and the stream says so."""
        async with (
            self.opened(rig) as backend,
            self.watching(rig, backend, await self.position(backend)) as watch,
        ):
            call = await (self.talking if answered else self.ringing)(backend, rig)
            await rig.far_hangs_up()
            await self.over(backend, rig, call.id)
            found = await self.told(
                watch,
                lambda event: (
                    isinstance(event, PhoneCallChanged)
                    and (event.call.id, event.call.state) == (call.id, CallState.ENDED)
                ),
                rig,
            )
            assert isinstance(found.event, PhoneCallChanged)
            assert found.event.call.ended is not None

    @behaviour
    @proves(Capability.HOLD)
    async def test_a_call_is_held(self, rig: VoiceRig) -> None:
        """Hold and resume, and asking again for what is already so is no error."""
        async with self.opened(rig, Capability.HOLD) as backend:
            call = await self.talking(backend, rig)
            for on, state in ((True, CallState.HELD), (True, CallState.HELD), (False, CallState.ACTIVE)):
                await backend.hold(call.id, on=on)
                await self.call(backend, rig, state)

    @behaviour
    @proves(Capability.MUTE)
    async def test_a_call_is_muted(self, rig: VoiceRig) -> None:
        """Mute and unmute are shown."""
        async with self.opened(rig, Capability.MUTE) as backend:
            call = await self.talking(backend, rig)
            for on in (True, False):
                await backend.mute(call.id, on=on)

                async def look(on: bool = on) -> bool | None:
                    return (
                        any(one.id == call.id and one.muted is on for one in (await self.shown(backend)).calls) or None
                    )

                await until(look, rig.patience, f"muted {on}")

    @behaviour
    @proves(Capability.DTMF)
    async def test_tones_are_heard(self, rig: VoiceRig) -> None:
        """Tones reach the caller in their order; what is no tone is refused."""
        async with self.opened(rig, Capability.DTMF) as backend:
            call = await self.talking(backend, rig)
            assert isinstance(await error_of(lambda: backend.dtmf(call.id, "x;y", key=new_key())), Rejected)
            await backend.dtmf(call.id, "12#", key=new_key())

            async def heard() -> bool | None:
                return (await rig.tones()).endswith("12#") or None

            await until(heard, rig.patience, "the tones")

    @behaviour
    @proves(Capability.DIAL)
    async def test_a_number_is_dialled(self, rig: VoiceRig) -> None:
        """Dialling makes a call with the id it answers; what cannot be dialled is refused."""
        async with self.opened(rig, Capability.DIAL) as backend:
            assert isinstance(await error_of(lambda: backend.dial("", key=new_key())), Rejected)
            call_id = await backend.dial(rig.reachable(), key=new_key())
            (made,) = [one for one in (await self.shown(backend)).calls if one.id == call_id]
            assert made.direction is Direction.OUTBOUND
            await backend.hang_up(call_id)
            await self.over(backend, rig, call_id)

    # -- honesty

    @honesty
    async def test_a_call_that_is_not_there(self, rig: VoiceRig) -> None:
        """Answering or sending away a call nobody knows is NotFound; putting it down is no error."""
        async with self.opened(rig) as backend:
            for call in (backend.answer, backend.reject):
                error = await error_of(partial(call, NOBODYS))
                assert isinstance(error, (NotFound, Conflict)), repr(error)
            try:
                await backend.hang_up(NOBODYS)
            except BackendError as error:
                assert isinstance(error, NotFound), repr(error)

    @honesty
    @proves(Capability.DTMF)
    async def test_tones_are_sent_once(self, rig: VoiceRig) -> None:
        """The same key is one row of tones."""
        async with self.opened(rig, Capability.DTMF) as backend:
            call = await self.talking(backend, rig)
            key = new_key()
            for _ in range(2):
                await backend.dtmf(call.id, "4", key=key)
            await backend.dtmf(call.id, "#", key=new_key())

            async def heard() -> str | None:
                tones = await rig.tones()
                return tones if tones.endswith("#") else None

            assert await until(heard, rig.patience, "the tones") == "4#"

    @honesty
    @proves(Capability.DIAL)
    async def test_a_number_is_dialled_once(self, rig: VoiceRig) -> None:
        """The same key is one call."""
        async with self.opened(rig, Capability.DIAL) as backend:
            number, key = rig.reachable(), new_key()
            first = await backend.dial(number, key=key)
            assert await backend.dial(number, key=key) == first
            assert len([one for one in (await self.shown(backend)).calls if one.state not in _OVER]) == 1

    @behaviour
    @proves(Capability.TRANSFER)
    async def test_a_caller_is_handed_over(self, rig: VoiceRig) -> None:
        """After a transfer our call is over."""
        async with self.opened(rig, Capability.TRANSFER) as backend:
            call = await self.talking(backend, rig)
            await backend.transfer(call.id, rig.reachable())
            await self.over(backend, rig, call.id)
