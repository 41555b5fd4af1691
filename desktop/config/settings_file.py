"""The configuration file while the desktop runs: one value changed, everything else left as its author wrote it."""

import copy
import os
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desktop.config.setting import ConfigError
from desktop.config.toml_file import LARGEST, write_private
from desktop.domain.text.sentence import NOTHING, Sentence

Value = str | bool


class FileChanged(ConfigError):
    """Somebody else has written the file since it was read; nothing was written."""


class SettingsFile:
    """Read and written as one text. Without a path it is kept in memory, as for the demo."""

    def __init__(self, path: Path | None, text: str = "") -> None:
        """`path` need not exist: the first change makes it. `text` is what is in memory at first."""
        self.path = path
        self._memory = text

    def read(self) -> str:
        """All of it; "" where there is no file.

        Raises:
            ConfigError: it cannot be read.
        """
        if self.path is None:
            return self._memory
        try:
            if self.path.stat().st_size > LARGEST:
                raise ConfigError(Sentence("config.file_too_large", path=str(self.path)))
            return self.path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise ConfigError(
                Sentence("config.file_unreadable", path=str(self.path), why=error.strerror or "")
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(Sentence("config.not_toml", path=str(self.path), why=str(error))) from error

    @property
    def refusal(self) -> Sentence:
        """Why nothing can be written; nothing where it can."""
        if self.path is None:
            return NOTHING
        target = self.path.resolve()
        if target.exists():
            kept = bool(target.stat().st_mode & 0o222) and os.access(target, os.W_OK)
            return NOTHING if kept and os.access(target.parent, os.W_OK) else self._read_only()
        folder = next(one for one in target.parents if one.exists())
        return NOTHING if os.access(folder, os.W_OK) else self._read_only()

    def _read_only(self) -> Sentence:
        return Sentence("config.file_read_only", path=str(self.path))

    def write(self, text: str, before: str) -> None:
        """Put `text` in the place of `before`, whole or not at all, with the rights that the file has.

        Where the file is a link, what it leads to is written.

        Raises:
            FileChanged: it is not `before` any more.
            ConfigError: it cannot be written.
        """
        if self.read() != before:
            raise FileChanged(Sentence("config.changed_meanwhile", path=str(self.path)))
        if self.path is None:
            self._memory = text
            return
        if refusal := self.refusal:
            raise ConfigError(refusal)
        target = self.path.resolve()
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        write_private(target, text, mode)


def with_value(text: str, place: Sequence[str], value: Value | None) -> str:
    """The TOML `text` with one value changed, added or, where it is None, taken out. Comments and order stay.

    Args:
        place: the tables that lead to it, and its key.

    Raises:
        ConfigError: it is written so that this value cannot be changed for sure.
    """
    wanted = _changed(tomllib.loads(text), place, value)
    for write in (_beside, _at_the_end):
        try:
            written = write(text, place, value)
            if tomllib.loads(written) == wanted:
                return written
        except Exception:  # noqa: S112 - whatever it is, the other way or a refusal follows
            continue
    raise ConfigError(Sentence("config.cannot_be_changed", key=".".join(place)))


def _changed(tables: Mapping[str, Any], place: Sequence[str], value: Value | None) -> dict[str, Any]:
    """What is to stand in the file afterwards."""
    wanted = copy.deepcopy(dict(tables))
    table = wanted
    for name in place[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise ConfigError(Sentence("config.not_a_table", where=name))
    if value is None:
        table.pop(place[-1], None)
    else:
        table[place[-1]] = value
    return wanted


def _beside(text: str, place: Sequence[str], value: Value | None) -> str:
    """Written behind the last value of its table: at its end would be below the heading comment of the next one."""
    import tomlkit
    from tomlkit.container import Container
    from tomlkit.items import AbstractTable, Table

    document = tomlkit.parse(text)
    table: Any = document
    for name in place[:-1]:
        table = table[name]
    if value is None:
        del table[place[-1]]
        return tomlkit.dumps(document)
    if place[-1] in table:
        table[place[-1]] = value
        return tomlkit.dumps(document)
    container: Container = table.value if isinstance(table, Table) else table
    plain = [key for key, item in container.body if key is not None and not isinstance(item, AbstractTable)]
    if plain:
        container._insert_after(plain[-1], place[-1], tomlkit.item(value))
        return tomlkit.dumps(document)
    if table is document:
        return f"{tomlkit.dumps({place[-1]: value})}\n{text}"
    return text


def _at_the_end(text: str, place: Sequence[str], value: Value | None) -> str:
    """Written wherever tomlkit puts it, with the tables that lead there."""
    import tomlkit

    document = tomlkit.parse(text)
    table: Any = document
    for name in place[:-1]:
        if name not in table:
            table[name] = tomlkit.table()
        table = table[name]
    if value is None:
        table.pop(place[-1], None)
    else:
        table[place[-1]] = value
    return tomlkit.dumps(document)
