"""Finding an expert, consulting, handing over, joining."""

from desktop.domain import select
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import LegPhase, Phase, Verb
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.verbs.base import DeskVerbs
from desktop.words.catalogue import tr


class ExpertVerbs(DeskVerbs):
    """What is done with a further party."""

    def expert(self) -> None:
        """Find an expert, or come back from the one on the line; in the list, find one with what was typed for it.

        The list stays open, as with the key that transfers: whoever presses twice goes on typing a name.
        """
        interaction = self._selected()
        if interaction is None or interaction.phase is not Phase.ACTIVE:
            self._wants_field()
            self._tell(tr("Experts can only be called during a contact."))
            return
        finder = self._screen.query_one(ExpertFinder)
        if finder.is_open:
            self._wants_field()
            finder.find()
        elif select.open_leg(interaction) is not None:
            self._leg(interaction, Verb.CANCEL_LEG)
        else:
            self._open_finder(interaction, transferring=False)

    def find_person(self, person_id: str, name: str) -> None:
        """Open the list at somebody who was found by name."""
        interaction = self._selected()
        if interaction is None or interaction.phase is not Phase.ACTIVE:
            self._tell(tr("Experts can only be called during a contact."))
            return
        self._open_finder(interaction, transferring=False, query=name)
        self._screen.query_one(ExpertFinder).move_to(person_id)

    def transfer(self) -> None:
        """Hand over to the expert on the line, or choose whom to transfer to."""
        interaction = self._selected()
        if interaction is None or interaction.phase is not Phase.ACTIVE:
            self._wants_field()
            self._tell(tr("There is no contact to transfer."))
            return
        finder = self._screen.query_one(ExpertFinder)
        if finder.is_open:
            finder.pick("transfer")
            return
        leg = select.open_leg(interaction)
        if leg is None:
            self._open_finder(interaction, transferring=True)
        elif leg.phase is LegPhase.ACTIVE:
            self._leg(interaction, Verb.COMPLETE_TRANSFER)
        else:
            self._tell(tr("Wait until they answer, or {expert:key} to go back to the customer."))

    def conference(self) -> None:
        """Join everybody."""
        interaction = self._selected()
        if interaction is None:
            self._tell(tr("No contact selected."))
        else:
            self._leg(interaction, Verb.CONFERENCE)

    def picked_expert(self, how: str, target: str, text: str) -> None:
        """The finder's choice."""
        session, interaction = self.session, self._selected()
        if session is None or interaction is None:
            return
        if how == "chat" and not text:
            self._tell(tr("There is nothing to send yet. Write to them first."))
            return
        if how == "chat":
            self._result(session.commands.chat(target, text), f"chat:{target}")
            return
        target = target if target.startswith(("queue:", "tel:")) else f"person:{target}"
        verb = Verb.CONSULT if how == "consult" and not target.startswith("queue:") else Verb.BLIND_TRANSFER
        if not self._meant(verb, interaction, {"target": target}):
            return  # the finder stays until it is
        self._screen.close_top()
        self._screen.show_tab("contact")  # on a narrow screen: where the leg is seen to ring
        self._result(session.commands.do(verb, interaction.id, target=target))

    def _open_finder(self, interaction: Interaction, *, transferring: bool, query: str = "") -> None:
        if not transferring and not query:
            query = interaction.skills[0] if interaction.skills else interaction.queue
        self._wants_field()
        self._screen.uncover()
        finder = self._screen.query_one(ExpertFinder)
        finder.country = self.session.region if self.session is not None else ""
        finder.open(query, transferring=transferring)
        self._screen.open_right()
