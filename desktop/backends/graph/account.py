"""Which tenant and which people, from the option values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.backends.wire.route import CA_FILE, PROXY, proxy_of
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

SHORTEST_POLL, LONGEST_POLL = 2.0, 10.0  # the host gives a stream up after 12.5 s without a word
OPTIONS = (
    Option("tenant", "The directory (tenant) id of the company; with client_id and client_secret.", default=""),
    Option("client_id", "The application's id.", default=""),
    Option("client_secret", "The application's secret.", "secret", default=""),
    Option("token", "A ready access token instead of an application; it is not renewed.", "secret", default=""),
    Option("user", "Your own id or sign-in name, to set your own presence by an application.", default=""),
    Option("group", "The id of a group whose members are the directory; everybody without it.", default=""),
    Option("poll_seconds", "How often those on screen are asked for, 2 to 10.", "number", default="10"),
    Option("url", "Where Graph is.", "url", default="https://graph.microsoft.com/v1.0"),
    Option("login_url", "Where applications sign in.", "url", default="https://login.microsoftonline.com"),
    CA_FILE,
    PROXY,
)


@dataclass(frozen=True, slots=True)
class Account:
    """The option values, checked. Either `token` is set, or `tenant`, `client_id` and `secret` are."""

    url: str
    login_url: str
    tenant: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    user: str = ""
    group: str = ""
    poll_seconds: float = LONGEST_POLL
    ca_file: str = ""
    proxy: str = ""


def account_of(options: Mapping[str, str]) -> Account:
    """The account that the option values name.

    Raises:
        Rejected: neither a whole application nor a token, or a number out of range.
    """
    given = {one.name: options.get(one.name, "") or (one.default or "") for one in OPTIONS}
    application = [given[name] for name in ("tenant", "client_id", "client_secret")]
    if bool(given["token"]) == any(application) or (any(application) and not all(application)):
        raise Rejected("Graph wants either a token, or tenant, client_id and client_secret.")
    if any(not "!" <= one <= "~" for one in given["token"]):
        raise Rejected("The token holds characters that a token cannot have.")
    try:
        poll = float(given["poll_seconds"])
    except ValueError:
        poll = 0.0
    if not SHORTEST_POLL <= poll <= LONGEST_POLL:
        raise Rejected(f"poll_seconds is a number from {SHORTEST_POLL:g} to {LONGEST_POLL:g}.")
    return Account(
        given["url"].rstrip("/"),
        given["login_url"].rstrip("/"),
        given["tenant"],
        given["client_id"],
        given["client_secret"],
        given["token"],
        given["user"],
        given["group"],
        poll,
        given["ca_file"],
        proxy_of(given),
    )
