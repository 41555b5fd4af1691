"""The full screen: for a profile, or for the demo."""

import gc
import os
from typing import TYPE_CHECKING

from desktop.cli.connection import Chosen, profile_of
from desktop.cli.exits import CommandError, Exit
from desktop.cli.startup_check import start_problems
from desktop.config import ConfigError, Profile
from desktop.config.log import logging_to
from desktop.config.toml_file import themes_beside
from desktop.words.catalogue import in_words, tr

if TYPE_CHECKING:
    from desktop.tui.settings.settings import Settings


def start_desktop(chosen: Chosen) -> int:
    """Start the desktop for a profile and return its exit code once it was left."""
    gc.disable()  # until the desktop has settled: a start makes much and throws little away
    profile = profile_of(chosen)
    if problems := start_problems(profile):
        raise ConfigError(*problems)
    from desktop.tui.app import run_desktop
    from desktop.tui.terminal.ending import require_screen
    from desktop.tui.terminal.news_bell import Wanted
    from desktop.wiring import InstanceHeld, alone_if_possible, build

    require_screen()
    try:
        with alone_if_possible(profile.lock_path, take_over=chosen["take_over"], may_stay=True) as lock:
            keymap = {verb: key.value for verb, key in profile.keys.items()}
            with logging_to(profile.log_path, chosen["log_level"]):
                return run_desktop(
                    lambda: build(profile, lock),
                    guide=False,
                    log_path=profile.log_path,
                    keymap=keymap,
                    theme=profile.theme.value,
                    themes=themes_beside(profile.path),
                    calls=Wanted(profile.ring.value, profile.notify.value, profile.window.value),
                    settings=lambda: _settings(profile),
                    floor_first=profile.first_screen.value == "floor",
                )
    except InstanceHeld as held:
        advice = tr("Close it there, or start with --take-over.")
        if held.asked:
            advice = tr(
                "It leaves as soon as it can: start again in a moment. Where it has words that cannot be saved"
                " it stays, and its screen says so."
            )
        elif chosen["take_over"]:
            advice = tr("It cannot be asked from here to leave, or another one came first. Close it there.")
        raise CommandError(f"{in_words(held.sentence)} {advice}", Exit.REFUSED) from held


def start_demo(chosen: Chosen) -> int:
    """Start the mock servers and the desktop, and stop both when it was left."""
    from desktop.demo import run_demo
    from desktop.wiring import InstanceHeld

    try:
        return run_demo(
            chosen["scenario"],
            role=chosen["role"],
            speed=chosen["speed"],
            seed=chosen["seed"],
            log_level=chosen["log_level"],
        )
    except InstanceHeld as held:
        raise CommandError(tr("A demo is already running; leave it first."), Exit.REFUSED) from held


def _settings(profile: Profile) -> "Settings":
    """What the page of settings shows: only who opens it pays for it."""
    from desktop.config.settings_file import SettingsFile
    from desktop.tui.settings.settings import Settings

    return Settings(profile, SettingsFile(profile.path), os.environ)
