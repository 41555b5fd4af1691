"""What a profile says of a Twilio account, read once and checked."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desktop.backends.wire.address import server_url
from desktop.backends.wire.listener import place_of
from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.domain.entities.model import WrapUpCode
from desktop.domain.entities.words import CodeRule, Role
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

CREDENTIALS = (
    Option("account_sid", "The account, AC and 32 digits."),
    Option("key_sid", "An API key, SK and 32 digits; make one for each agent."),
    Option("api_secret", "The secret of the API key.", "secret"),
)
ADDRESSES = (
    Option("api_url", "Where calls and messages are asked for.", "url", default="https://api.twilio.com"),
    CA_FILE,
    PROXY,
)
FROM = Option("from_number", "Our number in international form: what is called and written from.", default="")
TASK_ROUTER = (
    Option("workspace_sid", "The TaskRouter workspace, WS and 32 digits."),
    Option("worker_sid", "The worker who signs in, WK and 32 digits."),
    FROM,
    Option("identity", "Our name in conversations, seen by customers; empty: the worker's own.", default=""),
    Option("accept", "How an offered call is taken: conference, dequeue or accept.", default="conference"),
    Option("contact_uri", "The phone to ring, client:NAME or a number; empty: the worker's own.", default=""),
    Option("offline_activity", "The name of the activity that means signed out.", default="Offline"),
    Option("wrap_up_codes", "The codes as id=Label, with commas between; TaskRouter itself has none.", default=""),
    Option("wrap_up_rule", "How many codes: none, optional_one, one or many.", default="optional_one"),
    Option("person_uri", "How a person of the directory is called, e.g. sip:{id}@pbx.example.com.", default=""),
    Option("call_seconds", "Seconds between looks at a running call, 0.02 to 60.", "number", default="2"),
    Option("queue_seconds", "Seconds between looks at the queues, 0.02 to 600.", "number", default="10"),
    Option("role", "agent, or supervisor to see everybody's work; TaskRouter itself knows no roles.", default="agent"),
    Option("service_level_seconds", "Who is accepted by then is in time; whole seconds.", "number", default="20"),
    Option("short_abandon_seconds", "Who gives up so soon is counted apart; whole seconds.", "number", default="5"),
    Option("zone", "The centre's time zone, whose midnight begins the day; empty: UTC.", default=""),
    Option("taskrouter_url", "Where TaskRouter is.", "url", default="https://taskrouter.twilio.com"),
    Option(
        "events_url",
        "Where the worker channel is.",
        "url",
        default="https://event-bridge.twilio.com/v1/wschannels",
    ),
    Option("conversations_url", "Where chats and texts are.", "url", default="https://conversations.twilio.com"),
    Option("media_url", "Where the files of conversations are.", "url", default="https://mcs.us1.twilio.com"),
    Option("listen", "Where to hear Twilio's webhooks, e.g. 127.0.0.1:13130; empty: it is asked instead.", default=""),
    Option("public_url", "That place as Twilio reaches it, https://…; needed with listen.", default=""),
    Option("auth_token", "The account's auth token, which signs webhooks; needed with listen.", "secret", default=""),
)
INSTRUCTIONS = ("conference", "dequeue", "accept")
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_MOST_CODES = 200
LONGEST_IDENTITY = 256


@dataclass(frozen=True, slots=True)
class Account:
    """An account and how to reach it. `secret` stays out of every text."""

    sid: str
    key: str
    secret: str = field(repr=False)
    api_url: str
    ca_file: str
    proxy: str
    from_number: str


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Where Twilio calls us, as it is here and as Twilio knows it, and what it signs with."""

    place: tuple[str, int]
    public_url: str
    auth_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one worker works, and the choices of the profile."""

    account: Account
    workspace: str
    worker: str
    accept: str
    contact_uri: str
    offline: str
    codes: tuple[WrapUpCode, ...]
    rule: CodeRule
    person_uri: str
    call_seconds: float
    queue_seconds: float
    role: Role
    service_level: int  # seconds
    short_abandon: int  # seconds
    zone: str
    taskrouter_url: str
    events_url: str
    identity: str
    conversations_url: str
    media_url: str
    webhooks: Webhooks | None


def is_sid(text: str, prefix: str) -> bool:
    """Whether this is a SID of that kind."""
    return text.startswith(prefix) and _SID.fullmatch(text) is not None


def _sid(options: Mapping[str, str], name: str, prefix: str) -> str:
    text = options.get(name, "").strip()
    if not is_sid(text, prefix):
        raise Rejected(f"{name} is {prefix} and 32 hexadecimal digits.")
    return text


def seconds_of(options: Mapping[str, str], name: str, default: str, longest: float) -> float:
    """An option in seconds, 0.02 to `longest`. Raises Rejected."""
    try:
        value = float(options.get(name) or default)
    except ValueError:
        value = math.nan
    if not 0.02 <= value <= longest:
        raise Rejected(f"{name} is a number of seconds from 0.02 to {longest:g}.")
    return value


def account_of(options: Mapping[str, str]) -> Account:
    """The account that the option values name.

    Raises:
        Rejected: a value cannot be used.
    """
    secret = options.get("api_secret", "")
    if not secret or not secret.isascii() or any(not "!" <= c <= "~" for c in secret):
        raise Rejected("api_secret is missing or holds characters that a secret cannot have.")
    return Account(
        sid=_sid(options, "account_sid", "AC"),
        key=_sid(options, "key_sid", "SK"),
        secret=secret,
        api_url=server_url(options.get("api_url") or "https://api.twilio.com"),
        ca_file=options.get("ca_file", ""),
        proxy=proxy_of(options),
        from_number=options.get("from_number", "").strip(),
    )


def _codes(text: str) -> tuple[WrapUpCode, ...]:
    found: list[WrapUpCode] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        code, _, label = part.partition("=")
        found.append(WrapUpCode(code.strip(), label.strip() or code.strip()))
    if len({code.id for code in found}) != len(found) or len(found) > _MOST_CODES:
        raise Rejected(f"wrap_up_codes names one twice, or more than {_MOST_CODES}.")
    return tuple(found)


def _role(text: str) -> Role:
    if text not in set(Role):
        raise Rejected("role is agent or supervisor.")
    return Role(text)


def _whole(options: Mapping[str, str], name: str, default: str) -> int:
    text = options.get(name) or default
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Rejected(f"{name} is a whole number of seconds up to 9999.")
    return int(text)


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key if text else ""
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Rejected("zone is no time zone, e.g. Europe/Berlin.") from error


def _webhooks(options: Mapping[str, str]) -> Webhooks | None:
    place, url, token = (options.get(name, "").strip() for name in ("listen", "public_url", "auth_token"))
    heard = place_of(place)
    if heard is None:
        return None
    if not url or not token.isascii() or not token.isalnum():
        raise Rejected("With listen go public_url, and the account's auth_token, which is letters and digits.")
    return Webhooks(heard, server_url(url), token)


def desk_of(options: Mapping[str, str]) -> Desk:
    """The workplace that the option values name.

    Raises:
        Rejected: a value cannot be used.
    """
    accept, rule = options.get("accept") or "conference", options.get("wrap_up_rule") or "optional_one"
    if accept not in INSTRUCTIONS:
        raise Rejected(f"accept is one of {', '.join(INSTRUCTIONS)}.")
    if rule not in {one.value for one in CodeRule}:
        raise Rejected(f"wrap_up_rule is one of {', '.join(one.value for one in CodeRule)}.")
    identity = options.get("identity", "").strip()
    if len(identity) > LONGEST_IDENTITY:
        raise Rejected(f"identity has at most {LONGEST_IDENTITY} characters.")
    codes = _codes(options.get("wrap_up_codes", ""))
    if not codes and rule in (CodeRule.ONE, CodeRule.MANY):
        raise Rejected("wrap_up_rule demands a code, and wrap_up_codes names none.")
    return Desk(
        account=account_of(options),
        workspace=_sid(options, "workspace_sid", "WS"),
        worker=_sid(options, "worker_sid", "WK"),
        accept=accept,
        contact_uri=options.get("contact_uri", "").strip(),
        offline=options.get("offline_activity") or "Offline",
        codes=codes,
        rule=CodeRule(rule) if codes else CodeRule.NONE,
        person_uri=options.get("person_uri", "").strip(),
        call_seconds=seconds_of(options, "call_seconds", "2", 60.0),
        queue_seconds=seconds_of(options, "queue_seconds", "10", 600.0),
        role=_role(options.get("role") or "agent"),
        service_level=_whole(options, "service_level_seconds", "20"),
        short_abandon=_whole(options, "short_abandon_seconds", "5"),
        zone=_zone(options.get("zone", "").strip()),
        taskrouter_url=server_url(options.get("taskrouter_url") or "https://taskrouter.twilio.com"),
        events_url=server_url(options.get("events_url") or "https://event-bridge.twilio.com/v1/wschannels"),
        identity=identity,
        conversations_url=server_url(options.get("conversations_url") or "https://conversations.twilio.com"),
        media_url=server_url(options.get("media_url") or "https://mcs.us1.twilio.com"),
        webhooks=_webhooks(options),
    )
