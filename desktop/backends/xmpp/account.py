"""Which account on which server, from the option values, and what counts as an address."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.backends.wire.route import CA_FILE
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

OPTIONS = (
    Option("jid", "Your address, e.g. agent1@example.com."),
    Option("password", "The account's password.", "secret"),
    Option("host", "Where the server is, when its domain's DNS does not say so; goes with port.", default=""),
    Option("port", "The server's port; 5222 is usual, 5223 for tls = direct.", "number", default=""),
    Option("tls", "starttls, or direct where the server speaks TLS from the first byte.", default="starttls"),
    CA_FILE,
    Option("resource", "A name for this desktop among your programs; the server gives one by itself.", default=""),
    Option("subscribe", "Ask colleagues you find by searching to show you their presence.", "flag", default="false"),
)
_LONGEST_PART = 1023  # bytes, RFC 7622
_LOCAL = re.compile(r"[^\s\"&'/:<>@\x00-\x1f\x7f]+")
_DOMAIN = re.compile(r"(?!-)[^\s\"&'/:<>@\x00-\x1f\x7f!#$%()*+,;=?\\^`{|}~]+(?::\d{1,5})?")
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0", ""})


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are and where; `host` is empty when DNS is to be asked, `port` 1-65535 or 0 for the usual one."""

    jid: str
    password: str = field(repr=False)
    host: str = ""
    port: int = 0
    direct_tls: bool = False
    ca_file: str = ""
    resource: str = ""
    subscribe: bool = False

    @property
    def domain(self) -> str:
        """The part of our address that names the server."""
        return self.jid.rpartition("@")[2]


def bare(address: str) -> str:
    """An address without its resource, in the form in which two of the same are equal; empty when it is none.

    A server alone (`example.com`) is an address too, of nobody: that answers the empty string.
    """
    local, at, domain = address.partition("/")[0].partition("@")
    if not at:
        return ""
    local, domain = (unicodedata.normalize("NFKC", part).lower() for part in (local, domain.rstrip(".")))
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return ""
    if any(len(part.encode("utf-8", "replace")) > _LONGEST_PART for part in (local, domain)):
        return ""
    return f"{local}@{domain}" if f"{local}{domain}".isprintable() else ""


def account_of(options: Mapping[str, str]) -> Account:
    """The account that the option values name.

    Raises:
        Rejected: one of them cannot be used.
    """
    jid = bare(options.get("jid", ""))
    if not jid or "/" in options.get("jid", ""):
        raise Rejected(f"{options.get('jid', '')[:200]!r} is not an address like agent1@example.com.")
    password = options.get("password", "")
    if not password:
        raise Rejected("The password is empty.")
    host, port = options.get("host", "").strip(), options.get("port", "").strip()
    if not (port == "" or (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535)):
        raise Rejected(f"{port[:20]!r} is not a port.")
    if host and not _DOMAIN.fullmatch(host.strip("[]").replace(":", "")):
        raise Rejected(f"{host[:200]!r} is not a host.")
    if port and not host:
        raise Rejected("A port needs its host.")
    tls, subscribe = options.get("tls", "starttls"), options.get("subscribe", "").lower()
    if tls not in {"starttls", "direct"}:
        raise Rejected(f"tls is starttls or direct, not {tls[:20]!r}; there is no connection without it.")
    if subscribe not in _TRUE | _FALSE:
        raise Rejected(f"subscribe is true or false, not {subscribe[:20]!r}.")
    resource = options.get("resource", "")
    if not resource.isprintable() or len(resource.encode()) > _LONGEST_PART:
        raise Rejected("The resource holds characters that it cannot have.")
    return Account(
        jid,
        password,
        host.strip("[]"),
        int(port) if port else 0,
        tls == "direct",
        options.get("ca_file", ""),
        resource,
        subscribe in _TRUE,
    )
