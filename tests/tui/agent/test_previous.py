"""What the agent before wrote is read in the contact as theirs, and no id of theirs is on the screen."""

from dataclasses import replace

from desktop.domain.entities.model import Previous
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.note import NotePane
from tests.tui.desk import desk, settle
from tests.tui.states import NOW, active


async def shown(note: str) -> tuple[str, str]:
    """The conversation, and the note of whoever has the contact now."""
    state = active()
    previous = Previous("int_0f3a", "agent-7", "Tom Aziz", note, "C-4471", NOW)
    call = replace(state.interactions["i1"], previous=previous)
    app, _ = desk(replace(state, interactions={"i1": call}, drafts={}))
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        screen = app.desk_screen
        return screen.query_one(ConversationPane).render().plain, screen.query_one(NotePane).text


async def test_the_words_of_the_agent_before_are_theirs() -> None:
    conversation, note = await shown("Charged twice.\nPromised a refund.")
    assert "from Tom Aziz" in conversation
    assert "Charged twice." in conversation and "Promised a refund." in conversation
    assert note == ""
    assert not any(private in conversation for private in ("int_0f3a", "agent-7", "C-4471"))


async def test_before_their_words_have_come_it_says_whose_contact_it_was() -> None:
    conversation, _ = await shown("")
    assert "from Tom Aziz" in conversation


async def test_a_long_or_hostile_note_is_cut_and_made_harmless() -> None:
    conversation, _ = await shown("\x1b[31m[/]" + "line\n" * 500)
    assert "…" in conversation and "\x1b" not in conversation
    assert conversation.count("line") < 20
