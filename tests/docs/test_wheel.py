"""What is installed: the wheel holds every file that is read at run time, and its command answers."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the source without any download."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "desktop", "mock_backends", "docs", "screenshots"):
        (source / name).symlink_to(ROOT / name)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*command, "-w", str(folder), str(source)], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_what_is_read_at_run_time(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        held = set(opened.namelist())
    kinds = (".py", ".toml", ".tcss", ".json", "py.typed")
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("desktop", "mock_backends")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.name.endswith(kinds)
    }
    assert {"desktop/py.typed", "desktop/tui/theme.tcss", "mock_backends/scenarios/first_call.toml"} <= wanted
    assert wanted <= held
    assert not {name for name in held if name.startswith(("tests", "screenshots"))}


def test_the_command_works_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(tmp_path)
    start = "import sys; from desktop.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {start}", "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("agent-desktop ") and wheel.name.split("-")[1] in done.stdout


def test_the_wheel_brings_the_documentation_and_the_command_finds_it(wheel: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    # --ignore-installed: pip would take away what is installed beside it otherwise.
    where = ["--ignore-installed", "--prefix", str(tmp_path)]
    subprocess.run([*command, *where, str(wheel)], check=True, timeout=120)
    share = tmp_path / "share" / "doc" / "agent-desktop"
    for kind, ending in (("docs", "*.md"), ("screenshots", "*.svg")):
        there = {path.relative_to(share) for path in (share / kind).rglob(ending)}
        assert there == {path.relative_to(ROOT) for path in (ROOT / kind).rglob(ending)}
    (library,) = tmp_path.glob("lib*/python*/site-packages")
    start = (
        f"import sys; sys.path.insert(0, {str(library)!r}); import sysconfig;"
        f"sysconfig.get_path = lambda name: {str(tmp_path)!r};"
        "from desktop.cli import main; sys.exit(main(['docs']))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", start], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
    )
    assert json.loads(done.stdout)["folder"] == str(share / "docs")
