"""The README and the architecture: short, with commands that are true."""

import re
from pathlib import Path

import pytest

from tests.docs.example import BIN, environment
from tests.docs.pages import ARCHITECTURE, DOCS, README, ROOT, blocks, pages, text_of
from tests.tui.pty_screen import PtyScreen

TEXT = text_of(README)


def commands() -> tuple[str, str]:
    """The line that starts the demo and the line that runs the tests."""
    lines = [line for block in blocks(README, "sh") for line in block.splitlines()]
    (demo,) = (line for line in lines if line.startswith("python3 -m venv ") and line.endswith(" demo"))
    (tests,) = (line for line in lines if line.startswith("python3 -m venv ") and line.endswith(" -m pytest -n auto"))
    return demo, tests


def test_it_is_two_screens_and_the_architecture_four() -> None:
    assert len(TEXT.splitlines()) <= 100
    assert len(text_of(ARCHITECTURE).splitlines()) <= 220


def test_both_commands_install_from_their_lock() -> None:
    demo, tests = commands()
    start = "python3 -m venv .venv && .venv/bin/pip install -qr "
    rest = " && .venv/bin/pip install -q --no-deps --no-build-isolation . && .venv/bin/"
    assert demo == f"{start}requirements.lock{rest}agent-desktop demo"
    assert tests == f"{start}requirements-test.lock{rest}python -m pytest -n auto"
    real = (
        "pip install -qr requirements-real.lock && .venv/bin/python -m pytest -n 2 --dist loadfile --real tests/real\n"
    )
    assert f"\n.venv/bin/{real}" in TEXT


def test_ci_finds_each_command_once() -> None:
    patterns = re.findall(r"^\w+=\$\(the_command '(.+)'\)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert len(patterns) == 3
    for pattern in patterns:
        assert len(re.findall(pattern, TEXT, re.MULTILINE)) == 1


def test_the_tutorial_starts_the_demo_as_the_readme_does() -> None:
    assert commands()[0] in text_of(DOCS / "tutorial" / "first-call.md")


def test_the_command_for_the_demo_shows_the_desktop(tmp_path: Path) -> None:
    words = commands()[0].rpartition(".venv/bin/")[2].split()
    with PtyScreen([str(BIN / words[0]), *words[1:]], rows=40, cols=150, env=environment(tmp_path)) as screen:
        screen.wait_for("Maya Okafor", 60)
        screen.press("s")
        screen.wait_for("1")
        screen.press("1")
        screen.wait_for("Priya Natarajan", 60)
        screen.press_twice("ctrl+o")
        assert screen.wait_exit(30) == 0


def _files_named(page: Path) -> set[str]:
    found = re.findall(r"`([\w/-]+\.(?:py|tcss|md|toml))`", text_of(page))
    return {name for name in found if name not in ("pyproject.toml", "alerts.toml", "config.toml", "replies.toml")}


def _files_there() -> list[str]:
    tops = ("desktop", "mock_backends", "tests", "docs", "screenshots")
    inside = [str(path.relative_to(ROOT)) for top in tops for path in (ROOT / top).rglob("*.*")]
    return inside + [path.name for path in ROOT.glob("*.*")]


def test_the_architecture_speaks_of_many_files() -> None:
    assert len(_files_named(ARCHITECTURE)) > 80


@pytest.mark.parametrize("page", [ARCHITECTURE, README, ROOT / "CONTRIBUTING.md", *pages()], ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    there = _files_there()
    of_new_plug_in = {f"phonebook_crm/{name}.py" for name in ("__init__", "client", "server", "far_side", "rig")} | {
        "phonebook/phonebook_crm/client.py",
        "tests/test_conformance.py",
        "stream.py",
    }
    missing = {
        name for name in _files_named(page) if not any(path.endswith(f"/{name}") or path == name for path in there)
    }
    assert missing - of_new_plug_in - {"scorecards/NAME.toml"} == set()
