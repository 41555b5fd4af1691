"""What a contact centre has to keep. More of it: `call.py`, `leg.py` for further parties."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.model import Address, Interaction, OutgoingFile, Reply
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.events import AgentChanged
from desktop.ports.base import Capability
from desktop.ports.errors import BackendError, Conflict, NotFound, OutcomeUnknown, Rejected, Unavailable, Unsupported
from desktop.testing import fresh
from desktop.testing.contracts.base import LONGEST, Call, Change, error_of, until
from desktop.testing.contracts.contact_center.call import MODES, NOBODYS, CallContract
from desktop.testing.contracts.contact_center.history import HistoryContract
from desktop.testing.contracts.contact_center.parking import ParkingContract
from desktop.testing.contracts.contact_center.quality import QualityContract
from desktop.testing.contracts.contact_center.supervision import SupervisionContract
from desktop.testing.contracts.contact_center.supervision_calls import supervision_calls
from desktop.testing.contracts.contact_center.thread import ThreadContract
from desktop.testing.contracts.contact_center.work import ended
from desktop.testing.contracts.resilience import MOST_REQUESTS
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves, resilience, shape
from desktop.testing.rig import Fault, absent, does_not_apply
from desktop.testing.rigs import CALLER, ContactCenterRig


@dataclass(frozen=True)
class Act:
    """Something that is done on a contact under a key, and whether the contact shows it; None is one that is gone."""

    name: str
    make: Callable[[str], Awaitable[object]]
    done: Callable[[Interaction | None], bool]


def _is(field: str, wanted: bool) -> Callable[[Interaction | None], bool]:
    return lambda one: one is not None and getattr(one, field) is wanted


class ContactCenterContract(
    CallContract, ThreadContract, ParkingContract, SupervisionContract, HistoryContract, QualityContract
):
    """Inherit from this, under a name that starts with `Test`, and bring a fixture `rig`."""

    async def reads(self, backend: Any, rig: ContactCenterRig) -> Mapping[str, Call]:
        return {"snapshot": backend.snapshot}

    async def changes(self, backend: Any, rig: ContactCenterRig) -> Mapping[str, Change]:
        def available(key: str) -> Awaitable[object]:
            answer: Awaitable[object] = backend.set_availability(
                Availability.AVAILABLE, reason="", after_current=False, key=key
            )
            return answer

        return {"set_availability": Change(available)}

    def calls_of(self, backend: Any, capability: Capability) -> Sequence[Call]:
        who, key = NOBODYS, new_key()
        address = Address("phone", CALLER)
        calls: dict[Capability, Sequence[Call]] = {
            Capability.HOLD: [lambda: backend.hold(who, on=True, key=key)],
            Capability.MUTE: [lambda: backend.mute(who, on=True, key=key)],
            Capability.DTMF: [lambda: backend.dtmf(who, "1", key=key)],
            Capability.PAUSE_RECORDING: [lambda: backend.pause_recording(who, on=True, key=key)],
            Capability.CONSULT: [
                lambda: backend.consult(who, f"tel:{CALLER}", key=key),
                lambda: backend.cancel_leg(who, "leg", key=key),
            ],
            Capability.SWAP: [lambda: backend.swap(who, "leg", key=key)],
            Capability.CONFERENCE: [lambda: backend.conference(who, "leg", key=key)],
            Capability.WARM_TRANSFER: [lambda: backend.complete_transfer(who, "leg", key=key)],
            Capability.BLIND_TRANSFER: [lambda: backend.blind_transfer(who, f"tel:{CALLER}", key=key)],
            Capability.ATTACHMENTS: [
                lambda: backend.send_reply(who, Reply("hello", files=(OutgoingFile("a", "a/a", b"a"),)), key=key),
                lambda: _read(backend, who),
            ],
            Capability.COPIES: [lambda: backend.send_reply(who, Reply("hello", "about", ("a@example.com",)), key=key)],
            Capability.READ: [lambda: backend.mark_read(who, "message", key=key)],
            Capability.TYPING: [lambda: backend.typing(who, on=True)],
            Capability.PARK: [lambda: backend.park(who, on=True, key=key)],
            Capability.PULL: [lambda: backend.pull(who, key=key)],
            Capability.WRAP_UP_EXTEND: [lambda: backend.extend_wrap_up(who, key=key)],
            Capability.HANDOVER: [lambda: backend.hand_over(who, note="", customer_id="", key=key)],
            Capability.NEXT_AVAILABILITY: [lambda: backend.cancel_next(key=key)],
            Capability.CALLBACK: [lambda: backend.callback(who, queue="q", address=address, at=4e9, note="", key=key)],
            Capability.DIAL: [lambda: backend.dial(address, queue="", key=key)],
            **{
                capability: [
                    partial(backend.monitor, who, mode, why="asked by the contract", key=key),
                    lambda: backend.end_monitor("no-such-monitor", key=key),
                ]
                for capability, mode in MODES.items()
            },
            **supervision_calls(backend, who, key),
        }
        return calls[capability]

    # -- shape

    @shape
    async def test_the_snapshot_shows_me(self, rig: ContactCenterRig) -> None:
        """The agent is among the agents, and no id is there twice."""
        async with self.opened(rig) as backend:
            shown = await self.snapshot(backend)
        assert shown.me in {one.id for one in shown.agents}
        for entities in (shown.interactions, shown.agents):
            assert len({one.id for one in entities}) == len(entities)
        assert len({one.name for one in shown.queues}) == len(shown.queues)

    @shape
    async def test_codes_have_names(self, rig: ContactCenterRig) -> None:
        """Every wrap-up code has an id of its own and a label for people."""
        async with self.opened(rig) as backend:
            codes = await backend.wrap_up_codes()
        assert len({one.id for one in codes}) == len(codes)
        assert all(one.id and one.label for one in codes)

    # -- behaviour: the agent

    @behaviour
    async def test_availability_is_set(self, rig: ContactCenterRig) -> None:
        """What the agent asked for is what the contact centre shows, with the reason."""
        async with self.opened(rig) as backend:
            await self.available(backend, rig)
            reasons = (await self.snapshot(backend)).reasons
            reason = reasons[0].id if reasons else "break"
            await backend.set_availability(Availability.NOT_READY, reason=reason, after_current=False, key=new_key())

            async def look() -> str | None:
                me = await self.me(backend)
                return me.reason if me.observed is Availability.NOT_READY else None

            assert await until(look, rig.patience, "being not ready") == reason

    @behaviour
    async def test_availability_is_told(self, rig: ContactCenterRig) -> None:
        """The stream says that the agent's availability changed."""
        async with self.opened(rig) as backend:
            me = await self.me(backend)
            async with self.watching(rig, backend, await self.position(backend)) as watch:
                await self.available(backend, rig)
                await self.told(
                    watch,
                    lambda event: (
                        isinstance(event, AgentChanged)
                        and event.agent.id == me.id
                        and event.agent.observed is Availability.AVAILABLE
                    ),
                    rig,
                )

    @behaviour
    @proves(Capability.NEXT_AVAILABILITY)
    async def test_the_next_availability_can_be_cancelled(self, rig: ContactCenterRig) -> None:
        """What was asked for after the current contact is shown, and can be forgotten again."""
        async with self.opened(rig, Capability.NEXT_AVAILABILITY) as backend:
            await self.talking(backend, rig)
            asked = await backend.set_availability(
                Availability.NOT_READY, reason="break", after_current=True, key=new_key()
            )
            assert asked.next is Availability.NOT_READY
            assert (await backend.cancel_next(key=new_key())).next is None

    # -- behaviour: offers

    @behaviour
    async def test_a_call_is_offered(self, rig: ContactCenterRig) -> None:
        """A contact is shown to the agent it is offered to, with where the customer is reached: a number in E.164."""
        async with self.opened(rig) as backend:
            offered = await self.ringing(backend, rig)
            assert offered.agent_id == (await self.me(backend)).id
            assert offered.customer.kind == rig.customer_kind
            assert offered.queue

    @behaviour
    async def test_an_accepted_call_is_connected(self, rig: ContactCenterRig) -> None:
        """Accepting ends the offer, and the customer is on the line."""
        async with self.opened(rig) as backend:
            talking = await self.talking(backend, rig)
            assert talking.customer_connected
            assert not talking.held

    @behaviour
    async def test_a_declined_offer_ends_as_declined(self, rig: ContactCenterRig) -> None:
        """Declining gives the call back, and the stream says why the offer ended."""
        async with self.opened(rig) as backend:
            offered = await self.ringing(backend, rig)
            async with self.watching(rig, backend, await self.position(backend)) as watch:
                await backend.decline(offered.id, reason="", key=new_key())
                await self.told(watch, ended(offered.id, "declined"), rig)

    @behaviour
    @pytest.mark.parametrize("why", ["abandoned", "missed", "rescinded"])
    async def test_an_offer_ends_for_its_own_reason(self, rig: ContactCenterRig, why: str) -> None:
        """The customer went, nobody answered, somebody else has it: three facts, told apart."""
        async with self.opened(rig) as backend:
            offered = await self.ringing(backend, rig)
            async with self.watching(rig, backend, await self.position(backend)) as watch:
                act = {"abandoned": rig.hang_up, "missed": rig.let_expire, "rescinded": rig.rescind}[why]
                await act(offered.id)
                await self.told(watch, ended(offered.id, why), rig)
            if why == "missed":
                assert (await self.me(backend)).observed is Availability.NOT_READY

    @behaviour
    async def test_an_offer_that_ended_cannot_be_accepted(self, rig: ContactCenterRig) -> None:
        """Too late is Conflict, or NotFound where nothing is left of it; the same for a call nobody knows."""
        async with self.opened(rig) as backend:
            offered = await self.ringing(backend, rig)
            await rig.hang_up(offered.id)

            async def gone() -> bool | None:
                one = await self.interaction(backend, offered.id)
                return True if one is None or one.phase is not Phase.OFFERED else None

            await until(gone, rig.patience, "the end of the offer")
            for who in (offered.id, NOBODYS):
                error = await error_of(partial(backend.accept, who, key=new_key()))
                assert isinstance(error, (Conflict, NotFound)), repr(error)

    def need_accepting(self, rig: ContactCenterRig) -> None:
        """The test needs a contact centre that accepts by itself."""
        if Capability.PHONE in rig.make().manifest.capabilities:
            does_not_apply("the agent's phone takes calls")

    @honesty
    @proves(Capability.PHONE)
    async def test_what_the_phone_takes_is_not_accepted_here(self, rig: ContactCenterRig) -> None:
        """Where the phone takes calls, accepting says so and leaves the offer as it is."""
        async with self.opened(rig, Capability.PHONE) as backend:
            offered = await self.ringing(backend, rig)
            error = await error_of(lambda: backend.accept(offered.id, key=new_key()))
            assert isinstance(error, Rejected), repr(error)
            still = await self.interaction(backend, offered.id)
            assert still is not None
            assert still.phase is Phase.OFFERED

    # -- honesty

    @honesty
    async def test_accepting_twice_is_accepting_once(self, rig: ContactCenterRig) -> None:
        """The same key again is no second accept and no error; from another instance neither."""
        self.need_accepting(rig)
        async with self.opened(rig) as backend:
            offered = await self.ringing(backend, rig)
            key = new_key()
            for _ in range(2):
                assert (await backend.accept(offered.id, key=key)).id == offered.id
            if rig.forgets_keys:
                absent(rig.forgets_keys)
            async with self.opened(rig) as restarted:
                assert (await restarted.accept(offered.id, key=key)).id == offered.id

    async def need_writing(self, backend: Any, rig: ContactCenterRig) -> None:
        """The test needs written channels.

        There are none where the rig makes none, the agent has room for calls and nothing else, and text is refused.
        """
        room = {channel for channel, most in (await self.me(backend)).capacity.items() if most}
        if type(rig).write is ContactCenterRig.write and room and room <= CALLS:
            error = await error_of(lambda: backend.send_message(NOBODYS, fresh.text("Hello?"), key=new_key()))
            assert isinstance(error, Unsupported), repr(error)
            does_not_apply("the agent takes calls only")

    @honesty
    async def test_a_line_is_sent_once(self, rig: ContactCenterRig) -> None:
        """The same key is one line in the thread."""
        async with self.opened(rig) as backend:
            await self.need_writing(backend, rig)
            contact = await self.writing(backend, rig)
            text, key = fresh.text("How can I help?"), new_key()
            for _ in range(2):
                await backend.send_message(contact.id, text, key=key)
            shown = await self.becomes(
                backend, rig, contact.id, lambda one: text in [line.text for line in one.messages], "the line"
            )
            assert [line.text for line in shown.messages].count(text) == 1

    @honesty
    @proves(Capability.CALLBACK)
    async def test_a_callback_is_planned_once(self, rig: ContactCenterRig) -> None:
        """The same key is one callback, from another instance too."""
        async with self.opened(rig, Capability.CALLBACK) as backend:
            before = await rig.callbacks()
            talking = await self.talking(backend, rig)
            envelope = await backend.snapshot()
            plan: dict[str, Any] = {
                "queue": rig.queue or talking.queue,
                "address": talking.customer,
                "at": envelope.at + 3600,
                "note": "after lunch",
                "key": new_key(),
            }
            planned = await backend.callback(talking.id, **plan)
            assert planned
            assert await backend.callback(talking.id, **plan) == planned
            if not rig.forgets_keys:
                async with self.opened(rig) as restarted:
                    assert await restarted.callback(talking.id, **plan) == planned
            assert await rig.callbacks() == before + 1
            if rig.forgets_keys:
                absent(rig.forgets_keys)

    # -- resilience

    @resilience
    async def test_an_accept_whose_answer_got_lost(self, rig: ContactCenterRig) -> None:
        """The answer was lost: nobody says it failed, and a look at the snapshot says how it stands."""
        self.need_accepting(rig)
        if rig.local:
            does_not_apply("who has a contact is decided on this machine")
        async with self.opened(rig) as backend:
            offered = await self.ringing(backend, rig)
            await rig.fault(Fault.ANSWER_LOST)
            error = await error_of(lambda: backend.accept(offered.id, key=new_key()))
            await rig.heal()
            assert isinstance(error, OutcomeUnknown), repr(error)
        async with self.opened(rig) as restarted:
            await self.becomes(restarted, rig, offered.id, lambda one: one.phase is not Phase.OFFERED, "the accept")

    @resilience
    async def test_no_act_whose_answer_got_lost_is_told_as_not_done(self, rig: ContactCenterRig) -> None:
        """What is done on a contact, from hold to wrap-up, loses its answer: OutcomeUnknown, every time."""
        if rig.connected:
            does_not_apply("of a lasting connection an act sees no more than that it is gone")
        if rig.local:
            does_not_apply("what is done on a contact is decided on this machine")
        async with self.opened(rig) as backend:
            talking = await self.talking(backend, rig)
            for act in await self._acts(backend, talking):
                await rig.fault(Fault.ANSWER_LOST)
                error: BackendError | None = await error_of(partial(act.make, new_key()), act.name)
                await rig.heal()
                if isinstance(error, Unavailable):
                    error = await self._after_look_ups(backend, rig, talking.id, act)
                told = f"{act.name}: no answer must be told as OutcomeUnknown, and was {error!r}"
                assert error is None or isinstance(error, OutcomeUnknown), told
                if not act.done(await self.interaction(backend, talking.id)):
                    with suppress(Conflict, NotFound):  # one of several requests was lost: the agent presses again
                        await act.make(new_key())

                async def seen(act: Act = act) -> bool | None:
                    return act.done(await self.interaction(backend, talking.id)) or None

                await until(seen, rig.patience, f"what {act.name} does")

    async def _after_look_ups(
        self, backend: Any, rig: ContactCenterRig, interaction_id: str, act: Act
    ) -> BackendError | None:
        """The error of the act itself, once the look-ups before it have their answers; None where nothing else was."""
        for number in range(1, MOST_REQUESTS + 1):
            await rig.lose_answer(number)
            try:
                async with asyncio.timeout(LONGEST):
                    await act.make(new_key())
            except Unavailable as error:
                await rig.heal()
                if act.done(await self.interaction(backend, interaction_id)):
                    return error
            except OutcomeUnknown as error:
                await rig.heal()
                return error
            else:
                break
        await rig.heal()
        return None

    async def _acts(self, backend: Any, talking: Interaction) -> Sequence[Act]:
        """What can be done on a contact, one after the other, until it is over."""
        who = talking.id
        codes = await self.codes_for(backend, talking)

        def hold(on: bool) -> Act:
            return Act("hold" if on else "resume", lambda key: backend.hold(who, on=on, key=key), _is("held", on))

        def mute(on: bool) -> Act:
            return Act("mute" if on else "unmute", lambda key: backend.mute(who, on=on, key=key), _is("muted", on))

        optional = {
            Capability.HOLD: [hold(True), hold(False)],
            Capability.MUTE: [mute(True), mute(False)],
            Capability.DTMF: [Act("dtmf", lambda key: backend.dtmf(who, "1", key=key), lambda one: one is not None)],
        }
        return [
            *(act for capability, acts in optional.items() if capability in self.offered for act in acts),
            Act("end", lambda key: backend.end(who, key=key), lambda one: one is None or one.phase is Phase.WRAP_UP),
            Act(
                "wrap_up",
                lambda key: backend.wrap_up(who, codes=codes, note_given=True, key=key),
                lambda one: one is None or one.phase is Phase.CLOSED,
            ),
        ]


async def _read(backend: Any, who: str) -> None:
    async for _ in backend.attachment(who, "message", "file"):
        return
