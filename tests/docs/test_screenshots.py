"""The pictures can be made again: the script plays a scenario on real servers and comes to the same file each time."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from screenshots.scenes import SCENES

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def make(name: str, folder: Path) -> str:
    folder.mkdir()
    command = [sys.executable, "-m", "screenshots", name, "--into", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return (folder / f"{name}.svg").read_text()


def test_a_picture_comes_out_the_same_each_time(tmp_path: Path) -> None:
    picture = make("narrow", tmp_path / "first")
    assert "Natarajan" in picture
    assert picture == make("narrow", tmp_path / "second")


def test_every_scene_has_its_picture_which_keeps_spaces_and_fetches_nothing() -> None:
    assert {path.stem for path in (ROOT / "screenshots").glob("*.svg")} == set(SCENES)
    for name in SCENES:
        text = (ROOT / "screenshots" / f"{name}.svg").read_text()
        assert ElementTree.fromstring(text).get(SPACE) == "preserve"
        assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "@font-face" not in text
