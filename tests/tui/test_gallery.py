"""The gallery shows each state that the pictures know, in every theme."""

from pathlib import Path

import pytest

from tests.tui import gallery


def test_a_state_stands_on_the_page_in_three_themes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gallery.main([str(tmp_path), "--state", "desk/offered", "--size", "80x24", "--before", "../old"]) == 0
    made = [f"desk/offered.80x24.{theme}.svg" for theme in gallery.THEMES]
    drawn = [(tmp_path / one).read_text() for one in made]
    assert all("accept" in one for one in drawn)
    assert len(set(drawn)) == len(drawn)
    page = (tmp_path / "index.html").read_text()
    assert all(f'src="{one}"' in page for one in [*made, f"../old/{made[0]}"])
    assert capsys.readouterr().out.split() == [str(tmp_path / one) for one in made]


def test_each_state_has_a_name_of_its_own() -> None:
    names = [one.name for one in gallery.states()]
    assert len(set(names)) == len(names) > 80
