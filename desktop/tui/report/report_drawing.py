"""What the report screen draws of its views: charts, lists, the figures under the cursor."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.content import Content

from desktop.app.history.evidence import Evidence
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.staffing.demand_forecast import WIDTH as HALF_HOUR
from desktop.domain.entities.history import Interval
from desktop.domain.figures.count_sums import total
from desktop.tui.report import axis, faces, past_texts, plots
from desktop.tui.report.forecast_chart import legend, outlook_lines
from desktop.tui.report.report_views import ReportViews
from desktop.tui.report.week import week_lines
from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.words import formats
from desktop.words.catalogue import in_words, ntr, tr
from desktop.words.marks import mark

NOTHING = mark("No data for this period.")


class ReportDrawing:
    """Draws one place at a time."""

    def __init__(self, views: ReportViews, history: HistoryDesk, recordings: Callable[[], bool]) -> None:
        """`recordings` says whether those of a contact can be opened."""
        self._recordings = recordings
        self._views = views
        self._history = history

    @property
    def heading(self) -> Content:
        """What was chosen, or what was gone into."""
        views = self._views
        if views.place == "contacts" and views.stretch is not None and views.deeper:
            since, until = views.stretch
            name = axis.name(since, until, until - since, self._history.days)
            return line(
                (f" {tr('contacts from')} ", "$muted"),
                (name, "bold"),
                (f" · {views.choice.queue_words}", ""),
                *self._searched,
            )
        if views.place == "timeline":
            return line((f" {tr('timeline of')} ", "$muted"), (views.interaction, "bold"))
        if views.place == "contacts":
            return line(faces.chosen(views.choice), *self._searched)
        return faces.chosen(views.choice)

    @property
    def _searched(self) -> tuple[Part, ...]:
        search = self._views.search
        return (("  / ", "bold $accent"), (search.typed, "bold")) if search else ()

    def lines(self, width: int, height: int) -> list[Content]:
        """The chart or text of this place."""
        views = self._views
        found: Any = views.answer.value
        empty = tr(NOTHING) if views.place == "plots" and found == () else ""
        if views.place == "outlook" and found is not None and not found.slots:
            empty = tr("No more contacts are expected today. Press s for the next seven days.")
        if views.place == "week" and found is not None and not any(any(row) for row in found.cells):
            empty = tr(NOTHING)
        instead = faces.instead(views.answer, views.waited, empty, height)
        if instead is not None:
            return instead
        match views.place:
            case "week":
                return week_lines(views.map_of(found), width, height)
            case "outlook":
                return outlook_lines(found, views.axis(width, HALF_HOUR), views.cursor, width, height)
            case "timeline":
                evidence: Evidence = found
                return past_texts.timeline(
                    evidence, self._history.days, width, views.opened, recordings=self._recordings()
                )
        counts = views.counts(found)
        at = views.axis(width, views.choice.width)
        charted = plots.Charted(counts, at, min(views.cursor, len(counts) - 1), views.choice.formula)
        return plots.plot_lines(charted, width, height)

    def figures(self, width: int) -> Content:
        """The figures under the cursor, flowed over lines of so many cells."""
        head, pairs = self._figures()
        return Content("\n").join(flowed(pairs, width, head=head, style="bold"))

    def _figures(self) -> tuple[Content, Sequence[tuple[str, str]]]:
        """Where the cursor is, and what was counted there."""
        views = self._views
        found, days = views.answer.value, self._history.days
        if found is None:
            return content(""), ()
        if views.place == "plots" and found:
            start = views.starts[min(views.cursor, len(views.starts) - 1)]
            counts = views.counts(found)[min(views.cursor, len(views.starts) - 1)]
            name = axis.name(start, start + views.choice.width, views.choice.width, days)
            pairs = plots.readout(counts, views.choice.formula)
            return content(f" {name}   ", "bold $accent"), pairs
        if views.place == "outlook" and found.slots:
            start = views.starts[min(views.cursor, len(views.starts) - 1)]
            name = axis.name(start, start + HALF_HOUR, HALF_HOUR, days)
            pairs = found.figures(min(views.cursor, len(found.slots) - 1))
            return content(f" {name}   ", "bold $accent"), pairs
        if views.place == "week":
            shown = views.map_of(found)
            counts = found.cells[views.weekday][views.slot]
            time = f"{formats.short_weekday(views.weekday)} {views.slot // 2:02}:{views.slot % 2 * 30:02}"
            value = shown.written(shown.value(views.weekday, views.slot))
            parts: list[Part] = [(f" {time}   ", "bold $accent"), (f"{tr(shown.metric)} ", "$muted"), (value, "bold")]
            counted = plots.readout(counts, views.choice.formula)
            over = ntr("over {n} day:", "over {n} days:", found.days[views.weekday])
            return line(*parts, (f"   {over}  ", "$muted")), counted
        return content(""), ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of this list."""
        views = self._views
        return past_texts.interval_columns() if views.place == "intervals" else past_texts.contact_columns()

    def rows(self) -> tuple[Sequence[Row], Row | None, str]:
        """Rows and total of this list, and what is said where there are none."""
        views = self._views
        found, waited, days = views.answer.value, views.waited, self._history.days
        if found is None:
            if waited is not None:
                return (), None, tr("Loading … {seconds:.0f} s · esc cancels", seconds=waited)
            return (), None, in_words(views.answer.problem) or tr("Not loaded yet.")
        if views.place == "contacts":
            rows = [past_texts.contact_row(one, days) for one in found.found]
            if found.cursor:
                rows.append(past_texts.more_row())
            return (
                rows,
                None,
                tr("No contact fits. / changes the search, p the period.") if views.search else tr("No contacts."),
            )
        width, formula = views.choice.width, views.choice.formula
        at = {start: str(index) for index, start in enumerate(views.starts)}
        rows = [
            past_texts.interval_row(at[one.counts.since], past_texts.interval_name(one, width, days), one, formula)
            for one in found
            if one.counts.since in at
        ]
        whole = total([one.counts for one in found], by_own_threshold=True)
        last = None if whole is None else past_texts.interval_row("total", tr("all"), Interval("", whole), formula)
        return rows, last, tr(NOTHING)

    @property
    def legend(self) -> Content:
        """What the signs of a chart mean."""
        views = self._views
        if views.answer.value and views.place in ("plots", "outlook"):
            return line(" ", *(legend() if views.place == "outlook" else plots.legend()), " ")
        return content("")
