"""Alt keys are told apart in the old encoding of terminals, also when more is typed at once."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from desktop.tui.key_sequences import name_alt_keys
from desktop.tui.keys import KEYS, PICK


def keys_of(typed: str) -> list[str]:
    name_alt_keys()
    return [event.key for event in XTermParser().feed(typed) if isinstance(event, events.Key)]


@pytest.mark.parametrize("key", [name for key in KEYS for name in key.always if name.startswith("alt+")] + list(PICK))
def test_alt_key_is_itself_with_typing_behind_it(key: str) -> None:
    last = key.removeprefix("alt+")
    assert keys_of("\x1b" + ("\r" if last == "enter" else last) + "ab") == [key, "a", "b"]


def test_arrows_and_function_keys_are_still_read() -> None:
    assert keys_of("\x1b[A\x1bOP\x1b[18~x") == ["up", "f1", "f7", "x"]
