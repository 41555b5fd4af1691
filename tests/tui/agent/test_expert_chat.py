"""Finding and writing to an expert: what the border says of enter and alt+enter is what they do."""

from dataclasses import replace

from textual.content import Content
from textual.widgets import Input

from desktop.domain.entities.person import Presence
from desktop.domain.entities.words import PresenceState
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.widgets.table import LineTable
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


async def test_the_longest_state_of_an_expert_is_not_cut() -> None:
    state = active()
    quiet = Presence("p4", 2, PresenceState.DO_NOT_DISTURB, state.presence["p4"].observed_at, native="DoNotDisturb")
    app, _ = desk(replace(state, presence={**state.presence, "p4": quiet}))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f6"])
        table = app.desk_screen.query_one("#expert-list", LineTable)
        assert "do not disturb" in "".join(table.render_line(y).text for y in range(table.size.height))
