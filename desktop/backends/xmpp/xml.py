"""The pieces of XML that XMPP is made of: names, and reading text that others wrote, within bounds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

from desktop.backends.wire.reading import LARGEST, SMALLEST

CLIENT = "jabber:client"
ROSTER = "jabber:iq:roster"
SEARCH = "jabber:iq:search"
DATA_FORM = "jabber:x:data"
DISCO_INFO = "http://jabber.org/protocol/disco#info"
DISCO_ITEMS = "http://jabber.org/protocol/disco#items"
PING = "urn:xmpp:ping"
PUBSUB = "http://jabber.org/protocol/pubsub"
PUBSUB_EVENT = "http://jabber.org/protocol/pubsub#event"
ACTIVITY = "http://jabber.org/protocol/activity"  # XEP-0108
VCARD_TEMP = "vcard-temp"  # XEP-0054
VCARD4 = "urn:ietf:params:xml:ns:vcard-4.0"  # XEP-0292
VCARD4_NODE = "urn:xmpp:vcard4"
IDLE = "urn:xmpp:idle:1"  # XEP-0319
DELAY = "urn:xmpp:delay"  # XEP-0203
CARBONS = "urn:xmpp:carbons:2"  # XEP-0280
FORWARD = "urn:xmpp:forward:0"  # XEP-0297
RECEIPTS = "urn:xmpp:receipts"  # XEP-0184
SID = "urn:xmpp:sid:0"  # XEP-0359
MAM = "urn:xmpp:mam:2"  # XEP-0313
RSM = "http://jabber.org/protocol/rsm"
STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas"

WORD, LINE, TEXT = 100, 300, 20_000
"""Longest word, line and text that is kept of what others wrote, in characters."""


def tag(namespace: str, name: str) -> str:
    """The name of an element as ElementTree writes it."""
    return f"{{{namespace}}}{name}"


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def words(element: Element | None, longest: int = LINE) -> str:
    """What is written in an element: one line, printable, no more than `longest` characters; empty when it is None."""
    if element is None:
        return ""
    return line("".join(element.itertext()) if len(element) else element.text or "", longest)


def line(text: str, longest: int = LINE) -> str:
    """`text` as one printable line of no more than `longest` characters."""
    clipped = text[: longest * 4]
    return "".join(c if c.isprintable() else " " for c in " ".join(clipped.split()))[:longest].strip()


def child_words(element: Element | None, namespace: str, name: str, longest: int = LINE) -> str:
    """`words` of the first child of that name."""
    return "" if element is None else words(element.find(tag(namespace, name)), longest)


def sendable(text: str) -> str:
    """`text` without the characters that XML cannot carry, for which a server would end the connection."""
    return "".join(c for c in text if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")


def moment(text: str | None) -> float | None:
    """Seconds since 1970 of an XEP-0082 date and time; None when it is none, or so far
    away that no screen can show it."""
    if not text or len(text) > 40:
        return None
    try:
        read = datetime.fromisoformat(text.strip())
        seconds = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if SMALLEST <= seconds <= LARGEST else None


def whole(text: str, lowest: int, highest: int) -> int | None:
    """The whole number that a text of at most 12 characters is, when it lies within the bounds."""
    try:
        number = int(text) if len(text) <= 12 else None
    except ValueError:
        return None
    return number if number is not None and lowest <= number <= highest else None


def make(namespace: str, name: str, text: str = "", /, **attributes: str) -> Element:
    """A new element."""
    element = Element(tag(namespace, name), attributes)
    element.text = text or None
    return element


def add(parent: Element, namespace: str, name: str, text: str = "", /, **attributes: str) -> Element:
    """A new last child of `parent`."""
    element = SubElement(parent, tag(namespace, name), attributes)
    element.text = text or None
    return element


def form_values(form: Element) -> Iterator[tuple[str, str]]:
    """Names and first values of a data form's (or one of its items') fields."""
    for field in form.findall(tag(DATA_FORM, "field")):
        yield field.get("var", "")[:WORD], words(field.find(tag(DATA_FORM, "value")))
