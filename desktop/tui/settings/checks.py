"""What is wrong with the keys and the look of a configuration: the start, `config check` and the page ask."""

from collections.abc import Mapping
from pathlib import Path

from desktop.config import Setting
from desktop.config.toml_file import themes_beside
from desktop.domain.text.sentence import Sentence, verbatim
from desktop.tui.keys import keys
from desktop.tui.terminal.theme_files import ThemeFiles


def screen_problems(keymap: Mapping[str, Setting], theme: Setting, path: Path) -> tuple[Sentence, ...]:
    """A sentence for each; empty where the screen takes them. `path` is the configuration file."""
    found = keys.problems({verb: key.value for verb, key in keymap.items()})
    try:
        if theme.value:
            ThemeFiles(themes_beside(path)).theme(theme.value)
    except ValueError as wrong:
        found.append(str(wrong))
    return tuple(map(verbatim, found))
