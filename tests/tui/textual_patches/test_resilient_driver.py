"""What the driver is for is still so in Textual, and the parser reads all else as Textual's does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver

from desktop.tui.textual_patches.resilient_driver import ResilientParser


def test_textual_still_dies_of_bad_bytes() -> None:
    """When this fails, Textual decodes leniently by itself (issue 6456) and the driver's decoder can go."""
    with pytest.raises(UnicodeDecodeError):
        linux_driver.getincrementaldecoder("utf-8")().decode(b"\xe9x")


def test_textual_still_dies_of_impossible_keys() -> None:
    """When this fails, the driver's parser can go."""
    with pytest.raises(OverflowError):
        list(XTermParser().feed("\x1b[99999999999u"))


@given(
    st.lists(
        st.sampled_from(["a", "ü", "\r", "\x1b[A", "\x1bOP", "\x1b[97;5u", "\x1b[13;2u", "\x1b[228;;228u"]), max_size=9
    )
)
def test_keys_are_read_as_textual_reads_them(sent: list[str]) -> None:
    def read(parser: XTermParser) -> list[tuple[str, str | None]]:
        return [(event.key, event.character) for event in parser.feed("".join(sent)) if isinstance(event, events.Key)]

    assert read(ResilientParser()) == read(XTermParser())
