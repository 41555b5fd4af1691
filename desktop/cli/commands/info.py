"""`info`: where things are and what is installed; asks no server and shows no secret."""

import os
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version

from desktop.app.storage.schema import MIGRATIONS
from desktop.cli.connection import Chosen, profile_of
from desktop.cli.exits import Exit
from desktop.cli.output import emit
from desktop.config import ConfigError, Profile
from desktop.config.log import log_files
from desktop.config.toml_file import default_path
from desktop.ports import registry
from desktop.ports.base import API, Kind
from desktop.words.catalogue import in_words


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _plug_ins() -> list[dict[str, str]]:
    found = []
    for kind in Kind:
        for name in registry.names(kind):
            try:
                package = registry.owner(kind, name)
            except registry.PluginError as error:
                package = in_words(error.sentence)
            found.append({"kind": kind.value, "name": name, "package": package})
    return found


def _profile(chosen: Chosen) -> tuple[Profile | None, str]:
    try:
        return profile_of(chosen), ""
    except ConfigError as error:
        return None, " ".join(map(in_words, error.problems))


def run(chosen: Chosen) -> int:
    """Print it; a configuration that cannot be read is told of, and the rest is printed all the same."""
    profile, problem = _profile(chosen)
    size = shutil.get_terminal_size((0, 0))
    paths: dict[str, object] = {"config": str(chosen.get("config") or default_path(os.environ))}
    if profile is not None:
        logs = [str(one) for one in log_files(profile.log_path) if one.exists()]
        paths |= {"data": profile.data_dir.value, "store": str(profile.store_path), "log": str(profile.log_path)}
        paths |= {"logs_there": logs}
    emit(
        {
            "versions": {
                "agent-desktop": _version("agent-desktop"),
                "python": platform.python_version(),
                "textual": _version("textual"),
                "system": platform.platform(),
                "store_schema": len(MIGRATIONS),
                "plug_in_api": API,
            },
            "profile": None if profile is None else profile.name.value,
            "problem": problem,
            "paths": paths,
            "plug_ins": _plug_ins(),
            "terminal": {
                "term": os.environ.get("TERM"),
                "program": os.environ.get("TERM_PROGRAM"),
                "colours": os.environ.get("COLORTERM"),
                "no_color": bool(os.environ.get("NO_COLOR")),
                "tmux": "TMUX" in os.environ,
                "columns": size.columns,
                "lines": size.lines,
                "encoding": sys.stdout.encoding,
                "input_is_terminal": sys.stdin.isatty(),
                "output_is_terminal": sys.stdout.isatty(),
            },
        }
    )
    return Exit.OK
