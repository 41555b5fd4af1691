"""Whether the desktop can start with a profile: asked by its own start and by `config check` alike."""

from desktop.config import Profile
from desktop.config.backends import at
from desktop.config.toml_file import themes_beside
from desktop.domain.text.sentence import Sentence


def theme_hints(profile: Profile) -> tuple[str, ...]:
    """What of a look of one's own is hard to read; the desktop starts with it all the same."""
    from desktop.tui.terminal.theme_files import ThemeFiles

    try:
        return tuple(ThemeFiles(themes_beside(profile.path)).problems(profile.theme.value or "dark"))
    except ValueError:
        return ()  # it is a problem already


def start_problems(profile: Profile) -> tuple[Sentence, ...]:
    """Everything for which the desktop would refuse a profile, a sentence each; empty where it starts."""
    from desktop.tui.settings.checks import screen_problems

    found = screen_problems(profile.keys, profile.theme, profile.path)
    return profile.problems + tuple(at(str(profile.path), problem) for problem in found)
