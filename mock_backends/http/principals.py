"""Who is calling: tokens, and the principals they stand for."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody with a token. `role` is `agent` or `supervisor`."""

    id: str
    role: str
    team: str = ""

    @property
    def supervises(self) -> bool:
        """Whether they see their team's work."""
        return self.role == "supervisor"


def new_token() -> str:
    """A fresh token of 256 random bits, safe in a URL or a header."""
    return secrets.token_urlsafe(32)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


class Tokens:
    """Hashes of the tokens in force. Roles are looked up anew on every call, so a change counts from the next one."""

    def __init__(self) -> None:
        self._by_digest: dict[bytes, str] = {}
        self.principals: dict[str, Principal] = {}
        self.supervisors: list[Principal] = []
        self._control: bytes | None = None

    def add(self, principal: Principal, token: str) -> None:
        """Let `token` stand for `principal`; earlier tokens of theirs stay good."""
        self.principals[principal.id] = principal
        self.supervisors = [each for each in self.principals.values() if each.supervises]
        self._by_digest[_digest(token)] = principal.id

    def expire(self, principal_id: str) -> None:
        """Make every token of a principal worthless."""
        self._by_digest = {digest: owner for digest, owner in self._by_digest.items() if owner != principal_id}

    def set_control(self, token: str) -> None:
        """Open the control plane for this token."""
        self._control = _digest(token)

    @property
    def has_control(self) -> bool:
        """Whether there is a control plane at all."""
        return self._control is not None

    def find(self, authorization: str) -> Principal | None:
        """The principal of an `Authorization` header, or None."""
        token = _bearer(authorization)
        # Looked up by a digest nobody can choose, so the time it takes says nothing about a token.
        owner = self._by_digest.get(_digest(token)) if token else None
        return self.principals.get(owner) if owner else None

    def is_control(self, authorization: str) -> bool:
        """Whether the header carries the control token."""
        token = _bearer(authorization)
        return bool(token) and self._control is not None and hmac.compare_digest(_digest(token), self._control)


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
