"""Texts on their way to a gateway, and where its reports come back to: the same for messages and for contacts."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from desktop.backends.kannel.gateway import Gateway
from desktop.backends.kannel.inbound import WANTED
from desktop.backends.kannel.sms_text import SmsText, sms_text
from desktop.backends.wire.listener import place_of
from desktop.backends.wire.route import proxy_of
from desktop.ports.errors import Rejected
from desktop.ports.options import Option

DOUBT_SECONDS = 60.0
"""How long a delivery report may take to settle whether Kannel took a message it did not answer for."""
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SENDER = re.compile(r"[+]?[0-9]{3,15}|[A-Za-z0-9 ]{0,11}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")

ACCOUNT = (
    Option("url", "Kannel's smsbox, e.g. https://host:13013; plain http:// only to this machine.", "url"),
    Option("username", "The user name of a sendsms-user group."),
    Option("password", "Its password.", "secret"),
)
MAX_PARTS = Option(
    "max_parts", "Most messages one text may be split into; Kannel's max-messages must allow it.", default="3"
)
PUBLIC_URL = Option("public_url", "That place as Kannel reaches it; empty when it is http:// and the same.", default="")


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Where Kannel calls back: the place we listen at, the same place as Kannel reaches it, and what only it knows."""

    host: str
    port: int
    url: str
    secret: str = field(repr=False)


class Sender:
    """Hands texts to one gateway, and asks for reports on them."""

    def __init__(
        self, gateway: Gateway, *, name: str = "", max_parts: int = 3, callbacks: Callbacks | None = None
    ) -> None:
        """`name` is the number or name that customers see; without `callbacks` nothing is reported."""
        self.gateway = gateway
        self.callbacks = callbacks
        self._name = name
        self._max_parts = max_parts

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        """From a profile; nothing is opened yet.

        Raises:
            Rejected: an option cannot be used.
        """
        name, parts = options.get("sender", ""), options.get("max_parts", "")
        if not _SENDER.fullmatch(name):
            raise Rejected("sender must be a number, or a name of at most 11 letters and digits.")
        if not re.fullmatch(r"[1-9]|[1-9][0-9]", parts or "3"):
            raise Rejected("max_parts must be a number from 1 to 99.")
        gateway = Gateway(
            options.get("url", ""),
            options.get("username", ""),
            options.get("password", ""),
            ca_file=options.get("ca_file", ""),
            proxy=proxy_of(options),
        )
        return cls(gateway, name=name, max_parts=int(parts or "3"), callbacks=_callbacks(options))

    def fitted(self, to: str, text: str) -> SmsText:
        """The text as it goes out.

        Raises:
            Rejected: nobody can be reached under `to`, or the text is empty or too long.
        """
        if not _NUMBER.fullmatch(to):
            raise Rejected("That is no phone number with its country (+…).")  # Kannel would take several at once
        found = sms_text(text)
        if not found.text:
            raise Rejected("There is no text to send.")
        if found.parts > self._max_parts:
            # Kannel itself would cut the text off without a word.
            raise Rejected(f"The text makes {found.parts} messages; at most {self._max_parts} are allowed.")
        return found

    async def submit(self, key: str, to: str, text: SmsText, *, name: str = "") -> None:
        """Hand over one text. Reports come back under its key.

        Args:
            name: what customers see where the profile names no sender; "" for the gateway's own.

        Raises:
            OutcomeUnknown: the request went out and no answer came.
            BackendError: Kannel did not take it.
        """
        headers = {"X-Kannel-To": to, "X-Kannel-Coding": str(text.coding)}
        if shown := self._name or (name if _SENDER.fullmatch(name) else ""):
            headers["X-Kannel-From"] = shown
        if self.callbacks is not None:
            # Kannel replaces % signs in this address, so nothing in it may be percent-escaped.
            own = f"key={_plain(key)}&to={to.removeprefix('+')}"
            place = f"{self.callbacks.url}/{self.callbacks.secret}/dlr"
            headers["X-Kannel-DLR-Mask"] = str(WANTED)
            headers["X-Kannel-DLR-URL"] = f"{place}?{own}&type=%d&words=%A"
        await self.gateway.submit(text.text, headers)


def _callbacks(options: Mapping[str, str]) -> Callbacks | None:
    listen = options.get("listen", "").strip()
    place = place_of(listen)
    url = (options.get("public_url", "") or (f"http://{listen}" if listen else "")).rstrip("/")
    secret = options.get("secret", "")
    if place is not None and not _SECRET.fullmatch(secret):
        raise Rejected("secret must be 16 to 128 letters, digits, _ or -; Kannel's callbacks must know it.")
    if "%" in url or not re.fullmatch(r"(https?://[!-~]+)?", url):
        raise Rejected("public_url must be an http:// or https:// address without % signs, which Kannel replaces.")
    return Callbacks(*place, url, secret) if place is not None else None


def _plain(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
