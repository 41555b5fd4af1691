"""A title that is set by ours is the title that Textual would have set, and the same cells hold it."""

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from desktop.tui.textual_patches import switch
from desktop.tui.textual_patches.steady_title import SteadyTitle

TITLES: list[Any] = [
    "one",
    "a longer title",
    "tab\there",
    "[b]bold[/b]",
    "",
    Content("two\nlines"),
    "表 wide",
    "x" * 90,
]


class Titled(Static):
    border_title = SteadyTitle()
    border_subtitle = SteadyTitle()
    DEFAULT_CSS = "Titled { border: round red; height: 4; }"


class TitledApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Titled("inside")


@pytest.mark.parametrize("align", ["left", "center", "right"])
async def test_the_screen_is_as_textual_paints_it(align: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def screens() -> list[list[str]]:
        app, seen = TitledApp(), []
        async with app.run_test(size=(40, 6)) as pilot:
            box = app.query_one(Titled)
            box.styles.border_title_align = box.styles.border_subtitle_align = align  # type: ignore[assignment]
            for title in TITLES:
                box.border_title = box.border_subtitle = title
                await pilot.pause()
                seen.append([strip.text for strip in app.screen._compositor.render_strips()])
        return seen

    ours = await screens()
    monkeypatch.setattr(switch, "_plain", frozenset({"titles"}))
    assert ours == await screens()
