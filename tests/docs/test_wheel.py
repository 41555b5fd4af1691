"""What is installed: the wheel holds every file that is read at run time, and its command answers."""

import json
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.thorough

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
    kinds = (".py", ".toml", ".tcss", ".css", ".json", ".jinja", ".mo", "py.typed")
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


def _with_all_they_need(*wanted: str) -> set[str]:
    """The distributions that requirements stand for, with everything they require in turn, by their names here."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(one) for one in wanted]
    while waiting:
        one = waiting.pop()
        found.add(canonicalize_name(one.name))
        for extra in {"", *one.extras}:
            if (one.name, extra) in seen:
                continue
            seen.add((one.name, extra))
            needed = map(Requirement, distribution(one.name).requires or ())
            waiting += [each for each in needed if each.marker is None or each.marker.evaluate({"extra": extra})]
    return found


def _of_the_kit(wheel: Path) -> list[str]:
    """What the wheel asks for with the extra `kit`, and what building a package needs."""
    with zipfile.ZipFile(wheel) as opened:
        (metadata,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        lines = opened.read(metadata).decode().splitlines()
    asked = [Requirement(line.partition(": ")[2]) for line in lines if line.startswith("Requires-Dist: ")]
    return ["setuptools", *(str(one) for one in asked if one.marker is None or one.marker.evaluate({"extra": "kit"}))]


def test_the_extra_kit_is_all_that_an_author_needs(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    venv.create(tmp_path / "env", symlinks=True)
    (library,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    for name in _with_all_they_need(*_of_the_kit(wheel)):
        held = distribution(name)
        for top in {file.parts[0] for file in held.files or ()} - {"..", "__pycache__"}:
            if not (library / top).exists():
                (library / top).symlink_to(Path(str(held.locate_file(top))))

    def do(*words: str) -> str:
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    do(*pip, str(wheel))
    assert do(str(python), "-c", "import importlib.util as u; print(u.find_spec('fastapi'), u.find_spec('xdist'))") == (
        "None None\n"
    )
    command = str(python.with_name("agent-desktop"))
    do(command, "backends", "new", "crm", "acme")
    do(*pip, "--no-build-isolation", "-e", "acme")
    assert " passed" in do(str(python), "-m", "pytest", "-p", "no:cacheprovider")
    assert json.loads(do(command, "backends", "check", "crm", "acme"))["tier"] == "gold"
