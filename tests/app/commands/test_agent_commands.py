"""Agent commands: once, in time, and in words."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from desktop.app.commands.agent_commands import AgentCommands
from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.event_feed import EventFeed
from desktop.app.connections.failures import explain
from desktop.app.store import Store
from desktop.domain.entities.words import Availability, Health, Phase, Verb
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.events import Change
from desktop.domain.state.own_events import CapabilitiesKnown, DraftSaved, HealthChanged
from desktop.domain.text.sentence import NOTHING, verbatim
from desktop.ports import errors
from desktop.ports.errors import BackendError, Conflict, OutcomeUnknown, RateLimited, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, FakePresence, VirtualTime, interaction, make_asking, spin, told


class Desk:
    def __init__(self) -> None:
        self.time = VirtualTime()
        self.store = Store(self.time.timing.clock)
        self.server = FakeContactCenter(self.time.timing)
        self.presence = FakePresence()
        backend_calls = make_asking(self.time, self.store)
        self.feed = EventFeed("contact_center", self.server, self.store, backend_calls)
        self.commands = AgentCommands(
            CommandRunner(self.store, backend_calls, self.server, lambda _: self.feed.refresh()),
            {"presence": self.presence},
        )
        self.store.publish(
            CapabilitiesKnown(frozenset(each.value for each in self.server.capabilities)), "contact_center"
        )
        self.script = self.server.script

    async def with_(self, **changes: Any) -> "Desk":
        self.server.happen(interaction(1, **changes), Change.OFFERED)
        await self.feed.refresh()
        self.store.drain()
        return self


async def desk(**changes: Any) -> Desk:
    return await Desk().with_(**changes)


async def test_pressing_twice_is_one_call_and_shows_as_pending() -> None:
    d = await desk()
    first = asyncio.ensure_future(d.commands.do(Verb.ACCEPT, "i1"))
    second = asyncio.ensure_future(d.commands.do(Verb.ACCEPT, "i1"))
    await asyncio.sleep(0)
    assert d.store.drain().pending["i1"] == {"accept"}
    assert (await first).ok
    assert (await second).error == "ignored"
    assert d.script.count("accept") == 1
    assert "i1" not in d.store.drain().pending
    assert d.store.state.interactions["i1"].phase is Phase.ACTIVE  # the answer shows without waiting for the stream


async def test_a_hung_accept_is_looked_up_and_its_late_answer_ignored() -> None:
    d = await desk()
    release = asyncio.Event()

    async def late() -> Any:
        await release.wait()
        return interaction(1, version=99, phase=Phase.ACTIVE)

    d.script.then("accept", late)
    asked = asyncio.ensure_future(d.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(4.9)
    assert not asked.done()
    await d.time.advance(0.2)
    result = await asked
    assert (result.ok, result.error) == (False, "OutcomeUnknown")
    assert "offered" in in_words(result.text)
    assert "Press again" in in_words(result.text)
    assert d.script.count("snapshot") == 2
    release.set()
    await spin()
    assert d.store.drain().interactions["i1"].phase is Phase.OFFERED


async def test_a_hung_accept_that_was_done_says_so() -> None:
    d = await desk()

    async def done_but_silent() -> Any:
        d.server.happen(replace(d.server.interactions["i1"], phase=Phase.ACTIVE))
        await asyncio.get_running_loop().create_future()

    d.script.then("accept", done_but_silent)
    asked = asyncio.ensure_future(d.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(5.1)
    result = await asked
    assert result.ok
    assert "active" in in_words(result.text)


async def test_when_nothing_can_be_seen_nothing_is_claimed() -> None:
    d = await desk()
    d.script.always("snapshot", "hang")
    d.script.then("accept", "hang")
    asked = asyncio.ensure_future(d.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(10.1)
    result = await asked
    assert (result.ok, result.error) == (False, "OutcomeUnknown")
    assert "not known" in in_words(result.text)


async def test_the_same_press_again_carries_the_same_key_until_it_is_answered() -> None:
    d = await desk(phase=Phase.ACTIVE)
    d.script.then("hold", Unavailable("down"))
    assert not (await d.commands.do(Verb.HOLD, "i1")).ok
    assert (await d.commands.do(Verb.HOLD, "i1")).ok
    assert (await d.commands.do(Verb.RESUME, "i1")).ok
    assert (await d.commands.do(Verb.HOLD, "i1")).ok
    keys = d.script.keys("hold")
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


async def test_the_loser_of_an_offer_is_told_within_a_second_and_sees_the_world() -> None:
    d = await desk()
    d.server.interactions["i1"] = replace(d.server.interactions["i1"], version=2, agent_id="agent-2")
    d.server.log.append(d.server.log[-1])
    d.script.always("snapshot", lambda: d.time.sleep(0.5))
    asked = asyncio.ensure_future(d.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(1.0)
    result = await asked
    assert (result.ok, result.error) == (False, "Conflict")
    assert "i1" not in d.store.drain().interactions


async def test_a_verb_that_is_not_on_offer_is_not_sent() -> None:
    d = await desk(phase=Phase.WRAP_UP)
    assert (await d.commands.do(Verb.HOLD, "i1")).error == "Conflict"
    assert (await d.commands.do(Verb.ACCEPT, "gone")).error == "NotFound"
    assert d.script.calls == [("snapshot", (), {})]


async def test_a_press_too_many_of_what_is_already_so_is_no_failure() -> None:
    d = await desk()
    assert (await d.commands.do(Verb.ACCEPT, "i1")).ok
    again = await d.commands.do(Verb.ACCEPT, "i1")
    assert (again.error, again.text) == ("ignored", NOTHING)
    assert d.script.count("accept") == 1


async def test_tones_go_out_in_order_even_twice_the_same() -> None:
    d = await desk(phase=Phase.ACTIVE)
    d.script.then("dtmf", lambda: d.time.sleep(1.0))
    asked = [asyncio.ensure_future(d.commands.do(Verb.DTMF, "i1", digits=digit)) for digit in "1123"]
    await d.time.advance(2)
    assert all(result.ok for result in await asyncio.gather(*asked))
    assert [call[1][1] for call in d.script.calls if call[0] == "dtmf"] == list("1123")
    assert len(set(d.script.keys("dtmf"))) == 4


async def test_missing_arguments_are_refused_here() -> None:
    d = await desk(phase=Phase.ACTIVE)
    assert (await d.commands.do(Verb.CONSULT, "i1")).error == "Rejected"
    assert (await d.commands.do(Verb.CALLBACK, "i1", at="soon")).error == "Rejected"
    assert (await d.commands.do(Verb.CALLBACK, "i1", at="1800000000", note="please")).ok
    assert d.script.count("consult") == 0


async def test_the_newest_availability_wins() -> None:
    d = await desk()
    d.script.then("set_availability", lambda: d.time.sleep(2.0))
    first = asyncio.ensure_future(d.commands.set_availability(Availability.NOT_READY, reason="lunch"))
    await spin()
    twin = asyncio.ensure_future(d.commands.set_availability(Availability.NOT_READY, reason="lunch"))
    second = asyncio.ensure_future(d.commands.set_availability(Availability.OFFLINE))
    third = asyncio.ensure_future(d.commands.set_availability(Availability.AVAILABLE))
    await d.time.advance(3)
    assert [(await each).error for each in (first, twin, second, third)] == ["", "ignored", "ignored", ""]
    assert d.store.drain().agents["agent-1"].observed is Availability.AVAILABLE
    assert d.script.count("set_availability") == 2


async def test_after_sleep_available_needs_proof() -> None:
    d = await desk()
    d.commands.own_state.must_prove = True
    d.script.then("snapshot", Unavailable("no network yet"))
    refused = await d.commands.set_availability(Availability.AVAILABLE)
    assert (refused.ok, refused.error) == (False, "Unavailable")
    assert d.script.count("set_availability") == 0
    assert (await d.commands.set_availability(Availability.AVAILABLE)).ok


async def test_a_bug_in_the_plugin_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    d = await desk()
    d.script.then("accept", ZeroDivisionError("x"))
    result = await d.commands.do(Verb.ACCEPT, "i1")
    assert result.error == "BackendBug"
    assert any("plug-in failed" in text for text in told(d.store))
    assert "ZeroDivisionError" in caplog.text
    d.script.then("accept", lambda: asyncio.sleep(0, "nonsense"))
    assert (await d.commands.do(Verb.ACCEPT, "i1")).error == "ProtocolError"
    d.script.then("accept", lambda: asyncio.sleep(0, interaction(2)))
    assert (await d.commands.do(Verb.ACCEPT, "i1")).error == "ProtocolError"
    d.script.then("accept", SystemExit(3))
    assert (await d.commands.do(Verb.ACCEPT, "i1")).error == "BackendBug"
    assert (await d.commands.do(Verb.ACCEPT, "i1")).ok


async def test_chat_is_shown_and_recorded() -> None:
    d = await desk()
    asked: list[tuple[str, str]] = []
    d.commands.asked.append(lambda person, about: asked.append((person, about)))
    assert (await d.commands.chat("p1", "Do you know this one?")).ok
    assert [line.text for line in d.store.drain().chats["p1"]] == ["Do you know this one?"]
    assert asked == [("p1", "")]


CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, BackendError)]


@pytest.mark.parametrize(
    "error", [each for each in CLASSES if each is not BackendError], ids=lambda each: each.__name__
)
def test_every_error_says_what_was_not_done_and_what_to_press(error: type[BackendError]) -> None:
    made = RateLimited("busy", 3.2) if error is RateLimited else error("no\x1b[2J\nway", "secret detail")
    failure = explain(made, verbatim("The call was not accepted."), source="contact_center")
    assert in_words(failure.not_done).startswith("The call was not accepted. The contact centre ")
    assert not failure.safe
    assert failure.press
    assert "\n" not in in_words(failure.text)
    assert "secret detail" not in in_words(failure.text)


async def test_a_note_is_said_to_be_safe_only_where_it_is_at_stake_and_on_disk() -> None:
    d = await desk(phase=Phase.ACTIVE)

    async def refused(verb: Verb, **arguments: str) -> str:
        d.script.then(verb.value, Conflict("Not now."))
        return in_words((await d.commands.do(verb, "i1", **arguments)).text)

    assert "safe" not in await refused(Verb.END)  # nothing was written
    d.store.publish(DraftSaved("i1", DraftView("she was charged twice", (), 1, None)))
    assert "safe" not in await refused(Verb.END)
    d.store.publish(DraftSaved("i1", DraftView("she was charged twice", (), 1, 5.0)))
    assert "Your note is safe here." in await refused(Verb.END)
    assert "safe" not in await refused(Verb.HOLD)
    d.script.then("set_availability", Unavailable("gone"))
    assert "safe" not in in_words((await d.commands.set_availability(Availability.AVAILABLE)).text)


async def test_what_became_of_an_unanswered_request_is_said_to_be_unknown() -> None:
    d = await desk()
    d.script.then("set_availability", OutcomeUnknown("No answer."))
    said = in_words((await d.commands.set_availability(Availability.AVAILABLE)).text)
    assert said.startswith("It is not known whether your availability was changed.")
    d.presence.script.then("chat", OutcomeUnknown("No answer."))
    assert in_words((await d.commands.chat("p1", "hello")).text).startswith(
        "It is not known whether the message was sent."
    )


def test_a_plugins_own_sub_class_has_words_too() -> None:
    class Odd(Conflict):
        pass

    assert "Look before you press again" in in_words(explain(Odd("x"), verbatim("No."), source="crm").text)
    assert "an error in its plug-in" in in_words(explain(BackendError("x"), verbatim("No."), source="crm").text)
    assert issubclass(OutcomeUnknown, BackendError)


async def test_the_store_reduces_what_came_together_once() -> None:
    time_ = VirtualTime()
    store = Store(time_.timing.clock)
    heard: list[int] = []
    store.listeners.append(lambda old, new: heard.append(len(new.notices)))
    seen: list[str] = []
    store.taps.append(lambda envelope: seen.append(type(envelope.event).__name__))
    store.taps.append(lambda envelope: 1 / 0)
    store.notice(verbatim("one"))
    store.notice(verbatim("two"))
    assert (heard, seen) == ([], ["Noticed", "Noticed"])
    await spin(2)
    assert heard == [2]
    frames: list[int] = []
    store.on_pending = lambda: frames.append(1)
    store.publish(HealthChanged(Health.LIVE), "crm")
    store.publish(HealthChanged(Health.DOWN), "crm")
    await spin(2)
    assert (frames, heard) == ([1], [2])
    store.drain()
    assert len(heard) == 2
