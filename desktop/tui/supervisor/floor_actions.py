"""What the keys of the supervisor's screen do. Nothing is done to others before a dialog has been answered."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from desktop.app.commands.command_result import CommandResult
from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.words import Health
from desktop.domain.figures.service_level import FORMULAS
from desktop.domain.news import notices
from desktop.domain.select.centres import best_heard
from desktop.domain.select.floor_verbs import VERBS
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.page import Page
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.two_presses import Irrevocable, TwoPresses
from desktop.tui.quality.launcher import QualityWanted
from desktop.tui.supervisor import floor_pages
from desktop.tui.supervisor.actions.action_builder import ActionBuilder
from desktop.tui.supervisor.actions.action_dialog import ActionDialog
from desktop.tui.supervisor.actions.acts_menu import ActsMenu
from desktop.tui.supervisor.actions.question import Act, Proposal, Question
from desktop.tui.supervisor.contact import offering
from desktop.tui.supervisor.floor_guide import FloorGuide
from desktop.tui.supervisor.floor_tabs import FLOOR_TABS
from desktop.tui.supervisor.floor_view import CENTER
from desktop.tui.supervisor.panels.agent_panel import GROUPED, AgentPanel
from desktop.tui.supervisor.panels.floor_table import FloorTable
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from desktop.tui.supervisor.report_launcher import ReportsWanted
from desktop.tui.supervisor.screen import SupervisorScreen
from desktop.tui.supervisor.verb_words import SHOWN, VERB_OF
from desktop.tui.widgets.page_text import Line
from desktop.tui.widgets.safe_text import content, safe
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, ntr, tr
from desktop.words.figures import arithmetic, known_as
from desktop.words.marks import mark

if TYPE_CHECKING:
    from desktop.app.session import Session

_PANES = "".join(str(number) for number, _ in enumerate(FLOOR_TABS, 1))
"""The digits that turn to a pane."""
_WRITTEN = mark("This is no call but a written contact: {read:key} reads it along.")
LONGEST_FILTER = 100
"""Characters of a filter that is remembered."""


class FloorActions:
    """One screen and one session."""

    def __init__(
        self,
        screen: SupervisorScreen,
        session: "Session",
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        done: Callable[[], None],
        presses: TwoPresses,
        wants_field: Callable[[str], None],
    ) -> None:
        """`done` is called when something was done, `wants_field` when a field is to open."""
        self._screen = screen
        self._session = session
        self._spawn = spawn
        self._done = done
        self._presses = presses
        self._wants_field = wants_field
        self._answered: tuple[Irrevocable, ActionDialog.Answered] | None = None  # what a second press carries out

    def do(self, name: str) -> None:
        """Do what the key of this name stands for."""
        if self._screen.dialog.is_open:
            return  # what is asked is answered first, or left with esc
        self._screen.acts.close()
        verb = VERB_OF.get(name)
        if verb is not None:
            self._act(verb)
        else:
            self._screen.query_one(FloorGuide).did(name)
            getattr(self, f"_{name}")()

    def tell(self, text: str, severity: str = "info", subject: str = "") -> None:
        """Show a sentence; `subject` as in `domain.news.notices`."""
        self._session.store.notice(verbatim(text), severity, subject)

    # Acting

    def _act(self, verb: FloorVerb) -> None:
        second = self._armed_for(verb)
        if verb is not FloorVerb.END_MONITOR and second is None:
            self._wants_field(_PANES)  # a refusal says in which pane to select what it is about
        acts, view = self._session.supervisor.acts, self._screen.looked()
        health = best_heard(view.state)
        if health is None or health.health is not Health.LIVE:
            self.tell(
                tr("The contact centre cannot be reached now. Nothing was done, and the figures shown are old."),
                "error",
                CENTER,
            )
            return
        if verb is FloorVerb.END_MONITOR:
            if acts.monitoring is None:
                self.tell(tr("You are not listening to anyone."))
            else:
                self._run(acts.end_monitor(), notices.on_floor("agent", acts.monitoring.agent_id))
            return
        if not acts.standing.has(verb):
            self.tell(tr("This contact centre does not support this: {verb:floor_verb}.", verb=verb))
            return
        if second is not None:
            if self._presses.press(second[0]):
                self._carry_out(second[1])
            return
        target = self._screen.target(view)
        act = ActionBuilder(acts, view, self._session.supervisor.habits.reasons).make(verb, target)
        if act is None:
            written = VERBS[verb].mode is not None and bool(target.readable(acts.standing))
            if written:
                self._wants_field(_PANES + "".join(FLOOR_BY_ID["read"].letters))
            self.tell(self._screen.gone(view) or tr(_WRITTEN if written else SHOWN[verb].first))
        else:
            self._screen.query_one(FloorGuide).did(SHOWN[verb].key)
            self._screen.ask(act)

    def _acts(self) -> None:
        """List what can be done about the selected row."""
        if self._screen.open_acts():
            return
        view = self._screen.looked()
        if self._screen.place == "queues" and view.waiting.of != view.queue:
            self.tell(tr("Loading the waiting customers …"))
        else:
            self.tell(self._screen.gone(view) or tr("There is nothing to do about this row."))

    def _read(self) -> None:
        """Show the thread of a written contact; of several, the one that is chosen."""
        view = self._screen.looked()
        readable = self._screen.target(view).readable(self._screen.standing)
        if not readable:
            self.tell(self._screen.gone(view) or tr("Select a written contact, or an agent who has one, first."))
        elif len(readable) == 1:
            self._screen.read(readable[0].id)
        else:
            options = tuple(Proposal(one.id, f"{one.sign} {one.who}", f"{one.word} · {one.queue}") for one in readable)
            whom = tr("{n} contacts", n=len(readable))

            async def read(answers: Mapping[str, str]) -> CommandResult:
                self._screen.read(answers["contact"])
                return CommandResult(True)

            self._wants_field("")
            self._screen.ask(Act(tr("Read along"), whom, (Question("contact", tr("Which contact?"), options),), read))

    def chosen(self, event: ActsMenu.Chosen) -> None:
        """Do what was chosen from that list, about the row it was opened for."""
        if event.subject == self._screen.selected():
            self.do(event.key)

    def _armed_for(self, verb: FloorVerb) -> tuple[Irrevocable, ActionDialog.Answered] | None:
        """What the verb's key carries out now, where its dialog was answered and its victim named."""
        answered = self._answered
        fits = answered is not None and answered[0] is self._presses.armed and answered[0].victim[0] == verb.value
        return answered if fits else None

    def answered(self, event: ActionDialog.Answered) -> None:
        """All was answered: do it, or name whom it takes away; one more press of its key does that."""
        act = event.act.takes_away(event.answers) if event.act.takes_away is not None else None
        if act is None:
            self._carry_out(event)
            return
        verb, contact_id = FloorVerb(act.victim[0]), act.victim[1]

        def still() -> Irrevocable | None:
            if verb is FloorVerb.BROADCAST:
                return act  # those who were counted get it, whatever state they are in by now
            contacts = offering(self._screen.target().contacts, verb)
            return act if any(contact.id == contact_id for contact in contacts) else None

        self._answered = (act, event)
        self._presses.arm(act, still)

    def _carry_out(self, event: ActionDialog.Answered) -> None:
        self._answered = None

        async def run() -> CommandResult:
            await self._session.supervisor.habits.gave(event.answers.get("why", ""))
            return await event.act.run(event.answers)

        self._run(run(), event.act.about(event.answers), lambda: self._show_deliveries(event.answers))

    def _show_deliveries(self, answers: Mapping[str, str]) -> None:
        """Whom a message to the team has reached, where there is one."""
        deliveries, text = self._session.supervisor.acts.broadcasted, answers.get("text", "")
        if "to" in answers and deliveries:
            heading = ntr("Message to {n} agent", "Message to {n} agents", len(deliveries))
            lines = floor_pages.broadcast_lines(deliveries, text, self._screen.view())
            self._screen.query_one(Page).open("broadcast", heading, lines)

    def chosen_state(self, event: StateMenu.Chosen) -> None:
        """The supervisor's own availability."""
        actions = self._session.commands
        if event.availability is None:
            self._run(actions.cancel_next(), notices.MY_STATE)
        else:
            self._run(
                actions.set_availability(event.availability, reason=event.reason, after_current=event.after_current),
                notices.MY_STATE,
            )

    def _run(self, call: Awaitable[CommandResult], subject: str, done: Callable[[], None] = lambda: None) -> None:
        async def wait() -> None:
            result = await call
            self._session.store.outcome(result.ok, result.text, subject)
            if result.ok:
                done()
            self._done()

        self._spawn(wait())

    # Looking

    def _filter(self) -> None:
        self._wants_field("")
        self._screen.open_filter()

    def _sort_left(self) -> None:
        self._screen.table.sort_beside(-1)

    def _sort_right(self) -> None:
        self._screen.table.sort_beside(1)

    def _sort_turn(self) -> None:
        self._screen.table.toggle()

    def _group(self) -> None:
        panel = self._screen.query_one(AgentPanel)
        panel.next_group()
        self._screen.show_tab("agents")
        self.tell(tr(GROUPED[panel.group]))

    def _formula(self) -> None:
        self._turn_formula(1)

    def _formula_back(self) -> None:
        self._turn_formula(-1)

    def _turn_formula(self, step: int) -> None:
        formulas = list(FORMULAS.values())
        at = formulas.index(self._screen.formula)
        self.set_formula(formulas[(at + step) % len(formulas)].id)
        self._spawn(self._session.supervisor.habits.keep("formula", self._screen.formula.id))
        formula = self._screen.formula
        self.tell(
            tr(
                "Service level: {arithmetic} ({names}).",
                arithmetic=arithmetic(formula.ratio),
                names=", ".join(known_as(formula)),
            )
        )

    def set_formula(self, formula_id: str) -> None:
        """Count service level by a formula from now on, everywhere; an unknown one changes nothing."""
        if formula_id in FORMULAS:
            self._screen.formula = FORMULAS[formula_id]
            self._screen.redraw()

    def rearranged(self) -> None:
        """Remember in which order the tables stand."""
        habits = self._session.supervisor.habits
        for name, panel in self._tables():
            order = panel.ordering
            self._spawn(habits.keep(f"{name}_order", f"{order.by}{' turned' if order.turned else ''}"))
        self._spawn(habits.keep("group", self._screen.query_one(AgentPanel).group))

    def filtered(self) -> None:
        """Remember which rows are shown."""
        for name, panel in self._tables():
            wanted = panel.ordering.wanted if len(panel.ordering.wanted) <= LONGEST_FILTER else ""
            self._spawn(self._session.supervisor.habits.keep(f"{name}_filter", wanted))

    def turned(self, tab: str) -> None:
        """Remember the pane in sight."""
        self._spawn(self._session.supervisor.habits.keep("tab", tab))

    async def take_up_habits(self) -> None:
        """Have the screen as it was left; what was kept and is not understood any more changes nothing."""
        habits = self._session.supervisor.habits
        await habits.load()
        self.set_formula(habits.word("formula"))
        for name, panel in self._tables():
            by, _, turned = habits.word(f"{name}_order").partition(" ")
            if by and (by, bool(turned)) != (panel.ordering.by, panel.ordering.turned):
                panel.sort(by, turned=bool(turned))
            if wanted := safe(habits.word(f"{name}_filter"), limit=LONGEST_FILTER).strip():
                panel.filter(wanted)
        tab = habits.word("tab")
        if tab in {name for name, _ in FLOOR_TABS} and self._screen.focused is self._screen.query_one(QueuePanel):
            self._screen.show_tab(tab)
        agents = self._screen.query_one(AgentPanel)
        if habits.word("group") != agents.group:
            agents.set_group(habits.word("group"))

    def _tables(self) -> tuple[tuple[str, FloorTable[Any]], ...]:
        return (("queues", self._screen.query_one(QueuePanel)), ("agents", self._screen.query_one(AgentPanel)))

    # Pages

    def _compare(self) -> None:
        view = self._screen.view()
        queue = view.state.queues.get(view.queue)
        of_queue = tr("Service level of {queue} by every formula", queue=view.queue)
        heading = tr("Service level") if queue is None else of_queue
        self._page("compare", heading, floor_pages.compare_lines(queue, view))

    def _definitions(self) -> None:
        self._page("definitions", tr("What each figure means"), floor_pages.definition_lines(self._screen.formula))

    def _reports(self) -> None:
        self._screen.post_message(ReportsWanted(self._screen))

    def _quality(self) -> None:
        self._screen.post_message(QualityWanted())

    def _export(self) -> None:
        """Ask for a file, and write what the table shows."""
        self._wants_field("")
        view, agents = self._screen.looked(), self._screen.about == "agent"
        what = "agents" if agents else "queues"
        keys = tuple(self._screen.table.ordering.keys)
        stem = f"~/{what}-{wording.clock(view.now).replace(':', '')}"
        options = tuple(Proposal(f"{stem}.{form}", f"{stem}.{form}") for form in ("csv", "json"))

        async def write(answers: Mapping[str, str]) -> CommandResult:
            from desktop.app.history.report.files import ReportError
            from desktop.tui.supervisor import floor_export

            table = (floor_export.agent_table if agents else floor_export.queue_table)(keys, view)
            try:
                path = await asyncio.to_thread(floor_export.written, table, what, answers["path"], view)
            except ReportError as error:
                return CommandResult(False, verbatim(tr("Nothing was written.")) + error.sentence, "ReportError")
            rows = len(table.rows)
            if agents:
                told = ntr("{n} agent written to {path}.", "{n} agents written to {path}.", rows, path=path)
            else:
                told = ntr("{n} queue written to {path}.", "{n} queues written to {path}.", rows, path=path)
            return CommandResult(True, verbatim(told))

        question = Question("path", tr("File name, ending in .csv or .json"), options, free=True)
        title = (
            ntr("Export {n} agent", "Export {n} agents", len(keys))
            if agents
            else ntr("Export {n} queue", "Export {n} queues", len(keys))
        )
        self._screen.ask(Act(title, tr("as shown now"), (question,), write))

    def _audit(self) -> None:
        self._page("audit", tr("Audit log"), [content(tr("Asking …"), "$muted")])
        if self._page_topic == "audit":
            self._spawn(self._fill_audit())

    async def _fill_audit(self) -> None:
        looked = await self._session.supervisor.acts.audit()
        if self._page_topic != "audit":
            return
        view = self._screen.view()
        if looked.value is None:
            lines: Sequence[Line] = [content(in_words(looked.text), "$warning")]
        else:
            lines = floor_pages.audit_lines(looked.value, view)
        heading = tr("Audit log · updated {at}", at=wording.clock(view.now))
        self._screen.query_one(Page).open("audit", heading, lines)

    def help(self) -> None:
        """Every key of this screen."""
        self._page("help", tr("Keys"), floor_pages.help_lines())

    @property
    def _page_topic(self) -> str:
        return self._screen.query_one(Page).topic

    def _page(self, topic: str, heading: str, lines: Sequence[Line]) -> None:
        page = self._screen.query_one(Page)
        if page.is_open and page.topic == topic:
            self._screen.close_top()
        else:
            page.open(topic, heading, lines)
