"""The jobs of every shift, by the keys one presses for them beside what is typed: none may get longer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from desktop.domain.conversations.canned_replies import CannedReply
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Address, Message, Waiting
from desktop.domain.entities.words import Availability, Channel, LegPhase, Verb
from desktop.domain.state.state import AppState
from tests.tui.agent.test_reply import quiet
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import IDLE, NOW, QUEUES, active, consulting, offered, three_matches, wrapping_up


class Typed(str):
    """Words that are typed: no key press, as in the budgets."""


@dataclass(frozen=True)
class Job:
    """One thing an agent does many times a day.

    Args:
        name: what it is.
        state: the desk it begins with.
        keys: what is pressed and typed.
        budget: key presses it may cost at most.
        done: what the session was asked for, or what the draft holds.
    """

    name: str
    state: Callable[[], AppState]
    keys: tuple[str, ...]
    budget: int
    done: Callable[[RecordedSession], bool]


def asked(*call: Any) -> Callable[[RecordedSession], bool]:
    """Whether the session was asked for exactly this, once."""
    return lambda session: [one for one in session.calls if one[0] == call[0]] == [call]


def verb(verb: Verb, **details: Any) -> Callable[[RecordedSession], bool]:
    return asked("commands.do", verb, "i1", *details.items())


def follows_up(kind: str, text: str) -> Callable[[RecordedSession], bool]:
    def planned(session: RecordedSession) -> bool:
        follow_ups: tuple[FollowUp, ...] = session.store.drain().drafts["i1"].follow_ups
        return [(one.kind, one.text) for one in follow_ups] == [(kind, text)]

    return planned


def expert_on_the_line() -> AppState:
    return consulting(LegPhase.ACTIVE)


def two_contacts() -> AppState:
    state = quiet()
    chat = state.interactions["i1"]
    words = (Message("m1", NOW - 50, "customer", "Charged twice."),)
    mail = replace(chat, id="i2", channel=Channel.EMAIL, customer=Address("email", "j@example.com"), messages=words)
    return replace(state, interactions={"i1": chat, "i2": mail})


def parked() -> AppState:
    return quiet(parked=True, parked_since=NOW - 60)


def somebody_waits() -> AppState:
    who = Waiting("w1", Address("handle", "priya"), NOW - 130, Channel.CHAT, "Priya Natarajan", "Charged twice")
    return replace(IDLE, queues={"Billing": replace(QUEUES["Billing"], to_pull=(who,))})


ONE_CODE = Typed("dupl")
JOBS = (
    Job(
        "be available",
        lambda: IDLE,
        ("s", "1"),
        2,
        asked("commands.set_availability", Availability.AVAILABLE, ("after_current", False), ("reason", "")),
    ),
    Job("answer", offered, ("f2",), 1, verb(Verb.ACCEPT)),
    Job("pick the right one of three customers", three_matches, ("2",), 1, asked("pops.choose", "i1", "C-101")),
    Job("hold", active, ("f4",), 1, verb(Verb.HOLD)),
    Job("pause the recording", active, ("alt+full_stop",), 1, verb(Verb.PAUSE_RECORDING)),
    Job("call an expert", active, ("f6", "enter"), 2, verb(Verb.CONSULT, target="person:p1")),
    Job("merge the expert", expert_on_the_line, ("alt+j",), 1, verb(Verb.CONFERENCE, leg_id="l1")),
    Job("hand over", expert_on_the_line, ("f7", "f7"), 2, verb(Verb.COMPLETE_TRANSFER, leg_id="l1")),
    Job(
        "transfer to a queue",
        active,
        ("f7", Typed("Sales"), "enter", "f7"),
        3,
        verb(Verb.BLIND_TRANSFER, target="queue:Sales"),
    ),
    Job("end the call", active, ("f8", "f8"), 2, verb(Verb.END)),
    Job(
        "wrap up with one code", wrapping_up, ("f9", ONE_CODE, "enter", "alt+enter"), 3, asked("wrap_ups.finish", "i1")
    ),
    Job(
        "promise a callback",
        wrapping_up,
        ("alt+c", Typed("tomorrow 10:00 refund"), "enter"),
        2,
        follows_up("callback", "refund"),
    ),
    Job("text the customer", wrapping_up, ("alt+t", Typed("hello"), "enter"), 2, follows_up("sms", "hello")),
    Job("answer a chat", quiet, ("t", Typed("hello"), "alt+enter"), 2, asked("replies.send", "i1")),
    Job(
        "read and answer an e-mail",
        two_contacts,
        ("2", "t", Typed("hello"), "alt+enter"),
        3,
        asked("replies.send", "i2"),
    ),
    Job("park", quiet, ("f4",), 1, verb(Verb.PARK)),
    Job("take back", parked, ("f4",), 1, verb(Verb.UNPARK)),
    Job("take who waits", somebody_waits, ("q", "down", "enter"), 3, asked("commands.pull", "w1")),
    Job(
        "answer with a canned reply",
        quiet,
        ("t", Typed("/refu"), "enter", "alt+enter"),
        3,
        asked("replies.send", "i1"),
    ),
)


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
async def test_it_is_done_with_no_more_keys_than_ever(job: Job) -> None:
    app, session = desk(job.state())
    session.canned.replies = (CannedReply("Refund on its way", "The refund was sent today."),)
    async with app.run_test(size=(120, 36)) as pilot:
        for key in job.keys:
            await settle(pilot, ["slash" if one == "/" else one for one in key] if isinstance(key, Typed) else [key])
        assert job.done(session), session.calls
    assert sum(not isinstance(key, Typed) for key in job.keys) <= job.budget
