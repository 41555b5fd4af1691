"""SIP addresses: what of them is a number or a name to people, and how one is made from what was typed."""

import re
from urllib.parse import quote, unquote

from desktop.ports.errors import Rejected

LONGEST = 200
_ANONYMOUS = frozenset({"anonymous", "restricted", "unavailable", "unknown", "private"})
_URI = re.compile(r"(?i)sips?:(?:(?P<user>[^@]*)@)?(?P<host>[^;?>]*)")
_QUOTED = re.compile(r'\s*"(?P<name>(?:\\.|[^"\\])*)"')
_DIALLED = re.compile(r"[0-9A-Za-z+*#._-]{1,64}")
_SPACING = str.maketrans("", "", " ()/-\u00a0\u2011\u2010\t")
_WHOLE_URI = re.compile(r"(?i)sips?:[0-9A-Za-z+*#._%-]{1,64}@[0-9A-Za-z.:\[\]-]{1,255}(;transport=(udp|tcp|tls))?")


def number_of(uri: str) -> str:
    """The number or name in a SIP address (`sip:+49...@host`); "" when it was withheld or is none."""
    found = _URI.match(uri.strip().lstrip("<"))
    if found is None:
        return ""
    user, host = found["user"], found["host"]
    if user is None or host.lower().startswith("anonymous."):
        return ""
    text = _plain(unquote(user.partition(";")[0].partition(":")[0]))
    return "" if text.lower() in _ANONYMOUS else text


def name_of(header: str) -> str:
    """The display name in a From header (`"Jana" <sip:...>`); "" when there is none."""
    quoted = _QUOTED.match(header)
    if quoted is not None:
        name = re.sub(r"\\(.)", r"\1", quoted["name"])
    else:
        name = header.partition("<")[0] if "<" in header else ""
    name = _plain(name)
    return "" if name.lower() in _ANONYMOUS else name


def uri_for(dialled: str, server: str, transport: str) -> str:
    """The SIP address of a number, an extension or a whole `sip:` address.

    Args:
        dialled: what was typed, with or without spacing.
        server: host or host:port that numbers belong to.
        transport: udp, tcp or tls.

    Raises:
        Rejected: it is none of them. Nothing else gets into a request.
    """
    text = dialled.strip()
    if _WHOLE_URI.fullmatch(text):
        return text
    number = text.translate(_SPACING) if text[:1] in "+0123456789(*#" else text
    if not _DIALLED.fullmatch(number):
        raise Rejected("That cannot be dialled.")
    return f"sip:{quote(number, safe='+*._-')}@{server};transport={transport}"


def _plain(text: str) -> str:
    """Text of one line without anything unprintable."""
    return "".join(char if char.isprintable() else " " for char in text[: 4 * LONGEST]).strip()[:LONGEST]
