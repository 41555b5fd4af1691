"""What a company directory has to keep."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import ChatReceived, Event, PresenceChanged, PresenceSnapshot
from desktop.ports.base import Capability, Kind
from desktop.ports.errors import NotFound, OutcomeUnknown, Rejected
from desktop.testing import fresh
from desktop.testing.contracts.base import Call, Change, error_of, until
from desktop.testing.contracts.resilience import ResilienceContract
from desktop.testing.contracts.stream import StreamContract
from desktop.testing.fresh import new_key
from desktop.testing.group import behaviour, honesty, proves, resilience, shape
from desktop.testing.rig import Fault, absent, does_not_apply
from desktop.testing.rigs import PresenceRig

MOVES = (PresenceState.BUSY, PresenceState.AWAY, PresenceState.DO_NOT_DISTURB, PresenceState.AVAILABLE)


class PresenceContract(StreamContract[PresenceRig], ResilienceContract[PresenceRig]):
    """Inherit from this, under a name that starts with `Test`, and bring a fixture `rig`."""

    kind = Kind.PRESENCE
    snapshot_event = PresenceSnapshot

    async def reads(self, backend: Any, rig: PresenceRig) -> Mapping[str, Call]:
        return {"people": backend.people, "snapshot": backend.snapshot}

    async def changes(self, backend: Any, rig: PresenceRig) -> Mapping[str, Change]:
        async def said(key: str) -> bool:
            return await rig.received(f"Are you there, {key}?") > 0

        async def shown(key: str) -> bool:
            return await rig.own_state() is PresenceState.BUSY

        found: dict[str, Change] = {}
        if Capability.CHAT in self.offered and rig.expert:
            found["chat"] = Change(lambda key: backend.chat(rig.expert, f"Are you there, {key}?", key=key), said)
        if Capability.SET_OWN in self.offered:
            found["set_own"] = Change(lambda key: backend.set_own(PresenceState.BUSY, activity="", key=key), shown)
        return found

    def calls_of(self, backend: Any, capability: Capability) -> Sequence[Call]:
        key = new_key()
        calls: dict[Capability, Sequence[Call]] = {
            Capability.SET_OWN: [lambda: backend.set_own(PresenceState.BUSY, activity="", key=key)],
            Capability.CHAT: [lambda: backend.chat("somebody", "x", key=key)],
        }
        return calls[capability]

    async def stir(self, backend: Any, rig: PresenceRig) -> Callable[[Event], bool]:
        before = await self.presence(backend, rig.expert)
        wanted = (
            PresenceState.AWAY if before is None or before.state is not PresenceState.AWAY else PresenceState.AVAILABLE
        )
        await backend.watch([rig.expert])
        await rig.move(wanted)
        return lambda event: (
            isinstance(event, PresenceChanged)
            and (event.presence.person_id, event.presence.state) == (rig.expert, wanted)
        )

    async def presence(self, backend: Any, person_id: str) -> Presence | None:
        """What the directory says of a person now."""
        event = (await backend.snapshot()).event
        assert isinstance(event, PresenceSnapshot)
        return next((one for one in event.presence if one.person_id == person_id), None)

    async def becomes(self, backend: Any, rig: PresenceRig, state: PresenceState) -> Presence:
        """The expert's presence, once it is `state`."""
        await backend.watch([rig.expert])

        async def look() -> Presence | None:
            found = await self.presence(backend, rig.expert)
            return found if found is not None and found.state is state else None

        return await until(look, rig.patience, f"being {state.value}")

    # -- shape

    @shape
    async def test_people_have_names(self, rig: PresenceRig) -> None:
        """Every entry has an id of its own, a name, and says which directory it is from."""
        async with self.opened(rig) as backend:
            people = await backend.people()
        assert people, "the rig's directory must not be empty"
        assert all(isinstance(one, Person) and one.id and one.name and one.source for one in people)
        assert len({one.id for one in people}) == len(people)

    @shape
    async def test_the_snapshot_fits_the_directory(self, rig: PresenceRig) -> None:
        """Presence is of people who are in the snapshot, one each, and says when it was observed and where."""
        async with self.opened(rig) as backend:
            envelope = await backend.snapshot()
        shown = envelope.event
        ids = {one.id for one in shown.people}
        assert rig.expert in ids
        assert {one.person_id for one in shown.presence} <= ids
        assert len({one.person_id for one in shown.presence}) == len(shown.presence)
        assert all(one.observed_at > 0 and one.source for one in shown.presence)

    # -- behaviour

    @behaviour
    async def test_a_person_is_found_by_name(self, rig: PresenceRig) -> None:
        """A part of the name finds the person; what nobody is called finds nobody."""
        async with self.opened(rig) as backend:
            expert = next(one for one in await backend.people() if one.id == rig.expert)
            word = expert.name.split()[-1]
            for asked in (word, word.lower(), word.upper()):
                assert rig.expert in {one.id for one in await backend.people(asked)}, asked
            assert len(await backend.people("qqxzzyqq")) == 0

    @behaviour
    async def test_a_person_is_found_by_skill(self, rig: PresenceRig) -> None:
        """A skill finds those who have it, and no others."""
        async with self.opened(rig) as backend:
            skills = {skill for one in await backend.people() for skill in one.skills}
            if not skills:
                does_not_apply("this directory knows no skills")
            skill = min(skills)
            found = await backend.people(skill=skill)
        assert found
        assert all(skill in one.skills for one in found)

    @behaviour
    @pytest.mark.parametrize("state", MOVES)
    async def test_presence_is_shown_in_our_words(self, rig: PresenceRig, state: PresenceState) -> None:
        """Each state is shown as itself: busy and do-not-disturb are never one. The native word is kept."""
        async with self.opened(rig) as backend:
            await rig.move(state)
            shown = await self.becomes(backend, rig, state)
            assert shown.native, "the native word is kept"

    @behaviour
    async def test_being_on_the_phone_is_shown(self, rig: PresenceRig) -> None:
        """A colleague in a call is shown as in a call."""
        async with self.opened(rig) as backend:
            await backend.watch([rig.expert])
            await rig.move(PresenceState.BUSY, in_call=True)

            async def look() -> bool | None:
                found = await self.presence(backend, rig.expert)
                return (found is not None and found.in_call) or None

            await until(look, rig.patience, "being in a call")

    @behaviour
    @proves(Capability.SET_OWN)
    async def test_own_presence_is_set(self, rig: PresenceRig) -> None:
        """What the agent sets is what colleagues see."""
        async with self.opened(rig, Capability.SET_OWN) as backend:
            for state in (PresenceState.BUSY, PresenceState.AVAILABLE):
                answered = await backend.set_own(state, activity="", key=new_key())
                assert answered.state is state

                async def seen(state: PresenceState = state) -> bool | None:
                    return await rig.own_state() is state or None

                await until(seen, rig.patience, f"colleagues see {state.value}")

    @behaviour
    @proves(Capability.CHAT)
    async def test_a_chat_goes_both_ways(self, rig: PresenceRig) -> None:
        """A line reaches the expert, and what the expert writes is told."""
        ours, theirs = fresh.text("Can you help?"), fresh.text("Of course.")
        async with self.opened(rig, Capability.CHAT) as backend:
            async with self.watching(rig, backend, await self.position(backend)) as watch:
                line = await backend.chat(rig.expert, ours, key=new_key())
                assert (line.person_id, line.text, line.mine) == (rig.expert, ours, True)

                async def arrived() -> bool | None:
                    return await rig.received(ours) == 1 or None

                await until(arrived, rig.patience, "the line at the expert's")
                await rig.expert_writes(theirs)
                found = await self.told(
                    watch, lambda event: isinstance(event, ChatReceived) and event.line.text == theirs, rig
                )
            assert isinstance(found.event, ChatReceived)
            assert (found.event.line.person_id, found.event.line.mine) == (rig.expert, False)

    @behaviour
    @proves(Capability.CHAT)
    async def test_nobody_is_written_to(self, rig: PresenceRig) -> None:
        """A line to somebody who is not in the directory is refused, and not lost in silence."""
        async with self.opened(rig, Capability.CHAT) as backend:
            error = await error_of(lambda: backend.chat("no-such-person", "Hello?", key=new_key()))
        assert isinstance(error, (NotFound, Rejected)), repr(error)

    # -- honesty

    @honesty
    @proves(Capability.CHAT)
    async def test_a_line_is_written_once(self, rig: PresenceRig) -> None:
        """The same key is one line: asked twice, and by another instance after a restart."""
        text, key = fresh.text("Once only."), new_key()
        async with self.opened(rig, Capability.CHAT) as backend:
            first = await backend.chat(rig.expert, text, key=key)
            assert (await backend.chat(rig.expert, text, key=key)).id == first.id
        if not rig.forgets_keys:
            async with self.opened(rig, Capability.CHAT) as restarted:
                assert (await restarted.chat(rig.expert, text, key=key)).id == first.id

        async def arrived() -> int | None:
            return await rig.received(text) or None

        await until(arrived, rig.patience, "the line at the expert's")
        await asyncio.sleep(0.1)  # a second one would come right behind
        assert await rig.received(text) == 1
        if rig.forgets_keys:
            absent(rig.forgets_keys)

    # -- resilience

    @resilience
    @proves(Capability.CHAT)
    async def test_a_line_whose_answer_got_lost(self, rig: PresenceRig) -> None:
        """The line went out and the answer was lost: OutcomeUnknown, and the same key again is no second line."""
        text, key = fresh.text("Lost?"), new_key()
        async with self.opened(rig, Capability.CHAT) as backend:
            await rig.fault(Fault.ANSWER_LOST)
            error = await error_of(lambda: backend.chat(rig.expert, text, key=key))
            await rig.heal()
            assert isinstance(error, OutcomeUnknown), repr(error)
        if rig.forgets_keys:
            absent(rig.forgets_keys)
        async with self.opened(rig, Capability.CHAT) as restarted:
            await restarted.chat(rig.expert, text, key=key)
        assert await rig.received(text) == 1
