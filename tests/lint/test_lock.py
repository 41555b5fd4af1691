"""The locks: what pyproject.toml asks for, each at one version, each file known by its hash, from no named place."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = {"requirements.lock": "mocks", "requirements-test.lock": "test", "requirements-real.lock": "real"}
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;\\]+)(?: ; ([^\\]+?))?((?: \\\n +--hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def pins(name: str) -> dict[str, Version]:
    """What a lock pins: name to version."""
    found = [(canonicalize_name(pin[1]), Version(pin[2])) for pin in PIN.finditer((ROOT / name).read_text())]
    assert len(dict(found)) == len(found)
    return dict(found)


def asked(extra: str) -> list[Requirement]:
    """What pyproject.toml asks for: the dependencies, an extra with those it names, and what building needs."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project, extras = data["project"], data["project"]["optional-dependencies"]
    wanted = [*project["dependencies"], *data["build-system"]["requires"], *extras[extra]]
    found = []
    while wanted:
        requirement = Requirement(wanted.pop())
        if requirement.name == project["name"]:
            wanted += [text for inner in requirement.extras for text in extras[inner]]
        else:
            found.append(requirement)
    return found


@pytest.mark.parametrize(("name", "extra"), LOCKS.items())
def test_a_lock_covers_what_the_project_asks_for(name: str, extra: str) -> None:
    pinned = pins(name)
    missing = {
        str(one)
        for one in asked(extra)
        if (version := pinned.get(canonicalize_name(one.name))) is None or version not in one.specifier
    }
    assert missing == set(), f"{name} is older than pyproject.toml; ARCHITECTURE.md says how it is made"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_pins_with_hashes_and_nothing_else(name: str) -> None:
    text = (ROOT / name).read_text()
    rest = PIN.sub("", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    assert rest.strip() == ""
    assert len(pins(name)) > 20


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.search(r"://|(?<!no-emit)-index-url|--find-links|--trusted-host|@ |\d+\.\d+\.\d+\.\d+:\d", text) is None
    assert not any(line.lstrip().startswith("/") or " /" in line for line in text.splitlines())


def test_each_lock_agrees_with_the_one_it_builds_on() -> None:
    demo, test, real = (pins(name) for name in LOCKS)
    assert demo.items() <= test.items() <= real.items()
