"""Lines of chat: what came in, from whom it really is, and what became of what was sent."""

import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.account import bare
from desktop.backends.xmpp.xml import (
    CARBONS,
    CLIENT,
    DATA_FORM,
    DELAY,
    FORWARD,
    MAM,
    RECEIPTS,
    RSM,
    SID,
    TEXT,
    add,
    make,
    moment,
    sendable,
    tag,
)
from desktop.domain.entities.person import ChatLine
from desktop.ports.errors import Rejected

KEPT = 1000  # lines whose fate or double is still looked for
LOOKED_THROUGH = 50  # of the archive, for a line that was sent before
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of chat, and the receipt that its sender asks for."""

    line: ChatLine
    receipt_to: str = ""
    receipt_for: str = ""


class Chats:
    """The lines of one account with everybody."""

    def __init__(self, me: str, clock: Callable[[], float]) -> None:
        """`me`: our own bare address."""
        self._me = me
        self._clock = clock
        self._lines: OrderedDict[str, ChatLine] = OrderedDict()
        self._unsure: dict[str, str] = {}  # keys of lines that may not have left, and the session they were sent in

    def sent(self, key: str) -> ChatLine | None:
        """The line that was sent under this key, as far as we remember."""
        line = self._lines.get(key)
        return line if line is not None and line.mine else None

    def unsure(self, key: str) -> str:
        """The session in which the line was sent without the server saying that it has it; empty when it has."""
        line = self._lines.get(key)
        return "" if line is not None and line.delivered else self._unsure.get(key, "")

    def sending(self, line: ChatLine, session: str) -> None:
        """The line goes out now; whether it arrives is not known until `took`."""
        self._keep(line)
        self._unsure[line.id] = session

    def took(self, key: str) -> ChatLine:
        """The server has the line; answers it as far as it came."""
        self._unsure.pop(key, None)
        return self._lines[key]

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """Every line that is remembered, as far as it came."""
        return tuple(self._lines.values())

    def write(self, person_id: str, text: str, key: str) -> tuple[ChatLine, Element]:
        """A new line and the stanza to send. The key is its id on the wire too, so that the archive knows it again.

        Raises:
            Rejected: there is nothing in it, it is longer than 20,000 characters, or the key is no id.
        """
        if not 1 <= len(key) <= _LONGEST_ID or any(not "!" <= c <= "~" for c in key):
            raise Rejected("That is not an idempotency key.", "1-200 visible ASCII characters")
        body = sendable(text)
        if not body.strip():
            raise Rejected("There is nothing to send.")
        if len(body) > TEXT:
            raise Rejected(f"That is too long for one line: {len(body)} characters, {TEXT} are possible.")
        stanza = make(CLIENT, "message", to=person_id, type="chat", id=key)
        add(stanza, CLIENT, "body", body)
        add(stanza, SID, "origin-id", id=key)
        add(stanza, RECEIPTS, "request")
        return ChatLine(key, person_id, self._clock(), True, body, delivered=False), stanza

    def forget(self, key: str) -> None:
        """A line that was refused was not sent."""
        self._lines.pop(key, None)
        self._unsure.pop(key, None)

    def known(self, line: ChatLine) -> None:
        """A line that was found in the archive."""
        self._keep(line)

    def hear(self, stanza: Element) -> Heard | None:
        """What a message stanza says; None when it is no chat (a room, a headline, somebody typing, a forgery)."""
        for direction in ("sent", "received"):
            carbon = stanza.find(tag(CARBONS, direction))
            if carbon is None:
                continue
            # Anybody can send a message that looks like a copy; only our own account's are copies (CVE-2017-5589).
            inner = carbon.find(f"{tag(FORWARD, 'forwarded')}/{tag(CLIENT, 'message')}")
            if bare(stanza.get("from", self._me)) != self._me or inner is None:
                return None
            delay = carbon.find(f"{tag(FORWARD, 'forwarded')}/{tag(DELAY, 'delay')}")
            return self._heard(inner, delay, copied=True)
        if stanza.find(tag(MAM, "result")) is not None:
            return None
        return self._heard(stanza, stanza.find(tag(DELAY, "delay")), copied=False)

    def _heard(self, stanza: Element, delay: Element | None, *, copied: bool) -> Heard | None:
        sender = bare(stanza.get("from", self._me))
        mine = sender == self._me
        if mine and not copied:
            return None
        person = bare(stanza.get("to", "")) if mine else sender
        kind = stanza.get("type", "normal")
        if not person or person == self._me or kind not in {"chat", "normal"}:
            return None
        receipt = stanza.find(tag(RECEIPTS, "received"))
        if receipt is not None:
            return self._delivered(person, receipt.get("id", "")) if not mine else None
        body = stanza.find(tag(CLIENT, "body"))
        text = _chat_text("".join(body.itertext())) if body is not None else ""
        if not text:
            return None
        sent_at = moment(None if delay is None else delay.get("stamp"))
        now = self._clock()
        line_id = self._id(stanza, person, mine=mine)
        if line_id in self._lines:
            return None
        line = ChatLine(line_id, person, now if sent_at is None else min(sent_at, now), mine, text)
        self._keep(line)
        wants = not mine and not copied and stanza.find(tag(RECEIPTS, "request")) is not None
        wanted = stanza.get("id", "")[:_LONGEST_ID]
        return Heard(line, stanza.get("from", "") if wants and wanted else "", wanted if wants else "")

    def _delivered(self, person: str, key: str) -> Heard | None:
        line = self._lines.get(key)
        if line is None or not line.mine or line.delivered or line.person_id != person:
            return None
        self._lines[key] = delivered = replace(line, delivered=True)
        return Heard(delivered)

    def _id(self, stanza: Element, person: str, *, mine: bool) -> str:
        """An id that nobody but its sender can make another line's: the server's own, else theirs with their name."""
        for given in stanza.findall(tag(SID, "stanza-id")):
            if given.get("by") == self._me and given.get("id") and not mine:
                return f"{person}#{given.get('id', '')[:_LONGEST_ID]}"
        origin = stanza.find(tag(SID, "origin-id"))
        own = (origin.get("id", "") if origin is not None else "") or stanza.get("id", "")
        if not own:
            own = uuid.uuid4().hex
        return own[:_LONGEST_ID] if mine else f"{person}/{own[:_LONGEST_ID]}"

    def _keep(self, line: ChatLine) -> None:
        self._lines[line.id] = line
        while len(self._lines) > KEPT:
            self._unsure.pop(self._lines.popitem(last=False)[0], None)


def _chat_text(text: str) -> str:
    kept = text[:TEXT].replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in kept).strip()


def receipt(to: str, message_id: str) -> Element:
    """The stanza that says that a message came (XEP-0184)."""
    stanza = make(CLIENT, "message", to=to, type="chat")
    add(stanza, RECEIPTS, "received", id=message_id)
    return stanza


def archive_query(person_id: str) -> tuple[str, Element]:
    """The id and the request for the last lines with a person in our archive (XEP-0313)."""
    query_id = uuid.uuid4().hex
    query = make(MAM, "query", queryid=query_id)
    form = add(query, DATA_FORM, "x", type="submit")
    for name, value in (("FORM_TYPE", MAM), ("with", person_id)):
        add(add(form, DATA_FORM, "field", var=name), DATA_FORM, "value", value)
    page = add(query, RSM, "set")
    add(page, RSM, "max", str(LOOKED_THROUGH))
    add(page, RSM, "before")
    return query_id, query


def archived(stanza: Element, query_id: str, me: str) -> tuple[str, float | None, Element] | None:
    """Id, time and message of a line from the archive that answers the query; None for anything else."""
    result = stanza.find(tag(MAM, "result"))
    if result is None or result.get("queryid") != query_id or bare(stanza.get("from", me)) != me:
        return None
    forwarded = result.find(tag(FORWARD, "forwarded"))
    message = None if forwarded is None else forwarded.find(tag(CLIENT, "message"))
    if forwarded is None or message is None or bare(message.get("from", me)) != me:
        return None
    origin = message.find(tag(SID, "origin-id"))
    delay = forwarded.find(tag(DELAY, "delay"))
    own = (origin.get("id", "") if origin is not None else "") or message.get("id", "")
    return own, moment(None if delay is None else delay.get("stamp")), message
