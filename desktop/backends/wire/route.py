"""How a server is reached: whose certificates are trusted, and through which proxy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desktop.ports.errors import AuthFailed, Rejected
from desktop.ports.options import Option

if TYPE_CHECKING:
    import ssl

CA_FILE = Option("ca_file", "A file of certificates to trust instead of the public ones.", "path", default="")
PROXY = Option(
    "proxy",
    "An HTTP proxy on the way to https:// servers, e.g. http://proxy.example.org:3128.",
    "url",
    default="",
    rare=True,
)


def proxy_of(options: Mapping[str, str]) -> str:
    """The address of the proxy that the options name; "" for none.

    Raises:
        Rejected: it is no address of a proxy, or holds a password.
    """
    given = options.get(PROXY.name, "").strip()
    if not given:
        return ""
    try:
        parts = urlsplit(given)
        _ = parts.port  # read here, because a port that is no number is only noticed on reading
    except ValueError as error:
        raise Rejected(f"{given[:200]!r} is not the address of a proxy.") from error
    rest = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or rest or not given.isprintable() or " " in given:
        raise Rejected(f"{given[:200]!r} is not the address of a proxy.")
    if parts.username is not None or parts.password is not None:
        raise Rejected("The address of a proxy must hold no user name or password.")
    return given.rstrip("/")


def through(proxy: str, url: str) -> str | None:
    """The proxy on the way to `url`: only https:// goes through one, so that it sees no token."""
    return proxy if proxy and url.startswith("https://") else None


def trusted(ca_file: str, url: str = "https://") -> "ssl.SSLContext":
    """What checks a server's certificate. For plain `http://` nothing is loaded, which takes tens of milliseconds, and
    nobody is trusted.

    Raises:
        AuthFailed: the file cannot be read.
    """
    import ssl

    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise AuthFailed(f"The certificates in {ca_file} cannot be read.", type(error).__name__) from error
