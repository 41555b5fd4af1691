"""What an agent does with a contact, step by step; each step remembers what was entered and what the screen said."""

import contextlib
import hashlib
import random
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.campaign.entered import Contact, Piece
from tests.campaign.hands import Hands
from tests.campaign.site import CANNED, ZONE, Site, address_of

WRITTEN = ("chat", "email", "sms")
CODES = (
    ("dupl", "Duplicate charge", "duplicate-charge"),
    ("invoice", "Invoice explained", "invoice-explained"),
    ("payment", "Payment plan", "payment-plan"),
    ("refund made", "Refund made", "refund-made"),
)
FOLLOW_UPS = ((), ("callback",), ("sms",), ("callback", "sms"), ("sms", "callback"), ("callback", "callback", "sms"))
_WORDS = ("she asked again", "the second invoice", "from October", "he will wait", "agreed", "paid twice", "see above")


class Work:
    """Steps, on one site."""

    def __init__(self, site: Site, rng: random.Random) -> None:
        self.site = site
        self.rng = rng
        self.beside = 0
        """Contacts of this shift that came beside another."""

    @property
    def hands(self) -> Hands:
        """The desktop's keyboard and screen."""
        return self.site.hands

    # Up to the wrap-up

    def ring(self, c: Contact) -> None:
        """The contact rings at an agent who is at work."""
        self.site.up()
        self.site.come_in(c)
        self.hands.wait_ring()

    def write(self, c: Contact, parts: int = 1) -> None:
        """Type into the note, where the keyboard is."""
        for _ in range(parts):
            self.hands.type(c.note(self.rng.choice(_WORDS) + " "))

    def write_on_ring(self, c: Contact) -> None:
        """Begin the note before the contact is accepted."""
        self.hands.to_note()
        self.write(c)
        self.hands.wait(c.pieces[-1].token)

    def talk(self, c: Contact, parts: int = 1) -> None:
        """Accept, and begin a note."""
        self.ring(c)
        if self.rng.random() < 0.15:
            self.write_on_ring(c)
        self.hands.accept()
        self.write(c, parts)

    # Written contacts

    def another(self, c: Contact, phone: str, customer: str | None, channel: str) -> Contact:
        """One more contact beside this one; it is judged like it."""
        self.beside += 1
        other = Contact(c.number // 100 * 100 + 30 + self.beside, c.way, c.author, phone, customer)
        self.channel(other, channel)
        self.site.watched.append(other)
        return other

    def channel(self, c: Contact, *channels: str) -> None:
        """Have a contact come on one of these channels."""
        c.channel = self.rng.choice(channels or WRITTEN)
        c.address = address_of(c.address, c.channel)

    def open(self, c: Contact, *channels: str) -> None:
        """Accept a written contact; the keyboard is in the reply."""
        self.channel(c, *channels)
        self.ring(c)
        self.hands.accept_written(c.mark)

    def compose(self, c: Contact, parts: int = 1) -> None:
        """Type into the reply, where the keyboard is; now and then a new line."""
        for _ in range(parts):
            begun = bool(c.in_reply())
            text = c.reply(("\n" if begun and self.rng.random() < 0.4 else "") + self.rng.choice(_WORDS) + " ")
            self.hands.type(text.replace("\n", "\r"))

    def canned(self, c: Contact) -> None:
        """Insert the canned reply as a line of the reply."""
        if c.in_reply():
            self.hands.press("enter")
        self.hands.insert_canned("looked")
        text = CANNED.replace("{agent.name}", "Maya Okafor").replace("{queue.name}", c.queue)
        c.add("reply", ("\n" if c.in_reply() else "") + text, text)
        self.compose(c)

    def begin_file(self, c: Contact) -> Piece:
        """Choose a file to go with the reply, up to the last key."""
        path = self.site.file(c, self.rng)
        piece = c.add("file", path.name, path.name)
        piece.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.hands.begin_file(str(path), path.name)
        return piece

    def attach(self, c: Contact) -> None:
        """Have a file go with the reply."""
        piece = self.begin_file(c)
        self.hands.press("enter")
        self.hands.wait(f"{piece.text} goes with your reply.")
        piece.saved = True
        self.hands.to_reply()

    def reply_saved(self, c: Contact, token: str = "") -> None:
        """Wait until the screen says that the reply is on disk."""
        self.hands.wait_reply_saved(token)
        for piece in c.in_reply():
            piece.saved = piece.saved or not piece.maybe

    def send(self, c: Contact, times: int = 1) -> None:
        """Press the key that sends; what is typed from now on is another reply."""
        self.hands.send_reply(times, asks=bool(self.files(c)))
        c.message += 1

    def files(self, c: Contact) -> list[Piece]:
        """The files that go with the reply that is being written."""
        return [piece for piece in c.in_reply() if piece.kind == "file" and not piece.unwanted]

    def sent(self, c: Contact) -> None:
        """See the last reply become a line of the conversation; what is not confirmed is sent again."""
        token = next(piece.token for piece in c.in_reply(c.message - 1) if not piece.unwanted and not piece.maybe)
        seen = self.hands.wait_settled(token)
        if self.hands.UNSURE in seen:
            self.confirm(c)
        if token in self.hands.composer():
            c.log("it is in the field again:\n" + self.hands.text())
            c.back_in_field()
            return
        for piece in c.in_reply(c.message - 1):
            piece.saved = piece.saved or not piece.maybe

    def confirm(self, c: Contact) -> None:
        """Send again what is not confirmed, until it is."""
        for _ in range(4):
            c.log("not confirmed:\n" + self.hands.text())
            self.hands.retry()
            with contextlib.suppress(TimeoutError):
                self.hands.wait(lambda seen: self.hands.UNSURE not in seen, 6.0)
                self.hands.screen.wait_quiet(0.2, 2.0)
                return

    def send_what_is_there(self, c: Contact) -> None:
        """Bring what was written to the customer to its end, as whoever finds it: wait, send again, or send."""
        self.hands.turn_to(c.mark)
        for _ in range(6):
            self.hands.wait(lambda seen: "… sending" not in seen and Hands.HELD not in seen, 30.0)
            if Hands.PARKED not in self.hands.text():
                self.hands.to_reply()
            seen = self.hands.screen.wait_quiet(0.2, 2.0)
            if Hands.PARKED in seen:
                self.hands.unpark()
            elif Hands.UNSURE in seen:
                self.confirm(c)
            elif self.hands.composer().strip() or any(piece.text in seen for piece in self.files(c)):
                c.log("in the field:\n" + seen)
                self.hands.press("alt+enter")
                if " again: " in self.hands.screen.wait_quiet(0.2, 2.0):
                    self.hands.press_again("alt+enter")
                with contextlib.suppress(TimeoutError):
                    self.hands.wait(lambda _: not self.hands.composer().strip(), 3.0)
            else:
                c.came_back(seen)
                c.sent_all()
                return

    def reply_gone(self, c: Contact) -> None:
        """Wait until nothing stands in the reply, on the screen and on the disk."""
        self.hands.wait(lambda _: not self.hands.composer().strip(), 5.0)
        tokens = [piece.token for piece in c.pieces if piece.unwanted]
        self.hands.wait(lambda _: not any(token in row for row in self.site.rows() for token in tokens), 5.0)

    def send_if_there(self, c: Contact) -> None:
        """Send the reply with its files, if the restart left any of it."""
        if self.hands.composer().strip() or any(piece.text in self.hands.text() for piece in self.files(c)):
            self.hands.to_reply()
            self.hands.press("alt+enter")
            if " again: " in self.hands.screen.wait_quiet(0.2, 2.0):
                self.hands.press_again("alt+enter")
            c.message += 1

    def settle_refused(self, c: Contact) -> None:
        """What was refused stands in the field again, before what was typed since."""
        self.hands.wait(lambda seen: "… sending" not in seen and Hands.HELD not in seen, 30.0)
        self.hands.screen.wait_quiet(0.2, 2.0)
        before = [piece.token for piece in c.in_reply(c.message - 1) if piece.kind == "reply"]
        if before and before[-1] in self.hands.composer():
            c.back_in_field()

    def look_for_reply(self, c: Contact) -> None:
        """What was said to be saved of the reply must be on the screen after a restart."""
        for piece in c.in_reply()[-1:] or c.in_reply(c.message - 1)[-1:]:
            if not piece.saved or piece.unwanted or self.site.phase(c.id) != "active":
                continue
            try:
                self.hands.turn_to(c.mark)
                self.hands.wait(piece.token, 10.0)
            except TimeoutError:
                c.broken.append(("lost", f"{piece.token} was saved, and is not on the screen after a restart"))

    # Wrap-up

    def code(self, c: Contact) -> None:
        """Choose a code."""
        typed, label, code = self.rng.choice([one for one in CODES if one[2] not in [p.text for p in c.of("code")]])
        self.hands.choose_code(typed, label)
        c.add("code", code, label)

    def follow_up_text(self, c: Contact, kind: str) -> Piece:
        """Remember a follow-up; answers it, its text being what to type."""
        token = c.token()
        if kind == "sms":
            return c.add("sms", f"We look into it, {token}.", token)
        zone = ZoneInfo(ZONE)
        if self.rng.random() < 0.6:
            hour, minute = self.rng.randrange(9, 17), self.rng.choice((0, 15, 30, 45))
            day = datetime.now(zone) + timedelta(days=1)
            due = day.replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp()
            return c.add("callback", f"tomorrow {hour:02}:{minute:02} about {token}", token, due)
        hours = self.rng.randrange(2, 9)
        return c.add("callback", f"in {hours} h about {token}", token, time.time() + hours * 3600)

    def follow_up(self, c: Contact, kind: str) -> None:
        """Plan a follow-up."""
        piece = self.follow_up_text(c, kind)
        self.hands.plan_follow_up(kind, piece.text)

    def follow_ups(self, c: Contact, *, least: int = 0) -> None:
        """Plan some follow-ups, of the kinds that this customer can be sent."""
        kinds = self.rng.choice([kinds for kinds in FOLLOW_UPS if len(kinds) >= least])
        for kind in kinds:
            self.follow_up(c, kind if c.customer_id is not None else "callback")

    def wrap_up(self, c: Contact, *, least: int = 0) -> None:
        """End the conversation, choose a code, plan follow-ups."""
        self.hands.end_contact()
        self.code(c)
        if self.rng.random() < 0.2:
            self.code(c)
        self.follow_ups(c, least=least)

    def to_wrap_up(self, c: Contact, *, least: int = 0) -> None:
        """Everything up to a wrap-up that could be finished."""
        self.talk(c)
        self.wrap_up(c, least=least)

    def all_saved(self, c: Contact, token: str = "") -> None:
        """Wait until the screen says that all of it is on disk."""
        self.hands.wait_saved(token)
        c.saved()

    def press_finish(self, c: Contact, times: int = 1) -> None:
        """Press the finishing key."""
        c.finish_pressed = True
        self.hands.finish(times)

    def finish(self, c: Contact, times: int = 1, deadline: float = 15.0) -> None:
        """Finish the wrap-up, and see it go."""
        self.press_finish(c, times)
        try:
            self.hands.wait(lambda seen: not self.hands.shows(c.mark) or self.hands.ASKS_TO_FINISH in seen, 5.0)
            is_asked = self.hands.shows(c.mark)
        except TimeoutError:  # the answer says why; whoever reads it presses again
            is_asked = True
        if is_asked:
            c.log("not gone:\n" + self.hands.text())
            self.press_finish(c)
            self.hands.wait(lambda _: not self.hands.shows(c.mark), deadline)
        c.log("last line: " + self.hands.line)
        c.saved()
        c.said_finished = Hands.FINISHED in self.hands.line

    # After trouble

    def back(self, c: Contact) -> None:
        """Start again, and see the contact as it was left."""
        wanted = next((piece.token for piece in c.of("note") if piece.saved), None)
        began = time.monotonic()
        self.site.start(wait=False)
        if wanted is not None and not c.finish_pressed and self.site.phase(c.id):
            self.hands.wait(wanted)
            if not self.site.sync_seconds:
                self.site.measured.draft_seconds.append(time.monotonic() - began)
        self.hands.started()
        self.see_again(c)
        if c.is_written:
            self.look_for_reply(c)

    def type_again(self, c: Contact) -> None:
        """Copy what is not in the note from the file into which it was put."""
        self.hands.to_note()
        for piece in c.of("note"):
            if piece.maybe:
                self.hands.type(piece.text)
                self.hands.wait(piece.token)
                piece.maybe = False

    def see_again(self, c: Contact) -> None:
        """Take note of what is on the screen after a restart."""
        if self.site.phase(c.id) == "wrap_up":
            self.hands.wait(lambda seen: "─ Wrap-up" in seen or "No active contacts." in seen)
        if self.site.phase(c.id) == "active":
            self.hands.turn_to(c.mark)
        seen = self.hands.screen.wait_quiet(0.15, 1.0)
        c.log("after the restart:\n" + seen)
        c.came_back(seen)

    def carry_on(self, c: Contact) -> None:
        """Do what an agent does who finds this contact on the desk: bring it to its end."""
        for _ in range(6):
            phase = self.site.phase(c.id)
            if phase == "offered":
                self.hands.accept_written(c.mark) if c.is_written else self.hands.accept()
            elif phase == "active":
                self.end_what_is_there(c)
            elif phase == "wrap_up":
                if len(self.hands.numbers()) > 1:
                    self.hands.turn_to(c.mark)
                self._finish_what_is_there(c)
                if not self.hands.shows(c.mark):
                    c.saved()
                    c.said_finished = Hands.FINISHED in self.hands.line
                    return
            elif self.hands.desk_is_empty or not phase:
                return

    def end_what_is_there(self, c: Contact) -> None:
        """End a conversation that is found on the desk; what was written to the customer goes first."""
        if c.is_written:
            self.send_what_is_there(c)
        elif len(self.hands.numbers()) > 1:
            self.hands.turn_to(c.mark)
        self.hands.to_note()
        self.write(c)
        self.hands.end_contact()

    def _finish_what_is_there(self, c: Contact) -> None:
        seen = self.hands.wait(lambda seen: "─ Wrap-up" in seen or "No active contacts." in seen)
        if "─ Wrap-up" not in seen:
            return
        self.hands.wait_wrap_up()
        words = [piece for piece in c.of("note") if piece.token in self.hands.text()]
        if not words and not c.finish_pressed:
            self.hands.to_note()
            self.write(c)
        if "still needed" in self.hands.text():
            self.code(c)
        self.press_finish(c)
        try:
            self.hands.wait(lambda _: not self.hands.shows(c.mark), 6.0)
        except TimeoutError:
            c.log("still there:\n" + self.hands.text())

    def crash(self, c: Contact) -> None:
        """Kill -9 (or the power goes), and start again."""
        c.kills += 1
        c.power_cuts += self.site.power_disk
        self.site.kill(self.rng)
        self.back(c)

    def moment(self, most: float = 0.4) -> None:
        """Some moment: the one in which the fault comes is left to chance."""
        time.sleep(self.rng.uniform(0.0, most))
