"""What a profile says about an Asterisk, read once and checked."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desktop.backends.asterisk.ami.link import Place
from desktop.backends.wire.address import is_loopback
from desktop.backends.wire.route import CA_FILE
from desktop.domain.entities.model import NotReadyReason, WrapUpCode, WrapUpRule
from desktop.domain.entities.words import CodeRule, Role
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

OPTIONS = (
    Option("host", "Where the manager interface (AMI) is.", default="127.0.0.1"),
    Option("port", "Its port; 5039 is usual with TLS.", "number", default="5038"),
    Option("user", "The manager user."),
    Option("secret", "The manager user's secret.", "secret"),
    Option("tls", "Whether to talk TLS; without it only this machine is talked to.", "flag", default="false"),
    CA_FILE,
    Option("interface", "The agent's phone as the queues know it, e.g. PJSIP/maya."),
    Option("agent_name", "The agent's name as the queues are to show it.", default=""),
    Option("queues", "The queues the agent signs in to, with commas between them."),
    Option("role", "agent, or supervisor to see everybody's work.", default="agent"),
    Option(
        "reasons",
        "Reasons for not being ready: id=label, with semicolons between them.",
        default="break=Break; lunch=Lunch; meeting=Meeting; training=Training",
    ),
    Option(
        "codes", "Wrap-up codes: id=label, with semicolons between them; without any none is asked for.", default=""
    ),
    Option("wrap_up_seconds", "How long a wrap-up may take; 0 for no limit.", "number", default="120"),
    Option("ring_seconds", "The queues' timeout, e.g. 15 or 15, sales=30; the server does not tell it.", default="15"),
    Option("attributes", "Channel variables to show with a call, with commas between them.", default=""),
    Option("dial_context", "The dialplan context in which agents dial.", default="from-internal"),
    Option("queue_context", "The context whose extensions are the queues' names; empty: there is none.", default=""),
    Option("complete_code", "atxfercomplete of features.conf.", default="*2"),
    Option("conference_code", "atxferthreeway of features.conf.", default="*3"),
    Option("swap_code", "atxferswap of features.conf.", default="*4"),
    Option("zone", "The centre's time zone, e.g. Europe/Berlin: counting begins anew at its midnight.", default=""),
    Option("short_abandon_seconds", "Who gives up so soon is counted apart.", "number", default="5"),
    Option("pause_when_missed", "Whether who misses an offer becomes not ready.", "flag", default="true"),
)

_WORD = re.compile(r"[A-Za-z0-9_.+@-]{1,80}")
_INTERFACE = re.compile(r"[A-Za-z0-9]{1,20}/[A-Za-z0-9_.+@/-]{1,80}")
_CODE = re.compile(r"[0-9A-D*#]{1,8}")


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked values; see OPTIONS for their meaning."""

    place: Place
    interface: str
    name: str
    queues: tuple[str, ...]
    role: Role
    reasons: tuple[NotReadyReason, ...]
    codes: tuple[WrapUpCode, ...]
    rule: WrapUpRule
    ring_seconds: Mapping[str, float]  # by queue; "" for the others
    attributes: tuple[str, ...]
    dial_context: str
    queue_context: str
    complete_code: str
    conference_code: str
    swap_code: str
    pause_when_missed: bool
    zone: str
    short_abandon_seconds: float

    def rings_for(self, queue: str) -> float:
        """How many seconds an offer of the queue rings."""
        return self.ring_seconds.get(queue, self.ring_seconds[""])


def settings(options: Mapping[str, str]) -> Settings:
    """The values of a profile, defaults filled in.

    Raises:
        Rejected: one of them cannot be used.
    """
    given = {one.name: options.get(one.name, "").strip() or one.default or "" for one in OPTIONS}
    seconds = _number(given["wrap_up_seconds"], "wrap_up_seconds", 86_400.0)
    codes = tuple(WrapUpCode(key, label) for key, label in _pairs(given["codes"], "codes"))
    return Settings(
        place=_place(given),
        interface=interface_name(given["interface"]),
        name=given["agent_name"],
        queues=_words(given["queues"], "queues", at_least_one=True),
        role=_role(given["role"]),
        reasons=tuple(NotReadyReason(key, label) for key, label in _pairs(given["reasons"], "reasons")),
        codes=codes,
        rule=WrapUpRule(codes=CodeRule.OPTIONAL_ONE if codes else CodeRule.NONE, seconds=seconds),
        ring_seconds=_ring_seconds(given["ring_seconds"]),
        attributes=_words(given["attributes"], "attributes"),
        dial_context=_matching(given["dial_context"], _WORD, "dial_context", "a context's name"),
        queue_context=_matching(given["queue_context"] or "-", _WORD, "queue_context", "a context's name").strip("-"),
        complete_code=_matching(given["complete_code"], _CODE, "complete_code", "e.g. *2"),
        conference_code=_matching(given["conference_code"], _CODE, "conference_code", "e.g. *3"),
        swap_code=_matching(given["swap_code"], _CODE, "swap_code", "e.g. *4"),
        pause_when_missed=_flag(given["pause_when_missed"], "pause_when_missed"),
        zone=_zone(given["zone"]),
        short_abandon_seconds=_number(given["short_abandon_seconds"], "short_abandon_seconds", 3600.0),
    )


def interface_name(text: str) -> str:
    """An interface as the queues name it, checked. Raises Rejected."""
    return _matching(text, _INTERFACE, "interface", "e.g. PJSIP/maya")


def _place(given: Mapping[str, str]) -> Place:
    host, user, secret = given["host"], given["user"], given["secret"]
    if not host or not user or not secret:
        raise Rejected("host, user and secret of the manager interface are needed.")
    port = int(_number(given["port"], "port", 65_535.0))
    if not _flag(given["tls"], "tls"):
        if not is_loopback(host):
            raise Rejected(f"Without tls only this machine is talked to; set tls for {host[:80]}, or use a tunnel.")
        return Place(host, port, user, secret)
    try:
        return Place(host, port, user, secret, ssl.create_default_context(cafile=given["ca_file"] or None))
    except (OSError, ssl.SSLError) as error:
        raise Rejected(f"ca_file cannot be used: {type(error).__name__}.") from error


def _matching(value: str, shape: re.Pattern[str], option: str, example: str) -> str:
    if not shape.fullmatch(value):
        raise Rejected(f"{option} is not usable: {value[:40]!r} ({example}).")
    return value


def _words(text: str, option: str, *, at_least_one: bool = False) -> tuple[str, ...]:
    words = [one.strip() for one in text.split(",") if one.strip()]
    if at_least_one and not words:
        raise Rejected(f"{option} is needed.")
    return tuple(_matching(one, _WORD, option, "letters, digits and _ . + @ -") for one in dict.fromkeys(words))


def _pairs(text: str, option: str) -> list[tuple[str, str]]:
    pairs = []
    for one in filter(None, (part.strip() for part in text.split(";"))):
        key, _, label = one.partition("=")
        pairs.append((_matching(key.strip(), _WORD, option, "id=label; id=label"), label.strip() or key.strip()))
    return pairs


def _ring_seconds(text: str) -> dict[str, float]:
    found = {"": 15.0}
    for one in filter(None, (part.strip() for part in text.split(","))):
        queue, equals, seconds = one.partition("=")
        found[queue.strip() if equals else ""] = _number((seconds if equals else queue).strip(), "ring_seconds", 3600.0)
    return found


def _number(text: str, option: str, most: float) -> float:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,3})?", text) or float(text) > most:
        raise Rejected(f"{option} is no number from 0 to {most:g}: {text[:40]!r}.")
    return float(text)


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key if text else ""
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Rejected(f"zone is no time zone: {text[:40]!r} (e.g. Europe/Berlin).") from error


def _role(text: str) -> Role:
    if text not in set(Role):
        raise Rejected(f"role is agent or supervisor, not {text[:40]!r}.")
    return Role(text)


def _flag(text: str, option: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise Rejected(f"{option} is true or false, not {text[:40]!r}.")
    return text.lower() == "true"
