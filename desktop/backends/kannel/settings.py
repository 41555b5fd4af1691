"""What a profile says about numbers that agents share, read once and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.backends.kannel.sender import ACCOUNT, MAX_PARTS, PUBLIC_URL, Callbacks, Sender
from desktop.backends.wire.agent_desk import DeskSettings, desk_settings
from desktop.backends.wire.option_values import CODES, REASONS, number
from desktop.backends.wire.route import CA_FILE, PROXY
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

OPTIONS = (
    *ACCOUNT,
    Option("sender", "The number or name that customers see; empty for the number that they wrote to.", default=""),
    MAX_PARTS,
    Option("listen", "Where Kannel brings texts and delivery reports, e.g. 127.0.0.1:13120."),
    PUBLIC_URL,
    Option("secret", "16 letters or more that only Kannel's callbacks know; they stand in its log.", "secret"),
    Option("folder", "The folder with the texts, which the desktops of this machine share.", "path"),
    Option("agent", "Which agent this is: a short word of small letters, digits, . _ and -, e.g. maya."),
    Option("agent_name", "The agent's name.", default=""),
    Option(
        "queues",
        "Our numbers by queue: name=+4930123456, with semicolons between them; a name alone has all other numbers.",
        default="SMS",
    ),
    Option("capacity", "How many texts an agent has in hand at most.", "number", default="5"),
    Option("offer_seconds", "How long a text is offered before it goes back.", "number", default="30"),
    Option("target_minutes", "Answered within so many minutes is in time; 0: no target.", "number", default="15"),
    Option("keep_days", "Texts of finished contacts are deleted after so many days.", "number", default="30"),
    CA_FILE,
    PROXY,
    REASONS,
    CODES,
)

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_MOST_QUEUES = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked values; see OPTIONS for their meaning."""

    sender: Sender
    callbacks: Callbacks
    folder: Path
    queues: Mapping[str, str]  # a number by the queue's name; "" for all other numbers
    keep_days: float
    desk: DeskSettings

    def queue(self, number: str, label: str) -> str:
        """The queue of a text to one of our numbers; "" for none of ours.

        Args:
            label: the queue that Kannel names, "" for none.
        """
        if label in self.queues:
            return label
        known = {one.removeprefix("+"): name for name, one in self.queues.items() if one}
        others = next((name for name, one in self.queues.items() if not one), "")
        return known.get(number.removeprefix("+"), others)


def settings(options: Mapping[str, str]) -> Settings:
    """The values of a profile, defaults filled in.

    Raises:
        Rejected: one of them cannot be used.
    """
    given = {one.name: options.get(one.name, "").strip() or one.default or "" for one in OPTIONS}
    sender = Sender.create({**options, "listen": given["listen"]})
    if sender.callbacks is None:
        raise Rejected("listen must say where Kannel brings texts, like 127.0.0.1:13120.")
    if not given["folder"]:
        raise Rejected("folder must say where the texts are kept.")
    queues = _queues(given["queues"])
    return Settings(
        sender=sender,
        callbacks=sender.callbacks,
        folder=Path(given["folder"]).expanduser(),
        queues=queues,
        keep_days=number(given["keep_days"], "keep_days", 1, 10_000),
        desk=desk_settings(given, queues, target=number(given["target_minutes"], "target_minutes", 0, 100_000) * 60),
    )


def _queues(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in filter(None, (part.strip() for part in text.split(";"))):
        name, _, ours = (part.strip() for part in one.partition("="))
        if not name or not name.isprintable() or len(name) > 80 or (ours and not _NUMBER.fullmatch(ours)):
            raise Rejected(f"queues is not usable: {one[:40]!r} (name=+4930123456, or a name alone).")
        found[name] = ours
    numbers = [one for one in found.values() if one]
    if not 1 <= len(found) <= _MOST_QUEUES or len(set(numbers)) != len(numbers):
        raise Rejected(f"queues must name 1 to {_MOST_QUEUES} queues, each number once.")
    return found
