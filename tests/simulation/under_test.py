"""All that the simulation knows of this version of the desktop: how it is started, held, looked into and killed."""

import asyncio
import hashlib
import json
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.app.connections import clock_watch
from desktop.app.connections.backends import Backends
from desktop.app.notes.outbox_items import CHANNEL, Amendment
from desktop.app.session import Session
from desktop.app.storage import writer_thread
from desktop.app.storage.erasure import Retention
from desktop.app.storage.errors import StoreDamaged, StoreError, store_error
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.schema import MIGRATIONS, canonical_json, seal
from desktop.app.storage.tables.reasons import reason_of
from desktop.app.timing import Timing
from desktop.domain import select
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import CodeRule, Phase
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.state import AppState
from desktop.tui.widgets.pane import View
from desktop.tui.words import text_message
from desktop.words.catalogue import in_words
from tests.simulation.disk import Disk, WorkInOrder
from tests.simulation.far_side import CentreAdapter, CrmAdapter, CrmServer, SenderAdapter, SenderServer

FRAME = 0.016
PROFILE = "p"

clock_watch.EVERY = 10.0  # once a second would be most of what a simulated hour consists of


# --- The disk -----------------------------------------------------------------------------------------------------


class _Ballast:
    """No file: the simulated disk has room or has none."""

    is_there = True

    def take_on(self) -> bool:
        return True

    def drop(self) -> bool:
        return False


class SimulatedWriter(writer_thread.WriterThread):
    """The writer, without its thread: the same SQL on the same file, in the loop and in virtual time."""

    disk: Disk  # the one there is; set by the world
    opened: "SimulatedWriter | None" = None

    def __init__(self, path: Path, *, read_only: bool, busy_seconds: float) -> None:
        super().__init__(path, read_only=read_only, busy_seconds=busy_seconds)
        self.ballast = _Ballast()  # type: ignore[assignment]
        self.work = WorkInOrder(SimulatedWriter.disk)
        SimulatedWriter.opened = self

    async def open(self) -> None:
        await self._do("open", self._open_fast)

    async def close(self) -> None:
        if self._connection is not None:
            await self._do("close", self._close)

    async def read(self, work: Callable[..., Any]) -> Any:
        return await self._do("read", lambda: work(*self._opened()))

    async def write(self, work: Callable[..., Any], *, counts: bool = False) -> Any:
        return await self._do("write", lambda: self._write(work, counts=counts))

    def _open_fast(self) -> None:
        self._open()
        connection, _ = self._opened()
        connection.execute("PRAGMA synchronous = OFF")  # what a power cut leaves is decided by the simulation

    async def _do(self, kind: str, work: Callable[[], Any]) -> Any:
        try:
            return await self.work.do(kind, work, lambda error: store_error(error, self.path))
        except StoreDamaged as error:
            if error.path is not None:
                self.damaged.set()
            raise

    def killed(self, survivors: int) -> None:
        """The process is gone."""
        self.work.kill(survivors)
        if self._connection is not None:
            self._connection.close()
        self._connection = self._database = None


async def opened_store(path: Path, clock: Callable[[], float]) -> LocalStore:
    """The real store over the simulated writer."""
    thread = SimulatedWriter(path, read_only=False, busy_seconds=2.0)
    await thread.open()
    return LocalStore(thread, clock, Retention())


@dataclass(slots=True)
class Held:
    """A draft or an outbox row as it stands on the disk."""

    where: str  # draft | row
    contact: str
    text: str
    codes: tuple[str, ...]
    key: str = ""
    kind: str = ""
    target: str = ""
    state: str = ""
    reason: str = ""
    attempts: int = 0
    author: str = ""

    @property
    def is_open(self) -> bool:
        return self.where == "draft" or self.state != "delivered"

    @property
    def half(self) -> str:
        """The text of a follow-up that is not added yet; "" for none."""
        try:
            return str((json.loads(self.text).get("half") or {}).get("text", ""))
        except (ValueError, TypeError, AttributeError):
            return ""

    @property
    def may_not_be_sent(self) -> bool:
        """Whether it is parked for a reason that holds whatever the agent does."""
        return self.state == "parked" and "damaged on this machine" in in_words(reason_of(self.reason))


def _codes(text: str) -> tuple[str, ...]:
    try:
        return tuple(json.loads(text)["codes"])
    except (ValueError, TypeError, LookupError):
        return ()


def held(disk: Disk) -> list[Held] | None:
    """What the disk holds; None when it cannot be read."""
    drafts = disk.read("SELECT interaction_id, body FROM drafts")
    rows = disk.read(
        "SELECT interaction_id, payload, key, kind, target, state, reason, attempts, author FROM outbox ORDER BY id"
    )
    if drafts is None or rows is None:
        return None
    return [
        *(Held("draft", one, body, _codes(body)) for one, body in drafts),
        *(Held("row", one, text, _codes(text), *rest) for one, text, *rest in rows),
    ]


TEXTS = {"draft": ("drafts", "body", "interaction_id"), "row": ("outbox", "payload", "key")}
"""Where texts lie that a flipped bit may change: table, column, and what names a row."""


def write_old_file(
    disk: Disk, contact: str, note: str, callback: str, customer_id: str | None, at: float, *, parked: bool
) -> None:
    """The file as the version before records in progress left it: one draft, or what it parked of one."""
    connection = sqlite3.connect(disk.path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for version, statements in enumerate(MIGRATIONS[:3], start=1):
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")
    follow_ups = [{"kind": "callback", "text": callback, "due": at + 3600.0, "to": ""}]
    words = {"note": note, "codes": [], "follow_ups": follow_ups}
    if parked:
        nobody = {"agent_id": "agent-1", "agent_name": "Name of agent-1", "channel": "", "queue": "", "address": ""}
        times = {"started_at": at, "ended_at": at, "experts": [], "code_labels": []}
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, contact))
        record = {**words, **nobody, **times, "key": key, "interaction_id": contact, "customer_id": customer_id}
        payload = canonical_json(record)
        parts = (key, "wrap_up", contact, "crm:alpha", payload, hashlib.sha256(payload.encode()).hexdigest(), at)
        reason = "the contact was gone when this desktop came back, before the note was finished"
        connection.execute(
            "INSERT INTO outbox (key, kind, interaction_id, target, payload, sha256, created_at, seal, state, reason,"
            " attempts, not_before, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'parked', ?, 0, 0, '')",
            (*parts, seal(*parts), reason),
        )
    else:
        fields = (contact, customer_id, canonical_json(words), 1, at)
        connection.execute("INSERT INTO drafts VALUES (?, ?, ?, ?, ?, ?)", (*fields, seal(*fields)))
    connection.close()
    disk.writes += 1


async def erase(disk: Disk, clock: Callable[[], float], customer_id: str, addresses: Sequence[str]) -> bool:
    """As `erase CUSTOMER --address … --unsent` does, with the desktop closed; False when the disk would not."""
    try:
        store = await opened_store(disk.path, clock)
    except StoreError:
        return False
    try:
        await store.erase_customer(customer_id, addresses)
    except StoreError:
        return False
    finally:
        await store.close()
    for aside in disk.folder.glob("*.damaged-*"):
        aside.unlink()  # nobody knows whose words are in it
    return True


# --- The desktop --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Finishing:
    """One press of the key that finishes."""

    contact: str
    entered: tuple[str, ...]  # content keys of all that stood in the panes
    task: "asyncio.Task[None]"
    text: str = ""
    ok: bool | None = None


class Desktop:
    """One run of the desktop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        timing: Timing,
        disk: Disk,
        centre: CentreAdapter,
        crms: Sequence[CrmServer],
        sender: SenderServer,
        write_back: str,
    ) -> None:
        self.loop = loop
        self.disk = disk
        SimulatedWriter.disk = disk
        targets = {server.source: server.target.name for server in crms}
        self.session = Session(
            PROFILE,
            Backends(
                contact_center=centre,
                crm={server.source: CrmAdapter(server) for server in crms},
                messaging={"messaging": SenderAdapter(sender)},
                targets=targets | {"messaging": sender.target.name},
            ),
            lambda: opened_store(disk.path, timing.clock),
            timing=timing,
            write_back=write_back,
        )
        self.hands = Hands(self)
        self.starting: asyncio.Task[None] | None = None

    @property
    def state(self) -> AppState:
        return self.session.store.drain()

    def start(self) -> None:
        self.starting = self.loop.create_task(self.session.start())

    async def close(self) -> None:
        """Leave in good order, as on SIGTERM and on the key that leaves."""
        self.hands.tell()
        if self.starting is not None and not self.starting.done():
            self.starting.cancel()
        await self.session.close()

    def kill(self, survivors: int) -> None:
        """`kill -9`: of what was asked of the disk and not yet done, so many writes were done."""
        if SimulatedWriter.opened is not None:
            SimulatedWriter.opened.killed(survivors)
            SimulatedWriter.opened = None

    async def purge(self) -> None:
        """What the hourly look does."""
        with suppress(StoreError):
            await self.session.local.purge(self.session.clock())

    async def send_parked_again(self, channels: Callable[[str], str]) -> None:
        """The keys for it on the outbox page; what a record lacks is added first."""
        with suppress(StoreError):
            for one in await self.session.outbox.items():
                if one.state != "parked":
                    continue
                with suppress(StoreError, LookupError, ValueError):
                    key = one.key
                    if one.half is not None and one.intact:
                        added = Amendment(follow_ups=(*one.follow_ups, one.half), half=None)
                        key = await self.session.wrap_ups.change(key, added)
                    if CHANNEL in one.missing and (channel := channels(one.interaction_id)):
                        key = await self.session.wrap_ups.change(key, Amendment(channel=channel))
                    await self.session.outbox.retry(key)

    async def discard_parked(self, number: int) -> Held | None:
        """The key for it on the outbox page; what went."""
        with suppress(StoreError, LookupError):
            parked = [row for row in await self.session.outbox.rows() if row.state == "parked"]
            if parked:
                row = parked[number % len(parked)]
                await self.session.outbox.discard(row.key)
                return Held("row", row.interaction_id, row.payload, _codes(row.payload), row.key)
        return None

    async def amend_parked(self, number: int, word: str, code: str, customer: int | None) -> tuple[str, str]:
        """Change a parked row on the outbox page: its contact, and what was changed: "word", "code" or "customer"."""
        with suppress(StoreError, LookupError, ValueError):
            items = [one for one in await self.session.outbox.items() if one.can_change and one.intact]
            mine = [one for one in items if one.author == self.state.me and one.kind in ("record", "wrap_up")]
            if not mine:
                return "", ""
            one = mine[number % len(mine)]
            if customer is not None:
                found = await self.session.pops.find("person")
                match = found[customer % len(found)] if found else None
                if match is None:
                    return "", ""
                await self.session.wrap_ups.change(one.key, Amendment(customer=match))
                return one.interaction_id, "customer"
            if code and code not in one.codes:
                await self.session.wrap_ups.change(one.key, Amendment(codes=(*one.codes, code)))
                return one.interaction_id, "code"
            if word:
                await self.session.wrap_ups.change(one.key, Amendment(note=f"{one.note} {word}".strip()))
                return one.interaction_id, "word"
        return "", ""

    def retry(self) -> None:
        self.session.retry()

    def choose_customer(self, contact: str, number: int) -> None:
        """The number keys, where several customers match."""
        pop = self.state.pops.get(contact)
        if pop is not None and pop.matches:
            self.session.pops.choose(contact, pop.matches[number % len(pop.matches)].customer.id)

    def unlink(self, contact: str) -> None:
        self.session.pops.unlink(contact)

    def search(self, contact: str) -> None:
        self.loop.create_task(self.session.pops.search(contact, "person"))

    # What the agent is told

    def in_memory(self, contact: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
        """Note, codes and texts of follow-ups that the editor would show."""
        kept = self.session.notes.text(contact)
        return None if kept is None else (kept.note, kept.codes, _texts(kept))

    def shown_drafts(self) -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...], bool, str]]:
        """By contact: note, codes, follow-ups, whether "saved" stands over them, and what is wrong."""
        return {
            contact: (
                view.note,
                view.codes,
                _texts(view),
                view.saved_at is not None,
                in_words(view.problem),
            )
            for contact, view in self.state.drafts.items()
        }

    def shown_outbox(self) -> tuple[int, int]:
        """How much waits and how much is parked, as the screen says."""
        outbox = self.state.outbox
        return outbox.waiting, outbox.parked

    @property
    def knows_outbox(self) -> bool:
        """Whether it has read its outbox."""
        return self.session._file.taken_up.is_set()

    def linked(self, contact: str) -> tuple[str, ...] | None:
        """The records of the customer that the contact is linked to; None while that is not known."""
        pop = self.state.pops.get(contact)
        if pop is None or (pop.match is None and pop.answer.value in ("searching", "could_not_ask")):
            return None
        return pop.match.ids if pop.match is not None else ()

    def crm_of(self, customer_id: str, crms: Sequence[CrmServer]) -> str:
        """The target that a record's id belongs to."""
        name, colon, _ = customer_id.partition(":")
        return f"crm:{name}" if colon else crms[0].target.name

    @staticmethod
    def promises_delivery(text: str) -> bool:
        """Whether what finishing answers says that the record is being delivered."""
        return "is being sent" in text or "has the note" in text

    @staticmethod
    def promises_keeping(text: str) -> bool:
        """Whether an answer says that the words are kept on this machine."""
        return "safe in the outbox" in text or "The note is safe here" in text

    @property
    def has_broken_part(self) -> bool:
        return any(in_words(notice.text).startswith("A part of the desktop stopped") for notice in self.state.notices)


# --- The agent's hands on the panes -------------------------------------------------------------------------------


class _NotePane:
    """As `NotePane`: one editor for the selected contact."""

    def __init__(self, hands: "Hands") -> None:
        self.hands = hands
        self.of: str | None = None
        self.known = ""
        self.text = ""
        self.has_focus = False
        self.read_only = True

    def draw(self, view: View) -> None:
        draft = view.state.drafts.get(view.selected or "")
        back = self.read_only and view.interaction is not None and draft is None
        if view.selected != self.of or back:
            self.tell()
            self.of = view.selected
            now = self.hands.session.notes.text(view.selected) if view.selected else None
            self.known = self.text = now.note if now else ""
        self.read_only = view.interaction is None

    def close_note(self, contact: str) -> None:
        self.read_only = self.read_only or contact == self.of

    def replace_note(self, contact: str, text: str) -> None:
        if contact == self.of and text != self.text:
            self.known = self.text = text

    def tell(self) -> None:
        if self.of is not None and self.text != self.known:
            self.known = self.text
            self.hands.session.notes.edit(self.of, self.text)


@dataclass(slots=True)
class _Writing:
    kind: str
    text: str
    to: str
    due: float | None


class _Editor:
    """As `FollowUpEditor`: the field for a follow-up. A text is always understood here."""

    def __init__(self, pane: "_WrapUpPane") -> None:
        self.pane = pane
        self.writing: _Writing | None = None
        self.told = ""

    @property
    def half(self) -> FollowUp | None:
        one = self.writing
        return None if one is None else FollowUp(one.kind, one.text, one.due, one.to)

    def tell(self) -> None:
        if self.writing is not None and self.writing.text != self.told:
            self.told = self.writing.text
            self.pane.change(half=self.half)

    def put_aside(self) -> None:
        self.tell()
        self.writing, self.told = None, ""

    def commit(self) -> bool:
        half, self.writing, self.told = self.half, None, ""
        if half is None:
            return False
        self.pane.change(follow_ups=(*self.pane.added, half), half=None)
        return True

    def leave(self) -> str:
        half, self.writing, self.told = self.half, None, ""
        if half is None:
            return ""
        self.pane.change(half=None)
        return half.text

    def draw(self) -> None:
        half = self.pane.half
        if self.writing is not None and half is None and self.told == self.writing.text:
            self.writing, self.told = None, ""  # it left with its record
        if self.writing is None and half is not None:
            self.writing, self.told = _Writing(half.kind, half.text, half.to, half.due), half.text


class _WrapUpPane:
    """As `WrapUpPane`: it shows what is in memory, and says what changes."""

    def __init__(self, hands: "Hands") -> None:
        self.hands = hands
        self.view: View | None = None
        self.of: str | None = None
        self.is_open = False
        self.opened_for: str | None = None
        self.editor = _Editor(self)

    @property
    def record(self) -> DraftView | None:
        return self.hands.session.notes.text(self.of) if self.of is not None else None

    @property
    def codes(self) -> tuple[str, ...]:
        return self.record.codes if self.record is not None else ()

    @property
    def added(self) -> tuple[FollowUp, ...]:
        return self.record.follow_ups if self.record is not None else ()

    @property
    def half(self) -> FollowUp | None:
        return self.record.half if self.record is not None else None

    def open(self) -> None:
        self.is_open = True
        if self.view is not None:
            self.opened_for = self.view.selected
            self.draw(self.view)

    def close(self) -> None:
        self.is_open = False
        self.opened_for = None
        self.editor.put_aside()

    def draw(self, view: View) -> None:
        if view.selected != self.of:
            self.editor.put_aside()
            self.of = view.selected
        if view.interaction is not None and self.is_open:
            self.editor.draw()

    def change(self, **changes: Any) -> None:
        if self.of is not None:
            self.hands.session.notes.edit(self.of, **changes)


class Hands:
    """What the keys do, and which contact they do it to: `AgentScreen`, the two panes and their messages."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.session = desktop.session
        self.loop = desktop.loop
        self.state = AppState()
        self.selected: str | None = None
        self.note = _NotePane(self)
        self.wrap_up = _WrapUpPane(self)
        self.finishing: list[Finishing] = []
        self.told: Callable[[Finishing], None] = lambda press: None
        self._wrapping: str | None = None
        self._left: str | None = None
        self._frame_wanted = False
        self._seen: tuple[tuple[object, ...], tuple[object, ...]] = ((), ())
        self.session.store.on_pending = self._request_frame
        self.session.notes.collect, self.session.notes.replaced = self.tell, self.note.replace_note
        self.session.notes.note_closed = self.note.close_note

    # The screen

    def _request_frame(self) -> None:
        if not self._frame_wanted:
            self._frame_wanted = True
            self.loop.call_later(FRAME, self._frame)

    def _frame(self) -> None:
        self._frame_wanted = False
        self._show(self.session.store.drain())

    def _view(self) -> View:
        return View(self.state, self.selected, self.session.store.now())

    def _show(self, state: AppState) -> None:
        self.state = state
        self._keep_selection()
        view = self._view()
        interaction, drafts, selected = view.interaction, state.drafts, view.selected or ""
        looks = (
            (view.selected, drafts.get(selected), interaction.phase if interaction else None),
            (interaction, drafts.get(selected), state.pops.get(selected), state.codes),
        )
        self.wrap_up.view = view
        if not _same(looks[0], self._seen[0]):
            self.note.draw(view)
        if not _same(looks[1], self._seen[1]):
            self.wrap_up.draw(view)
        self._seen = looks
        self._follow_phase(view)

    def _keep_selection(self) -> None:
        work = self._work()
        if self.selected is not None:
            if self.selected in self.state.unfinished:
                self._left = self.selected
            if any(one.id == self.selected for one in work):
                return
            if self.selected == self._left and self.note.has_focus:
                return
        self._left = None
        self.selected = work[0].id if work else None

    def _work(self) -> tuple[Interaction, ...]:
        return (*select.mine(self.state), *self.state.unfinished.values())

    def _follow_phase(self, view: View) -> None:
        interaction = view.interaction
        if self.wrap_up.is_open and (self.wrap_up.opened_for != view.selected or interaction is None):
            self.wrap_up.close()
        wanted = interaction.id if interaction is not None and interaction.phase is Phase.WRAP_UP else None
        if wanted is not None and wanted != self._wrapping:
            self.wrap_up.open()
        self._wrapping = wanted

    def tell(self) -> None:
        """Hand over the last keys."""
        self.note.tell()
        self.wrap_up.editor.tell()

    # The keys: each says whether anything came of it

    def turn_to(self, contact: str) -> bool:
        """Select a contact; the screen shows it with the next frame."""
        if not any(one.id == contact for one in self._work()):
            return False
        if contact != self.selected:
            self.selected = contact
            self.note.has_focus = False
            self._show(self.state)
        return True

    @property
    def on_desk(self) -> Interaction | None:
        return self._view().interaction

    def codes(self) -> tuple[str, ...]:
        """The codes that are chosen."""
        return self.wrap_up.codes

    @property
    def was_handed_over(self) -> bool:
        """Whether the wrap-up of this contact was finished before, and what is added needs no code."""
        return self.selected in self.state.handed_over

    def type(self, word: str) -> bool:
        """Type a word at the end of the note."""
        if self.note.read_only or self.note.of != self.selected or self.selected is None:
            return False
        self.note.has_focus = True
        self.note.text = f"{self.note.text} {word}" if self.note.text else word
        self.loop.call_soon(self.note.tell)
        return True

    def delete_word(self) -> str:
        """Take the last word of the note back; "" when there is none."""
        words = self.note.text.split()
        if self.note.read_only or not words:
            return ""
        self.note.has_focus = True
        self.note.text = " ".join(words[:-1])
        self.loop.call_soon(self.note.tell)
        return words[-1]

    def planned(self) -> tuple[str, ...]:
        """The texts of the follow-ups, the one in the field included."""
        return _texts(self.wrap_up.record) if self.wrap_up.record is not None else ()

    def take_code(self, code: str) -> tuple[bool, tuple[str, ...]]:
        """Choose a code; says whether it was taken, and which others it took the place of."""
        interaction = self.on_desk
        pane = self.wrap_up
        if interaction is None or code in pane.codes or interaction.phase not in (Phase.ACTIVE, Phase.WRAP_UP):
            return False, ()
        if interaction.wrap_up_rule.codes is CodeRule.NONE:
            return False, ()
        self._to_wrap_up()
        many = interaction.wrap_up_rule.codes is CodeRule.MANY
        gone = () if many else pane.codes
        pane.change(codes=(*pane.codes, code) if many else (code,))
        return True, gone

    def drop_code(self) -> str:
        """Backspace in the empty field of codes: the last one goes; the code."""
        pane = self.wrap_up
        if not pane.codes or self.on_desk is None:
            return ""
        gone = pane.codes[-1]
        pane.change(codes=pane.codes[:-1])
        return gone

    def begin(self, kind: str, text: str) -> bool:
        """Type a follow-up without adding it."""
        interaction, pane = self.on_desk, self.wrap_up
        if interaction is None or interaction.phase not in (Phase.ACTIVE, Phase.WRAP_UP) or pane.half is not None:
            return False
        self._to_wrap_up()
        if pane.view is None or pane.of != interaction.id or pane.editor.writing is not None:
            return False
        to = ""
        if kind in ("sms", "email"):
            if text_message.refusal(pane.view, interaction.id):
                return False
            to = text_message.number_of(pane.view, interaction.id)
        due = self.session.store.now() + 3600.0 if kind in ("callback", "task") else None
        pane.editor.writing = _Writing(kind, text, to, due)
        pane.editor.tell()
        return True

    def add(self) -> bool:
        """Enter: what is being typed is added."""
        return self.on_desk is not None and self.wrap_up.editor.commit()

    def escape(self) -> str:
        """Esc, out of the field: what is being typed is discarded; its text."""
        self.note.has_focus = False
        return self.wrap_up.editor.leave() if self.on_desk is not None else ""

    def drop_follow_up(self) -> str:
        """Backspace in the empty field: the last one goes; its text."""
        pane = self.wrap_up
        if pane.half is not None or not pane.added or self.on_desk is None:
            return ""
        gone = pane.added[-1]
        pane.change(follow_ups=pane.added[:-1])
        return gone.text

    def finish(self, entered: Callable[[str, Sequence[str], Sequence[str]], tuple[str, ...]]) -> Finishing | None:
        """Press the key that finishes. `entered`: content keys of contact, words and codes."""
        interaction = self.on_desk
        if interaction is None:
            return None
        unfinished = interaction.id in self.state.unfinished
        if interaction.phase not in (Phase.WRAP_UP, Phase.CLOSED) and not unfinished:
            return None
        pane, note = self.wrap_up, self.note
        problems = select.wrap_up_problems(self.state, interaction, pane.codes, note.text)
        if problems and not unfinished:
            return None
        pane.editor.commit()
        note.tell()
        call = self.session.wrap_ups.finish(interaction.id)
        texts = [*note.text.split(), *(one.text for one in pane.added)]
        return self._press(interaction.id, entered(interaction.id, texts, pane.codes), call)

    def _press(self, contact: str, entered: tuple[str, ...], call: Awaitable[Any]) -> Finishing:
        async def wait() -> None:
            result = await call
            press.ok, press.text = result.ok, in_words(result.text)
            self.told(press)

        press = Finishing(contact, entered, self.loop.create_task(wait()))
        self.finishing.append(press)
        return press

    def _to_wrap_up(self) -> None:
        self.note.has_focus = False
        if not self.wrap_up.is_open:
            self.wrap_up.open()


def _texts(view: DraftView) -> tuple[str, ...]:
    half = () if view.half is None else (view.half,)
    return tuple(one.text for one in (*view.follow_ups, *half))


def _same(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
