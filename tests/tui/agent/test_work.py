"""The list of what is mine: a second line says what each is about, as long as that pushes nobody out of sight."""

from dataclasses import replace

from desktop.tui.agent.panes.work import WorkPane
from tests.tui.agent.test_everyday_jobs import two_contacts
from tests.tui.desk import desk, settle
from tests.tui.supervisor.test_floor import until

SIZE = (120, 36)


async def test_each_contact_says_what_it_is_about_and_a_key_is_still_a_contact() -> None:
    app, session = desk(two_contacts())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        work = app.desk_screen.query_one(WorkPane)
        lines = [work.render_line(y).text for y in range(4)]
        assert "Priya Nat" in lines[0] and "Billing · Thank you." in lines[1]
        assert "j@exam" in lines[2] and "Billing · Charged twice." in lines[3]
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
