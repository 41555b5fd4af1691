"""What a profile says about the account that agents share, read once and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.backends.wire.address import server_url
from desktop.backends.wire.agent_desk import DeskSettings, desk_settings
from desktop.backends.wire.option_values import CODES, REASONS, number
from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

OPTIONS = (
    Option("url", "The homeserver, e.g. https://matrix.example.com.", "url"),
    Option("token", "The access token of this agent's device of the account.", "secret"),
    CA_FILE,
    PROXY,
    Option(
        "agent",
        "Which agent this is: a short word of small letters, digits, . _ and -. Customers' programs get it, unseen.",
    ),
    Option("agent_name", "The agent's name.", default=""),
    Option(
        "queues",
        "Spaces by queue: name=#alias:server, with semicolons between them; a name alone has all other rooms.",
        default="Chat",
    ),
    Option("capacity", "How many conversations an agent has in hand at most.", "number", default="3"),
    Option("offer_seconds", "How long a conversation is offered before it goes back.", "number", default="30"),
    Option("target_minutes", "Answered within so many minutes is in time; 0: no target.", "number", default="5"),
    Option("largest_mb", "The largest file that is fetched or sent, in megabytes.", "number", default="20"),
    REASONS,
    CODES,
)

_ALIAS = re.compile(r"#[!-~]{1,200}:[A-Za-z0-9.:\[\]-]{1,200}")
_MOST_QUEUES = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where the homeserver is, and how it is reached."""

    url: str
    token: str = field(repr=False)
    ca_file: str
    proxy: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked values; see OPTIONS for their meaning."""

    place: Place
    queues: Mapping[str, str]  # a space's alias by the queue's name; "" for all other rooms
    largest: int
    desk: DeskSettings


def settings(options: Mapping[str, str]) -> Settings:
    """The values of a profile, defaults filled in.

    Raises:
        Rejected: one of them cannot be used.
    """
    given = {one.name: options.get(one.name, "").strip() or one.default or "" for one in OPTIONS}
    if not given["token"]:
        raise Rejected("The access token of the account is needed.")
    queues = _queues(given["queues"])
    return Settings(
        place=Place(server_url(given["url"]), given["token"], given["ca_file"], proxy_of(options)),
        queues=queues,
        largest=int(number(given["largest_mb"], "largest_mb", 1, 500) * (1 << 20)),
        desk=desk_settings(given, queues, target=number(given["target_minutes"], "target_minutes", 0, 100_000) * 60),
    )


def _queues(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in filter(None, (part.strip() for part in text.split(";"))):
        name, _, alias = (part.strip() for part in one.partition("="))
        if not name or not name.isprintable() or len(name) > 80 or (alias and not _ALIAS.fullmatch(alias)):
            raise Rejected(f"queues is not usable: {one[:40]!r} (name=#alias:server, or a name alone).")
        found[name] = alias
    if not 1 <= len(found) <= _MOST_QUEUES or len(set(found.values())) != len(found):
        raise Rejected(f"queues must name 1 to {_MOST_QUEUES} different spaces, one of them without an alias at most.")
    return found
