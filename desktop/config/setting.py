"""A configured value together with where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from desktop.domain.entities.words import RecordingConsent
from desktop.domain.text.sentence import NOTHING, Sentence, Words, worded
from desktop.ports.base import Kind

HIDDEN = "(hidden)"

WRITE_BACK = ("first", "all")
"""Where a wrap-up is written when several CRMs hold the customer: the one with precedence, or each of them."""

RECORDING_CONSENT = tuple(one.value for one in RecordingConsent)
"""What is done about a customer who is recorded and has refused it."""


CALLS = ("all", "urgent", "none")
"""For which news the bell rings, or the terminal is asked for a notification."""


WINDOW = ("both", "title", "taskbar", "none")
"""What around the screen shows that a contact rings: the window's title, the taskbar."""


LANGUAGE = ("auto", "en", "de")
"""What is spoken; `auto` is what the terminal is set to."""


FIRST_SCREEN = ("desk", "floor")
"""What is expected after signing in. The floor is a supervisor's; the contact centre says who is one."""


BY_DEFAULT: Final = Sentence("config.from_default")
"""Where a value comes from that nobody has set."""


class ConfigError(Exception):
    """The configuration cannot be used; `problems` say what to change, the text is for the log."""

    def __init__(self, *problems: Words) -> None:
        self.problems = tuple(map(worded, problems))
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Setting:
    """One value. `origin` says where it stands: a file with the key in it, an environment variable, the default."""

    value: str = field(repr=False)
    origin: Sentence
    secret: bool = False

    @property
    def shown(self) -> str:
        """The value as it may be shown: never a secret."""
        return HIDDEN if self.secret and self.value else self.value


def from_variable(name: str) -> Sentence:
    """The origin of what an environment variable says."""
    return Sentence("config.from_variable", variable=name)


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """Which plug-in serves one kind, and its options.

    `name` is its own within the kind, `shared` whether others serve the kind too. `broken` says why the plug-in cannot
    be loaded; the profile is used without it then. With `problems` it is not to be made at all: opened without the
    secret that could not be read, it would sign in with a wrong one, which may lock the account.
    """

    kind: Kind
    backend: Setting
    options: Mapping[str, Setting]
    name: str = ""
    shared: bool = False
    broken: Sentence = NOTHING
    problems: tuple[Sentence, ...] = ()

    @property
    def source(self) -> str:
        """What its events and its health are called: the kind, with the name where it is not the only one."""
        return f"{self.kind.value}:{self.name}" if self.shared else self.kind.value

    def values(self) -> dict[str, str]:
        """The option values as `Backend.create` takes them."""
        return {name: setting.value for name, setting in self.options.items()}


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is configured under one name. `problems` is empty when it can be used.

    `region` is the two-letter country in which the CRM's numbers without `+` are dialled. `keys` are other keys for
    the verbs of the desktop and `theme` is its look, for every profile of the file. The backends of a kind stand in
    order of precedence. `write_back` is one of `WRITE_BACK`, `recording_consent` one of `RECORDING_CONSENT`, `ring`
    and `notify` are of `CALLS`, `window` is of `WINDOW`, `language` of `LANGUAGE`, `first_screen` of
    `FIRST_SCREEN`.
    """

    name: Setting
    path: Path
    data_dir: Setting
    backends: Mapping[Kind, tuple[BackendSettings, ...]]
    problems: tuple[Sentence, ...] = ()
    region: Setting = Setting("", BY_DEFAULT)
    keys: Mapping[str, Setting] = field(default_factory=dict)
    theme: Setting = Setting("", BY_DEFAULT)
    write_back: Setting = Setting(WRITE_BACK[0], BY_DEFAULT)
    recording_consent: Setting = Setting(RECORDING_CONSENT[0], BY_DEFAULT)
    ring: Setting = Setting(CALLS[0], BY_DEFAULT)
    notify: Setting = Setting(CALLS[-1], BY_DEFAULT)
    window: Setting = Setting(WINDOW[1], BY_DEFAULT)
    language: Setting = Setting(LANGUAGE[0], BY_DEFAULT)
    first_screen: Setting = Setting(FIRST_SCREEN[0], BY_DEFAULT)

    @property
    def broken(self) -> tuple[Sentence, ...]:
        """What is wrong with plug-ins that the profile is used without."""
        return tuple(one.broken for several in self.backends.values() for one in several if one.broken)

    @property
    def store_path(self) -> Path:
        """The file of what is kept on this machine."""
        return Path(self.data_dir.value) / f"{self.name.value}.db"

    @property
    def files_path(self) -> Path:
        """The folder of what customers sent and the agent saved."""
        return Path(self.data_dir.value) / f"{self.name.value}.files"

    @property
    def lock_path(self) -> Path:
        """The lock that says which program may write that file."""
        return Path(self.data_dir.value) / f"{self.name.value}.lock"

    @property
    def log_path(self) -> Path:
        """The log of what went wrong after a crash."""
        return Path(self.data_dir.value) / f"{self.name.value}.log"
