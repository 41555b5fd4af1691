"""Alt and a letter is that letter's verb, always: terminals send a quick esc and a letter as the same bytes."""

from collections.abc import Iterator
from string import ascii_letters, ascii_lowercase

import pytest
from textual.binding import Binding

from desktop.tui.app import DesktopApp
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_BY_ID, FLOOR_KEYS, SHARED
from desktop.tui.keys.key import ALT_SIGNS, WORD_MOVES, Key, show, with_alt
from desktop.tui.keys.keys import BY_ID, KEYS
from desktop.tui.supervisor.screen import SupervisorScreen
from tests.tui.desk import desk, settle
from tests.tui.states import active

DESK = tuple(KEYS)
FLOOR = (*(BY_ID[name] for name in SHARED), *FLOOR_KEYS)


@pytest.fixture
def table() -> Iterator[None]:
    before, floor_before = dict(keys.BY_ID), dict(FLOOR_BY_ID)
    yield
    keys.BY_ID.update(before)
    FLOOR_BY_ID.update(floor_before)


def of_letters(screen: tuple[Key, ...]) -> dict[str, str]:
    return {letter: key.id for key in screen for letter in key.letters}


def of_alt(screen: tuple[Key, ...]) -> dict[str, str]:
    return {
        show(name).removeprefix("alt+") if "shift" in name else name.removeprefix("alt+"): key.id
        for key in screen
        for name in key.anywhere
        if name.startswith("alt+")
    }


@pytest.mark.parametrize("screen", [DESK, FLOOR], ids=["desk", "floor"])
def test_alt_and_a_letter_is_the_letters_verb(screen: tuple[Key, ...]) -> None:
    letters, alt = of_letters(screen), of_alt(screen)
    assert {name: verb for name, verb in alt.items() if name != "enter"} == {
        name: verb for name, verb in letters.items() if name in (*ascii_letters, *ALT_SIGNS) and name not in WORD_MOVES
    }


@pytest.mark.parametrize("bindings", [DesktopApp.BINDINGS, SupervisorScreen.BINDINGS], ids=["desk", "floor"])
def test_what_textual_is_told_says_the_same(bindings: list[Binding]) -> None:
    does = {name: binding.action for binding in bindings for name in binding.key.split(",")}
    for name in ascii_letters:
        assert does.get(with_alt(name)) == (does.get(name) if name not in (*WORD_MOVES, *"O") else None)
    assert sum(f"alt+{name}" in does for name in ascii_lowercase) >= 10


@pytest.mark.parametrize("screen", [DESK, FLOOR], ids=["desk", "floor"])
def test_quitting_is_no_letter(screen: tuple[Key, ...]) -> None:
    assert BY_ID["quit"].letters == ()
    assert not any(name.startswith("alt+") for name in BY_ID["quit"].anywhere)
    assert "quit" not in {*of_letters(screen).values(), *of_alt(screen).values()}


async def test_neither_q_nor_alt_q_leaves() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["escape", "Q", "alt+q", "alt+q", "q"])
        assert app.is_running


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    "changes",
    [
        {"note": "y", "answer": "n"},
        {"note": "Z"},
        {"hold": "f4,alt+h,b", "copy": "B"},
        {"hold": "f4,G,alt+G"},
        {"attach": "U", "quoted": "A"},
        {"queues": "f11"},
        {"text": "c", "callback": "t"},
    ],
)
def test_alt_goes_with_the_letter_when_a_key_is_another(changes: dict[str, str]) -> None:
    keymap = keys.remap(changes)
    letters, alt = of_letters(tuple(BY_ID.values())), of_alt(tuple(BY_ID.values()))
    for letter, verb in alt.items():
        assert letters.get(letter, verb) == verb
    assert all(keymap[name] == ",".join(BY_ID[name].anywhere) for name in changes if name in keymap)
