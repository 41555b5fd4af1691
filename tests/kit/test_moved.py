"""A plug-in of the release before, written for API 1, finds what it imports."""

import subprocess
import sys

import pytest

from desktop import testing
from desktop.domain.moved import MOVED
from desktop.ports.base import OLDEST_API


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-W", "always", "-c", code], capture_output=True, text=True, check=False)


def test_the_names_go_with_the_api_they_are_for() -> None:
    assert OLDEST_API == 1, "delete desktop/domain/moved.py: no plug-in that needs it is loaded any more"


def test_what_the_template_of_that_release_imports_is_the_same_and_said_to_be_old() -> None:
    done = run(
        "from desktop.domain.customer import Customer, Match, WrapUpRecord\n"
        "from desktop.domain.model import Address\n"
        "from desktop.ports.crm import Crm\n"
        "import inspect, desktop.domain.entities.customer as now\n"
        "assert Customer is now.Customer and Address is inspect.get_annotations(Crm.find)['address'], Address\n"
    )
    assert done.returncode == 0, done.stderr
    assert "DeprecationWarning: desktop.domain.customer is desktop.domain.entities.customer now" in done.stderr


@pytest.mark.parametrize("first", ["old", "new"])
def test_every_moved_module_is_one_module(first: str) -> None:
    code = (
        "import sys\nfrom importlib import import_module\nfrom desktop import testing\n"
        "from desktop.domain.moved import MOVED\n"
        "for old, new in (MOVED | testing.MOVED).items():\n"
        f"    [import_module(one) for one in ((old, new) if {first!r} == 'old' else (new, old))]\n"
        "    assert sys.modules[old] is sys.modules[new] is not None\n"
        "    assert sys.modules[new].__name__ == sys.modules[new].__spec__.name == new\n"
    )
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("DeprecationWarning") == len(MOVED | testing.MOVED)


def test_other_modules_that_are_gone_are_gone() -> None:
    assert "No module named 'desktop.domain.nothing'" in run("import desktop.domain.nothing").stderr
