"""Acting on others' work: nothing without a reason, about exactly what was selected, once."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from textual.widgets import Static

from desktop.app.commands.command_result import CommandResult
from desktop.domain.entities.floor import AuditEntry, FloorVerb
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Availability, Channel, Monitoring, Phase
from desktop.domain.news.notices import shown as notice_shown
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.state.floor_events import FloorChanged
from desktop.domain.text.sentence import verbatim
from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.supervisor.panels.detail_panel import DetailPanel
from desktop.tui.words import wording
from desktop.words.catalogue import in_words
from tests.tui.desk import settle
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import RecordedCommands, floor_desk
from tests.tui.supervisor.floor_states import AGENTS, floor, waits
from tests.tui.supervisor.test_floor import SIZE, change, screen_of, screen_text, sees, until

MAYA = ["2", "down", "down"]
"""To the agents, and to Maya Okafor, who talks; the state is what they are sorted by."""
STATE = "set_agent_availability"
WHY = [*"why not", "enter"]
ACTS = [
    ([*MAYA, "l", *WHY], ("monitor", "a1", Monitoring.LISTEN, "why not")),
    ([*MAYA, "w", *WHY], ("monitor", "a1", Monitoring.WHISPER, "why not")),
    ([*MAYA, "b", *WHY], ("monitor", "a1", Monitoring.BARGE, "why not")),
    ([*MAYA, "t", *WHY], ("take_over", "w1", "why not")),
    ([*MAYA, "e", *"sara", "enter", *WHY], ("reassign", "w1", "a6", "why not")),
    ([*MAYA, "n", *"stay calm", "enter"], ("message", "a1", "stay calm")),
    ([*MAYA, "c", *"lunch", "enter", *WHY], (STATE, "a1", Availability.NOT_READY, "lunch", "why not")),
    ([*MAYA, "c", *"avail", "enter", *WHY], (STATE, "a1", Availability.AVAILABLE, "", "why not")),
    ([*MAYA, "c", *"offl", "enter", *WHY], (STATE, "a1", Availability.OFFLINE, "", "why not")),
    (["4", "m", *"sales", "enter", *WHY], ("move", "i1", "Sales", "why not")),
    (["4", "down", "down", "p", *"250", "enter", *WHY], ("set_priority", "i3", 250, "why not")),
    (["4", "p", "enter", *WHY], ("set_priority", "i1", 100, "why not")),
    (["4", "down", "u", *WHY], ("withdraw", "i2", "why not")),
    (["1", "m", "down", "enter", *"chat", "enter", *WHY], ("move", "i2", "Chat", "why not")),
    (["2", "N", *"everyone", "enter", *"drill at 3", "enter"], ("broadcast", ["a3", "a2", "a1"], "drill at 3")),
    (["3", "h", *"coming", "enter"], ("answer_help", "h1", "coming", False)),
    (["3", "h", "down", "down", "down", "enter"], ("answer_help", "h1", "", True)),
    (["3", "down", "k", "enter"], ("acknowledge", "low service level|Billing", "")),
    (["3", "down", "k", *"on it", "enter"], ("acknowledge", "low service level|Billing", "on it")),
]  # fmt: skip

TWICE = {"take_over": "t", "reassign": "e", "withdraw": "u", "broadcast": "N"}
"""What cannot be taken back is done by one more press of its key."""


def typed(keys: list[str]) -> list[str]:
    return ["space" if key == " " else key for key in keys]


@pytest.mark.parametrize(("keys", "call"), ACTS, ids=[str(call[:2]) for _, call in ACTS])
async def test_an_act_is_done_as_answered_and_once_however_often_enter_is_pressed(
    keys: list[str], call: tuple[Any, ...]
) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await pilot.press(*typed(keys)[:-1])
        if call[0] in TWICE:
            await settle(pilot, ["enter"])
            assert session.calls == []
            await sees(pilot, f"{TWICE[call[0]]} again: ")
            await pilot.press(TWICE[call[0]])
        await pilot.press("enter", "enter", "enter")
        await until(pilot, lambda: session.calls and session.store.drain().notices)
        await settle(pilot)
        assert session.calls == [call]
        assert not screen_of(app).dialog.is_open


HOME = ["3", "home", "4", "home", "2", "home", "1", "home"]
"""To the first row of every list."""


def has_called(session: Any, times: int) -> bool:
    return len(session.calls) == times


class FailsFirst(RecordedCommands):
    """Refuses the first act, and says nothing of those it does."""

    def __getattribute__(self, name: str) -> Any:
        if name not in {call[0] for _, call in ACTS}:
            return super().__getattribute__(name)

        async def act(*args: Any) -> CommandResult:
            self._session.calls.append((name, *args))
            refused = len(self._session.calls) == 1
            return CommandResult(False, verbatim("It was refused."), "Rejected") if refused else CommandResult(True)

        return act


@pytest.mark.parametrize(("keys", "call"), ACTS, ids=[str(call[:2]) for _, call in ACTS])
async def test_what_was_refused_is_told_no_more_once_it_is_done(keys: list[str], call: tuple[Any, ...]) -> None:
    app, session = floor_desk(floor())
    session.supervisor.acts = FailsFirst(session)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        for done in (1, 2):
            await pilot.press(*HOME, *typed(keys), *([TWICE[call[0]]] if call[0] in TWICE else []))
            await until(pilot, partial(has_called, session, done))
            await settle(pilot)
            state = session.store.drain()
            seen = notice_shown(state, NOW)
            assert (seen is not None and in_words(seen.text) == "It was refused.") == (done == 1)


async def test_what_was_refused_of_one_agent_is_still_told_when_another_act_is_done() -> None:
    app, session = floor_desk(floor())
    session.supervisor.acts = FailsFirst(session)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, typed([*MAYA, "n", *"stay calm", "enter"]))
        await settle(pilot, typed(["down", "n", *"stay calm", "enter"]))
        assert len(session.calls) == 2
        assert session.calls[0][1] != session.calls[1][1]
        seen = notice_shown(session.store.drain(), NOW)
        assert seen is not None
        assert in_words(seen.text) == "It was refused."


@pytest.mark.parametrize(("keys", "call"), ACTS[::4], ids=[str(call[:2]) for _, call in ACTS[::4]])
async def test_esc_leaves_everything_as_it_was(keys: list[str], call: tuple[Any, ...]) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await pilot.press(*typed(keys)[:-1], "escape")
        await settle(pilot, ["enter", "enter"])
        assert not screen_of(app).dialog.is_open
        assert session.calls == []


def test_every_verb_is_tried() -> None:
    tried = {call[0] for _, call in ACTS}
    assert tried == {
        *("monitor", "take_over", "reassign", "move", "set_priority", "withdraw", "set_agent_availability", "message"),
        *("answer_help", "acknowledge", "broadcast"),
    }
    assert len(FloorVerb) == len(tried) + 2 + 1, "whisper and barge are modes; listening is ended without a question"


NUMBER = Address("phone", "+442079460142")


@pytest.mark.parametrize(
    ("name", "customer", "shown"),
    [
        ("", NUMBER, "+44 20 7946 0142"),
        ("", Address("phone", "", withheld=True), "Number withheld"),
        ("Ruth O'Brien", NUMBER, "Ruth O'Brien"),
        ("", None, "customer in Billing"),
    ],
)
async def test_a_contact_in_hand_is_asked_about_by_name_or_number(
    name: str, customer: Address | None, shown: str
) -> None:
    call = replace(AGENTS["a1"].work[0], customer_name=name, customer=customer)
    state = floor()
    state = replace(state, agents={**state.agents, "a1": replace(AGENTS["a1"], work=(call,))})
    app, _ = floor_desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MAYA, "t"])
        await sees(pilot, f"☎ {shown} · Billing · talking 03:41 · Maya Okafor")
        await settle(pilot, typed(WHY))
        await sees(pilot, f"t again: take {shown} over from Maya Okafor")
        if customer is not None:
            await settle(pilot, ["escape", "2"])
            await sees(pilot, f"☎ Billing · {shown}")


async def test_the_audit_names_customers_as_they_were_called_then() -> None:
    app, session = floor_desk(floor())
    act = AuditEntry("e9", NOW - 30, "sam", "Sam Rivera", "withdraw", "int-550c", "dup", "done", "", "+447400121042")
    session.supervisor.acts.entries = (act, replace(act, id="e8", subject_name="Ruth O'Brien"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["A"])
        text = await sees(pilot, "withdrew  +44 7400 121042", "withdrew  Ruth O'Brien")
        assert "int-550c" not in text


async def test_no_reason_no_act() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MAYA, "l", "enter", "space", "enter"])
        assert screen_of(app).dialog.is_open
        assert session.calls == []
        await sees(pilot, "Choose or type an answer.")


async def test_reasons_given_before_are_offered_and_none_is_taken_by_itself() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, typed([*MAYA, "l", *"new here", "enter"]))
        await settle(pilot, ["w"])
        await sees(pilot, "new here")
        await settle(pilot, ["enter"])
        await sees(pilot, "Choose or type an answer.")
        assert session.calls[-1] == ("monitor", "a1", Monitoring.LISTEN, "new here")
        await settle(pilot, ["down", "enter"])
        assert session.calls[-1] == ("monitor", "a1", Monitoring.WHISPER, "new here")


async def test_an_answer_to_a_request_for_help_is_written_or_moved_to() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["3", "h", "enter"])
        assert session.calls == []


@pytest.mark.parametrize("between", ["down", "escape", "1", "l", "enter"])
async def test_a_customer_is_not_taken_away_when_anything_comes_between(between: str) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, typed([*MAYA, "t", *WHY]))
        await sees(pilot, "t again: take Priya", "over from Maya Okafor")
        await settle(pilot, [between])
        await settle(pilot, ["t"])
        assert not [call for call in session.calls if call[0] == "take_over"]


async def test_the_letter_after_the_second_press_is_a_verb_again() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, typed([*MAYA, "t", *WHY]))
        await settle(pilot, ["t", "A"])
        await until(pilot, lambda: session.calls)
        await sees(pilot, "Audit log")


async def test_a_customer_who_left_meanwhile_is_not_taken() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, typed([*MAYA, "t", *WHY]))
        await sees(pilot, "t again: ")
        await change(session, pilot, FloorChanged(agents=(replace(AGENTS["a1"], version=2, work=()),)))
        assert app.presses.armed is None
        await settle(pilot, ["t"])
        assert session.calls == []


async def test_it_concerns_who_was_selected_however_the_rows_move() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MAYA, "l"])
        await sees(pilot, "Maya Okafor · talking")
        gone = {one.id: replace(one, version=2, work=()) for one in AGENTS.values()}
        gone["a1"] = replace(AGENTS["a1"], version=2, name="Maya O.")
        await change(session, pilot, FloorChanged(agents=tuple(gone.values())))
        app._second()
        await settle(pilot, typed(WHY))
        await until(pilot, lambda: session.calls)
        assert session.calls == [("monitor", "a1", Monitoring.LISTEN, "why not")]


async def test_who_is_listened_to_is_always_in_sight() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, typed([*MAYA, "l", *WHY]))
        await sees(pilot, "◉ Listening to Maya Okafor", "x to leave")
        for key in ("1", "3", "4"):
            await settle(pilot, [key])
            await sees(pilot, "◉ Listening to Maya Okafor")
        await settle(pilot, ["v"])
        assert app.screen is app.desk_screen
        await sees(pilot, "◉ Listening to Maya Okafor", "alt+v to the floor")
        await settle(pilot, ["v", "x"])
        await until(pilot, lambda: session.calls[-1] == ("end_monitor",))
        await until(pilot, lambda: screen_of(app).heard is None)
        await settle(pilot, ["x"])
        assert [call[0] for call in session.calls] == ["monitor", "end_monitor"]


@pytest.mark.parametrize(
    ("verb", "effect"),
    [("l", "no one can hear you"), ("w", "the customer cannot hear you"), ("b", "both can hear you")],
)
@pytest.mark.parametrize("name", ["Maya Okafor", "Conceição da Silva Albuquerque de Vasconcelos"])
async def test_who_hears_me_and_the_way_out_are_in_sight_on_the_narrowest_screen(
    verb: str, effect: str, name: str
) -> None:
    state = floor()
    app, _ = floor_desk(replace(state, agents={**state.agents, "a1": replace(AGENTS["a1"], name=name)}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, typed([*MAYA, verb, *WHY]))
        await until(pilot, lambda: screen_of(app).heard)
        text = " ".join((await sees(pilot, "to leave")).replace("▌", " ").split())
        assert f"{effect} x to leave" in text
        assert name[:20] in text


async def test_ones_own_call_is_in_sight_on_the_floor_with_the_way_to_it() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        mine = waits(9, "Götz Bauer", 50, phase=Phase.ACTIVE, phase_since=NOW - 11, agent_id="sam")
        await change(session, pilot, InteractionChanged(Change.CONNECTED, mine))
        await sees(pilot, "☎ Your contact: Götz Bauer · talking 00:11", "alt+v to your desk")
        await settle(pilot, ["2"])
        await sees(pilot, "Your contact: Götz Bauer")
        await settle(pilot, ["v"])
        assert app.screen is app.desk_screen
        await settle(pilot, ["v"])
        over = replace(mine, version=2, phase=Phase.CLOSED)
        await change(session, pilot, InteractionChanged(Change.CLOSED, over))
        await until(pilot, lambda: "Your contact" not in screen_text(app.screen))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["1", "l"], "Select an agent on a call"),
        (["2", "end", "l"], "Select an agent on a call"),
        (["1", "h"], "Select a help request"),
        (["2", "k"], "Select an unacknowledged alert"),
        (["3", "end", "up", "k"], "Select an unacknowledged alert"),  # one that somebody deals with
        (["1", "down", "m"], "Select a waiting or ringing contact"),
        (["x"], "not listening"),
    ],
)
async def test_a_verb_without_an_object_says_what_it_needs(keys: list[str], words: str) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys)
        await until(pilot, lambda: any(words in in_words(notice.text) for notice in session.store.drain().notices[-1:]))
        assert not screen_of(app).dialog.is_open
        assert session.calls == []


async def test_an_offer_shines_through_every_dialog() -> None:
    from tests.tui.supervisor.floor_states import offered_on_floor

    app, session = floor_desk(floor())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["2", "c"])
        session.store.state = offered_on_floor()
        app.request_frame()
        await sees(pilot, "Incoming call", "F2", "accept", "Change the agent's state")
        await settle(pilot, ["l", "u"])  # letters go into the field
        assert screen_of(app).dialog.is_open
        await settle(pilot, ["f3"])
        assert [call[0] for call in session.calls] == ["commands.do"]
        assert screen_of(app).query_one(AgentPanel).agent == "a2"


TWO = (waits(21, "J. Ortega", 48, channel=Channel.CHAT), waits(22, "J. Ortega", 3, channel=Channel.CHAT))


async def test_no_verb_falls_on_the_neighbour_of_a_row_that_is_gone() -> None:
    app, session = floor_desk(floor())
    acts = session.supervisor.acts
    acts.waits = TWO
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await settle(pilot, ["4"])
        assert screen_of(app).query_one(DetailPanel).contact is not None
        acts.waits = TWO[1:]
        agents = (replace(AGENTS["a6"], version=2, work=(replace(AGENTS["a1"].work[0], interaction_id="i21"),)),)
        await change(session, pilot, FloorChanged(agents=agents))
        app.door._floor.done()
        await until(pilot, lambda: screen_of(app).query_one(DetailPanel).gone)
        await settle(pilot, ["u"])
        assert not screen_of(app).dialog.is_open
        await until(pilot, lambda: bool(session.store.drain().notices))
        told = in_words(session.store.drain().notices[-1].text)
        assert "J. Ortega is with Sara Brandt now. No one is selected" in told
        await settle(pilot, ["down", "u"])
        assert screen_of(app).dialog.is_open
        await settle(pilot, typed(WHY))
        await settle(pilot, ["u"])
        await until(pilot, lambda: session.calls)
        assert session.calls == [("withdraw", "i22", "why not")]


async def test_two_customers_of_one_name_are_told_apart_before_one_is_withdrawn() -> None:
    app, session = floor_desk(floor())
    session.supervisor.acts.waits = TWO
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await settle(pilot, typed(["4", "u", *WHY]))
        since = wording.clock(TWO[0].phase_since)
        await sees(pilot, f"u again: withdraw J. Ortega (chat, waiting since {since}) from Billing")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["4", "m", *"chat", "enter"], "Priya Rao · Billing · waiting 02:10 → Chat"),
        ([*MAYA, "c", *"lunch", "enter"], "talking 03:41 · Billing → Not ready · Lunch"),
        ([*MAYA, "e", *"sara", "enter"], "Maya Okafor → Sara Brandt"),
    ],
)
async def test_the_box_that_asks_why_repeats_what_was_chosen(keys: list[str], words: str) -> None:
    app, _ = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await settle(pilot, keys)
        assert words in screen_of(app).query_one("#act-whom", Static).render().plain
        await sees(pilot, words.rpartition(" ")[2])


async def test_the_guide_ticks_listening_only_where_somebody_can_be_heard() -> None:
    app, _ = floor_desk(floor(), guide=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["1", "l"])
        await sees(pilot, "○ listen")
        await settle(pilot, ["down", *MAYA, "l"])
        await sees(pilot, "✓ listen")
