"""The settings of the profile in use: read, changed one at a time, taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.config.alerts import alerting_problems, alerting_values
from desktop.config.profile import OwnValues, own_values
from desktop.config.setting import ConfigError, Profile, Setting
from desktop.config.settings_file import FileChanged, SettingsFile, Value, with_value
from desktop.config.toml_file import tables_of_text, themes_beside
from desktop.domain.text.sentence import Sentence
from desktop.tui.settings.checks import screen_problems
from desktop.tui.settings.entries import AT_ONCE, Context, Entry, entries
from desktop.tui.terminal.theme_files import ThemeFiles

MOST_UNDONE: Final = 100


@dataclass(frozen=True, slots=True)
class _Change:
    name: str
    before: str
    after: str


class Settings:
    """What the page shows and changes. Reading and writing take a disk's time: not for the loop."""

    def __init__(self, profile: Profile, file: SettingsFile, env: Mapping[str, str]) -> None:
        """Settings that are not read yet.

        Args:
            profile: as it was at the start.
            file: where they are changed; one without a path for the demo.
            env: the environment, whose variables win over the file.
        """
        self.profile = profile
        self.file = file
        self.live: OwnValues | None = None
        """What is seen at once, as it is in force; None before the first reading."""
        self.put_in_force: Callable[[OwnValues], None] = lambda live: None
        """Has the screen go by what is seen at once; called on the loop by the page."""
        self._env = env
        self._text = ""
        self._own: OwnValues | None = None
        self._alerting: Mapping[str, Setting] = {}
        self._context: Context | None = None
        self._changes: list[_Change] = []

    @property
    def path(self) -> Path:
        """The file that the values are said to be of."""
        return self.file.path or self.profile.path

    def read(self) -> None:
        """Take in what the file says now.

        Raises:
            ConfigError: it cannot be read, or holds what cannot stand there.
        """
        text = self.file.read()
        tables = tables_of_text(text, self.path)
        own = own_values(tables, self.profile.name.value, self._env, self.path)
        self._alerting = alerting_values(self.path, tables)
        named = tables.get("profiles")
        names = tuple(named) if isinstance(named, dict) else ()
        before = self._context.alerting_now if self._context is not None else self._alerting
        self._context = Context(ThemeFiles(themes_beside(self.path)).names(), names, before)
        if self.live is None:
            p = self.profile
            values = {**own.values, **{name: getattr(p, name) for name in AT_ONCE - {"theme"}}}
            self.live = OwnValues(values, p.keys, p.theme, own.default, ())
        self._text, self._own = text, own

    def entries(self) -> list[Entry]:
        """Every line; none before the first reading."""
        if self._own is None or self.live is None or self._context is None:
            return []
        return list(entries(self.profile, self._own, self.live, self._alerting, self._context))

    def change(self, entry: Entry, value: Value | None) -> None:
        """Write another value, or take it out of the file where it is None.

        Raises:
            FileChanged: somebody else wrote the file meanwhile; it was read again, and nothing was written.
            ConfigError: the value cannot be used, or the file not be written. Nothing was changed.
        """
        text = with_value(self._text, entry.place, value)
        if text == self._text:
            return
        known = set(self._problems(self._text))
        if wrong := [problem for problem in self._problems(text) if problem not in known]:
            raise ConfigError(*wrong)
        before = self._text
        self._write(text)
        self._changes = [*self._changes, _Change(entry.name, before, text)][-MOST_UNDONE:]
        if entry.at_once:
            self._take_live()

    def undo(self) -> str:
        """Take the last change back; says what was changed, "" where nothing was.

        Raises:
            ConfigError: as for `change`.
        """
        if not self._changes:
            return ""
        last = self._changes[-1]
        if self._text != last.after:
            self._changes.clear()
            raise FileChanged(Sentence("config.changed_meanwhile", path=str(self.path)))
        self._write(last.before)
        self._changes.pop()
        self._take_live()
        return last.name

    def _write(self, text: str) -> None:
        try:
            self.file.write(text, self._text)
        except FileChanged:
            self.read()
            raise
        self.read()

    def _take_live(self) -> None:
        self.live = self._own

    def _problems(self, text: str) -> tuple[Sentence, ...]:
        """What `config check` would say of these values."""
        tables = tables_of_text(text, self.path)
        own = own_values(tables, self.profile.name.value, self._env, self.path)
        return (
            *own.problems,
            *screen_problems(own.keys, own.theme, self.path),
            *alerting_problems(self.path, tables),
        )
