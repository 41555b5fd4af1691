"""Which queues a report is about: none picked means all of them."""

from collections.abc import Sequence

from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.words.marks import mark


class QueuePicker(LineTable):
    """A list of queues with marks."""

    def __init__(self, name: str) -> None:
        super().__init__((Column("", 3), Column(mark("queue"))), empty=mark("No queues."), id=name)
        self._names: Sequence[str] = ()
        self._picked: set[str] = set()

    @property
    def picked(self) -> tuple[str, ...]:
        """Those that are picked, in their order; none where all are."""
        found = tuple(name for name in self._names if name in self._picked)
        return () if len(found) == len(self._names) else found

    def offer(self, names: Sequence[str], picked: Sequence[str]) -> None:
        """Show these queues, with some picked."""
        self._names = names
        self._picked = set(picked) & set(names)
        self._show()

    def pressed(self, key: str) -> bool:
        """A key on the list; says whether it meant something."""
        if key == "space" and self.cursor_key is not None:
            self._picked ^= {self.cursor_key}
        elif key == "a":
            self._picked = set() if self._picked else set(self._names)
        else:
            return False
        self._show()
        return True

    def _show(self) -> None:
        self.set_rows(
            [Row(name, (("✓" if name in self._picked else "·", "bold $accent"), name)) for name in self._names]
        )
