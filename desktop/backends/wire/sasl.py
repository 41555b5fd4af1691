"""Signing in to a mail server with an access token: OAUTHBEARER (RFC 7628), or XOAUTH2 where only that is offered."""

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BearerSignIn:
    """What is said, before it is coded: `first` has the token; `last` answers a refusal, after which the server ends
    the attempt by its status."""

    mechanism: str
    first: str = field(repr=False)
    last: str


def bearer_sign_in(offered: Collection[str], user: str, token: str, host: str, port: int) -> BearerSignIn | None:
    """How to sign in at a server that offers these mechanisms (in capitals); None where it knows neither.

    Args:
        user: plain ASCII without control characters, as the token.
    """
    if "OAUTHBEARER" in offered:
        name = user.replace("=", "=3D").replace(",", "=2C")
        first = f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01"
        return BearerSignIn("OAUTHBEARER", first, "\x01")
    if "XOAUTH2" in offered:
        return BearerSignIn("XOAUTH2", f"user={user}\x01auth=Bearer {token}\x01\x01", "")
    return None
