"""The editors of notes and comments: whatever is undone, the desktop goes on."""

from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import TextArea

from desktop.tui.agent.panes.note import NotePane
from desktop.tui.outbox.note_field import NoteField
from desktop.tui.quality.words_field import WordsField
from tests.tui.desk import desk, settle
from tests.tui.states import active

LINES = "\n".join(f"line {number}" for number in range(40))
"""More than any editor has room for."""


async def undone_and_done_again(pilot: Pilot[Any], editor: TextArea) -> None:
    """Paste more lines than there is room for, take them back, and put them there again."""
    before = editor.text
    pilot.app.post_message(events.Paste(LINES))
    await settle(pilot)
    assert editor.text == before + LINES
    await settle(pilot, ["ctrl+z"])
    assert editor.text == before
    assert editor.cursor_location[0] < editor.document.line_count
    await settle(pilot, ["ctrl+y"])
    assert editor.text == before + LINES


async def test_undoing_more_than_fits_into_the_note_takes_it_back() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(110, 32)) as pilot:
        await settle(pilot, ["n"])
        await undone_and_done_again(pilot, app.desk_screen.query_one(NotePane))


async def test_undoing_more_than_fits_into_a_comment_or_an_item_takes_it_back() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(110, 32)) as pilot:
        words, note = WordsField("words"), NoteField()
        await app.desk_screen.mount(words, note)
        words.open("subject", "comment", "", 16_000, lambda _: None)
        await undone_and_done_again(pilot, words)
        words.close()
        note.edit_text("key", "note", "")
        await undone_and_done_again(pilot, note)


class _Plain(App[None]):
    def compose(self) -> ComposeResult:
        yield TextArea("line\n")


async def test_textual_still_fails_when_more_than_fits_is_undone() -> None:
    """When this fails, Textual's own editor will do (issue 6686)."""
    with pytest.raises(ValueError, match="out of bounds"):
        async with _Plain().run_test(size=(40, 8)) as pilot:
            editor = pilot.app.query_one(TextArea)
            editor.focus()
            editor.move_cursor(editor.document.end)
            pilot.app.post_message(events.Paste(LINES))
            await settle(pilot, ["ctrl+z"])
