"""The full screen: for a profile, or for the demo."""

import gc

from desktop.cli.connection import Chosen, usable_profile
from desktop.cli.exits import CommandError, Exit


def start_desktop(chosen: Chosen) -> int:
    """Start the desktop for a profile and return its exit code once it was left."""
    gc.disable()  # until the first paint: a start makes much and throws little away
    profile = usable_profile(chosen)
    from desktop.tui.app import run_desktop
    from desktop.tui.terminal import require_screen
    from desktop.wiring import InstanceHeld, alone_if_possible, build

    require_screen()
    try:
        with alone_if_possible(profile.lock_path, take_over=chosen["take_over"]) as lock:
            keymap = {verb: key.value for verb, key in profile.keys.items()}
            return run_desktop(
                lambda: build(profile, lock),
                guide=False,
                log_path=profile.log_path,
                keymap=keymap,
                theme=profile.theme.value,
            )
    except ValueError as wrong:
        raise CommandError(f"{profile.path}: {wrong}", Exit.USAGE) from wrong
    except InstanceHeld as held:
        advice = "Close it there, or start with --take-over."
        if held.asked:
            advice = "It leaves as soon as it can, and the profile is free then: start again in a moment."
        elif chosen["take_over"]:
            advice = "It cannot be asked from here to leave, or another one came first. Close it there."
        raise CommandError(f"{held}. {advice}", Exit.REFUSED) from held


def start_demo(chosen: Chosen) -> int:
    """Start the pretend servers and the desktop, and stop both when it was left."""
    from desktop.demo import run_demo
    from desktop.wiring import InstanceHeld

    try:
        return run_demo(chosen["scenario"], role=chosen["role"], speed=chosen["speed"], seed=chosen["seed"])
    except InstanceHeld as held:
        raise CommandError("A demo runs already; leave it first.", Exit.REFUSED) from held
