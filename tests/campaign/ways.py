"""Every way out of a contact, as an agent goes it."""

import contextlib
import signal
from collections.abc import Callable
from dataclasses import dataclass

from tests.campaign.entered import Contact
from tests.campaign.hands import Hands
from tests.campaign.work import CODES, Work

Steps = Callable[["Work", Contact], None]


@dataclass(frozen=True)
class Way:
    """A way out. `weight`: how often; `kills`: how many times the desktop is killed on it; `written`: in writing.

    A `weight` of 0 is never dealt: it has to be asked for.
    """

    name: str
    steps: Steps
    weight: float = 1.0
    kills: int = 0
    written: bool = False


WAYS: dict[str, Way] = {}


def way(name: str, weight: float = 1.0, kills: int = 0, *, written: bool = False) -> Callable[[Steps], Steps]:
    """Add a way."""

    def add(steps: Steps) -> Steps:
        WAYS[name] = Way(name, steps, weight, kills, written)
        return steps

    return add


# Finished


@way("finished", 8)
def finished(work: Work, c: Contact) -> None:
    """Note, codes, follow-ups, finish."""
    work.to_wrap_up(c)
    work.finish(c)


@way("finished, pressed twice", 5)
def pressed_twice(work: Work, c: Contact) -> None:
    """The finishing key two or three times in one burst."""
    work.to_wrap_up(c)
    work.finish(c, work.rng.choice((2, 2, 3)))


@way("finished at once after the last key", 3)
def last_key(work: Work, c: Contact) -> None:
    """Words, then the finishing key, faster than anything is drawn."""
    work.to_wrap_up(c)
    text = c.note()
    c.finish_pressed = True
    # The note is told before its end: whatever was typed before the key belongs to it.
    work.hands.burst("alt+n", "end", f"={text}", "alt+enter")
    work.hands.wait_empty()
    c.saved()
    c.said_finished = Hands.FINISHED in work.hands.line


@way("finished, a half-typed follow-up", 2)
def half_typed(work: Work, c: Contact) -> None:
    """The follow-up stands in its field, enter was not pressed."""
    work.to_wrap_up(c)
    piece = work.follow_up_text(c, "callback")
    work.hands.begin_follow_up("callback", piece.text)
    work.hands.wait(piece.token)
    work.finish(c)


@way("finished, a follow-up given up with esc", 2)
def given_up(work: Work, c: Contact) -> None:
    """A text message is begun, and left with esc."""
    work.to_wrap_up(c)
    piece = work.follow_up_text(c, "sms" if c.customer_id else "callback")
    piece.unwanted = True
    work.hands.begin_follow_up(piece.kind, piece.text)
    work.hands.wait(piece.token)
    work.hands.give_follow_up_up()
    work.hands.screen.wait_quiet(0.1, 1.0)
    work.finish(c)


@way("finished, then left at once", 2)
def finished_and_left(work: Work, c: Contact) -> None:
    """The finishing key, and the keys that leave the desktop right behind it."""
    work.to_wrap_up(c)
    c.finish_pressed = True
    work.hands.burst("alt+enter", "ctrl+o")
    work.hands.confirm_leaving()
    work.site.screen and work.site.screen.wait_exit(20)
    work.site.drop()
    work.back(c)
    work.carry_on(c)


# Timed out


def time_out(work: Work, c: Contact) -> None:
    """The contact centre ends the wrap-up."""
    work.site.step("end_wrap_up", interaction=c.id)
    c.log("the wrap-up timed out")


def kept(work: Work, c: Contact, parked: int) -> None:
    """Wait until the screen says that the record is in the outbox and needs the agent."""
    work.hands.wait_empty(20)
    if work.hands.wait_outbox(lambda _, needs: needs > parked, 12):
        c.saved()
    c.log("kept: " + work.hands.text().partition("\n")[0] + " / " + work.hands.line)


def send_from_page(work: Work, c: Contact) -> None:
    """See the record on the page of what waits, and send it from there."""
    page = work.hands.open_outbox()
    c.log("the page:\n" + page)
    work.hands.retry()
    work.hands.wait_outbox(lambda all_, _: all_ == 0, 6)
    c.log("after sending again:\n" + work.hands.text())
    work.hands.close_page()


@way("timed out, sent from the page", 8)
def timed_out(work: Work, c: Contact) -> None:
    """A whole wrap-up runs out of time, and is sent from the page of what waits."""
    work.to_wrap_up(c, least=1)
    parked = work.hands.outbox[1]
    time_out(work, c)
    kept(work, c, parked)
    send_from_page(work, c)


@way("timed out, sent later", 4)
def timed_out_later(work: Work, c: Contact) -> None:
    """As before, but only at the end of the shift."""
    work.to_wrap_up(c, least=1)
    parked = work.hands.outbox[1]
    time_out(work, c)
    kept(work, c, parked)


@way("timed out, finished at once", 4)
def timed_out_finished(work: Work, c: Contact) -> None:
    """The agent presses the finishing key when the contact has just gone."""
    work.to_wrap_up(c, least=1)
    time_out(work, c)
    work.moment(0.5)
    work.press_finish(c)
    work.hands.wait_empty(20)
    c.log("last line: " + work.hands.line)
    work.hands.screen.wait_quiet(0.3, 3)


@way("timed out while typing", 4)
def timed_out_typing(work: Work, c: Contact) -> None:
    """Time is up in the middle of a word, before a code was chosen."""
    work.talk(c)
    work.hands.end_contact()
    if work.rng.random() < 0.5:
        work.code(c)
    parked = work.hands.outbox[1]
    work.hands.to_note()
    work.write(c)
    time_out(work, c)
    work.moment(0.1)
    # What comes after the contact has left may be refused with a bell; what is seen in the note is kept.
    token = c.token()
    piece = c.add("note", f"late {token} ", token)
    piece.maybe = True
    work.hands.type(piece.text)
    kept(work, c, parked)
    if work.rng.random() < 0.5:
        send_from_page(work, c)


@way("timed out, a half-typed follow-up", 2)
def timed_out_half(work: Work, c: Contact) -> None:
    """Time is up while a follow-up stands in its field."""
    work.to_wrap_up(c)
    parked = work.hands.outbox[1]
    piece = work.follow_up_text(c, "callback")
    work.hands.begin_follow_up("callback", piece.text)
    work.hands.wait(piece.token)
    time_out(work, c)
    kept(work, c, parked)
    if work.rng.random() < 0.5:
        send_from_page(work, c)


@way("timed out, completed on the page", 6)
def timed_out_completed(work: Work, c: Contact) -> None:
    """A wrap-up without a code runs out of time; code, words and one follow-up less, and it is sent."""
    work.talk(c)
    work.hands.end_contact()
    work.follow_ups(c, least=2)
    first = c.pieces[-1].token if len(c.of("sms", "callback")) == 1 else c.of("sms", "callback")[0].token
    parked = work.hands.outbox[1]
    time_out(work, c)
    kept(work, c, parked)
    work.hands.open_outbox()
    work.hands.select_item(c.of("note")[0].token)
    typed, label, code = work.rng.choice(CODES)
    work.hands.add_code(typed, label)
    c.add("code", code, label)
    text = c.note("and ")
    work.hands.add_words(text, c.pieces[-1].token)
    if work.rng.random() < 0.6:
        next(piece for piece in c.pieces if piece.token == first).unwanted = True
        work.hands.drop_follow_up(first)
    c.saved()
    work.hands.send_item()
    work.hands.wait_outbox(lambda _, needs: needs <= parked, 6)
    c.log("sent:\n" + work.hands.text())
    work.hands.close_page()


# Ended, handed over, taken away


@way("customer hung up while typing", 6)
def hung_up(work: Work, c: Contact) -> None:
    """The customer leaves in the middle of a word."""
    work.talk(c)
    work.site.step("hangup", interaction=c.id)
    c.log("the customer hangs up")
    work.write(c)
    work.hands.wait_wrap_up()
    work.code(c)
    work.follow_ups(c)
    work.finish(c)


@way("customer hung up while it rang", 2)
def hung_up_ringing(work: Work, c: Contact) -> None:
    """A note was begun on the ring; the contact never comes."""
    work.ring(c)
    work.write_on_ring(c)
    parked = work.hands.outbox[1]
    work.site.step("hangup", interaction=c.id)
    c.log("the customer hangs up")
    kept(work, c, parked)
    if work.rng.random() < 0.5:
        send_from_page(work, c)


@way("gone from the desk, and back", 2)
def gone_and_back(work: Work, c: Contact) -> None:
    """The offer is taken back with a note begun, and the same contact rings again."""
    work.ring(c)
    work.write_on_ring(c)
    work.all_saved(c)
    work.site.step("rescind", interaction=c.id)
    c.log("the offer is taken back")
    work.hands.wait(lambda seen: "Incoming" not in seen)
    work.hands.wait("Incoming", 30)
    work.hands.accept()
    work.hands.to_note()
    work.write(c)
    work.wrap_up(c)
    work.finish(c)


@way("handed over to a queue", 4)
def to_queue(work: Work, c: Contact) -> None:
    """Blind transfer to a queue with a note begun."""
    work.talk(c)
    work.hands.transfer("Retention")
    work.hands.wait_wrap_up()
    with contextlib.suppress(AssertionError):
        work.site.step("hangup", **{"from": c.address})
    work.code(c)
    work.follow_ups(c)
    work.finish(c)


@way("handed over to a colleague", 3)
def to_colleague(work: Work, c: Contact) -> None:
    """Blind transfer to a person with a note begun."""
    work.talk(c)
    work.hands.transfer("refunds noor")
    work.hands.wait(lambda seen: "Noor Haddad  ringing" in seen or "─ Wrap-up" in seen)
    work.site.step("expert_answers", target="person:noor")
    work.hands.wait_wrap_up()
    work.code(c)
    work.follow_ups(c)
    work.finish(c)


@way("taken over by a supervisor", 4)
def taken_over(work: Work, c: Contact) -> None:
    """A supervisor goes on with the customer while the agent types."""
    work.talk(c)
    answer = work.site.ask("sam", "POST", f"floor/interactions/{c.id}/take-over", why="it escalates")
    assert answer.is_success, answer.text
    c.log("taken over")
    theirs = answer.json()["interaction"]["id"]
    work.write(c)
    work.hands.wait_wrap_up()
    work.site.ask("sam", "POST", f"interactions/{theirs}/end")
    work.site.ask("sam", "POST", f"interactions/{theirs}/wrap-up", codes=["duplicate-charge"], note_given=False)
    work.code(c)
    work.follow_ups(c)
    work.finish(c)


@contextlib.contextmanager
def colleague_at_work(work: Work):  # type: ignore[no-untyped-def]
    """Tom is available while this lasts."""
    work.site.step("availability", agent="tom", availability="available")
    try:
        yield
    finally:
        work.site.step("availability", agent="tom", availability="not_ready")


@way("reassigned while talking", 3)
def reassigned(work: Work, c: Contact) -> None:
    """A supervisor gives the contact to somebody else while the agent types."""
    work.talk(c)
    with colleague_at_work(work):
        answer = work.site.ask("sam", "POST", f"floor/interactions/{c.id}/reassign", why="balance", agent_id="tom")
        assert answer.is_success, answer.text
        theirs = answer.json()["interaction"]["id"]
        work.site.step("hangup", interaction=theirs)
        work.site.ask("tom", "POST", f"interactions/{theirs}/wrap-up", codes=["duplicate-charge"], note_given=False)
    work.write(c)
    work.hands.wait_wrap_up()
    work.code(c)
    work.follow_ups(c)
    work.finish(c)


@way("reassigned while it rang", 3)
def reassigned_ringing(work: Work, c: Contact) -> None:
    """A note was begun on the ring, and a supervisor gives the contact to somebody else."""
    work.ring(c)
    work.write_on_ring(c)
    parked = work.hands.outbox[1]
    with colleague_at_work(work):
        answer = work.site.ask("sam", "POST", f"floor/interactions/{c.id}/reassign", why="balance", agent_id="tom")
        assert answer.is_success, answer.text
        work.site.step("hangup", interaction=c.id)
    kept(work, c, parked)
    if work.rng.random() < 0.5:
        send_from_page(work, c)


@way("withdrawn in wrap-up", 3)
def withdrawn(work: Work, c: Contact) -> None:
    """A supervisor closes the contact in the middle of the wrap-up."""
    work.to_wrap_up(c, least=1)
    parked = work.hands.outbox[1]
    work.site.ask("sam", "POST", f"floor/interactions/{c.id}/withdraw", why="a duplicate")
    c.log("withdrawn")
    kept(work, c, parked)
    if work.rng.random() < 0.5:
        send_from_page(work, c)


# Killed


@way("killed while typing", 6, kills=1)
def killed_typing(work: Work, c: Contact) -> None:
    """Kill -9 in the middle of a note, then on with it."""
    work.talk(c)
    if work.rng.random() < 0.7:
        work.all_saved(c, c.pieces[-1].token)
    work.write(c, 2)
    work.moment(0.7)
    work.crash(c)
    work.carry_on(c)


@way("killed in the wrap-up", 5, kills=1)
def killed_wrap_up(work: Work, c: Contact) -> None:
    """Kill -9 with codes and follow-ups on the screen."""
    work.to_wrap_up(c, least=1)
    if work.rng.random() < 0.7:
        work.all_saved(c)
    else:
        work.moment(0.5)
    work.crash(c)
    work.carry_on(c)


@way("killed after the finishing key", 14, kills=1)
def killed_finishing(work: Work, c: Contact) -> None:
    """Kill -9 within 400 ms after the finishing key."""
    work.to_wrap_up(c)
    if work.rng.random() < 0.6:
        work.all_saved(c)
    work.press_finish(c, work.rng.choice((1, 1, 2)))
    work.moment(0.4 if work.rng.random() < 0.7 else 0.1)
    work.crash(c)
    work.carry_on(c)


@way("killed twice", 2, kills=2)
def killed_twice(work: Work, c: Contact) -> None:
    """Kill -9 after the finishing key, and again while it starts."""
    work.to_wrap_up(c)
    work.all_saved(c)
    work.press_finish(c)
    work.moment()
    c.kills += 2
    work.site.kill(work.rng)
    work.site.start(wait=False)
    work.moment(1.4)
    work.site.kill(work.rng)
    work.back(c)
    work.carry_on(c)


@way("killed while it was parked", 3, kills=1)
def killed_parking(work: Work, c: Contact) -> None:
    """Timed out, and kill -9 at some moment of what the desktop does then."""
    work.to_wrap_up(c, least=1)
    work.all_saved(c)
    time_out(work, c)
    work.moment(3.0)
    work.crash(c)


@way("killed while it was sent again", 2, kills=1)
def killed_resending(work: Work, c: Contact) -> None:
    """Kill -9 just after a parked record was sent again from its page."""
    work.to_wrap_up(c, least=1)
    parked = work.hands.outbox[1]
    time_out(work, c)
    kept(work, c, parked)
    work.hands.open_outbox()
    work.hands.retry()
    work.moment()
    work.crash(c)


@way("killed while it was delivered", 3, kills=1)
def killed_delivering(work: Work, c: Contact) -> None:
    """Kill -9 while the CRM takes its time."""
    work.site.wrong("crm", {"match": "PUT /v1/wrap-ups/*", "effect": "delay", "seconds": 0.5})
    work.to_wrap_up(c)
    work.finish(c)
    work.moment(0.7)
    work.crash(c)
    work.site.wrong("crm")


# Gone while the desktop was dead


def close_behind_its_back(work: Work, c: Contact) -> None:
    """The contact ends while no desktop runs."""
    if work.site.phase(c.id) in ("offered", "active"):
        work.site.step("hangup", interaction=c.id)
    if work.site.phase(c.id) == "wrap_up":
        time_out(work, c)
    c.log("the contact is gone")


@way("gone while dead, in a note", 4, kills=1)
def gone_dead_note(work: Work, c: Contact) -> None:
    """Kill -9 in a note; the contact ends; a new start."""
    work.talk(c)
    work.all_saved(c, c.pieces[-1].token)
    c.kills += 1
    work.site.kill(work.rng)
    close_behind_its_back(work, c)
    work.site.start()
    if work.rng.random() < 0.5:
        kept(work, c, 0)
        send_from_page(work, c)


@way("gone while dead, in wrap-up", 5, kills=1)
def gone_dead_wrap_up(work: Work, c: Contact) -> None:
    """Kill -9 with codes and follow-ups; the contact ends; a new start."""
    work.to_wrap_up(c, least=1)
    work.all_saved(c)
    c.kills += 1
    work.site.kill(work.rng)
    close_behind_its_back(work, c)
    work.site.start()
    if work.rng.random() < 0.5:
        kept(work, c, 0)
        send_from_page(work, c)


@way("gone while away", 2)
def gone_away(work: Work, c: Contact) -> None:
    """Left with the keys, the contact ends, a new start."""
    work.to_wrap_up(c, least=1)
    work.site.quit()
    close_behind_its_back(work, c)
    work.site.start()


# The CRM, the contact centre and the sender have trouble


def trouble(work: Work, c: Contact, server: str, match: str, kind: str) -> None:
    """One kind of trouble with the calls of one sort."""
    rules: dict[str, dict[str, object]] = {
        "refuses connections": {"effect": "refuse"},
        "hangs": {"effect": "delay", "seconds": 17.0, "times": 1},
        "loses answers": {"effect": "apply_then_fail", "times": 2},
        "answers with garbage": {"effect": "garbage", "times": 2},
        "cuts answers": {"effect": "drop_body", "times": 2},
    }
    rule = rules.get(kind) or {"effect": "status", "status": int(kind), "retry_after": 1 if kind == "429" else None}
    if kind in ("403", "409", "422"):
        rule["times"] = 1
    work.site.wrong(server, {"match": match, **rule})


def heal_one(work: Work, c: Contact, server: str) -> None:
    """The trouble is over, soon or at the end of the shift."""
    if work.rng.random() < 0.6:
        work.moment()
        work.site.wrong(server)
        work.hands.retry()


ALL = ("refuses connections", "hangs", "loses answers", "answers with garbage", "cuts answers")
STATUS = ("403", "409", "422", "429", "500", "503")


def _crm(kind: str) -> Steps:
    def steps(work: Work, c: Contact) -> None:
        trouble(work, c, "crm", "PUT /v1/wrap-ups/*", kind)
        work.to_wrap_up(c)
        work.finish(c)
        heal_one(work, c, "crm")

    return steps


def _sender(kind: str) -> Steps:
    def steps(work: Work, c: Contact) -> None:
        trouble(work, c, "messaging", "POST /v1/messages", kind)
        work.talk(c)
        work.hands.end_contact()
        work.code(c)
        work.follow_up(c, "sms" if c.customer_id else "callback")
        if work.rng.random() < 0.4:
            work.follow_up(c, "callback")
        work.finish(c)
        heal_one(work, c, "messaging")

    return steps


def _callbacks(kind: str) -> Steps:
    def steps(work: Work, c: Contact) -> None:
        trouble(work, c, "contact_center", "POST /v1/callbacks", kind)
        work.talk(c)
        work.hands.end_contact()
        work.code(c)
        work.follow_up(c, "callback")
        work.finish(c)
        heal_one(work, c, "contact_center")

    return steps


def _centre(kind: str) -> Steps:
    def steps(work: Work, c: Contact) -> None:
        work.to_wrap_up(c)
        trouble(work, c, "contact_center", f"POST /v1/interactions/{c.id}/wrap-up", kind)
        work.press_finish(c)
        work.hands.screen.wait_quiet(0.4, 4)
        c.log("the centre did not take it:\n" + work.hands.text())
        work.site.wrong("contact_center")
        work.carry_on(c)

    return steps


for _kind in (*ALL, *STATUS):
    way(f"CRM {_kind}", 1.2)(_crm(_kind))
    way(f"sender {_kind}", 0.9)(_sender(_kind))
for _kind in ("refuses connections", "loses answers", "422", "503"):
    way(f"callbacks {_kind}", 0.9)(_callbacks(_kind))
for _kind in ("refuses connections", "loses answers", "503", "500", "409"):
    way(f"contact centre {_kind}", 0.9)(_centre(_kind))


@way("CRM 403 for one record", 2)
def poisoned(work: Work, c: Contact) -> None:
    """One record is refused whenever it is sent; those behind it must not wait for it."""
    work.site.wrong("crm", {"match": "PUT /v1/wrap-ups/*", "effect": "refuse"})
    work.to_wrap_up(c)
    work.finish(c)
    keys = [
        part.partition("=")[2]
        for row in work.site.rows()
        if c.id in row and row.startswith("outbox")
        for part in row.partition(": ")[2].split(" | ")
        if part.startswith("key=")
    ]
    rules = [{"match": f"PUT /v1/wrap-ups/{key}", "effect": "status", "status": 403} for key in keys]
    work.site.wrong("crm", *rules)
    work.hands.retry()
    work.hands.screen.wait_quiet(0.3, 3)
    c.log("refused:\n" + work.hands.text())


@way("contact centre down", 1.5)
def centre_down(work: Work, c: Contact) -> None:
    """It is gone while the agent types, and back later."""
    work.to_wrap_up(c)
    work.site.wrong("contact_center", {"match": "*/v1/*", "effect": "refuse"})
    work.site.step("cut_streams", server="contact_center")
    work.hands.to_note()
    work.write(c)
    work.press_finish(c)
    work.hands.screen.wait_quiet(0.4, 4)
    c.log("the centre is down:\n" + work.hands.text())
    work.site.wrong("contact_center")
    work.hands.wait_centre(40)
    work.carry_on(c)


# Other ends of the desktop


@way("left with a note open", 3)
def left(work: Work, c: Contact) -> None:
    """The keys that leave, with a note begun."""
    work.talk(c)
    if work.rng.random() < 0.5:
        work.wrap_up(c)
    work.site.quit()
    c.saved()
    work.back(c)
    work.carry_on(c)


def _back_after_an_end(work: Work, c: Contact) -> None:
    """Start again after the desktop ended in order, by itself: its words are on the disk, or in the file it names."""
    file = work.site.rescued(c.pieces[-1].token)
    if file is None:
        c.saved()
        work.back(c)
        return
    c.cut_off()  # the disk took longer than a program has that was told to end
    work.back(c)
    work.hands.wait(file.name)
    file.unlink()
    work.type_again(c)


def _signal(number: signal.Signals) -> Steps:
    def steps(work: Work, c: Contact) -> None:
        work.talk(c)
        if work.rng.random() < 0.5:
            work.wrap_up(c)
        else:
            work.hands.wait(c.pieces[-1].token)
        work.site.end_with(number)
        _back_after_an_end(work, c)
        work.carry_on(c)

    return steps


way("SIGTERM", 2)(_signal(signal.SIGTERM))
way("SIGHUP", 2)(_signal(signal.SIGHUP))


@way("the terminal goes away", 1)
def terminal_gone(work: Work, c: Contact) -> None:
    """A closed window."""
    work.talk(c)
    work.hands.wait(c.pieces[-1].token)
    work.site.hang_up()
    _back_after_an_end(work, c)
    work.carry_on(c)


@way("taken over by another desktop", 1)
def other_desktop(work: Work, c: Contact) -> None:
    """A second desktop asks the first one to save and leave."""
    work.talk(c)
    work.hands.wait(c.pieces[-1].token)
    first, work.site.screen = work.site.screen, None
    work.site.start(wait=False, more=("--take-over",))
    assert first is not None
    first.wait_exit(20)
    first.close()
    c.saved()
    work.hands.started()
    work.see_again(c)
    work.carry_on(c)


@way("a second agent on the profile", 2, kills=1)
def second_agent(work: Work, c: Contact) -> None:
    """A draft in hand, or a record that waits, and somebody else signs in."""
    waits = work.rng.random() < 0.5
    if waits:
        work.site.wrong("crm", {"match": "PUT /v1/wrap-ups/*", "effect": "refuse"})
        work.to_wrap_up(c)
        work.finish(c)
    else:
        work.to_wrap_up(c, least=1)
        work.all_saved(c)
    c.kills += 1
    work.site.kill(work.rng)
    close_behind_its_back(work, c)
    work.site.wrong("crm")
    work.site.sign_in_as("tom")
    work.site.start()
    work.hands.screen.wait_quiet(0.5, 4)
    c.log("somebody else sees:\n" + work.hands.text())
    if work.rng.random() < 0.5:
        work.hands.retry_parked()
        work.hands.screen.wait_quiet(0.5, 3)
        c.log("and tries to send it:\n" + work.hands.text())
    work.site.quit()
    work.site.sign_in_as(c.author)
    work.site.start()


# Disks


@way("disk full while typing", 2)
def full_typing(work: Work, c: Contact) -> None:
    """No byte more can be written; then there is room again."""
    work.talk(c)
    work.site.limit_files(0)
    work.write(c)
    work.hands.wait("NOT SAVED")
    work.site.limit_files(None)
    work.all_saved(c)
    work.wrap_up(c)
    work.finish(c)


@way("disk full at the finish", 2)
def full_finishing(work: Work, c: Contact) -> None:
    """The wrap-up cannot be put on disk; then there is room again."""
    work.to_wrap_up(c)
    work.site.limit_files(work.rng.choice((0, 4096, 65536)))
    work.press_finish(c)
    work.hands.screen.wait_quiet(0.5, 4)
    c.log("the disk is full:\n" + work.hands.text())
    work.site.limit_files(None)
    work.carry_on(c)


@way("disk full after the delivery", 1.5)
def full_delivering(work: Work, c: Contact) -> None:
    """What was delivered cannot be noted down."""
    work.site.wrong("crm", {"match": "PUT /v1/wrap-ups/*", "effect": "delay", "seconds": 0.4})
    work.to_wrap_up(c)
    work.finish(c)
    work.site.limit_files(0)
    work.moment(3.0)
    c.log("the disk is full:\n" + work.hands.text())
    work.site.limit_files(None)
    work.site.wrong("crm")


@way("disk full, then killed", 1.5, kills=1)
def full_killed(work: Work, c: Contact) -> None:
    """Killed while the newest words are refused by the disk."""
    work.talk(c)
    work.all_saved(c, c.pieces[-1].token)
    work.site.limit_files(0)
    work.write(c)
    work.hands.wait("NOT SAVED")
    work.crash(c)
    work.carry_on(c)


@way("the store comes late", 2, kills=1)
def late_store(work: Work, c: Contact) -> None:
    """After a kill another program has the store for a while; the agent goes on typing meanwhile."""
    work.to_wrap_up(c, least=1)
    work.all_saved(c)
    c.kills += 1
    work.site.kill(work.rng)
    with work.site.locked():
        work.site.start()
        work.hands.screen.wait_quiet(0.3, 1)
        c.log("the store is held:\n" + work.hands.text())
        work.hands.to_note()
        work.write(c)
        work.moment(3.0)
    work.hands.wait_saved(deadline=20)
    work.see_again(c)
    work.carry_on(c)


@way("a bit flipped", 1.5, kills=1)
def flipped(work: Work, c: Contact) -> None:
    """One bit of the store changes while no desktop runs."""
    work.to_wrap_up(c)
    work.all_saved(c)
    c.kills += 1
    work.site.kill(work.rng)
    work.site.damage(work.rng, page=False)
    work.back(c)
    work.carry_on(c)


@way("a page destroyed", 1, kills=1)
def page_destroyed(work: Work, c: Contact) -> None:
    """A page of the store is garbage when the desktop starts; what is written next must be kept."""
    work.to_wrap_up(c)
    work.all_saved(c)
    c.kills += 1
    work.site.kill(work.rng)
    work.site.damage(work.rng, page=True)
    work.site.start()
    c.log("after the damage:\n" + work.hands.screen.wait_quiet(0.3, 2))
    work.carry_on(c)
