"""`backends`: the installed plug-ins, what one says of itself, whether it keeps its word, and how a new one begins."""

import shlex
from pathlib import Path
from typing import Any

from desktop.cli.connection import Chosen, profile_of
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.ports import registry
from desktop.ports.base import Kind
from desktop.words.catalogue import in_words, tr


def run(chosen: Chosen) -> int:
    """Run it."""
    action = chosen["action"]
    if action == "list":
        _list()
        return Exit.OK
    if chosen["kind"] is None or chosen["name"] is None:
        raise CommandError(tr("backends {action} wants a kind and a name.", action=action), Exit.USAGE)
    kind, name = Kind(chosen["kind"]), chosen["name"]
    if action == "new":
        return _new(kind, name, chosen)
    if action == "check":
        return _check(kind, name, chosen)
    _show(kind, name)
    return Exit.OK


def _list() -> None:
    emit(
        [
            {"kind": kind.value, "name": name, "package": registry.owner(kind, name)}
            for kind in Kind
            for name in registry.names(kind)
        ]
    )


def _show(kind: Kind, name: str) -> None:
    manifest = registry.load(kind, name).manifest
    if warning := registry.old(manifest):
        say(in_words(warning))
    options: list[dict[str, Any]] = [
        {"name": one.name, "kind": one.kind, "help": one.help, "required": one.required, "default": one.default}
        for one in manifest.options
    ]
    emit(
        {
            "kind": manifest.kind,
            "name": manifest.name,
            "title": manifest.title,
            "api": manifest.api,
            "warning": warning,
            "capabilities": manifest.capabilities,
            "options": options,
        }
    )


def _new(kind: Kind, name: str, chosen: Chosen) -> int:
    from desktop.scaffold.plugin import ScaffoldError, write

    try:
        folder = write(kind, name, Path(chosen["into"]))
    except ScaffoldError as error:
        raise CommandError(in_words(error.sentence), Exit.USAGE) from None
    emit({"kind": kind.value, "name": name, "folder": str(folder)})
    say(tr("Next: pip install -e {folder} && pytest {folder}", folder=shlex.quote(str(folder))))
    return Exit.OK


def _check(kind: Kind, name: str, chosen: Chosen) -> int:
    registry.load(kind, name)  # says why it cannot be used before anything is started
    opened = _opened(kind, name, chosen) if chosen["open"] else None
    found, code = _kit(kind, name, markdown=chosen["markdown"])
    if not chosen["markdown"]:
        emit(found if opened is None else found | {"opened": opened})
    if code is not Exit.OK:
        return code
    if opened is not None and not all(one["ok"] for one in opened):
        return Exit.UNAVAILABLE
    return Exit.OK


def _kit(kind: Kind, name: str, *, markdown: bool) -> tuple[dict[str, Any], Exit]:
    """What the conformance kit found. It is for authors, wants pytest, and runs as a program of its own."""
    import json
    import subprocess
    import sys

    from desktop.config.extras import require

    require("kit", ("pytest", "pytest_asyncio"))

    # -P: a folder named `desktop` where the command is called is not ours.
    words = [sys.executable, "-P", "-m", "desktop.testing", kind.value, name, *(["--markdown"] if markdown else [])]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode not in {Exit.OK, Exit.REFUSED} or not done.stdout:
        raise CommandError(
            tr("The {kind} backend {name} could not be checked.", kind=kind.value, name=repr(name)), Exit.USAGE
        )
    if markdown:
        sys.stdout.write(done.stdout)
        return {}, Exit(done.returncode)
    found: dict[str, Any] = json.loads(done.stdout)
    for one in (*found["complaints"], *found["warnings"], *found["missing"]):
        say(one)
    return found, Exit(done.returncode)


def _opened(kind: Kind, name: str, chosen: Chosen) -> list[dict[str, Any]]:
    """What came of opening the backend with the profile's settings; nothing is changed on its far side."""
    from dataclasses import asdict

    from desktop.cli.loop import run as run_loop
    from desktop.config.backend_check import check_backend

    profile = profile_of(chosen)
    several = [one for one in profile.backends.get(kind, ()) if one.backend.value == name]
    if not several:
        raise CommandError(
            tr(
                "The profile {profile} has no {kind} backend {name}.",
                profile=profile.name.value,
                kind=kind.value,
                name=repr(name),
            ),
            Exit.USAGE,
        )
    for problem in (problem for one in several for problem in one.problems):
        say(in_words(problem))
    checked = [run_loop(check_backend(one)) for one in several]
    for one in checked:
        say(f"{one.kind} {one.backend}: {tr('opened') if one.ok else in_words(one.message)}")
    return [asdict(one) for one in checked]
