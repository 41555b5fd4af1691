"""The list of planted faults fits the source: each can be planted, and its tests are there."""

from pathlib import Path

import pytest

from tests.faults.planted import ROOT, Fault, faults


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.wrong)
def test_it_can_be_planted(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text("utf-8").count(fault.find) == 1
    assert fault.put != fault.find
    for test in fault.tests:
        assert (ROOT / test).exists(), test


def test_there_are_some_in_every_layer() -> None:
    layers = {fault.file.split("/")[1] if fault.file.startswith("desktop/") else "mock_backends" for fault in faults()}
    assert {"domain", "ports", "app", "backends", "config", "words", "cli", "tui", "testing", "mock_backends"} <= layers
    assert len(faults()) >= 40


@pytest.mark.thorough
def test_a_fault_is_planted_found_and_taken_out_again(tmp_path: Path) -> None:
    (tmp_path / "sum.py").write_text("def add(a, b):\n    return a + b\n")
    (tmp_path / "test_sum.py").write_text("from sum import add\n\ndef test_sum():\n    assert add(2, 3) == 5\n")
    wrong = Fault(wrong="it subtracts", file="sum.py", find="a + b", put="a - b", tests=("test_sum.py",))
    assert wrong.caught_by(tmp_path) == "test_sum.py::test_sum"
    assert "a + b" in (tmp_path / "sum.py").read_text()
    harmless = Fault(wrong="nothing", file="sum.py", find="a + b", put="b + a", tests=("test_sum.py",))
    assert harmless.caught_by(tmp_path) == ""
    with pytest.raises(ValueError, match="0 times"), wrong.model_copy(update={"find": "a * b"}).planted(tmp_path):
        pass
