"""Every way through a contact in writing, as an agent goes it: replies, files, drafts, and what may befall them."""

import signal
from collections.abc import Callable
from pathlib import Path

from tests.campaign.entered import Contact
from tests.campaign.hands import Hands
from tests.campaign.site import CUSTOMERS
from tests.campaign.ways import Steps, colleague_at_work, time_out, trouble
from tests.campaign.ways import way as any_way
from tests.campaign.work import Work

PREFIX = "reply: "
MESSAGES = "POST /v1/interactions/*/messages"


def way(name: str, weight: float = 1.0, kills: int = 0) -> Callable[[Steps], Steps]:
    """Add a way of a written contact."""
    return any_way(PREFIX + name, weight, kills, written=True)


def end(work: Work, c: Contact) -> None:
    """A note, the end of the contact, a code, and the finish."""
    work.hands.to_note()
    work.write(c)
    work.hands.end_contact()
    work.code(c)
    work.finish(c)


def answer(work: Work, c: Contact, parts: int = 1) -> None:
    """Compose a reply, send it and see it sent."""
    work.compose(c, parts)
    work.send(c)
    work.sent(c)
    if c.in_reply():  # refused: it is in the field again
        work.send(c)
        work.sent(c)


# Answered


@way("sent", 5)
def answered(work: Work, c: Contact) -> None:
    """One or two replies of some lines."""
    work.open(c)
    for _ in range(work.rng.choice((1, 1, 2))):
        answer(work, c, work.rng.choice((1, 2, 3)))
    end(work, c)


@way("key pressed twice", 4)
def pressed_twice(work: Work, c: Contact) -> None:
    """The sending key two or three times in one burst."""
    work.open(c)
    work.compose(c, 2)
    work.send(c, work.rng.choice((2, 2, 3)))
    work.sent(c)
    end(work, c)


@way("sent at once after the last key", 3)
def last_key(work: Work, c: Contact) -> None:
    """Words, then the sending key, faster than anything is drawn; then more words, and that again."""
    work.open(c)
    parts = []
    for _ in range(work.rng.choice((1, 2, 3))):
        parts += [f"={c.reply('at once ')}", "alt+enter"]
        c.message += 1
    work.hands.burst(*parts)
    work.sent(c)
    end(work, c)


@way("with files", 4)
def with_files(work: Work, c: Contact) -> None:
    """Some files go with the words, or without any."""
    work.open(c)
    if work.rng.random() < 0.8:
        work.compose(c)
    for _ in range(work.rng.choice((1, 1, 2))):
        work.attach(c)
    work.send(c)
    work.sent(c)
    if work.rng.random() < 0.4:
        answer(work, c)
    end(work, c)


@way("files removed", 1)
def files_removed(work: Work, c: Contact) -> None:
    """A file is chosen and removed; the words go alone."""
    work.open(c)
    work.compose(c)
    work.attach(c)
    work.hands.leave_field()
    work.hands.press("X")
    work.hands.wait("Not attached any more")
    for piece in work.files(c):
        piece.unwanted = True
    work.hands.to_reply()
    answer(work, c)
    end(work, c)


@way("canned", 2)
def canned(work: Work, c: Contact) -> None:
    """A canned reply between words of one's own."""
    work.open(c)
    if work.rng.random() < 0.5:
        work.compose(c)
    work.canned(c)
    work.send(c)
    work.sent(c)
    end(work, c)


def _take_back(work: Work, c: Contact) -> None:
    """Send a mail and take it back: the words must be in the field."""
    work.send(c)
    work.hands.wait(Hands.HELD)
    since = work.rng.random() < 0.4
    if since:
        work.compose(c)
        work.hands.wait(c.in_reply()[-1].token)
    work.moment(1.0)
    work.hands.take_back()
    c.back_in_field()
    for piece in c.in_reply():
        if piece.token.split()[-1] not in work.hands.wait(piece.token.split()[-1], 5.0):
            c.broken.append(("lost", f"{piece.token} was taken back, and is not in the field"))


@way("taken back", 4)
def taken_back(work: Work, c: Contact) -> None:
    """Taken back while it waits; then erased, or sent with more words."""
    work.open(c, "email")
    work.compose(c)
    if work.rng.random() < 0.3:
        work.attach(c)
    _take_back(work, c)
    if work.rng.random() < 0.5 and not work.files(c):
        work.hands.erase_reply()
        for piece in c.in_reply():
            piece.unwanted = True
        c.message += 1
        work.reply_gone(c)
    else:
        work.hands.type(c.reply(" "))
        work.send(c)
        work.sent(c)
    end(work, c)


@way("parked and taken back", 2)
def parked(work: Work, c: Contact) -> None:
    """Put aside with a draft, and taken up again."""
    work.open(c)
    work.compose(c, 2)
    token = c.pieces[-1].token
    work.hands.park()
    work.moment()
    work.hands.unpark()
    work.hands.wait(token)
    work.hands.to_reply()
    answer(work, c)
    end(work, c)


@way("ended with one that waits", 2)
def ended_held(work: Work, c: Contact) -> None:
    """A mail is held back, and the contact is ended: it goes first."""
    work.open(c, "email")
    work.compose(c, 2)
    work.send(c)
    work.hands.wait(Hands.HELD)
    end(work, c)


# Several at once


def two(work: Work, c: Contact) -> Contact:
    """Two written contacts in hand, the second one being written."""
    work.open(c)
    work.compose(c)
    phone, customer = CUSTOMERS[0 if c.customer_id != CUSTOMERS[0][1] else 1]
    other = work.another(c, phone, customer, work.rng.choice(("chat", "email", "sms")))
    work.site.come_in(other)
    work.hands.wait_ring()
    work.compose(c)
    work.hands.accept_written(other.mark)
    work.compose(other)
    return other


def turns(work: Work, *contacts: Contact) -> None:
    """Write on in one and the other, as fast as keys go."""
    for _ in range(work.rng.choice((2, 3, 4))):
        c = work.rng.choice(contacts)
        work.hands.turn_to(c.mark)
        work.compose(c)


def both(work: Work, *contacts: Contact) -> None:
    """Answer each, in some order, and end each."""
    for c in work.rng.sample(contacts, len(contacts)):
        work.hands.turn_to(c.mark)
        work.hands.to_reply()
        answer(work, c)
        end(work, c)


@way("two drafts", 3)
def two_drafts(work: Work, c: Contact) -> None:
    """Two drafts are written in turns; each goes to its own customer."""
    other = two(work, c)
    turns(work, c, other)
    both(work, c, other)


@way("two drafts, killed", 6, kills=1)
def two_drafts_killed(work: Work, c: Contact) -> None:
    """As before, and kill -9 in between."""
    other = two(work, c)
    turns(work, c, other)
    if work.rng.random() < 0.4:
        work.send(work.rng.choice([one for one in (c, other) if work.hands.shows(one.mark)]))
    work.moment(0.7)
    work.crash(c)
    work.look_for_reply(other)
    for one in (c, other):
        work.carry_on(one)


@way("a draft beside a call", 2)
def beside_a_call(work: Work, c: Contact) -> None:
    """A call comes in the middle of a draft; then the draft is written on."""
    work.open(c, "email", "sms")
    work.compose(c)
    phone, customer = CUSTOMERS[0 if c.customer_id != CUSTOMERS[0][1] else 1]
    call = work.another(c, phone, customer, "voice")
    work.site.come_in(call)
    work.hands.wait_ring()
    work.compose(c)
    work.hands.accept()
    work.write(call)
    work.hands.turn_to(c.mark)
    work.hands.to_reply()
    work.compose(c)
    work.hands.turn_to(call.mark)
    work.hands.to_note()
    work.write(call)
    work.wrap_up(call)
    work.finish(call)
    work.hands.turn_to(c.mark)
    work.hands.to_reply()
    answer(work, c)
    end(work, c)


# Ended by others


def noted(work: Work, c: Contact) -> None:
    """Wrap up what others ended; the note is written below what was not sent."""
    work.hands.wait_wrap_up()
    work.code(c)
    work.hands.to_note()
    work.hands.press("end", "enter")
    work.write(c)
    work.finish(c)


@way("customer leaves while composing", 5)
def customer_leaves(work: Work, c: Contact) -> None:
    """The customer leaves with a draft open: its words stand in the note."""
    work.open(c)
    if work.rng.random() < 0.3:
        answer(work, c)
    work.compose(c, 2)
    if work.rng.random() < 0.5:
        work.reply_saved(c)
    else:
        work.hands.wait(c.pieces[-1].token)
    c.left = True
    work.site.step("hangup", interaction=c.id)
    c.log("the customer leaves")
    noted(work, c)


@way("customer leaves at the sending key", 4)
def customer_leaves_sending(work: Work, c: Contact) -> None:
    """The customer leaves in the moment in which the reply is sent."""
    work.open(c)
    work.compose(c, 2)
    work.hands.wait(c.pieces[-1].token)
    c.left = True
    work.send(c)
    work.moment(0.3)
    work.site.step("hangup", interaction=c.id)
    c.log("the customer leaves")
    noted(work, c)


@way("taken over by a supervisor", 2)
def taken_over(work: Work, c: Contact) -> None:
    """A supervisor goes on with the customer while the agent writes."""
    work.open(c)
    work.compose(c, 2)
    work.hands.wait(c.pieces[-1].token)
    c.left = True
    done = work.site.ask("sam", "POST", f"floor/interactions/{c.id}/take-over", why="it escalates")
    assert done.is_success, done.text
    c.log("taken over")
    theirs = done.json()["interaction"]["id"]
    work.hands.wait_wrap_up()
    work.site.ask("sam", "POST", f"interactions/{theirs}/end")
    work.site.ask("sam", "POST", f"interactions/{theirs}/wrap-up", codes=["duplicate-charge"], note_given=False)
    noted(work, c)


@way("reassigned while composing", 2)
def reassigned(work: Work, c: Contact) -> None:
    """A supervisor gives the contact to somebody else while the agent writes."""
    work.open(c)
    work.compose(c, 2)
    work.hands.wait(c.pieces[-1].token)
    c.left = True
    with colleague_at_work(work):
        done = work.site.ask("sam", "POST", f"floor/interactions/{c.id}/reassign", why="balance", agent_id="tom")
        assert done.is_success, done.text
        theirs = done.json()["interaction"]["id"]
        work.hands.wait_wrap_up()
        work.site.step("hangup", interaction=theirs)
        work.site.ask("tom", "POST", f"interactions/{theirs}/wrap-up", codes=["duplicate-charge"], note_given=False)
    noted(work, c)


# Killed


@way("killed while composing", 8, kills=3)
def killed_composing(work: Work, c: Contact) -> None:
    """Kill -9 in the middle of a reply, again and again, then on with it."""
    work.open(c)
    for _ in range(3):
        work.compose(c, 2)
        if work.rng.random() < 0.5:
            work.reply_saved(c, c.pieces[-1].token)
        else:
            work.moment(0.7)
        work.crash(c)
        work.hands.to_reply()
    work.carry_on(c)


@way("killed after the sending key", 14, kills=2)
def killed_sending(work: Work, c: Contact) -> None:
    """Kill -9 within 400 ms after the sending key, with two replies."""
    work.open(c)
    for _ in range(2):
        work.compose(c, 2)
        if work.rng.random() < 0.6:
            work.reply_saved(c, c.pieces[-1].token)
        work.send(c, work.rng.choice((1, 1, 2)))
        work.moment(0.4 if work.rng.random() < 0.7 else 0.1)
        work.crash(c)
        work.send_what_is_there(c)
        work.hands.to_reply()
    work.carry_on(c)


@way("killed twice", 3, kills=2)
def killed_twice(work: Work, c: Contact) -> None:
    """Kill -9 after the sending key, and again while it starts."""
    work.open(c)
    work.compose(c, 2)
    work.reply_saved(c, c.pieces[-1].token)
    work.send(c)
    work.moment()
    c.kills += 2
    work.site.kill(work.rng)
    work.site.start(wait=False)
    work.moment(1.4)
    work.site.kill(work.rng)
    work.back(c)
    work.carry_on(c)


@way("killed while it waits", 8, kills=2)
def killed_held(work: Work, c: Contact) -> None:
    """Kill -9 in the seconds in which a mail could be taken back, twice; it goes once."""
    work.open(c, "email")
    work.compose(c, 2)
    if work.rng.random() < 0.3:
        work.attach(c)
    work.send(c)
    for _ in range(2):
        work.moment(3.0)
        work.crash(c)
    work.carry_on(c)


@way("killed while it is taken back", 4, kills=1)
def killed_taking_back(work: Work, c: Contact) -> None:
    """Kill -9 within 400 ms after the key that takes back."""
    work.open(c, "email")
    work.compose(c, 2)
    work.send(c)
    work.hands.wait(Hands.HELD)
    work.hands.press("alt+u")
    work.moment()
    work.crash(c)
    work.carry_on(c)


@way("killed while the centre takes its time", 7, kills=1)
def killed_on_the_way(work: Work, c: Contact) -> None:
    """Kill -9 while the reply is on its way: whether it arrives is not known."""
    work.open(c, "chat", "sms")
    work.site.wrong("contact_center", {"match": MESSAGES, "effect": "delay", "seconds": work.rng.choice((0.3, 0.8))})
    work.compose(c, 2)
    if work.rng.random() < 0.3:
        work.attach(c)
    work.send(c)
    work.moment(1.0)
    work.crash(c)
    work.site.wrong("contact_center")
    work.carry_on(c)


@way("killed after a lost answer", 6, kills=1)
def killed_unanswered(work: Work, c: Contact) -> None:
    """It arrived, the answer is lost, and kill -9."""
    work.open(c, "chat", "sms")
    work.site.wrong("contact_center", {"match": MESSAGES, "effect": "apply_then_fail", "times": 3})
    work.compose(c, 2)
    work.send(c)
    work.moment(0.6)
    work.crash(c)
    if work.rng.random() < 0.5:
        work.site.wrong("contact_center")
    work.carry_on(c)
    work.site.wrong("contact_center")


@way("killed with a file chosen", 7, kills=2)
def killed_with_file(work: Work, c: Contact) -> None:
    """Kill -9 as a file is chosen, and as it is sent."""
    work.open(c)
    work.compose(c)
    if work.rng.random() < 0.5:
        work.attach(c)
    else:
        work.begin_file(c)
        work.hands.press("enter")
    work.moment(0.3)
    work.crash(c)
    work.hands.to_reply()
    if work.files(c)[0].maybe and work.files(c)[0].text not in work.hands.text():
        work.attach(c)
    work.send_if_there(c)
    work.moment(0.5)
    work.crash(c)
    work.carry_on(c)


@way("customer leaves while dead", 4, kills=1)
def gone_dead(work: Work, c: Contact) -> None:
    """Kill -9 in a reply or right after it was sent; the customer leaves; a new start."""
    work.open(c)
    work.compose(c, 2)
    work.reply_saved(c, c.pieces[-1].token)
    if work.rng.random() < 0.5:
        work.send(c)
        work.moment(0.3)
    c.left = True
    c.kills += 1
    work.site.kill(work.rng)
    work.site.step("hangup", interaction=c.id)
    ended = work.rng.random() < 0.4
    if ended:
        time_out(work, c)
    work.site.start()
    if not ended:
        noted(work, c)


# The contact centre has trouble


def _centre(kind: str) -> Steps:
    def steps(work: Work, c: Contact) -> None:
        work.open(c, "chat", "sms") if work.rng.random() < 0.7 else work.open(c, "email")
        trouble(work, c, "contact_center", MESSAGES, kind)
        work.compose(c, 2)
        if work.rng.random() < 0.3:
            work.attach(c)
        work.send(c)
        work.moment(1.0)
        since = work.rng.random() < 0.5
        if since:
            work.compose(c)
        work.hands.screen.wait_quiet(0.4, 4)
        c.log("the centre did not take it:\n" + work.hands.text())
        work.site.wrong("contact_center")
        work.settle_refused(c)
        work.carry_on(c)

    return steps


for _kind in ("refuses connections", "hangs", "loses answers", "answers with garbage", "cuts answers"):
    way(f"centre {_kind}", 1)(_centre(_kind))
for _kind in ("403", "409", "422", "429", "500", "503"):
    way(f"centre {_kind}", 1)(_centre(_kind))


@way("a file is another one now", 1)
def other_file(work: Work, c: Contact) -> None:
    """The file changes between the choice and the sending: nothing goes until it is removed."""
    work.open(c, "chat", "sms")
    work.compose(c)
    piece = work.begin_file(c)
    work.hands.press("enter")
    work.hands.wait(f"{piece.text} goes with your reply.")
    work.hands.to_reply()
    path: Path = work.site.folder / "files" / piece.text
    path.write_bytes(b"another one")
    piece.unwanted = True
    work.hands.send_reply(asks=True)
    work.hands.wait(lambda _: c.in_reply()[0].token in work.hands.composer())
    work.hands.wait("has changed since you attached it")
    work.hands.leave_field()
    work.hands.press("X")
    work.hands.wait("Not attached any more")
    work.hands.to_reply()
    c.in_reply()[0].text = c.in_reply()[0].text.rstrip()
    work.send(c)
    work.sent(c)
    end(work, c)


# Other ends of the desktop


@way("left with a draft", 2)
def left(work: Work, c: Contact) -> None:
    """The keys that leave, with a draft, or with a mail that waits."""
    work.open(c)
    work.compose(c, 2)
    if work.rng.random() < 0.5:
        work.send(c)
    work.site.quit()
    c.saved()
    work.back(c)
    work.carry_on(c)


@way("SIGTERM", 2)
def terminated(work: Work, c: Contact) -> None:
    """Told to end, with a draft, or with a mail that waits."""
    work.open(c)
    work.compose(c, 2)
    work.hands.wait(c.pieces[-1].token)
    if work.rng.random() < 0.5:
        work.send(c)
    work.site.end_with(signal.SIGTERM)
    c.saved()
    work.back(c)
    work.carry_on(c)


@way("taken over by another desktop", 2)
def other_desktop(work: Work, c: Contact) -> None:
    """A second desktop asks the first one to save and leave, with a draft or a mail that waits."""
    work.open(c)
    work.compose(c, 2)
    work.hands.wait(c.pieces[-1].token)
    if work.rng.random() < 0.4:
        work.send(c)
    first, work.site.screen = work.site.screen, None
    work.site.start(wait=False, more=("--take-over",))
    assert first is not None
    first.wait_exit(20)
    first.close()
    c.saved()
    work.hands.started()
    work.see_again(c)
    work.look_for_reply(c)
    work.carry_on(c)


@way("disk full while composing", 2)
def full_disk(work: Work, c: Contact) -> None:
    """No byte more can be written while a reply is typed and sent; then there is room again."""
    work.open(c)
    work.compose(c)
    work.reply_saved(c, c.pieces[-1].token)
    work.site.limit_files(0)
    work.compose(c)
    work.hands.wait("NOT SAVED")
    if work.rng.random() < 0.5:
        work.site.limit_files(None)
        work.reply_saved(c)
    work.send(c)
    work.sent(c)
    work.site.limit_files(None)
    end(work, c)


@way("disk full, then killed", 2, kills=1)
def full_killed(work: Work, c: Contact) -> None:
    """Killed while the newest words of a reply are refused by the disk."""
    work.open(c)
    work.compose(c)
    work.reply_saved(c, c.pieces[-1].token)
    work.site.limit_files(0)
    work.compose(c)
    work.hands.wait("NOT SAVED")
    work.crash(c)
    work.carry_on(c)
