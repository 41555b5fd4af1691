"""Everything that is mine, by urgency, one number key each."""

from typing import ClassVar

from textual.content import Content
from textual.message import Message

from desktop.domain import select
from desktop.domain.entities.channels import CALLS, TRAITS, WRITTEN
from desktop.domain.entities.model import Instant, Interaction
from desktop.domain.entities.words import Channel, Phase
from desktop.domain.news.news import unseen_count
from desktop.domain.select.threads import last_of_customer
from desktop.domain.state.state import AppState
from desktop.domain.text.mail_text import mail_parts
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.tui.words.titles import queue_name, title
from desktop.words.catalogue import ptr, tr

WIDEST_STATE = 10
"""Cells of that column at most: who it is comes first."""
SAID_LINES = 2
"""Lines of what a contact is about, at most."""
MOST_ENDED = 8
"""Contacts that have ended, at most."""
INDENT = "    "
"""Before the further lines of a contact: as wide as its number and sign."""
_SEEN = 200
"""Characters of a message from which its lines are made."""


def _columns(*, with_state: bool) -> tuple[Column, ...]:
    """With the state, where each contact has one line; else that has a line of its own, and the name the room.

    It is as wide as the word for those that stay longest, if that leaves the name room.
    """
    state = Column(tr("state"), min(len(ptr("phase", "wrap-up")), WIDEST_STATE))
    time = Column(tr("time"), 7, align="right")
    return (Column("", 1), Column("", 1), Column(tr("customer")), *((state,) if with_state else ()), time)


class WorkPane(Pane, LineTable):
    """The work list."""

    ticks: ClassVar[bool] = True

    class Paged(Message):
        """Read the conversation so many pages further down; negative: up."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages

    def __init__(self) -> None:
        super().__init__(
            _columns(with_state=True),
            header=False,
            empty=tr("No active contacts."),
            id="work",
            parts=True,
        )

    def look(self, view: View) -> tuple[object, ...]:
        """My interactions and who they are with."""
        state = view.state
        mine = (state.interactions, state.unfinished, state.endings)
        return (*mine, state.pops, view.selected, view.numbers, state.news)

    def action_page(self, pages: int) -> None:
        """The contacts fit as a rule, and arrows and numbers choose among them: what is long is what was written."""
        if self.view is not None and self.view.interaction is not None and self.view.interaction.messages:
            self.post_message(self.Paged(pages))
        else:
            super().action_page(pages)

    def draw(self, view: View) -> None:
        """Set the rows; the cursor follows the selection."""
        self.border_title = content(tr("Work"))
        work = on_desk(view.state)
        width, height = self.content_size
        lines = height // len(work) if work else 0  # that each contact may have
        self.set_columns(_columns(with_state=lines < 2))
        rows: list[Row] = []
        for interaction in work:
            rows.append(Row(interaction.id, _cells(view, interaction, with_state=lines < 2)))
            further = _further(view.state, interaction, width, lines - 1)
            rows += [Row(f"{interaction.id}\n{n}", (one,), of=interaction.id) for n, one in enumerate(further)]
        self.set_rows([*rows, *_ended(view.state, height - len(rows) - 1, nothing_else=not work)])
        if view.selected:
            self.move_to(view.selected)

    def on_resize(self) -> None:
        """There may be room for what each is about, or none any more."""
        if self.view is not None:
            self.draw(self.view)


def on_desk(state: AppState) -> tuple[Interaction, ...]:
    """My work by urgency, then what left me before its note was handed over."""
    return (*select.mine(state), *state.unfinished.values())


def _cells(view: View, interaction: Interaction, *, with_state: bool) -> tuple[Part, ...]:
    style, number = _style(interaction), view.numbers.get(interaction.id)
    sign = "✎" if interaction.phase is Phase.WRAP_UP else TRAITS[interaction.channel].sign
    return (
        content(str(number) if number is not None else " ", "$muted"),
        content(sign, style),
        line(*_new(view.state, interaction), _who(view.state, interaction)),
        *((_state(view.state, interaction, style),) if with_state else ()),
        content(wording.duration(_clock(interaction, view.now)), style),
    )


def _further(state: AppState, interaction: Interaction, width: int, lines: int) -> list[Content]:
    """Where it stands, of which queue it is and what it is about: in one line, or where there is room in several."""
    if lines < 1:
        return []
    about = _about(interaction)
    stands = [_state(state, interaction, _style(interaction))]
    stands += [content(f" · {queue_name(state, interaction.queue)}", "$muted")] if interaction.queue else []
    if lines < 1 + SAID_LINES or not about:
        return [line(INDENT, *stands, (f" · {about}" if about else "", "$muted"))]
    room = max(1, width - len(INDENT) - 1)
    said = content(about, "$muted").wrap(room)
    if len(said) > SAID_LINES:
        cut = said[SAID_LINES - 1].truncate(room - 1) + content("…", "$muted")
        said = [*said[: SAID_LINES - 1], cut]
    return [line(INDENT, *stands), *(line(INDENT, one) for one in said)]


def _about(interaction: Interaction) -> str:
    """What the customer wrote last, else why they called."""
    last = last_of_customer(interaction) if interaction.channel in WRITTEN else None
    if last is None or last.media_type != "text/plain":
        return interaction.subject
    text = last.text
    if interaction.channel is Channel.EMAIL:
        text = " ".join(row for part in mail_parts(text) if not part.quoted for row in part.lines)
    return " ".join(text[:_SEEN].split()) or interaction.subject


def _ended(state: AppState, lines: int, *, nothing_else: bool) -> list[Row]:
    """The contacts that ended last, to be looked at only: one finds them again by searching."""
    head = [Row("\nnone", (content(tr("No active contacts."), "$muted"),), of="")] if nothing_else else []
    ended = select.ended_contacts(state)[: min(MOST_ENDED, lines - len(head) - 2)] if lines > len(head) + 2 else ()
    if not ended:
        return []
    rows = [*head, Row("\ngap", ("",), of=""), Row("\nended", (content(tr("Ended"), "$muted"),), of="")]
    return rows + [Row(f"\n{one.id}", (_ended_line(state, one),), of="") for one in ended]


def _ended_line(state: AppState, interaction: Interaction) -> Content:
    at = wording.clock(interaction.ended_at or interaction.phase_since)[:5]
    queue = f" · {queue_name(state, interaction.queue)}" if interaction.queue else ""
    sign = TRAITS[interaction.channel].sign
    return content(f"{at} {sign} {title(state, interaction)}{queue}", "$muted")


def _new(state: AppState, interaction: Interaction) -> list[Part]:
    """How much of it is new, as in the header; before the name, whose end there may be no room for."""
    count = unseen_count(state.news, interaction.id)
    return [(f"●{count} ", "bold $warning")] if count else []


def _who(state: AppState, interaction: Interaction) -> Part:
    return (title(state, interaction), "bold" if interaction.phase is Phase.OFFERED else "")


def _state(state: AppState, interaction: Interaction, style: str) -> Content:
    if interaction.id in state.unfinished:
        return content(ptr("note", "kept"), style)
    if interaction.unread and interaction.channel not in CALLS and interaction.phase is Phase.ACTIVE:
        return content(ptr("to do", "reply"), style)
    return content(wording.phase(interaction), style)


def _style(interaction: Interaction) -> str:
    if interaction.phase is Phase.OFFERED:
        return "bold $accent"
    if interaction.held or interaction.phase is Phase.WRAP_UP:
        return "$warning"
    if interaction.parked:
        return "$muted"
    return "$success" if interaction.phase is Phase.ACTIVE else "$muted"


def _clock(interaction: Interaction, now: Instant) -> float:
    """Seconds left of an offer or a wrap-up with a limit; else the seconds since the phase (hold, parking) began."""
    deadline = interaction.offer_deadline if interaction.phase is Phase.OFFERED else interaction.wrap_up_deadline
    if deadline is not None and interaction.phase in (Phase.OFFERED, Phase.WRAP_UP):
        return deadline - now
    return now - (interaction.parked_since or interaction.held_since or interaction.phase_since)
