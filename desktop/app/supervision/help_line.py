"""The agent's side of supervising: asking for help with a contact, and answering a supervisor who wrote."""

from desktop.app.commands.action_result import CONTACT_CENTER, ActionResult
from desktop.app.supervision.command_outcome import AgentVerb, found_out
from desktop.app.supervision.command_press import CommandPress
from desktop.domain.entities.floor import HelpRequest
from desktop.domain.state.floor_events import HelpChanged


class HelpLine(CommandPress):
    """Each press goes out once; what was written stays written until it is known to have arrived."""

    async def ask(self, interaction_id: str, text: str) -> ActionResult:
        """Ask the supervisors of the team for help with a contact; asked again, the words are changed."""

        async def look() -> ActionResult:
            known = await self._fresh(lambda: tuple(self._store.state.help.values()))
            asked = any((one.interaction_id, one.text) == (interaction_id, text) for one in known or ())
            return found_out(AgentVerb.ASK_HELP, None if known is None else asked)

        return await self._act(
            AgentVerb.ASK_HELP,
            interaction_id,
            (text,),
            lambda at, key, _: at.ask_help(interaction_id, text, key=key),
            HelpRequest,
            self._take,
            look,
        )

    async def close(self, help_id: str) -> ActionResult:
        """Say that no help is needed any more."""

        async def look() -> ActionResult:
            known = await self._fresh(lambda: help_id in self._store.state.help)
            return found_out(AgentVerb.CLOSE_HELP, None if known is None else not known)

        return await self._act(
            AgentVerb.CLOSE_HELP,
            help_id,
            (),
            lambda at, key, _: at.answer_help(help_id, "", close=True, key=key),
            HelpRequest,
            self._take,
            look,
        )

    async def answer(self, supervisor_id: str, text: str) -> ActionResult:
        """Answer a supervisor who wrote."""
        return await self._write(AgentVerb.ANSWER, supervisor_id, text)

    def _take(self, request: HelpRequest) -> None:
        self._store.publish(HelpChanged(request), CONTACT_CENTER)
