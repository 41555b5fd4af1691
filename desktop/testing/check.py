"""Checks one installed plug-in: what its class says, and the contract where it brings a rig.

A plug-in brings a rig by an entry point of the group `agent_desktop.rig.KIND`, under the backend's own name: a callable
without arguments that answers a `Rig`.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from desktop.ports import registry
from desktop.ports.base import API, Kind
from desktop.ports.kinds import KINDS
from desktop.testing import statics

DEADLINE = 600.0
"""Longest that a contract may run, in seconds."""

_TESTS = '''\
"""Made by `agent-desktop backends check`."""

import pytest_asyncio

from desktop.ports.base import Kind
from desktop.testing.check import rig_of
from {module} import {contract}


@pytest_asyncio.fixture
async def rig():
    async with rig_of(Kind({kind!r}), {name!r}).load()() as made:
        yield made


class TestConformance({contract}):
    """The contract of the kind."""
'''


@dataclass(frozen=True, slots=True)
class Check:
    """What was found.

    `complaints` are about the class; `warnings` say what will be wrong soon; `missing` what could not be checked, and
    why.
    """

    kind: str
    name: str
    package: str
    title: str
    api: int
    complaints: tuple[str, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]
    conformance: Mapping[str, Any] | None
    markdown: str

    @property
    def ok(self) -> bool:
        """Whether nothing was found against it. What is missing is nothing against it."""
        groups = self.conformance["groups"].values() if self.conformance else ()
        return not self.complaints and not any(group["failed"] for group in groups)

    def as_json(self) -> dict[str, object]:
        """The result as a JSON object."""
        return {
            "kind": self.kind,
            "name": self.name,
            "package": self.package,
            "title": self.title,
            "api": self.api,
            "plugin_api": API,
            "ok": self.ok,
            "tier": self.conformance["tier"] if self.conformance else None,
            "complaints": list(self.complaints),
            "warnings": list(self.warnings),
            "missing": list(self.missing),
            "conformance": self.conformance,
        }

    def as_markdown(self) -> str:
        """The result for people."""
        lines = [f"# {self.kind} {self.name}", "", f"From {self.package}, plug-in API {self.api}.", ""]
        lines += [f"- WRONG: {one}" for one in self.complaints] or ["The class keeps to its port."]
        lines += [f"- Soon wrong: {one}" for one in self.warnings]
        lines += [f"- Not checked: {one}" for one in self.missing]
        return "\n".join(lines) + "\n\n" + self.markdown


def rig_of(kind: Kind, name: str) -> EntryPoint | None:
    """The rig that an installed package brings for a backend."""
    found = entry_points(group=kind.rig_group, name=name)
    return next(iter(found), None)


def check(kind: Kind, name: str) -> Check:
    """Check one plug-in.

    Raises:
        PluginError: it cannot be loaded at all.
    """
    backend = registry.load(kind, name)
    complaints = [*statics.entry_point_complaints(backend, kind, name), *statics.complaints(backend)]
    missing: list[str] = []
    conformance, markdown = None, ""
    if any(find_spec(module) is None for module in ("pytest", "pytest_asyncio")):
        missing.append("the contract: pytest is not installed; pip install 'agent-desktop[kit]'")
    elif rig_of(kind, name) is None:
        missing.append(f"the contract: no package brings a rig (entry point {name!r} in {kind.rig_group})")
    else:
        conformance, markdown = _run(kind, name)
        if conformance is None:
            complaints.append("its rig does not let the contract run; what pytest said is above")
    return Check(
        kind=kind.value,
        name=name,
        package=registry.owner(kind, name),
        title=backend.manifest.title,
        api=backend.manifest.api,
        complaints=tuple(complaints),
        warnings=(_soon_wrong(backend.manifest.api),) if registry.old(backend.manifest) else (),
        missing=tuple(missing),
        conformance=conformance,
        markdown=markdown,
    )


def _soon_wrong(api: int) -> str:
    return f"written for plug-in API {api}; the next release of the desktop, which has {API} now, will not load it"


def _run(kind: Kind, name: str) -> tuple[Mapping[str, Any] | None, str]:
    """Run the contract by a pytest of its own, away from the settings of whatever folder this is called in."""
    module, _, contract = KINDS[kind].contract.partition(":")
    with tempfile.TemporaryDirectory(prefix="agent-desktop-check-") as folder:
        home = Path(folder)
        (home / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
        source = _TESTS.format(module=module, contract=contract, kind=kind.value, name=name)
        (home / "test_conformance.py").write_text(source)
        report, markdown = home / "report.json", home / "report.md"
        words = [sys.executable, "-P", "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"]
        words += [
            "-p",
            "desktop.testing.report",
            f"--conformance-report={report}",
            f"--conformance-markdown={markdown}",
        ]
        with contextlib.suppress(subprocess.TimeoutExpired):
            # stderr takes what pytest says: stdout is for the report alone.
            subprocess.run(  # noqa: S603 - our own interpreter, no shell
                [*words, str(home / "test_conformance.py")],
                cwd=home,
                env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
                stdout=sys.stderr,
                timeout=DEADLINE,
                check=False,
            )
        if not report.exists():
            return None, ""
        found: Mapping[str, Any] = json.loads(report.read_text())["reports"][0]
        return found, markdown.read_text()
