"""Writing to an expert: what the border says of enter and alt+enter is what they do."""

from textual.content import Content
from textual.widgets import Input

from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.words.catalogue import in_words
from tests.tui.desk import desk, settle
from tests.tui.states import active


async def test_border_says_what_enter_does_in_the_field_with_the_keyboard() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        finder = app.desk_screen.query_one(ExpertFinder)
        await settle(pilot, ["f6"])
        assert "enter consult" in Content.from_markup(finder.border_subtitle or "").plain
        await settle(pilot, ["alt+enter"])
        assert "enter send" in Content.from_markup(finder.border_subtitle or "").plain
        assert "consult" not in Content.from_markup(finder.border_subtitle or "").plain


async def test_alt_enter_again_sends_what_was_written() -> None:
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f6", "alt+enter", *"hi", "alt+enter"])
        assert app.desk_screen.query_one("#expert-message", Input).value == ""
    assert [call[1:] for call in session.calls if call[0] == "commands.chat"] == [("p1", "hi")]


async def test_with_nothing_written_it_says_so_and_sends_nothing() -> None:
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f6", "alt+enter", "alt+enter"])
        assert in_words(session.store.drain().notices[-1].text) == "There is nothing to send yet. Write to them first."
    assert not [call for call in session.calls if call[0] == "commands.chat"]
