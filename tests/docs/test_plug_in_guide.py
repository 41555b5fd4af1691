"""The guide for authors of plug-ins walks through the template that the kit's tests install and check."""

import re

from desktop.ports.deadlines import HOST
from tests.docs.pages import DOCS, ROOT, blocks, text_of

TEMPLATE = ROOT / "tests" / "kit" / "template_plugin"
GUIDE = DOCS / "how-to" / "write-a-plug-in.md"
TUTORIAL = DOCS / "tutorial" / "first-plug-in.md"


def test_its_files_are_those_of_the_template() -> None:
    named = re.findall(r"\*\*`([\w/.]+)`\*\*", text_of(GUIDE))
    assert len(named) == 4
    assert all((TEMPLATE / path).is_file() for path in named)


def test_its_entry_points_are_those_of_the_template() -> None:
    project = (TEMPLATE / "pyproject.toml").read_text()
    (shown,) = blocks(GUIDE, "toml")
    for line in filter(None, map(str.strip, shown.splitlines())):
        assert line in project


def test_its_deadlines_are_those_of_the_desktop() -> None:
    words = f"open {HOST.open:g}, read {HOST.read:g}, change {HOST.change:g}, outbox {HOST.outbox:g}"
    assert f"{words}, close {HOST.close:g}, and {HOST.silence:g} for a silent stream" in text_of(GUIDE)


def test_the_tutorial_breaks_a_line_that_is_there() -> None:
    (shown,) = blocks(TUTORIAL, "python")
    assert shown in (TEMPLATE / "phonebook_plugin" / "__init__.py").read_text()
