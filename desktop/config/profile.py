"""From the file and the environment to a `Profile`, each value with where it came from."""

import difflib
import re
from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path

from desktop.config.file import APP, PREFIX, default_path, read_tables
from desktop.config.secret import secret_setting, take_from_environment
from desktop.config.setting import BackendSettings, ConfigError, Profile, Setting
from desktop.ports import registry
from desktop.ports.base import Backend, Kind
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

TOP_KEYS = ("default", "profiles", "keys", "theme")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # it becomes part of file names
PROFILE_KEYS = ("data_dir", "region", *(kind.value for kind in Kind))


def _hint(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _plain(value: object, where: str) -> str:
    """A TOML value as the text that an option takes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise ConfigError(f"{where} must be a text, a number or true/false.")


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} must be a table.")
    return value


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
            raise ConfigError(f"{path}: {key!r} is not known here.{_hint(key, TOP_KEYS)}")
    profiles = _table(tables.get("profiles", {}), f"{path}: profiles")
    from_env = any(key.startswith(PREFIX + kind.value.upper() + "_") for key in env for kind in Kind)
    if chosen.value not in profiles and (name is not None or not from_env):
        known = ", ".join(profiles) or "none"
        how = "" if profiles else " Make one with: agent-desktop config init. Or look around with: agent-desktop demo"
        raise ConfigError(f"There is no profile {chosen.value!r} in {path}. Profiles there: {known}.{how}")
    where = f"{path} [profiles.{chosen.value}]"
    table = _table(profiles.get(chosen.value, {}), where)
    problems = [f"{where}: {k!r} is not known here.{_hint(k, PROFILE_KEYS)}" for k in table if k not in PROFILE_KEYS]
    backends = {}
    for kind in Kind:
        try:
            part = _table(table.get(kind.value, {}), f"{where} {kind.value}")
            settings, wrong = _backend(chosen.value, kind, part, f"{path} [profiles.{chosen.value}.{kind.value}]", env)
        except ConfigError as error:
            problems.append(str(error))
            continue
        problems += wrong
        if settings is not None:
            backends[kind] = settings
    if Kind.CONTACT_CENTER not in backends and not problems:
        problems.append(f"{where}: no contact_center is named.")
    region = _profile_value("region", table, where, env) or Setting("", "default")
    if region.value and not (len(region.value) == 2 and region.value.isascii() and region.value.isalpha()):
        problems.append(f"{region.origin}: a region is two letters, like GB.")
    theme = _profile_value("theme", tables, str(path), env) or Setting("", "default")
    keys = {
        verb: Setting(_plain(key, f"{path}: keys {verb}"), f"{path} keys")
        for verb, key in _table(tables.get("keys", {}), f"{path}: keys").items()
    }
    return Profile(chosen, path, _data_dir(table, where, env), backends, tuple(problems), region, keys, theme)


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
        return Setting(_plain(tables["default"], f"{path}: default"), f"{path} default")
    return Setting("default", "default")


def _profile_value(key: str, table: Mapping[str, object], where: str, env: Mapping[str, str]) -> Setting | None:
    variable = PREFIX + key.upper()
    if env.get(variable):
        return Setting(env[variable], f"environment {variable}")
    return Setting(_plain(table[key], f"{where} {key}"), f"{where} {key}") if key in table else None


def _data_dir(table: Mapping[str, object], where: str, env: Mapping[str, str]) -> Setting:
    given = _profile_value("data_dir", table, where, env)
    if given is not None:
        return Setting(str(Path(given.value).expanduser()), given.origin)
    import platformdirs

    return Setting(platformdirs.user_data_dir(APP, appauthor=False), "default")


def _given(
    kind: Kind, table: Mapping[str, object], where: str, env: Mapping[str, str], secrets: frozenset[str]
) -> dict[str, Setting]:
    """The plain values for one kind, the environment over the file."""
    given = {key: Setting(_plain(value, f"{where} {key}"), f"{where} {key}") for key, value in table.items()}
    prefix = f"{PREFIX}{kind.value.upper()}_"
    for variable, value in env.items():
        key = variable.removeprefix(prefix).lower()
        if variable.startswith(prefix) and key not in secrets and value:
            given[key] = Setting(value, f"environment {variable}")
    return given


def _backend(
    profile: str, kind: Kind, table: Mapping[str, object], where: str, env: MutableMapping[str, str]
) -> tuple[BackendSettings | None, list[str]]:
    named = _given(kind, table, where, env, frozenset()).get("backend")
    if named is None:
        return None, [f"{where}: `backend` is missing. Installed: {registry.names(kind)}."] if table else []
    try:
        plugin = registry.load(kind, named.value)
    except registry.PluginError as error:
        return None, [f"{where}: {error}"]
    options = plugin.manifest.options
    secrets = frozenset(option.name for option in options if option.secret)
    given = _given(kind, table, where, env, secrets)
    del given["backend"]
    problems = [f"{where}: {text}" for text in _unknown(given, options)]
    values: dict[str, Setting] = {}
    for option in options:
        try:
            setting = _option(profile, kind, option, given, env)
        except ConfigError as error:
            problems.append(f"{where}: {error}")
            continue
        if setting is None and option.required:
            problems.append(f"{where}: {_missing(kind, option)}")
        elif setting is not None:
            values[option.name] = setting
    settings = BackendSettings(kind, named, values)
    if not problems and (refused := _refused(plugin, settings)):
        problems.append(f"{where}: {refused}")
    return settings, problems


def _refused(plugin: type[Backend], settings: BackendSettings) -> str:
    """Why the plug-in will not take these values, found out now rather than when the screen is up; "" if it does."""
    try:
        plugin.create(settings.values())
    except Rejected as error:
        return error.message
    except Exception as error:  # a plug-in may raise anything, and its text may hold a secret
        return f"the backend failed: {type(error).__name__}."
    return ""


def _unknown(given: Mapping[str, Setting], options: tuple[Option, ...]) -> list[str]:
    known = [option.name for option in options if not option.secret]
    known += [option.name + end for option in options if option.secret for end in ("_file", "_keyring")]
    secrets = {option.name for option in options if option.secret}
    texts = [
        f"{key!r} must not stand in the profile; put it into a file of mode 0600 and name that as {key}_file."
        for key in given
        if key in secrets
    ]
    return texts + [
        f"{key!r} is not an option of this backend.{_hint(key, known)}"
        for key in given
        if key not in known and key not in secrets
    ]


def _missing(kind: Kind, option: Option) -> str:
    if option.secret:
        variable = f"{PREFIX}{kind.value.upper()}_{option.name.upper()}"
        return f"{option.name!r} is missing. Name a private file as {option.name}_file, or set {variable}."
    return f"{option.name!r} is missing: {option.help}"


def _option(
    profile: str, kind: Kind, option: Option, given: Mapping[str, Setting], env: MutableMapping[str, str]
) -> Setting | None:
    if option.secret:
        # Taken out of the environment even where another place wins.
        found = take_from_environment(env, f"{PREFIX}{kind.value.upper()}_{option.name.upper()}")
        plain = {key: setting.value for key, setting in given.items()}
        setting = secret_setting(profile, kind.value, option.name, plain, found)
        return setting or (None if option.default is None else Setting(option.default, "default", secret=True))
    if option.name in given:
        return _checked(option, given[option.name])
    return None if option.default is None else Setting(option.default, "default")


def _checked(option: Option, setting: Setting) -> Setting:
    if option.kind == "number":
        try:
            float(setting.value)
        except ValueError as error:
            raise ConfigError(f"{option.name!r} must be a number.") from error
    elif option.kind == "flag" and setting.value.lower() not in {"true", "false"}:
        raise ConfigError(f"{option.name!r} must be true or false.")
    elif option.kind == "path" and setting.value:
        return Setting(str(Path(setting.value).expanduser()), setting.origin)
    return setting
