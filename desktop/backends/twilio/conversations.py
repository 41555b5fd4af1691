"""Twilio's Conversations API, as far as one worker needs it: threads read, joined, written into and closed.

Twilio keeps no idempotency keys, so a message carries the mark of its intent, and no message is sent before a look at
the thread has shown that it is not there.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from desktop.backends.twilio.api.account import Desk, is_sid
from desktop.backends.twilio.api.attributes import channel_of, facts_of
from desktop.backends.twilio.api.rest import Rest
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.twilio.contacts import Contact, Contacts
from desktop.backends.twilio.thread import MARK, PAGE, Thread, joining, mark_of
from desktop.backends.wire.http import Http, segment
from desktop.domain.entities.model import OutgoingFile, Reply
from desktop.domain.entities.words import Channel
from desktop.ports.base import Capability
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
    Unsupported,
)
from desktop.ports.supervision import refuse

log = logging.getLogger(__name__)

LONGEST = 1600  # characters of a message
LARGEST = 5 * 1024 * 1024  # bytes of a file, as texts take
MOST_FILES = 10
DOUBT_SECONDS = 30.0
"""How long a message that was not answered for may take to show itself before it may be sent again."""
CALM_SECONDS = 30.0
"""Between looks at a conversation that Twilio calls us about: a call of its that is lost is not made again."""
PARTIES_EVERY = 15.0  # seconds between looks at who is in it and what they have seen
EVENTS = (
    "onMessageAdded",
    "onMessageUpdated",
    "onMessageRemoved",
    "onDeliveryUpdated",
    "onParticipantUpdated",
    "onParticipantRemoved",
    "onConversationStateUpdated",
)


class Conversations:
    """The written contacts of one worker."""

    def __init__(
        self,
        desk: Desk,
        clock: ServerClock,
        contacts: Contacts,
        name: Callable[[], str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is opened yet. `name`: what the worker is called. `monotonic`: seconds that nobody sets back."""
        self._desk = desk
        self._clock = clock
        self._monotonic = monotonic
        self._contacts = contacts
        self._name = name
        self._rest = Rest(desk.conversations_url, desk.account, clock)
        self._media = Rest(desk.media_url, desk.account, clock)
        self._not_before = 0.0  # Twilio asked us to slow down until then
        self.webhook = ""  # where Twilio may call us; empty: nowhere
        self.on = False  # whether our key may use the API

    async def open(self) -> None:
        """Learn whether the account has conversations that our key may see."""
        try:
            await self._rest.read("/v1/Configuration")
            self.on = True
        except (AuthFailed, NotFound) as error:  # TaskRouter let the key in: it is this API that is not for it
            log.info("no conversations: %s", error.detail or error.message)
            self.on = False

    async def close(self) -> None:
        """Give the connections back."""
        await self._rest.close()
        await self._media.close()

    def _path(self, thread: Thread) -> str:
        return f"/v1/Conversations/{segment(thread.sid)}"

    # -- reading

    def thread_of(self, contact: Contact) -> Thread | None:
        """The conversation that the task names; None for a call, and where there is none."""
        facts = facts_of(contact.task.attributes, channel_of(contact.task.channel))
        known = contact.thread
        if facts.conversation and self.on and (known is None or known.sid != facts.conversation):
            known = contact.thread = Thread(facts.conversation, self._desk.identity or self._name())
        if known is not None:
            known.customer = facts.customer.value
        return known

    def knock(self, sid: str) -> bool:
        """Something has happened in a conversation: it is looked at next. False where it is none of ours."""
        found = [one.thread for one in self._contacts.live() if one.thread is not None and one.thread.sid == sid]
        for thread in found:
            thread.due = thread.parties_due = 0.0
        return bool(found)

    async def look_all(self, *, whole: bool = False) -> None:
        """See what is new in each conversation whose turn it is; with `whole`, in all. What cannot be read stays."""
        now = self._monotonic()
        found = [(one, thread) for one in self._contacts.live() if (thread := self.thread_of(one)) is not None]
        turn = [pair for pair in found if whole or now >= pair[1].due]
        if now >= self._not_before:
            await asyncio.gather(*(self._look_in_turn(contact, thread, whole=whole) for contact, thread in turn))

    async def _look_in_turn(self, contact: Contact, thread: Thread, *, whole: bool) -> None:
        try:
            await self.look(contact, thread, whole=whole)
            if contact.reservation.status == "accepted" and not thread.closed:
                await self.join(contact, thread, key=contact.task.sid)
        except NotFound as error:  # deleted, or of another service than the account's own
            thread.due = self._monotonic() + CALM_SECONDS
            log.info("a conversation is not there: %s", error.detail or error.message)
        except RateLimited as error:
            self._not_before = self._monotonic() + error.retry_after
        except BackendError as error:
            log.info("a conversation could not be read: %s", error.detail or error.message)

    async def look(self, contact: Contact, thread: Thread, *, whole: bool = False) -> None:
        """See what is new in one: its messages, and now and then who is in it and whether it is closed."""
        async with thread.looking:
            now, before = self._monotonic(), frozenset(thread.lines)
            thread.due = now + (CALM_SECONDS if thread.heard or thread.closed else self._desk.call_seconds)
            whole = whole or now >= thread.parties_due
            asked = {"Order": "desc", "PageSize": str(PAGE)}
            listed = self._rest.listed(f"{self._path(thread)}/Messages", "messages", asked)
            if whole:
                rows, _ = await asyncio.gather(listed, self._look_at_parties(thread))
            else:
                rows = await listed
                if not thread.knows(rows):
                    await self._look_at_parties(thread)
            thread.take_lines(rows, before, self._clock.now())
        self._contacts.changed(contact)

    async def _look_at_parties(self, thread: Thread) -> None:
        thread.parties_due = self._monotonic() + PARTIES_EVERY  # before it is asked: a knock meanwhile asks once more
        asked, path = {"PageSize": str(PAGE)}, self._path(thread)
        itself, rows = await asyncio.gather(
            self._rest.read(path), self._rest.listed(f"{path}/Participants", "participants", asked)
        )
        thread.take_conversation(itself.body)
        thread.take_parties(rows)

    # -- taking part

    async def join(self, contact: Contact, thread: Thread, *, key: str) -> None:
        """Be in it, and have Twilio call us when something happens there; does nothing where that is so."""
        if thread.mine is None:
            form = {"Identity": thread.identity, "Attributes": joining()}
            try:
                thread.take_party((await self._rest.post(f"{self._path(thread)}/Participants", form, key=key)).body)
            except Conflict:  # we are in it, by another of our desktops or an earlier life
                await self._look_at_parties(thread)
        if self.webhook and not thread.heard and not thread.refused:
            try:
                await self._be_called(thread, key)
            except (Rejected, Conflict, AuthFailed) as error:  # there are five already, or the address is refused
                thread.refused = True
                log.info("Twilio does not call us of a conversation: %s", error.detail or error.message)
        self._contacts.changed(contact)

    async def _be_called(self, thread: Thread, key: str) -> None:
        path = f"{self._path(thread)}/Webhooks"
        rows = await self._rest.listed(path, "webhooks")
        known = [one["configuration"] for one in rows if isinstance(one.get("configuration"), dict)]
        if not any(one.get("url") == self.webhook for one in known if isinstance(one, dict)):
            form: dict[str, str | Sequence[str]] = {
                "Target": "webhook",
                "Configuration.Url": self.webhook,
                "Configuration.Method": "post",
                "Configuration.Filters": EVENTS,
            }
            await self._rest.post(path, form, key=key)
        thread.heard = True

    async def _ready(self, contact: Contact, key: str) -> Thread:
        """The conversation of a contact that is worked on, with us in it.

        Raises:
            Conflict: it is not being worked on, or is closed.
            Unsupported: it has no conversation that our key may use.
        """
        thread = self.thread_of(contact)
        if thread is None:
            raise Unsupported("Twilio has no conversation for this contact, or the key may not use it.")
        if contact.reservation.status != "accepted":
            raise Conflict("The contact is not being worked on.")
        if not thread.parties:
            await self.look(contact, thread, whole=True)
        if thread.closed:
            raise Conflict("The conversation is closed at Twilio.")
        if thread.mine is None:
            try:
                await self.join(contact, thread, key=key)
            except OutcomeUnknown as error:
                raise Unavailable("Twilio did not let us in, and no message was sent.", error.detail) from error
        return thread

    # -- writing

    async def send(self, contact: Contact, reply: Reply, *, key: str) -> None:
        """Send a reply. Twilio takes one file a message, so that several are as many messages.

        Raises:
            Rejected: it is too long or too large, or nobody can answer this way.
            OutcomeUnknown: Twilio has not said whether it took it, and it does not show yet.
        """
        if reply.subject or reply.to or reply.cc:
            raise refuse(Capability.COPIES)
        if not reply.text.strip() and not reply.files:
            raise Rejected("There is nothing to send.")
        if len(reply.text) > LONGEST:
            raise Rejected(f"A message here has at most {LONGEST} characters.")
        if len(reply.files) > MOST_FILES or any(len(one.content) > LARGEST for one in reply.files):
            raise Rejected(f"At most {MOST_FILES} files can be sent, each of at most {LARGEST >> 20} MB.")
        facts = facts_of(contact.task.attributes, channel_of(contact.task.channel))
        if facts.channel is Channel.EMAIL:
            raise Rejected("An e-mail in Twilio's conversations cannot be answered from here.")
        thread = await self._ready(contact, key)
        async with thread.sending:
            for number, file in enumerate(reply.files or (None,)):
                mark = mark_of(f"{key} {number}" if number else key)
                await self._send_one(contact, thread, "" if number else reply.text, file, mark, key)
        self._contacts.changed(contact)

    async def _send_one(
        self, contact: Contact, thread: Thread, text: str, file: OutgoingFile | None, mark: str, key: str
    ) -> None:
        await self.look(contact, thread)  # an earlier try, of ours or of a desktop before us, may have arrived
        if thread.marked(mark):
            thread.doubtful.pop(mark, None)
            return
        since = thread.doubtful.get(mark)
        if since is not None and self._monotonic() - since < DOUBT_SECONDS:
            raise OutcomeUnknown("Twilio did not say whether it took the message, and it does not show yet.")
        form = {"Author": thread.identity, "Attributes": json.dumps({MARK: mark}, separators=(",", ":"))}
        if text.strip():
            form["Body"] = text
        if file is not None:
            form["MediaSid"] = await self._upload(thread, file, key)
        try:
            answer = await self._rest.post(f"{self._path(thread)}/Messages", form, key=key)
        except OutcomeUnknown:
            thread.doubtful[mark] = self._monotonic()
            raise
        except (Rejected, NotFound) as error:
            await self.look(contact, thread, whole=True)  # closed while we wrote?
            if thread.closed:
                raise Conflict("The conversation is closed at Twilio.", error.detail) from error
            raise
        thread.doubtful.pop(mark, None)
        thread.take_line(answer.body, self._clock.now())

    async def _upload(self, thread: Thread, file: OutgoingFile, key: str) -> str:
        """Put a file where a message can name it; one that no message names is Twilio's to throw away."""
        params = {"Category": "media", "Filename": file.name}
        content = (file.media_type, file.content)
        try:
            answer = await self._media.upload(self._files(thread), params, content, key=key)
        except OutcomeUnknown as error:
            raise Unavailable("Twilio did not take the file, and no message was sent.", error.detail) from error
        sid = answer.body.get("sid") if isinstance(answer.body, dict) else None
        if not isinstance(sid, str) or not is_sid(sid, "ME"):
            raise ProtocolError("Twilio's answer cannot be read.", "a file without a SID")
        return sid

    def _files(self, thread: Thread) -> str:
        if not thread.service:
            raise NotFound("Twilio does not say where the files of this conversation are.")
        return f"/v1/Services/{segment(thread.service)}/Media"

    async def mark_read(self, contact: Contact, message_id: str, *, key: str) -> None:
        """Say that we have seen a message and all before it. It never goes back.

        Raises:
            NotFound: there is no such message.
            Conflict: we are not in the conversation.
        """
        thread = self.thread_of(contact)
        line = thread.lines.get(message_id) if thread is not None else None
        if thread is not None and line is None:
            await self.look(contact, thread, whole=True)
            line = thread.lines.get(message_id)
        if thread is None or line is None:
            raise NotFound("There is no such message.")
        if line.index > thread.read:
            if not thread.closed:
                if thread.mine is None:
                    raise Conflict("We are not in the conversation.")
                now = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                form = {"LastReadMessageIndex": str(line.index), "LastReadTimestamp": now}
                await self._rest.post(f"{self._path(thread)}/Participants/{segment(thread.mine.sid)}", form, key=key)
            thread.see(line.index)
            self._contacts.changed(contact)

    async def end(self, contact: Contact, *, key: str) -> None:
        """Close it for everybody. One that is closed, or gone, is no error."""
        thread = self.thread_of(contact)
        if thread is None or thread.closed:
            return
        try:
            answer = await self._rest.post(self._path(thread), {"State": "closed"}, key=key)
            thread.take_conversation(answer.body)
        except NotFound:
            thread.closed = True
        except (Rejected, Conflict):
            thread.take_conversation((await self._rest.read(self._path(thread))).body)
            if not thread.closed:
                raise

    # -- files

    async def content(self, contact: Contact, message_id: str, attachment_id: str) -> AsyncGenerator[bytes, None]:
        """A file in pieces, from the address that Twilio makes for this one time; our key does not go there.

        Raises:
            NotFound: it is not, or no longer, there.
            ProtocolError: the address is not Twilio's.
        """
        thread = self.thread_of(contact)
        line = thread.lines.get(message_id) if thread is not None else None
        if thread is None or line is None or attachment_id not in {one.id for one in line.message.attachments}:
            raise NotFound("There is no such file.")
        found = (await self._media.read(f"{self._files(thread)}/{segment(attachment_id)}")).body
        links = found.get("links") if isinstance(found, dict) else None
        address = links.get("content_direct_temporary") if isinstance(links, dict) else None
        place, path = self._place_of(address)
        http = Http(place, server="Twilio", ca_file=self._desk.account.ca_file, proxy=self._desk.account.proxy)
        try:
            async for piece in http.download(path):
                yield piece
        finally:
            await http.close()

    def _place_of(self, address: object) -> tuple[str, str]:
        """The server and the path of an address, which must be Twilio's or where our files are."""
        parts = urlsplit(address) if isinstance(address, str) and address.isprintable() else None
        ours = urlsplit(self._desk.media_url)
        known = parts is not None and (
            (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
            or (parts.scheme == "https" and "@" not in parts.netloc and (parts.hostname or "").endswith(".twilio.com"))
        )
        if parts is None or not known:
            raise ProtocolError("Twilio names a place for a file that is not its own.")
        return f"{parts.scheme}://{parts.netloc}", f"{parts.path}?{parts.query}" if parts.query else parts.path
