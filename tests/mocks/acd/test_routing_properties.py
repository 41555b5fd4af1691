"""Whatever happens in whatever order, the distributor's effects obey the rules. A slow, simple model judges them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mock_backends.acd import effects as fx
from mock_backends.acd.errors import RoutingError
from mock_backends.acd.policy import ANYTHING, AgentProfile, QueuePolicy, RelaxationStep
from mock_backends.acd.router import Router

POLICIES = {
    policy.name: policy
    for policy in (
        QueuePolicy("plain", channels=("voice", "chat"), wrap_up_seconds=0, only_agent_pause=3, decline_pause=12),
        QueuePolicy(
            "billing",
            required={"billing": 3},
            wrap_up_seconds=15,
            ageing_per_minute=2.0,
            relaxation=(RelaxationStep(10, {"billing": 1}), RelaxationStep(30, {"billing": 0})),
        ),
        QueuePolicy("chat", required={"billing": 1}, channels=("chat",), wrap_up_seconds=None, offer_timeout=7),
    )
}
PROFILES = {
    profile.id: profile
    for profile in (
        AgentProfile("ann", {"billing": 5, "french": 2}, {"voice": 1, "chat": 3}),
        AgentProfile("bob", {"billing": 2}, {"voice": 1, "chat": 2}, rings_beside=ANYTHING),
        AgentProfile("cem", {}, {"voice": 1}),
        AgentProfile("dee", {"billing": 3}, {"chat": 1}),
    )
}


@dataclass
class Item:
    queue: str
    channel: str
    priority: float
    extra: dict[str, int]
    arrived: float
    queued_at: float
    seq: int
    returned: bool = False
    parked: bool = False
    level: int = 0
    phase: str = "queued"
    owner: str | None = None
    last_words: int = 0
    refused: dict[str, float] = field(default_factory=dict)

    def place(self) -> tuple[object, ...]:
        ageing = POLICIES[self.queue].ageing_per_minute / 60
        return (not self.returned, round(ageing * self.arrived - self.priority, 6), self.arrived, self.seq)


class Floor(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.router = Router(POLICIES.values(), PROFILES.values(), self.now)
        self.items: dict[str, Item] = {}
        self.state: dict[str, tuple[str, str, str | None]] = dict.fromkeys(PROFILES, ("offline", "", None))
        self.used: dict[str, Counter[str]] = {name: Counter() for name in PROFILES}
        self.wrap_ups: dict[tuple[str, str], float | None] = {}
        self.channel_of_wrap_up: dict[tuple[str, str], str] = {}
        self.dialled: set[str] = set()
        self.pulled = ""  # what an agent takes out of a line
        self.ordered = ""  # whose offer a supervisor ordered, against lines and skills

    # -- the model: believes nothing but the effects

    def may_take(self, agent: str, item: Item) -> bool:
        """By skill and by what they refused lately."""
        needed = POLICIES[item.queue].requirement(item.level, item.extra)
        return PROFILES[agent].surplus(needed) is not None

    def has_room(self, agent: str, channel: str) -> bool:
        profile, used = PROFILES[agent], self.used[agent]
        if any(count and other not in profile.rings_beside.get(channel, ()) for other, count in used.items()):
            return False
        return used[channel] < profile.capacity.get(channel, 0)

    def wants_work(self, agent: str) -> bool:
        return self.state[agent][0] == "available" and self.state[agent][2] is None

    def see(self, effects: list[fx.Effect]) -> None:
        for effect in effects:
            self.see_one(effect)

    def see_one(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Queued(who, queue, returned):
                item = self.items[who]
                assert item.owner is None and item.phase in ("queued", "scheduled", "moving")
                item.phase, item.queue, item.returned = "queued", queue, returned
                steps = POLICIES[queue].relaxation
                while item.level < len(steps) and self.now - item.queued_at >= steps[item.level].after:
                    item.level += 1
            case fx.Relaxed(who, queue, level):
                item = self.items[who]
                assert item.phase == "queued" and level == item.level + 1
                assert self.now - item.queued_at >= POLICIES[queue].relaxation[item.level].after
                item.level = level
            case fx.CallbackScheduled(who, _, at):
                if at is not None:
                    self.items[who].phase = "scheduled"
                    self.items[who].queued_at = at
            case fx.Offered(who, queue, agent, deadline):
                item = self.items[who]
                assert item.phase == "queued" and item.owner is None, "one owner"
                assert self.wants_work(agent), "no offer to the unavailable"
                assert self.has_room(agent, item.channel), "capacity"
                policy = POLICIES[queue]
                if who != self.ordered:
                    self.in_turn(item, agent)
                assert deadline == self.now + policy.offer_timeout
                item.phase, item.owner = "offered", agent
                self.used[agent][item.channel] += 1
            case fx.OfferEnded(who, agent, reason):
                item = self.items[who]
                assert (item.phase, item.owner) == ("offered", agent)
                item.phase, item.owner = "queued", None
                self.used[agent][item.channel] -= 1
                if reason in ("declined", "failed", "rescinded"):
                    item.refused[agent] = self.now
            case fx.Connected(who, _, agent, waited):
                item = self.items[who]
                if who == self.pulled:
                    assert (item.phase, item.owner) == ("queued", None)
                    item.owner = agent
                    self.used[agent][item.channel] += 1
                else:
                    assert (item.phase, item.owner) == ("offered", agent)
                assert waited == pytest.approx(self.now - item.queued_at)
                item.phase = "active"
            case fx.Parked(who, agent):
                item = self.items[who]
                assert (item.phase, item.owner, item.parked) == ("active", agent, False)
                item.parked = True
                self.used[agent][item.channel] -= 1
            case fx.TakenUp(who, agent):
                item = self.items[who]
                assert (item.phase, item.owner, item.parked) == ("active", agent, True)
                item.parked = False
                self.used[agent][item.channel] += 1
            case fx.HandedOver(who, old, new):
                item = self.items[who]
                assert (item.phase, item.owner) == ("active", old)
                item.owner = new
                self.used[new][item.channel] += 1
                self.let_go(who, old)
            case fx.Ended(who, _, agent):
                item = self.items[who]
                assert (item.phase, item.owner) == ("active", agent)
                item.phase, item.owner = "gone", None
                item.last_words += 1
                self.let_go(who, agent)
            case fx.Reprioritised(who, _, priority):
                assert self.items[who].phase == "queued"
                self.items[who].priority = priority
            case fx.Abandoned(who, _, _) | fx.Withdrawn(who, _, _):
                item = self.items[who]
                assert item.owner is None
                item.phase = "gone"
                item.last_words += 1
            case fx.WrapUpStarted(who, agent, deadline, _):
                if (who, agent) not in self.wrap_ups:
                    self.used[agent][self.items[who].channel] += 1
                    self.channel_of_wrap_up[who, agent] = self.items[who].channel
                self.wrap_ups[who, agent] = deadline
            case fx.WrapUpEnded(who, agent, _):
                del self.wrap_ups[who, agent]
                self.used[agent][self.channel_of_wrap_up[who, agent]] -= 1
            case fx.AgentChanged(agent, availability, reason, following, _):
                self.state[agent] = (availability, reason, following)

    def in_turn(self, item: Item, agent: str) -> None:
        assert self.may_take(agent, item), "no offer to the unskilled"
        refused = item.refused.get(agent)
        pause = POLICIES[item.queue].only_agent_pause
        assert refused is None or self.now >= refused + pause, "a moment after declining"
        for other in self.items.values():
            if other.phase == "queued" and (other.queue, other.channel) == (item.queue, item.channel):
                sooner = other.place() < item.place() and self.may_take(agent, other)
                assert not sooner or agent in other.refused, "in order"

    def let_go(self, who: str, agent: str) -> None:
        """The conversation no longer fills the agent's capacity (a wrap-up may, from its own effect on)."""
        if self.items[who].parked:
            self.items[who].parked = False
        else:
            self.used[agent][self.items[who].channel] -= 1

    def any(self, *phases: str) -> bool:
        return any(item.phase in phases for item in self.items.values())

    def some(self, data: st.DataObject, *phases: str) -> str | None:
        names = [name for name, item in self.items.items() if item.phase in phases]
        return data.draw(st.sampled_from(names)) if names else None

    # -- what can happen

    @initialize(
        ready=st.sets(st.sampled_from(sorted(PROFILES))),
        calls=st.lists(st.tuples(st.sampled_from(sorted(POLICIES)), st.sampled_from(["voice", "chat"])), max_size=6),
        takes=st.booleans(),
    )
    def the_day_goes_on(self, ready: set[str], calls: list[tuple[str, str]], takes: bool) -> None:
        """Begins where work is in every phase, so that no steps are spent on getting there."""
        for agent in sorted(ready):
            self.chooses(agent, "available")
        for queue, channel in calls:
            self.arrives(queue, channel, 0.0, {}, None)
        for name, item in self.items.items():
            if takes and item.phase == "offered" and item.owner is not None:
                self.see(self.router.accept(name, item.owner, self.now))

    @rule(
        queue=st.sampled_from(sorted(POLICIES)),
        channel=st.sampled_from(["voice", "chat"]),
        priority=st.sampled_from([0.0, 0.0, 1.0, 5.0]),
        extra=st.sampled_from([{}, {}, {"french": 1}]),
        later=st.sampled_from([None, None, None, 25.0]),
    )
    def arrives(self, queue: str, channel: str, priority: float, extra: dict[str, int], later: float | None) -> None:
        name = f"i{len(self.items)}"
        self.items[name] = Item(queue, channel, priority, extra, self.now, self.now, len(self.items))
        at = None if later is None else self.now + later
        self.see(self.router.enqueue(name, queue, channel, self.now, priority=priority, skills=extra, callback_at=at))

    @rule(agent=st.sampled_from(sorted(PROFILES)), state=st.sampled_from(["available"] * 3 + ["not_ready", "offline"]))
    def chooses(self, agent: str, state: fx.Availability) -> None:
        self.see(self.router.set_availability(agent, state, self.now, "chosen"))

    @rule(seconds=st.sampled_from([0.0, 1.0, 4.0, 11.0]))
    def time_passes(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.router.next_deadline()) is not None and due <= end:
            assert due >= self.now
            self.now = due
            self.see(self.router.tick(due))
        self.now = end
        assert self.router.tick(end) == []

    @precondition(lambda self: self.any("offered"))
    @rule(data=st.data(), verb=st.sampled_from(["accept", "accept", "decline", "fail_offer", "rescind"]))
    def answers(self, data: st.DataObject, verb: str) -> None:
        if (name := self.some(data, "offered")) is not None:
            owner = self.items[name].owner
            assert owner is not None
            if verb == "rescind":
                self.see(self.router.rescind(name, self.now))
            else:
                self.see(getattr(self.router, verb)(name, owner, self.now))

    @rule(data=st.data())
    def customer_gives_up(self, data: st.DataObject) -> None:
        if (name := self.some(data, "queued", "offered", "scheduled")) is not None:
            self.see(self.router.abandon(name, self.now))

    @precondition(lambda self: self.any("queued", "offered"))
    @rule(data=st.data(), agent=st.sampled_from(sorted(PROFILES)))
    def is_assigned(self, data: st.DataObject, agent: str) -> None:
        if (name := self.some(data, "queued", "offered")) is None:
            return
        item = self.items[name]
        if item.owner != agent and self.wants_work(agent) and self.has_room(agent, item.channel):
            self.ordered = name
            self.see(self.router.assign(name, agent, self.now))
            self.ordered = ""
            assert (item.phase, item.owner) == ("offered", agent)
        else:
            with pytest.raises(RoutingError):
                self.router.assign(name, agent, self.now)

    @precondition(lambda self: self.any("queued"))
    @rule(data=st.data(), priority=st.sampled_from([-1000.0, -3.0, 0.0, 7.5, 1000.0]))
    def gets_another_priority(self, data: st.DataObject, priority: float) -> None:
        if (name := self.some(data, "queued")) is not None:
            self.see(self.router.set_priority(name, priority, self.now))
            assert self.items[name].priority == priority

    @precondition(lambda self: self.any("queued", "offered", "scheduled"))
    @rule(data=st.data())
    def is_withdrawn(self, data: st.DataObject) -> None:
        if (name := self.some(data, "queued", "offered", "scheduled")) is not None:
            self.see(self.router.withdraw(name, self.now))
            assert self.items[name].phase == "gone"

    @precondition(lambda self: self.wrap_ups)
    @rule(data=st.data())
    def a_stuck_wrap_up_is_closed(self, data: st.DataObject) -> None:
        name, agent = data.draw(st.sampled_from(sorted(self.wrap_ups)))
        self.see(self.router.close_wrap_up(name, agent, self.now))
        assert (name, agent) not in self.wrap_ups

    @rule(data=st.data())
    def ends(self, data: st.DataObject) -> None:
        if (name := self.some(data, "active")) is not None:
            self.see(self.router.end(name, self.now))

    @rule(data=st.data(), queue=st.sampled_from(sorted(POLICIES)))
    def moves(self, data: st.DataObject, queue: str) -> None:
        if (name := self.some(data, "queued", "offered", "active")) is not None:
            item = self.items[name]
            was_active, owner = item.phase == "active", item.owner
            if was_active and owner is not None:
                item.phase, item.owner = "moving", None  # in no line until it enters the other one
                self.let_go(name, owner)
            item.queued_at, item.level, item.returned = self.now, 0, False
            effects = self.router.transfer_to_queue(name, queue, self.now)
            for effect in effects:
                if isinstance(effect, fx.Queued) and effect.interaction_id == name:
                    item.refused.clear()
                self.see_one(effect)

    @rule(data=st.data(), agent=st.sampled_from(sorted(PROFILES)))
    def is_handed_over(self, data: st.DataObject, agent: str) -> None:
        if (name := self.some(data, "active")) is not None:
            item = self.items[name]
            allowed = item.owner != agent and self.state[agent][0] != "offline" and self.has_room(agent, item.channel)
            if allowed:
                self.see(self.router.hand_over(name, agent, self.now))
            else:
                with pytest.raises(RoutingError):
                    self.router.hand_over(name, agent, self.now)

    @precondition(lambda self: self.any("active"))
    @rule(data=st.data(), verb=st.sampled_from(["park", "park", "take_up"]))
    def is_put_aside_or_taken_up(self, data: st.DataObject, verb: str) -> None:
        if (name := self.some(data, "active")) is None:
            return
        item = self.items[name]
        assert item.owner is not None
        absent = self.state[item.owner][0] == "offline"
        if verb == "take_up" and item.parked and (absent or not self.has_room(item.owner, item.channel)):
            with pytest.raises(RoutingError):
                self.router.take_up(name, self.now)
        else:
            self.see(getattr(self.router, verb)(name, self.now))
            assert item.parked is (verb == "park")

    @precondition(lambda self: any(item.parked for item in self.items.values()))
    @rule(data=st.data())
    def a_customer_of_a_parked_one_writes(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([name for name, item in self.items.items() if item.parked]))
        item = self.items[name]
        assert item.owner is not None
        if self.state[item.owner][0] != "offline":
            self.see(self.router.take_up(name, self.now, force=True))
            assert not item.parked
        else:  # back to the front of its queue
            item.phase, item.owner, item.parked = "moving", None, False
            item.queued_at, item.level = self.now, 0
            item.refused.clear()
            effects = self.router.take_up(name, self.now, force=True)
            assert effects[0] == fx.Queued(name, item.queue, returned=True)
            item.phase = "queued"
            self.see(effects)

    @precondition(lambda self: self.any("queued"))
    @rule(data=st.data(), agent=st.sampled_from(sorted(PROFILES)))
    def is_pulled(self, data: st.DataObject, agent: str) -> None:
        if (name := self.some(data, "queued")) is None:
            return
        item = self.items[name]
        serves = item.queue in self.router.agent(agent).queues
        if serves and self.state[agent][0] != "offline" and self.has_room(agent, item.channel):
            self.pulled = name
            self.see(self.router.pull(name, agent, self.now))
            self.pulled = ""
            assert (item.phase, item.owner) == ("active", agent)
        else:
            with pytest.raises(RoutingError):
                self.router.pull(name, agent, self.now)

    @rule(data=st.data(), at=st.sampled_from([None, 20.0]))
    def wants_a_callback(self, data: st.DataObject, at: float | None) -> None:
        if (name := self.some(data, "queued")) is not None and not self.router.interaction(name).callback:
            self.see(self.router.request_callback(name, self.now, None if at is None else self.now + at))

    @precondition(lambda self: self.wrap_ups)
    @rule(data=st.data(), extend=st.booleans())
    def wraps_up(self, data: st.DataObject, extend: bool) -> None:
        name, agent = data.draw(st.sampled_from(sorted(self.wrap_ups)))
        if not extend:
            self.see(self.router.finish_wrap_up(name, agent, self.now))
        elif self.wrap_ups[name, agent] is not None:
            try:
                (effect,) = self.router.extend_wrap_up(name, agent, 10.0, self.now)
            except RoutingError:
                return
            assert isinstance(effect, fx.WrapUpStarted) and effect.extensions <= 3
            self.see([effect])

    @rule(agent=st.sampled_from(sorted(PROFILES)))
    def is_thrown_out(self, agent: str) -> None:
        self.see(self.router.sign_out(agent, self.now, force=True))
        assert not [key for key in self.wrap_ups if key[1] == agent]

    @rule(data=st.data(), verb=st.sampled_from(["abandon", "end", "rescind", "hold", "withdraw"]))
    def nonsense_is_refused_and_changes_nothing(self, data: st.DataObject, verb: str) -> None:
        right = {
            "abandon": ("queued", "offered", "scheduled"),
            "end": ("active",),
            "rescind": ("offered",),
            "hold": ("active",),
            "withdraw": ("queued", "offered", "scheduled"),
        }
        wrong = [name for name, item in self.items.items() if item.phase not in right[verb]]
        if wrong:
            name = data.draw(st.sampled_from(wrong))
            with pytest.raises(RoutingError):
                getattr(self.router, verb)(name, self.now)

    # -- what must hold at all times

    @invariant()
    def nobody_waits_for_an_agent_who_is_free(self) -> None:
        for item in self.items.values():
            if item.phase == "queued":
                for agent in PROFILES:
                    if self.wants_work(agent) and self.has_room(agent, item.channel) and self.may_take(agent, item):
                        assert agent in item.refused, f"{agent} is free"
                        assert self.now <= item.refused[agent] + POLICIES[item.queue].decline_pause

    @invariant()
    def router_and_effects_tell_the_same_story(self) -> None:
        for name, item in self.items.items():
            if item.phase == "gone":
                assert item.last_words == 1, "ends exactly once"
            else:
                assert item.last_words == 0
                view = self.router.interaction(name)
                assert (view.phase, view.agent_id, view.queue) == (item.phase, item.owner, item.queue)
        for agent in PROFILES:
            view = self.router.agent(agent)
            assert view.used == {channel: n for channel, n in self.used[agent].items() if n}
            assert (view.availability, view.reason, view.next_availability) == self.state[agent]

    @invariant()
    def queues_count_and_order_right(self) -> None:
        for queue in POLICIES:
            stats = self.router.queue_stats(queue, self.now)
            waiting = {name: item for name, item in self.items.items() if (item.queue, item.phase) == (queue, "queued")}
            ringing = sum((item.queue, item.phase) == (queue, "offered") for item in self.items.values())
            assert stats.waiting == len(waiting)
            counts = stats.counts
            left = counts.answered + counts.abandoned + counts.callbacks + counts.flow_outs
            assert counts.offered == left + stats.waiting + ringing
            in_order = sorted(waiting, key=lambda name: waiting[name].place())
            assert self.router.head(queue, 99) == in_order
            assert self.router.head(queue, 2) == in_order[:2]
            assert [self.router.position(name) for name in in_order] == list(range(len(in_order)))
            estimate = stats.estimated_wait
            assert (estimate is None) == (stats.staffed == 0)
            if estimate is not None:
                assert 0 <= estimate.low <= estimate.seconds <= estimate.high

    def teardown(self) -> None:
        """Everything can be brought to an end, and then nobody holds anything."""
        for name in list(self.items):
            if self.items[name].phase in ("queued", "offered", "scheduled"):
                self.see(self.router.abandon(name, self.now))
        while any(item.phase == "offered" for item in self.items.values()):
            name = next(name for name, item in self.items.items() if item.phase == "offered")
            self.see(self.router.abandon(name, self.now))
        for name, item in self.items.items():
            if item.phase == "active":
                self.see(self.router.end(name, self.now))
        for name, agent in list(self.wrap_ups):
            if (name, agent) in self.wrap_ups:
                self.see(self.router.finish_wrap_up(name, agent, self.now))
        assert all(item.last_words == 1 for item in self.items.values())
        assert not any(used.total() for used in self.used.values())


def test_any_course_of_events_obeys_the_rules(full: bool) -> None:
    run_state_machine_as_test(
        Floor,
        settings=settings(
            max_examples=2000 if full else 120,
            stateful_step_count=60,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
