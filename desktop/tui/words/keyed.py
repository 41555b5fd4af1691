"""A sentence that names a key, with the key in the colour of keys."""

from desktop.tui.keys.keys import shown
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part


def keyed(sentence: str, name: str, style: str = "$muted") -> list[Part]:
    """A sentence in parts.

    Args:
        sentence: in the language in force, with the key in force already in it.
        name: of that key, in the table of keys.
        style: of the words around it.
    """
    return with_key(sentence, shown(name), style)


def with_key(sentence: str, key: str, style: str = "$muted") -> list[Part]:
    """Likewise, with a key as it is printed."""
    before, found, after = sentence.partition(key)
    return [(before, style), key_hint(found), (after, style)]
