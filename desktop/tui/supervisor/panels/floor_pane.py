"""A pane of the supervisor's screen: as every pane, but it looks at the floor."""

from desktop.tui.supervisor.floor_view import FloorView
from desktop.tui.widgets.pane import Pane, View


class FloorPane(Pane):
    """Mixed into a widget. Nothing is drawn of a view that is not of the floor."""

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """The objects this pane is drawn from."""
        raise NotImplementedError

    def draw_floor(self, view: FloorView) -> None:
        """Draw the view."""
        raise NotImplementedError

    def look(self, view: View) -> tuple[object, ...]:
        """See the base class."""
        return self.look_at(view) if isinstance(view, FloorView) else ()

    def draw(self, view: View) -> None:
        """See the base class."""
        if isinstance(view, FloorView):
            self.draw_floor(view)
