"""What an agent enters is delivered once or visibly waits, on every way out: a short campaign on real terminals."""

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.campaign.judge import FAULTS
from tests.campaign.report import Report
from tests.campaign.shift import Shift
from tests.campaign.site import Site

pytestmark = pytest.mark.thorough

CALM = ("finished, pressed twice", "timed out, sent from the page", "CRM 422", "disk full at the finish", "SIGTERM")
DEADLY = ("killed after the finishing key", "gone while dead, in wrap-up", "killed while typing")
WRITTEN = ("reply: two drafts, killed",)


@pytest.mark.parametrize("ways", [CALM, DEADLY, WRITTEN], ids=["calm", "power cuts", "in writing"])
def test_nothing_entered_is_lost_doubled_or_altered(ways: tuple[str, ...], tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        shift = Shift(site, 0, 0, 7, list(ways), power=ways is DEADLY).run()
    finally:
        site.end()
    report = Report([asdict(shift)], shift.seconds)
    print(report.text(7, histories=5))
    assert not report.wrong, report.text(7, histories=5)
    assert {one["way"] for one in report.outcomes} == set(ways)
    assert not any(one["hitch"] for one in report.outcomes)


MIXED = ("--mixed", "--wrap-ups", "1", "--kills", "0", "--power-cuts", "0", "--jobs", "1")


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), MIXED], ids=["every way out", "a mixed hour"])
def test_the_whole_campaign(options: tuple[str, ...]) -> None:
    words = [sys.executable, "-m", "tests.campaign", "--quiet", *options]
    done = subprocess.run(words, capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0
    assert all(f"{fault} 0" in done.stdout for fault in FAULTS)
