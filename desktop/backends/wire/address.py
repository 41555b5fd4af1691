"""Which server addresses a backend may talk to."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from desktop.ports.errors import Rejected


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here, because a port that is no number is only noticed on reading
    except ValueError as error:
        raise Rejected(f"{url[:200]!r} is not a web address.") from error
    return parts


def server_url(url: str) -> str:
    """The address of a server in its plain form, without a slash at the end.

    Args:
        url: `https://host[:port][/path]`, or `http://` to this machine only, because tokens go over it.

    Raises:
        Rejected: another scheme, a user name or password in it, a query, or plain HTTP to another machine.
    """
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Rejected(f"{url[:200]!r} is not an http:// or https:// address.")
    if parts.username is not None or parts.password is not None:
        raise Rejected("An address must hold no user name or password; secrets have options of their own.")
    if parts.query or parts.fragment or any(c.isspace() or not c.isprintable() for c in url):
        raise Rejected("An address must hold no query, fragment or space.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Rejected(f"Plain http:// is allowed to this machine only; use https:// for {parts.hostname}.")
    return url.rstrip("/")
