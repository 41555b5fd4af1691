"""The guide of the demo follows the contact at hand: a call, or one in writing."""

from dataclasses import replace

from desktop.domain.entities.model import Interaction, Message
from desktop.domain.entities.words import Phase
from desktop.tui.agent.panes.guide import Guide
from tests.tui.desk import desk, settle
from tests.tui.states import NOW, answered


async def test_in_a_contact_in_writing_one_answers_and_its_wrap_up_is_ticked_off() -> None:
    state = answered()
    chat = replace(state.interactions["i1"], messages=(Message("m1", NOW, "customer", "Hello?"),), unread=0)
    app, _ = desk(replace(state, interactions={"i1": chat}), guide=True)

    def said(*now: Interaction) -> str:
        assert guide.view is not None
        here = {one.id: one for one in (*now, replace(chat, id="i2"))}
        guide.draw(replace(guide.view, state=replace(state, interactions=here)))
        return "\n".join(str(one) for one in guide.lines(guide.view))

    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        guide = app.desk_screen.query_one(Guide)
        text = said(chat)
        assert "Type your answer" in text
        assert "refunds" not in text
        text = said(replace(chat, messages=(*chat.messages, Message("m2", NOW, "agent", "Hello."))))
        assert "twice ends it." in text
        text = said(replace(chat, phase=Phase.WRAP_UP))
        assert "○ wrap-up" in text
        text = said()
        assert "✓ wrap-up" in text
        assert "That was a complete contact." in text
