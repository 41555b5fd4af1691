"""What is really loaded: a linter cannot tell a deferred import from one at module scope."""

import json
import pkgutil
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import desktop.domain
from desktop.ports import registry
from desktop.ports.base import Kind

LOADED = """
import importlib, json, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded(*names: str) -> set[str]:
    """The modules that importing `names` in a fresh interpreter loads."""
    done = subprocess.run([sys.executable, "-c", LOADED, *names], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def tops(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = {"textual", "rich", "httpx", "httpx_sse", "pydantic", "sqlite_utils", "fastapi", "uvicorn", "mock_backends"}
    assert tops(loaded("desktop.cli")) & heavy == set()


def test_the_domain_is_pure() -> None:
    modules = [module.name for module in pkgutil.walk_packages(desktop.domain.__path__, "desktop.domain.")]
    got = loaded(*modules)
    assert {name for name in got if name.startswith("desktop.")} == {"desktop.domain", *modules}
    assert tops(got) - sys.stdlib_module_names == {"desktop"}
    assert tops(got) & {"asyncio", "sqlite3", "random", "socket", "subprocess", "pathlib", "logging"} == set()


@pytest.mark.parametrize("layer", ["desktop.ports.base", "desktop.ports.registry", "desktop.app.store"])
def test_nothing_below_the_screens_loads_textual(layer: str) -> None:
    assert tops(loaded(layer)) & {"textual", "rich"} == set()


def test_asking_for_the_names_of_plug_ins_loads_none() -> None:
    assert not [name for name in loaded("desktop.ports.registry") if name.startswith("desktop.backends")]


NEEDED_TO_CONNECT = {"baresip", "httpx", "slixmpp", "websockets"}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in Kind for name in registry.names(kind)])
def test_a_profile_pays_for_its_own_plug_ins_only(kind: Kind, name: str) -> None:
    """No other adapter comes along, and what connecting needs is not imported before."""
    (point,) = (one for one in entry_points(group=kind.group) if one.name == name)
    family = point.module.rpartition(".")[0]
    got = loaded(point.module)
    others = {one for one in got if one.startswith("desktop.backends.") and not f"{one}.".startswith(f"{family}.")}
    assert {one for one in others if not one.startswith("desktop.backends.wire")} == set()
    assert tops(got) & NEEDED_TO_CONNECT == set()


def test_the_desktop_starts_without_what_is_only_for_reviews() -> None:
    got = loaded("desktop.tui.app", "desktop.app.session", "desktop.backends.mock.contact_center")
    mine = {name for name in got if "quality" in name or name.endswith((".scorecards", ".sampling", ".calibration"))}
    assert mine - {"desktop.words.sentences.quality"} == {
        "desktop.ports.quality",
        "desktop.backends.mock.quality",
        "desktop.tui.quality",
        "desktop.tui.quality.launcher",
    }


LAUNCHERS = {"desktop.tui.supervisor", "desktop.tui.supervisor.launcher", "desktop.tui.supervisor.report_launcher"}
"""What opens the floor and its reports when asked, and imports them then."""


def test_an_agent_pays_nothing_for_the_supervisors_screen() -> None:
    """The screen, its keys and what it does are imported when the contact centre has said who this is, not before."""
    got = {name for name in loaded("desktop.tui.app") if name.startswith("desktop.tui.supervisor")}
    assert got == LAUNCHERS
    assert "desktop.tui.keys.floor_keys" not in loaded("desktop.tui.app")
    assert "desktop.tui.supervisor.screen" in loaded("desktop.tui.supervisor.floor")
