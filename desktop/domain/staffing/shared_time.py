"""The time of agents who take calls and chats, or work for several queues, as it was measured."""

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.domain.entities.counts import Counts
from desktop.domain.entities.model import Agent
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.ratio import counted
from desktop.domain.staffing.erlang import MOST_SERVERS
from desktop.domain.staffing.pool import Pool
from desktop.domain.staffing.staffing import Demand

FEWEST_HANDLED = 10
_SHORTEST, _LONGEST = 0.1, 1e6  # seconds of a contact; what lies beyond is a mistake of whoever counts
_AHT = METRICS["aht"].ratio


@dataclass(frozen=True, slots=True)
class SharedTime:
    """What the agents of a queue did over `window` seconds, for all their queues together; each is one server.

    `agents` of them took contacts on average. `light` and `heavy` are seconds that a contact took of one: of their
    capacity, where a chat of three at once is a third; and of the time in which they had anything in hand, where it
    is as much as a call. What keeps one from the next contact lies between. `load` and `engaged` are the same for all
    contacts of the window, in Erlang. `share` of their contacts were of this queue (0 to 1).
    """

    window: float
    agents: float
    light: float
    heavy: float
    load: float
    engaged: float
    share: float

    @property
    def contacts(self) -> int:
        """How many they did in the window, of all their queues."""
        return round(self.load * self.window / self.light)

    def demand(self, between: float, patience: float, abandoned: float) -> Demand:
        """What must have come for this to be done.

        Arguments:
            between: 0 when a contact takes as much as `light` says, 1 as `heavy`.
            patience: as of `Demand`.
            abandoned: the share of customers who gave up before they were served (0 to below 1).
        """
        handle = self.light + between * (self.heavy - self.light)
        done = self.load + between * (self.engaged - self.load)
        return Demand(done / handle * self.window / (1 - abandoned), self.window, handle, patience)


def one_line(pool: Pool, agents: Iterable[Agent], busy_or_free: int | None) -> bool:
    """Whether a pool is one line before equal servers, so that nothing needs to be measured.

    `busy_or_free`: how many agents work for the queue by the contact centre's own word; more than are seen here belong
    to other teams.
    """
    sizes = {size for agent in agents if pool.queues & set(agent.queues) for size in agent.capacity.values()}
    alike = pool.slots is not None and (pool.slots > 1 or len(sizes) <= 1)
    return alike and not pool.mixed and (busy_or_free is None or busy_or_free <= pool.agents)


def shared_time(queue: str, agents: Iterable[Agent], counts: Counts) -> SharedTime | None:
    """From what was counted of `queue` over the last while, and of its agents today; None where that is not told.

    Arguments:
        agents: everybody who is seen here. What a contact takes is known of these; where none of them works for the
            queue, it is taken from the queue's own contacts.
        counts: of the queue, over the window.
    """
    staff, window = counts.staff, counts.until - counts.since
    effort = _effort(agent for agent in agents if queue in agent.queues) or _handle(counts)
    if staff is None or effort is None or not window > 0:
        return None
    light, heavy = effort[0], max(effort)
    load, engaged, idle = (seconds / window for seconds in (staff.load, staff.engaged, staff.idle))
    told = 0 < load <= engaged * 1.001 < MOST_SERVERS / 10 and 0 <= idle < MOST_SERVERS / 10
    if not (told and _SHORTEST <= light <= heavy <= _LONGEST):
        return None
    share = min(1.0, (counted(counts, "handled") or 0.0) * light / staff.load)
    return SharedTime(window, idle + engaged, light, heavy, load, engaged, share)


def _effort(agents: Iterable[Agent]) -> tuple[float, float] | None:
    days = [agent.today for agent in agents if agent.today is not None]
    handled = sum(day.handled for day in days)
    load = sum(day.load for day in days)
    engaged = sum(day.engaged for day in days)
    return (load / handled, engaged / handled) if handled >= FEWEST_HANDLED else None


def _handle(counts: Counts) -> tuple[float, float] | None:
    mean = _AHT.value(counts) if _AHT is not None else None
    return (mean, mean) if mean and (counts.handled or 0) >= FEWEST_HANDLED else None
