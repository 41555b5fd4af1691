"""What an agent does with a contact, step by step; each step remembers what was entered and what the screen said."""

import random
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.campaign.entered import Contact, Piece
from tests.campaign.hands import Hands
from tests.campaign.site import ZONE, Site

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

    @property
    def hands(self) -> Hands:
        """The desktop's keyboard and screen."""
        return self.site.hands

    # Up to the wrap-up

    def ring(self, c: Contact) -> None:
        """The contact rings at an agent who is at work."""
        self.site.up()
        self.site.call_in(c)
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
            self.hands.wait_empty(5.0)
        except TimeoutError:  # the answer says why; whoever reads it presses again
            c.log("not gone:\n" + self.hands.text())
            self.press_finish(c)
            self.hands.wait_empty(deadline)
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
        seen = self.hands.screen.wait_quiet(0.15, 1.0)
        c.log("after the restart:\n" + seen)
        c.came_back(seen)

    def carry_on(self, c: Contact) -> None:
        """Do what an agent does who finds this contact on the desk: bring it to its end."""
        for _ in range(6):
            phase = self.site.phase(c.id)
            if phase == "offered":
                self.hands.accept()
            elif phase == "active":
                self.hands.to_note()
                self.write(c)
                self.hands.end_contact()
            elif phase == "wrap_up":
                self._finish_what_is_there(c)
                if self.hands.desk_is_empty:
                    c.saved()
                    c.said_finished = Hands.FINISHED in self.hands.line
                    return
            elif self.hands.desk_is_empty or not phase:
                return

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
            self.hands.wait_empty(6.0)
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
