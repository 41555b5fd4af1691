"""`agent-desktop demo`: a pretend company on this machine, and the desktop on top of it."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.config import ConfigError, Profile, load_profile
from desktop.config.canned_replies import DEMO, FILE
from desktop.config.extras import MOCKS, require
from desktop.config.log import logging_to
from desktop.config.toml_file import APP, with_profile, write_private
from desktop.words.catalogue import tr

if TYPE_CHECKING:
    from desktop.tui.settings.settings import Settings
    from desktop.wiring import InstanceLock
    from mock_backends.launcher import Running

NAME = "demo"
SCENARIO = {"agent": "first_call", "supervisor": "supervisor"}
"""What is played for each role unless another one is asked for."""
_RUN = "run-"
KINDS = ("contact_center", "crm", "presence", "messaging")


def folder() -> Path:
    """Where the demo has its profile while it runs, and its log: one place for every run of a user."""
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False)) / NAME


@contextlib.contextmanager
def fresh_folder(where: Path) -> Iterator[Path]:
    """A folder in `where` for what one run keeps, gone when the block ends.

    The next run has other servers, to which no contact or outbox of this one means anything, and perhaps another person
    signed in. What a killed run left, or an earlier version kept, goes at the next start; the caller sees to it that
    only one run at a time has `where`.

    Raises:
        ConfigError: no folder can be made there.
    """
    for left in (*where.glob(f"{_RUN}*"), *where.glob(f"{NAME}.db*")):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    try:
        made = Path(tempfile.mkdtemp(prefix=_RUN, dir=where))
    except OSError as error:
        raise ConfigError(tr("{folder} cannot be written: {why}.", folder=str(where), why=error.strerror)) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def pretend_profile(
    running: "Running", where: Path, role: str = "agent", *, data: Path | None = None
) -> Iterator[Profile]:
    """A profile for running servers, signed in as the company's first agent, or its first supervisor.

    It is written to files that only this user can read, so that JSON commands in another terminal can take part
    (`agent-desktop --config FOLDER/config.toml state`); they go when the block ends, for the tokens die with it.

    Args:
        running: the servers.
        where: the folder of these files.
        role: who is signed in, agent or supervisor.
        data: where notes and the outbox are kept; `where`, if left out.
    """
    config, token, replies = where / "config.toml", where / "token", where / FILE
    mocks = {kind: [{"backend": "mock", "url": running.urls[kind], "token_file": str(token)}] for kind in KINDS}
    try:
        person = running.first_supervisor if role == "supervisor" else running.first_agent
        write_private(token, running.tokens[person] + "\n")
        write_private(config, with_profile("", NAME, {"data_dir": str(data or where)}, mocks))
        write_private(replies, DEMO.read_text("utf-8"))
        # Settings of the user's own profile must not reach the pretend one.
        yield load_profile(NAME, {}, config)
    finally:
        for path in (config, token, replies):
            path.unlink(missing_ok=True)


def run_demo(
    scenario: str | None, *, role: str = "agent", speed: float = 1.0, seed: int = 1, log_level: str = "warning"
) -> int:
    """Start the servers and the desktop, and stop both when the desktop is left.

    Args:
        scenario: a bundled scenario's name, or a path ending in `.toml`; None for the one that shows this role.
        role: who sits there, agent or supervisor.
        speed: pretend seconds in a real second, 0.1-100.
        seed: the same seed makes the same company and the same calls.
        log_level: how much goes into the log, one of `LEVELS` of desktop.config.log.

    Returns:
        The desktop's exit code.

    Raises:
        ConfigError: the servers do not start, or are not installed, or there is no place for what the run keeps.
        InstanceHeld: another demo runs.
        StoreError: nothing can be written where the demo keeps its profile.
    """
    require("demo", MOCKS)
    from desktop.tui.terminal.ending import require_screen
    from desktop.wiring import alone

    require_screen()  # before the servers, which take a moment
    where = folder()
    with alone(where / f"{NAME}.lock") as lock:
        return _run(where, lock, scenario or SCENARIO[role], role, speed, seed, log_level)


def _run(where: Path, lock: "InstanceLock", scenario: str, role: str, speed: float, seed: int, log_level: str) -> int:
    from desktop.tui.app import run_desktop
    from desktop.tui.terminal.news_bell import Wanted
    from desktop.wiring import build
    from mock_backends import launcher

    try:
        running = launcher.start(scenario=scenario, speed=speed, seed=seed)
    except launcher.NotStarted as error:
        raise ConfigError(tr("The demo cannot start: {why}", why=str(error))) from error
    with running, fresh_folder(where) as data, pretend_profile(running, where, role, data=data) as profile:
        # The servers end when their standard input does, so a killed demo leaves nothing running.
        log_path = where / f"{NAME}.log"
        with logging_to(log_path, log_level):
            window = Wanted(window="title")
            return run_desktop(
                lambda: build(profile, lock),
                guide=True,
                throwaway=True,
                log_path=log_path,
                calls=window,
                settings=lambda: _settings(profile),
                floor_first=role == "supervisor",
            )


def _settings(profile: Profile) -> "Settings":
    """The same for the demo, whose changes go when it is left."""
    from desktop.config.settings_file import SettingsFile
    from desktop.tui.settings.settings import Settings

    return Settings(profile, SettingsFile(None, profile.path.read_text("utf-8")), {})
