"""The next state while a batch of events is being applied to the present one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

from desktop.domain.entities.model import Interaction, NotReadyReason, WrapUpCode
from desktop.domain.entities.words import Phase, Role
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence

TOMBSTONES = 2_000
DETAILS = 200
MESSAGES = 200  # kept each way
ACKNOWLEDGEMENTS = 1_000
HANDED_OVER = 200
LISTED = 50  # notices, endings and oddities kept

V = TypeVar("V")
T = TypeVar("T")


class Shelf(Generic[V]):
    """One mapping of the state: copied the first time something really changes, and at most once."""

    __slots__ = ("_before", "_own", "now")

    def __init__(self, before: Mapping[str, V]) -> None:
        self._before = before
        self._own: dict[str, V] | None = None
        self.now: Mapping[str, V] = before

    @property
    def changed(self) -> bool:
        """Whether the mapping is another object than before."""
        return self._own is not None

    def get(self, key: str) -> V | None:
        """What stands under `key`."""
        return self.now.get(key)

    def put(self, key: str, value: V) -> None:
        """Set `key`, unless it already is just that."""
        old = self.now.get(key)
        if old is not None and old == value:
            return
        self._mine()[key] = value

    def put_last(self, key: str, value: V, limit: int) -> None:
        """Set `key` as the newest, unless it already is just that, and forget the oldest beyond `limit` entries."""
        if key in self.now and self.now[key] == value:
            return
        own = self._mine()
        own.pop(key, None)
        own[key] = value
        while len(own) > limit:
            del own[next(iter(own))]

    def drop(self, key: str) -> None:
        """Forget `key`, if it is there."""
        if key in self.now:
            del self._mine()[key]

    def swap(self, fresh: dict[str, V]) -> None:
        """Take `fresh` instead, unless it is equal."""
        if fresh != self.now:
            self.now = self._own = fresh

    def _mine(self) -> dict[str, V]:
        if self._own is None:
            # dict.copy is a block copy; dict(mapping) of another mapping type is not, but happens only once
            before = self._before
            self.now = self._own = before.copy() if isinstance(before, dict) else dict(before)
        return self._own


class Batch:
    """A state being changed. Every mapping is a `Shelf`; the few other fields are set through `set`."""

    __slots__ = (
        "_before",
        "_values",
        "acknowledgements",
        "agent_messages",
        "agents",
        "alerts",
        "capabilities",
        "chats",
        "details",
        "details_failed",
        "drafts",
        "endings",
        "handed_over",
        "health",
        "help",
        "interactions",
        "links",
        "me",
        "news",
        "notices",
        "oddities",
        "own",
        "past_help",
        "pending",
        "people",
        "phone",
        "phone_calls",
        "pops",
        "positions",
        "presence",
        "queues",
        "received",
        "same_people",
        "sent",
        "sources",
        "tombstones",
        "unfinished",
    )

    def __init__(self, state: AppState) -> None:
        self._before = state
        self._values: dict[str, Any] = {}
        self.me = state.me
        self.notices = state.notices
        self.endings = state.endings
        self.oddities = state.oddities
        self.phone = state.phone
        self.sources = state.sources
        self.links = Shelf(state.links)
        self.same_people = Shelf(state.same_people)
        self.interactions = Shelf(state.interactions)
        self.tombstones = Shelf(state.tombstones)
        self.agents = Shelf(state.agents)
        self.own = Shelf(state.own)
        self.queues = Shelf(state.queues)
        self.help = Shelf(state.help)
        self.agent_messages = Shelf(state.agent_messages)
        self.acknowledgements = Shelf(state.acknowledgements)
        self.alerts = Shelf(state.alerts)
        self.news = Shelf(state.news)
        self.people = Shelf(state.people)
        self.presence = Shelf(state.presence)
        self.chats = Shelf(state.chats)
        self.sent = Shelf(state.sent)
        self.received = Shelf(state.received)
        self.pops = Shelf(state.pops)
        self.details = Shelf(state.details)
        self.details_failed = Shelf(state.details_failed)
        self.drafts = Shelf(state.drafts)
        self.handed_over = Shelf(state.handed_over)
        self.health = Shelf(state.health)
        self.positions = Shelf(state.positions)
        self.capabilities = Shelf(state.capabilities)
        self.pending = Shelf(state.pending)
        self.past_help = Shelf(state.past_help)
        self.phone_calls = Shelf(state.phone_calls)
        self.unfinished = Shelf(state.unfinished)

    def set(self, name: str, value: object) -> None:
        """Set a field that is not a mapping, unless it already is equal."""
        if self._values.get(name, getattr(self._before, name)) != value:
            self._values[name] = value

    @property
    def sources_changed(self) -> bool:
        """Whether the declared sources are others than before."""
        return self.sources != self._before.sources

    @property
    def skew(self) -> float:
        """The server's clock minus the local one, seconds."""
        skew: float = self._values.get("skew", self._before.skew)
        return skew

    @property
    def codes(self) -> tuple[WrapUpCode, ...]:
        """The wrap-up codes."""
        codes: tuple[WrapUpCode, ...] = self._values.get("codes", self._before.codes)
        return codes

    @property
    def reasons(self) -> tuple[NotReadyReason, ...]:
        """The reasons for not being ready."""
        reasons: tuple[NotReadyReason, ...] = self._values.get("reasons", self._before.reasons)
        return reasons

    @property
    def zone(self) -> str:
        """The time zone of the centre's midnight."""
        zone: str = self._values.get("zone", self._before.zone)
        return zone

    def odd(self, what: Sentence) -> None:
        """Note something for the diagnostics screen."""
        self.oddities = newest(self.oddities, what)

    def is_mine_to_see(self, interaction: Interaction) -> bool:
        """Whether the interaction belongs into the state: open, and mine unless I am a supervisor."""
        if interaction.phase is Phase.CLOSED:
            return False
        if not self.me or self._supervises():
            return True
        return interaction.agent_id == self.me and interaction.phase is not Phase.QUEUED

    def _supervises(self) -> bool:
        me = self.agents.get(self.me)
        return me is not None and me.role is Role.SUPERVISOR

    def finish(self) -> AppState:
        """The new state; the very same object when nothing changed."""
        changes = dict(self._values)
        for name in self.__slots__:
            if name.startswith("_"):
                continue
            value = getattr(self, name)
            if isinstance(value, Shelf):
                if value.changed:
                    changes[name] = value.now
            elif value is not getattr(self._before, name):
                changes[name] = value
        return replace(self._before, **changes) if changes else self._before


def newest(kept: tuple[T, ...], item: T) -> tuple[T, ...]:
    """`kept` and `item`, without the oldest beyond the limit."""
    return (*kept, item)[-LISTED:]
