"""What the keys of the configuration file mean; the documentation and the schema for editors say it."""

from collections.abc import Mapping
from typing import Final

from desktop.words.marks import Plural, mark

SENTENCES: Final[Mapping[str, str | Plural]] = {
    "option.alerting": mark("what holds for all rules for alerts"),
    "option.alerts": mark("rules for alerts; they may also stand in `alerts.toml` beside this file"),
    "option.data_dir": mark("where notes and the outbox are kept; on Linux `~/.local/share/agent-desktop` if left out"),
    "option.default": mark("the profile that is used when none is named"),
    "option.first_screen": mark("`floor` is for supervisors: no desk is shown before it while you are being signed in"),
    "option.keys": mark("other keys, by the names in the tables of keys, for all profiles of the file"),
    "option.language": mark("what the desktop speaks: `auto` is what the terminal is set to (`LANG`)"),
    "option.notify": mark("for which news, and whether for offers, the terminal is asked for a desktop notification"),
    "option.profiles": mark("one table for each profile"),
    "option.recording_consent": mark(
        "when a recorded customer has refused: pause once, warn loudly, or record as policy"
    ),
    "option.region": mark("two letters, like `GB`: how numbers without `+` and dates like 03/12 are read"),
    "option.ring": mark("for which news the terminal's bell rings; an offer always rings"),
    "option.secret_file": mark("a private file (mode 0600) with the secret on its first line: {help}"),
    "option.secret_keyring": mark("whether the secret stands in the system's keyring: {help}"),
    "option.theme": mark("`dark`, `light`, `contrast` or a file in `themes` beside this one, for all profiles"),
    "option.window": mark(
        "what around the screen shows that a contact rings: the window's title, the taskbar; never a name"
    ),
    "option.write_back": mark("several CRMs: a wrap-up goes to the first that holds the customer, or to all of them"),
}
