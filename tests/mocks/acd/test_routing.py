"""What an agent and a customer meet: offers, missed and declined, priorities, callbacks, wrap-up, estimated wait."""

from __future__ import annotations

from math import inf
from random import Random

import pytest

from mock_backends.acd.effects import (
    Abandoned,
    AgentChanged,
    Effect,
    Offered,
    OfferEnded,
    Relaxed,
    WrapUpEnded,
    WrapUpStarted,
)
from mock_backends.acd.errors import NotTheirs, Unknown, WrongPhase
from mock_backends.acd.estimated_wait import TurnRate
from mock_backends.acd.policy import ANYTHING, CALLS_BESIDE_MAIL, AgentProfile, QueuePolicy, RelaxationStep
from mock_backends.acd.router import Router


def router(*policies: QueuePolicy, agents: dict[str, dict[str, int]] | None = None) -> Router:
    """Agents (name -> skills) are available from 0 on, each a second after the one before."""
    agents = agents if agents is not None else {"ann": {}, "bob": {}}
    made = Router(policies or (QueuePolicy("q"),), [AgentProfile(*each) for each in agents.items()], 0.0)
    for second, name in enumerate(agents):
        made.set_availability(name, "available", float(second))
    return made


def offers(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(each.interaction_id, each.agent_id) for each in effects if isinstance(each, Offered)]


def test_missed_offer_goes_to_another_agent_and_makes_the_first_not_ready() -> None:
    r = router(QueuePolicy("q", offer_timeout=20))
    assert offers(r.enqueue("i", "q", "voice", 10)) == [("i", "ann")]
    assert r.next_deadline() == 30
    effects = r.tick(30)
    assert effects[0] == OfferEnded("i", "ann", "missed")
    assert AgentChanged("ann", "not_ready", "missed") in effects
    assert offers(effects) == [("i", "bob")]
    assert r.interaction("i").arrived == 10
    assert r.queue_stats("q", 30).counts.missed == 1


def test_missed_interaction_stands_at_the_front_and_comes_back_to_an_agent_who_is_available_again() -> None:
    r = router(agents={"ann": {}})
    r.enqueue("first", "q", "voice", 5)
    r.enqueue("vip", "q", "voice", 6, priority=50)
    r.tick(25)
    assert r.head("q", 5) == ["first", "vip"]
    assert offers(r.set_availability("ann", "available", 26)) == [("first", "ann")]


def test_declined_interaction_is_given_back_to_the_only_agent_after_a_moment() -> None:
    r = router(QueuePolicy("q", decline_pause=30, only_agent_pause=5), agents={"ann": {}})
    r.enqueue("i", "q", "voice", 1)
    assert offers(r.decline("i", "ann", 2)) == []
    assert r.next_deadline() == 7
    assert offers(r.tick(7)) == [("i", "ann")]


def test_declined_interaction_waits_for_a_busy_colleague_before_it_comes_back() -> None:
    r = router(QueuePolicy("q", decline_pause=30, only_agent_pause=5))
    r.enqueue("a", "q", "voice", 1)
    r.accept("a", "ann", 1)
    r.enqueue("b", "q", "voice", 2)
    r.decline("b", "bob", 3)
    assert offers(r.tick(8)) == [], "ann may take it when she is done"
    assert offers(r.tick(33)) == [("b", "bob")]


def test_decliner_gets_other_work_meanwhile() -> None:
    r = router(agents={"ann": {}})
    r.enqueue("a", "q", "voice", 1)
    r.enqueue("b", "q", "voice", 2)
    assert offers(r.decline("a", "ann", 3)) == [("b", "ann")]


def test_failed_and_rescinded_offers_are_their_own_reasons() -> None:
    r = router()
    r.enqueue("i", "q", "voice", 1)
    effects = r.fail_offer("i", "ann", 2)
    assert OfferEnded("i", "ann", "failed") in effects and offers(effects) == [("i", "bob")]
    assert OfferEnded("i", "bob", "rescinded") in r.rescind("i", 3)


def test_customer_who_leaves_during_the_offer_frees_the_agent() -> None:
    r = router(agents={"ann": {}})
    r.enqueue("a", "q", "voice", 1)
    r.enqueue("b", "q", "voice", 2)
    effects = r.abandon("a", 4)
    assert effects[:2] == [OfferEnded("a", "ann", "abandoned"), Abandoned("a", "q", 3)]
    assert offers(effects) == [("b", "ann")]
    stats = r.queue_stats("q", 4).counts
    assert (stats.abandoned, stats.abandoned_within, stats.short_abandons) == (1, 1, 1)


def test_only_the_agent_asked_may_accept_and_only_in_time() -> None:
    r = router()
    r.enqueue("i", "q", "voice", 10)
    with pytest.raises(NotTheirs):
        r.accept("i", "bob", 11)
    with pytest.raises(WrongPhase):
        r.accept("i", "ann", 30)
    with pytest.raises(Unknown):
        r.accept("nothing", "ann", 11)


def test_longest_idle_first_and_skill_counts_as_idle_time() -> None:
    policy = QueuePolicy("q", required={"s": 1}, proficiency_worth=10)
    assert offers(router(policy, agents={"a": {"s": 1}, "b": {"s": 1}}).enqueue("i", "q", "voice", 50)) == [("i", "a")]
    assert offers(router(policy, agents={"a": {"s": 1}, "b": {"s": 2}}).enqueue("i", "q", "voice", 50)) == [("i", "b")]
    plain = QueuePolicy("q", required={"s": 1}, proficiency_worth=0)
    assert offers(router(plain, agents={"a": {"s": 1}, "b": {"s": 9}}).enqueue("i", "q", "voice", 50)) == [("i", "a")]


def test_priority_ages_across_queues() -> None:
    slow, fast = QueuePolicy("slow", ageing_per_minute=0), QueuePolicy("fast", ageing_per_minute=6)
    for wait, expected in ((30.0, "vip"), (90.0, "old")):
        r = router(slow, fast, agents={"ann": {}})
        r.enqueue("busy", "slow", "voice", 1)
        r.enqueue("old", "fast", "voice", 1)
        r.enqueue("vip", "slow", "voice", 1, priority=5)
        effects = r.abandon("busy", 1 + wait)
        assert offers(effects) == [(expected, "ann")]


def test_capacity_is_per_channel_and_a_call_is_exclusive_where_the_agent_says_so() -> None:
    r = router(QueuePolicy("q", channels=("voice", "chat")), agents={"ann": {}})
    given = [offers(r.enqueue(f"c{n}", "q", "chat", 1)) for n in range(4)]
    assert [len(each) for each in given] == [1, 1, 1, 0]
    assert offers(r.enqueue("call", "q", "voice", 2)) == [], "three chats in hand"
    for n in range(3):
        r.accept(f"c{n}", "ann", 3)
    sharing = Router(
        [QueuePolicy("q", channels=("voice", "chat"))],
        [AgentProfile("bob", {}, {"voice": 1, "chat": 1}, rings_beside=ANYTHING)],
        0.0,
    )
    sharing.set_availability("bob", "available", 0)
    assert offers(sharing.enqueue("c", "q", "chat", 1)) and offers(sharing.enqueue("v", "q", "voice", 1))


def test_skills_relax_step_by_step() -> None:
    steps = (RelaxationStep(30, {"s": 2}), RelaxationStep(60, {"s": 0}))
    r = router(QueuePolicy("q", required={"s": 4}, relaxation=steps), agents={"none": {}, "some": {"s": 2}})
    r.enqueue("one", "q", "voice", 10)
    r.enqueue("two", "q", "voice", 11)
    assert r.next_deadline() == 40
    assert r.tick(40)[0] == Relaxed("one", "q", 1)
    assert r.interaction("one").agent_id == "some"
    assert offers(r.tick(41)) == []
    r.accept("one", "some", 42)
    assert offers(r.tick(71)) == [("two", "none")]


def test_extra_skills_of_an_interaction_are_demanded() -> None:
    r = router(agents={"ann": {}, "bob": {"french": 2}})
    assert offers(r.enqueue("i", "q", "voice", 5, skills={"french": 1})) == [("i", "bob")]


def test_callback_keeps_its_place_or_comes_at_its_time() -> None:
    r = router(agents={"ann": {}})
    for n in range(4):
        r.enqueue(f"i{n}", "q", "voice", float(n))
    r.request_callback("i1", 10)
    r.request_callback("i2", 10, at=100.0)
    assert r.head("q", 9) == ["i1", "i3"]
    r.accept("i0", "ann", 11)
    r.tick(100)
    assert r.head("q", 9) == ["i2", "i1", "i3"]
    assert r.queue_stats("q", 100).counts.callbacks == 2
    assert offers(r.enqueue("later", "q", "voice", 100, callback_at=500.0)) == []


def test_what_is_asked_for_while_busy_comes_next_and_can_be_taken_back() -> None:
    r = router(QueuePolicy("q", wrap_up_seconds=0), agents={"ann": {}})
    r.enqueue("a", "q", "voice", 1)
    r.accept("a", "ann", 2)
    assert r.set_availability("ann", "not_ready", 3, "lunch") == [
        AgentChanged("ann", "available", "", "not_ready", "lunch")
    ]
    r.set_availability("ann", "available", 4)
    r.set_availability("ann", "offline", 5)
    r.enqueue("b", "q", "voice", 6)
    effects = r.end("a", 9)
    assert effects[-1] == AgentChanged("ann", "offline", "")
    assert r.head("q", 1) == ["b"]


def test_wrap_up_times_out_can_be_extended_and_frees_the_agent() -> None:
    r = router(QueuePolicy("q", wrap_up_seconds=30, max_wrap_up_extensions=1), agents={"ann": {}})
    r.enqueue("a", "q", "voice", 1)
    r.accept("a", "ann", 2)
    r.enqueue("b", "q", "voice", 3)
    r.hold("a", 12)
    r.resume("a", 20)
    assert r.end("a", 102)[-1] == WrapUpStarted("a", "ann", 132)
    assert r.extend_wrap_up("a", "ann", 60, 110) == [WrapUpStarted("a", "ann", 192, 1)]
    with pytest.raises(WrongPhase):
        r.extend_wrap_up("a", "ann", 60, 111)
    assert r.tick(132) == []
    effects = r.tick(192)
    assert effects[0] == WrapUpEnded("a", "ann", "timed_out") and offers(effects) == [("b", "ann")]
    stats = r.queue_stats("q", 192).counts
    assert (stats.talk_seconds, stats.hold_seconds, stats.wrap_up_seconds) == (92, 8, 90)
    assert (stats.answered, stats.answered_within, stats.wait_seconds, stats.longest_wait) == (1, 1, 1, 1)


@pytest.mark.parametrize("seconds", [0.0, -5.0, float("nan"), float("inf")])
def test_extension_by_nonsense_is_refused(seconds: float) -> None:
    r = router(agents={"ann": {}})
    r.enqueue("a", "q", "voice", 1)
    r.accept("a", "ann", 2)
    r.end("a", 3)
    with pytest.raises(WrongPhase):
        r.extend_wrap_up("a", "ann", seconds, 4)


def test_transfer_to_a_queue_lets_the_agent_wrap_up_and_keeps_the_customers_seniority() -> None:
    r = router(QueuePolicy("q"), QueuePolicy("other", required={"s": 1}), agents={"ann": {}})
    r.enqueue("new", "other", "voice", 50)
    r.enqueue("a", "q", "voice", 1)
    r.accept("a", "ann", 2)
    effects = r.transfer_to_queue("a", "other", 60)
    assert WrapUpStarted("a", "ann", 90) in effects
    assert r.head("other", 2) == ["a", "new"]
    assert r.queue_stats("other", 70).longest_wait == 20


def test_estimated_wait_is_unknown_without_staff_none_with_a_free_agent_and_learns_the_pace() -> None:
    r = router(QueuePolicy("q", wrap_up_seconds=0, expected_handle_seconds=600), agents={"ann": {}})
    estimate = r.queue_stats("q", 1).estimated_wait
    assert estimate is not None and estimate.high == 0
    r.enqueue("i0", "q", "voice", 0)
    prior = r.queue_stats("q", 1).estimated_wait
    assert prior is not None and prior.seconds == pytest.approx(600)
    for n in range(1, 200):
        r.accept(f"i{n - 1}", "ann", 10.0 * n - 9)
        r.enqueue(f"i{n}", "q", "voice", 10.0 * n - 5)
        r.end(f"i{n - 1}", 10.0 * n)
    learnt = r.queue_stats("q", 1990).estimated_wait
    assert learnt is not None and learnt.seconds < 60
    r.sign_out("ann", 1990, force=True)
    assert r.queue_stats("q", 1990).estimated_wait is None


@pytest.mark.parametrize("patience", [inf, 300.0, 60.0])
def test_four_of_five_waits_fall_inside_the_interval(patience: float, full: bool) -> None:
    """Calibration: exponential turns of four agents, the pace learnt from few or many; those ahead may give up."""
    rng = Random(5)
    inside = total = error = 0.0
    for _ in range(20_000 if full else 4_000):
        rate, now = TurnRate(), 0.0
        rate.joined(now, 6)
        for _ in range(rng.choice([5, 20, 80])):  # always six in line: who leaves is followed by somebody
            now += rng.expovariate(0.1 + 6 / patience)
            if rng.random() < 0.1 / (0.1 + 6 / patience):
                rate.turn(now, 5, 4.0)
            else:
                rate.left(now, 5)
            rate.joined(now, 6)
        ahead = rng.randrange(12)
        guess = rate.estimate(ahead, 40.0, 4.0)
        wait = sum(rng.expovariate(0.1 + before / patience) for before in range(ahead + 1))
        inside += guess.low <= wait <= guess.high
        error += guess.seconds - wait
        total += wait
    count = 20_000 if full else 4_000
    assert 0.77 <= inside / count <= 0.85
    assert abs(error) / total <= 0.08


def test_a_change_of_staffing_shows_in_the_next_estimate() -> None:
    rate = TurnRate()
    rate.joined(0.0, 1)
    for turn in range(1, 50):
        rate.turn(10.0 * turn, 1, 6.0)
    assert rate.estimate(0, 60.0, 6.0).seconds == pytest.approx(10, rel=0.01)
    assert rate.estimate(0, 60.0, 3.0).seconds == pytest.approx(20, rel=0.01)


@pytest.mark.parametrize(
    ("in_hand", "rings", "offered"),
    [
        ("email", "voice", True),
        ("sms", "voice", True),
        ("chat", "voice", False),
        ("voice", "email", False),
        ("voice", "chat", False),
        ("chat", "chat", True),
        ("email", "chat", True),
    ],
)
def test_what_may_ring_beside_what_is_a_table(in_hand: str, rings: str, offered: bool) -> None:
    profile = AgentProfile("bob", {}, {"voice": 1, "chat": 2, "email": 2, "sms": 2}, CALLS_BESIDE_MAIL)
    r = Router([QueuePolicy("q")], [profile], 0.0)
    r.set_availability("bob", "available", 0.0)
    r.enqueue("first", "q", in_hand, 0.0)
    r.accept("first", "bob", 1.0)
    assert bool(offers(r.enqueue("second", "q", rings, 2.0))) is offered


def test_what_is_parked_is_in_nobodys_way_and_its_time_is_nobodys() -> None:
    profile = AgentProfile("bob", {}, {"voice": 1, "chat": 1}, CALLS_BESIDE_MAIL)
    r = Router([QueuePolicy("q", wrap_up_seconds=0)], [profile], 0.0)
    r.set_availability("bob", "available", 0.0)
    r.enqueue("chat", "q", "chat", 0.0)
    r.accept("chat", "bob", 0.0)
    r.enqueue("call", "q", "voice", 5.0)
    assert [type(effect).__name__ for effect in r.park("chat", 10.0)] == ["Parked", "Offered"]
    r.accept("call", "bob", 10.0)
    r.end("call", 40.0)
    r.take_up("chat", 100.0)
    r.end("chat", 120.0)
    counts = r.queue_stats("q", 120.0).counts
    assert (counts.handled, counts.talk_seconds) == (2, 30.0 + 30.0)
