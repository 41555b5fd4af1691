"""One key of a table of keys, and how keys are written."""

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


SIGNS = {
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "equals_sign": "=",
    "comma": ",",
    "full_stop": ".",
}
"""What people write for the names of some keys."""


def show(key: str) -> str:
    """A key's name as people write it: `F4`, `ctrl+enter`, `/`."""
    names = {"slash": "/", "question_mark": "?", "escape": "esc", "plus": "+", **SIGNS}
    name = names.get(key, key)
    return name.upper() if name[:1] == "f" and name[1:].isdigit() else name
