"""The driver for Linux and macOS: it tells of each key at once, and believes no size that a screen cannot have."""

from typing import Protocol, runtime_checkable

from textual import events
from textual.message import Message

from desktop.tui.terminal.believable_size import believable
from desktop.tui.terminal.input_priority import InputPriority
from desktop.tui.textual_patches.resilient_driver import ResilientDriver


@runtime_checkable
class _HearsKeys(Protocol):
    input_priority: InputPriority


class TerminalDriver(ResilientDriver):
    """What the terminal sends reaches the app by way of this."""

    def process_message(self, message: Message) -> None:
        """See the base class; runs in the input thread."""
        if isinstance(message, events.Resize) and message.size != believable(*message.size):
            return  # a size in the input is as easily pasted as reported: the one there was stays
        if isinstance(message, events.Key) and isinstance(self.app, _HearsKeys):
            self.app.input_priority.heard()
        super().process_message(message)
