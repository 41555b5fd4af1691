"""What it takes to start an Odoo: its program, its Python packages and a database that is set up already.

Odoo 19 is in Debian unstable as a package for every kind of machine; its files are unpacked, never installed. It does
not run on unstable's own Python yet, so it gets an environment of its own on ours. All is made once, in about a minute
and a half, from the machine's own package sources, and kept in the folder that `AGENT_DESKTOP_REAL_CACHE` names.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.real.servers.asterisk_tree import SUITE, archives
from tests.real.servers.server import CannotStart, making, program

PACKAGE = "odoo-19"
MODULES = "contacts,crm,phone_validation,project,sale_management"
REQUIREMENTS = Path(__file__).with_name("odoo-requirements.txt")
_RECIPE = 1  # to be raised when what is made below changes
_SECONDS = 600.0
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class Template:
    """A folder that holds `tree`, `venv`, `data` (PostgreSQL's), `files` (Odoo's) and `keys.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def python(self) -> Path:
        """The interpreter that Odoo runs on."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Where Odoo itself is."""
        return self.folder / "tree" / "usr" / "lib" / "python3" / "dist-packages"


def template(set_up: Callable[[Template], None]) -> Template:
    """The template of this version of the recipe; made when it is not there yet.

    Args:
        set_up: makes `data`, `files` and `keys.json` in a template that has the rest.

    Raises:
        CannotStart: this machine cannot make it.
    """
    version = hashlib.sha256(REQUIREMENTS.read_bytes() + f"{_RECIPE} {MODULES} {sys.version_info[:2]}".encode())
    with making(PACKAGE) as cache:
        made = cache / f"{PACKAGE}-{version.hexdigest()[:12]}"
        if not made.exists():
            _make(cache, made, set_up)
    return Template(made)


def _make(cache: Path, made: Path, set_up: Callable[[Template], None]) -> None:
    if not (3, 10) <= sys.version_info < (3, 14):
        raise CannotStart("Odoo 19 runs on Python 3.10 to 3.13.", "run them on such a Python.")
    scratch = Path(tempfile.mkdtemp(prefix=f"{PACKAGE}-making-", dir=cache))
    try:
        _unpack(scratch)
        _install(scratch / "venv")
        set_up(Template(scratch))
        scratch.chmod(0o755)
        scratch.rename(made)  # at once: a run that was cut short leaves no half template
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _unpack(scratch: Path) -> None:
    archive = next(archives(Path("/etc/apt")), None)
    if archive is None:
        raise CannotStart("This machine has no Debian package source.", "add a Debian archive to its sources.")
    apt, tree = scratch / "apt", scratch / "tree"
    for part in ("lists/partial", "cache/archives/partial", "deb"):
        (apt / part).mkdir(parents=True)
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    (apt / "sources.list").write_text(f"deb {signed}{archive} {SUITE} main\n")
    # A state of its own, so that the machine's lists stay as they are; everything else is as its owner configured it.
    options = {
        "Dir::State::lists": str(apt / "lists"),
        "Dir::State::status": "/dev/null",
        "Dir::Cache": str(apt / "cache"),
        "Dir::Etc::sourcelist": str(apt / "sources.list"),
        "Dir::Etc::sourceparts": "/dev/null",
        "APT::Sandbox::User": "",
    }
    words = [program("apt-get", "apt"), "-q", *(f"-o{name}={value}" for name, value in options.items())]
    remedy = "give this machine its package archive."
    _run([*words, "update"], "The list of Debian's packages could not be fetched", remedy)
    _run([*words, "download", PACKAGE], "Odoo could not be fetched", remedy, folder=apt / "deb")
    package = next((apt / "deb").glob("*.deb"))
    tree.mkdir()
    tar = ["tar", "-x", "-C", str(tree), "--exclude=*/i18n", "--exclude=./usr/share", "--exclude=./etc"]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as files:
        _run(tar, "Odoo could not be unpacked", "make room.", stdin=files)
    shutil.rmtree(apt)


def _install(venv: Path) -> None:
    remedy = "give pip a package index that has the pinned packages."
    _run([sys.executable, "-m", "venv", str(venv)], "No environment could be made", "apt-get install python3-venv")
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps", "--only-binary=:all:"]
    _run([*pip, "-r", str(REQUIREMENTS)], "Odoo's Python packages could not be had", remedy)


def _run(
    words: Sequence[str],
    what: str,
    remedy: str,
    *,
    folder: Path | None = None,
    stdin: "subprocess.Popen[bytes] | None" = None,
) -> None:
    source = stdin.stdout if stdin is not None else subprocess.DEVNULL
    try:
        done = subprocess.run(list(words), stdin=source, capture_output=True, cwd=folder, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotStart(f"{what}: {type(error).__name__}.", remedy) from error
    if done.returncode != 0:
        raise CannotStart(f"{what}: {done.stderr.decode(errors='replace').strip()[-300:]}", remedy)
