"""Pages are laid out for their width: words go on under themselves, labels stay with their figures."""

import pytest
from textual.app import App, ComposeResult

from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.page_text import Hanging, PageText
from desktop.tui.widgets.safe_text import content

LINES = (content("Acting"), Hanging(content("  t  take over  "), content("Have the conversation yourself and more.")))


class OnePage(App[None]):
    """One text."""

    def compose(self) -> ComposeResult:
        yield PageText()


async def test_words_go_on_under_themselves_after_a_resize_too() -> None:
    async with OnePage().run_test(size=(80, 10)) as pilot:
        text = pilot.app.query_one(PageText)
        text.set_lines(LINES)
        await pilot.pause()
        assert str(text.visual).split("\n")[1:] == ["  t  take over  Have the conversation yourself and more."]
        await pilot.resize_terminal(44, 10)
        await pilot.pause()
        assert str(text.visual).split("\n")[1:] == [
            "  t  take over  Have the conversation",
            "                yourself and more.",
        ]


@pytest.mark.parametrize("width", range(12, 60))
def test_no_pair_is_parted_and_no_line_is_too_long(width: int) -> None:
    pairs = [("offered", "1,204"), ("ASA", "—"), ("AHT", "12:59"), ("", "nothing")]
    lines = [line.plain for line in flowed(pairs, width, head=content(" Fri 20 "))]
    assert max(map(len, lines)) <= max(width, 14)
    for label, figure in pairs:
        assert any(f"{label} {figure}".strip() in line for line in lines), (label, lines)
