"""The simulated world: what happens in it, step by step."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktop.app.timing import Timing
from desktop.domain.entities.customer import Customer
from desktop.domain.entities.model import Address, Interaction, WrapUpRule
from desktop.domain.entities.words import Channel, CodeRule, Direction, Phase
from desktop.domain.state.events import Change
from tests.simulation import under_test
from tests.simulation.disk import Disk
from tests.simulation.far_side import (
    AGENTS,
    CODES,
    FOR_ONE,
    REFUSALS,
    SILENT,
    START,
    Centre,
    CentreAdapter,
    CrmServer,
    SenderServer,
    Target,
    customers,
    phone_of,
)
from tests.simulation.invariants import Invariants, Violation
from tests.simulation.ledger import TOKEN, Contact, Ledger, content_key
from tests.simulation.under_test import Desktop
from tests.simulation.virtual_loop import Livelock, VirtualLoop

KEY = 0.03
"""Seconds from one key to the next."""
WHOLE = (*REFUSALS, *SILENT)

Event = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a simulation begins with."""

    crms: int = 1
    write_back: str = "first"
    keeps_keys: bool = True

    @staticmethod
    def any(dice: random.Random) -> "Setting":
        crms = dice.choice((1, 1, 2))
        return Setting(crms, dice.choice(("first", "all")) if crms > 1 else "first", dice.random() < 0.7)


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of contact."""

    channel: Channel
    queue: str
    digit: str
    codes: CodeRule
    withheld: bool = False


SORTS = (
    Sort(Channel.VOICE, "sales", "1", CodeRule.ONE),
    Sort(Channel.CHAT, "help", "2", CodeRule.OPTIONAL_ONE),
    Sort(Channel.VOICE, "help", "1", CodeRule.NONE),
    Sort(Channel.EMAIL, "post", "4", CodeRule.MANY),
    Sort(Channel.VOICE, "sales", "8", CodeRule.OPTIONAL_ONE),
    Sort(Channel.VOICE, "sales", "9", CodeRule.OPTIONAL_ONE, withheld=True),
)


class World:
    """Runs events one after the other and looks after each whether all that must hold does."""

    def __init__(self, setting: Setting, seed: int, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.setting = setting
        self.dice = random.Random(seed)
        self.loop = VirtualLoop(0.0)
        self.wall_ahead = 0.0
        self.disk = Disk(folder)
        self.disk.now = self.now
        self.centre = Centre(self.now)
        two = setting.crms > 1
        self.crms = [CrmServer("crm:alpha" if two else "crm", "crm:alpha", customers("c"), self.now)]
        if two:
            self.crms.append(CrmServer("crm:beta", "crm:beta", customers("d"), self.now))
        self.sender = SenderServer(self.now, keeps_keys=setting.keeps_keys)
        self.ledger = Ledger()
        self.slots: dict[int, str] = {}
        self.back_at: dict[str, float] = {}  # when a contact's hole in the snapshot closed
        self.rung = 0
        self.desktop: Desktop | None = None
        self.started_at = 0.0
        self.lives = 0
        self.invariants = Invariants(self)
        for target in self.targets:
            target.contact_of = self._contact_of
        for crm in self.crms:
            crm.arrived = self.invariants.arrived
        self.start()

    # Time

    def now(self) -> float:
        return self.loop.now

    def wall(self) -> float:
        return START + self.loop.now + self.wall_ahead

    def advance(self, seconds: float) -> None:
        try:
            self.loop.advance(seconds)
        except Livelock as error:
            raise Violation("it never comes to rest", str(error)) from error

    def run(self, work: Any, seconds: float = 60.0) -> Any:
        return self.loop.run(work, seconds)

    # What there is

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.centre.target, *(crm.target for crm in self.crms), self.sender.target)

    def target(self, number: int) -> Target:
        return self.targets[number % len(self.targets)]

    def contact(self, slot: int) -> Contact | None:
        return self.ledger.contacts.get(self.slots.get(slot, ""))

    def at_centre(self, slot: int) -> Interaction | None:
        return self.centre.contacts.get(self.slots.get(slot, ""))

    def _contact_of(self, text: str) -> str:
        entry = self.ledger.tokens.get(text)
        return entry.contact if entry is not None else ""

    # Steps

    def step(self, event: Event) -> None:
        """One event, and a look at everything.

        Raises:
            Violation: something does not hold.
        """
        name, *arguments = event
        self.invariants.step += 1
        getattr(self, f"on_{name}")(*arguments)
        self.advance(KEY)
        self.invariants.check()

    def _turned_to(self, slot: int) -> Contact | None:
        """The contact of a slot, with the agent turned to it; None when it is not on this desk."""
        contact = self.contact(slot)
        if contact is None or self.desktop is None or not self.desktop.hands.turn_to(contact.id):
            return None
        return contact

    # The agent

    def on_type(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is None or self.desktop is None:
            return
        token = self.ledger.next_token("w")
        if self.desktop.hands.type(token):
            self.ledger.add(contact, "word", token, self.now(), self.centre.me)

    def on_delete(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None:
            word = self.desktop.hands.delete_word()
            if word:
                self._take_back(contact, "word", word)

    def on_code(self, slot: int, number: int) -> None:
        contact = self._turned_to(slot)
        if contact is None or self.desktop is None:
            return
        code = f"k{number}"
        taken, gone = self.desktop.hands.take_code(code)
        for one in gone:
            self._take_back(contact, "code", one)
        if taken:
            self.ledger.add(contact, "code", code, self.now(), self.centre.me)

    def on_uncode(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None:
            code = self.desktop.hands.drop_code()
            if code:
                self._take_back(contact, "code", code)

    def on_plan(self, slot: int, kind: str) -> None:
        if self._begin(slot, kind) and self.desktop is not None:
            self.on_add(slot)

    def on_begin(self, slot: int, kind: str) -> None:
        self._begin(slot, kind)

    def _begin(self, slot: int, kind: str) -> bool:
        contact = self._turned_to(slot)
        if contact is None or self.desktop is None:
            return False
        token = self.ledger.next_token("f")
        if not self.desktop.hands.begin(kind, token):
            return False
        entry = self.ledger.add(contact, kind, token, self.now(), self.centre.me, half=True)
        there = self.centre.contacts[contact.id]
        if there.phase is Phase.CLOSED or there.agent_id != self.centre.me or there.id in self.centre.holes:
            entry.link_stays = False  # it has just left, and with it what was known of the customer
        return True

    def on_add(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None and self.desktop.hands.add():
            self._whole(contact)

    def _take_back(self, contact: Contact, kind: str, token: str) -> None:
        self.ledger.take_back(contact, kind, token)
        presses = self.desktop.hands.finishing if self.desktop is not None else ()
        there = self.centre.contacts[contact.id]
        left = there.phase is Phase.CLOSED or there.agent_id != self.centre.me or there.id in self.centre.holes
        left = left or self.now() - self.back_at.get(there.id, -9.0) < 9.0  # it may still be on its way back
        if left or any(one.contact == contact.id and one.ok is None for one in presses):
            for entry in self.ledger.of(contact, kind, token):
                entry.removed = "maybe"  # perhaps too late: it is being handed over, or parked

    def _whole(self, contact: Contact) -> None:
        """What is planned now is to be done; half of one that gave way to another stands in the note."""
        planned = self.desktop.hands.planned() if self.desktop is not None else ()
        for entry in contact.entries.values():
            entry.half = entry.half and entry.token not in planned

    def on_esc(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None:
            text = self.desktop.hands.escape()
            if text:
                self._take_back(contact, "follow-up", text)

    def on_drop(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None:
            text = self.desktop.hands.drop_follow_up()
            if text:
                self._take_back(contact, "follow-up", text)

    def on_select(self, slot: int) -> None:
        self._turned_to(slot)

    def on_finish(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is None or self.desktop is None:
            return
        if self.desktop.hands.finish(self._entered) is not None:
            self._whole(contact)

    def on_finish_twice(self, slot: int) -> None:
        self.on_finish(slot)
        self.on_finish(slot)

    def _entered(self, contact: str, texts: Sequence[str], codes: Sequence[str]) -> tuple[str, ...]:
        return (*texts, *(content_key(contact, "code", code) for code in codes))

    def on_cancel(self) -> None:
        if self.desktop is not None:
            for press in self.desktop.hands.finishing:
                press.task.cancel()

    def on_choose(self, slot: int, number: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None:
            self.desktop.choose_customer(contact.id, number)

    def on_unlink(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None:
            self.desktop.unlink(contact.id)
            contact.linked = ()
            for entry in contact.entries.values():
                entry.link_stays = False

    def on_search(self, slot: int) -> None:
        contact = self._turned_to(slot)
        if contact is not None and self.desktop is not None:
            self.desktop.search(contact.id)

    def on_send_parked(self) -> None:
        if self.desktop is not None:
            for one in self.invariants.held():
                if one.state == "parked" and one.target == self.sender.target.name and not self.sender.keeps_keys:
                    for token in set(TOKEN.findall(one.text)):
                        self.ledger.sent_again[token] = self.ledger.sent_again.get(token, 0) + 1
            self.run(self.desktop.send_parked_again(self._channel_of_old), 20.0)

    def _channel_of_old(self, contact_id: str) -> str:
        """What the agent knows where an earlier version kept no channel; of any other contact it must be known."""
        contact = self.ledger.contacts[contact_id]
        return contact.channel if contact.is_old else ""

    def on_discard_parked(self, number: int) -> None:
        if self.desktop is not None:
            gone = self.run(self.desktop.discard_parked(number), 20.0)
            if gone is not None:
                self.invariants.discarded(gone)

    def on_amend(self, number: int, what: str) -> None:
        """The agent completes a parked record on the outbox page."""
        if self.desktop is None:
            return
        word = self.ledger.next_token("w") if what == "word" else ""
        code = "k3" if what == "code" else ""
        customer = number if what == "customer" else None
        done = self.run(self.desktop.amend_parked(number, word, code, customer), 20.0)
        contact = self.ledger.contacts.get(done[0]) if done else None
        if contact is None:
            return
        contact.was_amended = True
        if done[1] == "customer":
            self.invariants.attached(contact)
        else:
            self.ledger.add(contact, done[1], word or code, self.now(), self.centre.me)
            contact.required = set()  # it was added to one of several copies, perhaps

    def on_retry(self) -> None:
        if self.desktop is not None:
            self.desktop.retry()

    # The contact centre

    def on_ring(self, slot: int, sort: int) -> None:
        known = self.at_centre(slot)
        if known is not None and known.phase is not Phase.CLOSED:
            return
        self.rung += 1
        kind = SORTS[sort % len(SORTS)]
        contact_id = f"i{self.rung}"
        self.slots[slot] = contact_id
        address = Address("phone", "" if kind.withheld else phone_of(kind.digit), kind.withheld)
        at = self.centre.server_time
        self.ledger.contacts[contact_id] = Contact(
            contact_id,
            kind.channel.value,
            kind.queue,
            address.value,
            kind.withheld,
        )
        self.centre.happen(
            Interaction(
                id=contact_id,
                version=1,
                channel=kind.channel,
                direction=Direction.INBOUND,
                phase=Phase.ACTIVE,
                queue=kind.queue,
                customer=address,
                arrived_at=at,
                phase_since=at,
                agent_id=self.centre.me,
                answered_at=at,
                wrap_up_rule=WrapUpRule(codes=kind.codes, note_required=False),
            ),
            Change.CONNECTED,
        )

    def on_hang_up(self, slot: int) -> None:
        known = self.at_centre(slot)
        if known is not None and known.phase is Phase.ACTIVE:
            at = self.centre.server_time
            ended = replace(known, phase=Phase.WRAP_UP, ended_at=at, phase_since=at, wrap_up_deadline=at + 120)
            self.centre.happen(ended, Change.WRAP_UP)

    def on_time_out(self, slot: int) -> None:
        known = self.at_centre(slot)
        if known is not None and known.phase is Phase.WRAP_UP:
            self.centre.happen(replace(known, phase=Phase.CLOSED), Change.CLOSED)

    def on_transfer(self, slot: int) -> None:
        known = self.at_centre(slot)
        if known is not None and known.phase is Phase.ACTIVE:
            other = AGENTS[1] if known.agent_id == AGENTS[0] else AGENTS[0]
            self.centre.happen(replace(known, agent_id=other), Change.UPDATED)

    def on_hole(self, slot: int) -> None:
        known = self.at_centre(slot)
        if known is not None and known.phase is not Phase.CLOSED:
            self.centre.holes.add(known.id)
            self.centre.begin_anew()

    def on_unhole(self, slot: int) -> None:
        known = self.at_centre(slot)
        if known is not None and known.id in self.centre.holes:
            self.centre.holes.discard(known.id)
            self.back_at[known.id] = self.now()
            self.centre.begin_anew()

    def on_centre_restart(self) -> None:
        self.centre.begin_anew()

    # Faults

    def on_break(self, number: int, fault: str) -> None:
        self.target(number).break_for_all(fault)

    def on_once(self, number: int, fault: str, times: int) -> None:
        target = self.target(number)
        target.once = [fault] * times
        target.bad_in_run = True
        target.bad_at = self.now()

    def on_refuse_one(self, number: int, fault: str, slot: int) -> None:
        contact = self.contact(slot)
        if contact is not None and fault in FOR_ONE:
            self.target(number).rows[contact.id] = fault

    def on_heal(self, number: int) -> None:
        self.target(number).heal()

    def on_garble(self, times: int) -> None:
        self.sender.garbled = times

    def on_slow_disk(self, seconds: float) -> None:
        self.disk.break_down(delay=seconds)

    def on_disk(self, failure: str) -> None:
        self.disk.break_down(failure=failure)

    def on_late(self, failure: str) -> None:
        self.disk.break_down(late=failure)

    def on_heal_disk(self) -> None:
        self.disk.heal()

    def on_flip(self, where: str, number: int, place: int) -> None:
        """A byte of a stored text changes to another letter or digit, so that it can still be read."""
        found = [one for one in self.invariants.held() if one.where == where and one.is_open]
        if not found:
            return
        one = found[number % len(found)]
        table, column, named = under_test.TEXTS[where]
        places = [at for at, letter in enumerate(one.text) if letter.isascii() and letter.isdigit()]
        if place % 2:  # a word of the agent's
            words = [(found.start(), found.end()) for found in TOKEN.finditer(one.text)]
            places = [at for at in places if any(start <= at < end for start, end in words)] or places
        if not places:
            return
        at = places[place % len(places)]
        text = one.text[:at] + str((int(one.text[at]) + 1) % 10) + one.text[at + 1 :]
        name = one.contact if named == "interaction_id" else one.key
        with suppress(sqlite3.DatabaseError):  # a destroyed page cannot be changed any more
            self.disk.change(f"UPDATE {table} SET {column} = ? WHERE {named} = ?", text, name)
        self.invariants.damaged(one)

    def on_destroy_page(self, number: int) -> None:
        """One page of the file becomes rubbish while no desktop runs."""
        self.on_kill(99)
        self.disk.destroy_page(number)
        self.invariants.all_damaged()

    # Lives and deaths of the desktop

    def start(self) -> None:
        if self.desktop is not None:
            return
        for target in self.targets:
            target.new_run()
        self.started_at = self.now()
        self.lives += 1
        timing = Timing(self.wall, self.now, _sleep, self.dice.random)
        centre = CentreAdapter(self.centre)
        self.desktop = Desktop(self.loop, timing, self.disk, centre, self.crms, self.sender, self.setting.write_back)
        self.desktop.hands.told = self.invariants.told
        self.desktop.start()
        self.advance(0.3)

    def on_start(self) -> None:
        self.start()

    def _half_on_disk(self) -> frozenset[str]:
        """The follow-ups that stand in a draft as half of one."""
        return frozenset(one.half for one in self.invariants.held() if one.where == "draft" and one.half)

    def on_kill(self, survivors: int) -> None:
        """`kill -9`; of the writes that were asked for and not yet done, so many were done."""
        if self.desktop is None:
            return
        self.desktop.kill(survivors)
        self._gone()
        self.ledger.killed(self._half_on_disk())

    def on_power_cut(self) -> None:
        self.on_kill(0)
        self.advance(20.0)

    def on_crash(self, survivors: int) -> None:
        """Killed, and started again."""
        self.on_kill(survivors)
        self.start()

    def on_close(self) -> None:
        if self.desktop is None:
            return
        disk_works = not self.disk.is_ill and self.invariants.taken_up
        self.run(self.desktop.close())
        self.desktop.kill(99)
        self._gone()
        if disk_works:
            self.invariants.closed_in_order()
        self.ledger.killed(self._half_on_disk())

    def on_reopen(self) -> None:
        self.on_close()
        self.start()

    def on_take_over(self) -> None:
        """Another desktop on the profile: this one is asked to leave, and does, whatever it was about."""
        self.on_reopen()

    def on_sign_in(self, number: int) -> None:
        """Another agent, or the same, signs in on this profile."""
        self.on_close()
        self.centre.me = AGENTS[number % 2]
        self.start()

    def _gone(self) -> None:
        self.desktop = None
        self.disk.let_go()
        self.centre.listeners.clear()
        self.loop = VirtualLoop(self.loop.now)
        self.invariants.run_ended()

    def on_old_file(self, slot: int, gone: bool, parked: bool) -> None:
        """The file is one of the version before, with what the agent wrote then; only before anything else is."""
        known, contact = self.at_centre(slot), self.contact(slot)
        if known is None or contact is None or self.ledger.entries or known.phase is not Phase.ACTIVE:
            return
        self.on_kill(0)
        for file in self.disk.folder.iterdir():
            file.unlink()
        word, callback = self.ledger.next_token("w"), self.ledger.next_token("f")
        for kind, token in (("word", word), ("callback", callback)):
            self.ledger.add(contact, kind, token, self.now(), AGENTS[0])
        contact.is_old = True
        customer_id = contact.linked[0] if contact.linked else None
        under_test.write_old_file(self.disk, contact.id, word, callback, customer_id, self.wall(), parked=parked)
        if gone or parked:
            self.centre.happen(replace(known, phase=Phase.CLOSED), Change.CLOSED)
        self.start()

    # Time, retention, a customer's wish

    def on_wait(self, seconds: float) -> None:
        self.advance(seconds)

    def on_clock(self, seconds: float) -> None:
        self.wall_ahead += seconds

    def on_purge(self) -> None:
        if self.desktop is not None:
            self.run(self.desktop.purge(), 20.0)

    def on_erase(self, number: int, named: bool) -> None:
        """A customer wants to be forgotten: the desktop is closed, their traces are erased, it is opened again."""
        if self.disk.is_ill or not self.disk.path.exists():
            return
        self.on_close()
        two = self.setting.crms > 1
        customer = self.crms[0].customers[number % 5]
        ids = [
            f"{crm.source.partition(':')[2]}:{one}" if two else one for crm in self.crms for one in _ids(crm, number)
        ]
        addresses = [one.value for one in customer.addresses] if named else []
        self.invariants.look_at_disk()
        if self.run(under_test.erase(self.disk, self.wall, ids[0], addresses), 60.0):
            own = [one for one in addresses if sum(one in _numbers(known) for known in self.crms[0].customers) == 1]
            self.invariants.erased(ids, customer.name, _numbers(customer), named, own)
        self.start()

    # The end

    def settle(self) -> None:
        """Everything heals, the agent finishes what is on the desk and sends again what is parked; then all is told.

        Raises:
            Violation: something does not come to its end.
        """
        for target in self.targets:
            target.heal()
        self.sender.garbled = 0
        self.disk.heal()
        if self.centre.holes:
            self.centre.holes.clear()
            self.centre.begin_anew()
        self.start()
        self._settle_agent()
        if any(one.is_open and one.author not in ("", self.centre.me) for one in self.invariants.held()):
            self.on_sign_in(1 - AGENTS.index(self.centre.me))
            self._settle_agent()
        self.invariants.check_end()

    def _settle_agent(self) -> None:
        self._let(12.0)
        for _ in range(4):
            if not self._finish_all():
                break
        self._let(8.0)
        for _ in range(3):
            self.on_send_parked()
            self._let(5.0)
            self.on_retry()
            self._let(25.0)
            mine = [one for one in self.invariants.held() if one.author in ("", self.centre.me)]
            if not any(one.state == "waiting" for one in mine):
                break

    def _let(self, seconds: float) -> None:
        self.advance(seconds)
        self.invariants.check()

    def _finish_all(self) -> bool:
        found = False
        for slot in list(self.slots):
            known = self.at_centre(slot)
            if known is None or known.phase is Phase.CLOSED or known.agent_id != self.centre.me:
                continue
            found = True
            self.on_hang_up(slot)
            self._let(0.5)
            self._choose_as_demanded(slot, known.wrap_up_rule.codes)
            self._let(1.0)
            self.on_finish(slot)
            self._let(3.0)
        return found

    def _choose_as_demanded(self, slot: int, rule: CodeRule) -> None:
        contact = self._turned_to(slot)
        self._let(0.1)
        if contact is None or self.desktop is None:
            return
        hands = self.desktop.hands
        if not hands.codes() and rule in (CodeRule.ONE, CodeRule.MANY) and not hands.was_handed_over:
            self.on_code(slot, 4)
        while len(hands.codes()) > (len(CODES) if rule is CodeRule.MANY else 0 if rule is CodeRule.NONE else 1):
            self.on_uncode(slot)


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(max(seconds, 1e-6) if seconds > 0 else 0)  # rounding must not make a nap endlessly short


def _numbers(customer: Customer) -> list[str]:
    return [one.value for one in customer.addresses]


def _ids(crm: CrmServer, number: int) -> list[str]:
    return [crm.customers[number % 5].id]
