"""A written contact is read along on the floor; while it is read, verbs are about it and whoever has it."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Message
from desktop.domain.entities.words import Channel
from desktop.domain.state.events import AgentChanged
from desktop.words.catalogue import in_words
from tests.tui.desk import settle
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import FloorSession, floor_desk
from tests.tui.supervisor.floor_states import CHAT, floor, work
from tests.tui.supervisor.test_floor import SIZE, change, screen_of, screen_text, sees, until
from tests.tui.supervisor.test_floor_verbs import MAYA, WHY, typed

MEI = ["2", "down", "down", "down"]
"""To Mei Tanaka, who writes with two customers."""
ANOTHER = replace(CHAT, id="w6", customer_name="R. Bose", messages=())


def reading() -> tuple[Any, FloorSession]:
    app, session = floor_desk(floor())
    session.supervisor.acts.contacts = {one.id: one for one in (CHAT, ANOTHER)}
    return app, session


@pytest.mark.parametrize("keys", [[*MEI, "L", "enter"], [*MEI, "space", "L", "enter"], [*MEI, "4", "L"]])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_written_contact_is_read_with_who_wrote_what_and_when(keys: list[str], size: tuple[int, int]) -> None:
    app, session = reading()
    async with app.run_test(size=size) as pilot:
        await settle(pilot, keys)
        text = await sees(pilot, "❝ Q. Adams · Chat · in contact 05:10 · Mei Tanaka", "It was promised for Friday.")
        for said in ("13:58 Q. Adams", "14:00 Mei Tanaka", "14:01 Mei Tanaka  ✕ not delivered", "Q. Adams joined."):
            assert said in text
        await settle(pilot, ["escape"])
        assert "I am looking into it." not in screen_text(app.screen)
        assert screen_of(app).place == ("detail" if "4" in keys else "agents")
        assert session.calls == []


async def test_what_is_written_meanwhile_is_shown() -> None:
    app, session = reading()
    now = NOW
    app.door._clock = lambda: now
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, [*MEI, "L", "down", "enter"])
        await sees(pilot, "R. Bose · Chat", "Nothing has been written yet.")
        more = tuple(Message(f"n{n}", NOW + n, "customer", f"line {n}") for n in range(40))
        session.supervisor.acts.contacts["w6"] = replace(ANOTHER, messages=more)
        now = NOW + 3
        app._second()
        await sees(pilot, "line 39")
        await settle(pilot, ["home"])
        session.supervisor.acts.contacts["w6"] = replace(ANOTHER, messages=(*more, Message("n", NOW, "agent", "end")))
        now = NOW + 6
        app._second()
        await until(pilot, lambda: screen_of(app).looked().thread.at == now)
        await sees(pilot, "line 0")
        del session.supervisor.acts.contacts["w6"]
        now = NOW + 9
        app._second()
        await sees(pilot, "The contact could not be loaded.", "line 0")


async def test_the_agent_is_coached_and_the_contact_taken_over_from_where_it_is_read() -> None:
    app, session = reading()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MEI, "L", "enter"])
        await sees(pilot, "Where is my refund?", "n message", "t take over")
        await settle(pilot, typed(["n", *"offer 20 %", "enter"]))
        await until(pilot, lambda: session.calls)
        assert session.calls == [("message", "a5", "offer 20 %")]
        await sees(pilot, "Where is my refund?")
        await settle(pilot, ["space"])
        await sees(pilot, "❝ Q. Adams · Chat · in contact", "press twice")
        await settle(pilot, typed(["t", *WHY]))
        await sees(pilot, "t again: take Q. Adams over from Mei Tanaka")
        await settle(pilot, ["t"])
        await until(pilot, lambda: len(session.calls) > 1)
        assert session.calls[1:] == [("take_over", "w5", "why not")]


@pytest.mark.parametrize("channel", [Channel.CHAT, Channel.EMAIL, Channel.SMS])
async def test_whatever_is_written_is_read_and_never_listened_to(channel: Channel) -> None:
    state = floor()
    written = replace(state.agents["a5"], work=(work(5, "Q. Adams", 310, channel=channel, queue="Chat"),))
    app, session = floor_desk(replace(state, agents={**state.agents, "a5": written}))
    session.supervisor.acts.contacts = {CHAT.id: replace(CHAT, channel=channel)}
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, [*MEI, "l"])
        assert in_words(session.store.drain().notices[-1].text) == (
            "This is no call but a written contact: L reads it along."
        )
        await settle(pilot, ["L"])
        await sees(pilot, f"{TRAITS[channel].sign} Q. Adams · Chat · in contact 05:10 · Mei Tanaka", "n message")
        await settle(pilot, ["escape", "space"])
        listed = await sees(pilot, "only the agent reads it", "read along", "take over")
        assert "listen" not in listed and "whisper" not in listed and "talking" not in listed.split("Mei Tanaka", 1)[1]


async def test_what_was_taken_over_is_not_offered_to_be_taken_over() -> None:
    app, session = reading()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MEI, "L", "enter"])
        await sees(pilot, "t take over  esc close")
        mei, sam = (session.store.state.agents[one] for one in ("a5", "sam"))
        mine = replace(sam, version=2, work=mei.work[:1])
        await change(session, pilot, AgentChanged(replace(mei, version=2, work=mei.work[1:])), AgentChanged(mine))
        await until(pilot, lambda: "take over  esc close" not in screen_text(app.screen))
        assert "❝ Q. Adams · Chat · in contact 05:10 · Sam Rivera" in screen_text(app.screen)


async def test_a_call_is_not_read() -> None:
    app, session = reading()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MAYA, "L"])
        assert not screen_of(app).thread.is_open
        assert "Select a written contact" in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["space"])
        await sees(pilot, "take over")
        assert "read along" not in screen_text(app.screen)


async def test_who_may_not_look_at_others_work_cannot_read_it() -> None:
    state = floor()
    app, _ = floor_desk(replace(state, capabilities={**state.capabilities, "contact_center": frozenset({"monitor"})}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MEI, "L"])
        assert not screen_of(app).dialog.is_open
        assert not screen_of(app).thread.is_open


async def test_turning_to_another_pane_ends_the_reading() -> None:
    app, _ = reading()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MEI, "4", "L"])
        await sees(pilot, "Where is my refund?")
        await settle(pilot, ["1"])
        assert not screen_of(app).thread.is_open
        assert screen_of(app).place == "queues"
