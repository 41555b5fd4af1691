"""Optional packages: what needs one says which extra brings it, before anything is started."""

from collections.abc import Iterable
from importlib.util import find_spec

from desktop.config.setting import ConfigError
from desktop.domain.text.sentence import Sentence

MOCKS = ("fastapi", "uvicorn")
"""What the mock servers cannot start without."""


def require(extra: str, packages: Iterable[str]) -> None:
    """Go on only where an extra is installed.

    Args:
        extra: its name, as in `pip install 'agent-desktop[extra]'`.
        packages: what it brings, by the names under which they are imported.

    Raises:
        ConfigError: one of them is missing; the message names it and the extra.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ConfigError(Sentence(f"extra.{extra}", packages=tuple(missing), extra=extra))
