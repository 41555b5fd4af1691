"""What is told in the last lines can be read to its end, and goes by itself."""

from dataclasses import replace

import pytest
from textual.content import Content

from desktop.domain.state import Notice
from desktop.tui.panes.footer import Footer
from desktop.tui.panes.queues import QueuesPane
from tests.tui.desk import desk, settle
from tests.tui.states import IDLE, NOW

LONG = (
    "This machine slept or its clock was set (4711 s). Your notes are safe. Your state is being looked up; nobody"
    " was made available. Press s to choose what you are now."
)


async def told(text: str, age: float, width: int, *keys: str, severity: str = "error") -> tuple[str, int]:
    """What the last lines say, and how many they are."""
    app, _ = desk(replace(IDLE, notices=(Notice(NOW - age, text, severity),)))
    async with app.run_test(size=(width, 36)) as pilot:
        await settle(pilot, keys)
        app.desk_screen.second()
        await settle(pilot)
        footer = app.desk_screen.query_one(Footer)
        lines = [footer.render_line(y).text for y in range(footer.size.height)]
        return " ".join(" ".join(lines).split()), footer.size.height


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_a_notice_is_told_to_its_end(width: int) -> None:
    text, lines = await told(LONG, 1.0, width)
    assert text == f"✕ {LONG}"
    assert 1 <= lines <= 3


async def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    text, lines = await told(LONG * 4, 1.0, 80)
    assert text.endswith("…")
    assert lines == 3


async def test_under_a_page_a_notice_has_the_one_line_that_is_not_covered() -> None:
    text, lines = await told(LONG, 1.0, 80, "f1")
    assert text.endswith("…")
    assert lines == 1


async def test_an_error_does_not_stay_through_what_is_done_next() -> None:
    text, lines = await told("There is no sound.", 30.0, 120)
    assert "no sound" not in text
    assert lines == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 42), (200, 50)])
async def test_how_the_service_level_is_counted_is_never_cut(size: tuple[int, int]) -> None:
    long = "answered within threshold / (answered + abandoned), without those called back"
    queues = {name: replace(queue, service_level_formula=long) for name, queue in IDLE.queues.items()}
    app, _ = desk(replace(IDLE, queues=queues))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["q"] if size[0] < 100 else [])
        pane = app.desk_screen.query_one(QueuesPane)
        hint = Content.from_markup(pane.border_subtitle or "").plain
        assert hint
        assert len(hint) <= pane.outer_size.width - 6
        assert (long in hint) is (len(long) + 3 <= pane.outer_size.width - 6)
