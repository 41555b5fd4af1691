"""Every key can be another: all of them are changed at once, and what is pressed and printed is what was asked for."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import desktop.app
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.app import DesktopApp
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_KEYS, SHARED
from desktop.tui.keys.key import is_typed, show
from desktop.tui.pages.pages import help_lines
from desktop.tui.supervisor import floor_pages
from desktop.tui.supervisor.screen import SupervisorScreen
from desktop.tui.widgets.page_text import Hanging, Line
from tests.tui.desk import desk, settle
from tests.tui.states import active
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor

SPARE = [f"ctrl+{letter}" for letter in "defgknorty"] + [f"f{n}" for n in range(13, 25)]
SPARE += [f"alt+shift+f{n}" for n in range(1, 25)]
LETTERS = "bfjlopyzABCDEFGHIJKLMNOPRSTUVWXYZ$%&*;:!()[]{}|~^_"


def others() -> dict[str, str]:
    """Every verb of the desk under keys that stand for nothing now, of each kind that it has."""
    spare, letters = iter(SPARE), iter(LETTERS)
    changes = {}
    for key in keys.KEYS:
        free = (one for one in letters if one not in key.letters)
        typed = [next(free)] if key.letters and key.id != "back" else []
        changes[key.id] = ",".join([*([next(spare)] if key.always or key.id == "back" else []), *typed])
    return changes


def plain(lines: list[Line]) -> str:
    """What stands in the lines of a page."""
    return "\n".join(f"{one.head.plain} {one.words.plain}" if isinstance(one, Hanging) else one.plain for one in lines)


class Heard:
    """What the desk was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.verbs: list[str] = []
        monkeypatch.setattr(DesktopApp, "action_desk", lambda _, name: self.verbs.append(name))
        monkeypatch.setattr(SupervisorScreen, "action_floor", lambda _, name: self.verbs.append(name))


async def pressed(pilot: Any, heard: Heard, key: str) -> list[str]:
    heard.verbs.clear()
    await pilot.press(key)
    await pilot.pause()
    return list(heard.verbs)


@pytest.mark.thorough
async def test_every_key_of_the_desk_can_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    changes, heard = others(), Heard(monkeypatch)
    app, _ = desk(active(), keymap=changes)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.screen.set_focus(None)
        for key in keys.KEYS:
            for new in changes[key.id].split(","):
                assert await pressed(pilot, heard, new) == [key.action], (key.id, new)
            for old in {*key.anywhere, *key.letters} - {"escape"}:
                assert key.action not in await pressed(pilot, heard, old), (key.id, old)
        assert await pressed(pilot, heard, "escape") == ["back"]
        note = app.screen.query_one(NotePane)
        note.focus()
        await pilot.pause()
        for key in keys.KEYS:
            for new in changes[key.id].split(","):
                assert await pressed(pilot, heard, new) == ([] if is_typed(new) else [key.action]), (key.id, new)
        assert note.text.endswith("".join(new for one in changes.values() for new in one.split(",") if is_typed(new)))


def test_every_key_is_printed_as_it_is_now() -> None:
    changes = others()
    keymap = keys.remap(changes)
    assert {name.removesuffix(".letter") for name in keymap} == {key.id for key in keys.KEYS}
    told = plain(help_lines())
    for key in keys.KEYS:
        for new in changes[key.id].split(","):
            assert f" {show(new)} " in told, (key.id, new)
        assert keys.shown(key.id) in {show(new) for new in changes[key.id].split(",")} | {"esc"}


async def test_every_key_of_the_floor_can_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {key for name in SHARED for key in keys.BY_ID[name].letters}
    free = (letter for letter in LETTERS if letter not in taken)
    changes = {key.id: f"{next(free)}" for key in FLOOR_KEYS}
    heard = Heard(monkeypatch)
    app, _ = floor_desk(floor(), keymap=changes)
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot)
        for key in FLOOR_KEYS:
            assert await pressed(pilot, heard, changes[key.id]) == [key.action], key.id
            for old in {*key.letters} - {*changes.values()}:
                assert await pressed(pilot, heard, old) == [], (key.id, old)
    told = plain(floor_pages.help_lines())
    for key in FLOOR_KEYS:
        assert f"  {changes[key.id]} " in told, key.id


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hold": "f5"}, "'F5' stands for 'hold' and 'mute'"),
        ({"hold": "m"}, "'m' stands for"),
        ({"queues": "a"}, "'a' stands for 'accept' and 'queues'"),
        ({"create": "alt+3"}, "'alt+3' stands for 'choose a customer, a contact or a pane' and 'create'"),
        ({"coaching": "7"}, "'7' stands for"),
        ({"queues": "enter"}, "'enter' stands for 'typing' and 'queues'"),
        ({"listen": "pageup"}, "'pageup' stands for 'moving' and 'listen'"),
        ({"listen": "1"}, "'1' stands for"),
        ({"finish": "z"}, "'finish' works while typing, where 'z' would be typed"),
        ({"back": "z"}, "'back' works while typing, where 'z' would be typed"),
        ({"quit": "Q"}, "'quit' works while typing, where 'Q' would be typed"),
        ({"finish": "alt+h"}, "'alt+h' stands for 'hold' and 'finish'"),
        ({"palette": "alt+f"}, "'alt+f' stands for 'palette' and 'transfer'"),
        ({"listen": "B", "whisper": "B"}, "'B' stands for 'listen' and 'whisper'"),
    ],
)
def test_a_key_for_two_things_is_refused_with_both(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        keys.remap(changes)


def test_a_letter_replaces_the_letter_and_another_key_the_other() -> None:
    assert keys.remap({"hold": "Z"}) == {"hold": "f4,alt+shift+z", "hold.letter": "Z"}
    assert keys.shown("hold") == "F4"
    assert keys.remap({"attach": "alt+U"}) == {"attach.letter": "alt+shift+u"}
    assert keys.remap({"mute": "f11"}) == {"mute": "f11,alt+m", "mute.letter": "m"}


def test_no_sentence_names_a_key_that_a_user_can_change() -> None:
    named = re.compile(r"\b(alt\+[a-z/.!]|[Pp]ress [a-z]\b|F1?\d\b)")
    names = [
        f"{path.name}: {node.value}"
        for path in sorted(Path(desktop.app.__path__[0]).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.search(node.value)
    ]
    assert names == []
