"""A folder with a real Asterisk in it, made once from the machine's own Debian package sources.

Asterisk is in Debian unstable but not in every stable release, so its packages are unpacked into a tree of their own,
which is not installed anywhere and needs no rights to run. The tree is kept for later runs in the folder that
`AGENT_DESKTOP_REAL_CACHE` names, and takes under a minute to make.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.real.servers.server import CACHE, CannotStart, making, program

SUITE = "sid"
MAKE_SECONDS = 600.0
_PACKAGES = "asterisk,ca-certificates"
_PASSED_ON = re.compile(
    r'^(Acquire::(?:Check-Valid-Until|Check-Date|Retries|https?::\S+|Languages) ".*");$', re.MULTILINE
)


def tree() -> Path:
    """The folder with Asterisk in it; made when it is not there yet.

    Raises:
        CannotStart: this machine cannot make it.
    """
    with making("asterisk") as cache:
        made = cache / "asterisk-tree"
        if not (made / "usr" / "sbin" / "asterisk").exists():
            _make(cache, made)
    return made


def _make(cache: Path, made: Path) -> None:
    mmdebstrap = program("mmdebstrap", "mmdebstrap")
    if os.geteuid() != 0:
        raise CannotStart(
            "The packages of Asterisk can be unpacked by root only.",
            f"run them once as root with {CACHE} set to a folder that both can read.",
        )
    archive = next(archives(Path("/etc/apt")), None)
    if archive is None:
        raise CannotStart(
            "This machine has no Debian package source.", "add a Debian archive to /etc/apt/sources.list.d."
        )
    scratch = Path(tempfile.mkdtemp(prefix="asterisk-tree-", dir=cache))
    words = [mmdebstrap, "--quiet", "--mode=root", "--variant=apt", "--skip=check/qemu"]
    words += [f"--aptopt={line}" for line in _apt_options()]
    words += ['--aptopt=APT::Install-Recommends "false"', f"--include={_PACKAGES}"]
    words += [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("doc", "locale", "man")]
    words += [SUITE, str(scratch), f"deb {archive} {SUITE} main"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=MAKE_SECONDS, check=False)
        if done.returncode != 0:
            raise CannotStart(
                f"Asterisk could not be fetched: {done.stderr.strip()[-300:]}", "give this machine its package archive."
            )
        scratch.chmod(0o755)  # whoever runs the server, it is not root
        scratch.rename(made)  # at once: a run that was cut short leaves no half tree
    except subprocess.TimeoutExpired as error:
        raise CannotStart("Fetching Asterisk took too long.", "run them again with a quicker network.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def archives(etc_apt: Path) -> Iterator[str]:
    """The addresses of the Debian archives that this machine installs from, in its own order, security ones left out.

    Args:
        etc_apt: the folder with `sources.list` and `sources.list.d`.
    """
    folder = etc_apt / "sources.list.d"
    for path in sorted(folder.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text(errors="replace")):
            yield from _deb822(stanza)
    for path in [etc_apt / "sources.list", *sorted(folder.glob("*.list"))]:
        if path.is_file():
            yield from _one_line(path.read_text(errors="replace"))


def _deb822(stanza: str) -> Iterator[str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    if fields.get("enabled", "yes").lower() in {"no", "false"} or "deb" not in fields.get("types", "").split():
        return
    if _is_debian(fields.get("suites", "").split(), fields.get("components", "").split()):
        yield from fields.get("uris", "").split()


def _one_line(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = re.sub(r"\[[^]]*\]", "", line.partition("#")[0]).split()
        if len(words) >= 4 and words[0] == "deb" and _is_debian([words[2]], words[3:]):
            yield words[1]


def _is_debian(suites: list[str], components: list[str]) -> bool:
    """Whether these are Debian's own words: a vendor's archive has others, and the one for security has no unstable."""
    secure = any("security" in suite for suite in suites)
    return not secure and "main" in components and any(_known_suite(suite) for suite in suites)


def _known_suite(suite: str) -> bool:
    release = Path("/etc/os-release").read_text(errors="replace") if Path("/etc/os-release").exists() else ""
    codename = re.search(r"^VERSION_CODENAME=\"?(\w+)", release, re.MULTILINE)
    known = {"stable", "oldstable", "testing", "unstable", "sid"} | ({codename.group(1)} if codename else set())
    return suite.partition("-")[0] in known


def _apt_options() -> list[str]:
    """What this machine tells its own apt about the archive, e.g. that it is a frozen copy or behind a proxy."""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    return _PASSED_ON.findall(dump)
