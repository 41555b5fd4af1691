"""The profile file: where it is, and what stands in it."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop.config.setting import ConfigError
from desktop.domain.text.sentence import Sentence

APP = "agent-desktop"
PREFIX = "AGENT_DESKTOP_"
LARGEST = 1024 * 1024


def default_path(env: Mapping[str, str]) -> Path:
    """`AGENT_DESKTOP_CONFIG`, or `config.toml` in the user's configuration folder for this program."""
    named = env.get(PREFIX + "CONFIG")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "config.toml"


def themes_beside(path: Path) -> Path:
    """The folder of looks of one's own."""
    return path.parent / "themes"


def read_tables(path: Path) -> Mapping[str, object]:
    """The tables of the file; empty when there is no file.

    Raises:
        ConfigError: it cannot be read, is not TOML, or is larger than 1 MB.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(Sentence("config.file_too_large", path=str(path)))
        return tables_of_text(path.read_text("utf-8"), path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(Sentence("config.file_unreadable", path=str(path), why=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(Sentence("config.not_toml", path=str(path), why=str(error))) from error


def tables_of_text(text: str, path: Path) -> Mapping[str, object]:
    """The tables of a text that stands, or is to stand, in the file.

    Raises:
        ConfigError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(Sentence("config.not_toml", path=str(path), why=str(error))) from error


def with_profile(
    text: str, name: str, settings: Mapping[str, str], backends: Mapping[str, Sequence[Mapping[str, str]]]
) -> str:
    """The TOML `text` with one profile more behind it. Of what stands in it nothing is touched.

    Args:
        text: of a file that `read_tables` took. Where nothing stands in it, the profile becomes the default.
        settings: the keys of the profile itself.
        backends: by kind, the keys of its backend, or of several in order of precedence.

    Raises:
        ConfigError: the text is written so that nothing can follow it, as with all profiles in one line.
    """
    import tomlkit  # only where something is written

    tables = {kind: several[0] if len(several) == 1 else several for kind, several in backends.items() if several}
    added = tomlkit.dumps({"profiles": {name: {**settings, **tables}}})
    parts = [text.rstrip() + "\n"] if text.strip() else []
    if not tomllib.loads(text):
        parts.append(tomlkit.dumps({"default": name}))
    written = "\n".join([*parts, added])
    try:
        tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(Sentence("config.nothing_can_follow")) from error
    return written


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Write the text to `path` with mode 0600 or `mode`, whole or not at all, in a folder made with mode 0700.

    Raises:
        ConfigError: it cannot be written.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
                if hasattr(os, "fchmod"):
                    os.fchmod(descriptor, mode)
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            new.replace(path)
        except OSError:
            new.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(Sentence("config.file_unwritable", path=str(path), why=error.strerror)) from error
