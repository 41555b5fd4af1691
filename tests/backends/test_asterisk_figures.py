"""What is counted of Asterisk's queues from events alone: against a plain recomputation, over midnights and gaps."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.queue_book import QueueBook
from desktop.backends.asterisk.model.staff_clock import Doing, StaffClock
from desktop.backends.asterisk.model.tally import Tally
from desktop.backends.asterisk.model.trend import Trend
from desktop.backends.asterisk.settings import Settings, settings
from desktop.domain.entities.counts import Counts
from desktop.ports.errors import Rejected

QUEUES = ("support", "billing")
IDLE, BUSY, PAUSED = Doing(True, True, False), Doing(True, False, True), Doing(True, False, False)


def _settings(**more: str) -> Settings:
    given = {"user": "u", "secret": "s", "interface": "PJSIP/boss", "queues": ",".join(QUEUES), "role": "supervisor"}
    return settings(given | more)


def _tally() -> Tally:
    tally = Tally(QUEUES, 5.0)
    tally.begin(0.0)
    tally.threshold("support", 20.0)
    return tally


def _event(kind: str, **fields: str) -> Message:
    return Message([("Event", kind), *fields.items()])


def _counts(tally: Tally, queue: str = "support", until: float = 1e6) -> Counts:
    counts = tally.counts(queue, until, None)
    assert counts is not None
    return counts


def _story(number: int, wait: float, end: str, talk: float) -> list[tuple[float, Message]]:
    """One caller's events, with the seconds since they came."""
    uid, agent = f"1.{number}", f"2.{number}"
    who = {"Queue": "support", "Uniqueid": uid}
    joins = [(0.0, _event("QueueCallerJoin", **who))]
    leaves = (wait, _event("QueueCallerLeave", **who))
    abandons = (wait, _event("QueueCallerAbandon", **who))
    gone = (wait + talk, _event("Hangup", Uniqueid=uid, Cause="16"))
    interface = {"Interface": f"PJSIP/a{number % 3}", "DestUniqueid": agent}
    match end:
        case "answered":
            talks = (wait, _event("AgentConnect", **who, **interface, HoldTime=str(int(wait))))
            over = (wait + talk, _event("AgentComplete", **who, **interface, Reason="caller"))
            return [*joins, leaves, talks, over, gone, (wait + talk, _event("Hangup", Uniqueid=agent, Cause="16"))]
        case "abandoned":
            return [*joins, (wait, _event("HangupRequest", Uniqueid=uid)), abandons, leaves, gone]
        case "moved":
            elsewhere = {"Queue": "billing", "Uniqueid": uid}
            hangs_up = [(wait + talk, _event(kind, **elsewhere)) for kind in ("HangupRequest", "QueueCallerAbandon")]
            return [*joins, abandons, leaves, (wait, _event("QueueCallerJoin", **elsewhere)), *hangs_up, gone]
        case "withdrawn":
            return [*joins, abandons, leaves, gone]
        case "timed out":
            return [*joins, leaves, gone]
        case _:
            rings = _event("AgentRingNoAnswer", **who, **interface)
            cause = "21" if end == "declined" else "0"
            over = [(wait / 2, rings), (wait / 2, _event("Hangup", Uniqueid=agent, Cause=cause))]
            return [*joins, *over, (wait, _event("HangupRequest", Uniqueid=uid)), abandons, leaves, gone]


ENDS = ("answered", "abandoned", "moved", "withdrawn", "timed out", "declined", "missed")
SECONDS = st.integers(0, 400).map(lambda quarter: quarter / 4)
CALLERS = st.lists(st.tuples(SECONDS, SECONDS, st.sampled_from(ENDS), SECONDS), max_size=30)


@given(CALLERS)
def test_the_sums_are_those_of_what_happened(callers: list[tuple[float, float, str, float]]) -> None:
    """Whatever the order in which the callers' events are mixed."""
    tally = _tally()
    events = [
        (came + after, number, order, message)
        for number, (came, wait, end, talk) in enumerate(callers)
        for order, (after, message) in enumerate(_story(number, wait, end, talk))
    ]
    for at, _, _, message in sorted(events, key=lambda one: one[:3]):
        tally.apply(message, at)
    tally.settle(1e6)
    counts = _counts(tally)
    waits = {end: [wait for _, wait, how, _ in callers if how == end] for end in ENDS}
    gave_up = waits["abandoned"] + waits["declined"] + waits["missed"]
    flowed = waits["moved"] + waits["withdrawn"] + waits["timed out"]
    answered = waits["answered"]
    assert (counts.offered, counts.answered, counts.abandoned) == (len(callers), len(answered), len(gave_up))
    assert (counts.flow_outs, counts.handled) == (len(flowed), len(answered))
    assert (counts.missed, counts.declined) == (len(waits["missed"]), len(waits["declined"]))
    assert counts.answered_within == sum(one <= 20 for one in answered)
    assert counts.abandoned_within == sum(one <= 20 for one in gave_up)
    assert counts.flow_outs_within == sum(one <= 20 for one in flowed)
    assert counts.short_abandons == sum(one <= 5 for one in gave_up)
    assert counts.wait_seconds == pytest.approx(sum(answered))
    assert counts.abandon_seconds == pytest.approx(sum(gave_up))
    assert counts.talk_seconds == pytest.approx(sum(talk for _, _, end, talk in callers if end == "answered"))
    assert counts.longest_wait == max((*answered, *gave_up, *flowed), default=None)
    billing = _counts(tally, "billing")
    assert (billing.offered, billing.abandoned) == (len(waits["moved"]),) * 2
    assert billing.threshold is billing.answered_within is billing.abandoned_within is None
    assert sum(one.handled for one in tally.agents.values()) == len(answered)
    assert not tally.talks and not tally._waits and not tally._left


def test_hold_is_no_talk() -> None:
    tally = _tally()
    for at, message in _story(1, 3.0, "answered", 60.0)[:3]:
        tally.apply(message, at)
    for at, kind in ((13.0, "Hold"), (14.0, "Hold"), (23.0, "Unhold"), (24.0, "Unhold"), (53.0, "Hold")):
        tally.apply(_event(kind, Uniqueid="2.1"), at)
    tally.apply(_event("Hangup", Uniqueid="2.1", Cause="16"), 63.0)
    counts = _counts(tally)
    assert (counts.hold_seconds, counts.talk_seconds, counts.handled) == (20.0, 40.0, 1)


def test_somebody_fetched_by_a_supervisor_was_answered_and_by_anybody_else_was_not() -> None:
    for prefix, answered in (("agent-desktop-fetch-1.1~x", 1), ("7.7", 0)):
        tally = _tally()
        tally.apply(_event("QueueCallerJoin", Queue="support", Uniqueid="1.1"), 0.0)
        tally.apply(_event("Newchannel", Uniqueid=prefix, Channel="PJSIP/boss-01"), 1.0)
        tally.apply(_event("BridgeEnter", Uniqueid="1.1"), 4.0)
        tally.apply(_event("Hangup", Uniqueid=prefix, Cause="16"), 9.0)
        tally.apply(_event("Hangup", Uniqueid="1.1", Cause="16"), 9.0)
        counts = _counts(tally)
        assert (counts.answered, counts.flow_outs, counts.handled) == (answered, 1 - answered, answered)
        assert counts.wait_seconds == 4.0 * answered and counts.talk_seconds == 5.0 * answered


def test_who_came_before_we_listened_is_answered_with_the_servers_own_wait() -> None:
    tally = _tally()
    tally.apply(
        _event("AgentConnect", Queue="support", Uniqueid="1.1", DestUniqueid="2.1", Interface="PJSIP/a", HoldTime="7"),
        1.0,
    )
    counts = _counts(tally)
    assert (counts.offered, counts.answered, counts.wait_seconds) == (0, 1, 7.0)


def test_something_played_to_the_agent_before_the_call_is_no_flow_out_in_the_end() -> None:
    tally = _tally()
    who = {"Queue": "support", "Uniqueid": "1.1"}
    tally.apply(_event("QueueCallerJoin", **who), 0.0)
    tally.apply(_event("QueueCallerLeave", **who), 5.0)
    tally.settle(8.0)
    assert _counts(tally).flow_outs == 1
    tally.apply(_event("AgentConnect", **who, DestUniqueid="2.1", Interface="PJSIP/a"), 9.0)
    counts = _counts(tally)
    assert (counts.answered, counts.flow_outs, counts.flow_outs_within, counts.wait_seconds) == (1, 0, 0, 9.0)


@given(
    st.lists(st.dictionaries(st.sampled_from(("Queue", "Uniqueid", "DestUniqueid", "Interface", "Cause")), st.text()))
)
def test_hostile_events_break_nothing(fields: list[Mapping[str, str]]) -> None:
    tally = _tally()
    kinds = ("QueueCallerJoin", "AgentConnect", "QueueCallerAbandon", "Hangup", "BridgeEnter", "AgentRingNoAnswer")
    for number, one in enumerate(fields):
        for kind in kinds:
            tally.apply(_event(kind, **one), float(number))
    assert _counts(tally).offered is not None


def _book(zone: str, at: float) -> QueueBook:
    book = QueueBook(_settings(zone=zone))
    book.begin(at)
    return book


BERLIN_MIDNIGHT = 1_774_738_800.0  # 29 March 2026 00:00 in Berlin; that night the clocks go forward


def test_midnight_of_the_zone_begins_the_day_anew_and_what_goes_on_goes_on() -> None:
    book = _book("Europe/Berlin", BERLIN_MIDNIGHT - 100.0)
    book.see("PJSIP/a", {"support": IDLE}, BERLIN_MIDNIGHT - 100.0, wrapping=False)
    who = {"Queue": "support", "Uniqueid": "1.1"}
    book.apply(_event("QueueCallerJoin", **who), BERLIN_MIDNIGHT - 10.0)
    before = book.counts("support", BERLIN_MIDNIGHT - 5.0)
    assert before is not None and before.offered == 1 and before.since == BERLIN_MIDNIGHT - 100.0
    book.apply(_event("HangupRequest", Uniqueid="1.1"), BERLIN_MIDNIGHT + 20.0)
    book.apply(_event("QueueCallerAbandon", **who), BERLIN_MIDNIGHT + 20.0)
    after = book.counts("support", BERLIN_MIDNIGHT + 60.0)
    assert after is not None and after.since == BERLIN_MIDNIGHT
    assert (after.offered, after.abandoned, after.abandon_seconds) == (0, 1, 30.0)
    assert after.staff is not None and (after.staff.signed_in, after.staff.idle) == (60.0, 60.0)
    day = 23 * 3600.0  # this day has an hour less
    book.run(BERLIN_MIDNIGHT + day - 1.0)
    assert book.tally.since == BERLIN_MIDNIGHT
    book.run(BERLIN_MIDNIGHT + day)
    assert book.tally.since == BERLIN_MIDNIGHT + day


def test_several_midnights_at_once_are_the_last_one() -> None:
    book = _book("UTC", 10.0)
    book.run(86_400.0 * 3 + 5.0)
    assert book.tally.since == 86_400.0 * 3


def test_without_a_zone_the_link_is_the_beginning() -> None:
    book = _book("", 50.0)
    book.run(1e9)
    assert book.tally.since == 50.0


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Europe/Berlin\n"])
def test_a_zone_that_there_is_not_is_refused(zone: str) -> None:
    if zone.strip() == "Europe/Berlin":
        assert _settings(zone=zone).zone == "Europe/Berlin"
        return
    with pytest.raises(Rejected):
        _settings(zone=zone)


def test_a_wrap_up_counts_in_the_queue_of_the_newest_conversation() -> None:
    book = _book("", 0.0)
    for at, message in _story(0, 2.0, "answered", 30.0):
        book.apply(message, at)
    book.see("PJSIP/a0", {"support": PAUSED}, 32.0, wrapping=True)
    book.see("PJSIP/a0", {"support": PAUSED}, 40.0, wrapping=True)
    book.see("PJSIP/a0", {"support": IDLE}, 47.0, wrapping=False)
    counts = book.counts("support", 50.0)
    assert counts is not None and (counts.wrapped_up, counts.wrap_up_seconds) == (1, 15.0)


DOINGS = st.sampled_from((IDLE, BUSY, PAUSED, Doing(False, False, False)))
CHANGES = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(QUEUES), DOINGS, st.integers(0, 50)), max_size=40)


@given(CHANGES)
def test_peoples_times_are_those_of_a_plain_recomputation(changes: list[tuple[str, str, Doing, int]]) -> None:
    clock, at = StaffClock(), 0.0
    now: dict[str, dict[str, Doing]] = {"a": {}, "b": {}}
    sums: dict[tuple[str, str], float] = {}
    for who, queue, doing, seconds in changes:
        now[who][queue] = doing
        clock.see(who, now[who], at)
        for queues in now.values():
            for name, one in queues.items():
                for field in ("signed_in", "idle", "engaged"):
                    sums[name, field] = sums.get((name, field), 0.0) + seconds * getattr(one, field)
        at += seconds
    for name in QUEUES:
        staff = clock.staff(name, at)
        for field in ("signed_in", "idle", "engaged"):
            assert getattr(staff, field) == pytest.approx(sums.get((name, field), 0.0))
        assert staff.load == staff.engaged


def test_the_trend_is_the_most_of_each_five_minutes() -> None:
    trend = Trend()
    for waiting, at in ((1, 0.0), (4, 10.0), (2, 299.0), (3, 301.0), (0, 310.0)):
        trend.note(waiting, at)
    assert trend.peaks(310.0) == (4, 3)
    assert trend.peaks(300.0 * 4) == (4, 3, 0, 0, 0)
    assert trend.peaks(300.0 * 40) == (0,) * 12
    trend.note(7, 300.0 * 39)  # an event that is late counts where we are
    assert trend.peaks(300.0 * 40)[-1] == 7
