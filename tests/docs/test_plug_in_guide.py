"""The guide for authors of plug-ins speaks of what `backends new` writes, and its commands write it."""

import re
import shlex
from pathlib import Path

import pytest

from desktop.ports.deadlines import HOST
from tests.cli.command_line import clean_env, run
from tests.docs.pages import DOCS, block_with, blocks, text_of

GUIDE = DOCS / "how-to" / "write-a-plug-in.md"
TUTORIAL = DOCS / "tutorial" / "first-plug-in.md"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What comes of the guide's command."""
    place = tmp_path_factory.mktemp("guide")
    shown = block_with(GUIDE, "sh", "backends new")
    (command,) = [line for line in shown.splitlines() if "backends new" in line]
    assert command in block_with(TUTORIAL, "sh", "backends new"), "both pages write the same package"
    ran = run(*shlex.split(command)[1:], "--into", str(place), env=clean_env(place))
    return Path(ran.json["folder"])


def test_the_files_it_names_are_written(package: Path) -> None:
    named = re.findall(r"\*\*`([\w/.]+)`\*\*", text_of(GUIDE))
    written = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    assert set(named) == written - {"README.md", "phonebook_crm/py.typed"}


def test_its_entry_points_are_those_that_are_written(package: Path) -> None:
    project = (package / "pyproject.toml").read_text()
    (shown,) = blocks(GUIDE, "toml")
    for line in filter(None, map(str.strip, shown.splitlines())):
        assert line in project


def test_its_deadlines_are_those_of_the_desktop() -> None:
    words = f"open {HOST.open:g}, read {HOST.read:g}, change {HOST.change:g}, outbox {HOST.outbox:g}"
    assert f"{words}, close {HOST.close:g}, and {HOST.silence:g} for a silent stream" in text_of(GUIDE)


def test_the_tutorial_breaks_a_line_that_is_there(package: Path) -> None:
    (shown,) = blocks(TUTORIAL, "python")
    (file,) = re.findall(r"Open `phonebook/([\w/.]+)`", text_of(TUTORIAL))
    assert shown in (package / file).read_text()
