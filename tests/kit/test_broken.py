"""The kit finds what is broken: every broken backend fails the tests that are about it, and no others."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import broken_past, broken_quality, broken_supervision
from .broken import BROKEN

assert broken_past and broken_quality and broken_supervision  # they add their backends to the list
ROOT = Path(__file__).parents[2]


def reports_on_all(file: Path) -> dict[str, Any]:
    """The reports on all broken backends, by the name of the class, by way of a file."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "desktop.testing.report"]
    command += ["-p", "tests.kit.impatient", "--tb=no", f"--conformance-report={file}"]
    suites = ("broken", "broken_quality", "broken_past", "broken_supervision")
    done = subprocess.run(
        [*command, *(f"tests/kit/{name}.py" for name in suites)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return {one["contract"].rpartition("::Test")[2]: one for one in json.loads(file.read_text())["reports"]}


def test_each_broken_backend_fails_what_is_about_it(tmp_path: Path) -> None:
    """One test, so that one worker runs the suites once."""
    reports = reports_on_all(tmp_path / "report.json")
    failed = {
        name: {one["test"] for group in report["groups"].values() for one in group["failed"]}
        for name, report in reports.items()
    }
    about_it = {one.backend.__name__: one.fails for one in BROKEN}
    assert failed.keys() == about_it.keys()
    assert {name: sorted(failed[name] ^ about_it[name]) for name in failed if failed[name] != about_it[name]} == {}
    assert [name for name, report in reports.items() if report["tier"] == "gold"] == []


def test_every_port_has_its_broken_backends() -> None:
    kinds = [one.backend.manifest.kind for one in BROKEN]
    assert len(kinds) >= 16
    assert set(kinds) == {"contact_center", "crm", "presence", "messaging", "assist", "voice"}
