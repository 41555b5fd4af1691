"""What cannot be undone: the first press names the victim, the second carries it out, anything else forgets it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual import events

from desktop.domain.lifecycle import COMMANDS
from desktop.domain.phone import CallState
from desktop.domain.state import AppState
from desktop.domain.words import LegPhase, Phase, Verb
from desktop.tui.panes.footer import Footer
from desktop.tui.two_presses import SECONDS, Irrevocable, TwoPresses, named
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import active, call_of_nobody, chatting, consulting, offered

SIZE = (120, 36)
END = Irrevocable("F8", ("f8", "x"), ("end", "i1"), "end the contact with Priya Natarajan")
OTHER = replace(END, victim=("end", "i2"))


class Screen:
    """Shows a prompt, and calls back when it is told."""

    def __init__(self) -> None:
        self.shown = ""
        self.room = True
        self.coming: list[tuple[float, Callable[[], object]]] = []
        self.presses = TwoPresses(self.show, lambda seconds, call: self.coming.append((seconds, call)))

    def show(self, act: Irrevocable | None) -> bool:
        self.shown = act.prompt if act is not None and self.room else ""
        return bool(self.shown)


def test_the_second_press_carries_it_out_once() -> None:
    screen = Screen()
    assert not screen.presses.press(END)
    assert screen.shown == "F8 again: end the contact with Priya Natarajan"
    assert screen.presses.press(END)
    assert screen.shown == ""
    assert not screen.presses.press(END), "a third press is a first one"


@pytest.mark.parametrize("changed", [OTHER, replace(END, words="end Noor"), replace(END, key="x")])
def test_another_victim_or_other_words_are_another_act(changed: Irrevocable) -> None:
    screen = Screen()
    assert not screen.presses.press(END)
    assert not screen.presses.press(changed)
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
    assert not screen.presses.press(END)
    assert not screen.presses.press(END)


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
    return [call[1:] for call in session.calls if call[0] == "actions.do"]


def prompt(app: Any) -> str:
    return str(app.desk_screen.query_one(Footer).render().plain)


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
    "finder": (active, ["f6", "f7"], "F7 again: transfer Priya Natarajan to Ana Lindqvist, blind"),
    "queue": (active, ["f7", *"Sales", "enter"], "F7 again: transfer Priya Natarajan to the queue Sales, blind"),
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
        assert [call for call in session.calls if call[0].startswith("actions.")] == []
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
        ["f6", "f7", "down", "f7"],
        ["f7", *"Sales", "enter", "enter"],
        ["f7", *"Sales", "enter", "up", "f7"],
        ["f6", "f7", "o", "f7"],
    ],
    ids=" ".join,
)
async def test_enter_and_whatever_comes_between_do_nothing(keys: list[str]) -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys)
        assert [call for call in asked(session) if COMMANDS[call[0]].irrevocable] == []


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
        assert "u within 10 s links them again" in prompt(app)
        session.store.state = replace(session.store.state, pops={"i1": replace(pops, chosen=None, decided=True)})
        app.request_frame()
        await settle(pilot, ["u"])
        assert session.calls[-1] == ("pops.choose", "i1", "C-4471")
        await settle(pilot, ["u"])
        assert session.calls[-1] == ("pops.choose", "i1", "C-4471"), "once"


def test_what_takes_a_customer_away_is_marked() -> None:
    marked = {verb for verb, command in COMMANDS.items() if command.irrevocable}
    assert marked == {Verb.END, Verb.BLIND_TRANSFER, Verb.COMPLETE_TRANSFER}
    assert Phase.ACTIVE in COMMANDS[Verb.END].phases
