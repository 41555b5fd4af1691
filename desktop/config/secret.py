"""Where secrets come from: the keyring, a private file, or the environment; never the command line or the profile.

The keyring is asked only where the profile says `NAME_keyring = true`: asking may open a window to unlock it, and takes
time, so it is not guessed.
"""

import os
import stat
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from desktop.config.setting import ConfigError, Setting, from_variable
from desktop.config.toml_file import APP
from desktop.domain.text.sentence import Sentence

LARGEST = 8 * 1024


def keyring_name(profile: str, kind: str, option: str) -> str:
    """The user name under which a secret stands in the keyring, in the service `agent-desktop`."""
    return f"{profile}/{kind}/{option}"


def from_keyring(profile: str, kind: str, option: str) -> Setting:
    """The secret kept in the system's keyring.

    Raises:
        ConfigError: the `keyring` extra is not installed, there is no keyring here, or it does not hold the secret.
    """
    name = keyring_name(profile, kind, option)
    try:
        import keyring
    except ImportError as error:
        raise ConfigError(Sentence("config.keyring_not_installed")) from error
    try:
        value = keyring.get_password(APP, name)
    except Exception as error:  # each system's keyring raises its own
        raise ConfigError(Sentence("config.keyring_fails", error=type(error).__name__)) from error
    if not value:
        raise ConfigError(Sentence("config.keyring_empty", name=name, command=f"keyring set {APP} {name}"))
    return Setting(value, Sentence("config.from_keyring", name=f"{APP} {name}"), secret=True)


def from_file(path: Path, option: str) -> Setting:
    """The secret on the first line of a file that nobody else can read.

    Args:
        option: which secret it is, for the words about the file.

    Raises:
        ConfigError: it is missing, not a plain file, not ours, readable by others, too large or empty.
    """
    what = Sentence("config.from_secret_file", option=option.replace("_", " "), path=str(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise ConfigError(Sentence("config.secret_unreadable", what=what, why=error.strerror)) from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise ConfigError(Sentence("config.secret_not_plain", what=what))
        if os.name == "posix":
            if facts.st_uid != os.geteuid():
                raise ConfigError(Sentence("config.secret_not_ours", what=what))
            if facts.st_mode & 0o077:
                raise ConfigError(Sentence("config.secret_open", what=what, command=f"chmod 600 {path}"))
        if facts.st_size > LARGEST:
            raise ConfigError(Sentence("config.secret_too_large", what=what))
        lines = os.read(descriptor, LARGEST).decode("utf-8", "replace").splitlines()
    finally:
        os.close(descriptor)
    if not lines or not lines[0].strip():
        raise ConfigError(Sentence("config.secret_empty", what=what))
    return Setting(lines[0].strip(), what, secret=True)


def take_from_environment(env: MutableMapping[str, str], variable: str) -> Setting | None:
    """The secret in an environment variable, which is then removed, so that no child process inherits it."""
    value = env.pop(variable, "")
    return Setting(value, from_variable(variable), secret=True) if value else None


def secret_setting(
    profile: str, kind: str, option: str, given: Mapping[str, str], found: Setting | None
) -> Setting | None:
    """The secret for one option of one backend, from the first place that has it.

    Args:
        given: the plain values of the backend's table and environment, where `OPTION_keyring` and `OPTION_file` may
            stand.
        found: what the environment held, already taken out of it.

    Raises:
        ConfigError: a named place cannot give it. The next place is not tried: that would be guessing.
    """
    if given.get(f"{option}_keyring", "").lower() in {"1", "true", "yes"}:
        return from_keyring(profile, kind, option)
    if given.get(f"{option}_file"):
        return from_file(Path(given[f"{option}_file"]).expanduser(), option)
    return found
