"""A mixed hour at the desk, compressed: calls, chats, mails and texts come as they do, and are worked side by side."""

import contextlib
import time
from collections.abc import Iterator

from tests.campaign.entered import Contact
from tests.campaign.hands import Hands
from tests.campaign.site import CUSTOMERS
from tests.campaign.ways import way
from tests.campaign.work import Work

MIXED = "a mixed hour"
CONTACTS = 64
MINUTE = 8
"""Steps of work that a minute of the hour has: the hour goes on with what is done, however slow the machine."""
CHANNELS = ("voice", "voice", "chat", "chat", "email", "email", "sms")
IN_HAND = 5
"""Contacts in hand beyond which offers ring on: nine have a number."""
IDLE = 60.0
"""Seconds without anything to do after which the hour has gone wrong."""


class Hour:
    """The desk through an hour: what came, what is in hand, and what is left to do about each."""

    def __init__(self, work: Work, first: Contact) -> None:
        self.work = work
        self.hands = work.hands
        contacts = [first, *(self._customer(first) for _ in range(CONTACTS - 1))]
        due = sorted(work.rng.uniform(0.0, 60.0 * MINUTE) for _ in contacts)
        self.coming = list(zip(due, contacts, strict=True))
        self.waiting: dict[str, Contact] = {}  # by mark: they called or wrote, and ring or queue
        self.open: dict[str, tuple[Contact, Iterator[bool]]] = {}
        self.steps = 0

    def _customer(self, first: Contact) -> Contact:
        phone, customer = self.work.rng.choice(CUSTOMERS)
        return self.work.another(first, phone, customer, self.work.rng.choice(CHANNELS))

    def run(self) -> None:
        """Work until nobody is left."""
        last = time.monotonic()
        while self.coming or self.waiting or self.open:
            idle = not (self.waiting or self.open)
            while self.coming and (idle or self.steps >= self.coming[0][0]):
                idle = False
                _, c = self.coming.pop(0)
                self.work.site.come_in(c)
                self.waiting[c.mark] = c
            if self._accept() or self._go_on():
                last = time.monotonic()
            assert time.monotonic() - last < IDLE, f"contacts wait, and none comes:\n{self.hands.text()}"
            self.hands.screen.wait_quiet(0.02, 0.2)

    def _accept(self) -> bool:
        """Take what rings, unless enough is in hand."""
        if len(self.open) >= IN_HAND or not self._rings(self.hands.text()):
            return False
        if not self._rings(self.hands.screen.wait_quiet(0.15, 1.0)):
            return False  # it was taken a moment ago
        self.hands.take_offer(self._accepted)
        self.hands.screen.wait_quiet(0.12, 1.0)
        taken = [c for c in self.waiting.values() if self.work.site.phase(c.id) == "active"]
        for c in taken:
            c.log("accepted")
            del self.waiting[c.mark]
            self.open[c.mark] = (c, iter(self._steps(c)))
        measured = self.work.site.measured
        measured.in_hand = max(measured.in_hand, len(self.open))
        return bool(taken)

    def _accepted(self, seen: str) -> bool:
        """Whether one of those who waited is the contact that is turned to, and talks."""
        return any(map(self.hands.shows, self.waiting)) and "F8 end" in seen

    @staticmethod
    def _rings(seen: str) -> bool:
        return "Incoming" in "".join(seen.splitlines()[:3])

    def _go_on(self) -> bool:
        """One step about one contact that is in hand."""
        if not self.open:
            return False
        self.steps += 1
        c, steps = self.work.rng.choice(list(self.open.values()))
        log, self.work.site.log = self.work.site.log, c.log
        try:
            self.hands.turn_to(c.mark)
            if next(steps, None) is None:
                del self.open[c.mark]
        finally:
            self.work.site.log = log
        return True

    def _steps(self, c: Contact) -> Iterator[bool]:
        """All that is done about a contact; between two steps something may be done about others."""
        work, rng = self.work, self.work.rng
        if c.is_written:
            for _ in range(rng.choice((1, 1, 2))):
                yield from self._reply(c)
        for _ in range(rng.choice((1, 2))):
            self.hands.to_note()
            work.write(c)
            self.hands.wait(c.pieces[-1].token)
            yield True
        self.hands.to_note()
        self.hands.end_contact()
        yield True
        work.code(c)
        yield True
        if not c.is_written and rng.random() < 0.5:
            work.follow_up(c, "callback")
            yield True
        work.finish(c)

    def _reply(self, c: Contact) -> Iterator[bool]:
        """Compose a reply in several goes, perhaps with a file, a canned reply or a pause, and send it."""
        work, rng = self.work, self.work.rng
        for number in range(rng.choice((1, 2, 3))):
            self.hands.to_reply()
            if number == 0 and rng.random() < 0.15:
                work.canned(c)
            else:
                work.compose(c)
            self.hands.wait_composed(c.pieces[-1].token)
            yield True
        if rng.random() < 0.2:
            self.hands.to_reply()
            work.attach(c)
            yield True
        if rng.random() < 0.1:
            self.hands.leave_field()
            self.hands.park()
            yield True
            while not self.hands.unpark():
                yield True
        self.hands.to_reply()
        work.send(c)
        if c.channel == "email" and rng.random() < 0.2 and self._took_back(c):
            yield True
            self.hands.to_reply()
            self.hands.type(c.reply(" "))
            self.hands.wait_composed(c.pieces[-1].token)
            work.send(c)
        yield True  # something else is done while it is on its way
        work.sent(c)
        yield True

    def _took_back(self, c: Contact) -> bool:
        with contextlib.suppress(TimeoutError):
            self.hands.wait(Hands.HELD, 3.0)
            self.hands.take_back()
            c.back_in_field()
            return True
        return False


@way(MIXED, weight=0)
def mixed_hour(work: Work, c: Contact) -> None:
    """Sixty-four contacts of all channels, several in hand at a time, on one desktop that stays alive."""
    work.site.up()
    Hour(work, c).run()
