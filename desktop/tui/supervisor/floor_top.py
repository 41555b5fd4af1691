"""The upper part of the floor: as high as there are queues, within bounds."""

from textual.containers import Horizontal
from textual.geometry import Size

from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.supervisor.panels.floor_pane import FloorPane

_BESIDE = 4
"""Lines beside those of the queues: headings, their sum, and a border above and below."""


class FloorTop(FloorPane, Horizontal):
    """Queues and alerts. Laid out anew only when there are more or fewer queues, whatever is filtered."""

    _queues = 0

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """The queues."""
        return (view.state.queues,)

    def draw_floor(self, view: FloorView) -> None:
        """Make room for them."""
        if len(view.state.queues) != self._queues:
            self._queues = len(view.state.queues)
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """See Textual."""
        return self._queues + _BESIDE
