"""What the report screen shows of its answers, and where its cursor stands; without any widget."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.content import Content

from desktop.app.action_result import ActionResult
from desktop.app.history_desk import HistoryDesk
from desktop.app.outlook import WIDTH as HALF_HOUR
from desktop.app.outlook import Plan
from desktop.app.shared_questions import Answer
from desktop.app.week_map import SLOTS
from desktop.domain.count_sums import total
from desktop.domain.counts import Counts
from desktop.domain.history import Interval, PastDetail, PastQuery
from desktop.domain.instant import Instant
from desktop.tui.report import axis, faces, past_texts, plots
from desktop.tui.report.choice import Choice
from desktop.tui.report.inquiries import ReportInquiries
from desktop.tui.report.outlook_chart import LEGEND, Foreseen, outlook_lines
from desktop.tui.report.report_questions import Contacts, ReportQuestions
from desktop.tui.report.week import DAYS, MapOf, week_lines
from desktop.tui.safe_text import Part, content, line
from desktop.tui.table_columns import Column
from desktop.tui.table_rows import Row

NOTHING = "Nothing was counted in this period."
_ASKED = {"plots": "intervals", "intervals": "intervals"} | {
    name: name for name in ("week", "outlook", "contacts", "timeline")
}
_STEPS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1), "pageup": (-6, 0), "pagedown": (6, 0)}


class ReportViews:
    """A choice with its answers and cursors. `place` is the view, or the level that was gone into from it."""

    def __init__(
        self, choice: Choice, inquiries: ReportInquiries, questions: ReportQuestions, history: HistoryDesk
    ) -> None:
        self.choice = choice
        self.inquiries = inquiries
        self.plan = Plan()
        self._planned = False
        self._questions = questions
        self._history = history
        self._levels: list[str] = []
        self._stretch: tuple[Instant, Instant] | None = None
        self._interaction = ""
        self._cursor = 0
        self._cursor_new = True
        self._weekday, self._slot = 0, 18
        self._starts: tuple[Choice, Sequence[Interval], list[Instant]] | None = None

    # --- where one is

    @property
    def place(self) -> str:
        """`plots`, `intervals`, `week`, `outlook`, `contacts` or `timeline`."""
        return self._levels[-1] if self._levels else self.choice.view

    @property
    def deeper(self) -> bool:
        """Whether esc leads back within the page."""
        return bool(self._levels)

    @property
    def listed(self) -> bool:
        """Whether the place is a list instead of a text."""
        return self.place in ("intervals", "contacts")

    @property
    def answer(self) -> Answer[Any]:
        """What is known for this place."""
        return self.inquiries.answer(_ASKED[self.place])

    @property
    def waited(self) -> float | None:
        """Seconds for which its answer is waited for."""
        return self.inquiries.waited(_ASKED[self.place])

    @property
    def heading(self) -> Content:
        """What was chosen, or what was gone into."""
        if self.place == "contacts" and self._stretch is not None and self._levels:
            since, until = self._stretch
            name = axis.name(since, until, until - since, self._history.days)
            return line((" contacts that came in ", "$muted"), (name, "bold"), (f" · {self.choice.queue_words}", ""))
        if self.place == "timeline":
            return line((" what happened to ", "$muted"), (self._interaction, "bold"))
        return faces.chosen(self.choice)

    # --- asking

    def change(self, choice: Choice) -> None:
        """Another choice: ask what it takes."""
        before, self.choice = self.choice, choice
        self._levels = []
        self._stretch = None
        if (before.period, before.queues, before.width) != (choice.period, choice.queues, choice.width):
            self.inquiries.forget("intervals", "week", "contacts")
            self._cursor_new = True
        if (before.queues, before.span) != (choice.queues, choice.span):
            self.inquiries.forget("outlook")
            self._cursor_new = True
        if before.queues != choice.queues:
            self._planned = False
        if before.view != choice.view:
            self._cursor_new = True
            self.inquiries.forget("contacts")
        if self.answer.value is None:
            self.read()

    def staff_for(self, plan: Plan) -> None:
        """Another target: ask for agents anew."""
        self.plan, self._planned = plan, True
        self.read()

    def read(self, *, anew: bool = False) -> None:
        """Ask what this place shows; `anew` even when a fresh answer is kept."""
        choice, ask, questions = self.choice, self.inquiries.ask, self._questions
        match self.place:
            case "week":
                ask("week", lambda: questions.week(choice, anew))
            case "outlook":
                plan = self.plan if self._planned else None
                ask("outlook", lambda: questions.outlook(choice.queues, choice.span, plan))
            case "contacts":
                since, until = self._stretch or choice.period.edges(self._history.days)
                ask("contacts", lambda: questions.contacts(choice.queues, since, until, None, anew))
            case "timeline":
                interaction = self._interaction
                ask("timeline", lambda: questions.detail(interaction))
            case _:
                ask("intervals", lambda: questions.intervals(choice, anew))

    def arrived(self, name: str) -> None:
        """An answer has come: have the cursor where it is of use."""
        value = self.inquiries.answer(name).value
        if value is None:
            return
        if name == "intervals" and self._cursor_new:
            counted = [at for at, one in enumerate(self._counts(value)) if one is not None]
            self._cursor, self._cursor_new = (counted[-1] if counted else 0), False
        elif name == "outlook":
            found: Foreseen = value
            self.plan = found.plan
            if self._cursor_new:
                self._cursor, self._cursor_new = found.next, False
        elif name == "week" and self._cursor_new:
            self._cursor_new = False

    # --- moving

    def move(self, key: str) -> bool:
        """Move the cursor of a chart; says whether the key meant that."""
        place = self.place
        if place == "week":
            across, down = _STEPS.get(key, (0, 0))
            if key not in _STEPS:
                return False
            slots = self._map(self.answer.value).slots if self.answer.value is not None else range(SLOTS)
            self._slot = slots[(min(max(self._slot, slots[0]), slots[-1]) - slots[0] + across) % len(slots)]
            self._weekday = (self._weekday + down) % 7
            return True
        if place not in ("plots", "outlook") or key not in ("left", "right", "home", "end", "pageup", "pagedown"):
            return False
        last = max(0, len(self._axis_starts()) - 1)
        step = {"left": -1, "right": 1, "pageup": -12, "pagedown": 12}.get(key)
        self._cursor = {"home": 0, "end": last}[key] if step is None else max(0, min(last, self._cursor + step))
        return True

    def enter(self, key: str) -> bool:
        """Go into what the cursor is on; `key` is that of a list's row. Says whether there was anything."""
        place, found = self.place, self.answer.value
        if place == "contacts" and key == past_texts.MORE:
            self._older()
            return False
        if place in ("plots", "intervals"):
            starts = self._axis_starts()
            at = self._cursor if place == "plots" else int(key or -1)
            if found is None or not 0 <= at < len(starts):
                return False
            _, until = self.choice.period.edges(self._history.days)
            end = starts[at + 1] if at + 1 < len(starts) else until
            self._cursor, self._stretch = at, (starts[at], end)
            self._levels.append("contacts")
            self.inquiries.forget("contacts")
        elif place == "contacts" and key:
            self._interaction = key
            self._levels.append("timeline")
            self.inquiries.forget("timeline")
        else:
            return False
        self.read()
        return True

    def leave(self) -> bool:
        """Back to where one came from; False where that is off the page."""
        if not self._levels:
            return False
        if self._levels.pop() == "contacts":
            self._stretch = None
        return True

    def _older(self) -> None:
        known: Contacts | None = self.answer.value
        if known is not None and known.cursor and self.waited is None:
            queues, questions = self.choice.queues, self._questions
            self.inquiries.ask(
                "contacts", lambda: questions.contacts(queues, known.since, known.until, known, anew=False)
            )

    # --- showing

    def lines(self, width: int, height: int) -> list[Content]:
        """The chart or text of this place."""
        found: Any = self.answer.value
        empty = NOTHING if self.place == "plots" and found == () else ""
        if self.place == "outlook" and found is not None and not found.slots:
            empty = "Nothing more is expected; the coming week is another matter: s"
        if self.place == "week" and found is not None and not any(any(row) for row in found.cells):
            empty = NOTHING
        instead = faces.instead(self.answer, self.waited, empty, height)
        if instead is not None:
            return instead
        match self.place:
            case "week":
                return week_lines(self._map(found), width, height)
            case "outlook":
                return outlook_lines(found, self._axis(width, HALF_HOUR), self._cursor, width, height)
            case "timeline":
                detail: PastDetail = found
                return past_texts.timeline(detail, self._history.days)
        counts = self._counts(found)
        at = self._axis(width, self.choice.width)
        charted = plots.Charted(counts, at, min(self._cursor, len(counts) - 1), self.choice.formula)
        return plots.plot_lines(charted, width, height)

    def figures(self) -> Content:
        """The figures under the cursor, or the meaning of the signs."""
        found, days = self.answer.value, self._history.days
        if found is None:
            return content("")
        if self.place == "plots" and found:
            start = self._axis_starts()[min(self._cursor, len(self._axis_starts()) - 1)]
            counts = self._counts(found)[min(self._cursor, len(self._axis_starts()) - 1)]
            name = axis.name(start, start + self.choice.width, self.choice.width, days)
            pairs = plots.readout(counts, self.choice.formula)
            return line((f" {name}   ", "bold $accent"), past_texts.flowed(pairs))
        if self.place == "outlook" and found.slots:
            start = self._axis_starts()[min(self._cursor, len(self._axis_starts()) - 1)]
            name = axis.name(start, start + HALF_HOUR, HALF_HOUR, days)
            return line(
                (f" {name}   ", "bold $accent"),
                past_texts.flowed(found.figures(min(self._cursor, len(found.slots) - 1))),
            )
        if self.place == "week":
            shown = self._map(found)
            counts = found.cells[self._weekday][self._slot]
            time = f"{DAYS[self._weekday]} {self._slot // 2:02}:{self._slot % 2 * 30:02}"
            value = shown.written(shown.value(self._weekday, self._slot))
            parts: list[Part] = [(f" {time}   ", "bold $accent"), (f"{shown.metric} ", "$muted"), (value, "bold")]
            counted = plots.readout(counts, self.choice.formula)
            days_of = found.days[self._weekday]
            return line(*parts, (f"   over {days_of} days:  ", "$muted"), past_texts.flowed(counted))
        return content("")

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of this list."""
        return past_texts.INTERVALS if self.place == "intervals" else past_texts.CONTACTS

    def rows(self) -> tuple[Sequence[Row], Row | None, str]:
        """Rows and total of this list, and what is said where there are none."""
        found, waited, days = self.answer.value, self.waited, self._history.days
        if found is None:
            asking = f"Asking the contact centre … {waited:.0f} s · esc gives it up" if waited is not None else ""
            return (), None, asking or self.answer.problem or "Nothing was asked yet."
        if self.place == "contacts":
            rows = [past_texts.contact_row(one, days) for one in found.found]
            if found.cursor:
                rows.append(past_texts.more_row())
            return rows, None, "Nobody came."
        width, formula = self.choice.width, self.choice.formula
        at = {start: str(index) for index, start in enumerate(self._axis_starts())}
        rows = [
            past_texts.interval_row(at[one.counts.since], past_texts.interval_name(one, width, days), one, formula)
            for one in found
            if one.counts.since in at
        ]
        whole = total([one.counts for one in found])
        last = None if whole is None else past_texts.interval_row("total", "all", Interval("", whole), formula)
        return rows, last, NOTHING

    @property
    def legend(self) -> Content:
        """What the signs of a chart mean."""
        if self.answer.value and self.place in ("plots", "outlook"):
            return line(" ", *(LEGEND if self.place == "outlook" else plots.legend()), " ")
        return content("")

    def _map(self, found: Any) -> MapOf:
        return MapOf(found, self.choice.metric, self.choice.formula, self._weekday, self._slot)

    def _axis_starts(self) -> list[Instant]:
        if self.choice.view == "outlook":
            foreseen: Foreseen | None = self.inquiries.answer("outlook").value
            return [one.start for one in foreseen.slots] if foreseen is not None else []
        found: Sequence[Interval] = self.inquiries.answer("intervals").value or ()
        known = self._starts
        if known is None or known[0] != self.choice or known[1] is not found:
            since, until = self.choice.period.edges(self._history.days)
            starts = list(self._history.days.edges(since, until, self.choice.width))
            if self.choice.period.count == 1:
                starts = _open_hours(starts, found)
            known = self._starts = self.choice, found, starts
        return known[2]

    def _axis(self, width: int, seconds: float) -> axis.Axis:
        return axis.axis(self._axis_starts(), seconds, self._history.days, width, self._cursor)

    def _counts(self, found: Sequence[Interval]) -> list[Counts | None]:
        known = {one.counts.since: one.counts for one in found}
        return [known.get(start) for start in self._axis_starts()]

    # --- export

    def file_name(self, home: Path) -> Path:
        """Where a report would be written to."""
        period = self.choice.period
        kind = "contacts" if self.place == "contacts" else "intervals"
        return home / f"{kind}-{period.first.isoformat()}-{period.last.isoformat()}.csv"

    async def export(self, path: Path, *, overwrite: bool) -> ActionResult:
        """Write what this place is about; the file's name says in which form."""
        if self.place == "contacts":
            since, until = self._stretch or self.choice.period.edges(self._history.days)
            query = PastQuery(since, until, self.choice.queues)
            return await self._history.export_interactions(query, path, overwrite=overwrite)
        query_of = self._questions.query(self.choice)
        title = f"{self.choice.period.words} · {self.choice.queue_words}"
        return await self._history.export_intervals(
            query_of, path, self.choice.formula, title=title, overwrite=overwrite
        )


def _open_hours(starts: list[Instant], found: Sequence[Interval]) -> list[Instant]:
    """Without the hours of a day before the first and after the last in which anything was counted."""
    if not found:
        return starts
    first, last = found[0].counts.since - 3_600, found[-1].counts.since + 3_600
    return [one for one in starts if first <= one <= last]
