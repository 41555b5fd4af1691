"""What cannot be undone: the first press names the victim, the second carries it out, anything else forgets it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual import events

from desktop.domain.entities.customer import Consent, Match
from desktop.domain.entities.phone import CallState
from desktop.domain.entities.words import Channel, LegPhase, Phase, Recording, Verb
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.available_verbs import COMMANDS
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.keys.two_presses import READING_SECONDS, SECONDS, Irrevocable, TwoPresses, named
from tests.tui.desk import RecordedSession, desk, settle, told
from tests.tui.states import NOW, PRIYA, active, call_of_nobody, chatting, consulting, offered, wrapping_up

SIZE = (120, 36)
END = Irrevocable("F8", ("f8", "x"), ("end", "i1"), "end the contact with Priya Natarajan")
OTHER = replace(END, victim=("end", "i2"))


class Screen:
    """Shows a prompt, and calls back when it is told."""

    def __init__(self) -> None:
        self.shown = ""
        self.room = True
        self.now = 100.0
        self.coming: list[tuple[float, Callable[[], object]]] = []
        self.presses = TwoPresses(
            self.show, lambda seconds, call: self.coming.append((seconds, call)), lambda: self.now
        )

    def press(self, act: Irrevocable, *, after: float = READING_SECONDS, waited: float = 0.0) -> bool:
        """A key of the act, so many seconds after the one before; what it armed is painted at once."""
        self.now += after
        self.presses.key(act.pressed[0], typed=False, waited=waited)
        carried_out = self.presses.press(act)
        self.presses.painted(act)
        return carried_out

    def show(self, act: Irrevocable | None, too_soon: bool = False) -> bool:
        self.shown = act.prompt(too_soon=too_soon) if act is not None and self.room else ""
        return bool(self.shown)


def test_the_second_press_carries_it_out_once() -> None:
    screen = Screen()
    assert not screen.press(END)
    assert screen.shown == "F8 again: end the contact with Priya Natarajan"
    assert screen.press(END)
    assert screen.shown == ""
    assert not screen.press(END), "a third press is a first one"


def test_a_key_that_bounces_or_is_held_down_is_one_press() -> None:
    screen = Screen()
    screen.press(END)
    for after in (0.02, 0.66, *[0.03] * 50):
        assert not screen.press(END, after=after)
        assert screen.presses.armed == END, "let go, it can still be pressed again"
        assert screen.shown == "Too soon. F8 again: end the contact with Priya Natarajan"
    assert screen.press(END)


def test_a_press_from_before_the_prompt_was_painted_does_not_count() -> None:
    screen = Screen()
    screen.presses.press(END)
    screen.now += 3
    screen.presses.key("f8", typed=False)
    assert not screen.presses.press(END), "nobody has seen what is asked"
    screen.presses.painted(END)
    assert not screen.press(END, after=3, waited=3), "it waited while the screen was busy"
    assert screen.press(END)
    assert not screen.press(END)
    assert not screen.shown.startswith("Too soon"), "it is asked anew"


@pytest.mark.parametrize("changed", [OTHER, replace(END, words="end Noor"), replace(END, key="x")])
def test_another_victim_or_other_words_are_another_act(changed: Irrevocable) -> None:
    screen = Screen()
    assert not screen.press(END)
    assert not screen.press(changed)
    assert screen.presses.armed == changed


@pytest.mark.parametrize(
    ("name", "typed"), [("f7", False), ("enter", False), ("", False), ("x", True), ("escape", False)]
)
def test_any_other_key_and_a_letter_that_is_typed_forget_it(name: str, typed: bool) -> None:
    screen = Screen()
    screen.presses.press(END)
    screen.presses.key(name, typed=typed)
    assert screen.presses.armed is None
    assert screen.shown == ""


def test_some_seconds_forget_it_and_not_what_was_armed_since() -> None:
    screen = Screen()
    screen.presses.press(END)
    ((seconds, first),) = screen.coming
    assert seconds == SECONDS
    screen.presses.press(OTHER)
    first()
    assert screen.presses.armed == OTHER
    screen.coming[1][1]()
    assert screen.presses.armed is None


def test_what_would_be_another_act_now_is_forgotten() -> None:
    screen, now = Screen(), [END]
    screen.presses.press(END, lambda: now[0])
    screen.presses.look()
    assert screen.presses.armed == END
    now[0] = OTHER
    screen.presses.look()
    assert screen.presses.armed is None


def test_nothing_is_armed_where_nobody_can_read_it() -> None:
    screen = Screen()
    screen.room = False
    assert not screen.press(END)
    assert not screen.press(END)


def test_nobody_is_no_victim() -> None:
    screen = Screen()
    screen.presses.press(END)
    assert not screen.presses.press(None)
    assert screen.presses.armed is None


def test_a_name_leaves_room_for_another() -> None:
    assert named("Priya Natarajan") == "Priya Natarajan"
    assert len(named("x" * 500)) == 32
    assert "\x1b" not in named("a\x1b[2Jb")
    assert named("  ") == "unknown"


def asked(session: RecordedSession) -> list[tuple[Any, ...]]:
    return [call[1:] for call in session.calls if call[0] == "commands.do"]


def prompt(app: Any) -> str:
    return str(app.desk_screen.query_one(Footer).render().plain)


def refused_and_paused() -> AppState:
    """A call whose customer has refused to be recorded; the recording is paused."""
    state = active()
    pop = state.pops["i1"]
    (match, *others) = pop.matches
    refused = replace(match.customer, consents=(Consent("recording", False, NOW),))
    matches = (replace(match, customer=refused), *others)
    contact = replace(state.interactions["i1"], recording=Recording.PAUSED)
    return replace(state, interactions={"i1": contact}, pops={"i1": replace(pop, matches=matches)})


def answered_call() -> AppState:
    """A colleague talks to me on the phone."""
    state = call_of_nobody()
    (call,) = state.phone_calls.values()
    return replace(state, phone_calls={call.id: replace(call, state=CallState.ACTIVE)})


NAMED = {
    "end": (active, ["f8"], "F8 again: end the contact with Priya Natarajan"),
    "end by its letter": (chatting, ["x"], "F8 again: end the contact with Priya Natarajan"),
    "end in a consult": (
        lambda: consulting(LegPhase.ACTIVE),
        ["f8"],
        "F8 again: end Ana Lindqvist, and also ends Priya Natarajan, who is on hold",
    ),
    "finder": (
        active,
        ["f6", "down", "up", "f7"],
        "F7 again: blind transfer of Priya Natarajan to Ana Lindqvist, without talking to them first",
    ),
    "queue": (
        active,
        ["f7", *"Sales", "enter"],
        "F7 again: blind transfer of Priya Natarajan to the queue Sales",
    ),
    "hand over": (
        lambda: consulting(LegPhase.ACTIVE),
        ["f7"],
        "F7 again: hand Priya Natarajan over to Ana Lindqvist and leave the call",
    ),
    "leave": (
        active,
        ["ctrl+o"],
        "ctrl+o again: leave. Priya Natarajan is still on the line; your words are saved.",
    ),
    "hang up": (answered_call, ["f3"], "F3 again: hang up on Tomás Herrera"),
}


@pytest.mark.parametrize(("start", "keys", "words"), NAMED.values(), ids=NAMED)
async def test_the_first_press_names_the_victim_and_does_nothing(start: Any, keys: list[str], words: str) -> None:
    app, session = desk(start())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys)
        assert words in prompt(app)
        assert [call for call in session.calls if call[0].startswith("commands.")] == []
        await settle(pilot, ["escape"])
        assert " again" not in prompt(app)


@pytest.mark.parametrize(
    "keys",
    [
        ["f8", "enter"],
        ["n", "f8", "enter"],
        ["n", "f8", "x", "f8"],
        ["f8", "escape", "f8"],
        ["f8", "f4", "f8"],
        ["f6", "down", "f7", "down", "f7"],
        ["f7", *"Sales", "enter", "enter"],
        ["f7", *"Sales", "enter", "up", "f7"],
        ["f6", "down", "f7", "o", "f7"],
    ],
    ids=" ".join,
)
async def test_enter_and_whatever_comes_between_do_nothing(keys: list[str]) -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys)
        assert [call for call in asked(session) if COMMANDS[call[0]].irrevocable] == []


@pytest.mark.parametrize(
    "keys",
    [
        ["f7", "f7", "f7"],
        ["f7", "enter", "f7"],
        ["f6", "f7", "f7"],
        ["f7", "S", "backspace", "f7", "f7"],
    ],
    ids=" ".join,
)
async def test_nobody_is_transferred_to_whom_the_agent_did_not_choose(keys: list[str]) -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys)
        assert asked(session) == []
        assert app.presses.armed is None
        assert "Choose whom to transfer to first" in told(app.desk_screen)


async def test_who_slid_under_the_cursor_was_not_chosen() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", "down"])
        gone = app.desk_screen.query_one(ExpertFinder).under_cursor
        assert gone is not None
        people = {key: one for key, one in session.store.state.people.items() if key != gone}
        session.store.state = replace(session.store.state, people=people)
        app.request_frame()
        await settle(pilot, ["f7", "f7"])
        assert asked(session) == []


async def test_a_refused_recording_is_resumed_at_the_second_press_only() -> None:
    state = refused_and_paused()
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["full_stop"])
        assert asked(session) == []
        assert "alt+. again: record Priya Natarajan, who has refused to be recorded" in prompt(app)
        await settle(pilot, ["full_stop"])
        assert asked(session) == [(Verb.RESUME_RECORDING, "i1")]


async def test_a_recording_that_nobody_refused_is_paused_and_resumed_by_one_press() -> None:
    for recording, verb in (
        (Recording.PAUSED, Verb.RESUME_RECORDING),
        (Recording.ACTIVE, Verb.PAUSE_RECORDING),
    ):
        state = refused_and_paused()
        contact = replace(state.interactions["i1"], recording=recording)
        if recording is Recording.PAUSED:
            state = replace(state, pops={})
        app, session = desk(replace(state, interactions={"i1": contact}))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot, ["full_stop"])
            assert asked(session) == [(verb, "i1")]


async def test_a_click_forgets_it() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f8"])
        app.post_message(events.MouseDown(None, 60, 20, 0, 0, 1, False, False, False))
        await settle(pilot, ["f8"])
        assert asked(session) == []


async def test_an_expert_who_joins_between_the_presses_makes_it_another_act() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f8"])
        session.store.state = consulting(LegPhase.ACTIVE)
        app.request_frame()
        await settle(pilot)
        assert app.presses.armed is None
        await settle(pilot, ["f8"])
        assert asked(session) == []


async def test_f8_pressed_again_and_again_ends_once() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f8", "f8", "f8"])
        assert asked(session) == [(Verb.END, "i1")]


BURSTS = {
    "end": (active, ["f8", "f8", "f8"]),
    "transfer": (active, ["f6", "down", "f7", "f7", "f7"]),
    "hand over": (lambda: consulting(LegPhase.ACTIVE), ["f7", "f7"]),
    "hang up": (answered_call, ["f3", "f3"]),
    "leave": (active, ["ctrl+o", "ctrl+o"]),
}


async def test_leaving_says_what_stays_open_in_writing_and_which_reply_is_not_sent() -> None:
    state = active()
    chat = replace(state.interactions["i1"], id="i2", channel=Channel.CHAT)
    state = replace(
        state,
        interactions={**state.interactions, "i2": chat},
        pops={**state.pops, "i2": state.pops["i1"]},
        drafts={"i2": DraftView("", (), 1, NOW, reply="Good morn")},
    )
    app, _ = desk(state)
    async with app.run_test(size=(200, 36)) as pilot:
        await settle(pilot, ["ctrl+o"])
        asked = prompt(app)
        assert "on the line" not in asked
        assert "The contacts with Priya Natarajan and 1 more stay open" in asked
        assert "the reply to Priya Natarajan is not sent" in asked


@pytest.mark.parametrize(("start", "keys"), BURSTS.values(), ids=BURSTS)
async def test_a_burst_of_one_key_is_one_press(start: Any, keys: list[str]) -> None:
    now = [0.0]
    app, session = desk(start(), monotonic=lambda: now[0])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys)
        assert "Too soon. " in prompt(app)
        assert " again: " in prompt(app)
        assert app.is_running
        assert [call for call in session.calls if call[0].startswith("commands.")] == []
        now[0] += 2 * READING_SECONDS
        await settle(pilot, keys[-1:])
        assert not app.is_running or [call for call in session.calls if call[0].startswith("commands.")]


async def test_nothing_is_ended_where_the_window_is_too_small_to_say_whom() -> None:
    app, session = desk(active())
    async with app.run_test(size=(40, 10)) as pilot:
        await settle(pilot, ["f8", "f8", "f8"])
        assert asked(session) == []


@pytest.mark.parametrize("start", [active, offered])
async def test_an_unlinked_customer_is_linked_again_by_the_same_key(start: Any) -> None:
    app, session = desk(start())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["u"])
        pops = session.store.state.pops["i1"]
        assert [call for call in session.calls if call[0].startswith("pops.")] == [("pops.unlink", "i1")]
        await settle(pilot)
        assert "u within 10 s links them again" in told(app.desk_screen)
        session.store.state = replace(session.store.state, pops={"i1": replace(pops, chosen=None, decided=True)})
        app.request_frame()
        await settle(pilot, ["u"])
        assert session.calls[-1] == ("pops.choose", "i1", "C-4471")
        await settle(pilot, ["u"])
        assert session.calls[-1] == ("pops.choose", "i1", "C-4471"), "once"


def linked_with_another_found() -> AppState:
    """Priya is linked; a search found somebody else."""
    state = active()
    pop = state.pops["i1"]
    smith = Match(replace(PRIYA, id="C-1", name="Robert Smith", addresses=()), "name", "name matches")
    return replace(state, pops={"i1": replace(pop, matches=(*pop.matches, smith))})


async def test_linking_somebody_else_says_so_and_the_undo_key_links_the_one_before() -> None:
    app, session = desk(linked_with_another_found())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk.customer.picked_customer(linked_with_another_found().pops["i1"].matches[1], only_shows=False)
        await settle(pilot)
        assert session.calls[-1] == ("pops.choose", "i1", "C-1")
        assert "Linked to Robert Smith instead of Priya Natarajan. alt+u within 10 s links Priya" in told(
            app.desk_screen
        )
        pop = session.store.state.pops["i1"]
        session.store.state = replace(session.store.state, pops={"i1": replace(pop, chosen="C-1", chosen_by="you")})
        app.request_frame()
        await settle(pilot)
        card = str(app.desk_screen.query_one(CustomerPane).render())
        assert "number not on file" in card, "the caller's number is not one of Robert Smith's"
        await settle(pilot, ["alt+u"])
        assert session.calls[-1] == ("pops.choose", "i1", PRIYA.id)


async def test_picking_who_is_linked_already_says_nothing() -> None:
    app, session = desk(linked_with_another_found())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk.customer.picked_customer(linked_with_another_found().pops["i1"].matches[0], only_shows=False)
        await settle(pilot)
        assert "Linked" not in prompt(app)
        await settle(pilot, ["u"])
        assert session.calls[-1] == ("pops.unlink", "i1")


def test_what_takes_a_customer_away_is_marked() -> None:
    marked = {verb for verb, command in COMMANDS.items() if command.irrevocable}
    assert marked == {Verb.END, Verb.BLIND_TRANSFER, Verb.COMPLETE_TRANSFER}
    assert Phase.ACTIVE in COMMANDS[Verb.END].phases


@pytest.mark.parametrize("start", [active, wrapping_up], ids=["in a call", "wrapping up"])
async def test_the_demo_promises_nothing_that_it_does_not_keep(start: Any) -> None:
    app, _ = desk(start(), throwaway=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["ctrl+o"])
        assert "leave the demo and Priya Natarajan; it keeps nothing" in prompt(app)
        assert app.desk_screen.query_one(Footer).size.height == 1
        said = app.last_words()
        assert said.startswith("Left: 1 ") and "none of it is kept" in said and "waiting" not in said


@pytest.mark.parametrize(
    ("state", "letter", "function_key", "prompt", "verb"),
    [
        (offered, "d", "f3", "F3 again: decline Priya Natarajan", Verb.DECLINE),
        (consulting, "e", "f6", "F6 again: drop Ana Lindqvist and go back to Priya Natarajan", Verb.CANCEL_LEG),
    ],
)
async def test_a_letter_asks_where_its_function_key_does_not(
    state: Callable[[], AppState], letter: str, function_key: str, prompt: str, verb: Verb
) -> None:
    app, session = desk(state())

    def done() -> list[Any]:
        return [call[1] for call in session.calls if call[0] == "commands.do"]

    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", letter])
        assert done() == [] and prompt in app.desk_screen.query_one(Footer).render().plain
        await settle(pilot, [letter])
        assert done() == [verb]
    app, session = desk(state())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [function_key])
        assert done() == [verb]
        assert app.presses.armed is None


@pytest.mark.parametrize(("key", "verb"), [("f2", Verb.ACCEPT), ("f3", Verb.DECLINE)])
async def test_a_second_press_reaches_nobody_who_took_the_row_meanwhile(key: str, verb: Verb) -> None:
    now, first = [100.0], offered()
    second = replace(first.interactions["i1"], id="i2")
    gone = InteractionChanged(Change.CLOSED, replace(first.interactions["i1"], phase=Phase.CLOSED, version=9))
    came = InteractionChanged(Change.OFFERED, second)
    app, session = desk(replace(first, pops={**first.pops, "i2": first.pops["i1"]}), monotonic=lambda: now[0])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [key])
        assert [call[:2] for call in asked(session)] == [(verb, "i1")]
        now[0] += 0.5
        session.store.publish(gone)
        session.store.publish(came)
        await settle(pilot)
        now[0] += 0.3
        await settle(pilot, [key])
        assert [call[:2] for call in asked(session)] == [(verb, "i1")]
        assert f"again: {verb.value} Priya Natarajan" in prompt(app)
        now[0] += 2 * READING_SECONDS
        await settle(pilot, [key])
        assert [call[:2] for call in asked(session)] == [(verb, "i1"), (verb, "i2")]


async def test_an_offer_that_comes_back_at_once_is_answered_with_one_press() -> None:
    now, first = [100.0], offered()
    gone = InteractionChanged(Change.CLOSED, replace(first.interactions["i1"], phase=Phase.CLOSED, version=9))
    back = InteractionChanged(Change.OFFERED, replace(first.interactions["i1"], version=10))
    app, session = desk(first, monotonic=lambda: now[0])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        session.store.publish(gone)
        await settle(pilot)
        now[0] += 0.2
        session.store.publish(back)
        await settle(pilot, ["f2"])
        assert [call[:2] for call in asked(session)] == [(Verb.ACCEPT, "i1")]


async def test_who_reads_an_offer_for_a_second_presses_once_and_is_told_whom_they_declined() -> None:
    now, first = [100.0], offered()
    second = replace(first.interactions["i1"], id="i2")
    app, session = desk(replace(first, pops={**first.pops, "i2": first.pops["i1"]}), monotonic=lambda: now[0])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f3"])
        assert "Declined: Priya Natarajan." in told(app.desk_screen)
        session.store.publish(
            InteractionChanged(Change.CLOSED, replace(first.interactions["i1"], phase=Phase.CLOSED, version=9))
        )
        session.store.publish(InteractionChanged(Change.OFFERED, second))
        await settle(pilot)
        now[0] += 1.1
        await settle(pilot, ["f3"])
        assert [call[1] for call in asked(session)] == ["i1", "i2"]


async def test_that_nothing_rings_is_said_no_longer_than_until_something_does() -> None:
    state = offered()
    app, session = desk(replace(state, interactions={}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f2"])
        assert "No offer to accept or decline." in told(app.desk_screen)
        session.store.publish(InteractionChanged(Change.OFFERED, state.interactions["i1"]))
        await settle(pilot)
        await settle(pilot)
        assert "No offer to accept or decline." not in told(app.desk_screen)
