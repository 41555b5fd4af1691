"""The token a worker signs in to the worker channel with: a JSON Web Token (RFC 7519) signed with the API secret."""

import base64
import hashlib
import hmac
import json
import secrets

from desktop.backends.twilio.api.account import Desk

LIFE = 3600.0


def _coded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def worker_token(desk: Desk, now: float, life: float = LIFE) -> str:
    """A fresh token.

    Args:
        now: seconds since the epoch, on Twilio's clock.
        life: seconds it is good for; Twilio allows a day at most.
    """
    account = desk.account
    grant = {"workspace_sid": desk.workspace, "worker_sid": desk.worker, "role": "worker"}
    claims = {
        "jti": f"{account.key}-{secrets.token_hex(8)}",
        "iss": account.key,
        "sub": account.sid,
        "nbf": int(now),
        "exp": int(now + life),
        "grants": {"identity": desk.worker, "task_router": grant},
    }
    signed = f"{_coded(_json({'typ': 'JWT', 'alg': 'HS256', 'cty': 'twilio-fpa;v=1'}))}.{_coded(_json(claims))}"
    return f"{signed}.{_coded(hmac.new(account.secret.encode(), signed.encode(), hashlib.sha256).digest())}"
