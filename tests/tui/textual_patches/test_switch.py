"""With a patch turned off the desktop works as before, by Textual's own means."""

from pathlib import Path

import pytest

from desktop.tui.textual_patches import switch
from desktop.tui.textual_patches.switch import PATCHES, plain_ones
from tests.tui.desk import desk, settle
from tests.tui.pty_screen import PtyScreen
from tests.tui.states import active
from tests.tui.terminal.test_endings import ENV, ROOT, argv


def test_names_are_read_one_or_all() -> None:
    assert plain_ones("") == frozenset()
    assert plain_ones(" driver, titles ,") == {"driver", "titles"}
    assert plain_ones("all") == {*PATCHES}


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        plain_ones("driver,titels")
    assert refused.value.code == 2
    assert "'titels'" in (said := capsys.readouterr().err)
    assert "titles, all." in said


@pytest.mark.parametrize("patch", PATCHES)
async def test_the_screen_is_the_same_without(patch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def screen() -> list[str]:
        app, _ = desk(active())
        async with app.run_test(size=(120, 36)) as pilot:
            await settle(pilot, ["n", "a", "b"])
            return [strip.text for strip in app.screen._compositor.render_strips()]

    patched = await screen()
    monkeypatch.setattr(switch, "_plain", frozenset({patch}))
    assert await screen() == patched


def test_a_plain_driver_dies_of_bad_bytes(tmp_path: Path) -> None:
    with PtyScreen(argv(tmp_path), cwd=ROOT, env={**ENV, switch.VARIABLE: "driver"}) as screen:
        screen.wait_for("ready")
        screen.send(b"caf\xe9 ")
        assert screen.wait_exit() == 1
        assert "had to stop" in screen.after_screen
