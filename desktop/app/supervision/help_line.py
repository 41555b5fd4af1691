"""The agent's side of supervising: asking for help with a contact, and answering a supervisor who wrote."""

from desktop.app.commands.command_result import CONTACT_CENTER, CommandResult
from desktop.app.commands.runner import CommandRunner
from desktop.app.supervision.floor_commands import AgentVerb, found_out, fresh, run, write
from desktop.domain.entities.floor import HelpRequest
from desktop.domain.state.floor_events import HelpChanged


class HelpLine:
    """Each press goes out once; what was written stays written until it is known to have arrived."""

    def __init__(self, runner: CommandRunner) -> None:
        self._runner = runner
        self._store = runner.store

    async def ask(self, interaction_id: str, text: str) -> CommandResult:
        """Ask the supervisors of the team for help with a contact; asked again, the words are changed."""

        async def look_up() -> CommandResult:
            known = await fresh(self._runner, lambda: tuple(self._store.state.help.values()))
            asked = any((one.interaction_id, one.text) == (interaction_id, text) for one in known or ())
            return found_out(AgentVerb.ASK_HELP, None if known is None else asked)

        return await run(
            self._runner,
            AgentVerb.ASK_HELP,
            interaction_id,
            (text,),
            lambda key: self._runner.contact_center.ask_help(interaction_id, text, key=key),
            HelpRequest,
            self._take,
            look_up,
        )

    async def close(self, help_id: str) -> CommandResult:
        """Say that no help is needed any more."""

        async def look_up() -> CommandResult:
            known = await fresh(self._runner, lambda: help_id in self._store.state.help)
            return found_out(AgentVerb.CLOSE_HELP, None if known is None else not known)

        return await run(
            self._runner,
            AgentVerb.CLOSE_HELP,
            help_id,
            (),
            lambda key: self._runner.contact_center.answer_help(help_id, "", close=True, key=key),
            HelpRequest,
            self._take,
            look_up,
        )

    async def answer(self, supervisor_id: str, text: str) -> CommandResult:
        """Answer a supervisor who wrote."""
        return await write(self._runner, AgentVerb.ANSWER, supervisor_id, text)

    def _take(self, request: HelpRequest) -> None:
        self._store.publish(HelpChanged(request), CONTACT_CENTER)
