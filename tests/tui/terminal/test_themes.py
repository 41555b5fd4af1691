"""Colours that carry meaning are legible on every ground (WCAG 2.2, 1.4.3), in each theme."""

from itertools import pairwise

import pytest
from textual.color import Color
from textual.theme import Theme

from desktop.tui.terminal.themes import CONTRAST, THEMES


def luminance(color: Color) -> float:
    parts = [c / 255 for c in color.rgb]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ratio(one: str, two: str) -> float:
    low, high = sorted((luminance(Color.parse(one)), luminance(Color.parse(two))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_legible(theme: Theme) -> None:
    least = 7.0 if theme is CONTRAST else 4.5
    grounds = [
        theme.background,
        theme.surface,
        theme.panel,
        theme.variables["cursor"],
        theme.variables["cursor-blurred"],
    ]
    inks = {name: theme.variables[name] for name in ("text", "muted", "ok", "warn", "bad", "text-accent")}
    poor = {
        (name, ground): round(ratio(ink, ground or ""), 2)
        for name, ink in inks.items()
        for ground in grounds
        if ratio(ink, ground or "") < least
    }
    assert poor == {}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_cursor_stands_out(theme: Theme) -> None:
    shades = (theme.background or "", theme.variables["cursor-blurred"], theme.variables["cursor"])
    assert all(ratio(one, two) > 1.04 for one, two in pairwise(shades))


def test_all_define_the_same_names() -> None:
    assert len({frozenset(theme.variables) for theme in THEMES}) == 1
