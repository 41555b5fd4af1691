"""What whoever packages it gets: the source distribution has all that is in the repository."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.faults.planted import copied

pytestmark = pytest.mark.thorough

BUILD = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"


def test_it_has_every_file(tmp_path: Path) -> None:
    source = copied(tmp_path / "source")
    wanted = {str(one.relative_to(source)) for one in source.rglob("*") if one.is_file()}
    wanted = {one for one in wanted if ".egg-info/" not in one}
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(tmp_path)], cwd=source, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    (made,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as opened:
        held = {one.name.partition("/")[2] for one in opened if one.isfile()}
    assert {"tests/conftest.py", "requirements-test.lock", "docs/index.md", ".ci/run", "noxfile.py"} <= wanted
    assert wanted <= held
