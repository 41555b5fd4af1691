"""The page of settings over a real file: what it shows, what it writes, and what it refuses."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.config import read_profile
from desktop.config.settings_file import SettingsFile
from desktop.tui.app import DesktopApp
from desktop.tui.keys import keys
from desktop.tui.settings.settings import Settings
from desktop.tui.settings.settings_page import SettingsPage
from desktop.words import catalogue, language
from tests.tui.desk import desk, settle
from tests.tui.states import IDLE

TEXT = """\
# of the back office
default = "work"

[profiles.work]
ring = "urgent"  # quiet in here

# The contact centre
[profiles.work.contact_center]
backend = "mock"
url = "http://127.0.0.1:1"
token_file = "TOKEN"
"""


@pytest.fixture(autouse=True)
def nothing_stays_changed() -> Iterator[None]:
    """Has the keys and the language as they were afterwards."""
    before = dict(keys.BY_ID)
    yield
    keys.BY_ID.update(before)
    catalogue.use("en")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    token = tmp_path / "token"
    token.write_text("very-secret-1\n")
    token.chmod(0o600)
    path = tmp_path / "config.toml"
    path.write_text(TEXT.replace("TOKEN", str(token)))
    path.chmod(0o600)
    return path


class Opened:
    """The page over the desk, and what is on it."""

    def __init__(self, app: DesktopApp, pilot: Any) -> None:
        self.app = app
        self.pilot = pilot
        self.page = app.screen.query_one(SettingsPage)

    async def press(self, *pressed: str) -> None:
        for key in pressed:
            await self.pilot.press(key)
            await self.pilot.pause()
        await self.done()

    async def done(self) -> None:
        """Until the file was read or written, and what came of it drawn."""
        while self.app._tasks:
            await self.pilot.pause()
        await settle(self.pilot)

    async def turn_to(self, name: str) -> None:
        self.page._table.move_to(name)
        await self.done()

    @property
    def text(self) -> str:
        rows = "\n".join(" ".join(_plain(cell) for cell in row.cells) for row in self.page._table.rows)
        return "\n".join([rows, str(self.page._about.render()), str(self.page._refusal.render())])

    def told(self) -> str:
        assert self.app.session is not None
        return " ".join(catalogue.in_words(one.text) for one in self.app.session.store.drain().notices)

    def row(self, name: str) -> str:
        row = next(row for row in self.page._table.rows if row.key == name)
        return " ".join(_plain(cell) for cell in row.cells[:3])


def _plain(cell: Any) -> str:
    return cell if isinstance(cell, str) else cell[0] if isinstance(cell, tuple) else cell.plain


@asynccontextmanager
async def opened(
    path: Path,
    env: dict[str, str] | None = None,
    size: tuple[int, int] = (120, 36),
    *,
    file: SettingsFile | None = None,
) -> AsyncIterator[Opened]:
    app, _ = desk(IDLE)
    profile = read_profile(None, dict(env or {}), path)
    app.use_settings(lambda: Settings(profile, file or SettingsFile(path), env or {}))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["P"])
        page = Opened(app, pilot)
        await page.done()
        yield page


async def test_each_value_says_where_it_comes_from_and_secrets_stay_hidden(config: Path) -> None:
    async with opened(config, {"AGENT_DESKTOP_NOTIFY": "all"}) as page:
        assert page.row("ring") == "Bell urgent file"
        assert page.row("notify") == "Desktop notifications all environment"
        assert page.row("window") == "Ringing in the window title default"
        assert "very-secret" not in page.text
        assert "(hidden)" in page.row("contact_center.token")


async def test_a_choice_is_written_with_comments_kept_and_holds_at_once(config: Path) -> None:
    before = config.read_text()
    async with opened(config) as page:
        await page.turn_to("ring")
        await page.press("enter", "down", "enter")
        assert config.read_text() == before.replace('"urgent"', '"none"')
        assert page.app._bell.wanted.ring == "none"
        await page.press("u")
        assert config.read_text() == before
        assert page.app._bell.wanted.ring == "urgent"
        await page.press("u")
        assert "nothing to take back" in page.told()


@pytest.mark.thorough
async def test_the_theme_is_seen_while_it_is_chosen_and_goes_with_esc(config: Path) -> None:
    async with opened(config) as page:
        await page.turn_to("theme")
        await page.press("enter", "down")
        assert page.app.theme.endswith("light")
        await page.press("escape")
        assert page.app.theme.endswith("dark")
        await page.press("enter", "down", "enter")
        assert page.app.theme.endswith("light")
        assert 'theme = "light"' in config.read_text()


async def test_the_language_is_another_at_once(config: Path) -> None:
    async with opened(config) as page:
        await page.turn_to("language")
        await page.press("enter", "end", "enter")
        assert language.current() == "de"
        assert "Klingel" in page.row("ring")


async def test_a_key_is_pressed_to_be_taken_and_conflicts_are_named(config: Path) -> None:
    async with opened(config) as page:
        await page.turn_to("keys.hold")
        await page.press("enter", "f5")
        assert "'F5' stands for 'hold' and 'mute'" in page.text
        assert page.page.is_capturing
        await page.press("f2")
        assert "'accept'" in page.text
        await page.press("f11")
        assert 'hold = "f11"' in config.read_text()
        assert keys.shown("hold") == "F11"
        assert page.row("keys.hold") == "Hold F11 h file"
        await page.press("enter", "G")
        assert 'hold = "G,f11"' in config.read_text()
        await page.press("d")
        assert "hold" not in config.read_text()
        assert keys.shown("hold") == "F4"


async def test_a_wrong_text_is_refused_with_the_words_of_config_check(config: Path) -> None:
    before = config.read_text()
    async with opened(config) as page:
        await page.turn_to("region")
        await page.press("enter", "e", "u", "r", "enter")
        assert "a region is two letters, like GB" in page.text
        assert config.read_text() == before
        await page.press("backspace", "enter")
        assert 'region = "eu"' in config.read_text()
        assert "→ eu" in page.row("region")
        assert "from the next start" in page.text


async def test_a_flag_is_turned_and_stands_with_the_rules_for_alerts(config: Path) -> None:
    async with opened(config) as page:
        await page.turn_to("bundled")
        await page.press("enter")
        assert "[alerting]\nbundled = false" in config.read_text()


async def test_what_another_program_wrote_is_shown_and_not_overwritten(config: Path) -> None:
    async with opened(config) as page:
        theirs = config.read_text().replace('"urgent"', '"all"')
        config.write_text(theirs)
        await page.turn_to("ring")
        await page.press("enter", "down", "enter")
        assert config.read_text() == theirs
        assert "changed by another program" in page.text
        assert "→ all" in page.row("ring")


async def test_the_environment_and_a_read_only_file_have_their_words(config: Path) -> None:
    config.chmod(0o444)
    async with opened(config, {"AGENT_DESKTOP_RING": "all"}) as page:
        await page.turn_to("ring")
        assert "AGENT_DESKTOP_RING is set and wins over the file" in page.text
        await page.turn_to("theme")
        await page.press("enter")
        assert "read-only" in page.told()
        assert not page.page.has_class("editing")


async def test_the_demo_changes_what_holds_until_it_is_left(config: Path) -> None:
    before = config.read_text()
    async with opened(config, file=SettingsFile(None, before)) as page:
        await page.turn_to("ring")
        await page.press("enter", "up", "enter")
        assert page.app._bell.wanted.ring == "all"
        assert config.read_text() == before


async def test_hostile_values_are_harmless(config: Path) -> None:
    config.write_text('theme = "\\u001b]0;x\\u0007[@click=app.quit]now[/]"\n' + config.read_text())
    async with opened(config, size=(80, 24)) as page:
        assert "\x1b" not in page.text
        assert "[@click" in page.row("theme")
        assert page.app.is_running


async def test_a_file_that_became_no_toml_is_told(config: Path) -> None:
    async with opened(config) as page:
        config.write_text("= broken")
        await page.press("r")
        assert "not valid TOML" in page.text


async def test_find_shows_what_contains_the_words_and_esc_leads_out(config: Path) -> None:
    async with opened(config, size=(80, 24)) as page:
        await page.press("slash", *"hold", "enter")
        assert page.page._table.cursor_key == "keys.hold"
        await page.press("escape")
        assert len(page.page._table.rows) > 40
        await page.press("escape")
        assert not page.app.settings.is_open
