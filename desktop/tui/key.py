"""One key of a table of keys, and how keys are written."""

import string
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does.

    Args:
        id: the name a user's TOML remaps it by.
        action: the action of the screen it runs.
        always: keys that work even while typing, first one shown.
        letters: keys that work when not typing.
        label: one or two words, as in the footer.
        help: a sentence, as in the help screen.
        group: heading in the help screen.
    """

    id: str
    action: str
    always: tuple[str, ...]
    letters: tuple[str, ...]
    label: str
    help: str
    group: str

    @property
    def shown(self) -> str:
        """The key as printed beside its verb."""
        return show(self.always[0] if self.always else self.letters[0])


_CALLED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Signs that Textual calls otherwise than Unicode does."""


def _named(sign: str) -> str:
    name = unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_")
    return _CALLED.get(name, name)


SIGNS = {_named(sign): sign for sign in string.punctuation}
"""What people write for the names of some keys."""


def is_typed(key: str) -> bool:
    """Whether a key writes something where one can type."""
    return len(key) == 1 or key in SIGNS


def show(key: str) -> str:
    """A key's name as people write it: `F4`, `ctrl+enter`, `/`."""
    names = {"escape": "esc", **SIGNS}
    name = names.get(key, key)
    return name.upper() if name[:1] == "f" and name[1:].isdigit() else name
