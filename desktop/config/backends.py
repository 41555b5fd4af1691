"""The tables of one kind in a profile: which plug-ins serve it, in order of precedence, and each one's options.

A kind is one table (`[profiles.work.crm]`) or, where several may serve it, several (`[[profiles.work.crm]]`), the first
of which has precedence. Environment variables are `AGENT_DESKTOP_KIND_OPTION` for one and
`AGENT_DESKTOP_KIND_NAME_OPTION` for several. A name is letters and digits only, so that what stands up to the next `_`
is the name and nothing else.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path

from desktop.config.secret import secret_setting, take_from_environment
from desktop.config.setting import BY_DEFAULT, BackendSettings, ConfigError, Setting, from_variable
from desktop.config.toml_file import PREFIX
from desktop.domain.text.sentence import NOTHING, Sentence, verbatim
from desktop.ports import registry
from desktop.ports.base import Backend, Kind
from desktop.ports.errors import Rejected
from desktop.ports.kinds import KINDS
from desktop.ports.options import Option

NAME = re.compile(r"[a-z][a-z0-9]{0,31}")


def hint(word: str, known: Iterable[str]) -> Sentence:
    """A guess at what was meant; nothing when nothing is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return Sentence("config.did_you_mean", word=repr(close[0])) if close else NOTHING


def at(where: str, problem: Sentence) -> Sentence:
    """A problem with the place it is at."""
    return Sentence("config.at", where=where, problem=problem)


def plain(value: object, where: str) -> str:
    """A TOML value as the text that an option takes.

    Raises:
        ConfigError: it is a list, a table or a date.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise ConfigError(Sentence("config.not_plain", where=where))


def table_of(value: object, where: str) -> Mapping[str, object]:
    """The value as a table.

    Raises:
        ConfigError: it is something else.
    """
    if not isinstance(value, dict):
        raise ConfigError(Sentence("config.not_a_table", where=where))
    return value


def read_kind(
    profile: str, kind: Kind, value: object, path: Path, env: MutableMapping[str, str]
) -> tuple[tuple[BackendSettings, ...], list[Sentence]]:
    """The backends of one kind in order of precedence, and what is wrong with them.

    Args:
        value: what stands under the kind in the profile: nothing (None), a table or a list of tables.
        env: the environment; variables that hold secrets are removed from it.
    """
    where = f"{path} [profiles.{profile}.{kind.value}]"
    many = isinstance(value, list)
    try:
        tables = [table_of(one, where) for one in (value if isinstance(value, list) else [value or {}])]
    except ConfigError as error:
        return (), list(error.problems)
    if len(tables) > 1 and not KINDS[kind].several:
        return (), [Sentence("config.only_one", where=where, kind=kind.value)]
    if len(tables) < 2:
        reader = _Reader(profile, kind, "", where, env)
        settings, wrong = reader.read(tables[0] if tables else {})
        return (settings,) if settings is not None else (), wrong
    found: list[BackendSettings] = []
    problems: list[Sentence] = []
    names = [_name_of(one, kind, env) for one in tables]
    for number, (table, name) in enumerate(zip(tables, names, strict=True), start=1):
        place = f"{path} [[profiles.{profile}.{kind.value}]] {number}"
        if not NAME.fullmatch(name):
            problems.append(Sentence("config.bad_name" if name else "config.no_backend", where=place))
            continue
        settings, wrong = _Reader(profile, kind, name, place, env).read(table)
        problems += wrong
        if settings is not None:
            found.append(settings)
    for name, times in Counter(names).items():
        if name and times > 1:
            problems.append(Sentence("config.same_name", where=where, times=times, name=repr(name)))
    return tuple(found), problems + (_strays(kind, names, env) if many else [])


def _name_of(table: Mapping[str, object], kind: Kind, env: Mapping[str, str]) -> str:
    """The `name` of the table, or the letters and digits of its backend's."""
    if "name" in table:
        return str(table["name"])
    return "".join(c for c in str(table.get("backend", "")).lower() if c.isascii() and c.isalnum())


def _strays(kind: Kind, names: list[str], env: Mapping[str, str]) -> list[Sentence]:
    """Variables for this kind that name none of its several backends."""
    prefix = f"{PREFIX}{kind.value.upper()}_"
    strays = sorted(
        variable
        for variable in env
        if variable.startswith(prefix) and variable.removeprefix(prefix).partition("_")[0].lower() not in names
    )
    return [
        Sentence("config.names_none", variable=one, kind=kind.value, example=f"{prefix}{names[0].upper()}_URL")
        for one in strays
    ]


class _Reader:
    """Reads one table together with its variables. `name` is "" where it is the only one of its kind."""

    def __init__(self, profile: str, kind: Kind, name: str, where: str, env: MutableMapping[str, str]) -> None:
        self._profile = profile
        self._kind = kind
        self._name = name
        self._where = where
        self._env = env
        self._prefix = f"{PREFIX}{kind.value.upper()}_" + (f"{name.upper()}_" if name else "")

    def read(self, table: Mapping[str, object]) -> tuple[BackendSettings | None, list[Sentence]]:
        """The settings, None where none are given or they cannot be understood, and what is wrong with them."""
        try:
            return self._read(table)
        except ConfigError as error:
            return None, list(error.problems)

    def _read(self, table: Mapping[str, object]) -> tuple[BackendSettings | None, list[Sentence]]:
        kind, where = self._kind, self._where
        own = {key: value for key, value in table.items() if key != "name"}
        named = self._given(own, frozenset()).get("backend")
        if named is None:
            installed = ", ".join(registry.names(kind))
            missing = Sentence("config.no_backend", where=where) + Sentence("config.installed", names=installed)
            return None, [missing] if table else []
        name = str(table.get("name") or _name_of({"backend": named.value}, kind, self._env))
        if not NAME.fullmatch(name) and "name" in table:
            return None, [Sentence("config.bad_name", where=where)]
        try:
            plugin = registry.load(kind, named.value)
        except registry.PluginBrokenError as error:
            self._forget_variables()  # which of them are secrets only the plug-in could have told
            return BackendSettings(kind, named, {}, name, bool(self._name), error.sentence), []
        except registry.PluginError as error:
            return None, [at(where, error.sentence)]
        options = plugin.manifest.options
        given = self._given(own, frozenset(option.name for option in options if option.secret))
        del given["backend"]
        problems = [at(where, problem) for problem in _unknown(given, options)]
        values: dict[str, Setting] = {}
        for option in options:
            try:
                setting = self._option(option, given)
            except ConfigError as error:
                problems += [at(where, problem) for problem in error.problems]
                continue
            if setting is None and option.required:
                problems.append(at(where, self._missing(option)))
            elif setting is not None:
                values[option.name] = setting
        settings = BackendSettings(kind, named, values, name, bool(self._name))
        if not problems and (refused := _refused(plugin, settings)):
            problems.append(at(where, refused))
        return replace(settings, problems=tuple(problems)), problems

    def _given(self, table: Mapping[str, object], secrets: frozenset[str]) -> dict[str, Setting]:
        """The plain values, the environment over the file."""
        given = {
            key: Setting(plain(value, f"{self._where} {key}"), verbatim(f"{self._where} {key}"))
            for key, value in table.items()
        }
        for variable, value in self._env.items():
            key = variable.removeprefix(self._prefix).lower()
            if variable.startswith(self._prefix) and key not in secrets and value:
                given[key] = Setting(value, from_variable(variable))
        return given

    def _forget_variables(self) -> None:
        for variable in [known for known in self._env if known.startswith(self._prefix)]:
            del self._env[variable]

    def _missing(self, option: Option) -> Sentence:
        if option.secret:
            variable = f"{self._prefix}{option.name.upper()}"
            return Sentence(
                "config.secret_missing", option=repr(option.name), file=f"{option.name}_file", variable=variable
            )
        return Sentence("config.option_missing", option=repr(option.name), help=option.help)

    def _option(self, option: Option, given: Mapping[str, Setting]) -> Setting | None:
        if option.secret:
            # Taken out of the environment even where another place wins.
            found = take_from_environment(self._env, f"{self._prefix}{option.name.upper()}")
            texts = {key: setting.value for key, setting in given.items()}
            place = f"{self._kind.value}/{self._name}" if self._name else self._kind.value
            setting = secret_setting(self._profile, place, option.name, texts, found)
            return setting or (None if option.default is None else Setting(option.default, BY_DEFAULT, secret=True))
        if option.name in given:
            return _checked(option, given[option.name])
        return None if option.default is None else Setting(option.default, BY_DEFAULT)


def _refused(plugin: type[Backend], settings: BackendSettings) -> Sentence:
    """Why the plug-in will not take these values, found out before the screen is up; nothing if it does."""
    try:
        plugin.create(settings.values())
    except Rejected as error:
        return error.sentence
    except Exception as error:  # a plug-in may raise anything, and its text may hold a secret
        return Sentence("config.backend_failed", error=type(error).__name__)
    return NOTHING


def _unknown(given: Mapping[str, Setting], options: tuple[Option, ...]) -> list[Sentence]:
    known = [option.name for option in options if not option.secret]
    known += [option.name + end for option in options if option.secret for end in ("_file", "_keyring")]
    secrets = {option.name for option in options if option.secret}
    texts = [Sentence("config.secret_in_profile", key=repr(key), file=f"{key}_file") for key in given if key in secrets]
    return texts + [
        Sentence("config.unknown_option", key=repr(key)) + hint(key, known)
        for key in given
        if key not in known and key not in secrets
    ]


def _checked(option: Option, setting: Setting) -> Setting:
    if option.kind == "number":
        try:
            float(setting.value)
        except ValueError as error:
            raise ConfigError(Sentence("config.not_a_number", option=repr(option.name))) from error
    elif option.kind == "flag" and setting.value.lower() not in {"true", "false"}:
        raise ConfigError(Sentence("config.not_a_flag", option=repr(option.name)))
    elif option.kind == "path" and setting.value:
        return Setting(str(Path(setting.value).expanduser()), setting.origin)
    return setting
