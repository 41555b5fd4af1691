"""What the patches stand in for is what it was when they were written, and each says where to look.

A test that fails here means that Textual changed: read its new source beside the patch, change the patch or delete it,
and put the new digest, which the failure names, in the place of the old one.
"""

import hashlib
import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual import _ansi_sequences, widget
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.strip import Strip

from desktop.tui import textual_patches
from desktop.tui.textual_patches.switch import PATCHES

FILES = sorted(Path(textual_patches.__path__[0]).glob("[a-z]*.py"))
PATCH_FILES = [file for file in FILES if file.name != "switch.py"]

UPSTREAM: dict[str, tuple[Callable[..., Any] | type, str]] = {
    "Compositor.render_partial_update": (Compositor.render_partial_update, "888dccc892d8"),
    "Compositor._render_chops": (Compositor._render_chops, "ca8c3359d7af"),
    "Compositor._get_renders": (Compositor._get_renders, "8ac93299aa5d"),
    "Strip.divide": (Strip.divide, "f6764f25c39e"),
    "Screen._on_idle": (Screen._on_idle, "05781131b10d"),
    "Screen._on_timer_update": (Screen._on_timer_update, "421401660de1"),
    "Screen._compositor_refresh": (Screen._compositor_refresh, "7a40efe56381"),
    "Stylesheet.apply": (Stylesheet.apply, "1faf3687bbba"),
    "Stylesheet._process_component_classes": (Stylesheet._process_component_classes, "852b5e4b93c6"),
    "Stylesheet.update_nodes": (Stylesheet.update_nodes, "386367db2e9d"),
    "StylesCache.render_line": (StylesCache.render_line, "928d7496e850"),
    "StylesCache.render": (StylesCache.render, "0945715ef8ae"),
    "_BorderTitle": (widget._BorderTitle, "39f58d6628dc"),
    "App._handle_exception": (App._handle_exception, "baea2e7f88e7"),
    "App._fatal_error": (App._fatal_error, "2474616cec7f"),
    "App.panic": (App.panic, "9c4a264c909e"),
    "App.bell": (App.bell, "a8ee6d70ed41"),
    "LinuxDriver.run_input_thread": (LinuxDriver.run_input_thread, "d796af6d69db"),
    "XTermParser._parse_extended_key": (XTermParser._parse_extended_key, "65eeaadaf41a"),
}


def digest(part: Callable[..., Any] | type) -> str:
    """Of its source, comments and all."""
    return hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", UPSTREAM)
def test_what_is_patched_is_what_it_was(name: str) -> None:
    part, known = UPSTREAM[name]
    assert digest(part) == known, f"Textual's {name} is another one: look through the patch, then note {digest(part)}"


def test_the_table_of_keys_can_still_be_added_to() -> None:
    assert isinstance(_ansi_sequences.ANSI_SEQUENCES_KEYS, dict)
    assert not {"\x1ba", "\x1bz"} & {*_fresh_table()}, "Textual names alt keys by itself"


def _fresh_table() -> dict[str, object]:
    """The table as Textual writes it, without what a test before taught it."""
    source = inspect.getsource(_ansi_sequences)
    names: dict[str, Any] = {}
    exec(compile(source, "table", "exec"), {"__name__": _ansi_sequences.__name__}, names)
    return dict(names["ANSI_SEQUENCES_KEYS"])


@pytest.mark.parametrize("file", PATCH_FILES, ids=lambda file: file.stem)
def test_each_says_what_textual_does_and_why_we_differ(file: Path) -> None:
    words = inspect.getdoc(import_module(f"{textual_patches.__name__}.{file.stem}")) or ""
    for wanted in ("\nUpstream: `textual.", "\nhttps://github.com/Textualize/textual/", "\nWhy: ", "\nSwitch: "):
        assert wanted in words


def test_each_switch_is_asked_for_in_one_file() -> None:
    asked = {patch: [file.stem for file in FILES if f'is_plain("{patch}")' in file.read_text()] for patch in PATCHES}
    assert all(len(files) == 1 for files in asked.values()), asked
