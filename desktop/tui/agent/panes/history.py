"""What happened before: open cases and the timeline over all channels."""

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message

from desktop.domain import select
from desktop.domain.entities.customer import Case, HistoryEntry, Purchase
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import Older, PopAnswer
from desktop.tui.agent import entries
from desktop.tui.agent.past import details_seen, match_of
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import LazyRows, Row, key_at
from desktop.tui.words import wording
from desktop.tui.words.sources import tagged
from desktop.words.catalogue import in_words, ptr, term, tr
from desktop.words.marks import mark

_NONE = {
    "cases": (mark("No cases."), mark("This CRM has no cases.")),
    "timeline": (mark("No history."), mark("This CRM has no timeline.")),
}
"""By the part: that there is nothing in it, and that the CRM does not keep any."""


MOST_ID = 9
"""Cells of a case's number at most: longer ones are read in the entry."""


def _case_columns(number: int) -> tuple[Column, ...]:
    return (Column("", number), Column("subject"), Column("", 8, min_width=30), Column("age", 4, align="right"))


class CasesPane(Pane, LineTable):
    """The customer's cases, open ones first."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(
            _case_columns(MOST_ID),
            header=False,
            empty=tr("No cases."),
            click_chooses=True,
            id="cases",
        )
        self.border_title = content(tr("Cases"))

    def look(self, view: View) -> tuple[object, ...]:
        """The details of the customer."""
        return details_seen(view)

    def draw(self, view: View) -> None:
        """Set the rows."""
        match = match_of(view)
        details = select.details_of(view.state, match)
        cases, failed = details.cases, details.failed.get("cases")
        ordered = entries.cases(view)
        count = sum(case.is_open for case in ordered)
        partly = f" · {in_words(failed)}" if failed and match is not None and match.records else ""
        title = tr("Cases · {n} open", n=count) + partly if cases is not None else tr("Cases")
        self.border_title = content(title)
        self.set_empty(_empty(view, "cases", cases is None, details))
        self.set_columns(_case_columns(min(MOST_ID, max((len(case.id) + 1 for case in ordered), default=MOST_ID))))
        self.set_rows([_case(case, view.now) for case in ordered])


def _case(case: Case, now: Instant) -> Row:
    urgent = case.priority.lower() in ("high", "urgent")
    return Row(
        entries.row_key(case),
        (
            content(f"#{case.id}", "$accent" if case.is_open else "$muted"),
            tagged(content(case.subject, "" if case.is_open else "$muted"), case.source),
            content(
                ("! " if urgent else "") + term("case_status", case.status),
                "$warning" if urgent and case.is_open else "$muted",
            ),
            content(wording.age(now - case.opened_at), "$muted"),
        ),
    )


DAY, DAY_AND_YEAR = 9, 11
"""Cells of `yesterday`, and of a day in another year."""


def _timeline_columns(day: int) -> tuple[Column, ...]:
    return (Column("day", day), Column("", 1), Column("what"), Column("who", 12, min_width=60))


def _day_cells(entries: Sequence[HistoryEntry], now: Instant) -> int:
    """What the days need: the oldest entry tells whether one is of another year."""
    return DAY_AND_YEAR if entries and len(wording.day(entries[-1].at, now)) > DAY else DAY


class TimelinePane(Pane, LineTable):
    """Everything that happened, newest first, this contact on top."""

    DEFAULT_CSS = css_beside(__file__)

    class EndReached(Message):
        """The agent has come to the last of the entries that are there, and there are older ones."""

    def __init__(self) -> None:
        super().__init__(
            _timeline_columns(DAY),
            header=False,
            empty=tr("No history."),
            click_chooses=True,
            id="timeline",
        )
        self.border_title = content(tr("Timeline"))
        self._older = Older.NONE
        self._wanted = ""
        self._listed = (0, 0)  # how many entries are listed, out of how many

    def look(self, view: View) -> tuple[object, ...]:
        """The interaction, the details of its customer, and what is looked for in them."""
        return (view.interaction, view.state.received, view.state.sent, view.wanted, *details_seen(view))

    def draw(self, view: View) -> None:
        """Set the rows."""
        match = match_of(view)
        details = select.details_of(view.state, match)
        every = entries.timeline(view)
        listed = entries.found(every, view.wanted)
        ends_at = len(self.rows) - 1 if self.cursor_key == entries.OLDER else None
        self._older, self._listed = details.older, (len(listed), len(every))
        self.border_title = self._title(details, view)
        self.border_subtitle = _keys(view) if every else content("")
        nothing = tr("Nothing found.") if every else _empty(view, "timeline", details.timeline is None, details)
        self.set_empty(nothing)
        self.set_columns(_timeline_columns(_day_cells(every, view.now)))
        narrowed = bool(view.wanted) and view.wanted != self._wanted
        self._wanted = view.wanted
        self.set_rows(_rows(listed, details, view.now), anew=narrowed)
        if ends_at is not None and len(listed) > ends_at:
            self.move_to(key_at(self.rows, ends_at))  # the first of those that came, not the end they have now

    def tick(self, view: View) -> None:
        """Only the age in the title goes on by itself."""
        self.view = view
        self.border_title = self._title(select.details_of(view.state, match_of(view)), view)

    def action_choose(self) -> None:
        """Open the entry under the cursor; on the row behind the last one, have older ones."""
        if self.cursor_key == entries.OLDER:
            self.post_message(self.EndReached())
        else:
            super().action_choose()

    def on_line_table_highlighted(self, event: LineTable.Highlighted) -> None:
        """The agent has moved, and may have come to the end."""
        if self.has_focus:
            self.look_for_end()

    def look_for_end(self) -> None:
        """At the end, ask for older entries; where that failed, only when the agent wants it again."""
        last = len(self.rows) - 2
        at_end = self.cursor_key == entries.OLDER or (last >= 0 and key_at(self.rows, last) == self.cursor_key)
        if at_end and self._older is Older.MORE:
            self.post_message(self.EndReached())

    def _title(self, details: select.ShownDetails, view: View) -> Content:
        if failed := details.failed.get("timeline"):
            return content(f"{tr('Timeline')} · {in_words(failed)}")
        if view.wanted:
            n, every = self._listed
            return content(f"{tr('Timeline')} · {tr('{n} of {all}', n=n, all=every)} · “{view.wanted}”")
        old = f" · {wording.since(view.now - details.fetched_at)}" if details.fetched_at else ""
        return content(tr("Timeline") + old)


def _keys(view: View) -> Content:
    """What can be done with what is looked for, or with the list."""
    if view.wanted:
        return line(key_hint("esc", tr("shows all")))
    return line(
        key_hint("enter", ptr("do", "open"), "  "),
        key_hint(shown("find"), tr("find")),
    )


def _rows(listed: Sequence[HistoryEntry], details: select.ShownDetails, now: Instant) -> LazyRows:
    """Rows are made as they come into sight: a long history must not cost at each turn of a call."""
    several = any(entry.source for entry in listed)
    keys = [entries.row_key(entry) for entry in listed]
    if details.older is not Older.NONE:
        keys.append(entries.OLDER)
    places = {key: place for place, key in enumerate(keys)}
    why = in_words(details.failed.get("older", ""))

    def made(key: str) -> Row:
        place = places[key]
        return _entry(key, listed[place], now, several=several) if place < len(listed) else _older(details.older, why)

    return LazyRows(keys, places, made)


def _older(older: Older, why: str) -> Row:
    """The row behind the last entry that is there."""
    if older is Older.FAILED:
        words: tuple[Part, ...] = ((f"✕ {why}  ", "$error"), key_hint("enter", tr("again")))
    elif older is Older.LOADING:
        words = ((f"◌ {tr('older …')}", "$accent"),)
    else:
        words = ((f"↓ {tr('older')}", "$muted"),)
    return Row(entries.OLDER, (line(*words),))


def _entry(key: str, entry: HistoryEntry, now: Instant, *, several: bool) -> Row:
    here = ptr("source", "desk") if several else ""  # what the desktop itself saw, where the other sources are named
    if isinstance(entry, Purchase):
        channel, said, who = "purchase", f"{entry.item} · {entry.amount}" if entry.amount else entry.item, ""
    else:
        channel, said, who = entry.channel, in_words(entry.summary), in_words(entry.agent)
    return Row(
        key,
        (
            content(wording.day(entry.at, now), "$muted"),
            content(wording.TIMELINE_SIGN.get(channel, "·"), "$accent"),
            tagged(content(said), entry.source or here),
            content(who, "$muted"),
        ),
    )


def _empty(view: View, part: str, unknown: bool, details: select.ShownDetails) -> str:
    """Why a list is empty: what is not known yet, cannot be known now, or is not kept in this CRM is never "none"."""
    if match_of(view) is None:
        return wording.UNKNOWN
    if failed := details.failed.get(part):
        return tr("Could not be asked: {why}", why=failed)
    none, not_kept = _NONE[part]
    if not unknown:
        return tr(none)
    if part in details.not_offered:
        return tr(not_kept)
    pop = view.state.pops.get(view.selected or "")
    away = pop is not None and pop.answer is PopAnswer.COULD_NOT_ASK
    return tr("Not known: the CRM could not be asked.") if away else tr("Asking …")
