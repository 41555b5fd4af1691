"""One key of a table of keys, and how keys are written."""

import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from desktop.domain.entities.words import Verb
from desktop.words.catalogue import tr, word


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does.

    Args:
        id: the name a user's TOML remaps it by.
        action: the action of the screen it runs.
        always: keys that work even while typing, first one shown; alt with a letter does, too.
        letters: keys that work when not typing.
        english_label: one or two words, as in the footer; `mark`ed, like the other words of the tables.
        english_help: a sentence, as in the help screen.
        english_group: heading in the help screen.
        verbs: what it does to a contact, each with the label that stands beside the contact. The first on offer is
            done, unless the screen has an action of its own.
    """

    id: str
    action: str
    always: tuple[str, ...]
    letters: tuple[str, ...]
    english_label: str
    english_help: str
    english_group: str
    verbs: tuple[tuple[Verb, str], ...] = ()

    @property
    def label(self) -> str:
        """One or two words in the language in force, as in the footer."""
        return word(self.english_label)

    @property
    def title(self) -> str:
        """The label with a capital, as in the palette."""
        return titled(self.label)

    @property
    def help(self) -> str:
        """A sentence in the language in force, as in the help screen."""
        return tr(self.english_help)

    @property
    def group(self) -> str:
        """The heading in the language in force."""
        return word(self.english_group)

    @property
    def shown(self) -> str:
        """The key as printed beside its verb."""
        return show(self.always[0] if self.always else self.letters[0])

    @property
    def brief(self) -> str:
        """The key as printed where letters are verbs: its letter, unless an F-key does the same."""
        return self.shown if not self.letters or self.shown.startswith("F") else show(self.letters[0])

    @property
    def anywhere(self) -> tuple[str, ...]:
        """Every key that works even while typing: alt and a letter is that letter's verb, always."""
        return tuple(dict.fromkeys((*self.always, *alts(self.letters))))


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
    return len(key) == 1 or key == "space" or key in SIGNS


WORD_MOVES = frozenset("bf")
"""Letters that many terminals send with alt for ctrl+left and ctrl+right: never a verb together with alt."""


ALT_SIGNS = tuple(name for name, sign in SIGNS.items() if sign not in "[]\\^_")
"""Signs that every terminal sends together with alt; with those left out a terminal begins or ends what it answers."""

ALT_CAPITALS = string.ascii_uppercase.replace("O", "")
"""Capitals likewise: esc and O begin function keys and arrows."""


def alts(letters: Iterable[str]) -> tuple[str, ...]:
    """The letters together with alt, as far as every terminal can send that."""
    plain = (*string.ascii_lowercase, *ALT_CAPITALS, *ALT_SIGNS)
    return tuple(with_alt(letter) for letter in letters if letter in plain and letter not in WORD_MOVES)


def with_alt(letter: str) -> str:
    """A letter or the name of a sign together with alt, as Textual names it: `alt+a`, and `alt+shift+a` for A."""
    return f"alt+shift+{letter.lower()}" if letter in ALT_CAPITALS else f"alt+{letter}"


def titled(label: str) -> str:
    """A label as the palette has it; only the first letter changes, since German nouns inside keep theirs."""
    return label[:1].upper() + label[1:]


_PRINTED = {"esc": "escape", "←": "left", "→": "right", "↑": "up", "↓": "down"} | {
    sign: name for name, sign in SIGNS.items()
}
_WRITTEN = re.compile(r"((?:(?:alt|ctrl|shift)\+)*)(F\d+|enter|tab|space|esc|backspace|delete|.)")


def named(printed: str) -> str:
    """The name of a key from how people write it, the other way round than `show`; "" where that is no key."""
    written = _WRITTEN.fullmatch(printed)
    if written is None:
        return ""
    held, last = written.groups()
    if held == "alt+" and last in ALT_CAPITALS:
        return with_alt(last)
    return held + _PRINTED.get(last, last.lower() if len(last) > 1 else last)


def show(key: str) -> str:
    """A key's name as people write it: `F4`, `ctrl+enter`, `/`, `alt+/`, `alt+A`."""
    names = {"escape": "esc", **SIGNS}
    before, plus, last = key.rpartition("+")
    if before == "alt+shift" and len(last) == 1:
        before, last = "alt", last.upper()
    name = before + plus + names.get(last, last)
    return name.upper() if name[:1] == "f" and name[1:].isdigit() else name
