"""What is written, as Twilio carries it: a conversation for each chat and text of the centre, with who is in it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mock_backends.contact_center.centre import Centre
from mock_backends.http.principals import Principal
from mock_backends.http.site import Site, new_id
from mock_backends.twilio.messages import OUR_NUMBER
from mock_backends.twilio.refusal import Refusal, gone, wrong
from mock_backends.twilio.webhooks import MOST_WEBHOOKS, Webhooks
from mock_backends.twilio.workspace import CARRIED, Fields, Workspace
from mock_backends.wire.contact_center import Interaction, Message, SendMessage, SentFile

Given = Mapping[str, str]
LONGEST = 1600
LARGEST_ATTRIBUTES = 32_768
UPLOADS = 200  # files that are kept; the oldest go first
_API = "https://conversations.twilio.com/v1"
_OVER = frozenset({"wrap_up", "closed"})
_RECEIPTS = {"sent": ("sent",), "delivered": ("sent", "delivered"), "failed": ("failed",)}


@dataclass(slots=True)
class _Upload:
    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class _Thread:
    """What Twilio knows of a contact and the centre does not."""

    closed: bool = False
    joined: dict[str, Fields] = field(default_factory=dict)  # identity -> participant
    indexes: dict[str, int] = field(default_factory=dict)  # message -> its place, in the order of arrival
    posted: dict[str, tuple[str, str]] = field(default_factory=dict)  # message -> author and attributes


class Conversations:
    """Shows written contacts as conversations and has the centre do what is asked of them."""

    def __init__(self, site: Site, centre: Centre, workspace: Workspace, webhooks: Webhooks) -> None:
        self._clock = site.clock
        self._centre = centre
        self._workspace = workspace
        self._webhooks = webhooks
        self._threads: dict[str, _Thread] = {}
        self._uploads: dict[str, _Upload] = {}  # media SID -> what was put there
        self._media: dict[tuple[str, str], str] = {}  # message and attachment -> the media SID it was sent with
        self.service = workspace.sids.of("IS", "agent-desktop")
        centre.board.watchers.append(self._changed)

    # -- finding

    def interaction(self, caller: Principal, sid: str) -> Interaction:
        """The contact of a conversation.

        :raises Refusal: 404 when there is none, or it was never offered to the caller.
        """
        board = self._centre.board
        found = board.interactions.get(self._workspace.sids.name(sid)) if sid.startswith("CH") else None
        if found is None or found.channel not in CARRIED:
            raise gone()
        if caller.id not in board.offered_to.get(found.id, ()) and not caller.supervises:
            raise gone()
        return found

    def _open(self, caller: Principal, sid: str) -> Interaction:
        found = self.interaction(caller, sid)
        if self._closed(found):
            raise Refusal(400, 50438, "Conversation is closed and cannot be changed")
        return found

    def _thread(self, interaction: Interaction) -> _Thread:
        return self._threads.setdefault(interaction.id, _Thread())

    def _closed(self, interaction: Interaction) -> bool:
        return self._thread(interaction).closed or interaction.phase in _OVER

    def _sid(self, interaction: Interaction) -> str:
        return self._workspace.sids.of("CH", interaction.id)

    def _owned(self, interaction: Interaction, path: str) -> Fields:
        sid = self._sid(interaction)
        return {
            "account_sid": self._workspace.account,
            "conversation_sid": sid,
            "url": f"{_API}/Conversations/{sid}/{path}",
        }

    # -- the conversation itself

    def configuration(self) -> Fields:
        """What is so of all of the account's."""
        return {
            "account_sid": self._workspace.account,
            "default_chat_service_sid": self.service,
            "default_messaging_service_sid": self._workspace.sids.of("MG", "agent-desktop"),
            "default_inactive_timer": "PT1440M",
            "default_closed_timer": "PT2880M",
            "url": f"{_API}/Configuration",
            "links": {"service": f"{_API}/Services/{self.service}"},
        }

    def conversation(self, interaction: Interaction) -> Fields:
        """One conversation."""
        sid = self._sid(interaction)
        url = f"{_API}/Conversations/{sid}"
        return {
            "sid": sid,
            "account_sid": self._workspace.account,
            "chat_service_sid": self.service,
            "messaging_service_sid": self._workspace.sids.of("MG", "agent-desktop"),
            "friendly_name": interaction.subject or None,
            "unique_name": None,
            "attributes": "{}",
            "state": "closed" if self._closed(interaction) else "active",
            "date_created": interaction.arrived_at,
            "date_updated": interaction.phase_since,
            "timers": {},
            "bindings": None,
            "url": url,
            "links": {name.lower(): f"{url}/{name}" for name in ("Participants", "Messages", "Webhooks")},
        }

    def update(self, caller: Principal, sid: str, given: Given) -> Fields:
        """Close it. What the task is then is another thing.

        :raises Refusal: 400.
        """
        interaction = self._open(caller, sid)
        if given.get("State") != "closed":
            raise wrong("State is invalid")
        self._thread(interaction).closed = True
        return self.conversation(interaction)

    # -- who is in it

    def participants(self, interaction: Interaction) -> list[Fields]:
        """The customer and whoever has joined."""
        thread = self._thread(interaction)
        chat = interaction.channel == "chat"
        seen = [one for one in interaction.messages if one.author == "agent" and one.read_at is not None]
        read = max((self._index(interaction, one) for one in seen), default=None)
        binding = {"type": "sms", "address": interaction.customer.value, "proxy_address": OUR_NUMBER}
        customer = self._participant(interaction, self._customer(interaction)) | {
            "identity": interaction.customer.value if chat else None,
            "messaging_binding": None if chat else binding,
            "last_read_message_index": read,
            "last_read_timestamp": _iso(max(one.read_at or 0.0 for one in seen)) if seen else None,
        }
        return [customer, *thread.joined.values()]

    def _participant(self, interaction: Interaction, sid: str) -> Fields:
        return self._owned(interaction, f"Participants/{sid}") | {
            "sid": sid,
            "identity": None,
            "attributes": "{}",
            "messaging_binding": None,
            "role_sid": self._workspace.sids.of("RL", "agent-desktop"),
            "date_created": interaction.arrived_at,
            "date_updated": interaction.arrived_at,
            "last_read_message_index": None,
            "last_read_timestamp": None,
        }

    def _customer(self, interaction: Interaction) -> str:
        return self._workspace.sids.of("MB", f"{interaction.id}:customer")

    def join(self, caller: Principal, sid: str, given: Given) -> Fields:
        """Somebody by identity.

        :raises Refusal: 400, or 409 when they are in it.
        """
        interaction = self._open(caller, sid)
        identity, joined = given.get("Identity", ""), self._thread(interaction).joined
        if not 0 < len(identity) <= 256:
            raise wrong("Identity is invalid")
        if identity in joined or identity == interaction.customer.value:
            raise Refusal(409, 50433, "Participant already exists")
        made = self._participant(interaction, self._workspace.sids.of("MB", f"{interaction.id}:{identity}"))
        now = self._clock.now()
        made |= {"identity": identity, "attributes": _attributes(given), "date_created": now, "date_updated": now}
        joined[identity] = made
        return made

    def update_participant(self, caller: Principal, sid: str, participant: str, given: Given) -> Fields:
        """How far somebody has read.

        :raises Refusal: 400, 404.
        """
        interaction = self._open(caller, sid)
        found = next((one for one in self._thread(interaction).joined.values() if one["sid"] == participant), None)
        if found is None:
            raise gone()
        index = given.get("LastReadMessageIndex", "")
        if not index.isdigit():
            raise wrong("LastReadMessageIndex is invalid")
        found["last_read_message_index"] = int(index)
        found["last_read_timestamp"] = given.get("LastReadTimestamp") or _iso(self._clock.now())
        seen = [one for one in interaction.messages if self._index(interaction, one) <= int(index)]
        if seen:
            self._centre.threads.read(interaction, seen[-1].id)
        return found

    # -- what was written

    def messages(self, interaction: Interaction, *, newest_first: bool, most: int) -> list[Fields]:
        """Those that are there, in order; what was deleted is not among them."""
        there = [one for one in interaction.messages if not one.deleted]
        for one in interaction.messages:
            self._index(interaction, one)
        there.sort(key=lambda one: self._index(interaction, one), reverse=newest_first)
        return [self._message(interaction, one) for one in there[:most]]

    def _index(self, interaction: Interaction, message: Message) -> int:
        indexes = self._thread(interaction).indexes
        return indexes.setdefault(message.id, len(indexes))

    def _message(self, interaction: Interaction, message: Message) -> Fields:
        thread, sid = self._thread(interaction), self._workspace.sids.of("IM", message.id)
        author, attributes = thread.posted.get(message.id, ("system", "{}"))
        participant = thread.joined[author]["sid"] if author in thread.joined else None
        if message.author == "customer":
            author, participant = interaction.customer.value, self._customer(interaction)
        media = [
            {
                "sid": self.media_sid(message.id, one.id),
                "filename": one.name,
                "content_type": one.media_type,
                "size": one.size,
                "category": "media",
            }
            for one in message.attachments
        ]
        owned = self._owned(interaction, f"Messages/{sid}")
        return owned | {
            "sid": sid,
            "index": self._index(interaction, message),
            "author": author,
            "body": message.text or None,
            "media": media or None,
            "attributes": attributes,
            "participant_sid": participant,
            "date_created": message.at,
            "date_updated": message.edited_at,
            "delivery": self._delivery(interaction, message),
            "content_sid": None,
            "links": {"delivery_receipts": f"{owned['url']}/Receipts", "channel_metadata": None},
        }

    @staticmethod
    def _delivery(interaction: Interaction, message: Message) -> Fields | None:
        if interaction.channel == "chat" or message.author != "agent":
            return None
        reached = _RECEIPTS.get(message.delivery or "", ())
        words = ("sent", "delivered", "read", "failed", "undelivered")
        return {"total": 1} | {word: "all" if word in reached else "none" for word in words}

    def write(self, caller: Principal, sid: str, given: Given) -> Fields:
        """A message to the customer.

        :raises Refusal: 400 with what is wrong, 404.
        """
        interaction = self._open(caller, sid)
        body, media = given.get("Body", ""), given.get("MediaSid", "")
        if interaction.agent_id != caller.id or interaction.phase != "active":
            raise wrong("This pretend centre lets only whoever works on a contact write to its customer")
        if len(body) > LONGEST or not (body or media):
            raise wrong("Body is invalid", 50501)
        upload = self._uploads.get(media) if media else None
        if media and upload is None:
            raise wrong("MediaSid is invalid", 50503)
        attributes = _attributes(given)
        files = [SentFile.model_construct(**_fields(upload))] if upload else []  # Base64 is for the wire of others
        sent = SendMessage.model_construct(text=body, files=files)
        self._centre.threads.write(interaction, sent)
        line = interaction.messages[-1]
        self._thread(interaction).posted[line.id] = (given.get("Author") or "system", attributes)
        for one in line.attachments:
            self._media[line.id, one.id] = media
        self._webhooks.known(interaction)
        self._centre.customers.answer(interaction)
        return self._message(interaction, line)

    # -- files

    def media_sid(self, message_id: str, attachment_id: str) -> str:
        """The SID of an attachment: what it was sent with, or one of its own."""
        known = self._media.get((message_id, attachment_id))
        return known or self._workspace.sids.of("ME", f"{message_id}/{attachment_id}")

    def upload(self, service: str, name: str, media_type: str, content: bytes) -> Fields:
        """Put a file where a message can name it.

        :raises Refusal: 404.
        """
        if service != self.service:
            raise gone()
        sid = self._workspace.sids.of("ME", new_id("media"))
        self._uploads[sid] = _Upload(name, media_type, content)
        while len(self._uploads) > UPLOADS:
            del self._uploads[next(iter(self._uploads))]
        return self._file(sid, self._uploads[sid])

    def file(self, service: str, sid: str, server: str) -> Fields:
        """One file and where it can be fetched.

        :raises Refusal: 404.
        """
        if service != self.service:
            raise gone()
        shown = self._file(sid, self._find(sid))
        shown["links"]["content_direct_temporary"] = f"{server}/v1/Files/{sid}?Signature={self._signed(sid)}"
        return shown

    def content(self, sid: str, signature: str) -> bytes:
        """What a temporary address leads to.

        :raises Refusal: 403, 404.
        """
        if signature != self._signed(sid):
            raise Refusal(403, 20403, "The address is not signed")
        return self._find(sid).content

    def _signed(self, sid: str) -> str:
        return hashlib.sha256(f"{self._webhooks.auth_token}:{sid}".encode()).hexdigest()

    def _find(self, sid: str) -> _Upload:
        if sid in self._uploads:
            return self._uploads[sid]
        message_id, _, attachment_id = self._workspace.sids.name(sid).partition("/")
        for interaction in self._centre.board.interactions.values() if attachment_id else ():
            for message in interaction.messages:
                for one in message.attachments if message.id == message_id else ():
                    if one.id == attachment_id:
                        content = self._centre.threads.file(interaction, message_id, attachment_id)
                        return _Upload(one.name, one.media_type, content)
        raise gone()

    def _file(self, sid: str, upload: _Upload) -> Fields:
        path = f"/v1/Services/{self.service}/Media/{sid}"
        return {
            "sid": sid,
            "account_sid": self._workspace.account,
            "service_sid": self.service,
            "content_type": upload.media_type,
            "filename": upload.name or None,
            "size": len(upload.content),
            "author": "sender",
            "category": "media",
            "url": f"https://mcs.us1.twilio.com{path}",
            "links": {"content": f"{path}/Content"},
        }

    # -- webhooks

    def webhooks(self, interaction: Interaction) -> list[Fields]:
        """Who is called of it."""
        return self._webhooks.of(interaction)

    def add_webhook(self, caller: Principal, sid: str, given: Mapping[str, list[str]]) -> Fields:
        """Call this address too.

        :raises Refusal: 400.
        """
        interaction = self._open(caller, sid)
        url = given.get("Configuration.Url", [""])[0]
        if given.get("Target") != ["webhook"] or not url:
            raise wrong("Target is invalid")
        if len(self._webhooks.of(interaction)) >= MOST_WEBHOOKS:
            raise Refusal(400, 50360, "Too many webhooks on this conversation")
        made = self._workspace.sids.of("WH", new_id("webhook"))
        now = self._clock.now()
        filters = given.get("Configuration.Filters", [])
        shown = self._owned(interaction, f"Webhooks/{made}") | {
            "sid": made,
            "target": "webhook",
            "configuration": {"url": url, "method": "POST", "filters": filters},
            "date_created": now,
            "date_updated": now,
        }
        self._webhooks.add(interaction, shown)
        return shown

    def _changed(self, interaction: Interaction) -> None:
        if interaction.channel in CARRIED:
            about = {
                "AccountSid": self._workspace.account,
                "ChatServiceSid": self.service,
                "ConversationSid": self._sid(interaction),
            }
            self._webhooks.changed(interaction, about, lambda one: self._workspace.sids.of("IM", one.id))


def _fields(upload: _Upload) -> dict[str, Any]:
    return {"name": upload.name or "file", "media_type": upload.media_type, "content": upload.content}


def _attributes(given: Given) -> str:
    text = given.get("Attributes", "{}")
    try:
        json.loads(text)
    except ValueError:
        raise wrong("Attributes is not valid JSON", 50304) from None
    if len(text) > LARGEST_ATTRIBUTES:
        raise wrong("Attributes is too long")
    return text


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
