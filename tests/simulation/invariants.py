"""What must hold at every moment, and at the end."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from desktop.domain.entities.customer import WrapUpRecord
from tests.simulation import under_test
from tests.simulation.far_side import FOR_ONE
from tests.simulation.ledger import ACTIONS, TOKEN, Arrived, Contact, Entry, content_key, key_of
from tests.simulation.under_test import Finishing, Held

if TYPE_CHECKING:
    from tests.simulation.world import World

PROMPT = 6.0
"""Seconds within which a row leaves when nothing is wrong with its target."""
PATIENT = 340.0
"""And after its target was ill: the longest pause between two tries, and a little."""
NOT_KEPT = 40.0
"""Seconds for which words may be unsaved although the disk works."""
UNEQUAL = 1.0


class Violation(AssertionError):
    """Something does not hold. `rule` names what; the same fault always has the same rule."""

    def __init__(self, rule: str, what: str) -> None:
        super().__init__(f"{rule}: {what}")
        self.rule = rule
        self.what = what


class Invariants:
    """Looks at the disk, at the far sides and at what the agent is shown."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.step = 0
        self.taken_up = False
        self._found: Violation | None = None
        self._held: list[Held] = []
        self._in_rows: set[str] = set()
        self._on_disk: set[str] = set()  # content keys of drafts and of what is not delivered
        self._drafts: dict[str, Held] = {}
        self._looked_at = -1
        self._open: dict[int, Entry] = {}  # saved and nowhere else than here
        self._seen_entries = 0
        self._unsaved: dict[int, Entry] = {}
        self._seen_sent = 0
        self._seen_callbacks = 0
        self._seen_made = [0] * len(world.crms)
        self._waiting_since: dict[str, float] = {}
        self._unequal_since: float | None = None
        self._spoilt: set[str] = set()  # contacts whose text on the disk was changed by a flipped bit
        self._spoilt_rows: set[str] = set()

    # The disk

    def held(self) -> list[Held]:
        """What is on the disk now."""
        self.look_at_disk()
        return self._held

    def look_at_disk(self) -> None:
        """Read it again if anything was written."""
        disk = self.world.disk
        if disk.writes == self._looked_at:
            return
        found = under_test.held(disk)
        if found is None:
            return
        self._looked_at = disk.writes
        self._held = found
        self._in_rows = set()
        self._on_disk = set()
        self._drafts = {}
        for one in found:
            if not one.is_open:
                continue
            if one.where == "draft":
                self._drafts[one.contact] = one
                self._on_disk |= _keys(one.contact, one.text, one.codes)
            else:
                known = self.world.ledger.contacts.get(one.contact) if one.kind == "wrap_up" else None
                if known is not None and not known.first_key:
                    known.first_key, known.first_is_empty = one.key, not _keys(one.contact, one.text, one.codes)
                self._in_rows |= _keys(one.contact, one.text, one.codes)
        self._on_disk |= self._in_rows

    # Records that come in

    def arrived(self, target: str, record: WrapUpRecord) -> None:
        """A CRM took a record it did not have. What is wrong with it is told at the next look: here nobody listens."""
        try:
            self._look_at_record(target, record)
        except Violation as found:
            self._found = self._found or found

    def _look_at_record(self, target: str, record: WrapUpRecord) -> None:
        ledger = self.world.ledger
        contact = ledger.contacts.get(record.interaction_id)
        if contact is None:
            raise Violation("altered", f"a record about {record.interaction_id!r}, which never was")
        texts = [*record.note.split(), *(one.text for one in record.follow_ups)]
        entries = [self._known(contact, text, "record") for text in texts]
        words = [entry.number for entry in entries[: len(record.note.split())] if entry.kind == "word"]
        if words != sorted(words):
            raise Violation("altered", f"the words of {contact.id} came in another order: {record.note}")
        for code in record.codes:
            entry = contact.entries.get(key_of("code", code))
            if entry is None:
                raise Violation("altered", f"code {code} of {contact.id} was never chosen")
            self._may_go(entry, "record")
            entries.append(entry)
        for entry in entries:
            authors = contact.chosen_by[entry.token] if entry.kind == "code" else {entry.author}
            if record.agent_id not in authors and not contact.is_old:
                raise Violation("another's name", f"{entry.token} of {entry.author} came as {record.agent_id}'s")
        if not entries and record.agent_id not in ("agent-1", "agent-2"):
            raise Violation("another's name", f"an empty record of {record.agent_id!r}")
        expected = (contact.channel, contact.queue, contact.address)
        told = (record.channel, record.queue, record.address)
        if told != expected and not (contact.is_old and told == (contact.channel, "", "")):
            raise Violation(
                "facts of the contact",
                f"{contact.id} is {expected}, its record says {told}",
            )
        content = frozenset([*texts, *(content_key(contact.id, "code", code) for code in record.codes)])
        self._second(contact, target, record.key, content)
        contact.records.append(Arrived(target, record.key, content))
        for key in content:
            ledger.delivered.setdefault(key, set()).add(target)
        for number in [number for number, entry in self._open.items() if _key(entry) in content]:
            del self._open[number]

    def _second(self, contact: Contact, target: str, key: str, content: frozenset[str]) -> None:
        everywhere = self.world.setting.write_back == "first"
        before = [one for one in contact.records if everywhere or one.target == target]
        if not before:
            return
        # The first may be empty, and be sent again under another key after it was refused.
        is_first = contact.was_erased or (contact.first_is_empty and all(one.content for one in before))
        if not content and not is_first and key != contact.first_key and contact.id not in self._spoilt:
            raise Violation("empty", f"a second, empty record of {contact.id} at {target}")
        for one in before:
            again = {key for key in one.content & content if not self._was_chosen_again(contact, key, before)}
            if not again:
                continue
            lacking = [key for key in one.content - content if not self._was_removed(contact, key)]
            denied = any(one.key in crm.target.denied for crm in self.world.crms)
            if contact.was_amended and (denied or self.world.lives > 1):
                continue  # no answer came, or it was killed: what was refused after that may be there all the same
            if lacking or content == one.content:
                where = f"at {one.target} and {target}"
                raise Violation("doubled", f"{sorted(again)} of {contact.id} came twice, {where}")

    def _was_chosen_again(self, contact: Contact, key: str, before: Sequence[Arrived]) -> bool:
        """Whether a code came no more often than the agent chose it, seeing none."""
        code = key.partition("/")[2]
        return bool(code) and sum(key in one.content for one in before) < contact.chosen.get(code, 0)

    def _was_removed(self, contact: Contact, key: str) -> bool:
        token = key.partition("/")[2] or key
        entry = contact.entries.get(("code" if "/" in key else "text", token))
        return entry is not None and bool(entry.removed)

    def _known(self, contact: Contact, text: str, where: str) -> Entry:
        entry = self.world.ledger.tokens.get(text)
        if entry is None or entry.contact != contact.id:
            raise Violation("altered", f"{text!r} came in a {where} of {contact.id}; nobody entered it there")
        self._may_go(entry, where)
        return entry

    def _may_go(self, entry: Entry, where: str) -> None:
        chosen_again = entry.kind == "code" and self.world.ledger.contacts[entry.contact].chosen[entry.token] > 1
        if entry.removed == "final" and not chosen_again:
            raise Violation("sent though taken back", f"{entry.kind} {entry.token} in a {where}")
        if entry.removed == "unsaved" and where != "record":
            raise Violation("sent though taken back", f"{entry.kind} {entry.token} as {where}")
        if entry.forgiven == "erased":
            raise Violation("sent though erased", f"{entry.kind} {entry.token} in a {where}")

    # Follow-ups that were done

    def _look_at_deeds(self) -> None:
        world = self.world
        for message in world.sender.sent[self._seen_sent :]:
            entry = self._done(message.text, message.channel.value, world.sender.target.name)
            contact = world.ledger.contacts[entry.contact]
            numbers = {contact.address, *self._numbers(contact)}
            if message.to not in numbers:
                raise Violation("facts of the contact", f"{message.text} of {contact.id} went to {message.to!r}")
        self._seen_sent = len(world.sender.sent)
        for contact_id, queue, address, note in world.centre.asked_back[self._seen_callbacks :]:
            entry = self._done(note, "callback", world.centre.target.name)
            contact = world.ledger.contacts[entry.contact]
            if (contact_id, queue, address) != (contact.id, contact.queue, contact.address):
                raise Violation("facts of the contact", f"callback {note}: {(contact_id, queue, address)}")
        self._seen_callbacks = len(world.centre.asked_back)
        for place, crm in enumerate(world.crms):
            for made in crm.made[self._seen_made[place] :]:
                entry = self._done(made.text, made.kind, crm.target.name)
                contact = world.ledger.contacts[entry.contact]
                if not any(one.partition(":")[2] in (made.customer_id, "") or one == made.customer_id
                           for one in contact.ever_linked):  # fmt: skip
                    raise Violation("facts of the contact", f"{made.text} of {contact.id} for {made.customer_id}")
            self._seen_made[place] = len(crm.made)

    def _numbers(self, contact: Contact) -> Iterable[str]:
        own = {one.partition(":")[2] or one for one in contact.ever_linked}
        for crm in self.world.crms:
            for customer in crm.customers:
                if customer.id in own:
                    yield from (address.value for address in customer.addresses)

    def _done(self, text: str, kind: str, target: str) -> Entry:
        entry = self.world.ledger.tokens.get(text)
        if entry is None or entry.kind != kind:
            raise Violation("altered", f"{kind} {text!r} was never planned")
        self._may_go(entry, kind)
        done = self.world.ledger.acted.setdefault(text, [])
        done.append(target)
        if len(done) > 1 + self.world.ledger.sent_again.get(text, 0):
            raise Violation("doubled", f"{kind} {text} was done {len(done)} times, at {done}")
        return entry

    # What happened to the file or to the run

    def damaged(self, one: Held) -> None:
        """A flipped bit changed this text: it need not be delivered, but must not be delivered as something else."""
        keys = _keys(one.contact, one.text, one.codes)
        for entry in self.world.ledger.entries:
            if entry.contact == one.contact and _key(entry) in keys:
                self._forgive(entry, "damaged")
        self._spoilt.add(one.contact)
        self._spoilt_rows.add(one.key)
        self._looked_at = -1
        self._unequal_since = None

    def discarded(self, one: Held) -> None:
        """The agent discarded a parked row: what it held need not be delivered any more."""
        keys = _keys(one.contact, one.text, one.codes)
        for entry in self.world.ledger.entries:
            if entry.contact == one.contact and _key(entry) in keys:
                self._forgive(entry, "discarded")
        self._looked_at = -1

    def attached(self, contact: Contact) -> None:
        """The agent said of a parked record whom it is about: its follow-ups may be for them, or for nobody."""
        for crm in self.world.crms:
            prefix = crm.source.partition(":")[2]
            contact.ever_linked.update(f"{prefix}:{one.id}" if prefix else one.id for one in crm.customers)
        contact.required = set()
        for entry in contact.entries.values():
            entry.link_stays = False

    def all_damaged(self) -> None:
        """The file was destroyed: what is nowhere else may be gone."""
        for entry in self.world.ledger.entries:
            self._forgive(entry, "damaged")
        for contact in self.world.ledger.contacts.values():
            self._spoilt.add(contact.id)
        self._held, self._in_rows, self._on_disk, self._drafts = [], set(), set(), {}
        self._looked_at = -1
        self._unequal_since = None

    def erased(self, ids: Sequence[str], name: str, numbers: Sequence[str], named: bool, own: Sequence[str]) -> None:
        """A customer was erased: no byte of theirs may be left.

        `numbers`: the customer's, and whether they were named; `own`: those named that nobody shares.
        """
        addresses = numbers if named else ()
        known = set(ids)
        # Of several CRMs' cards only those are found that the file shows to be the same customer's.
        words: list[str] = [name, *own] if named or len(ids) == 1 else []
        for contact in self.world.ledger.contacts.values():
            named_too = (
                not contact.linked
                and not contact.was_amended
                and not contact.is_old  # an earlier version kept no address of it
                and contact.address in addresses
                and bool(contact.address)
            )
            theirs = ids[0] in contact.linked or named_too
            perhaps = theirs or bool(known & contact.ever_linked) or contact.address in numbers
            if not perhaps:
                continue
            contact.was_erased = True
            for entry in self.world.ledger.entries:
                if entry.contact == contact.id:
                    if theirs and not entry.forgiven and entry.kind != "code":
                        words.append(entry.token)
                    self._forgive(entry, "erased" if theirs else "perhaps erased")
        self._looked_at = -1
        for file, content in self.world.disk.files().items():
            for word in words:
                if word.encode() in content:
                    raise Violation("traces after erasing", f"{word!r} of {sorted(known)} is still in {file}")

    def _forgive(self, entry: Entry, why: str) -> None:
        if not entry.forgiven or why == "erased":
            entry.forgiven = why
        self._open.pop(entry.number, None)
        self._unsaved.pop(entry.number, None)

    def run_ended(self) -> None:
        """The desktop is not running any more."""
        self.taken_up = False
        self._waiting_since.clear()
        self._unequal_since = None

    def closed_in_order(self) -> None:
        """It left in good order, on a disk that works: everything is on it."""
        self._take_entries()
        self._looked_at = -1
        self.look_at_disk()
        for entry in list(self._unsaved.values()):
            if _key(entry) not in self._on_disk and _key(entry) not in self.world.ledger.delivered:
                raise Violation("lost", f"{entry.kind} {entry.token} of {entry.contact} was not saved on leaving")
            self._is_saved(entry)

    # At every moment

    def check(self) -> None:
        """Everything that must hold at every moment.

        Raises:
            Violation: something does not.
        """
        if self._found is not None:
            raise self._found
        self._look_at_deeds()
        self._take_entries()
        self.look_at_disk()
        desktop = self.world.desktop
        if desktop is not None:
            self.taken_up = self.taken_up or desktop.knows_outbox
            self._look_at_screen()
            self._look_at_rows()
        self._nothing_lost()
        for target in self.world.targets:
            for key, times in target.answered.items():
                if times > 1:
                    raise Violation("sent again", f"{target.name} had taken {key} and was sent it {times} times")

    def _take_entries(self) -> None:
        entries = self.world.ledger.entries
        for entry in entries[self._seen_entries :]:
            self._unsaved[entry.number] = entry
        self._seen_entries = len(entries)

    def _is_saved(self, entry: Entry) -> None:
        self._unsaved.pop(entry.number, None)
        if not entry.saved and not entry.forgiven:
            entry.saved = True
            if entry.stands and _key(entry) not in self.world.ledger.delivered:
                self._open[entry.number] = entry

    def _nothing_lost(self) -> None:
        for number, entry in list(self._open.items()):
            if entry.removed or entry.forgiven:
                del self._open[number]
            elif _key(entry) not in self._on_disk:
                raise Violation("lost", f"{entry.kind} {entry.token} of {entry.contact} was saved and is gone")

    def _look_at_screen(self) -> None:
        world, desktop = self.world, self.world.desktop
        assert desktop is not None
        if desktop.has_broken_part:
            raise Violation("a part stopped", "a part of the desktop stopped because of a mistake in it")
        shown = desktop.shown_drafts()
        for contact_id, (note, codes, follow_ups, saved, _) in shown.items():
            contact = world.ledger.contacts.get(contact_id)
            if contact is None or not saved:
                continue
            keys = {*note.split(), *follow_ups, *(content_key(contact_id, "code", code) for code in codes)}
            draft = self._drafts.get(contact_id)
            if contact_id not in self._spoilt and (draft is None or _keys(contact_id, draft.text, draft.codes) != keys):
                raise Violation("said saved", f"{contact_id}: {sorted(keys)} is shown as saved, the disk has {draft}")
            for entry in contact.entries.values():
                if _key(entry) in keys:
                    if not entry.saved and not entry.removed:
                        self._is_saved(entry)
                elif entry.removed == "unsaved":
                    entry.removed = "final"
        for number, entry in list(self._unsaved.items()):
            if entry.removed or entry.forgiven:
                del self._unsaved[number]
                continue
            if _key(entry) in self._in_rows or _key(entry) in world.ledger.delivered:
                self._is_saved(entry)
                continue
            self._is_somewhere(entry)
            ok_since = max(entry.at, world.disk.bad_at, world.started_at)
            if not world.disk.is_ill and world.now() - ok_since > NOT_KEPT:
                raise Violation("not kept", f"{entry.token} is not saved for {NOT_KEPT:.0f} s though the disk works")
        self._look_at_links()
        if self.taken_up and not world.disk.is_ill:
            rows = [one for one in self._held if one.where == "row"]
            there = (sum(one.state == "waiting" for one in rows), sum(one.state == "parked" for one in rows))
            if there == desktop.shown_outbox():
                self._unequal_since = None
            elif self._unequal_since is None:
                self._unequal_since = world.now()
            elif world.now() - max(self._unequal_since, world.disk.bad_at) > UNEQUAL and not self._spoilt_rows:
                raise Violation("counts", f"the screen says {desktop.shown_outbox()}, the disk {there}")

    def _is_somewhere(self, entry: Entry) -> None:
        """What was typed and not saved yet is at least in memory while the desktop runs."""
        key = _key(entry)
        if key in self._on_disk or key in self.world.ledger.delivered:
            return
        desktop = self.world.desktop
        assert desktop is not None
        kept = desktop.in_memory(entry.contact)
        if kept is not None:
            note, codes, follow_ups = kept
            if entry.kind == "code" and entry.token in codes:
                return
            if entry.token in follow_ups or entry.token in note.split():
                return
        raise Violation("lost", f"{entry.kind} {entry.token} of {entry.contact} is nowhere, and nothing was killed")

    def _look_at_links(self) -> None:
        world, desktop = self.world, self.world.desktop
        assert desktop is not None
        for contact_id in set(world.slots.values()):
            contact = world.ledger.contacts[contact_id]
            linked = desktop.linked(contact_id)
            if linked is None:
                continue
            if linked != contact.linked:
                if contact.linked:
                    for entry in contact.entries.values():
                        if entry.linked != linked:
                            entry.link_stays = False
                contact.linked = linked
                contact.ever_linked.update(linked)
            if desktop.in_memory(contact_id) is None or contact.first_key:
                continue  # nothing is in progress, or it was handed over with what was known then
            crms = {desktop.crm_of(one, world.crms) for one in linked}
            contact.required = crms if contact.required is None else contact.required & crms

    def told(self, press: Finishing) -> None:
        """The agent is told what became of finishing. What is wrong with it is told at the next look."""
        try:
            self._look_at_answer(press)
        except Violation as found:
            self._found = self._found or found

    def _look_at_answer(self, press: Finishing) -> None:
        world, desktop = self.world, self.world.desktop
        if desktop is None or not (press.ok or desktop.promises_keeping(press.text)):
            return
        self._take_entries()
        self.look_at_disk()
        contact = world.ledger.contacts[press.contact]
        going = set()
        for one in self._held:
            if one.where == "row" and one.contact == contact.id and one.state != "parked":
                going |= _keys(one.contact, one.text, one.codes)
        for key in press.entered:
            token = key.partition("/")[2] or key
            entry = contact.entries.get(("code" if "/" in key else "text", token))
            if entry is None or entry.removed or entry.forgiven or contact.id in self._spoilt:
                continue
            if key in world.ledger.delivered:
                self._is_saved(entry)
                continue
            if desktop.promises_delivery(press.text) and key not in going:
                raise Violation("said on its way", f"{press.text!r}, but {key} of {contact.id} goes nowhere")
            if key not in self._on_disk:
                raise Violation("said kept", f"{press.text!r}, but {key} of {contact.id} is nowhere")
            self._is_saved(entry)

    def _look_at_rows(self) -> None:
        world = self.world
        now = world.now()
        waiting: dict[str, float] = {}
        ill = world.disk.is_ill
        targets = {target.name: target for target in world.targets}
        for one in self._held:
            target = targets.get(one.target)
            if one.state == "parked" and not one.reason.strip():
                raise Violation("parked without a reason", f"{one}")
            if one.where != "row" or one.state != "waiting" or target is None:
                continue
            since = self._waiting_since.get(one.key, now)
            waiting[one.key] = since
            if ill or target.is_ill or target.rows.get(one.contact) in FOR_ONE or not self.taken_up:
                waiting[one.key] = now
                continue
            if one.author not in ("", world.centre.me):
                waiting[one.key] = now  # it waits for the agent in whose name it goes
                continue
            ok_since = max(since, target.bad_at, world.disk.bad_at, world.started_at)
            allowed = PATIENT if target.bad_in_run or one.attempts else PROMPT
            if now - ok_since > allowed:
                raise Violation(
                    "stuck",
                    f"a {one.kind} of {one.contact} waits for {one.target} for {now - ok_since:.0f} s;"
                    " nothing is wrong with it",
                )
        self._waiting_since = waiting

    # At the end

    def check_end(self) -> None:
        """Everything came to its end.

        Raises:
            Violation: something did not.
        """
        world = self.world
        self.check()
        parked: set[str] = set()
        for one in self._held:
            if not one.is_open:
                continue
            keys = _keys(one.contact, one.text, one.codes)
            anothers = one.author not in ("", world.centre.me)  # sent again, it waits for who wrote it
            if ((one.state == "parked" or anothers) and (one.may_not_be_sent or self._may_stay(one))) or (
                one.where == "draft" and one.contact in self._spoilt
            ):
                parked |= keys
            elif keys or one.where == "row":
                raise Violation("never delivered", f"{one} is still there though everything works")
        for entry in world.ledger.entries:
            if entry.forgiven or entry.removed or not entry.saved:
                if not entry.saved and not entry.forgiven and not entry.removed:
                    raise Violation("lost", f"{entry.kind} {entry.token} of {entry.contact} was never kept")
                continue
            key = _key(entry)
            contact = world.ledger.contacts[entry.contact]
            if contact.entries.get(key_of(entry.kind, entry.token)) is not entry:
                continue  # chosen again later
            there = world.ledger.delivered.get(key, set())
            if not there and key not in parked:
                raise Violation("never delivered", f"{entry.kind} {entry.token} of {entry.contact} is in no record")
            wanted = contact.required if world.setting.write_back == "all" else None
            if there and wanted and not wanted <= there and key not in parked:
                raise Violation("never delivered", f"{key} is at {there} and should be at {wanted}")
            if entry.kind in ACTIONS and not entry.half and entry.token not in world.ledger.acted and key not in parked:
                if contact.is_old:
                    continue  # nobody knows the number any more: it stands in the record
                if entry.kind == "callback" and not contact.withheld:
                    raise Violation("never delivered", f"{entry.kind} {entry.token} of {entry.contact} was never done")
                if entry.kind != "callback" and entry.linked and entry.link_stays:
                    raise Violation("never delivered", f"{entry.kind} {entry.token} of {entry.contact} was never done")

    def _may_stay(self, one: Held) -> bool:
        """Whether what is parked needs the agent: nobody knows whether it went, or nobody agreed to it."""
        for token in TOKEN.findall(one.text):
            entry = self.world.ledger.tokens.get(token)
            if entry is None:
                return True
            may_fail = not self.world.setting.keeps_keys or not entry.link_stays or not entry.linked
            if may_fail and entry.kind in ("sms", "email") and one.target == self.world.sender.target.name:
                return True
            if entry.forgiven:
                return True
        # A record finished once more has the key of the one that was erased, and the CRM refuses that.
        return one.key in self._spoilt_rows or self.world.ledger.contacts[one.contact].was_erased


def _key(entry: Entry) -> str:
    return content_key(entry.contact, entry.kind, entry.token)


def _keys(contact: str, text: str, codes: Iterable[str]) -> set[str]:
    return {*TOKEN.findall(text), *(content_key(contact, "code", code) for code in codes)}
