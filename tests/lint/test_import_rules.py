"""The arrows between modules: kept in the tree, and each contract proved by planting what it forbids."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PURE = ["asyncio", "sqlite3", "httpx", "textual", "pathlib", "os", "random", "time", "datetime", "socket", "pydantic"]


def lint(tree: Path, *arguments: str) -> tuple[bool, str]:
    """Whether the contracts are kept, and what was said."""
    command = [sys.executable, "-c", LINT, "--no-logo", "--no-cache", *arguments]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=60)
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the source, to be spoiled."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("desktop", "mock_backends"):
        for source in (ROOT / package).rglob("*.py"):
            target = tmp_path / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return tmp_path


def plant(tree: Path, files: Mapping[str, str]) -> None:
    """Add lines to files, making those that do not exist."""
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + f"\n{text}\n")


def test_the_tree_keeps_every_contract() -> None:
    kept, said = lint(ROOT)
    assert kept, said


PLANTED: list[tuple[str, Mapping[str, str], str]] = [
    ("layers", {"desktop/domain/planted.py": "import desktop.ports.errors"}, "desktop.domain.planted"),
    ("layers", {"desktop/ports/planted.py": "import desktop.app"}, "desktop.ports.planted"),
    ("layers", {"desktop/backends/planted.py": "import desktop.app"}, "desktop.backends.planted"),
    ("layers", {"desktop/testing/planted.py": "import desktop.backends"}, "desktop.testing.planted"),
    ("layers", {"desktop/config/planted.py": "import desktop.app"}, "desktop.config.planted"),
    ("layers", {"desktop/app/planted.py": "def later() -> None:\n    import desktop.config"}, "desktop.app.planted"),
    ("layers", {"desktop/app/planted.py": "import desktop.tui"}, "desktop.app.planted"),
    ("layers", {"desktop/wiring.py": "import desktop.tui"}, "desktop.wiring"),
    ("layers", {"desktop/tui/planted.py": "import desktop.wiring", "desktop/wiring.py": ""}, "desktop.tui.planted"),
    ("layers", {"desktop/tui/planted.py": "import desktop.cli"}, "desktop.tui.planted"),
    ("layers", {"desktop/demo.py": "import desktop.web", "desktop/web.py": ""}, "desktop.demo"),
    ("layers", {"desktop/stray.py": "unplaced = True"}, "desktop.stray"),
    ("backends", {"desktop/cli/planted.py": "import desktop.backends"}, "desktop.cli.planted"),
    ("backends", {"desktop/wiring.py": "def load() -> None:\n    import desktop.backends"}, "desktop.wiring"),
    ("testing", {"desktop/tui/planted.py": "import desktop.testing"}, "desktop.tui.planted"),
    ("no-textual-below", {"desktop/app/planted.py": "from textual.app import App"}, "desktop.app.planted"),
    ("no-textual-below", {"desktop/config/planted.py": "import rich.text"}, "desktop.config.planted"),
    ("no-textual-below", {"desktop/app/planted.py": "import desktop.tui", "desktop/tui/__init__.py": "import textual"},
     "desktop.app.planted"),
    ("no-textual-above", {"desktop/cli/planted.py": "import textual"}, "desktop.cli.planted"),
    ("mocks-apart", {"mock_backends/planted.py": "import desktop.domain.entities.words"}, "mock_backends.planted"),
    ("mocks-apart", {"desktop/backends/planted.py": "import mock_backends.acd.router"}, "desktop.backends.planted"),
    ("mocks-apart", {"desktop/demo.py": "import mock_backends.acd.router"}, "desktop.demo"),
    ("panes-apart", {"desktop/tui/agent/panes/one.py": "import desktop.tui.agent.panes.two",
                     "desktop/tui/agent/panes/two.py": ""},
     "desktop.tui.agent.panes.one"),
    ("no-circles", {"desktop/app/one.py": "import desktop.app.two", "desktop/app/two.py": "import desktop.app.one"},
     "cycles are allowed in desktop.app."),
    ("no-circles", {"mock_backends/one.py": "import mock_backends.two",
                    "mock_backends/two.py": "import mock_backends.one"}, "cycles are allowed in mock_backends."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("contract", "files", "culprit"), PLANTED, ids=[f"{row[0]}: {', '.join(row[1])}" for row in PLANTED]
)
def test_a_planted_violation_is_found(tree: Path, contract: str, files: Mapping[str, str], culprit: str) -> None:
    plant(tree, files)
    kept, said = lint(tree, "--contract", contract)
    assert not kept, said
    assert culprit.removeprefix("desktop.") in said


def test_the_domain_may_import_none_of_these(tree: Path) -> None:
    plant(tree, {f"desktop/domain/with_{name}.py": f"import {name}" for name in PURE})
    kept, said = lint(tree, "--contract", "pure-domain")
    assert not kept
    assert [name for name in PURE if f"desktop.domain.with_{name} -> {name}" not in said] == []


def test_the_demo_may_start_the_mock_servers(tree: Path) -> None:
    plant(tree, {"desktop/demo.py": "import mock_backends.launcher", "mock_backends/launcher.py": ""})
    kept, said = lint(tree, "--contract", "mocks-apart")
    assert kept, said


def test_every_contract_has_a_planted_violation() -> None:
    ids = {
        line.split('"')[1] for line in (ROOT / "pyproject.toml").read_text().splitlines() if line.startswith('id = "')
    }
    assert ids == {row[0] for row in PLANTED} | {"pure-domain"}
