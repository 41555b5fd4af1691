"""The timeline names the source of every entry where there are several CRMs, and of none where there is one."""

from dataclasses import replace

from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.tui.agent.panes.history import TimelinePane
from desktop.tui.widgets.safe_text import plain
from tests.tui.desk import desk, settle
from tests.tui.several import two_crms
from tests.tui.states import IDLE, NOW, ONE, active


async def test_what_the_desktop_saw_itself_has_a_source_too() -> None:
    for state, several in ((two_crms(), True), (active(), False)):
        app, _ = desk(state)
        async with app.run_test(size=(200, 50)) as pilot:
            await settle(pilot)
            pane = app.desk_screen.query_one(TimelinePane)
            said = [plain(row.cells[2]) for row in pane.rows]
        assert said
        assert all(one.split("  ")[0] in ("shop", "mail", "desk") for one in said) is several, said


async def test_messages_stand_there_with_their_outcome_without_a_contact_too() -> None:
    number = "+442079460018"
    sent = SentMessage("m1", NOW - 20, DeliveryState.DELIVERED, Channel.SMS, number, "Your refund is on its way.")
    failed = SentMessage("m2", NOW - 10, DeliveryState.FAILED, Channel.SMS, number, "Second try", "no such number")
    other = SentMessage("m3", NOW - 5, DeliveryState.DELIVERED, Channel.SMS, "+4930123", "of another")
    answer = InboundMessage("r1", NOW - 15, Channel.SMS, Address("phone", number), "Thank you!")
    state = replace(IDLE, sent={one.id: one for one in (sent, failed, other)}, received={answer.id: answer})
    app, _ = desk(state)
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot)
        app.desk_screen.preview = ONE.matches[0]
        app.desk_screen.redraw()
        await settle(pilot)
        said = [plain(row.cells[2]) for row in app.desk_screen.query_one(TimelinePane).rows]
    assert said[:3] == ["failed (no such number): Second try", "Thank you!", "delivered: Your refund is on its way."]
    assert not any("another" in one for one in said)


async def test_who_took_a_contact_is_a_name() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot)
        rows = [[plain(cell) for cell in row.cells] for row in app.desk_screen.query_one(TimelinePane).rows]
    assert rows[0][0] == "today" and rows[0][3] == "Maya Okafor"
