"""The kit finds what is broken: every broken backend fails the tests that are about it, and no others."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from . import broken_past, broken_quality, broken_supervision
from .broken import BROKEN, Broken

assert broken_past and broken_quality and broken_supervision  # they add their backends to the list
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The reports on all broken backends, by the name of the class."""
    file = tmp_path_factory.mktemp("broken") / "report.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "desktop.testing.report"]
    command += ["-p", "tests.kit.impatient"]
    done = subprocess.run(
        [
            *command,
            "--tb=no",
            f"--conformance-report={file}",
            "tests/kit/broken.py",
            "tests/kit/broken_quality.py",
            "tests/kit/broken_past.py",
            "tests/kit/broken_supervision.py",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    reports = json.loads(file.read_text())["reports"]
    return {one["contract"].rpartition("::Test")[2]: one for one in reports}


@pytest.mark.parametrize("broken", BROKEN, ids=[one.backend.__name__ for one in BROKEN])
def test_a_broken_backend_fails_what_is_about_it(broken: Broken, found: dict[str, Any]) -> None:
    report = found[broken.backend.__name__]
    failed = {one["test"] for group in report["groups"].values() for one in group["failed"]}
    assert failed == broken.fails
    assert report["tier"] != "gold"


def test_every_port_has_its_broken_backends() -> None:
    kinds = [one.backend.manifest.kind for one in BROKEN]
    assert len(kinds) >= 16
    assert set(kinds) == {"contact_center", "crm", "presence", "messaging", "assist", "voice"}
