"""What the agent entered, word by word, and what may become of it."""

import re
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field

TOKEN = re.compile(r"[wf]\d+-[a-z]{3}")
ACTIONS = frozenset({"sms", "email", "callback", "case", "task"})


def token_of(letter: str, number: int) -> str:
    """A word that no other becomes when one of its letters changes."""
    digest = zlib.crc32(f"{letter}{number}".encode())
    return f"{letter}{number}-" + "".join(chr(97 + (digest >> shift) % 26) for shift in (0, 8, 16))


@dataclass(slots=True)
class Entry:
    """One word, code or follow-up."""

    token: str  # for a code: its id
    kind: str  # word | code | sms | email | callback | case | task
    contact: str
    author: str
    number: int
    at: float
    saved: bool = False  # shown as saved, or handed over: from now on nothing may lose it
    forgiven: str = ""  # why it may be lost: killed before it was saved, damaged, erased
    removed: str = ""  # "": it stands; "unsaved", "final": the agent took it back; "maybe": and was killed after that
    half: bool = False
    linked: tuple[str, ...] = ()  # the records of the customer when it was planned
    link_stays: bool = True

    @property
    def stands(self) -> bool:
        return not self.removed


@dataclass(slots=True)
class Contact:
    """What is true of a contact, whoever asks."""

    id: str
    channel: str
    queue: str
    address: str
    withheld: bool
    linked: tuple[str, ...] = ()  # records linked now, as the desktop last showed
    ever_linked: set[str] = field(default_factory=set)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)  # (kind or "follow-up", token)
    records: list["Arrived"] = field(default_factory=list)
    required: set[str] | None = None  # the CRMs that every look since the last key showed
    was_amended: bool = False
    was_erased: bool = False
    is_old: bool = False  # an earlier version wrote of it, which did not keep its facts
    first_key: str = ""  # of the first record that was handed over
    first_is_empty: bool = False  # and whether that had no words
    chosen_by: dict[str, set[str]] = field(default_factory=dict)  # which agents chose a code
    chosen: dict[str, int] = field(default_factory=dict)  # how often the agent chose a code


@dataclass(slots=True)
class Arrived:
    """A record as it came in at a CRM."""

    target: str
    key: str
    content: frozenset[str]


class Ledger:
    """All contacts, and every token by itself."""

    def __init__(self) -> None:
        self.contacts: dict[str, Contact] = {}
        self.tokens: dict[str, Entry] = {}
        self.entries: list[Entry] = []
        self.acted: dict[str, list[str]] = {}  # token of a follow-up -> the targets that did it
        self.sent_again: dict[str, int] = {}  # how often the agent said that a text is to be sent although it may be
        self.delivered: dict[str, set[str]] = {}  # content key -> CRMs
        self._number = 0

    def next_token(self, letter: str) -> str:
        self._number += 1
        return token_of(letter, self._number)

    def add(self, contact: Contact, kind: str, token: str, now: float, author: str, *, half: bool = False) -> Entry:
        """Note what was entered."""
        entry = Entry(token, kind, contact.id, author, len(self.entries), now, half=half, linked=contact.linked)
        if kind == "code":
            contact.chosen[token] = contact.chosen.get(token, 0) + 1
            contact.chosen_by.setdefault(token, set()).add(author)
        contact.entries[key_of(kind, token)] = entry
        contact.required = None
        if kind != "code":
            self.tokens[token] = entry
        self.entries.append(entry)
        return entry

    def of(self, contact: Contact, kind: str, token: str) -> list[Entry]:
        """What was entered under this name; a code may have been chosen more than once."""
        key = key_of(kind, token)
        return [one for one in self.entries if one.contact == contact.id and key_of(one.kind, one.token) == key]

    def take_back(self, contact: Contact, kind: str, token: str) -> None:
        """The agent's word: it is not to be delivered."""
        for entry in self.of(contact, kind, token):
            entry.removed = entry.removed or "unsaved"

    def killed(self, half: Collection[str] = ()) -> None:
        """What was not saved may be gone, and what was taken back and not saved may be back.

        `half`: the follow-ups that stand on disk as half of one, whatever was planned since.
        """
        for contact in self.contacts.values():
            contact.linked, contact.required = (), None  # whom it was linked to is looked up anew
        for entry in self.entries:
            entry.half = entry.half or entry.token in half
            if not entry.saved and not entry.forgiven:
                entry.forgiven = "killed before it was saved"
            if entry.removed == "unsaved":
                entry.removed = "maybe"


def key_of(kind: str, token: str) -> tuple[str, str]:
    """Under what an entry stands in its contact."""
    return ("code" if kind == "code" else "text", token)


def content_key(contact: str, kind: str, token: str) -> str:
    """Under what a delivered entry is remembered."""
    return f"{contact}/{token}" if kind == "code" else token
