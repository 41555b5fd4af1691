"""`config show`, `config check`, `config init` and `config schema`."""

from typing import Any

from desktop.cli.commands.check_exit import outcome
from desktop.cli.connection import Chosen, profile_of
from desktop.cli.exits import Exit
from desktop.cli.output import emit, say
from desktop.cli.startup_check import start_problems, theme_hints
from desktop.config import BackendSettings, Profile, Setting
from desktop.ports.base import Kind
from desktop.words.catalogue import in_words, tr


def _shown(setting: Setting) -> dict[str, object]:
    return {"value": setting.shown, "from": setting.origin}


def _settings(one: BackendSettings) -> dict[str, Any]:
    named = {"name": one.name} if one.shared else {}
    values = {name: _shown(value) for name, value in one.options.items()}
    return {**named, "backend": _shown(one.backend), **values}


def _show(profile: Profile) -> None:
    backends = {
        kind.value: _settings(several[0]) if len(several) == 1 else [_settings(one) for one in several]
        for kind, several in profile.backends.items()
    }
    emit(
        {
            "profile": _shown(profile.name),
            "file": str(profile.path),
            "data_dir": _shown(profile.data_dir),
            "region": _shown(profile.region),
            "write_back": _shown(profile.write_back),
            "recording_consent": _shown(profile.recording_consent),
            "ring": _shown(profile.ring),
            "notify": _shown(profile.notify),
            "window": _shown(profile.window),
            "language": _shown(profile.language),
            "first_screen": _shown(profile.first_screen),
            "theme": _shown(profile.theme),
            "keys": {verb: _shown(key) for verb, key in profile.keys.items()},
            "backends": backends,
            "problems": start_problems(profile) + profile.broken,
        }
    )


def _check(profile: Profile) -> int:
    from desktop.cli.loop import run as run_loop
    from desktop.config.alerts import alerts_beside
    from desktop.config.backend_check import check_profile
    from desktop.config.canned_replies import canned_beside
    from desktop.config.scorecards import scorecards_beside

    without = _not_to_be_tried(profile)
    checked = run_loop(check_profile(profile, without=without))
    problems = start_problems(profile) + tuple(scorecards_beside(profile.path).problems)
    problems += tuple(alerts_beside(profile.path).problems) + canned_beside(profile.path).problems
    emit({"profile": profile.name.value, "problems": problems + profile.broken, "backends": checked})
    for problem in problems:
        say(in_words(problem))
    for hint in theme_hints(profile):
        say(hint)
    for one in checked:
        words = tr("works") if one.ok else in_words(one.message)
        of = f" {one.name}" if len(profile.backends[Kind(one.kind)]) > 1 else ""
        took = f" ({one.seconds * 1000:.0f} ms)" if one.tried else ""
        say(f"{one.kind}{of} {one.backend}: {words}{took}")
    for kind in without:
        say(tr("{kind}: not tried, since the running desktop has it", kind=kind.value))
    return Exit.USAGE if problems else outcome(checked)


def _not_to_be_tried(profile: Profile) -> frozenset[Kind]:
    """The phone, while a desktop has it: one registered for a moment would take its calls away, and drop them."""
    if Kind.VOICE not in profile.backends:
        return frozenset()
    from desktop.wiring import InstanceHeld, alone_if_possible

    try:
        with alone_if_possible(profile.lock_path):
            return frozenset()
    except InstanceHeld:
        return frozenset({Kind.VOICE})


def run(chosen: Chosen) -> int:
    """Run one of them."""
    if chosen["action"] == "init":
        from desktop.cli.commands.config_init import init

        return init(chosen)
    if chosen["action"] == "schema":
        from desktop.cli.commands import config_schema

        return config_schema.run()
    profile = profile_of(chosen)
    if chosen["action"] == "check":
        return _check(profile)
    _show(profile)
    return Exit.USAGE if start_problems(profile) or profile.broken else Exit.OK
