"""The page of settings as a picture, over a file written by hand, in the sizes in which it is laid out differently."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.config import read_profile
from desktop.config.settings_file import SettingsFile
from desktop.tui.settings.settings import Settings
from tests.tui.desk import desk, settle
from tests.tui.settings.test_settings_page import TEXT
from tests.tui.states import IDLE


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 50)], ids=["80x24", "100x30", "200x50"])
def test_face(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snap_compare: Callable[..., bool]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("token").write_text("secret\n")
    Path("token").chmod(0o600)
    path = Path("config.toml")
    path.write_text(TEXT.replace("TOKEN", "token").replace("ring =", 'data_dir = "/srv/agent-desktop/maya"\nring ='))
    path.chmod(0o600)
    profile = read_profile(None, {}, path)
    app, _ = desk(IDLE)
    app.use_settings(lambda: Settings(profile, SettingsFile(path), {}))

    async def open_page(pilot: Any) -> None:
        await settle(pilot, ["P"])
        while app._tasks:
            await pilot.pause()
        await settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=open_page)
