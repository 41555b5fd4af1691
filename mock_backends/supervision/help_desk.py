"""Agents ask the supervisors of their team for help with a contact."""

from mock_backends.contacts.board import Board
from mock_backends.http.clock import Clock
from mock_backends.http.principals import Principal
from mock_backends.http.problem import conflict, not_found
from mock_backends.http.site import new_id
from mock_backends.supervision.authorisation import Authorisation
from mock_backends.wire.contact_center import Interaction
from mock_backends.wire.floor import HelpEvent
from mock_backends.wire.help import HelpRequest

HELPED = frozenset({"connecting", "active", "wrap_up"})


class HelpDesk:
    """One open request a contact; it closes with the contact."""

    def __init__(self, authorisation: Authorisation, board: Board, clock: Clock) -> None:
        self._authorisation = authorisation
        self._board = board
        self._clock = clock
        self._of_contact: dict[str, HelpRequest] = {}  # not closed
        board.watchers.append(self._seen)

    def ask(self, interaction: Interaction, text: str) -> HelpRequest:
        """Ask for help with the caller's own contact. Asked again, the words are changed and it is open once more."""
        if interaction.phase not in HELPED:
            raise conflict(f"The contact is {interaction.phase.replace('_', ' ')}.")
        known = self._of_contact.get(interaction.id)
        now = self._clock.now()
        if known is None:
            known = self._of_contact[interaction.id] = HelpRequest(
                id=new_id("help"),
                version=0,
                agent_id=interaction.agent_id or "",
                interaction_id=interaction.id,
                text=text,
                at=now,
                since=now,
            )
        elif known.text == text and known.state == "open":
            return known
        known.text = text
        self._set(known, "open")
        return known

    def answer(self, caller: Principal, help_id: str, text: str, *, close: bool) -> HelpRequest:
        """A supervisor says that they come or how to go on, or closes it; the agent who asked may close it.

        :raises Problem: 404 when it is over or of another team, 409 when another supervisor has answered.
        """
        known = next((one for one in self._of_contact.values() if one.id == help_id), None)
        if known is not None and known.agent_id == caller.id and close:
            self._set(known, "closed")
            return known
        with self._authorisation.act(caller, "answer_help", known.agent_id if known is not None else help_id) as act:
            if known is None:
                raise not_found("There is no such request, or it is over.")
            self._authorisation.agent(caller, known.agent_id, act)
            act.entry.detail = f"{'closed' if close else 'answered'}: {text}" if text else "closed"
            if known.state == "answered" and known.answered_by != caller.id and not close:
                raise conflict(f"{self._authorisation.name_of(known.answered_by)} has answered it.")
            if text or not close:
                known.answered_by, known.answer = caller.id, text
                known.answered_by_name = self._authorisation.name_of(caller.id)
            self._set(known, "closed" if close else "answered")
        return known

    def seen_by(self, principal: Principal) -> list[HelpRequest]:
        """What is not closed: of the team for a supervisor, one's own for an agent."""
        return [one for one in self._of_contact.values() if self._concerns(principal, one)]

    def _concerns(self, principal: Principal, request: HelpRequest) -> bool:
        if request.agent_id == principal.id:
            return True
        return principal.supervises and self._board.agents[request.agent_id].team == principal.team

    def _set(self, request: HelpRequest, state: str) -> None:
        now = self._clock.now()
        if request.state != state:
            request.since = now
        request.state = state  # type: ignore[assignment]
        request.version += 1
        if state == "closed":
            self._of_contact.pop(request.interaction_id, None)
        to = self._authorisation.supervisors_of(request.agent_id) | {request.agent_id}
        self._authorisation.publish("help.changed", HelpEvent(at=now, help=request), to)

    def _seen(self, interaction: Interaction) -> None:
        known = self._of_contact.get(interaction.id)
        if known is not None and (interaction.phase == "closed" or interaction.agent_id != known.agent_id):
            self._set(known, "closed")
