"""What the supervisor's screen asks of whoever stands behind it."""

from typing import Protocol

from desktop.tui.agent.panes.state_menu import StateMenu
from desktop.tui.supervisor.actions.action_dialog import ActionDialog
from desktop.tui.supervisor.floor_view import FloorView


class FloorDesk(Protocol):
    """Who does what is wanted on the screen."""

    def ready(self) -> None:
        """The screen is there."""

    def act(self, name: str) -> None:
        """Do what the key of this name stands for."""

    def look(self, view: FloorView, details: bool) -> FloorView:
        """The view with what was looked up; `details` says whether they are in sight."""
        ...

    def answered(self, event: ActionDialog.Answered) -> None:
        """Do what was asked about."""

    def chosen_state(self, event: StateMenu.Chosen) -> None:
        """Take another availability."""

    def rearranged(self) -> None:
        """Remember the order of the tables."""
