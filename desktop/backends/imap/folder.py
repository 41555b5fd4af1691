"""One folder as it was last seen, and changes of one mail that fail when somebody else was quicker."""

import calendar
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from desktop.backends.imap.link import Answer, Link, Refused, code_numbers, refusal
from desktop.backends.imap.mime import Automatic, ParsedMail, read, read_head
from desktop.backends.imap.protocol import Token, folder_name, pairs, quoted

_HEAD = (
    "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES FROM SUBJECT DATE AUTO-SUBMITTED PRECEDENCE"
    " RETURN-PATH LIST-ID LIST-POST LIST-UNSUBSCRIBE CONTENT-TYPE)]"
)
_HEADS_KEPT = 300
"""So many of the oldest mails that nobody has are known by their heads; the others by their flags only."""
_AT_ONCE = 100
_FLAG = re.compile(r"[\\$A-Za-z0-9_.+/:;,<>=!?@#&'^~|-]{1,200}")


@dataclass(slots=True)
class MailEntry:
    """What is known of one mail without its text."""

    uid: int
    flags: frozenset[str]  # in small letters
    modseq: int
    seen_first: float  # on our own clock
    changed: float  # when the flags were last seen to change, on our own clock
    arrived: float = 0.0
    size: int = 0
    head: ParsedMail | None = None
    spelled: frozenset[str] = field(default_factory=frozenset)  # the flags as the server spells them

    @property
    def live(self) -> bool:
        """Whether it is not about to be removed."""
        return "\\deleted" not in self.flags

    @property
    def id(self) -> str:
        """The same mail has the same, in whatever folder it is."""
        known = self.head.message_id if self.head is not None else ""
        told = f"{known}\n{self.arrived:.0f}\n{self.size}"
        return f"mail-{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:20]}"


class Folder:
    """One folder. Every method wants the link to itself."""

    def __init__(self, name: str, queue: str, *, monotonic: Callable[[], float]) -> None:
        """`name` is the folder's, `queue` the queue that it is."""
        self.name = name
        self.queue = queue
        self.entries: dict[int, MailEntry] = {}
        self._clock = monotonic
        self._validity = 0
        self._since = 0

    async def refresh(self, link: Link, wanted: Callable[[MailEntry], bool]) -> None:
        """See what is new, changed and gone. Heads are fetched of the `wanted`, and of the oldest others.

        Raises:
            Refused: there is no such folder.
        """
        was_open = link.selected is not None and link.selected.name == self.name
        chosen = await link.select(self.name)
        if chosen.validity != self._validity:
            self.entries.clear()
            self._validity, self._since = chosen.validity, 0
        if was_open:
            await link.command("NOOP")
        counts = chosen.modseq > 0
        if link.exists or self.entries:
            since = (f"(CHANGEDSINCE {self._since})",) if counts and self._since else ()
            answer = await link.command("UID FETCH", "1:*", "(UID FLAGS MODSEQ)" if counts else "(UID FLAGS)", *since)
            self._take_flags(answer)
        if link.exists != len(self.entries):
            await self._drop_gone(link)
        await self._fetch_heads(link, wanted)

    def _take_flags(self, answer: Answer) -> None:
        for uid, values in fetched(answer):
            modseq = _modseq(values.get("MODSEQ"))
            self._since = max(self._since, modseq)
            self._put(uid, values.get("FLAGS"), modseq)

    def _put(self, uid: int, flags: Token, modseq: int) -> MailEntry | None:
        if not isinstance(flags, list):
            return self.entries.get(uid)
        spelled = frozenset(str(one) for one in flags if isinstance(one, str) and _FLAG.fullmatch(one))
        lower = frozenset(one.lower() for one in spelled)
        entry = self.entries.get(uid)
        if entry is None:
            if len(self.entries) >= 200_000:
                return None
            now = self._clock()
            entry = self.entries[uid] = MailEntry(uid, lower, modseq, now, now)
        elif entry.flags != lower:
            entry.changed = self._clock()
        entry.flags, entry.spelled = lower, spelled
        entry.modseq = max(modseq, entry.modseq)
        return entry

    async def _drop_gone(self, link: Link) -> None:
        answer = await link.command("UID SEARCH", "ALL")
        there = {int(str(one)) for found in answer.untagged if found.kind == "SEARCH" for one in found.tokens if one}
        for uid in [one for one in self.entries if one not in there]:
            del self.entries[uid]

    async def _fetch_heads(self, link: Link, wanted: Callable[[MailEntry], bool]) -> None:
        lacking = [one for one in self.entries.values() if one.head is None and one.live and wanted(one)]
        free = sorted(uid for uid, one in self.entries.items() if one.live and not wanted(one))[:_HEADS_KEPT]
        lacking += [self.entries[uid] for uid in free if self.entries[uid].head is None]
        for begin in range(0, len(lacking), _AT_ONCE):
            some = ",".join(str(one.uid) for one in lacking[begin : begin + _AT_ONCE])
            answer = await link.command("UID FETCH", some, f"(UID INTERNALDATE RFC822.SIZE {_HEAD})")
            for uid, values in fetched(answer):
                entry = self.entries.get(uid)
                raw = next((one for name, one in values.items() if name.startswith("BODY[")), None)
                if entry is not None and isinstance(raw, bytes):
                    entry.head = read_head(raw)
                    entry.arrived = internal_date(values.get("INTERNALDATE"))
                    entry.size = _number(values.get("RFC822.SIZE"))
                    if b"multipart/report" in raw.lower() and not entry.head.report:
                        entry.head = await fetch_mail(link, uid, 1 << 20) or entry.head

    async def swap(self, link: Link, uid: int, add: Iterable[str] = (), remove: Iterable[str] = ()) -> bool:
        """Change the flags of a mail if they are as we know them; False when somebody else was quicker, or it is gone.

        Raises:
            OutcomeUnknown: nobody said whether it was done.
        """
        entry = self.entries.get(uid)
        if entry is None:
            return False
        gone = {one.lower() for one in remove}
        flags = {one for one in entry.spelled if one.lower() not in gone and one.lower() != "\\recent"} | set(add)
        await link.select(self.name)
        how = (f"(UNCHANGEDSINCE {entry.modseq})",) if entry.modseq else ()
        try:
            answer = await link.command(
                "UID STORE", str(uid), *how, "FLAGS", f"({' '.join(sorted(flags))})", changing=True
            )
        except Refused as refused:
            if refused.code.startswith("MODIFIED"):
                return await self._seen_again(link, uid)
            raise
        if uid in code_numbers(answer.code, "MODIFIED", 0):
            return await self._seen_again(link, uid)
        told = False
        for found, values in fetched(answer):
            taken = self._put(found, values.get("FLAGS"), _modseq(values.get("MODSEQ")))
            if found == uid and taken is not None:
                told = {one.lower() for one in flags} <= taken.flags
        return told or await self._seen_again(link, uid, flags)

    async def _seen_again(self, link: Link, uid: int, wanted: Iterable[str] | None = None) -> bool:
        """See the mail as it is now; whether it is as `wanted`."""
        what = "(UID FLAGS MODSEQ)" if link.selected is not None and link.selected.modseq else "(UID FLAGS)"
        answer = await link.command("UID FETCH", str(uid), what)
        found = False
        for seen, values in fetched(answer):
            self._put(seen, values.get("FLAGS"), _modseq(values.get("MODSEQ")))
            found = found or seen == uid
        if not found:
            self.entries.pop(uid, None)
            return False
        return wanted is not None and {one.lower() for one in wanted} <= self.entries[uid].flags

    def forget(self, uid: int) -> None:
        """It went to another folder."""
        self.entries.pop(uid, None)


async def move(link: Link, folder: Folder, uid: int, to: str) -> int | None:
    """Move a mail; answers its number there, 0 where the server does not tell it, None when it was not here any more.

    Raises:
        OutcomeUnknown: nobody said whether it was done.
        Refused: there is no such folder.
    """
    await link.select(folder.name)
    name = quoted(folder_name(to))
    if "MOVE" in link.capabilities:
        answer = await link.command("UID MOVE", str(uid), name, changing=True)
        codes = [answer.code, *(one.code for one in answer.untagged)]
        found = next((one for one in codes if one.upper().startswith("COPYUID")), "")
        if not found and "UIDPLUS" in link.capabilities:
            return None
        folder.forget(uid)
        return next(iter(code_numbers(found, "COPYUID", 2)), 0)
    answer = await link.command("UID COPY", str(uid), name, changing=True)
    found = answer.code if answer.code.upper().startswith("COPYUID") else ""
    if not found and "UIDPLUS" in link.capabilities:
        return None
    await link.command("UID STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)", changing=True)
    if "UIDPLUS" in link.capabilities:
        await link.command("UID EXPUNGE", str(uid), changing=True)
    folder.forget(uid)
    return next(iter(code_numbers(found, "COPYUID", 2)), 0)


async def fetch_mail(link: Link, uid: int, largest: int) -> ParsedMail | None:
    """A mail of the folder that is open, read; None when it is gone. What is larger is cut."""
    import asyncio

    answer = await link.command("UID FETCH", str(uid), f"(UID BODY.PEEK[]<0.{largest}>)")
    for found, values in fetched(answer):
        raw = next((one for name, one in values.items() if name.startswith("BODY[]")), None)
        if found == uid and isinstance(raw, bytes):
            if len(raw) < 32 << 10:
                return read(raw)
            return await asyncio.to_thread(read, raw, cut=len(raw) >= largest)
    return None


def fetched(answer: Answer) -> list[tuple[int, dict[str, Token]]]:
    """The mails an answer tells of, by number."""
    found = []
    for one in answer.untagged:
        if one.kind == "FETCH" and one.tokens and isinstance(one.tokens[0], list):
            values = pairs(one.tokens[0])
            if uid := _number(values.get("UID")):
                found.append((uid, values))
    return found


async def search(link: Link, folder: str, *keys: str) -> list[int]:
    """The numbers of the mails that fit, lowest first; none where there is no such folder."""
    try:
        await link.select(folder)
    except Refused:
        return []
    try:
        answer = await link.command("UID SEARCH", *keys)
    except Refused as refused:
        raise refusal(refused) from None
    found = [one for response in answer.untagged if response.kind == "SEARCH" for one in response.tokens]
    return sorted(int(one) for one in found if isinstance(one, str) and one.isascii() and one.isdigit())


def any_of(keys: Sequence[str]) -> str:
    """A search for what fits one of the keys."""
    return " ".join(["OR"] * (len(keys) - 1) + list(keys))


def internal_date(value: Token) -> float:
    """An INTERNALDATE as seconds since the epoch; 0 when it is none."""
    if isinstance(value, bytes):
        text = value.decode("ascii", "replace").strip()
        with suppress(ValueError, OverflowError):
            day, clock, zone = text.split(" ")
            moment = time.strptime(f"{_with_month(day)} {clock}", "%d-%m-%Y %H:%M:%S")
            ahead = int(zone[1:3]) * 3_600 + int(zone[3:5]) * 60
            at = calendar.timegm(moment) - (ahead if zone[0] == "+" else -ahead)
            return float(at) if 0 < at < 4e9 else 0.0
        with suppress(ValueError, TypeError, OverflowError):
            return parsedate_to_datetime(text).timestamp()
    return 0.0


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _with_month(day: str) -> str:
    date, month, year = day.split("-")
    return f"{int(date):02}-{_MONTHS.index(month.lower()) + 1:02}-{year}"


def _number(value: Token) -> int:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 else 0


def _modseq(value: Token) -> int:
    return _number(value[0]) if isinstance(value, list) and value else 0


def is_automatic(one: ParsedMail) -> bool:
    """Whether nobody wrote it by hand."""
    return one.automatic is not Automatic.NO
