"""Where the agent says when a callback is wanted; the line below says what was understood."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from desktop.domain.entities.instant import Instant
from desktop.domain.text.sentence import Sentence
from desktop.tui.keys.keys import BY_ID
from desktop.tui.textual_patches.steady_title import SteadyTitle
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr

if TYPE_CHECKING:
    from desktop.app.callback_time.due import Due


@dataclass(frozen=True, slots=True)
class Places:
    """Where the agent and the customer are.

    Args:
        zone: the agent's time zone.
        customer: the customer's; None where it is not known.
        region: the agent's two-letter country.
    """

    zone: tzinfo
    customer: tzinfo | None
    region: str


class WhenField(Vertical):
    """Hidden until a time is wanted. Enter takes what is understood, and stays with what is not."""

    DEFAULT_CSS = css_beside(__file__)
    border_title = SteadyTitle()
    border_subtitle = SteadyTitle()

    class Said(Message):
        """The time was understood: when the callback is wanted, and what about."""

        def __init__(self, due: Instant, text: str) -> None:
            super().__init__()
            self.due, self.text = due, text

    def __init__(self, now: Callable[[], Instant]) -> None:
        """`now` is the server's time."""
        super().__init__(id="outbox-when")
        self._now = now
        self._places: Places | None = None
        self.field = Input(placeholder=tr("tomorrow 14:00 about the refund"), compact=True, select_on_focus=False)
        self._understood = Static(id="outbox-understood")

    def compose(self) -> ComposeResult:
        """The field, what was understood."""
        yield self.field
        yield self._understood

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, heading: str, keys: Content, text: str, places: Places) -> None:
        """Ask for the time of a callback, and go there.

        Args:
            heading: whose callback it is.
            keys: what to press, for the border.
            text: what it is about, as it was written; the time is to be typed before it.
            places: where the agent and the customer are.
        """
        self.border_title, self.border_subtitle = content(heading, "bold"), keys
        self._places = places
        with self.prevent(Input.Changed):
            self.field.value = f" {text}" if text else ""
        self.field.cursor_position = 0
        self.add_class("open")
        self.field.focus()
        self.draw()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    def draw(self) -> None:
        """Say what is understood now; what a text means may change with the time."""
        places = self._places
        if places is None or not self.is_open:
            return
        found = self._read(places)
        if isinstance(found, Sentence):
            self._understood.update(content(in_words(found), "$warning"))
            return
        when = wording.planned(found.at, places.zone, places.customer)
        self._understood.update(line(("✓ ", "bold $success"), when, f" · {found.rest}" if found.rest else ""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each key may change what is understood."""
        event.stop()
        self.draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes what is understood."""
        event.stop()
        self._take()

    def on_key(self, event: events.Key) -> None:
        """The key that saves on the page does what enter does."""
        if event.key in BY_ID["finish"].always:
            event.stop()
            self._take()

    def _take(self) -> None:
        self.draw()
        if self._places is not None and not isinstance(found := self._read(self._places), Sentence):
            self.post_message(self.Said(found.at, found.rest))

    def _read(self, places: Places) -> "Due | Sentence":
        """What stands in the field, or why it names no time."""
        from desktop.app.callback_time.due import Due, read_due  # its patterns; not before they are needed

        found = read_due(self.field.value, self._now(), places.zone, region=places.region, customer=places.customer)
        return found if isinstance(found, Due) else found.why
