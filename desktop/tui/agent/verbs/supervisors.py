"""What an agent says to their supervisors: that they need help with a contact, and answers."""

from desktop.domain.entities.floor import AgentMessage, HelpRequest
from desktop.domain.entities.words import IN_HAND
from desktop.domain.news import notices
from desktop.domain.select.centres import offered_at
from desktop.ports.base import Capability
from desktop.tui.agent.overlays.help_field import HelpField, Line
from desktop.tui.agent.verbs.base import DeskVerbs
from desktop.tui.words import wording
from desktop.tui.words.titles import title
from desktop.words.catalogue import tr


class SupervisorVerbs(DeskVerbs):
    """One key each; the field takes the keyboard only because it was asked for."""

    def ask_help(self) -> None:
        """Write what help is needed with the selected contact, or that none is needed any more."""
        self._wants_field()
        interaction, state = self._selected(), self._screen.state
        subject = interaction.id if interaction is not None else ""
        if Capability.HELP.value not in offered_at(state, subject):
            self._tell(tr("This contact centre does not support help requests."))
        elif interaction is None or interaction.phase not in IN_HAND:
            self._tell(tr("Asking for help needs an active contact."))
        else:
            known = self._help_of(interaction.id)
            answered = f" · {wording.help_state(known)}" if known is not None else ""
            self._open(
                Line.HELP,
                interaction.id,
                (tr("Help from a supervisor"), "bold"),
                (f"{answered} · {title(state, interaction)}", "$muted"),
                hint=tr("enter asks")
                if known is None
                else tr("enter sends again; send it empty to cancel the request"),
            )

    def answer_supervisor(self) -> None:
        """Answer the supervisor who wrote last."""
        self._wants_field()
        last = self._last_line()
        if last is None:
            self._tell(tr("No supervisor has written to you."))
        else:
            heading = ((f"{last.by_name}: ", "bold"), (last.text, "$muted"))
            self._open(Line.ANSWER, last.by, *heading, hint=tr("enter answers"))

    def said(self, kind: Line, subject: str, text: str) -> None:
        """Send what was written; it stays in the field until it has arrived."""
        if self.session is None:
            self._not_yet()
            return
        known = self._help_of(subject) if kind is Line.HELP else None
        if kind is Line.ANSWER and not text:
            return
        if known is not None and not text:
            call = self.session.help.close(known.id)
        elif kind is Line.HELP:
            call = self.session.help.ask(subject, text)
        else:
            call = self.session.help.answer(subject, text)
        session = self.session

        async def wait() -> None:
            result = await call
            if result.ok:
                self._screen.query_one(HelpField).arrived(kind, subject)
            session.store.outcome(result.ok, result.text, notices.on_floor(kind.value, subject))

        self._spawn(wait())

    def _open(self, kind: Line, subject: str, *heading: tuple[str, str], hint: str) -> None:
        field = self._screen.query_one(HelpField)
        if field.is_open:
            self._screen.close_top()
            return
        field.open(kind, subject, *heading, hint=hint)

    def _help_of(self, interaction_id: str) -> HelpRequest | None:
        return next((one for one in self._screen.state.help.values() if one.interaction_id == interaction_id), None)

    def _last_line(self) -> AgentMessage | None:
        state = self._screen.state
        lines = [one for one in state.agent_messages.values() if one.to == state.me]
        return max(lines, key=lambda one: one.at, default=None)
