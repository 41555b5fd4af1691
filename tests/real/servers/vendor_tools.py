"""Vendors' programs for Node.js, as judges: fetched by npm once, and kept in a folder of the user's cache."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.real.servers.server import CannotStart, cache_folder, making

NODE = 18  # the oldest Node.js that the tools run on
REMEDY = "install Node.js 18 or newer with npm"


def vendor_tools(name: str, packages: Mapping[str, str]) -> Path:
    """The folder `node_modules` that holds these packages in exactly these versions.

    Raises:
        CannotStart: there is no Node.js, or npm cannot fetch them.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise CannotStart("Node.js with npm is not installed.", REMEDY)
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    if int(version.strip().lstrip("v").split(".")[0]) < NODE:
        raise CannotStart(f"Node.js {version.strip()} is too old.", REMEDY)
    folder = cache_folder() / name
    modules = folder / "node_modules"
    with making(name):
        if any(_version(modules / package) != wanted for package, wanted in packages.items()):
            _install(folder, packages)
    return modules


def _install(folder: Path, packages: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": dict(packages)}))
    words = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise CannotStart(f"npm cannot fetch {', '.join(packages)}: {done.stderr[-300:]}", "give npm a registry")


def _version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""
