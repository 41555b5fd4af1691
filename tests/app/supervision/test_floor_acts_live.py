"""A supervisor's acts over real sockets: two at once, a lost answer, a server that is gone, a principal who may not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.event_feed import EventFeed
from desktop.app.store import Store
from desktop.app.supervision.supervisor_commands import SupervisorCommands
from desktop.app.timing import Timing
from desktop.backends.mock.contact_center import MockContactCenter
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.words import Availability, Monitoring, Phase
from desktop.domain.select.floor_verbs import for_agent, for_interaction
from desktop.domain.state.own_events import CapabilitiesKnown
from desktop.words.catalogue import in_words
from mock_backends.play.fleet import Fleet
from tests.mocks.conftest import FAST
from tests.mocks.harness import CONTROL, Harness


@pytest.fixture
def servers() -> Iterator[Harness]:
    with Harness(lambda: Fleet(["contact_center"], settings=FAST, control=CONTROL)) as harness:
        yield harness


class Person:
    """A supervisor's desk without a screen, following the stream."""

    def __init__(self, servers: Harness, who: str) -> None:
        self.store = Store()
        self.backend = MockContactCenter.create({"url": servers.urls["contact_center"], "token": servers.tokens[who]})
        backend_calls = BackendCalls(Timing(), lambda text: self.store.notice(text, "error"))
        self.feed = EventFeed("contact_center", self.backend, self.store, backend_calls, tells_time=True)
        self.acts = SupervisorCommands(
            CommandRunner(self.store, backend_calls, self.backend, lambda _: self.feed.refresh())
        )

    async def until(self, what: object) -> None:
        assert callable(what)
        async with asyncio.timeout(10):
            while not what():
                await asyncio.sleep(0.01)
                self.store.drain()


@asynccontextmanager
async def signed_in(servers: Harness, *who: str) -> AsyncIterator[list[Person]]:
    people = [Person(servers, one) for one in who]
    runs = []
    for person in people:
        offered = await person.backend.open()
        person.store.publish(CapabilitiesKnown(frozenset(one.value for one in offered)), "contact_center")
        runs.append(asyncio.ensure_future(person.feed.run()))
    try:
        for person in people:
            await person.feed.connected_once.wait()
            person.store.drain()
        yield people
    finally:
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        for person in people:
            await person.backend.close()


async def test_of_two_supervisors_at_once_one_wins_and_the_other_reads_it_in_words(servers: Harness) -> None:
    call = servers.active("maya")
    async with signed_in(servers, "sam", "ines") as (sam, ines):
        results = await asyncio.gather(sam.acts.take_over(call, "they ask for me"), ines.acts.take_over(call, "mine"))
        assert sorted(result.ok for result in results) == [False, True]
        lost = next(result for result in results if not result.ok)
        winner = "Sam Rivera" if results[0].ok else "Ines"
        assert lost.error == "Conflict"
        assert in_words(lost.text).startswith("The conversation was not taken over.") and winner in in_words(lost.text)
        assert "Nothing was changed." in in_words(lost.text) and "Look before you press again" in in_words(lost.text)
        mine = sam if results[0].ok else ines
        await mine.until(lambda: any(one.phase is Phase.ACTIVE for one in mine.store.state.interactions.values()))


async def test_a_lost_answer_is_looked_up_and_a_press_again_does_it_once(servers: Harness) -> None:
    servers.active("maya")
    waits = servers.step("call", sender="+442079460142", queue="Billing")["interaction_id"]
    async with signed_in(servers, "sam") as (sam,):
        servers.faults({"effect": "apply_then_fail", "match": "POST /v1/floor/*", "times": 1})
        result = await sam.acts.set_priority(waits, 50, "a promise")
        assert result.ok and "answered late, but it was done" in in_words(result.text)
        servers.faults({"effect": "apply_then_fail", "match": "POST /v1/agents/*", "times": 1})
        result = await sam.acts.message("maya", "Well done.")
        assert result.ok, "her line stands in the snapshot"
        servers.faults({"effect": "apply_then_fail", "match": "POST /v1/floor/monitors", "times": 1})
        unknown = await sam.acts.monitor("maya", Monitoring.LISTEN, "new")
        assert (unknown.ok, unknown.error) == (False, "OutcomeUnknown")
        assert (await sam.acts.monitor("maya", Monitoring.LISTEN, "new")).ok
        audit = await sam.acts.audit()
        assert audit.value is not None
        assert [one.verb for one in audit.value] == ["listen", "message", "priority"], "each once"


async def test_a_server_that_is_gone_is_said_in_words(servers: Harness) -> None:
    call = servers.active("maya")
    async with signed_in(servers, "sam") as (sam,):
        servers.faults({"effect": "refuse"})
        result = await sam.acts.take_over(call, "x")
        assert result.error in ("Unavailable", "OutcomeUnknown") and not result.ok
        assert "press" in in_words(result.text).lower() or "F10" in in_words(result.text)
        looked = await sam.acts.waiting("Billing")
        assert (looked.ok, looked.value, looked.error) == (False, None, "Unavailable")
        servers.faults()
        assert (await sam.acts.take_over(call, "x")).ok, "under the same key, so it is done once"


async def test_whom_one_hears_follows_the_call(servers: Harness) -> None:
    call = servers.active("maya")
    async with signed_in(servers, "sam") as (sam,):
        await sam.until(lambda: sam.store.state.agents["maya"].work)
        for mode in (Monitoring.LISTEN, Monitoring.WHISPER, Monitoring.BARGE):
            assert (await sam.acts.monitor("maya", mode, "her first week")).ok
            assert sam.acts.monitoring is not None and sam.acts.monitoring.mode is mode
        on_offer = for_agent(sam.store.state.agents["maya"], sam.acts.standing)
        assert on_offer[:3] == (FloorVerb.LISTEN, FloorVerb.WHISPER, FloorVerb.END_MONITOR)
        servers.do(call, "end")
        await sam.until(lambda: sam.acts.monitoring is None)


async def test_what_is_on_offer_is_the_servers_word(servers: Harness) -> None:
    call = servers.active("maya")
    async with signed_in(servers, "sam", "maya") as (sam, maya):
        looked = await sam.acts.interaction(call)
        assert looked.value is not None
        assert FloorVerb.TAKE_OVER in for_interaction(looked.value, sam.acts.standing)
        assert for_interaction(looked.value, maya.acts.standing) == ()
        refused = await maya.acts.take_over(call, "mine")
        assert not refused.ok and refused.error == "Unsupported"
        assert not (await maya.acts.audit()).ok


async def test_a_written_contact_is_read_along_and_taken_over(servers: Harness) -> None:
    chat = servers.active("maya", channel="chat")
    async with signed_in(servers, "sam") as (sam,):
        assert servers.do(chat, "messages", {"text": "I am looking into it."}).status_code == 200
        looked = await sam.acts.interaction(chat)
        assert looked.value is not None
        assert ("agent", "I am looking into it.") in [(one.author, one.text) for one in looked.value.messages]
        assert (await sam.acts.message("maya", "Offer them 20 %.")).ok
        assert (await sam.acts.take_over(chat, "they ask for me")).ok


async def test_hostile_words_go_there_and_back(servers: Harness) -> None:
    why = "[bold]\x1b[2J\u202e=HYPERLINK(1)"
    async with signed_in(servers, "sam") as (sam,):
        assert (await sam.acts.set_agent_availability("maya", Availability.NOT_READY, "meeting", why)).ok
        audit = await sam.acts.audit()
        assert audit.value is not None and audit.value[0].why == why
        late = await sam.acts.set_agent_availability("maya", Availability.NOT_READY, "no such reason", why)
        assert late.error == "Rejected" and "\x1b" not in in_words(late.text)
