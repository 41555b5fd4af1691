"""The kit finds what is broken: every broken backend fails the tests that are about it, and in full no others."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from . import (
    broken_assist,
    broken_center,
    broken_crm,
    broken_messaging,
    broken_past,
    broken_presence,
    broken_quality,
    broken_supervision,
    broken_threads,
    broken_voice,
)
from .broken import BROKEN, Broken

pytestmark = pytest.mark.thorough

SUITES = (
    *("broken", broken_assist, broken_center, broken_crm, broken_messaging),
    *(broken_past, broken_presence, broken_quality, broken_supervision, broken_threads, broken_voice),
)
FILES = [one if isinstance(one, str) else one.__name__.rpartition(".")[2] for one in SUITES]
ROOT = Path(__file__).parents[2]
ENOUGH = 10


def reports_on_all(file: Path, *words: str) -> dict[str, Any]:
    """The reports on all broken backends, by module and name of the class, by way of a file."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "desktop.testing.report"]
    command += ["-p", "tests.kit.impatient", "--tb=no", f"--conformance-report={file}", *words]
    done = subprocess.run(
        [*command, *(f"tests/kit/{name}.py" for name in FILES)], cwd=ROOT, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return {one["contract"]: one for one in json.loads(file.read_text())["reports"]}


def contract_of(one: Broken) -> str:
    """As pytest calls it."""
    return f"tests/kit/{one.backend.__module__.rpartition('.')[2]}.py::Test{one.backend.__name__}"


def failed(report: Any) -> frozenset[str]:
    """The tests that failed."""
    return frozenset(one["test"] for group in report["groups"].values() for one in group["failed"])


def test_each_broken_backend_fails_what_is_about_it(tmp_path: Path) -> None:
    """One test, so that one worker runs the suites once. A single failure loses gold: see `test_tier.py`."""
    reports = reports_on_all(tmp_path / "report.json")
    assert reports.keys() == {contract_of(one) for one in BROKEN}
    missed = {one.backend.__name__: sorted(one.fails - failed(reports[contract_of(one)])) for one in BROKEN}
    assert {name: tests for name, tests in missed.items() if tests} == {}
    assert [name for name, report in reports.items() if report["tier"] == "gold"] == []


@pytest.mark.slow
def test_each_broken_backend_fails_nothing_else(tmp_path: Path) -> None:
    """The whole contract for each of them: the tier is what it would be for a real one, and never gold."""
    reports = reports_on_all(tmp_path / "report.json", "--every-test")
    wrong = {one.backend.__name__: sorted(one.fails ^ failed(reports[contract_of(one)])) for one in BROKEN}
    assert {name: tests for name, tests in wrong.items() if tests} == {}
    assert [name for name, report in reports.items() if report["tier"] == "gold"] == []


def test_every_port_has_its_broken_backends() -> None:
    kinds = Counter(one.backend.manifest.kind.value for one in BROKEN)
    assert kinds.keys() == {"contact_center", "crm", "presence", "messaging", "assist", "voice"}
    assert min(kinds.values()) >= ENOUGH, kinds
    parts = Counter(one.backend.__module__.rpartition("_")[2] for one in BROKEN)
    assert min(parts[name] for name in ("quality", "past", "supervision", "threads")) >= ENOUGH, parts
