"""Teams who take calls and chats of several queues, through the distributor in virtual time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.floor import AgentDay
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability, Role
from mock_backends.acd.effects import AgentChanged, Offered
from mock_backends.acd.policy import AgentProfile, QueuePolicy
from mock_backends.acd.router import Router

CAPACITY = {"voice": 1, "chat": 3, "email": 5}
WORDS = {"available": Availability.AVAILABLE, "not_ready": Availability.NOT_READY, "offline": Availability.OFFLINE}


@dataclass(frozen=True)
class Stream:
    """Contacts of one channel into a queue: how many an hour, mean talk and patience (seconds)."""

    queue: str
    channel: str
    hourly: float
    talk: float = 110.0
    patience: float = 180.0


@dataclass(frozen=True)
class MixedFloor:
    """`teams` maps a name to how many agents and the queues they take; times in seconds.

    `rests` is the mean time between two breaks (None: never), `missed` the share of offers nobody picks up. `one_more`
    names the team of the agent who is tried out, `seen` the team whose supervisor looks.
    """

    name: str
    streams: tuple[Stream, ...]
    teams: Mapping[str, tuple[int, tuple[str, ...]]]
    one_more: str
    rests: float | None = None
    missed: float = 0.0
    capacity: Mapping[str, int] = field(default_factory=lambda: dict(CAPACITY))

    @property
    def queues(self) -> list[str]:
        return sorted({one.queue for one in self.streams})


@dataclass(frozen=True)
class Look:
    """What a supervisor's desktop knows at a moment."""

    at: float
    queues: Mapping[str, QueueStats]
    agents: tuple[Agent, ...]


def looks(floor: MixedFloor, seed: int, hours: float, more: int = 0, every: float = 1_800.0) -> list[Look]:
    """The floor every half hour, `more` agents added to the team that is tried out; these have no breaks."""
    return _Run(floor, seed, hours * 3_600, more, every).run()


class _Run:
    def __init__(self, floor: MixedFloor, seed: int, until: float, more: int, every: float) -> None:
        self.floor, self.until, self.every = floor, until, every
        self.chance = Random(f"{floor.name} {seed}")
        policies = [
            QueuePolicy(name, required={f"for {name}": 1}, channels=tuple(CAPACITY), wrap_up_seconds=None)
            for name in floor.queues
        ]
        self.teams: dict[str, str] = {}
        self.always: set[str] = set()
        profiles = []
        for team, (size, queues) in floor.teams.items():
            for number in range(size + (more if team == floor.one_more else 0)):
                self.teams[f"{team} {number}"] = team
                if number >= size:
                    self.always.add(f"{team} {number}")
                profiles.append(AgentProfile(f"{team} {number}", {f"for {one}": 1 for one in queues}, floor.capacity))
        self.router = Router(policies, profiles, 0.0)
        self.coming: list[tuple[float, int, Callable[[float], object]]] = []
        self.numbers = count()
        self.waiting: set[str] = set()
        self.streams: dict[str, Stream] = {}
        self.found: list[Look] = []

    def run(self) -> list[Look]:
        for name in self.teams:
            self.at(self.chance.uniform(0, 2), partial(self.back, name))
            self.rest_later(name, 0.0)
        for stream in self.floor.streams:
            self.at(self.gap(stream), partial(self.arrive, stream))
        self.at(self.every, self.look)
        while self.coming[0][0] <= self.until:
            due = self.router.next_deadline()
            if due is not None and due <= self.coming[0][0]:
                self.heed(due, self.router.tick(due))
                continue
            now, _, do = heappop(self.coming)
            do(now)
        return self.found

    def at(self, when: float, do: Callable[[float], object]) -> None:
        heappush(self.coming, (when, next(self.numbers), do))

    def gap(self, stream: Stream) -> float:
        return self.chance.expovariate(stream.hourly / 3_600)

    def heed(self, now: float, effects: Sequence[object]) -> None:
        for effect in effects:
            if isinstance(effect, Offered) and self.chance.random() >= self.floor.missed:
                who, agent = effect.interaction_id, effect.agent_id
                self.at(now + self.chance.uniform(1, 4), partial(self.answer, who, agent))
            elif isinstance(effect, AgentChanged) and effect.reason == "missed":
                name = effect.agent_id
                self.at(now + self.chance.uniform(10, 60), partial(self.back, name))

    def back(self, name: str, now: float) -> None:
        self.heed(now, self.router.set_availability(name, "available", now))

    def rest_later(self, name: str, now: float) -> None:
        if self.floor.rests is not None and name not in self.always:
            self.at(now + self.chance.expovariate(1 / self.floor.rests), partial(self.rest, name))

    def rest(self, name: str, now: float) -> None:
        if self.router.agent(name).availability == "available":
            self.heed(now, self.router.set_availability(name, "not_ready", now, "break"))
            self.at(now + self.chance.uniform(60, 300), partial(self.back, name))
        self.rest_later(name, now)

    def arrive(self, stream: Stream, now: float) -> None:
        self.at(now + self.gap(stream), partial(self.arrive, stream))
        who = f"c{next(self.numbers)}"
        self.waiting.add(who)
        self.streams[who] = stream
        self.at(now + self.chance.expovariate(1 / stream.patience), partial(self.give_up, who))
        self.heed(now, self.router.enqueue(who, stream.queue, stream.channel, now))

    def give_up(self, who: str, now: float) -> None:
        if who in self.waiting:
            self.waiting.discard(who)
            del self.streams[who]
            self.heed(now, self.router.abandon(who, now))

    def answer(self, who: str, agent: str, now: float) -> None:
        if who in self.waiting and self.router.interaction(who).agent_id == agent:
            self.waiting.discard(who)
            self.heed(now, self.router.accept(who, agent, now))
            talk = self.chance.expovariate(1 / self.streams.pop(who).talk)
            self.at(now + talk, partial(self.end, who, agent))

    def end(self, who: str, agent: str, now: float) -> None:
        self.heed(now, self.router.end(who, now))
        wrap_up = self.chance.uniform(5, 25)
        self.at(now + wrap_up, lambda then: self.heed(then, self.router.finish_wrap_up(who, agent, then)))

    def look(self, now: float) -> None:
        self.at(now + self.every, self.look)
        queues = {}
        for name in self.floor.queues:
            stats = self.router.queue_stats(name, now)
            told = asdict(stats.counts)
            staff = told.pop("staff")
            queues[name] = QueueStats(
                name, 1, now, waiting=stats.waiting, agents_available=stats.idle, agents_busy=stats.busy,
                agents_signed_in=stats.signed_in, counts=Counts(**told, staff=StaffTime(**staff) if staff else None),
            )  # fmt: skip
        self.found.append(Look(now, queues, tuple(self.agent(name, now) for name in self.teams)))

    def agent(self, name: str, now: float) -> Agent:
        view, day = self.router.agent(name), asdict(self.router.agent_day(name, now))
        return Agent(
            name, 1, name, Role.AGENT, self.teams[name], WORDS[view.availability], 0.0, capacity=self.floor.capacity,
            in_use=view.used, queues=view.queues, today=AgentDay(**day),
        )  # fmt: skip
