"""Looks by name: the bundled ones, and those of one's own, `themes/NAME.toml` beside the configuration."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from textual.theme import Theme

from desktop.tui.terminal.themes import LOOKS, THEMES, Look, theme_of
from desktop.words.catalogue import tr

LARGEST: Final = 64 * 1024
LEGIBLE: Final = 4.5
"""Contrast of text from which on it is legible: WCAG 2.2, 1.4.3 (AA)."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_UNDER_WORDS: Final = ("background", "surface", "panel", "cursor", "cursor-blurred")


class ThemeFiles:
    """The folder of looks of one's own; without one there are the bundled looks only."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """The short names, the bundled ones first."""
        own = sorted(self._folder.glob("*.toml")) if self._folder is not None else []
        return (*LOOKS, *(path.stem for path in own if _NAME.fullmatch(path.stem) and path.stem not in LOOKS))

    def path(self, name: str) -> Path | None:
        """Where a look of one's own stands; None for a bundled one, and for what is no name of a file."""
        if name in LOOKS or self._folder is None or not _NAME.fullmatch(name):
            return None
        return self._folder / f"{name}.toml"

    def theme(self, name: str) -> Theme:
        """A look by its short name.

        Raises:
            ValueError: there is no such look, or its file cannot be used; the text says why.
        """
        if name in LOOKS:
            return THEMES[tuple(LOOKS).index(name)]
        return theme_of(name, self._look(name))

    def problems(self, name: str) -> Iterator[str]:
        """What of a look of one's own is hard to read, a sentence for each colour of words; nothing is refused for it.

        Raises:
            ValueError: as for `theme`.
        """
        if name in LOOKS:
            return
        look = self._look(name)
        for ink, colour in look.ink.items():
            ground, ratio = min(
                ((one, contrast(colour, look.grounds[one])) for one in _UNDER_WORDS), key=lambda found: found[1]
            )
            if ratio < LEGIBLE:
                yield tr(
                    "theme {name}: {ink} on {ground} has a contrast of {ratio:.1f}; it is legible from {least:g} on.",
                    name=name,
                    ink=ink,
                    ground=ground,
                    ratio=ratio,
                    least=LEGIBLE,
                )

    def _look(self, name: str) -> Look:
        path = self.path(name)
        if path is None or not path.is_file():
            raise ValueError(tr("theme: there is no {name}. There are: {all}.", name=repr(name), all=self.names()))
        try:
            if path.stat().st_size > LARGEST:
                raise ValueError(tr("{path} is too large to be a theme.", path=str(path)))
            tables = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise ValueError(tr("{path} cannot be read: {why}.", path=str(path), why=error.strerror or "")) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ValueError(tr("{path} is not valid TOML: {why}.", path=str(path), why=str(error))) from error
        return _look_of(tables, str(path))


def _look_of(tables: Mapping[str, Any], where: str) -> Look:
    """The look of a file; what it does not name is that of the look it is based on."""
    given = dict(tables)
    base = given.pop("base", "dark")
    if not isinstance(base, str) or base not in LOOKS:
        raise ValueError(tr("{path}: base must be one of {words}.", path=where, words=tuple(LOOKS)))
    usual = LOOKS[base]
    grounds = _colours(given.pop("grounds", {}), usual.grounds, f"{where} [grounds]")
    ink = _colours(given.pop("ink", {}), usual.ink, f"{where} [ink]")
    if given:
        raise _unknown(where, next(iter(given)), ("base", "grounds", "ink"))
    return Look(luminance(grounds["background"]) < luminance(ink["foreground"]), grounds, ink)


def _colours(given: object, usual: Mapping[str, str], where: str) -> Mapping[str, str]:
    if not isinstance(given, dict):
        raise ValueError(tr("{path} must be a table.", path=where))
    for name, colour in given.items():
        if name not in usual:
            raise _unknown(where, name, tuple(usual))
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            raise ValueError(tr("{path}: {name} must be a colour like #1a2b3c.", path=where, name=name))
    return {**usual, **given}


def _unknown(where: str, name: str, known: tuple[str, ...]) -> ValueError:
    return ValueError(tr("{path}: there is no {name}. There are: {all}.", path=where, name=name, all=known))


def luminance(colour: str) -> float:
    """0..1 of a colour `#rrggbb`, as WCAG 2.2 defines relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """1..21 of two colours `#rrggbb`, as WCAG 2.2 defines the contrast ratio."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


class ThemeWatch:
    """Whether the file of the look in use was written since one last looked; looking takes a file system's time."""

    def __init__(self, files: ThemeFiles) -> None:
        self._files = files
        self._stamp: tuple[str, int, int] | None = None

    def look(self, name: str) -> Callable[[], Theme] | None:
        """How the look is read anew; None where nothing was written, or it is a bundled one."""
        path = self._files.path(name)
        try:
            found = path.stat() if path is not None else None
        except OSError:
            found = None  # being replaced, or gone: what is on screen stays
        if found is None:
            return None
        before, self._stamp = self._stamp, (name, found.st_mtime_ns, found.st_size)
        if before == self._stamp or before is None or before[0] != name:
            return None
        return lambda: self._files.theme(name)
