"""Which verbs are under way, shown on what they are about."""

from collections import Counter

from desktop.app.store import Store
from desktop.domain.state.own_events import PendingChanged


class PendingVerbs:
    """Counts presses, so that of two under way the first answer does not hide the second."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counts: dict[str, Counter[str]] = {}

    def mark(self, interaction_id: str, what: str, by: int) -> None:
        """One more (1) or one less (-1) of a verb is under way for an interaction, or for the agent ("")."""
        counts = self._counts.setdefault(interaction_id, Counter())
        counts[what] += by
        verbs = frozenset((+counts).keys())
        if not verbs:
            del self._counts[interaction_id]
        self._store.publish(PendingChanged(interaction_id, verbs))
