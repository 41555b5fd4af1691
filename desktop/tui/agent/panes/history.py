"""What happened before: open cases and the timeline over all channels."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.customer import Case, Match, SeenEntry, TimelineEntry
from desktop.domain.entities.model import Instant
from desktop.domain.entities.words import PopAnswer
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table import LineTable
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.tui.words.sources import tagged
from desktop.words.catalogue import in_words, ptr, term, tr
from desktop.words.marks import mark

_NONE = {
    "cases": (mark("No cases."), mark("This CRM has no cases.")),
    "timeline": (mark("No history."), mark("This CRM has no timeline.")),
}
"""By the part: that there is nothing in it, and that the CRM does not keep any."""


class CasesPane(Pane, LineTable):
    """The customer's cases, open ones first."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(
            (Column("", 9), Column("subject"), Column("", 8, min_width=30), Column("age", 4, align="right")),
            header=False,
            empty=tr("No cases."),
            id="cases",
        )
        self.border_title = content(tr("Cases"))

    def look(self, view: View) -> tuple[object, ...]:
        """The details of the customer."""
        return _look(view)

    def draw(self, view: View) -> None:
        """Set the rows."""
        match = _match(view)
        details = select.details_of(view.state, match)
        cases, failed = details.cases, details.failed.get("cases")
        ordered = sorted(cases or (), key=lambda case: (not case.is_open, -case.opened_at))
        count = sum(case.is_open for case in ordered)
        partly = f" · {in_words(failed)}" if failed and match is not None and match.records else ""
        title = tr("Cases · {n} open", n=count) + partly if cases is not None else tr("Cases")
        self.border_title = content(title)
        self.set_empty(_empty(view, "cases", cases is None, details))
        self.set_rows([_case(case, view.now) for case in ordered])


def _case(case: Case, now: Instant) -> Row:
    urgent = case.priority.lower() in ("high", "urgent")
    return Row(
        f"{case.source}{case.id}",
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


class TimelinePane(Pane, LineTable):
    """Everything that happened, newest first, this contact on top."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(
            (Column("day", 11), Column("", 1), Column("what"), Column("who", 12, min_width=60)),
            header=False,
            empty=tr("No history."),
            id="timeline",
        )
        self.border_title = content(tr("Timeline"))
        self._made: dict[str, tuple[TimelineEntry | SeenEntry, Row]] = {}
        self._made_in = (-1, False)  # the quarter of an hour, since rows say "today"; whether sources are named

    def look(self, view: View) -> tuple[object, ...]:
        """The interaction, and the details of its customer."""
        return (view.interaction, view.state.received, view.state.sent, *_look(view))

    def draw(self, view: View) -> None:
        """Set the rows."""
        interaction = view.interaction
        match = _match(view)
        details = select.details_of(view.state, match)
        entries = select.timeline(view.state, interaction) if interaction else details.timeline or ()
        self.border_title = _timeline_title(details, view.now)
        self.set_empty(_empty(view, "timeline", details.timeline is None, details))
        self.set_rows(self._rows_of(entries, view.now))

    def tick(self, view: View) -> None:
        """Only the age in the title goes on by itself."""
        self.view = view
        self.border_title = _timeline_title(select.details_of(view.state, _match(view)), view.now)

    def _rows_of(self, entries: Sequence[TimelineEntry | SeenEntry], now: Instant) -> list[Row]:
        """Rows are kept while their entries are the same: a long history must not cost at each turn of a call."""
        several = any(entry.source for entry in entries)
        made_in = (int(now // 900), several)
        known = self._made if made_in == self._made_in else {}
        self._made, self._made_in = {}, made_in
        rows = []
        for entry in entries:
            key = f"{entry.source}{entry.id}"
            kept = known.get(key)
            row = kept[1] if kept is not None and kept[0] is entry else _entry(key, entry, now, several=several)
            self._made[key] = (entry, row)
            rows.append(row)
        return rows


def _timeline_title(details: select.ShownDetails, now: Instant) -> Content:
    if failed := details.failed.get("timeline"):
        return content(f"{tr('Timeline')} · {in_words(failed)}")
    old = f" · {wording.since(now - details.fetched_at)}" if details.fetched_at else ""
    return content(tr("Timeline") + old)


def _entry(key: str, entry: TimelineEntry | SeenEntry, now: Instant, *, several: bool) -> Row:
    here = ptr("source", "desk") if several else ""  # what the desktop itself saw, where the other sources are named
    return Row(
        key,
        (
            content(wording.day(entry.at, now), "$muted"),
            content(wording.TIMELINE_SIGN.get(entry.channel, "·"), "$accent"),
            tagged(content(in_words(entry.summary)), entry.source or here),
            content(in_words(entry.agent), "$muted"),
        ),
    )


def _look(view: View) -> tuple[object, ...]:
    match = _match(view)
    known = match.ids if match else ()
    details = [view.state.details.get(one) for one in known]
    return (view.selected, match, *details, *(view.state.details_failed.get(one) for one in known))


def _match(view: View) -> Match | None:
    pop = view.state.pops.get(view.selected or "")
    return pop.match if pop is not None else view.preview


def _empty(view: View, part: str, unknown: bool, details: select.ShownDetails) -> str:
    """Why a list is empty: what is not known yet, cannot be known now, or is not kept in this CRM is never "none"."""
    if _match(view) is None:
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
