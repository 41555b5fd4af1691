"""`config init NAME`: asks for each backend, keeps the secrets apart, writes the profile and tries it."""

import getpass
import os
import sys
from pathlib import Path

from desktop.cli.commands.check_exit import outcome
from desktop.cli.connection import Chosen
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import ConfigError, read_profile
from desktop.config.profile import NAME
from desktop.config.toml_file import default_path, read_tables, with_profile, write_private
from desktop.domain.text.sentence import Sentence
from desktop.ports import registry
from desktop.ports.base import Kind
from desktop.ports.kinds import KINDS
from desktop.ports.options import Option
from desktop.ports.registry import PluginError
from desktop.words.catalogue import in_words, tr


def _ask(question: str, default: str = "") -> str:
    say(f"{question} [{default}]" if default else question)
    line = sys.stdin.readline()
    if not line:
        raise CommandError(tr("The questions were not answered to the end; nothing was written."), Exit.USAGE)
    return line.strip() or default


def _ask_secret(question: str) -> str:
    """Without showing what is typed, where somebody types."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{question} ", stream=sys.stderr).strip()
    return _ask(question)


def _secret(place: str, option: Option, folder: Path, files: dict[Path, str]) -> dict[str, str]:
    """The keys that say where the secret is; a new token file is noted in `files`."""
    say(
        tr(
            "{name}: {help} It is kept in a file that only you can read; it never goes into the profile.",
            name=option.name,
            help=option.help,
        )
    )
    value = _ask_secret(tr("{name} (empty: it comes from the environment or the keyring later)", name=option.name))
    if not value:
        return {}
    path = folder / f"{place}.{option.name}"
    files[path] = value
    return {f"{option.name}_file": str(path)}


def _kind(profile: str, kind: Kind, folder: Path, files: dict[Path, str]) -> list[dict[str, str]]:
    """The tables of one kind: none, one, or several in the order in which they were named."""
    installed = registry.names(kind)
    named = kind.value.replace("_", " ")
    if installed:
        say("\n" + tr("{kind}: installed are {names}.", kind=named, names=tuple(installed)))
    else:
        say("\n" + tr("{kind}: none is installed.", kind=named))
    needed = kind is Kind.CONTACT_CENTER
    chosen = _chosen(kind, installed[0] if needed and installed else "")
    tables = []
    for number, backend in enumerate(chosen, start=1):
        several = len(chosen) > 1
        if several:
            say(tr("{backend}, number {number}:", backend=backend, number=number))
        default = "".join(c for c in backend.lower() if c.isascii() and c.isalnum())
        name = _ask(tr("its name in this profile"), default) if several else ""
        place = f"{profile}.{kind.value}.{name}" if several else f"{profile}.{kind.value}"
        values = {"backend": backend} | ({"name": name} if several else {})
        tables.append(values | _options(kind, backend, place, folder, files))
    return tables


def _chosen(kind: Kind, default: str) -> list[str]:
    """The backends of a kind that are named, which can all be used; asked again until they are."""
    while True:
        answer = _ask(_which(kind, needed=kind is Kind.CONTACT_CENTER), default)
        chosen = [] if answer in ("", "-") else answer.split() if KINDS[kind].several else [answer]
        try:
            for backend in chosen:
                registry.load(kind, backend)
        except PluginError as error:
            say(in_words(error.sentence))
        else:
            return chosen


def _which(kind: Kind, *, needed: bool) -> str:
    if needed:
        return tr("backend for {kind} (several with spaces between, the one with precedence first)", kind=kind.value)
    if KINDS[kind].several:
        return tr(
            "backend for {kind} (enter or - for none; several with spaces between, the one with precedence first)",
            kind=kind.value,
        )
    return tr("backend for {kind} (enter or - for none)", kind=kind.value)


def _options(kind: Kind, backend: str, place: str, folder: Path, files: dict[Path, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for option in registry.load(kind, backend).manifest.options:
        if option.rare:
            continue
        if option.secret:
            values |= _secret(place, option, folder, files)
            continue
        value = _value(option)
        if value and value != option.default:
            values[option.name] = value
    return values


def _value(option: Option) -> str:
    """What is answered; a file that cannot be read is told and asked for again."""
    while True:
        value = _ask(f"{option.name}: {option.help}", option.default or "")
        if option.kind != "path" or not value:
            return value
        try:
            with Path(value).expanduser().open("rb"):
                return value
        except OSError as error:
            why = error.strerror or type(error).__name__
            say(in_words(Sentence("config.file_unreadable", path=value, why=why)))


def init(chosen: Chosen) -> int:
    """Ask, write, check. Refuses to touch a profile that is there already."""
    name = chosen["name"]
    path = Path(chosen["config"]).expanduser() if chosen.get("config") else default_path(os.environ)
    if not NAME.fullmatch(name):
        raise ConfigError(Sentence("config.profile_name"))
    tables = read_tables(path)
    profiles = tables.get("profiles", {})
    if isinstance(profiles, dict) and name in profiles:
        raise CommandError(
            tr(
                "{path} has a profile {name} already. Edit it there, or choose another name.",
                path=str(path),
                name=repr(name),
            ),
            Exit.USAGE,
        )
    old = path.read_bytes().decode() if path.exists() else ""
    with_profile(old, name, {}, {})  # nobody answers questions for nothing
    say(
        tr(
            "Making the profile {name} in {path}. An empty answer takes what stands in brackets.",
            name=repr(name),
            path=str(path),
        )
    )
    files: dict[Path, str] = {}
    kinds = {kind.value: _kind(name, kind, path.parent, files) for kind, spec in KINDS.items() if spec.asked}
    if not kinds[Kind.CONTACT_CENTER.value]:
        raise CommandError(tr("A profile needs a contact centre; nothing was written."), Exit.USAGE)
    for token_file, value in files.items():
        write_private(token_file, value + "\n")
    write_private(path, with_profile(old, name, {}, kinds))
    return _checked(name, path)


def _checked(name: str, path: Path) -> int:
    from desktop.cli.loop import run
    from desktop.config.backend_check import check_profile

    profile = read_profile(name, os.environ, path)
    checked = run(check_profile(profile))
    emit({"profile": name, "file": str(path), "problems": profile.problems, "backends": checked})
    for words in profile.problems:
        say(in_words(words))
    for one in checked:
        say(f"{one.kind} {one.name}: {tr('works') if one.ok else in_words(one.message)}")
    return Exit.USAGE if profile.problems else outcome(checked)
