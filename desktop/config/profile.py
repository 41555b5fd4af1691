"""From the file and the environment to a `Profile`, each value with where it came from."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from desktop.config.backends import hint, plain, read_kind, table_of
from desktop.config.profile_options import ONE_OF, PROFILE_KEYS, PROFILE_OPTIONS, TOP_KEYS
from desktop.config.setting import (
    BY_DEFAULT,
    BackendSettings,
    ConfigError,
    Profile,
    Setting,
    from_variable,
)
from desktop.config.toml_file import APP, PREFIX, default_path, read_tables
from desktop.domain.text.sentence import Sentence, verbatim
from desktop.ports.base import Kind

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # it becomes part of file names


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
        raise ConfigError(Sentence("config.profile_name"))
    for key in tables:
        if key not in TOP_KEYS:
            raise ConfigError(_unknown(str(path), key, TOP_KEYS))
    profiles = table_of(tables.get("profiles", {}), f"{path}: profiles")
    from_env = any(key.startswith(PREFIX + kind.value.upper() + "_") for key in env for kind in Kind)
    if chosen.value not in profiles and (name is not None or not from_env):
        missing = Sentence("config.no_profile", name=repr(chosen.value), path=str(path))
        if profiles:
            there = Sentence("config.profiles_there", names=", ".join(profiles))
            raise ConfigError(missing + there + Sentence("config.choose_one", first=next(iter(profiles))))
        raise ConfigError(missing + Sentence("config.make_one"))
    where = f"{path} [profiles.{chosen.value}]"
    table = table_of(profiles.get(chosen.value, {}), where)
    problems = [_unknown(where, key, PROFILE_KEYS) for key in table if key not in PROFILE_KEYS]
    backends: dict[Kind, tuple[BackendSettings, ...]] = {}
    for kind in Kind:
        settings, wrong = read_kind(chosen.value, kind, table.get(kind.value), path, env)
        problems += wrong
        if settings:
            backends[kind] = settings
    if Kind.CONTACT_CENTER not in backends and not problems:
        problems.append(Sentence("config.no_contact_center", where=where))
    own = own_values(tables, chosen.value, env, path)
    values = own.values
    return Profile(
        chosen,
        path,
        values["data_dir"],
        backends,
        (*problems, *own.problems),
        values["region"],
        own.keys,
        own.theme,
        **{option.name: values[option.name] for option in ONE_OF},
    )


@dataclass(frozen=True, slots=True)
class OwnValues:
    """What a file and the environment say of a profile beside its backends, and what is wrong with it.

    values: by the names of `PROFILE_OPTIONS`. default: the profile that is used when none is named.
    """

    values: Mapping[str, Setting]
    keys: Mapping[str, Setting]
    theme: Setting
    default: Setting
    problems: tuple[Sentence, ...]


def own_values(tables: Mapping[str, object], profile: str, env: Mapping[str, str], path: Path) -> OwnValues:
    """All but the backends. `path` is the file that the tables are of.

    Raises:
        ConfigError: a value is none that could stand there.
    """
    where = f"{path} [profiles.{profile}]"
    table = table_of(table_of(tables.get("profiles", {}), f"{path}: profiles").get(profile, {}), where)
    values = {
        option.name: _profile_value(option.name, table, where, env) or Setting(option.default, BY_DEFAULT)
        for option in PROFILE_OPTIONS
    }
    values["data_dir"] = _data_dir(table, where, env)
    region = values["region"]
    problems = []
    if region.value and not (len(region.value) == 2 and region.value.isascii() and region.value.isalpha()):
        problems.append(Sentence("config.region", origin=region.origin))
    problems += [
        Sentence("config.one_of", origin=values[option.name].origin, words=option.words)
        for option in ONE_OF
        if values[option.name].value not in option.words
    ]
    theme = _profile_value("theme", tables, str(path), env) or Setting("", BY_DEFAULT)
    keys = {
        verb: Setting(plain(key, f"{path}: keys {verb}"), verbatim(f"{path} keys"))
        for verb, key in table_of(tables.get("keys", {}), f"{path}: keys").items()
    }
    return OwnValues(values, keys, theme, _default(tables, path), tuple(problems))


def load_profile(name: str | None, env: MutableMapping[str, str], path: Path | None = None) -> Profile:
    """As `read_profile`, but only a profile that can be used.

    Raises:
        ConfigError: naming everything that is wrong with it.
    """
    profile = read_profile(name, env, path)
    if profile.problems:
        raise ConfigError(*profile.problems)
    return profile


def _unknown(where: str, key: str, known: tuple[str, ...]) -> Sentence:
    return Sentence("config.unknown_key", where=where, key=repr(key)) + hint(key, known)


def _name(name: str | None, env: Mapping[str, str], tables: Mapping[str, object], path: Path) -> Setting:
    if name is not None:
        return Setting(name, Sentence("config.from_command_line"))
    if env.get(PREFIX + "PROFILE"):
        return Setting(env[PREFIX + "PROFILE"], from_variable(f"{PREFIX}PROFILE"))
    return _default(tables, path)


def _default(tables: Mapping[str, object], path: Path) -> Setting:
    if "default" in tables:
        return Setting(plain(tables["default"], f"{path}: default"), verbatim(f"{path} default"))
    return Setting("default", BY_DEFAULT)


def _profile_value(key: str, table: Mapping[str, object], where: str, env: Mapping[str, str]) -> Setting | None:
    variable = PREFIX + key.upper()
    if env.get(variable):
        return Setting(env[variable], from_variable(variable))
    return Setting(plain(table[key], f"{where} {key}"), verbatim(f"{where} {key}")) if key in table else None


def _data_dir(table: Mapping[str, object], where: str, env: Mapping[str, str]) -> Setting:
    given = _profile_value("data_dir", table, where, env)
    if given is not None:
        return Setting(str(Path(given.value).expanduser()), given.origin)
    import platformdirs

    return Setting(platformdirs.user_data_dir(APP, appauthor=False), BY_DEFAULT)
