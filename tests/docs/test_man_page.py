"""The manual page is that of the code, and man can read it."""

import shutil
import subprocess

import pytest

from tests.docs.man_page import FILE, man_page


def test_it_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == man_page(), "python -m tests.docs writes it anew"


@pytest.mark.parametrize("command", ["state", "do", "report intervals", "config init", "supervise", "completion"])
def test_it_has_every_command(command: str) -> None:
    assert f".SS {command}\n" in man_page()


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed: apt-get install groff")
def test_man_reads_it_without_a_complaint() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z", str(FILE)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
