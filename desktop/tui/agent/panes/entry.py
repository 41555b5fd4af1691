"""An entry of the past, whole: a contact with all that was said, a case, a purchase. Read beside the call."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message

from desktop.domain import select
from desktop.domain.entities.customer import Case, HistoryEntry, Purchase
from desktop.domain.entities.words import Older
from desktop.tui.agent import entries
from desktop.tui.agent.entries import row_key
from desktop.tui.agent.past import details_seen, match_of
from desktop.tui.keys.key import show, titled
from desktop.tui.keys.keys import BY_ID
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, key_hints
from desktop.tui.widgets.page_text import Hanging, Line, PageText
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, term, tr

Shown = HistoryEntry | Case
TEXT_LIMIT = 65_536
"""Characters of an entry that are shown."""


class EntryPane(Pane, VerticalScroll, can_focus=True):
    """One entry of a list; left and right turn to its neighbours, up and down scroll, esc goes back to the list."""

    DEFAULT_CSS = css_beside(__file__)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Newer", show=False),
        Binding("right", "turn(1)", "Older", show=False),
    ]

    class Turned(Message):
        """Another entry of the list `of` is read now."""

        def __init__(self, of: str, key: str) -> None:
            super().__init__()
            self.of = of
            self.key = key

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
        entry = next((one for one in self._listed() if row_key(one) == self._key), None)
        return "\n".join(_words(entry)) if entry is not None else ""

    def look(self, view: View) -> tuple[object, ...]:
        """What it may be about, and what is looked for in it."""
        return (view.interaction, view.state.received, view.state.sent, view.wanted, *details_seen(view))

    def draw(self, view: View) -> None:
        """Redraw the entry; where it is no longer known, that."""
        if not self.is_open:
            return
        listed = self._listed()
        place = next((number for number, one in enumerate(listed) if row_key(one) == self._key), None)
        self.border_subtitle = self._keys()
        text = self.query_one(PageText)
        if place is None:
            self.border_title = content(tr("Entry"))
            text.set_lines([content(tr("It is not in the list any more."), "$muted")])
            return
        entry = listed[place]
        details = select.details_of(view.state, match_of(view))
        goes_on = self._list == "timeline" and details.older is not Older.NONE
        where = tr("{n} of {all}", n=place + 1, all=f"{len(listed)}+" if goes_on else len(listed))
        self.border_title = line((_kind(entry), "bold"), (f" · {where}", "$muted"))
        text.set_lines(_lines(entry, view, details.cases or (), entries.words_of(view.wanted)))

    def on_resize(self) -> None:
        """Fit the keys to the new width."""
        if self.is_open:
            self.border_subtitle = self._keys()

    def action_turn(self, by: int) -> None:
        """Turn to a neighbour in the list."""
        keys = [row_key(one) for one in self._listed()]
        at = keys.index(self._key) + by if self._key in keys else 0
        if 0 <= at < len(keys):
            self.open(self._list, keys[at])
            self.post_message(self.Turned(self._list, keys[at]))

    def _keys(self) -> Content:
        copy = (show(BY_ID["copy"].letters[0]), tr("copy"))
        return key_hints(
            border_room(self),
            (("←→", tr("previous, next")), copy, ("esc", tr("close"))),
            (("←→", tr("turn")), copy, ("esc", tr("close"))),
        )

    def _listed(self) -> Sequence[Shown]:
        """The list it is in, as it is shown."""
        if self.view is None:
            return ()
        if self._list == "cases":
            return entries.cases(self.view)
        return entries.found(entries.timeline(self.view), self.view.wanted)


def _kind(entry: Shown) -> str:
    if isinstance(entry, Case):
        return f"# {tr('Case {id}', id=entry.id)}"
    channel = "purchase" if isinstance(entry, Purchase) else entry.channel
    return f"{wording.TIMELINE_SIGN.get(channel, '·')} {titled(term('timeline', channel))}"


def _words(entry: Shown) -> list[str]:
    """What was said."""
    if isinstance(entry, Case):
        return [f"#{entry.id}", entry.subject]
    if isinstance(entry, Purchase):
        return [text for text in (entry.item, entry.amount, entry.id) if text]
    summary = in_words(entry.summary)
    detail = entry.detail.strip()
    return [summary, detail] if detail and detail != summary.strip() else [summary]


def _lines(entry: Shown, view: View, cases: Sequence[Case], wanted: Sequence[str]) -> list[Line]:
    system = wording.source_tag(entry.source) if entry.source else ""
    if isinstance(entry, Case):
        urgent = entry.is_open and entry.priority.casefold() in ("high", "urgent")
        facts = _facts(
            (tr("status"), term("case_status", entry.status)),
            (tr("priority"), f"! {entry.priority}" if urgent else entry.priority),
            (tr("owner"), entry.owner),
            (tr("opened"), wording.moment(entry.opened_at)),
            (tr("system"), system),
        )
        return [content(entry.subject, "bold"), content(""), *facts, *_of_case(entry, view)]
    if isinstance(entry, Purchase):
        facts = _facts(
            (tr("amount"), entry.amount or wording.UNKNOWN),
            (tr("order"), entry.id),
            (tr("bought"), wording.moment(entry.at)),
            (tr("system"), system),
        )
        return [*_marked(content(entry.item, "bold"), wanted), content(""), *facts]
    said, *detail = _words(entry)
    parts = (wording.moment(entry.at), in_words(entry.agent), system)
    head: list[Line] = [*_marked(content(said, "bold"), wanted)]
    head.append(content(" · ".join(filter(None, parts)), "$muted"))
    if (case := select.case_of(entry, cases)) is not None:
        head.append(line((f"# {tr('case {id}', id=case.id)} ", "$accent"), (case.subject, "$muted")))
    text = [piece for words in detail for piece in _marked(content(words, newlines=True, limit=TEXT_LIMIT), wanted)]
    return [*head, content(""), *(text or [content(tr("Nothing more was written down."), "$muted")])]


def _facts(*facts: tuple[str, str]) -> list[Line]:
    width = max(len(name) for name, _ in facts) + 2
    return [Hanging(content(f"{name:<{width}}", "$muted"), content(value)) for name, value in facts if value]


def _of_case(case: Case, view: View) -> list[Line]:
    """What of the timeline belongs to it."""
    told = select.entries_of(case, entries.timeline(view))
    lines: list[Line] = [content(""), content(tr("Timeline"), "bold $accent")] if told else []
    for one in told:
        sign = wording.TIMELINE_SIGN.get(one.channel, "·")
        head = line((f"{wording.day(one.at, view.now):<11} ", "$muted"), (f"{sign} ", "$accent"))
        by: list[Part] = [(f"  {one.agent}", "$muted")] if one.agent else []
        lines.append(Hanging(head, line(one.summary, *by)))
    return lines


def _marked(text: Content, wanted: Iterable[str]) -> list[Content]:
    """A text line by line, with the words that are looked for underlined."""
    plain = text.plain.casefold()
    if len(plain) == len(text.plain):  # else a letter became two, and places are others
        for word in wanted:
            at = plain.find(word)
            while at >= 0:
                text = text.stylize("bold underline $accent", at, at + len(word))
                at = plain.find(word, at + len(word))
    return text.split("\n")
