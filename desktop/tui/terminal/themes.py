"""The three looks of the program. Every colour with a meaning is legible (WCAG 2.2 AA) on every ground it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Look:
    """What a theme is made of: colours as `#rrggbb`, of what lies under words and of the words."""

    dark: bool
    grounds: Mapping[str, str]
    ink: Mapping[str, str]


def theme_of(name: str, look: Look) -> Theme:
    """The theme of a look; `name` is its short one."""
    grounds, ink = look.grounds, look.ink
    return Theme(
        name=f"desk-{name}",
        dark=look.dark,
        primary=ink["accent"],
        secondary=ink["muted"],
        accent=ink["accent"],
        success=ink["ok"],
        warning=ink["warn"],
        error=ink["bad"],
        foreground=ink["foreground"],
        background=grounds["background"],
        surface=grounds["surface"],
        panel=grounds["panel"],
        text_alpha=1.0,
        variables={
            "ok": ink["ok"],
            "warn": ink["warn"],
            "bad": ink["bad"],
            "muted": ink["muted"],
            "rule": grounds["rule"],
            "cursor": grounds["cursor"],
            "cursor-blurred": grounds["cursor-blurred"],
            "text": ink["foreground"],
            "text-muted": ink["muted"],
            "text-accent": ink["accent"],
            "text-success": ink["ok"],
            "text-warning": ink["warn"],
            "text-error": ink["bad"],
            "block-cursor-background": grounds["cursor"],
            "block-cursor-foreground": ink["foreground"],
            "block-cursor-blurred-background": grounds["cursor-blurred"],
            "block-cursor-blurred-foreground": ink["foreground"],
            "block-hover-background": grounds["cursor-blurred"],
            "border": ink["accent"],
            "border-blurred": grounds["rule"],
            "footer-background": grounds["panel"],
            "footer-key-foreground": ink["accent"],
            "input-selection-background": grounds["cursor"],
            "scrollbar": grounds["rule"],
            "scrollbar-hover": ink["muted"],
            "scrollbar-active": ink["accent"],
            "scrollbar-background": grounds["background"],
            "scrollbar-background-hover": grounds["background"],
            "scrollbar-background-active": grounds["background"],
            "scrollbar-corner-color": grounds["background"],
        },
    )


LOOKS: Final[Mapping[str, Look]] = {
    "dark": Look(
        dark=True,
        grounds={
            "background": "#14171c",
            "surface": "#191d23",
            "panel": "#20252d",
            "rule": "#3a424e",
            "cursor": "#263545",
            "cursor-blurred": "#22282f",
        },
        ink={
            "foreground": "#d5d9df",
            "muted": "#97a1ae",
            "accent": "#6cb2eb",
            "ok": "#7cc48a",
            "warn": "#e0b15a",
            "bad": "#f08a8a",
        },
    ),
    "light": Look(
        dark=False,
        grounds={
            "background": "#f7f6f3",
            "surface": "#f1f0ec",
            "panel": "#e8e6e1",
            "rule": "#b9b7b0",
            "cursor": "#d3e2f2",
            "cursor-blurred": "#e3e6e8",
        },
        ink={
            "foreground": "#22262b",
            "muted": "#565d66",
            "accent": "#0b559f",
            "ok": "#17602d",
            "warn": "#744a00",
            "bad": "#a81e2a",
        },
    ),
    "contrast": Look(
        dark=True,
        grounds={
            "background": "#000000",
            "surface": "#000000",
            "panel": "#0d0d0d",
            "rule": "#8c8c8c",
            "cursor": "#003358",
            "cursor-blurred": "#202020",
        },
        ink={
            "foreground": "#ffffff",
            "muted": "#d4d4d4",
            "accent": "#66d6ff",
            "ok": "#6dff8c",
            "warn": "#ffe14d",
            "bad": "#ffb3b3",
        },
    ),
}
"""The bundled ones, by their short names."""

THEMES: Final = tuple(theme_of(name, look) for name, look in LOOKS.items())
DARK, LIGHT, CONTRAST = THEMES
