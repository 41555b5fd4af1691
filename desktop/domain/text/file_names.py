"""Names of files that somebody else has chosen, made safe to keep."""

import unicodedata
from typing import Final

LONGEST_BYTES: Final = 120
_LONGEST_SUFFIX: Final = 16
_REPLACED: Final = dict.fromkeys(map(ord, '<>:"|?*'), "_")
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
UNNAMED: Final = "file"


def safe_name(name: str) -> str:
    """A name for one file in one folder: no path, nothing that hides or turns letters, no device, not too long.

    The letters of every language stay. What is left of a name that has none is `file`.
    """
    last = name[-4_096:].replace("\\", "/").rpartition("/")[2]
    shown = "".join(one for one in unicodedata.normalize("NFC", last) if not _is_hidden(one))
    text = " ".join(shown.translate(_REPLACED).split()).strip(". ")
    stem, dot, suffix = text.rpartition(".")
    if not dot or not stem or len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, dot, suffix = text, "", ""
    if stem.partition(".")[0].rstrip().casefold() in _RESERVED:
        stem = f"_{stem}"
    stem = _cut(stem, LONGEST_BYTES - len((dot + suffix).encode())).rstrip(". ")
    return f"{stem or UNNAMED}{dot}{suffix}"


def numbered(name: str, number: int) -> str:
    """The name with a number before its ending, for the second file of that name and each further one."""
    if number < 2:
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem} ({number}).{suffix}" if dot and stem else f"{name} ({number})"


def _is_hidden(sign: str) -> bool:
    """Control characters, those that change the direction of text or are not seen, private ones, and half ones."""
    return unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in ("Zl", "Zp") or sign in _FILLERS


_FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0")


def _cut(text: str, most: int) -> str:
    return text.encode()[: max(0, most)].decode("utf-8", "ignore")
