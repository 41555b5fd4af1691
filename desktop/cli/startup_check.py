"""Whether the desktop can start with a profile: asked by its own start and by `config check` alike."""

from desktop.config import Profile
from desktop.config.backends import at
from desktop.config.toml_file import themes_beside
from desktop.domain.text.sentence import Sentence, verbatim


def theme_hints(profile: Profile) -> tuple[str, ...]:
    """What of a look of one's own is hard to read; the desktop starts with it all the same."""
    from desktop.tui.terminal.theme_files import ThemeFiles

    try:
        return tuple(ThemeFiles(themes_beside(profile.path)).problems(profile.theme.value or "dark"))
    except ValueError:
        return ()  # it is a problem already


def start_problems(profile: Profile) -> tuple[Sentence, ...]:
    """Everything for which the desktop would refuse a profile, a sentence each; empty where it starts."""
    from desktop.tui.keys import keys
    from desktop.tui.terminal.theme_files import ThemeFiles

    found = keys.problems({verb: key.value for verb, key in profile.keys.items()})
    try:
        if profile.theme.value:
            ThemeFiles(themes_beside(profile.path)).theme(profile.theme.value)
    except ValueError as wrong:
        found.append(str(wrong))
    return profile.problems + tuple(at(str(profile.path), verbatim(words)) for words in found)
