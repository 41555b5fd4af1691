"""From the file and the environment to a `Profile`, each value with where it came from."""

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from desktop.config.backends import hint, plain, read_kind, table_of
from desktop.config.file import APP, PREFIX, default_path, read_tables
from desktop.config.setting import (
    CALLS,
    LANGUAGE,
    RECORDING_CONSENT,
    WRITE_BACK,
    BackendSettings,
    ConfigError,
    Profile,
    Setting,
)
from desktop.ports.base import Kind

TOP_KEYS = ("default", "profiles", "keys", "theme", "alerts", "alerting")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # it becomes part of file names
_ONE_OF = {
    "write_back": (WRITE_BACK, WRITE_BACK[0]),
    "recording_consent": (RECORDING_CONSENT, RECORDING_CONSENT[0]),
    "ring": (CALLS, CALLS[0]),
    "notify": (CALLS, CALLS[-1]),
    "language": (LANGUAGE, LANGUAGE[0]),
}
"""Values of a profile that are one of a few words, with the word where none is given."""
PROFILE_KEYS = ("data_dir", "region", *_ONE_OF, *(kind.value for kind in Kind))


def read_profile(name: str | None, env: MutableMapping[str, str], path: Path | None = None) -> Profile:
    """The profile as it is, with what is wrong with it.

    Args:
        name: the profile; None takes `AGENT_DESKTOP_PROFILE`, the file's `default`, or "default".
        env: the environment. Variables that hold secrets are removed from it.
        path: the file; None takes `default_path`.

    Raises:
        ConfigError: the file cannot be read at all, or there is no such profile in it.
    """
    path = path or default_path(env)
    tables = read_tables(path)
    chosen = _name(name, env, tables, path)
    if not NAME.fullmatch(chosen.value):
        raise ConfigError("A profile's name is made of up to 64 letters, digits, '_', '.' and '-'.")
    for key in tables:
        if key not in TOP_KEYS:
            raise ConfigError(f"{path}: {key!r} is not known here.{hint(key, TOP_KEYS)}")
    profiles = table_of(tables.get("profiles", {}), f"{path}: profiles")
    from_env = any(key.startswith(PREFIX + kind.value.upper() + "_") for key in env for kind in Kind)
    if chosen.value not in profiles and (name is not None or not from_env):
        known = ", ".join(profiles) or "none"
        how = f' Choose one with --profile, or write default = "{next(iter(profiles), "")}" at the head of the file.'
        if not profiles:
            how = " Make one with: agent-desktop config init NAME. Or look around with: agent-desktop demo"
        raise ConfigError(f"There is no profile {chosen.value!r} in {path}. Profiles there: {known}.{how}")
    where = f"{path} [profiles.{chosen.value}]"
    table = table_of(profiles.get(chosen.value, {}), where)
    problems = [f"{where}: {k!r} is not known here.{hint(k, PROFILE_KEYS)}" for k in table if k not in PROFILE_KEYS]
    backends: dict[Kind, tuple[BackendSettings, ...]] = {}
    for kind in Kind:
        settings, wrong = read_kind(chosen.value, kind, table.get(kind.value), path, env)
        problems += wrong
        if settings:
            backends[kind] = settings
    if Kind.CONTACT_CENTER not in backends and not problems:
        problems.append(f"{where}: no contact_center is named.")
    region = _profile_value("region", table, where, env) or Setting("", "default")
    if region.value and not (len(region.value) == 2 and region.value.isascii() and region.value.isalpha()):
        problems.append(f"{region.origin}: a region is two letters, like GB.")
    chosen_of = {
        key: _profile_value(key, table, where, env) or Setting(default, "default")
        for key, (_, default) in _ONE_OF.items()
    }
    problems += [
        f"{setting.origin} must be one of {', '.join(_ONE_OF[key][0])}."
        for key, setting in chosen_of.items()
        if setting.value not in _ONE_OF[key][0]
    ]
    theme = _profile_value("theme", tables, str(path), env) or Setting("", "default")
    keys = {
        verb: Setting(plain(key, f"{path}: keys {verb}"), f"{path} keys")
        for verb, key in table_of(tables.get("keys", {}), f"{path}: keys").items()
    }
    return Profile(
        chosen, path, _data_dir(table, where, env), backends, tuple(problems), region, keys, theme, **chosen_of
    )


def load_profile(name: str | None, env: MutableMapping[str, str], path: Path | None = None) -> Profile:
    """As `read_profile`, but only a profile that can be used.

    Raises:
        ConfigError: naming everything that is wrong with it.
    """
    profile = read_profile(name, env, path)
    if profile.problems:
        raise ConfigError("\n".join(profile.problems))
    return profile


def _name(name: str | None, env: Mapping[str, str], tables: Mapping[str, object], path: Path) -> Setting:
    if name is not None:
        return Setting(name, "command line")
    if env.get(PREFIX + "PROFILE"):
        return Setting(env[PREFIX + "PROFILE"], f"environment {PREFIX}PROFILE")
    if "default" in tables:
        return Setting(plain(tables["default"], f"{path}: default"), f"{path} default")
    return Setting("default", "default")


def _profile_value(key: str, table: Mapping[str, object], where: str, env: Mapping[str, str]) -> Setting | None:
    variable = PREFIX + key.upper()
    if env.get(variable):
        return Setting(env[variable], f"environment {variable}")
    return Setting(plain(table[key], f"{where} {key}"), f"{where} {key}") if key in table else None


def _data_dir(table: Mapping[str, object], where: str, env: Mapping[str, str]) -> Setting:
    given = _profile_value("data_dir", table, where, env)
    if given is not None:
        return Setting(str(Path(given.value).expanduser()), given.origin)
    import platformdirs

    return Setting(platformdirs.user_data_dir(APP, appauthor=False), "default")
