"""The timeline names the source of every entry where there are several CRMs, and of none where there is one."""

from desktop.tui.agent.panes.history import TimelinePane
from desktop.tui.widgets.safe_text import plain
from tests.tui.desk import desk, settle
from tests.tui.several import two_crms
from tests.tui.states import active


async def test_what_the_desktop_saw_itself_has_a_source_too() -> None:
    for state, several in ((two_crms(), True), (active(), False)):
        app, _ = desk(state)
        async with app.run_test(size=(200, 50)) as pilot:
            await settle(pilot)
            pane = app.desk_screen.query_one(TimelinePane)
            said = [plain(row.cells[2]) for row in pane.rows]
        assert said
        assert all(one.split("  ")[0] in ("shop", "mail", "desk") for one in said) is several, said
