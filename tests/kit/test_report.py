"""The pytest plug-in counts every test of a contract, and is not talked out of one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop.ports.base import API

ROOT = Path(__file__).parents[2]
HEAD = """\
import pytest
from desktop.testing.contracts.assist import AssistContract
from desktop.testing.rig import absent, does_not_apply
from tests.kit.reference.assist import ReferenceAssist, ReferenceAssistRig

class Rig(ReferenceAssistRig):
    label = "vendor-judged"
{rig}

@pytest.fixture
async def rig():
    async with Rig() as rig:
        yield rig

class TestIt(AssistContract):
    \"\"\"All of it.\"\"\"
"""


def report(folder: Path, *, rig: str = "", more: str = "", words: tuple[str, ...] = ()) -> dict[str, Any]:
    """The report on a suite."""
    (folder / "test_it.py").write_text(HEAD.format(rig=rig) + more)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    file = folder / "report.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "desktop.testing.report"]
    command += ["-p", "tests.kit.impatient", f"--conformance-report={file}", *words, str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert file.exists(), done.stdout + done.stderr
    document = json.loads(file.read_text())
    assert document["plugin_api"] == API
    (found,) = document["reports"]
    return dict(found)


def unproven(found: dict[str, Any]) -> dict[str, str]:
    """What was not proven, and why."""
    return {one["test"]: one["reason"] for group in found["groups"].values() for one in group["not_proven"]}


def test_a_sound_backend_is_gold(tmp_path: Path) -> None:
    found = report(tmp_path)
    assert (found["kind"], found["name"], found["tier"], found["label"]) == (
        "assist",
        "reference",
        "gold",
        "vendor-judged",
    )
    assert found["passed"] == found["required"] > 20
    assert unproven(found) == {}


@pytest.mark.thorough
def test_what_the_rig_cannot_do_is_not_proven(tmp_path: Path) -> None:
    rig = """
    async def fault(self, fault):
        if fault.value == "rate_limited":
            absent("there are no limits")
        if fault.value == "refused":
            does_not_apply("it is never away")  # which is not for a rig to say
        await super().fault(fault)
"""
    found = report(tmp_path, rig=rig)
    assert found["tier"] == "silver"
    assert unproven(found) == {
        "test_opening_fails_in_the_right_way[rate_limited]": "there are no limits",
        "test_reading_fails_in_the_right_way[rate_limited]": "there are no limits",
        "test_opening_fails_in_the_right_way[refused]": "it is never away",
        "test_reading_fails_in_the_right_way[refused]": "it is never away",
        "test_it_works_again_when_the_fault_is_over[refused]": "it is never away",
    }


@pytest.mark.thorough
def test_what_is_left_out_or_replaced_is_not_proven(tmp_path: Path) -> None:
    more = """
    async def test_any_text_can_be_ranked(self):
        pass

    test_the_best_comes_first = None
"""
    found = report(tmp_path, more=more, words=("-k", "not closing"))
    assert unproven(found) == {
        "test_any_text_can_be_ranked": "the author replaced this test",
        "test_the_best_comes_first": "the author replaced this test",
        "test_closing_is_always_possible": "it was not run",
    }
    assert found["tier"] == "none"  # no test of behaviour is left


@pytest.mark.thorough
def test_a_group_can_be_run_alone_and_a_label_given(tmp_path: Path) -> None:
    found = report(tmp_path, words=("-m", "resilience", "--conformance-label", "real"))
    assert (found["label"], found["tier"]) == ("real", "none")
    assert found["groups"]["resilience"]["passed"] > 15
    assert found["groups"]["shape"]["passed"] == 0
