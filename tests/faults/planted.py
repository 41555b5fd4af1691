"""The list of faults, each planted into a copy of the project."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 300
"""Seconds for the tests of one fault. One that is not caught in time counts as not caught."""
_LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".venv*", ".nox", "build", "dist", "__pycache__", ".*_cache", ".hypothesis", "snapshot_report.html"
)


class Fault(BaseModel):
    """One careless change: `find` stands once in `file` and becomes `put`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wrong: str
    """What would go wrong for whoever uses it."""
    file: str
    find: str
    put: str
    tests: tuple[str, ...]
    """What catches it, quick ones: folders or files."""

    @contextmanager
    def planted(self, project: Path) -> Iterator[None]:
        """With the fault in that copy, for as long as the block lasts.

        Raises:
            ValueError: it cannot be planted: the text is not there, or more than once.
        """
        file = project / self.file
        sound = file.read_text("utf-8")
        if sound.count(self.find) != 1:
            raise ValueError(f"{self.file} has {sound.count(self.find)} times: {self.find}")
        file.write_text(sound.replace(self.find, self.put), "utf-8")
        try:
            yield
        finally:
            file.write_text(sound, "utf-8")

    def caught_by(self, project: Path) -> str:
        """The first test of that copy that fails with the fault; "" when none does."""
        words = [sys.executable, "-m", "pytest", "-x", "-rfE", "--tb=no", "-p", "no:cacheprovider", *self.tests]
        alone = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(project)}
        with self.planted(project):
            try:
                done = subprocess.run(
                    words, cwd=project, env=os.environ | alone, capture_output=True, text=True, timeout=PATIENCE
                )
            except subprocess.TimeoutExpired:
                return ""
        if done.returncode == 0:
            return ""
        named = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return named[0].split(" - ")[0].split(maxsplit=1)[1] if named else f"pytest ended with {done.returncode}"


def faults() -> tuple[Fault, ...]:
    """All of them, as they are listed."""
    listed = tomllib.loads((Path(__file__).parent / "faults.toml").read_text("utf-8"))["fault"]
    return tuple(Fault.model_validate(one) for one in listed)


def copied(into: Path) -> Path:
    """A copy of the project to plant faults in."""
    return Path(shutil.copytree(ROOT, into, ignore=_LEFT_OUT, symlinks=True))
