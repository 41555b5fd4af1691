"""A sentence that names a key, with the key in the colour of keys."""

from desktop.tui.keys.keys import shown
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part
from desktop.words.catalogue import tr


def keyed(sentence: str, name: str, style: str = "$muted") -> list[Part]:
    """A sentence in parts.

    Args:
        sentence: in the language in force, with the key in force already in it.
        name: of that key, in the table of keys.
        style: of the words around it.
    """
    return _around(sentence, shown(name), shown(name), style)


def lettered(sentence: str, key: str, style: str = "$muted") -> list[Part]:
    """Likewise, for a key that may be a letter, and so may stand elsewhere in the sentence too.

    Args:
        sentence: in English, `mark`ed, with `{key}`.
        key: as it is printed.
        style: of the words around it.
    """
    return _around(tr(sentence, key=_HERE), _HERE, key, style)


_HERE = "\x00"


def _around(sentence: str, at: str, key: str, style: str) -> list[Part]:
    before, found, after = sentence.partition(at)
    return [(before, style), key_hint(key if found else ""), (after, style)]
