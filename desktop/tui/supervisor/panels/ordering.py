"""In which order rows stand, and when that may change.

Rows that jump cannot be read, and a row that moves as a key is pressed is the wrong row. So the order is made anew at
most once a second, never while something is asked about a row or for three seconds after the cursor was moved, and
rows that are equal keep their places. Meanwhile who is new comes last and who is gone leaves; the figures in the rows
are always those of now.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.panels.floor_column import FloorColumn

E = TypeVar("E")
EVERY_SECONDS = 0.8
AFTER_KEY_SECONDS = 3.0


class Ordering(Generic[E]):
    """The keys of some entities, filtered and sorted."""

    def __init__(self, columns: Sequence[FloorColumn[E]], text: Callable[[E], str], by: str) -> None:
        """Nothing is there yet.

        Args:
            columns: what can be sorted by.
            text: what of an entity a filter looks into.
            by: the column sorted by at first.
        """
        self._columns = {column.id: column for column in columns}
        self._text = text
        self.by = by
        self.turned = False
        self.wanted = ""  # the filter
        self.keys: list[str] = []
        self.places: dict[str, int] = {}
        self._entities: Mapping[str, E] = {}
        self._texts: dict[str, tuple[E, str]] = {}
        self._made_at = float("-inf")
        self._rest_until = float("-inf")
        self._due = True

    @property
    def down(self) -> bool:
        """Whether the greatest stands first."""
        return self._columns[self.by].down is not self.turned

    def sort_by(self, column: str, *, turned: bool = False) -> None:
        """Sort by a column from now on; an unknown one changes nothing."""
        if column in self._columns:
            self.by, self.turned, self._due = column, turned, True

    def filter(self, wanted: str) -> None:
        """Show only what contains each of these words from now on."""
        if wanted != self.wanted:
            self.wanted, self._due = wanted, True
            if not wanted.strip():
                self._texts.clear()

    def touched(self, now: float) -> None:
        """The cursor was moved: rows stay where they are for a while."""
        self._rest_until = now + AFTER_KEY_SECONDS

    def arrange(self, entities: Mapping[str, E], view: FloorView, *, due: bool) -> bool:
        """Bring the keys up to date; says whether they are others now.

        Args:
            due: whether this is the moment for another order; between two of them lies about a second.
        """
        members = entities is not self._entities and entities.keys() != self._entities.keys()
        changed = entities is not self._entities
        self._entities = entities
        calm = not view.held and view.now >= self._rest_until
        due = due and abs(view.now - self._made_at) >= EVERY_SECONDS
        if self._due or (calm and (members or due)):
            return self._sort(view)
        if members or (changed and self.wanted and due):
            return self._keep_places()
        return False

    def _sort(self, view: FloorView) -> bool:
        self._due, self._made_at = False, view.now
        order, down = self._columns[self.by].order, self.down
        known: list[tuple[Any, str]] = []
        unknown: list[str] = []
        places, last = self.places, len(self.places)
        # By the places they have, so that equals keep them; who is new by name.
        members = sorted(self._matching(), key=lambda key: (places.get(key, last), key))
        for key in members:
            value = order(self._entities[key], view)
            if value is None:
                unknown.append(key)
            else:
                known.append((value, key))
        known.sort(key=lambda pair: pair[0], reverse=down)
        return self._take([key for _, key in known] + unknown)

    def _keep_places(self) -> bool:
        matching = self._matching()
        there = set(matching)
        kept = [key for key in self.keys if key in there]
        return self._take(kept + [key for key in matching if key not in self.places])

    def _matching(self) -> list[str]:
        words = self.wanted.casefold().split()
        if not words:
            return list(self._entities)
        return [key for key, one in self._entities.items() if all(word in self._folded(key, one) for word in words)]

    def _folded(self, key: str, entity: E) -> str:
        known = self._texts.get(key)
        if known is None or known[0] is not entity:
            known = self._texts[key] = (entity, self._text(entity).casefold())
            if len(self._texts) > 2 * len(self._entities) + 64:
                self._texts = {key: known}
        return known[1]

    def _take(self, keys: list[str]) -> bool:
        if keys == self.keys:
            return False
        self.keys = keys
        self.places = {key: place for place, key in enumerate(keys)}
        return True
