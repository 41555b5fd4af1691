"""LineTable: the cursor stays on its key, columns fit any width, and only what changed is drawn."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import GAP, Column, fit
from desktop.tui.widgets.table_rows import Row
from tests.tui.hostile.payloads import PAYLOADS

COLUMNS = (Column("Name"), Column("Wait", 6, "right"), Column("State", 10, min_width=40))


class Drawn(LineTable):
    """Counts the rows that were drawn anew."""

    drawn = 0

    def _draw(self, row: Row, look: str, width: int) -> Strip:
        self.drawn += 1
        return super()._draw(row, look, width)


class TableApp(TerminalApp):
    def __init__(self, tmp_path: Path, columns: Sequence[Column] = COLUMNS, *, header: bool = True) -> None:
        super().__init__(log_path=tmp_path / "crash.log")
        self.table = Drawn(columns, header=header, empty="nobody waits")
        self.seen: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        self.seen.append(("highlighted", event.key))

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        self.seen.append(("chosen", event.key))


def rows(*keys: str, wait: str = "0:40") -> list[Row]:
    return [Row(key, (f"name {key}", wait, ("● ok", "$ok"))) for key in keys]


def numbered(count: int) -> list[Row]:
    return rows(*(str(i) for i in range(count)))


def screen_lines(table: LineTable) -> list[str]:
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


async def test_rows_columns_and_empty_text(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 10)) as pilot:
        assert screen_lines(app.table)[:2] == [f" Name{' ' * 30}Wait State", " nobody waits"]
        app.table.set_rows(rows("a", "b"))
        await pilot.pause()
        assert screen_lines(app.table)[1] == "▌name a" + " " * 26 + "  0:40 ● ok"
        assert app.table.cursor_key == "a"
        app.table.set_rows([])
        await pilot.pause()
        assert app.table.cursor_key is None
        assert screen_lines(app.table)[1] == " nobody waits"


async def test_cursor_stays_on_its_key(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.set_rows(rows("a", "b", "c"))
        await pilot.press("down")
        app.table.set_rows(rows("x", "y", "c", "a", "b"))
        await pilot.press("enter")
        await pilot.pause()
        assert app.table.cursor_key == "b"
        assert screen_lines(app.table)[5].startswith("▌name b")
        app.table.set_rows(rows("x", "y", "c"))
        await pilot.pause()
        assert app.seen == [("highlighted", "a"), ("highlighted", "b"), ("chosen", "b"), ("highlighted", "c")]


async def test_keys_move_and_scroll(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 11)) as pilot:
        app.table.set_rows(numbered(1_000))
        for key, at in (
            ("up", 0),
            ("down", 1),
            ("pagedown", 10),
            ("end", 999),
            ("down", 999),
            ("pageup", 990),
            ("home", 0),
        ):
            await pilot.press(key)
            assert app.table.cursor_key == str(at), key
            assert any(line.startswith(f"▌name {at}") for line in screen_lines(app.table)), key
        assert app.table.move_to("500")
        assert not app.table.move_to("gone")
        await pilot.pause()
        assert any(line.startswith("▌name 500 ") for line in screen_lines(app.table))


async def test_mouse(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 11)) as pilot:
        app.table.set_rows(numbered(100))
        await pilot.press("end")
        await pilot.click(LineTable, offset=(5, 1))
        assert app.table.cursor_key == "90"
        await pilot.click(LineTable, offset=(5, 3), times=2)
        await pilot.click(LineTable, offset=(5, 0))
        assert app.seen[-2:] == [("highlighted", "92"), ("chosen", "92")]


async def test_scroll_position_survives_a_shorter_list(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 11)) as pilot:
        app.table.set_rows(numbered(100))
        await pilot.press("end")
        app.table.set_rows(numbered(5))
        await pilot.pause()
        assert screen_lines(app.table)[1:6] == [line for line in screen_lines(app.table)[1:] if line]
        assert app.table.cursor_key == "4"


async def test_only_what_is_visible_and_changed_is_drawn(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 11)) as pilot:
        table = numbered(100_000)
        app.table.set_rows(table)
        await pilot.pause(0.1)  # the scroll bar comes with a layout of its own
        app.table.drawn = 0
        layouts = app.table._layout_updates
        changed = list(table)
        changed[3] = Row("3", ("name 3", "0:41", ("● ok", "$bad")))
        changed[70_000] = Row("70000", ("name", "0:41", "x"))
        app.table.set_rows(changed)
        await pilot.pause()
        assert app.table.drawn == 1
        assert "0:41" in screen_lines(app.table)[4]
        assert app.table._layout_updates == layouts


async def test_a_change_of_colour_is_a_change(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 11)) as pilot:
        for style in ("$ok", "$bad"):
            app.table.set_rows([Row("a", (content("x", style), "", ""))])
            await pilot.pause()
            color = next(s.style.color for s in app.table.render_line(1) if s.text.startswith("x") and s.style)
            assert color is not None
            assert color.get_truecolor().hex == app.theme_variables[style[1:]]


async def test_rows_that_fit_come_and_go_without_layout(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(50, 11)) as pilot:
        app.table.set_rows(numbered(3))
        await pilot.pause()
        size = app.table.virtual_size
        app.table.set_rows(numbered(9))
        assert app.table.virtual_size == size
        app.table.set_rows(numbered(30))
        assert app.table.virtual_size.height == 31


async def test_lines_that_are_kept_are_those_that_textual_would_make(tmp_path: Path) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(60, 12)) as pilot:
        table = app.table

        def same_as_textual() -> None:
            everything = Region(0, 0, *table.outer_size)
            ours = [list(strip) for strip in table.render_lines(everything)]
            assert ours == [list(strip) for strip in StylesCache().render_widget(table, everything)]

        table.set_rows(numbered(40))
        table.styles.border = ("round", "red")
        await pilot.pause()
        same_as_textual()
        for key in ("end", "up", "pageup", "down"):
            await pilot.press(key)
            same_as_textual()
        table.border_title = "another title"
        table.set_total(Row("", ("all", "1:00", "")))
        await pilot.pause()
        same_as_textual()
        table.styles.border = ("heavy", "green")
        await pilot.pause()
        same_as_textual()
        table.styles.background = "blue"
        await pilot.pause()
        same_as_textual()
        table.set_rows(rows("0", "1", wait="9:99"))
        await pilot.pause()
        same_as_textual()
        await pilot.resize_terminal(40, 9)
        await pilot.pause()
        same_as_textual()
        app.theme = "desk-light"
        await pilot.pause()
        same_as_textual()
        app.set_focus(None)
        await pilot.pause()
        same_as_textual()


@pytest.mark.parametrize("width", [1, 2, 3, 5, 8, 13, 21, 34, 80, 300])
async def test_any_width_and_any_text(tmp_path: Path, width: int) -> None:
    app = TableApp(tmp_path)
    async with app.run_test(size=(width, len(PAYLOADS) + 1)) as pilot:
        app.table.set_rows([Row(name, (text, (text, "$bad"), Content(text))) for name, text in PAYLOADS.items()])
        await pilot.pause()
        for y in range(app.table.size.height):
            strip = app.table.render_line(y)
            assert strip.cell_length == cell_len(strip.text) == width
        await pilot.resize_terminal(max(1, width // 2), 3)
        await pilot.pause()
        assert app.table.render_line(1).cell_length <= width


@given(
    st.lists(
        st.builds(
            Column,
            st.just("t"),
            st.none() | st.integers(1, 40),
            min_width=st.integers(0, 120),
            weight=st.integers(1, 3),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 200),
)
def test_columns_share_the_width(columns: list[Column], width: int) -> None:
    shown = fit(columns, width)
    total = sum(cells for _, cells in shown) + GAP * (len(shown) - 1)
    assert shown[0][0] == 0
    assert [i for i, _ in shown] == sorted({i for i, _ in shown})
    assert all(cells >= 0 for _, cells in shown)
    assert total <= width
    assert all(columns[i].min_width <= width for i, _ in shown[1:])
    if any(columns[i].width is None for i, _ in shown):
        assert total == width


def test_the_column_that_matters_least_goes_first() -> None:
    columns = [Column("a", 10), Column("b", 10, min_width=50), Column("c", 10, min_width=30), Column("d", 10)]
    assert [i for i, _ in fit(columns, 60)] == [0, 1, 2, 3]
    assert [i for i, _ in fit(columns, 43)] == [0, 2, 3]
    assert [i for i, _ in fit(columns, 25)] == [0, 3]
    assert fit(columns, 5) == [(0, 5)]


class LoyalApp(TableApp):
    def __init__(self, tmp_path: Path) -> None:
        super().__init__(tmp_path)
        self.table = Drawn(COLUMNS, clears_selection=True)


@pytest.mark.parametrize(("key", "chosen"), [("down", "c"), ("up", "a"), ("home", "a"), ("end", "d")])
async def test_a_loyal_cursor_chooses_nobody_once_its_row_is_gone(tmp_path: Path, key: str, chosen: str) -> None:
    app = LoyalApp(tmp_path)
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.set_rows(rows("a", "b", "c", "d"))
        await pilot.press("down")
        app.table.set_rows(rows("a", "c", "d"))
        await pilot.press("enter")
        assert (app.table.cursor_key, app.table.removed) == (None, "b")
        assert not any("▌" in line for line in screen_lines(app.table))
        assert ("chosen", "c") not in app.seen
        await pilot.press(key)
        assert (app.table.cursor_key, app.table.removed) == (chosen, None)
        assert any(f"▌name {chosen}" in line for line in screen_lines(app.table))


async def test_a_cursor_that_clears_is_on_its_row_again_when_that_comes_back(tmp_path: Path) -> None:
    app = LoyalApp(tmp_path)
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.set_rows(rows("a", "b"))
        await pilot.press("down")
        app.table.set_rows([])
        app.table.set_rows(rows("c", "b"))
        assert (app.table.cursor_key, app.table.removed) == ("b", None)
        app.table.set_rows(rows("x", "y"), anew=True)
        assert (app.table.cursor_key, app.table.removed) == ("x", None)


async def test_headings_and_second_lines_are_passed_over_and_shown_with_their_row(tmp_path: Path) -> None:
    app = TableApp(tmp_path, header=False)
    app.table = Drawn(COLUMNS, header=False, parts=True)
    parts = [
        Row("=a", ("A",), of=""),
        *(row for key in "pq" for row in (Row(key, (key, "", "")), Row(f"{key}2", (f"about {key}",), of=key))),
        Row("=b", ("B",), of=""),
        Row("r", ("r", "", "")),
    ]
    async with app.run_test(size=(40, 5)) as pilot:
        table = app.table
        table.set_rows(parts[:1])
        assert table.cursor_key is None, "a heading is no row to take"
        table.set_rows(parts)
        await pilot.pause()
        assert table.cursor_key == "p"
        table.focus()
        await pilot.pause()
        lines = screen_lines(table)
        assert lines[0].startswith(" A")
        assert lines[1].startswith("▌p")
        assert lines[2].startswith("▌about p"), "both lines of a row are marked"
        await pilot.press("down", "down")
        assert table.cursor_key == "r"
        await pilot.press("up", "up", "up")
        assert table.cursor_key == "p"
        assert screen_lines(table)[0].startswith(" A"), "its heading comes into sight again"
        await pilot.press("end")
        assert table.cursor_key == "r"
        table.set_rows([parts[0], *parts[3:]])
        assert table.cursor_key == "r"
        table.set_rows(parts[:5])
        assert table.cursor_key == "q", "its neighbour, and no second line"
        table.action_edge(-1)
        await pilot.pause()
        await pilot.click(table, offset=(3, 2))
        assert table.cursor_key == "p"
        await pilot.click(table, offset=(3, 4))
        assert table.cursor_key == "q", "a click on the second line means its row"
        await pilot.click(table, offset=(3, 0))
        assert table.cursor_key == "q"
