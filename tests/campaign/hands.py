"""The agent's hands and eyes: every key that the campaign presses and every word that it looks for on the screen."""

import itertools
import re
import time
from collections.abc import Callable
from contextlib import suppress

from tests.campaign.quick_screen import QuickScreen
from tests.tui.pty_screen import key_bytes

ROWS, COLS = 40, 104
"""Two columns: the note and the wrap-up stand below each other."""
_SAVED = re.compile(r"─ Note.*· saved \d\d:\d\d:\d\d")
_REPLY = re.compile(r"─ \S Reply to ")
_REPLY_SAVED = re.compile(r"─ \S Reply to [^\n]*· draft saved \d\d:\d\d:\d\d")
_NUMBER = re.compile(r"│[ ▌]{1,2}(\d) ")
_ROW = re.compile(r"│[ ▌]{1,2}[\d ] \S ")
_IN_LIST = re.compile(r"^│ ▌", re.MULTILINE)
"""The bar of the work list's cursor: the keyboard is there, and letters are keys. The last line may tell of news."""
_SUBJECT = re.compile(r"Charged twice (q[a-z]+)")
_LEFT_OF_CONTACT = 34
"""Columns of the work list; right of them is the contact."""
_PARKED = re.compile(r"(\d+) needs? (?:you|attention)")
_OUTBOX = re.compile(r"outbox (\d+)")
_NOTHING = "No active contacts."
WRAP_UP_WORDS = ("still needed", "✓ ready", "✓ finished")
"""What the wrap-up says: of what is missing, that it can be finished, or that it was."""


class Hands:
    """One desktop's keyboard and screen. Whatever is pressed or awaited is told to `log`."""

    def __init__(self, screen: QuickScreen, log: Callable[[str], None]) -> None:
        self.screen = screen
        self.log = log
        self._number_of: dict[str, str] = {}  # mark of a contact -> its number in the work list

    # Seeing

    def text(self) -> str:
        """What is on the screen now."""
        return self.screen.text()

    def sees(self, text: str) -> bool:
        """Whether a text is on the screen now."""
        return text in self.screen.text()

    def wait(self, text: str | re.Pattern[str] | Callable[[str], bool], deadline: float = 30.0) -> str:
        """Wait until a text, a pattern or a condition is true of the screen."""
        return self.screen.wait_for(text, deadline)

    def started(self, deadline: float = 20.0) -> None:
        """The desktop knows who is signed in, and what is on their desk."""
        self.wait(lambda seen: "signing in" not in seen and ("cc ●" in seen or "outbox" in seen[:400]), deadline)
        self.wait(lambda seen: bool(re.search(r"(Available|Not ready|Offline)[^\n]* \d\d:\d\d", seen)), deadline)

    def wait_centre(self, deadline: float) -> None:
        """Wait until the contact centre is no longer said to be away."""
        self.wait(lambda seen: not re.search(r"cc [^ ●]", seen.partition("\n")[0]), deadline)

    @property
    def desk_is_empty(self) -> bool:
        """Whether no contact is on the desk."""
        return self.sees(_NOTHING)

    def wait_empty(self, deadline: float = 15.0) -> None:
        """Wait until no contact is on the desk."""
        self.wait(_NOTHING, deadline)

    def wait_saved(self, token: str = "", deadline: float = 8.0) -> None:
        """Wait until the screen says of what stands in the note (with `token` on the screen) that it is on disk."""
        if token:
            self.wait(token, deadline)
        end = time.monotonic() + deadline
        while True:
            self.wait(_SAVED, max(0.1, end - time.monotonic()))
            # The border of a moment ago may still stand beside the newest words.
            if _SAVED.search(self.screen.wait_quiet(0.06, 1.0)):
                return

    @property
    def says_saved(self) -> bool:
        """Whether the screen says that the note is on disk."""
        return _SAVED.search(self.text()) is not None

    @property
    def outbox(self) -> tuple[int, int]:
        """How many records the header says are not delivered, and how many of these need the agent."""
        head = self.text().partition("\n")[0]
        waits, parked = _OUTBOX.search(head), _PARKED.search(head)
        return int(waits[1]) if waits else 0, int(parked[1]) if parked else 0

    def wait_outbox(self, condition: Callable[[int, int], bool], deadline: float) -> bool:
        """Wait for the header's figures (all, of these parked); False when it does not come to that."""
        try:
            self.wait(lambda _: condition(*self.outbox), deadline)
        except TimeoutError:
            return False
        return True

    @property
    def line(self) -> str:
        """The last line, where the desktop answers."""
        return self.screen.lines()[-1]

    @property
    def in_wrap_up(self) -> bool:
        """Whether the wrap-up is open."""
        return "─ Wrap-up" in self.text()

    ASKS = " again: "
    """What stands on the screen where a key is to be pressed a second time."""

    # Seeing what is written to customers

    UNSURE = "not confirmed"
    """What is said of a reply of which nobody knows whether it arrived."""
    HELD = "takes it back"
    """What is said of one that waits."""
    PARKED = "F4 take back"
    """What is offered where the contact that is turned to was put aside."""

    def shows(self, mark: str) -> bool:
        """Whether the contact with this word in its subject is the one that is turned to."""
        return any(mark in line[_LEFT_OF_CONTACT:] for line in self.screen.lines()[2:7])

    def _shown(self) -> str:
        """The word in the subject of the contact that is turned to."""
        lines = "\n".join(line[_LEFT_OF_CONTACT:] for line in self.screen.lines()[2:7])
        found = _SUBJECT.search(lines)
        return found[1] if found is not None else ""

    def composer(self) -> str:
        """What stands in the reply; empty where none is open."""
        lines = self.screen.lines()
        begins = next((n for n, line in enumerate(lines) if _REPLY.search(line)), None)
        if begins is None:
            return ""
        rows = itertools.takewhile(lambda line: "──" not in line, lines[begins + 1 :])
        return "\n".join(line[_LEFT_OF_CONTACT + 1 :].rstrip("│ ").strip() for line in rows)

    def wait_composed(self, token: str) -> None:
        """Wait until what was typed stands in the reply."""
        self.wait(lambda _: token in self.composer())

    def wait_reply_saved(self, token: str = "", deadline: float = 8.0) -> None:
        """Wait until the screen says of what stands in the reply (with `token` on the screen) that it is on disk."""
        if token:
            self.wait(token, deadline)
        end = time.monotonic() + deadline
        while True:
            self.wait(_REPLY_SAVED, max(0.1, end - time.monotonic()))
            # The border of a moment ago may still stand beside the newest words: keys are drawn before frames.
            if _REPLY_SAVED.search(self.screen.wait_quiet(0.3, 2.0)):
                return

    def wait_settled(self, token: str, deadline: float = 25.0) -> str:
        """Wait until a reply is no more on its way: it stands in the conversation, unconfirmed, or in the field."""
        with suppress(TimeoutError):  # refused at once, it is in the field again
            self.wait(lambda seen: token in seen and token not in self.composer(), 3.0)
        return self.wait(
            lambda seen: token in seen and not any(word in seen for word in ("… sending", self.HELD)), deadline
        )

    # Keys

    def press(self, *keys: str) -> None:
        """Press keys by name."""
        self.log("keys " + " ".join(keys))
        self.screen.press(*keys)

    def press_again(self, key: str) -> None:
        """Press a key for the second time, once what it asks could be read."""
        self.log(f"keys {key} again")
        self.screen.press_again(key)

    def press_twice(self, key: str) -> None:
        """Press a key that asks, and again to do what it asks."""
        self.press(key)
        self.press_again(key)

    def type(self, text: str) -> None:
        """Type text."""
        self.log(f"types {text!r}")
        self.screen.send(text)

    def burst(self, *parts: str) -> None:
        """Keys (by name) and text (after `=`) as one write, faster than anything is drawn."""
        self.log("burst " + " ".join(parts))
        self.screen.send(b"".join(one[1:].encode() if one[0] == "=" else key_bytes(one) for one in parts))

    def be_available(self) -> None:
        """Ask for work."""
        if "● Available" not in self.text().partition("\n")[0]:
            self.press("alt+s")
            self.wait("Available")
            self.press("1")
            self.wait(lambda seen: "● Available" in seen.partition("\n")[0])

    def wait_ring(self) -> None:
        """Wait for the offer, with who it is."""
        self.wait("Incoming")

    def take_offer(self, taken: Callable[[str], bool]) -> None:
        """Press the key that accepts until it is so; an offer in the place of another asks for a second press."""
        self.press("f2")
        if not taken(self.wait(lambda seen: taken(seen) or self.ASKS in seen)):
            self.press_again("f2")
            self.wait(taken)

    def accept(self) -> None:
        """Take the offer; the keyboard is in the note then."""
        self.take_offer(lambda seen: "talking" in seen or "F4 hold" in seen)

    def accept_written(self, mark: str) -> None:
        """Take the offer of a written contact; the keyboard is in the reply then."""
        self.take_offer(lambda seen: self.shows(mark) and "F8 end" in seen and _REPLY.search(seen) is not None)
        self.screen.wait_quiet(0.1, 1.0)  # the reply of the one before may still stand there

    def turn_to(self, mark: str) -> None:
        """Turn to the contact with this word in its subject: by its number, else with the arrows of the work list."""
        if self.shows(mark):
            return
        end = time.monotonic() + 30.0
        while time.monotonic() < end:
            known = self._number_of.get(mark)
            numbers = self.numbers()  # none, while the desktop is signing in
            for number in sorted(numbers, key=lambda number: number != known):
                before = self._shown()
                if self._number_of.get(before) == number:
                    continue
                self.press(f"alt+{number}")
                with suppress(TimeoutError):  # it is the one that is shown
                    self.wait(lambda _, before=before: self._shown() not in ("", before), 4.0)
                self.screen.wait_quiet(0.15, 1.0)  # the reply of the one before may still stand there
                self._number_of = {**{m: n for m, n in self._number_of.items() if n != number}, self._shown(): number}
                if self.shows(mark):
                    return
            if self._walk_to(mark):
                return
        raise TimeoutError(f"no contact has {mark} in its subject:\n{self.text()}")

    def _walk_to(self, mark: str) -> bool:
        """Go down the work list to a contact: of more than nine some have no number."""
        rows = [line for line in self.screen.lines() if _ROW.match(line)]
        if not rows:  # it is signing in
            self.screen.wait_quiet(0.2, 0.5)
            return False
        if _IN_LIST.search(self.text()) is None:
            self.press("alt+n", "escape")  # out of the note, for out of the wrap-up one key may not be enough
            self.wait(_IN_LIST)
        self.press("home")
        for _ in rows:
            if mark in self.screen.wait_quiet(0.2, 2.0) and self.shows(mark):
                return True
            self.press("down")
        return self.shows(mark)

    def numbers(self) -> list[str]:
        """The numbers in the work list."""
        return [found[1] for line in self.screen.lines() if (found := _NUMBER.match(line))]

    def to_reply(self) -> None:
        """Turn to the reply."""
        while True:
            could = _REPLY.search(self.text()) is not None  # where the desktop says whom it goes to, the key works
            self.press("alt+t")
            self.wait(_REPLY)
            if could:
                self.wait(lambda seen: _IN_LIST.search(seen) is None)
                return

    def leave_field(self) -> None:
        """Leave the field, so that letters are keys."""
        if _IN_LIST.search(self.text()) is None:
            self.press("escape")
            self.wait(_IN_LIST)

    def begin_file(self, path: str, name: str) -> None:
        """Choose a file to go with the reply, up to the last key."""
        self.leave_field()
        self.press("A")
        self.wait("Attach a file to the reply to")
        self.press("ctrl+u")
        self.type(path)
        self.wait(f"▌{name}")

    def attach(self, path: str, name: str) -> None:
        """Have a file go with the reply."""
        self.begin_file(path, name)
        self.press("enter")
        self.wait(f"{name} goes with your reply.")
        self.to_reply()

    def send_reply(self, times: int = 1, *, asks: bool = False) -> None:
        """Send the reply; one with a file `asks` first."""
        self.press(*["alt+enter"] * times)
        if asks:
            self.press_again("alt+enter")

    def take_back(self) -> None:
        """Take the mail back that waits."""
        self.press("alt+u")
        self.wait("Taken back: it was not sent.")

    def erase_reply(self) -> None:
        """Erase all that stands in the reply."""
        for _ in range(40):
            if not self.composer().strip():
                return
            self.press(*["backspace"] * 30)
            self.screen.wait_quiet(0.1, 1.0)

    def insert_canned(self, typed: str) -> None:
        """Insert a canned reply on an empty line of the reply."""
        self.type(f"/{typed}")
        self.wait("─ Canned replies")
        self.press("enter")
        self.wait(lambda seen: "─ Canned replies" not in seen)

    def park(self) -> None:
        """Put the written contact aside."""
        self.press("f4")
        self.wait(self.PARKED)

    def unpark(self, deadline: float = 5.0) -> bool:
        """Take it back; False where that cannot be: who has as many as they can take has to end another one first."""
        if self.PARKED in self.text():
            self.press("f4")
        with suppress(TimeoutError):
            self.wait(lambda seen: _REPLY.search(seen) is not None and "F4 park" in seen, deadline)
            return True
        return False

    def to_note(self) -> None:
        """Turn to the note."""
        if "the contact is gone" in self.text():
            self.press("escape")  # from the words of the one before
        self.press("alt+n")

    def end_contact(self) -> None:
        """End the conversation; the wrap-up is open then."""
        self.wait(lambda seen: "F8 end" in seen or "─ Wrap-up" in seen)
        with suppress(TimeoutError):
            self.press_twice("f8")
        try:
            self.wait(lambda seen: "─ Wrap-up" in seen, 10.0)
        except TimeoutError:  # the first press came too early
            self.press_twice("f8")
        self.wait_wrap_up()

    def wait_wrap_up(self) -> None:
        """Wait until the wrap-up is open and says what is missing."""
        self.wait(lambda seen: "─ Wrap-up" in seen and any(word in seen for word in WRAP_UP_WORDS))

    def choose_code(self, typed: str, label: str) -> None:
        """Choose a code from wherever the keyboard is."""
        self.press("alt+n", "f9")
        self.type(typed)
        self.wait(lambda seen: f"▌{label}" in seen)
        self.press("enter")
        self.wait(lambda seen: any(label in line for line in seen.splitlines() if "codes " in line))

    def begin_follow_up(self, kind: str, text: str) -> None:
        """Write a callback or a text message, and leave it in its field, understood."""
        self.press({"callback": "alt+c", "sms": "alt+t"}[kind])
        self.type(text)
        self.wait(lambda seen: text[-12:] in seen and "enter adds" in seen)

    def plan_follow_up(self, kind: str, text: str) -> None:
        """Plan a callback or a text message."""
        self.begin_follow_up(kind, text)
        self.press("enter")
        self.wait(lambda seen: "enter adds" not in seen)

    def give_follow_up_up(self) -> None:
        """Leave the field for a follow-up without taking what stands in it."""
        self.press("escape")

    def finish(self, times: int = 1) -> None:
        """Finish the wrap-up."""
        self.press(*["alt+enter"] * times)

    ASKS_TO_FINISH = "Press again to finish"
    """What is answered to who has finished another one a moment ago."""
    FINISHED = "Finished"
    """What the last line says when the wrap-up was handed over."""

    def transfer(self, target: str) -> None:
        """Hand the customer over without talking first."""
        self.press("f7")
        self.wait("Transfer to")
        self.type(target)
        self.wait(lambda seen: any(target.split()[-1].lower() in line.lower() for line in seen.splitlines()[4:]))
        self.press("enter")
        self.wait("F7 again: ")
        self.press_again("f7")

    def open_outbox(self) -> str:
        """Open the page of what waits."""
        self.press("alt+o")
        return self.wait(lambda seen: "─ Outbox" in seen or "Nothing is waiting to be sent" in seen)

    def close_page(self) -> None:
        """Close the page on top."""
        self.press("escape")
        self.wait(lambda seen: "─ Outbox" not in seen and "Nothing is waiting to be sent" not in seen)

    def retry(self) -> None:
        """Try again now; on the page of what waits, what needs the agent too."""
        self.press("f10")

    def retry_parked(self) -> None:
        """Send everything that needs the agent again, from its page; complete what cannot go as it is."""
        if "─ Outbox" not in self.text():
            self.open_outbox()
        self.retry()
        self.wait_outbox(lambda _, parked: parked == 0, 1.5)
        for place in range(self.outbox[1]):
            if not self.outbox[1]:
                return
            self.press("home", *["down"] * min(place, self.outbox[1] - 1))
            seen = self.screen.wait_quiet(0.15, 1.5)
            if "not added" in seen:
                self.press("a")
                self.screen.wait_quiet(0.15, 1.5)
            if "channel not known" in seen:
                self.press("h", "1")
                self.screen.wait_quiet(0.15, 1.5)
            self.press("s")
            if "s again" in self.screen.wait_quiet(0.2, 2.0):  # it lacks a code
                self.press_again("s")
                self.screen.wait_quiet(0.2, 2.0)

    def select_item(self, token: str) -> None:
        """Turn to the item with a word on the page of what waits."""
        self.press("home")
        for _ in range(20):
            if token in self.screen.wait_quiet(0.1, 1.0):
                return
            self.press("down")
        raise TimeoutError(f"{token} is not on the page:\n{self.text()}")

    def add_code(self, typed: str, label: str) -> None:
        """Give the selected item a code."""
        self.press("c")
        self.type(typed)
        self.wait(lambda seen: seen.count(label) >= 1)
        self.press("enter")
        self.wait(re.compile(rf"✓ +{re.escape(label)}"))
        self.press("escape")
        self.wait(lambda seen: "s send" in seen)  # escape and a letter in one go are alt and the letter

    def add_words(self, text: str, token: str) -> None:
        """Write more into the selected item's note."""
        self.press("e")
        self.type(text)
        self.wait(token)
        self.press("alt+enter")
        self.wait(lambda seen: "s send" in seen and token in seen)

    def drop_follow_up(self, token: str) -> None:
        """Drop the first follow-up of the selected item."""
        self.press("d", "1")
        self.wait(lambda seen: token not in seen)

    def send_item(self) -> None:
        """Send the selected item."""
        self.press("s")

    def leave(self) -> None:
        """Leave the desktop, also out of a contact."""
        self.press("ctrl+o")
        self.confirm_leaving()

    def confirm_leaving(self) -> None:
        """Press the leaving key again where the desktop asks; where it does not, it ends by itself."""
        with suppress(TimeoutError):
            self.press_again("ctrl+o")
