"""SMS as Twilio carries them: sent, with what became of them, and received."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from mock_backends.http.site import Site, new_id
from mock_backends.twilio.refusal import Refusal, gone, wrong
from mock_backends.twilio.sids import Sids

_NUMBER = re.compile(r"^\+[1-9][0-9]{6,14}$")
STEPS = (("sending", 0.2), ("sent", 0.5), ("delivered", 2.0))  # server seconds after it was taken
OPTED_OUT = frozenset({"+15005550007"})
OUR_NUMBER = "+15005550006"  # Twilio's own number for trying things out
LONGEST = 1600


class Messages:
    """All messages, the oldest first."""

    def __init__(self, site: Site, sids: Sids) -> None:
        self._clock = site.clock
        self._agenda = site.agenda
        self._sids = sids
        self._account = sids.of("AC", "agent-desktop")
        self.all: dict[str, dict[str, Any]] = {}
        self.failing: set[str] = set()
        self.opted_out: set[str] = set(OPTED_OUT)

    def send(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Take one to be sent.

        :raises Refusal: 400 with Twilio's own number of what is wrong.
        """
        to, body = given.get("To", ""), given.get("Body", "")
        if not _NUMBER.match(to):
            raise wrong(f"The 'To' number {to} is not a valid phone number.", 21211)
        if not given.get("From") and not given.get("MessagingServiceSid"):
            raise wrong("A 'From' phone number is required.", 21603)
        if not body:
            raise wrong("Message body is required.", 21602)
        if len(body) > LONGEST:
            raise wrong("The concatenated message body exceeds the 1600 character limit", 21617)
        if to in self.opted_out:
            raise Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
        made = self._add("outbound-api", given.get("From") or OUR_NUMBER, to, body, "queued")
        made["messaging_service_sid"] = given.get("MessagingServiceSid")
        for status, pause in STEPS:
            self._agenda.after(pause, partial(self._move, made, status))
        return made

    def fail(self, to: str) -> None:
        """From now on nothing reaches this number."""
        self.failing.add(to)

    def receive(self, sender: str, body: str, channel: str = "sms") -> None:
        """One from a customer; only SMS come this way."""
        if channel != "sms":
            raise wrong("Only SMS come this way")
        self._add("inbound", sender, OUR_NUMBER, body, "received")

    def find(self, sid: str) -> dict[str, Any]:
        """:raises Refusal: 404."""
        if sid not in self.all:
            raise gone()
        return self.all[sid]

    def among(self, to: str, sender: str, after: float) -> list[dict[str, Any]]:
        """The newest first, of one addressee and sender where they are given, sent at `after` or later."""
        return [
            one
            for one in reversed(self.all.values())
            if to in ("", one["to"])
            and sender in ("", one["from"])
            and (one["date_sent"] or one["date_created"]) >= after
        ]

    def _add(self, direction: str, sender: str, to: str, body: str, status: str) -> dict[str, Any]:
        sid, now = self._sids.of("SM", new_id("msg")), self._clock.now()
        made: dict[str, Any] = {
            "sid": sid,
            "account_sid": self._account,
            "direction": direction,
            "from": sender,
            "to": to,
            "body": body,
            "status": status,
            "num_segments": "1",
            "num_media": "0",
            "messaging_service_sid": None,
            "error_code": None,
            "error_message": None,
            "price": None,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "date_created": now,
            "date_updated": now,
            "date_sent": now if direction == "inbound" else None,
            "uri": f"/2010-04-01/Accounts/{self._account}/Messages/{sid}.json",
            "subresource_uris": {},
        }
        self.all[sid] = made
        return made

    def _move(self, message: dict[str, Any], status: str) -> None:
        if message["status"] in ("delivered", "undelivered"):
            return
        if status == "delivered" and message["to"] in self.failing:
            status = "undelivered"
            message["error_code"], message["error_message"] = 30003, "Unreachable destination handset"
        message["status"] = status
        message["date_updated"] = self._clock.now()
        if status == "sent":
            message["date_sent"] = self._clock.now()
