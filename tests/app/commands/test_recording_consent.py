"""A customer who has refused to be recorded: paused once, said, and never resumed without a word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from desktop.app.background import Background
from desktop.app.commands.agent_commands import AgentCommands
from desktop.app.commands.recording_consent import RecordingPolicy
from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.event_feed import EventFeed
from desktop.app.store import Store
from desktop.domain.entities.customer import Consent, Match
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Phase, PopAnswer, Recording, RecordingConsent, Verb
from desktop.domain.state.events import Change
from desktop.domain.state.own_events import CapabilitiesKnown, PopChanged
from desktop.ports.base import Capability
from desktop.ports.errors import Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, customer, interaction, make_asking, spin, told

TALKING: dict[str, Any] = {"phase": Phase.ACTIVE, "recording": Recording.ACTIVE}


class Desk:
    """One call on a fake contact centre, and the policy under test."""

    def __init__(self, policy: RecordingConsent = RecordingConsent.PAUSE, *, able: bool = True) -> None:
        self.time = VirtualTime()
        self.store = Store(self.time.timing.clock)
        self.server = FakeContactCenter(self.time.timing)
        backend_calls = make_asking(self.time, self.store)
        self.feed = EventFeed("contact_center", self.server, self.store, backend_calls)
        self.commands = AgentCommands(
            CommandRunner(self.store, backend_calls, self.server, lambda _: self.feed.refresh()), {}
        )
        self.background = Background()
        RecordingPolicy(self.store, self.commands, self.background.spawn, policy)
        offered = self.server.capabilities - (frozenset() if able else {Capability.PAUSE_RECORDING})
        self.store.publish(CapabilitiesKnown(frozenset(one.value for one in offered)), "contact_center")

    async def call(self, **changes: Any) -> None:
        """The call is so now, as the server tells."""
        known = self.server.interactions.get("i1", interaction(1))
        self.server.happen(replace(known, **changes), Change.UPDATED)
        await self.feed.refresh()
        await spin()

    async def linked(self, *, granted: bool | None) -> None:
        """The CRM says who it is, and what they said of being recorded."""
        who = customer(1, name="Priya Natarajan", consents=(Consent("recording", granted),))
        self.store.publish(
            PopChanged("i1", ScreenPop(PopAnswer.ONE, 0.0, (Match(who, "phone", ""),), "c1", "only match"))
        )
        await spin()

    @property
    def recording(self) -> Recording:
        return self.store.drain().interactions["i1"].recording

    @property
    def asked(self) -> list[bool]:
        """What the server was asked, pause (True) or resume, in order."""
        return [call[1][1] for call in self.server.script.calls if call[0] == "pause_recording"]


@pytest.fixture
async def d() -> AsyncIterator[Desk]:
    made = Desk()
    yield made
    await made.background.cancel()


@pytest.mark.parametrize("pop_first", [True, False], ids=["known before", "known during the call"])
async def test_a_refusal_pauses_the_recording_once_and_says_so(d: Desk, pop_first: bool) -> None:
    await d.call()
    if pop_first:
        await d.linked(granted=False)
    await d.call(**TALKING)
    await d.linked(granted=False)
    assert d.recording is Recording.PAUSED
    assert d.asked == [True]
    assert told(d.store) == ["Recording paused: Priya Natarajan has refused to be recorded."]


async def test_an_agent_who_resumes_it_is_not_contradicted(d: Desk) -> None:
    await d.linked(granted=False)
    await d.call(**TALKING)
    assert (await d.commands.do(Verb.RESUME_RECORDING, "i1")).ok
    await spin()
    await d.call(muted=True)
    assert d.recording is Recording.ACTIVE
    assert d.asked == [True, False]
    assert not any("not by you" in text for text in told(d.store))


async def test_a_pause_that_somebody_else_ends_is_told(d: Desk) -> None:
    await d.call(**TALKING)
    await d.linked(granted=True)
    assert (await d.commands.do(Verb.PAUSE_RECORDING, "i1")).ok
    await d.call(recording=Recording.ACTIVE)
    assert told(d.store) == ["Recording again, and not by you: Priya Natarajan."]
    assert d.asked == [True]


async def test_a_pause_that_ends_with_the_recording_is_told(d: Desk) -> None:
    await d.call(phase=Phase.ACTIVE, recording=Recording.PAUSED)
    await d.call(recording=Recording.NONE)
    assert told(d.store) == ["The recording that was paused has ended: the customer."]


@pytest.mark.parametrize("granted", [True, None])
async def test_without_a_refusal_nothing_is_paused(d: Desk, granted: bool | None) -> None:
    await d.linked(granted=granted)
    await d.call(**TALKING)
    assert d.asked == [] and d.recording is Recording.ACTIVE


async def test_a_pause_that_fails_is_told_and_not_tried_for_ever(d: Desk) -> None:
    d.server.script.always("pause_recording", Unavailable("down"))
    await d.linked(granted=False)
    await d.call(**TALKING)
    await d.call(muted=True)
    assert d.asked == [True]
    (text,) = told(d.store)
    assert text.startswith("Priya Natarajan has refused to be recorded. The recording was not paused.")


@pytest.mark.parametrize(
    "made",
    [
        lambda: Desk(RecordingConsent.WARN),
        lambda: Desk(RecordingConsent.IGNORE),
        lambda: Desk(able=False),
    ],
    ids=["warn", "ignore", "the contact centre cannot"],
)
async def test_nothing_is_paused_where_the_profile_or_the_contact_centre_does_not(made: Any) -> None:
    d = made()
    await d.linked(granted=False)
    await d.call(**TALKING)
    assert d.asked == []
    await d.background.cancel()


async def test_pausing_what_is_not_recorded_is_refused_and_pausing_twice_is_no_harm(d: Desk) -> None:
    await d.call(phase=Phase.ACTIVE, recording=Recording.NONE)
    refused = await d.commands.do(Verb.PAUSE_RECORDING, "i1")
    assert not refused.ok and in_words(refused.text).startswith("The recording was not paused.")
    await d.call(recording=Recording.PAUSED)
    assert (await d.commands.do(Verb.PAUSE_RECORDING, "i1")).error == "ignored"
    assert d.asked == []
