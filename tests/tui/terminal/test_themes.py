"""Colours that carry meaning are legible on every ground (WCAG 2.2, 1.4.3), in each theme."""

from itertools import pairwise

import pytest
from textual.theme import Theme

from desktop.tui.terminal.theme_files import contrast
from desktop.tui.terminal.themes import CONTRAST, THEMES


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
        (name, ground): round(contrast(ink, ground or ""), 2)
        for name, ink in inks.items()
        for ground in grounds
        if contrast(ink, ground or "") < least
    }
    assert poor == {}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_cursor_stands_out(theme: Theme) -> None:
    shades = (theme.background or "", theme.variables["cursor-blurred"], theme.variables["cursor"])
    assert all(contrast(one, two) > 1.04 for one, two in pairwise(shades))


def test_all_define_the_same_names() -> None:
    assert len({frozenset(theme.variables) for theme in THEMES}) == 1


def test_contrast_is_that_of_the_recommendation() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
