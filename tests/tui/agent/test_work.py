"""The list of what is mine: further lines say what each is about, as long as that pushes nobody out of sight."""

from dataclasses import replace

from desktop.domain.entities.words import Phase
from desktop.domain.state.events import Change
from desktop.domain.state.state import Ending
from desktop.tui.agent.panes.work import WorkPane
from tests.tui.agent.test_everyday_jobs import two_contacts
from tests.tui.desk import desk, settle
from tests.tui.states import CALL, IDLE, NOW
from tests.tui.supervisor.test_floor import until

SIZE = (120, 36)


async def test_each_contact_says_what_it_is_about_and_a_key_is_still_a_contact() -> None:
    app, session = desk(two_contacts())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        work = app.desk_screen.query_one(WorkPane)
        lines = [work.render_line(y).text for y in range(7)]
        assert "Priya Natarajan" in lines[0] and "open · Billing" in lines[1] and "Thank you." in lines[2]
        assert "before Friday? I have to pay…" in lines[3], "what is said has two lines"
        assert "j@example" in lines[4] and "open · Billing" in lines[5] and "Charged twice." in lines[6]
        first, second = (row.key for row in work.rows if row.of is None)
        await settle(pilot, ["escape", "2"])
        assert app.desk_screen.selected == second
        await pilot.click(work, offset=(8, 2))
        await until(pilot, lambda: app.desk_screen.selected == first)  # its second line is the contact as well
        several = session.store.state.interactions
        many = {f"i{n}": replace(several["i1"], id=f"i{n}") for n in range(1, 31)}
        session.store.state = replace(session.store.state, interactions=many)
        app.request_frame()
        await settle(pilot)
        assert len(work.rows) == 30
        assert "open" in work.render_line(0).text, "where each has one line, its state stands there"


async def test_below_the_list_stands_what_has_ended_and_the_cursor_passes_over_it() -> None:
    state = two_contacts()
    gone = replace(state.interactions["i1"], id="i9", phase=Phase.CLOSED, customer_name="A. Lind", ended_at=NOW - 60)
    app, _ = desk(replace(state, endings=(Ending(NOW - 60, Change.CLOSED, "", gone),)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "down", "down", "down", "end"])
        work = app.desk_screen.query_one(WorkPane)
        assert "A. Lind · Billing" in work.render_line(len(work.rows) - 1).text
        assert app.desk_screen.selected in state.interactions


async def test_a_desk_without_contacts_says_so_above_what_has_ended() -> None:
    gone = replace(CALL, phase=Phase.CLOSED, customer_name="A. Lind", ended_at=NOW - 60)
    app, _ = desk(replace(IDLE, endings=(Ending(NOW - 60, Change.CLOSED, "", gone),)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["down", "enter"])
        work = app.desk_screen.query_one(WorkPane)
        lines = [work.render_line(y).text for y in range(4)]
        assert "No active contacts." in lines[0] and "A. Lind" in lines[3]
        assert app.desk_screen.selected is None
