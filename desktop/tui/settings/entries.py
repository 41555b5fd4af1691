"""The lines of the page of settings: each value with its name, what it may be, and where it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from desktop.config.profile import OwnValues
from desktop.config.profile_options import PROFILE_OPTIONS
from desktop.config.setting import BY_DEFAULT, BackendSettings, Profile, Setting
from desktop.domain.text.sentence import Sentence
from desktop.ports import registry
from desktop.tui.keys.floor_keys import FLOOR_KEYS
from desktop.tui.keys.key import Key, show
from desktop.tui.keys.keys import KEYS, given_to
from desktop.tui.keys.outbox_keys import OUTBOX_KEYS
from desktop.words.catalogue import as_sentence, in_words, source, tr, word
from desktop.words.language import LANGUAGES
from desktop.words.marks import mark

Control = Literal["choice", "text", "flag", "key", "none"]

AT_ONCE: Final = frozenset({"theme", "ring", "notify", "window", "language"})
"""What is seen as soon as it is changed, beside the keys; all else is read when the desktop starts."""

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    mark("Profile"): ("profile", "default", "data_dir", "region", "write_back"),
    mark("Appearance and language"): ("theme", "language", "first_screen"),
    mark("Ringing and notifications"): ("ring", "notify", "window"),
    mark("Recording"): ("recording_consent",),
    mark("Alerts"): ("bundled", "max_age"),
}
_NAMES: Final[Mapping[str, str]] = {
    "profile": mark("Profile in use"),
    "default": mark("Usual profile"),
    "data_dir": mark("Data folder"),
    "region": mark("Region"),
    "write_back": mark("Wrap-ups go to"),
    "theme": mark("Theme"),
    "language": mark("Language"),
    "first_screen": mark("First screen"),
    "ring": mark("Bell"),
    "notify": mark("Desktop notifications"),
    "window": mark("Ringing in the window"),
    "recording_consent": mark("Recording refused"),
    "bundled": mark("Bundled alert rules"),
    "max_age": mark("Oldest figure that counts"),
}
_HELP: Final[Mapping[str, str]] = {
    "profile": mark("What this desktop was started with."),
    "bundled": mark("Whether the rules that come with the desktop are used beside your own."),
    "max_age": mark("Older figures neither raise an alert nor end one. A time like “90 s” or “2 min”."),
}
_MEANS: Final[Mapping[str, Mapping[str, str]]] = {
    "write_back": {
        "first": mark("the first CRM that holds the customer"),
        "all": mark("every CRM that holds the customer"),
    },
    "ring": {"all": mark("for all news"), "urgent": mark("for urgent news"), "none": mark("for offers only")},
    "notify": {
        "all": mark("for offers and all news"),
        "urgent": mark("for offers and urgent news"),
        "none": mark("never"),
    },
    "window": {
        "both": mark("in its title and in the taskbar"),
        "title": mark("in its title"),
        "taskbar": mark("in the taskbar"),
        "none": mark("not at all"),
    },
    "recording_consent": {
        "pause": mark("the recording is paused once, or you are warned"),
        "warn": mark("you are warned, and decide"),
        "ignore": mark("the contact centre's policy decides"),
    },
    "first_screen": {"desk": mark("your own desk"), "floor": mark("the floor, for supervisors")},
    "theme": {"dark": mark("dark"), "light": mark("light"), "contrast": mark("high contrast")},
}
_ON_DESK, _ON_FLOOR, _IN_OUTBOX = mark("Keys on the desk"), mark("Keys on the floor"), mark("Keys in the outbox")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    place: the tables that lead to it in the file, and its key; () where it cannot be changed here. now: in force;
    written: what the next start finds. choices: what it may be, with what that means.
    """

    id: str
    group: str
    name: str
    help: str
    place: tuple[str, ...]
    now: Setting
    written: Setting
    control: Control
    choices: tuple[tuple[str, str], ...] = ()
    at_once: bool = False

    @property
    def shown(self) -> str:
        """What is in force, as people read it."""
        return self._said(self.now)

    @property
    def later(self) -> str:
        """What the next start brings; "" where that is the same."""
        return "" if self.written.value == self.now.value else self._said(self.written)

    @property
    def is_set(self) -> bool:
        """Whether somebody has set it."""
        return self.written.origin != BY_DEFAULT

    @property
    def in_file(self) -> bool:
        """Whether it stands in the configuration file, where it can be changed."""
        return origin_word(self.written.origin) == tr("file")

    @property
    def variable(self) -> str:
        """The variable of the environment that wins over the file; "" for none."""
        named = self.written.origin.facts.get("variable")
        return str(named) if named else ""

    def _said(self, setting: Setting) -> str:
        if self.control == "key":
            return " ".join(show(key) for key in setting.value.split(",") if key)
        if self.control == "flag":
            return tr("on") if setting.value == "true" else tr("off")
        return setting.shown or "—"


def origin_word(origin: Sentence) -> str:
    """Where a value comes from, in a word."""
    words = {
        "config.from_default": tr("default"),
        "config.from_variable": tr("environment"),
        "config.from_command_line": tr("command line"),
        "config.from_keyring": tr("keyring"),
        "config.from_secret_file": tr("secret file"),
    }
    return words.get(origin.id, tr("file"))


def entries(
    profile: Profile, own: OwnValues, live: OwnValues, alerting: Mapping[str, Setting], context: "Context"
) -> Iterator[Entry]:
    """Every line, in order.

    Args:
        profile: as it was at the start.
        own: what the file and the environment say now.
        live: the same, of what is seen at once, as it is in force.
        alerting: what the file says about all rules for alerts.
        context: what there is to choose from.
    """
    place = ("profiles", profile.name.value)
    now = {option.name: getattr(profile, option.name) for option in PROFILE_OPTIONS}
    now |= {name: live.values[name] for name in AT_ONCE if name in live.values}
    now |= {"theme": _theme(live), "profile": profile.name, "default": own.default, **context.alerting_now}
    written = {**own.values, "theme": _theme(own), "profile": profile.name, "default": own.default, **alerting}
    places: dict[str, tuple[str, ...]] = {option.name: (*place, option.name) for option in PROFILE_OPTIONS}
    places |= {"theme": ("theme",), "default": ("default",), "profile": ()}
    places |= {name: ("alerting", name) for name in alerting}
    words = {option.name: option.words for option in PROFILE_OPTIONS}
    words |= {"theme": context.themes, "default": context.profiles}
    for group, names in _GROUPS.items():
        for name in names:
            control: Control = "none" if name == "profile" else "choice" if words.get(name) else "text"
            yield Entry(
                name,
                word(group),
                word(_NAMES[name]),
                tr(_HELP[name]) if name in _HELP else _sentence(f"option.{name}"),
                places[name],
                now[name],
                written[name],
                "flag" if name == "bundled" else control,
                tuple((one, _meaning(name, one)) for one in words.get(name, ())),
                name in AT_ONCE,
            )
    for several in profile.backends.values():
        for backend in several:
            yield from _connection(backend)
    for heading, table in ((_ON_DESK, KEYS), (_ON_FLOOR, FLOOR_KEYS), (_IN_OUTBOX, OUTBOX_KEYS)):
        for key in table:
            yield _of_key(word(heading), key, live.keys, own.keys)


@dataclass(frozen=True, slots=True)
class Context:
    """What there is to choose from, and what was in force for alerts at the start."""

    themes: tuple[str, ...]
    profiles: tuple[str, ...]
    alerting_now: Mapping[str, Setting]


def _theme(own: OwnValues) -> Setting:
    return own.theme if own.theme.value else Setting("dark", BY_DEFAULT)


def _meaning(name: str, value: str) -> str:
    if name == "language":
        return LANGUAGES.get(value) or tr("as the terminal is set")
    said = _MEANS.get(name, {}).get(value)
    return tr(said) if said else ""


def _sentence(name: str) -> str:
    return as_sentence(in_words(Sentence(name)).replace("`", ""))


def _connection(backend: BackendSettings) -> Iterator[Entry]:
    """What one connection is made with; secrets are hidden by `Setting.shown`."""
    group = tr("Connection: {name}", name=source(backend.source))
    means: dict[str, str] = {}
    try:
        manifest = registry.load(backend.kind, backend.backend.value).manifest
        means = {option.name: as_sentence(option.help) for option in manifest.options}
    except registry.PluginError:
        pass  # it is installed and cannot be used now; its values are there all the same
    settings: Sequence[tuple[str, Setting]] = [("backend", backend.backend), *backend.options.items()]
    for name, setting in settings:
        said = means.get(name, "")
        yield Entry(f"{backend.source}.{name}", group, name, said, (), setting, setting, "none")


def _of_key(group: str, key: Key, live: Mapping[str, Setting], own: Mapping[str, Setting]) -> Entry:
    usual = Setting(",".join((*key.always, *key.letters)), BY_DEFAULT)
    return Entry(
        f"keys.{key.id}",
        group,
        key.title,
        key.help,
        ("keys", key.id),
        _with_usual(key, live.get(key.id), usual),
        _with_usual(key, own.get(key.id), usual),
        "key",
        (),
        True,
    )


def _with_usual(key: Key, given: Setting | None, usual: Setting) -> Setting:
    """The keys in force: where only letters or only others were given, the usual ones of the other sort stay."""
    if given is None:
        return usual
    return Setting(",".join(given_to(key, given.value)), given.origin)
