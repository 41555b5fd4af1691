"""One clock: frames run when asked for, at most 15 a second; and what the app never does."""

import asyncio
from pathlib import Path

import pytest
from textual.widgets._toast import Toast

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.terminal.frame_pace import FRAME_SECONDS
from desktop.tui.terminal.themes import THEMES


class FrameApp(TerminalApp):
    def __init__(self, tmp_path: Path, again: int = 0) -> None:
        super().__init__(log_path=tmp_path / "crash.log")
        self.again = again
        self.frames: list[float] = []

    def on_frame(self) -> None:
        self.frames.append(asyncio.get_running_loop().time())
        if self.again:
            self.again -= 1
            self.request_frame()


async def until(pilot: object, app: FrameApp, count: int) -> None:
    for _ in range(1_000):
        if len(app.frames) >= count:
            return
        await pilot.pause(0.01)  # type: ignore[attr-defined]
    raise AssertionError(f"{len(app.frames)} frames")


async def test_frames_are_batched_and_spaced(tmp_path: Path) -> None:
    app = FrameApp(tmp_path, again=3)
    async with app.run_test() as pilot:
        for _ in range(1_000):
            app.request_frame()
        await until(pilot, app, 4)
        await pilot.pause(3 * FRAME_SECONDS)
        assert len(app.frames) == 4
        gaps = [two - one for one, two in zip(app.frames, app.frames[1:], strict=False)]
        assert all(gap >= FRAME_SECONDS * 0.99 for gap in gaps)


async def test_no_frame_without_a_request(tmp_path: Path) -> None:
    app = FrameApp(tmp_path)
    async with app.run_test() as pilot:
        await pilot.pause(3 * FRAME_SECONDS)
        assert app.frames == []


async def test_a_request_before_the_start_is_kept(tmp_path: Path) -> None:
    app = FrameApp(tmp_path)
    app.request_frame()
    async with app.run_test() as pilot:
        await until(pilot, app, 1)


async def test_a_frame_that_fails_ends_the_app(tmp_path: Path) -> None:
    class Broken(FrameApp):
        def on_frame(self) -> None:
            raise ValueError("broken")

    app = Broken(tmp_path)
    with pytest.raises(ValueError, match="broken"):
        async with app.run_test() as pilot:
            app.request_frame()
            await pilot.pause(0.2)
    assert app.return_code == 1
    assert "broken" in (tmp_path / "crash.log").read_text()


async def test_toasts_are_never_markup(tmp_path: Path) -> None:
    app = FrameApp(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.notify("[@click=app.quit]x[/] [/]", title="[b]", markup=True)
        app.screen.notify("[/]\x1b", markup=True)
        for _ in range(200):
            if len(app.screen.query(Toast)) == 2:
                break
            await pilot.pause(0.01)
        assert len(app.screen.query(Toast)) == 2
        assert {n.message for n in app._notifications} == {"[@click=app.quit]x[/] [/]", "[/]␛"}


async def test_the_palette_offers_only_ours(tmp_path: Path) -> None:
    app = FrameApp(tmp_path)
    async with app.run_test():
        commands = list(app.get_system_commands(app.screen))
        assert [c.title for c in commands] == ["Theme: dark", "Theme: light", "Theme: contrast", "Quit"]
        for command, theme in zip(commands, THEMES, strict=False):
            command.callback()
            assert app.theme == theme.name


async def test_ctrl_c_does_not_leave(tmp_path: Path) -> None:
    app = FrameApp(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+c", "ctrl+q")
        await pilot.pause()
        assert app.is_running
        assert [n.message for n in app._notifications] == ["Press ctrl+p and type quit to leave."]
