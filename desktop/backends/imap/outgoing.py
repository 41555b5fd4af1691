"""Replies on their way out: sent once, or told as not known, and never sent again in doubt.

The copy goes into the folder of what was sent before the relay is asked, as a draft. It stops being one when the relay
has taken the mail. So a draft with the Message-ID of a key says "perhaps sent", whatever ended meanwhile.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

from desktop.backends.imap.folder import search
from desktop.backends.imap.link import Link, Refused, refusal
from desktop.backends.imap.protocol import folder_name, quoted
from desktop.backends.wire.access_token import AccessTokens
from desktop.backends.wire.mail import Mail
from desktop.backends.wire.relay import Account, Conversation, converse
from desktop.ports.errors import BackendError, OutcomeUnknown, ProtocolError, RateLimited, Rejected, Unavailable

_KEPT = 5_000
_CHECK_SECONDS = 4.0


class Outgoing:
    """The folder of what was sent, and the relay."""

    def __init__(
        self,
        relay: Account,
        folder: str,
        tokens: AccessTokens | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`tokens`: whose the relay takes in the place of a password."""
        self._relay = relay
        self._tokens = tokens
        self.folder = folder
        self._clock = clock
        self.doubtful: set[str] = set()  # Message-IDs of mails of which the relay did not say whether it took them
        self._surely_not: set[str] = set()  # Message-IDs of copies whose mail was certainly not given to the relay
        self._unmarked: set[str] = set()  # ... that the relay has, and whose copy may still be a draft

    async def keep_copy(self, link: Link, mail: Mail) -> bool:
        """Put the copy into the folder; whether the mail is still to be sent.

        Raises:
            Rejected: it is not known whether it was sent before.
        """
        known = await self._find(link, "UNDELETED", *_about(mail.message_id))
        if known:
            drafts = await self._find(link, "UNDELETED", "DRAFT", *_about(mail.message_id))
            if len(drafts) < len(known) or mail.message_id in self._unmarked:
                return False
            if mail.message_id in self._surely_not:
                return True
            raise Rejected(
                "It is not known whether this mail went out: the relay's answer got lost. It is not sent again by"
                f" itself. Its copy is in the folder {self.folder}, marked as a draft; ask the customer, or write anew."
            )
        self._surely_not.add(mail.message_id)
        try:
            await link.command("APPEND", quoted(folder_name(self.folder)), "(\\Seen \\Draft)", mail.body)
        except Refused as refused:
            raise refusal(refused) from None
        return True

    async def _find(self, link: Link, *keys: str) -> list[int]:
        """As `search`, and a folder that cannot be read is no folder without the mail."""
        try:
            await link.select(self.folder)
        except Refused as refused:
            raise refusal(refused) from None
        return await search(link, self.folder, *keys)

    async def send(self, mail: Mail) -> None:
        """Give the mail to the relay. Its copy is kept already.

        Raises:
            OutcomeUnknown: the relay has all of it and did not answer.
            BackendError: the relay did not take it.
        """

        def hand_over(conversation: Conversation) -> None:
            self._surely_not.discard(mail.message_id)
            conversation.send(mail)

        try:
            await converse(self._relay, hand_over, self._tokens)
        except OutcomeUnknown:
            self._remember(self.doubtful, mail.message_id)
            raise
        except BackendError:
            self._remember(self._surely_not, mail.message_id)
            raise
        self._remember(self._unmarked, mail.message_id)

    async def check(self) -> None:
        """See that the relay takes our sign-in. One that is away now is told when a reply is to go.

        Raises:
            AuthFailed: it does not.
        """
        if self._relay.username:
            with contextlib.suppress(Unavailable, RateLimited, ProtocolError, Rejected, TimeoutError):
                async with asyncio.timeout(_CHECK_SECONDS):
                    await converse(self._relay, Conversation.check, self._tokens)

    async def prove(self, link: Link, message_id: str) -> None:
        """A mail whose fate was not known went out: somebody answered it, or a server reports it."""
        self._remember(self._unmarked, message_id)
        await self.mark_sent(link)

    async def place_of(self, link: Link, message_id: str) -> tuple[str, int] | None:
        """The folder and number of a copy."""
        found = await self._find(link, "UNDELETED", *_about(message_id))
        return (self.folder, found[-1]) if found else None

    async def mark_sent(self, link: Link) -> None:
        """See that no copy is a draft whose mail the relay has."""
        for message_id in tuple(self._unmarked):
            found = await self._find(link, "DRAFT", *_about(message_id))
            if found:
                numbers = ",".join(map(str, found))
                await link.command("UID STORE", numbers, "-FLAGS.SILENT", "(\\Draft)")
            self._unmarked.discard(message_id)
            self.doubtful.discard(message_id)

    async def withdraw(self, link: Link, mail: Mail) -> None:
        """Take away the copy of a mail that was certainly not sent."""
        if mail.message_id not in self._surely_not:
            return
        found = await self._find(link, "DRAFT", *_about(mail.message_id))
        if found:
            numbers = ",".join(map(str, found))
            await link.command("UID STORE", numbers, "+FLAGS.SILENT", "(\\Deleted)")
            if "UIDPLUS" in link.capabilities:
                await link.command("UID EXPUNGE", numbers)

    def _remember(self, into: set[str], message_id: str) -> None:
        into.add(message_id)
        if len(into) > _KEPT:
            into.pop()


def _about(message_id: str) -> tuple[str, str]:
    return ("HEADER Message-ID", quoted(f"<{message_id}>"))
