"""Reading worker tokens: JSON Web Tokens signed with the secret of an API key (RFC 7519, HS256)."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(token: str, secrets: dict[str, str], now: float) -> dict[str, Any] | None:
    """The claims of a token, or None when nobody of ours signed it or its time is over.

    :param secrets: API key to secret.
    :param now: seconds since the epoch.
    """
    try:
        head, body, signature = token.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        secret = secrets[claims["iss"]]
        wanted = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
        good = header["alg"] == "HS256" and hmac.compare_digest(wanted, _decoded(signature)) and claims["exp"] > now
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None
    return claims if good else None
