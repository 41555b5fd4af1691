"""Every key of the configuration file that is not a backend's: the one table that reader, docs and schema take it from.

What each means is said by the sentence `option.NAME`.
"""

from dataclasses import dataclass
from typing import Final

from desktop.config.setting import CALLS, FIRST_SCREEN, LANGUAGE, RECORDING_CONSENT, WINDOW, WRITE_BACK
from desktop.ports.base import Kind

TOP_KEYS: Final = ("default", "profiles", "keys", "theme", "alerts", "alerting")
"""At the head of the file."""


@dataclass(frozen=True, slots=True)
class ProfileOption:
    """One value of a profile. words: what it may be, anything where there are none; default: where it is left out."""

    name: str
    words: tuple[str, ...] = ()
    default: str = ""


PROFILE_OPTIONS: Final = (
    ProfileOption("data_dir"),
    ProfileOption("region"),
    ProfileOption("write_back", WRITE_BACK, WRITE_BACK[0]),
    ProfileOption("recording_consent", RECORDING_CONSENT, RECORDING_CONSENT[0]),
    ProfileOption("ring", CALLS, CALLS[0]),
    ProfileOption("notify", CALLS, CALLS[-1]),
    ProfileOption("window", WINDOW, WINDOW[1]),
    ProfileOption("language", LANGUAGE, LANGUAGE[0]),
    ProfileOption("first_screen", FIRST_SCREEN, FIRST_SCREEN[0]),
)
ONE_OF: Final = tuple(option for option in PROFILE_OPTIONS if option.words)
PROFILE_KEYS: Final = (*(option.name for option in PROFILE_OPTIONS), *(kind.value for kind in Kind))
"""In a profile."""
