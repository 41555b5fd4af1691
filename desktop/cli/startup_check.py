"""Whether the desktop can start with a profile: asked by its own start and by `config check` alike."""

from desktop.config import Profile


def start_problems(profile: Profile) -> tuple[str, ...]:
    """Everything for which the desktop would refuse a profile, a sentence each; empty where it starts."""
    from desktop.tui import look

    found = look.problems(profile.theme.value, {verb: key.value for verb, key in profile.keys.items()})
    return profile.problems + tuple(f"{profile.path}: {words}" for words in found)
