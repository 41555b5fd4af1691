"""What the report screen shows of its answers, and where its cursor stands; without any widget."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop.app.commands.command_result import CommandResult
from desktop.app.history.evidence import Evidence
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.history.query_cache import Answer
from desktop.app.history.week_map import SLOTS
from desktop.app.staffing.demand_forecast import Plan
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import Interval, PastDetail
from desktop.domain.entities.instant import Instant
from desktop.domain.select.past_search import PastSearch
from desktop.tui.report import axis, past_texts
from desktop.tui.report.choice import Choice
from desktop.tui.report.forecast_chart import Foreseen
from desktop.tui.report.report_questions import Contacts, ReportQuestions
from desktop.tui.report.requests import ReportRequests
from desktop.tui.report.week import MapOf
from desktop.tui.words.contact_evidence import Opened

_ASKED = {"plots": "intervals", "intervals": "intervals"} | {
    name: name for name in ("week", "outlook", "contacts", "timeline")
}
_STEPS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1), "pageup": (-6, 0), "pagedown": (6, 0)}


class ReportViews:
    """A choice with its answers and cursors. `place` is the view, or the level that was gone into from it."""

    def __init__(
        self, choice: Choice, requests: ReportRequests, questions: ReportQuestions, history: HistoryDesk
    ) -> None:
        self.choice = choice
        self.requests = requests
        self.plan = Plan()
        self._planned = False
        self._questions = questions
        self._history = history
        self._levels: list[str] = []
        self.stretch: tuple[Instant, Instant] | None = None
        self.interaction = ""
        self.search = PastSearch()
        """What the contacts are narrowed down to."""
        self.opened: Opened | None = None
        """The recording of the contact in sight that was opened last."""
        self.cursor = 0
        self._cursor_new = True
        self.weekday, self.slot = 0, 18
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
        return self.requests.answer(_ASKED[self.place])

    @property
    def waited(self) -> float | None:
        """Seconds for which its answer is waited for."""
        return self.requests.waited(_ASKED[self.place])

    # --- asking

    def change(self, choice: Choice) -> None:
        """Another choice: ask what it takes."""
        before, self.choice = self.choice, choice
        self._levels = []
        self.stretch = None
        if (before.period, before.queues, before.width) != (choice.period, choice.queues, choice.width):
            self.requests.forget("intervals", "week", "contacts")
            self._cursor_new = True
        if (before.queues, before.span) != (choice.queues, choice.span):
            self.requests.forget("outlook")
            self._cursor_new = True
        if before.queues != choice.queues:
            self._planned = False
        if before.view != choice.view:
            self._cursor_new = True
            self.requests.forget("contacts")
        if self.answer.value is None:
            self.read()

    def staff_for(self, plan: Plan) -> None:
        """Another target: ask for agents anew."""
        self.plan, self._planned = plan, True
        self.read()

    def find(self, search: PastSearch) -> None:
        """Show the contacts that fit a search, of the period or the interval that is looked at."""
        self.search = search
        if self.place != "contacts":
            self._levels = []
            self.stretch = None
            self.choice = replace(self.choice, view="contacts")
        self.requests.forget("contacts")
        self.read()

    @property
    def detail(self) -> PastDetail | None:
        """The contact in sight, where one is."""
        found: Evidence | None = self.answer.value if self.place == "timeline" else None
        return found.detail if found is not None else None

    def read(self, *, anew: bool = False) -> None:
        """Ask what this place shows; `anew` even when a fresh answer is kept."""
        choice, ask, questions = self.choice, self.requests.ask, self._questions
        match self.place:
            case "week":
                ask("week", lambda: questions.week(choice, anew))
            case "outlook":
                plan = self.plan if self._planned else None
                ask("outlook", lambda: questions.outlook(choice.queues, choice.span, plan))
            case "contacts":
                since, until = self.stretch or choice.period.edges(self._history.days)
                search = self.search
                ask("contacts", lambda: questions.contacts(choice.queues, since, until, search, None, anew))
            case "timeline":
                interaction = self.interaction
                ask("timeline", lambda: questions.evidence(interaction))
            case _:
                ask("intervals", lambda: questions.intervals(choice, anew))

    def arrived(self, name: str) -> None:
        """An answer has come: have the cursor where it is of use."""
        value = self.requests.answer(name).value
        if value is None:
            return
        if name == "intervals" and self._cursor_new:
            counted = [at for at, one in enumerate(self.counts(value)) if one is not None]
            self.cursor, self._cursor_new = (counted[-1] if counted else 0), False
        elif name == "outlook":
            found: Foreseen = value
            self.plan = found.plan
            if self._cursor_new:
                self.cursor, self._cursor_new = found.next, False
        elif name == "week":
            slots = self.map_of(value).slots
            self.slot = min(max(self.slot, slots[0]), slots[-1])
            if self._cursor_new and not value.days[self.weekday]:
                self.weekday = next((day for day in range(7) if value.days[day]), 0)
            self._cursor_new = False

    # --- moving

    def move(self, key: str) -> bool:
        """Move the cursor of a chart; says whether the key meant that."""
        place = self.place
        if place == "week":
            across, down = _STEPS.get(key, (0, 0))
            if key not in _STEPS:
                return False
            slots = self.map_of(self.answer.value).slots if self.answer.value is not None else range(SLOTS)
            self.slot = slots[(min(max(self.slot, slots[0]), slots[-1]) - slots[0] + across) % len(slots)]
            self.weekday = (self.weekday + down) % 7
            return True
        if place not in ("plots", "outlook") or key not in ("left", "right", "home", "end", "pageup", "pagedown"):
            return False
        last = max(0, len(self.starts) - 1)
        step = {"left": -1, "right": 1, "pageup": -12, "pagedown": 12}.get(key)
        self.cursor = {"home": 0, "end": last}[key] if step is None else max(0, min(last, self.cursor + step))
        return True

    def enter(self, key: str) -> bool:
        """Go into what the cursor is on; `key` is that of a list's row. Says whether there was anything."""
        place, found = self.place, self.answer.value
        if place == "contacts" and key == past_texts.MORE:
            self._older()
            return False
        if place in ("plots", "intervals"):
            starts = self.starts
            at = self.cursor if place == "plots" else int(key or -1)
            if found is None or not 0 <= at < len(starts):
                return False
            _, until = self.choice.period.edges(self._history.days)
            end = starts[at + 1] if at + 1 < len(starts) else until
            self.cursor, self.stretch = at, (starts[at], end)
            self._levels.append("contacts")
            self.requests.forget("contacts")
        elif place == "contacts" and key:
            self.interaction, self.opened = key, None
            self._levels.append("timeline")
            self.requests.forget("timeline")
        else:
            return False
        self.read()
        return True

    def leave(self) -> bool:
        """Back to where one came from; False where that is off the page."""
        if not self._levels:
            return False
        if self._levels.pop() == "contacts":
            self.stretch = None
        return True

    def _older(self) -> None:
        known: Contacts | None = self.answer.value
        if known is not None and known.cursor and self.waited is None:
            queues, questions, search = self.choice.queues, self._questions, self.search
            self.requests.ask(
                "contacts", lambda: questions.contacts(queues, known.since, known.until, search, known, anew=False)
            )

    def map_of(self, found: Any) -> MapOf:
        """The week as it is looked at."""
        return MapOf(found, self.choice.metric, self.choice.formula, self.weekday, self.slot)

    @property
    def starts(self) -> list[Instant]:
        """Beginnings of the intervals along the axis."""
        if self.choice.view == "outlook":
            foreseen: Foreseen | None = self.requests.answer("outlook").value
            return [one.start for one in foreseen.slots] if foreseen is not None else []
        found: Sequence[Interval] = self.requests.answer("intervals").value or ()
        known = self._starts
        if known is None or known[0] != self.choice or known[1] is not found:
            since, until = self.choice.period.edges(self._history.days)
            starts = list(self._history.days.edges(since, until, self.choice.width))
            if self.choice.period.count == 1:
                starts = _open_hours(starts, found)
            known = self._starts = self.choice, found, starts
        return known[2]

    def axis(self, width: int, seconds: float) -> axis.Axis:
        """As many of them as fit into so many cells around the cursor."""
        return axis.axis(self.starts, seconds, self._history.days, width, self.cursor)

    def counts(self, found: Sequence[Interval]) -> list[Counts | None]:
        """Counts of each interval along the axis, None where nothing was counted."""
        known = {one.counts.since: one.counts for one in found}
        return [known.get(start) for start in self.starts]

    # --- export

    def file_name(self, home: Path) -> Path:
        """Where a report would be written to."""
        period = self.choice.period
        kind = "contacts" if self.place == "contacts" else "intervals"
        return home / f"{kind}-{period.first.isoformat()}-{period.last.isoformat()}.csv"

    async def export(self, path: Path, *, overwrite: bool) -> CommandResult:
        """Write what this place is about; the file's name says in which form."""
        if self.place == "contacts":
            since, until = self.stretch or self.choice.period.edges(self._history.days)
            query = self._questions.contacts_query(self.choice.queues, since, until, self.search)
            return await self._history.export_interactions(query, path, overwrite=overwrite)
        query_of = self._questions.query(self.choice)
        title = f"{self.choice.period.words} · {self.choice.queue_words}"
        from desktop.report.page import page

        return await self._history.export_intervals(
            query_of, path, self.choice.formula, page, title=title, overwrite=overwrite
        )


def _open_hours(starts: list[Instant], found: Sequence[Interval]) -> list[Instant]:
    """Without the hours of a day before the first and after the last in which anything was counted."""
    if not found:
        return starts
    first, last = found[0].counts.since - 3_600, found[-1].counts.since + 3_600
    return [one for one in starts if first <= one <= last]
