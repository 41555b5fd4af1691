"""Twilio's calls of what happens in conversations. A call is a knock: what it says is looked up, so that one that
comes late, twice or not at all tells nothing that is not so."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from http import HTTPStatus

from desktop.backends.twilio.api.account import Webhooks, is_sid
from desktop.backends.wire.listener import Listener, Push

WHAT = "conversations"


def signature_of(url: str, fields: Mapping[str, str], auth_token: str) -> str:
    """What Twilio signs a call with: its address and its fields by name, each byte of them as one character."""
    signed = url.encode() + "".join(name + fields[name] for name in sorted(fields)).encode("latin-1")
    return base64.b64encode(hmac.new(auth_token.encode(), signed, hashlib.sha1).digest()).decode()


class Webhook:
    """The place where Twilio calls one worker."""

    def __init__(self, webhooks: Webhooks, account: str, worker: str, knock: Callable[[str], None]) -> None:
        """Nothing is opened yet. `knock` hears which conversation something has happened in."""
        # The same after a restart, so that what Twilio was told before still leads here.
        secret = hmac.new(webhooks.auth_token.encode(), worker.encode(), hashlib.sha256).hexdigest()[:32]
        self.url = f"{webhooks.public_url}/{secret}/{WHAT}"
        self._token = webhooks.auth_token
        self._account = account
        self._knock = knock
        self._listener = Listener(*webhooks.place, secret, self._heard)

    async def start(self) -> None:
        """Listen. Raises as `Listener.start`."""
        await self._listener.start()

    async def stop(self) -> None:
        """Hang up. May be called twice."""
        await self._listener.stop()

    async def _heard(self, push: Push) -> HTTPStatus:
        if push.what != WHAT:
            return HTTPStatus.NOT_FOUND
        signed = push.headers.get("x-twilio-signature", "").encode("latin-1")
        if not hmac.compare_digest(signed, signature_of(self.url, push.fields, self._token).encode()):
            return HTTPStatus.FORBIDDEN
        sid = push.fields.get("ConversationSid", "")
        if push.fields.get("AccountSid") == self._account and is_sid(sid, "CH"):
            self._knock(sid)
        return HTTPStatus.NO_CONTENT
