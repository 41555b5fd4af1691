"""Alt keys are told apart in the old encoding of terminals, also when more is typed at once."""

import re
from collections.abc import Iterator

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from desktop.domain.entities.words import Verb
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.keys import keys
from desktop.tui.keys.key import ALT_SIGNS, SIGNS, show
from desktop.tui.keys.keys import KEYS, PICK
from desktop.tui.pages.pages import help_lines
from desktop.tui.textual_patches.key_sequences import name_alt_keys
from desktop.tui.widgets.page_text import Hanging
from tests.tui.desk import desk, settle
from tests.tui.states import active


def keys_of(typed: str) -> list[str]:
    name_alt_keys({name: SIGNS[name] for name in ALT_SIGNS})
    return [event.key for event in XTermParser().feed(typed) if isinstance(event, events.Key)]


@pytest.mark.parametrize("key", [name for key in KEYS for name in key.anywhere if name.startswith("alt+")] + list(PICK))
def test_alt_key_is_itself_with_typing_behind_it(key: str) -> None:
    last = show(key).removeprefix("alt+") if "shift" in key else key.removeprefix("alt+")
    sent = {"enter": "\r", **SIGNS}.get(last, last)
    assert keys_of(f"\x1b{sent}ab") == [key, "a", "b"]


def test_arrows_and_function_keys_are_still_read() -> None:
    assert keys_of("\x1b[A\x1bOP\x1b[18~x") == ["up", "f1", "f7", "x"]


@pytest.fixture
def table() -> Iterator[None]:
    before = dict(keys.BY_ID)
    yield
    keys.BY_ID.update(before)


@pytest.mark.usefixtures("table")
async def test_a_remapped_key_works_and_is_printed_everywhere() -> None:
    app, session = desk(active(), keymap={"hold": "f11"})
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f11", "f4"])
        assert [call[1] for call in session.calls if call[0] == "commands.do"] == [Verb.HOLD]
        assert "F11 hold" in str(app.desk_screen.query_one(ConversationPane)._border_subtitle)
    assert any("F11" in one.head.plain for one in help_lines() if isinstance(one, Hanging))


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("changes", "words"),
    [({"holt": "f4"}, "Did you mean 'hold'"), ({"hold": " , "}, "needs a key"), ({"hold": "f5"}, "'mute'")],
)
def test_a_wrong_remapping_is_refused_with_the_reason(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        keys.remap(changes)
