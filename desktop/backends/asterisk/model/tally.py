"""What is counted of the queues, from the server's events alone. Pure: no clock, no network.

The server itself counts no more than answered and given up, since it loaded the queue, and takes whoever is moved or
withdrawn for somebody who gave up. So we count, from when the events are read, and say from when. What no event tells
stays None.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.contact import fetched_caller
from desktop.backends.asterisk.model.queue_sums import AgentSums, QueueSums
from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.model import Instant

_REFUSED = {17, 21}  # what a phone says when somebody presses its red key
_NOT_REACHED = {1, 3, 20, 27, 34, 38, 41, 42, 44, 50, 58}


@dataclass(slots=True)
class _Talk:
    """A conversation that goes on."""

    queue: str
    interface: str
    caller: str  # their channel
    since: Instant
    held_since: Instant | None = None
    held: float = 0.0


@dataclass(slots=True)
class _Left:
    """Somebody who left the line, and it is not told yet what for."""

    queue: str
    wait: float
    at: Instant
    counted: bool = False


class Tally:
    """Counts the queues of the profile."""

    def __init__(self, queues: tuple[str, ...], short_abandon_seconds: float) -> None:
        self._names = queues
        self._short = short_abandon_seconds
        self.since: Instant = 0.0
        self.sums: dict[str, QueueSums] = {}
        self.agents: dict[str, AgentSums] = {}
        self.talks: dict[str, _Talk] = {}  # by the agent's channel
        self._thresholds: dict[str, float] = {}
        self._waits: dict[str, tuple[str, Instant]] = {}  # by the caller's channel
        self._left: dict[str, _Left] = {}
        self._leaving: set[str] = set()  # callers whose phones hung up
        self._unanswered: dict[str, tuple[str, str]] = {}  # the agent's channel: queue, interface
        self._last_queue: dict[str, str] = {}  # by interface
        self._wrap_ups: dict[str, Instant] = {}  # since when, by interface
        self._fetching: dict[str, tuple[str, str]] = {}  # the caller's channel: that of who fetches them, interface
        self.moved: set[str] = set()  # interfaces that may do something else than before
        self.touched: set[str] = set()  # queues whose sums or callers changed

    def begin(self, at: Instant) -> None:
        """Count from nothing: the link is new, or the day is. Who waits and who talks goes on."""
        self.since = at
        self.sums = {name: QueueSums() for name in self._names}
        self.touched.update(self._names)
        self.agents = {}

    def forget(self) -> None:
        """Nobody listened for a while: what went on meanwhile is not known."""
        self.talks, self._waits, self._left, self._unanswered, self._wrap_ups = {}, {}, {}, {}, {}
        self._leaving, self._fetching = set(), {}

    def waits(self, uid: str, queue: str, since: Instant) -> None:
        """Somebody waits, as a list tells."""
        if queue in self.sums:
            self._waits.setdefault(uid, (queue, since))

    def threshold(self, queue: str, seconds: float | None) -> None:
        """What the server takes for answered in time in a queue; None where it takes nothing for it."""
        if seconds:
            self._thresholds[queue] = seconds
        else:
            self._thresholds.pop(queue, None)

    def apply(self, message: Message, at: Instant) -> None:
        """Take in one event."""
        uid = message["Uniqueid"]
        match message["Event"].lower():
            case "queuecallerjoin" if message["Queue"] in self.sums:
                self._flows_out(uid, at)
                self._waits[uid] = (message["Queue"], at)
                self.sums[message["Queue"]].offered += 1
            case "queuecallerleave":
                self._leaves(uid, at)
            case "hanguprequest":
                if uid in self._waits:
                    self._leaving.add(uid)
            case "queuecallerabandon":
                self._gives_up(uid, at)
            case "agentconnect":
                self._answered(message, at)
            case "agentringnoanswer" if message["Queue"] in self.sums:
                self._unanswered[message["DestUniqueid"]] = (message["Queue"], message["Interface"])
            case "agentcomplete":
                self._talked(message["DestUniqueid"], at)
            case "hold" | "unhold":
                self._held(uid, at, on=message["Event"].lower() == "hold")
            case "newchannel" if caller := fetched_caller(uid):
                self._fetching[caller] = (uid, message["Channel"].rpartition("-")[0])
            case "bridgeenter":
                self._fetched(uid, at)
            case "hangup":
                self._hung_up(uid, message.number("Cause") or 0, at)

    def settle(self, at: Instant) -> None:
        """Who left the line a while ago, and was answered by nobody, has gone elsewhere."""
        for uid in [uid for uid, one in self._left.items() if not one.counted and at - one.at > 2.0]:
            self._count_flow(self._left[uid])

    def wrap_up(self, interface: str, *, on: bool, at: Instant) -> None:
        """An agent's pause for wrap-up begins or ends; the queue of their newest conversation has it."""
        if on:
            self._wrap_ups.setdefault(interface, at)
            return
        since = self._wrap_ups.pop(interface, None)
        sums = self.sums.get(self._last_queue.get(interface, ""))
        if since is not None and sums is not None:
            self.touched.add(self._last_queue[interface])
            sums.wrapped_up += 1
            sums.wrap_up_seconds += max(at - max(since, self.since), 0.0)

    def counts(self, queue: str, until: Instant, staff: StaffTime | None) -> Counts | None:
        """The sums of a queue; None for one that is not counted."""
        sums = self.sums.get(queue)
        if sums is None:
            return None
        return sums.counts(self.since, until, self._thresholds.get(queue), self._short, staff)

    def missed(self, interface: str) -> int:
        """The offers that an agent missed."""
        sums = self.agents.get(interface)
        return sums.missed if sums is not None else 0

    def busy(self) -> Mapping[str, str]:
        """The agents who talk: interface to queue."""
        return {one.interface: one.queue for one in self.talks.values()}

    # Who left the line

    def _leaves(self, uid: str, at: Instant) -> None:
        waited = self._waits.pop(uid, None)
        self._leaving.discard(uid)
        if waited is not None:
            self._left[uid] = _Left(waited[0], max(at - waited[1], 0.0), at)
            self.touched.add(waited[0])

    def _gives_up(self, uid: str, at: Instant) -> None:
        hung_up = uid in self._leaving
        self._leaves(uid, at)
        if not hung_up:  # moved or withdrawn: the server says the same of it, but their phone did not hang up
            self._flows_out(uid, at)
            return
        left = self._left.pop(uid, None)
        if left is not None:
            sums = self.sums[left.queue]
            sums.abandoned += 1
            sums.abandoned_within += self._within(left)
            sums.short_abandons += left.wait <= self._short
            sums.abandon_seconds += left.wait
            sums.longest_wait = max(sums.longest_wait or 0.0, left.wait)

    def _flows_out(self, uid: str, at: Instant) -> None:
        if uid in self._waits:  # in another queue already
            self._leaves(uid, at)
        left = self._left.pop(uid, None)
        if left is not None and not left.counted:
            self._count_flow(left)

    def _count_flow(self, left: _Left) -> None:
        left.counted = True
        self.touched.add(left.queue)
        sums = self.sums[left.queue]
        sums.flow_outs += 1
        sums.flow_outs_within += self._within(left)
        sums.longest_wait = max(sums.longest_wait or 0.0, left.wait)

    def _within(self, left: _Left) -> bool:
        return left.wait <= self._thresholds.get(left.queue, -1.0)

    # Conversations

    def _answered(self, message: Message, at: Instant) -> None:
        uid = message["Uniqueid"]
        self._leaves(uid, at)
        left = self._left.pop(uid, None)
        queue, interface = message["Queue"], message["Interface"]
        if queue not in self.sums:
            return
        if left is None:  # came before we listened, and left so: the server's own figure, in whole seconds
            left = _Left(queue, float(message.number("HoldTime") or 0), at)
        elif left.counted:  # something was done in between, which took longer than we waited
            self.sums[queue].flow_outs -= 1
            self.sums[queue].flow_outs_within -= self._within(left)
        left.wait += at - left.at
        self._count_answer(left)
        self._begin_talk(message["DestUniqueid"], _Talk(queue, interface, uid, at))

    def _count_answer(self, left: _Left) -> None:
        sums = self.sums[left.queue]
        sums.answered += 1
        sums.answered_within += self._within(left)
        sums.wait_seconds += left.wait
        sums.longest_wait = max(sums.longest_wait or 0.0, left.wait)

    def _begin_talk(self, agent_uid: str, talk: _Talk) -> None:
        self.talks[agent_uid] = talk
        self._last_queue[talk.interface] = talk.queue
        self.touched.add(talk.queue)
        self.moved.add(talk.interface)

    def _fetched(self, uid: str, at: Instant) -> None:
        """Somebody is fetched out of the line or from another agent, which the server tells by nothing else."""
        by, interface = self._fetching.pop(uid, ("", ""))
        queue = next((one.queue for one in self.talks.values() if one.caller == uid), "")
        if uid in self._waits:
            queue = self._waits[uid][0]
            self._leaves(uid, at)
            if by:
                self._count_answer(self._left.pop(uid))
            else:
                self._flows_out(uid, at)
        if by and queue:
            self._begin_talk(by, _Talk(queue, interface, uid, at))

    def _held(self, agent_uid: str, at: Instant, *, on: bool) -> None:
        talk = self.talks.get(agent_uid)
        if talk is None:
            return
        if on and talk.held_since is None:
            talk.held_since = at
        elif not on and talk.held_since is not None:
            talk.held += at - talk.held_since
            talk.held_since = None

    def _talked(self, agent_uid: str, at: Instant) -> None:
        self._held(agent_uid, at, on=False)
        talk = self.talks.pop(agent_uid, None)
        if talk is None:
            return
        sums = self.sums[talk.queue]
        self.touched.add(talk.queue)
        sums.handled += 1
        sums.hold_seconds += talk.held
        sums.talk_seconds += max(at - talk.since - talk.held, 0.0)
        self._agent(talk.interface).handled += 1
        self.moved.add(talk.interface)

    def _hung_up(self, uid: str, cause: int, at: Instant) -> None:
        self._talked(uid, at)
        self._flows_out(uid, at)
        self._leaving.discard(uid)
        self._fetching.pop(fetched_caller(uid), None)
        queue, interface = self._unanswered.pop(uid, ("", ""))
        if queue:
            self.touched.add(queue)
            self.moved.add(interface)
        if queue and cause in _REFUSED:
            self.sums[queue].declined += 1
            self._agent(interface).declined += 1
        elif queue and cause not in _NOT_REACHED:
            self.sums[queue].missed += 1
            self._agent(interface).missed += 1

    def _agent(self, interface: str) -> AgentSums:
        return self.agents.setdefault(interface, AgentSums())
