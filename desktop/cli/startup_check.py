"""Whether the desktop can start with a profile: asked by its own start and by `config check` alike."""

from desktop.config import Profile
from desktop.config.backends import at
from desktop.domain.text.sentence import Sentence, verbatim


def start_problems(profile: Profile) -> tuple[Sentence, ...]:
    """Everything for which the desktop would refuse a profile, a sentence each; empty where it starts."""
    from desktop.tui.keys import keys
    from desktop.tui.terminal.themes import theme_named

    found = keys.problems({verb: key.value for verb, key in profile.keys.items()})
    try:
        if profile.theme.value:
            theme_named(profile.theme.value)
    except ValueError as wrong:
        found.append(str(wrong))
    return profile.problems + tuple(at(str(profile.path), verbatim(words)) for words in found)
