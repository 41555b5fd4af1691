"""`docs`: where the documentation is, for people and for scripts that open it."""

import sysconfig
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import desktop
from desktop.cli.connection import Chosen
from desktop.cli.exits import Exit
from desktop.cli.output import emit, say
from desktop.words.catalogue import tr

FIRST = "index.md"


def folder() -> Path | None:
    """The pages on this machine: of the clone that the program runs from, or those installed with it."""
    clone = Path(desktop.__file__).parents[1]
    installed = Path(sysconfig.get_path("data")) / "share" / "doc" / "agent-desktop"
    if (clone / "mkdocs.yml").is_file() and (clone / "docs" / FIRST).is_file():
        return clone / "docs"
    return installed / "docs" if (installed / "docs" / FIRST).is_file() else None


def url() -> str | None:
    """The project's own address for it, where its metadata names one."""
    try:
        named = metadata("agent-desktop").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    known = dict(one.split(", ", 1) for one in named)
    return known.get("Documentation") or known.get("Homepage")


def run(chosen: Chosen) -> int:
    """Print it; 1 where it is neither here nor anywhere known."""
    found, address = folder(), url()
    emit({"folder": None if found is None else str(found), "first": None if found is None else FIRST, "url": address})
    if found is None and address is None:
        say(tr("The documentation is in the folder docs of the source that this was installed from."))
        return Exit.REFUSED
    return Exit.OK
