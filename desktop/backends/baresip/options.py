"""What a baresip phone can be told, and whether it makes sense."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from desktop.ports.errors import Rejected
from desktop.ports.options import Option

OPTIONS = (
    Option("user", "the phone's name at the telephone system, as in sip:USER@SERVER"),
    Option("server", "the telephone system (registrar): host or host:port"),
    Option("password", "the phone's password there", kind="secret", default=""),
    Option("auth_user", "the name to sign in with, where it is not the user", default=""),
    Option("proxy", "host or host:port of an outbound proxy, where calls do not go to the server itself", default=""),
    Option("transport", "udp, tcp or tls", default="udp"),
    Option("ca_file", "certificates to check the server's by, with tls", kind="path", default=""),
    Option(
        "interface", "network interface or local address to call from, where the system's choice is wrong", default=""
    ),
    Option("register_every", "seconds between registrations, 10 to 3600", kind="number", default="60"),
    Option("silence_seconds", "seconds without any sound after which a call counts as lost; 0: never", default="30"),
    Option("sound", "alsa, programs, or none for a machine without sound", default="alsa"),
    Option("microphone", "alsa: the device; programs: a command that prints 8 kHz mono s16 sound", default=""),
    Option("speaker", "alsa: the device; programs: a command that reads the same", default=""),
)

_LOOPBACK = re.compile(r"(127(?:\.\d{1,3}){3}|localhost)(?::\d+)?")
_HOST = re.compile(r"[0-9A-Za-z.\[\]:_-]{1,255}")
_WORD = re.compile(r"[^\s\x00-\x1f\x7f@:;<>\"?\\]{1,64}")
_DEVICE = re.compile(r"[^\s\x00-\x1f\x7f\"]{0,127}")
_SOUNDS = ("alsa", "programs", "none")
_TRANSPORTS = ("udp", "tcp", "tls")


Transport = Literal["udp", "tcp", "tls"]


@dataclass(frozen=True, slots=True)
class PhoneOptions:
    """The options, checked. `microphone` and `speaker` are devices or commands, as `sound` says."""

    user: str
    server: str
    password: str
    auth_user: str
    proxy: str
    transport: Transport
    ca_file: str
    interface: str
    register_every: int
    silence_seconds: int
    sound: str
    microphone: tuple[str, ...]
    speaker: tuple[str, ...]

    def __repr__(self) -> str:
        return f"PhoneOptions({self.user}@{self.server})"  # never the password


def read(given: Mapping[str, str]) -> PhoneOptions:
    """The options from their values.

    Raises:
        Rejected: naming the option that cannot be used.
    """
    values = {option.name: given.get(option.name, option.default or "").strip() for option in OPTIONS}
    values["password"] = given.get("password", "")
    _match("user", values["user"], _WORD)
    _match("server", values["server"], _HOST)
    for name, pattern in (("auth_user", _WORD), ("proxy", _HOST), ("interface", _HOST)):
        if values[name]:
            _match(name, values[name], pattern)
    if any(char in '"\\' or not char.isprintable() for char in values["password"]):
        raise Rejected("password: quotation marks, backslashes and control characters cannot be sent.")
    _one_of("transport", values["transport"], _TRANSPORTS)
    _one_of("sound", values["sound"], _SOUNDS)
    if any(char.isspace() or not char.isprintable() for char in values["ca_file"]):
        raise Rejected("ca_file: a path with spaces cannot be used.")
    return PhoneOptions(
        user=values["user"],
        server=values["server"],
        password=values["password"],
        auth_user=values["auth_user"],
        proxy=values["proxy"],
        transport=cast(Transport, values["transport"]),
        ca_file=values["ca_file"],
        interface=values["interface"] or _beside(values["server"]),
        sound=values["sound"],
        register_every=_whole("register_every", values["register_every"], 10, 3600),
        silence_seconds=_whole("silence_seconds", values["silence_seconds"], 0, 3600),
        microphone=_sound("microphone", values["sound"], values["microphone"]),
        speaker=_sound("speaker", values["sound"], values["speaker"]),
    )


def _beside(server: str) -> str:
    """The address to use with a server on this machine: one of the network's leads it to nowhere. Else nothing."""
    return "127.0.0.1" if _LOOPBACK.fullmatch(server) else ""


def _match(name: str, value: str, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(value):
        raise Rejected(f"{name}: {'is missing' if not value else 'has characters that cannot be used'}.")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise Rejected(f"{name}: must be {', '.join(allowed[:-1])} or {allowed[-1]}.")


def _whole(name: str, value: str, least: int, most: int) -> int:
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        number = least - 1
    if not least <= number <= most:
        raise Rejected(f"{name}: must be a number from {least} to {most}.")
    return number


def _sound(name: str, sound: str, value: str) -> tuple[str, ...]:
    if sound == "programs":
        try:
            return tuple(shlex.split(value))
        except ValueError:
            raise Rejected(f"{name}: a quotation mark is missing.") from None
    _match(name, value or "default", _DEVICE)
    return (value,) if value else ()
