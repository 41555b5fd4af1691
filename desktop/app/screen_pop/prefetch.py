"""Looks up who is next in line, so that the card is there with the ring."""

from collections.abc import Sequence

from desktop.app.screen_pop.contact_keys import contact_key
from desktop.app.screen_pop.customer_finder import CustomerFinder
from desktop.app.store import Store
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Role

HEADS = 3
_REMEMBERED = 200


class Prefetch:
    """Asks once for each head of my queues; the finders, one a CRM, keep the answers."""

    def __init__(self, finders: Sequence[CustomerFinder], store: Store) -> None:
        self.me = ""
        self._finders = finders
        self._store = store
        self._asked: dict[str, None] = {}

    def look_at(self, queue: QueueStats) -> None:
        """Ask for the first few who wait, unless this queue is none of mine."""
        me = self._store.state.agents.get(self.me or self._store.state.me)
        if not self._finders or (me is not None and not _is_mine(me, queue)):
            return
        for waiting in queue.head[:HEADS]:
            if waiting.interaction_id in self._asked or not contact_key(waiting.customer, self._finders[0].region):
                continue
            self._asked[waiting.interaction_id] = None
            while len(self._asked) > _REMEMBERED:
                del self._asked[next(iter(self._asked))]
            for finder in self._finders:
                finder.find(waiting.customer)


def _is_mine(me: Agent, queue: QueueStats) -> bool:
    """Whether a call of this queue may be offered to me; who is known to serve none serves all, but no supervisor."""
    return queue.name in me.queues or not (me.queues or me.role is Role.SUPERVISOR)
