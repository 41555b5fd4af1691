"""An entry of the past, whole: a contact with all that was said, a case, a purchase. Read beside the call."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.customer import Case, SeenEntry, TimelineEntry
from desktop.domain.entities.model import Instant
from desktop.tui.agent.past import match_of
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.page_text import PageText
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, term, tr

Shown = TimelineEntry | SeenEntry | Case
TEXT_LIMIT = 65_536
"""Characters of an entry that are shown."""


class EntryPane(Pane, VerticalScroll, can_focus=True):
    """One entry of a list; left and right turn to its neighbours, up and down scroll, esc goes back to the list."""

    DEFAULT_CSS = css_beside(__file__)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Newer", show=False),
        Binding("right", "turn(1)", "Older", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="entry")
        self._list = ""
        self._key = ""

    def compose(self) -> ComposeResult:
        """One text."""
        yield PageText(id="entry-text")

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    @property
    def came_from(self) -> str:
        """The list it was opened from: cases or timeline."""
        return self._list

    def open(self, of: str, key: str) -> None:
        """Show an entry.

        Args:
            of: which list it is in, cases or timeline.
            key: its row.
        """
        self._list, self._key = of, key
        self.add_class("open")
        if self.view is not None:
            self.draw(self.view)
        self.scroll_home(animate=False)
        self.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")

    @property
    def text(self) -> str:
        """What was said, to be copied; "" for nothing."""
        entry = next((one for one in self._entries() if row_key(one) == self._key), None)
        return "\n".join(_words(entry)) if entry is not None else ""

    def look(self, view: View) -> tuple[object, ...]:
        """What it may be about."""
        match = match_of(view)
        known = match.ids if match else ()
        return (view.interaction, match, *(view.state.details.get(one) for one in known))

    def draw(self, view: View) -> None:
        """Redraw the entry; where it is no longer known, that."""
        if not self.is_open:
            return
        entries = self._entries()
        place = next((number for number, one in enumerate(entries) if row_key(one) == self._key), None)
        self.border_subtitle = line(
            ("←→", "bold $accent"),
            (f" {tr('turn')}  ", "$muted"),
            ("esc", "bold $accent"),
            (f" {tr('close')}", "$muted"),
        )
        text = self.query_one(PageText)
        if place is None:
            self.border_title = content(tr("Entry"))
            text.set_lines([content(tr("It is not in the list any more."), "$muted")])
            return
        entry = entries[place]
        where = tr("{n} of {all}", n=place + 1, all=len(entries))
        self.border_title = line((_kind(entry), "bold"), (f" · {where}", "$muted"))
        text.set_lines(_lines(entry, view.now))

    def action_turn(self, by: int) -> None:
        """Turn to a neighbour in the list."""
        entries = self._entries()
        keys = [row_key(one) for one in entries]
        at = keys.index(self._key) + by if self._key in keys else 0
        if 0 <= at < len(keys):
            self.open(self._list, keys[at])

    def _entries(self) -> Sequence[Shown]:
        """The list it is in, as it is shown."""
        view = self.view
        if view is None:
            return ()
        match = match_of(view)
        details = select.details_of(view.state, match)
        if self._list == "cases":
            return sorted(details.cases or (), key=lambda case: (not case.is_open, -case.opened_at))
        return select.timeline(view.state, view.interaction) if view.interaction else details.timeline or ()


def row_key(entry: Shown) -> str:
    """The row of an entry in its list."""
    return f"{entry.source}{entry.id}"


def _kind(entry: Shown) -> str:
    if isinstance(entry, Case):
        return f"# {tr('case {id}', id=entry.id)}"
    sign = wording.TIMELINE_SIGN.get(entry.channel, "·")
    return f"{sign} {term('timeline', entry.channel)}"


def _words(entry: Shown) -> list[str]:
    """What was said."""
    if isinstance(entry, Case):
        return [f"#{entry.id}", entry.subject]
    summary = in_words(entry.summary)
    detail = entry.detail.strip()
    return [summary, detail] if detail and detail != summary.strip() else [summary]


def _lines(entry: Shown, now: Instant) -> list[Content]:
    if isinstance(entry, Case):
        facts = [
            (tr("status"), term("case_status", entry.status)),
            (tr("priority"), entry.priority),
            (tr("owner"), entry.owner),
            (tr("opened"), f"{wording.day(entry.opened_at, now)} · {wording.age(now - entry.opened_at)}"),
            (tr("system"), wording.source_tag(entry.source) if entry.source else ""),
        ]
        width = max(len(name) for name, _ in facts) + 2
        rows = [line((f"{name:<{width}}", "$muted"), (value, "")) for name, value in facts if value]
        return [content(entry.subject, "bold"), content(""), *rows]
    by = in_words(entry.agent)
    when = f"{wording.day(entry.at, now)} {wording.clock(entry.at)[:5]}"
    said, *detail = _words(entry)
    parts = (when, by, wording.source_tag(entry.source) if entry.source else "")
    head = [content(said, "bold"), content(" · ".join(filter(None, parts)), "$muted")]
    text = [piece for words in detail for piece in content(words, newlines=True, limit=TEXT_LIMIT).split("\n")]
    return [*head, content(""), *(text or [content(tr("Nothing more was written down."), "$muted")])]
