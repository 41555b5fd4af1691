"""Looks of one's own: read, judged, refused with words, and seen at once when they are written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.terminal.theme_files import ThemeFiles
from desktop.tui.terminal.themes import LOOKS
from tests.app.app_fakes import until
from tests.tui.desk import desk, settle
from tests.tui.states import active

MINE = """
base = "light"

[ink]
accent = "#7a0063"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "themes"
    made.mkdir()
    (made / "mine.toml").write_text(MINE)
    return made


def test_what_a_file_does_not_name_is_that_of_its_base(folder: Path) -> None:
    files = ThemeFiles(folder)
    theme = files.theme("mine")
    assert (theme.name, theme.dark, theme.accent) == ("desk-mine", False, "#7a0063")
    assert theme.background == LOOKS["light"].grounds["background"]
    assert files.names() == ("dark", "light", "contrast", "mine")
    assert list(files.problems("mine")) == []


def test_dark_or_light_is_told_by_its_colours(folder: Path) -> None:
    (folder / "night.toml").write_text(
        'base = "light"\n[grounds]\nbackground = "#000000"\n[ink]\nforeground = "#ffffff"'
    )
    assert ThemeFiles(folder).theme("night").dark


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ink = 3", "must be a table"),
        ("[ink]\naccent = 3", "accent must be a colour like"),
        ('[ink]\naccent = "red"', "accent must be a colour like"),
        ('[ink]\naccent = "#12345"', "accent must be a colour like"),
        ('[ink]\nacent = "#123456"', "there is no acent. There are: foreground"),
        ('[inks]\naccent = "#123456"', "there is no inks. There are: base"),
        ('base = "sepia"', "base must be one of dark, light, contrast"),
        ("base = [", "is not valid TOML"),
        ("\x00", "is not valid TOML"),
        ("# " + "x" * 70_000, "is too large to be a theme"),
    ],
)
def test_what_cannot_be_used_says_why(folder: Path, text: str, words: str) -> None:
    (folder / "mine.toml").write_text(text)
    with pytest.raises(ValueError, match=words):
        ThemeFiles(folder).theme("mine")


@pytest.mark.parametrize("name", ["", "none", "../mine", "mine.toml", "/etc/passwd", "a" * 40, "mine\n"])
def test_only_a_name_is_a_name(folder: Path, name: str) -> None:
    (folder.parent / "mine.toml").write_text(MINE)
    with pytest.raises(ValueError, match="There are: dark, light, contrast, mine"):
        ThemeFiles(folder).theme(name)


@given(text=st.text(max_size=80))
def test_no_text_does_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("looks")
    (folder / "any.toml").write_text(text, "utf-8")
    try:
        ThemeFiles(folder).theme("any")
    except ValueError as error:
        assert str(error)


def test_what_is_hard_to_read_is_named_and_refused_by_nobody(folder: Path) -> None:
    (folder / "pale.toml").write_text('[ink]\nmuted = "#333a42"\n')
    files = ThemeFiles(folder)
    (hint,) = files.problems("pale")
    assert hint.startswith("theme pale: muted on ") and "legible from 4.5 on" in hint
    assert files.theme("pale").variables["muted"] == "#333a42"


async def test_a_file_that_is_written_is_seen_at_once_and_a_broken_one_is_told_and_kept_out(folder: Path) -> None:
    app, _ = desk(active())
    app.theme_files = ThemeFiles(folder)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert app._theming is None, "a bundled look costs nothing"
        app.choose_theme("mine")
        await settle(pilot)
        assert colour(app) == "#7a0063"
        write(folder / "mine.toml", MINE.replace("#7a0063", "#00527a"))
        await until(lambda: colour(app) == "#00527a")
        write(folder / "mine.toml", "[ink")
        await until(lambda: any("not valid TOML" in one.message for one in app._notifications))
        assert colour(app) == "#00527a"
        (folder / "mine.toml").unlink()
        write(folder / "mine.toml", MINE)
        await until(lambda: colour(app) == "#7a0063")


def colour(app: TerminalApp) -> str:
    return app.get_css_variables()["accent"].lower()


def write(path: Path, text: str) -> None:
    """As an editor does: a new file in the place of the old."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)
