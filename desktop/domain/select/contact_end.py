"""How a contact ended, as far as the contact centre told."""

from contextlib import suppress

from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.words import ContactEnd, LegKind, LegPhase, Outcome, Phase
from desktop.domain.state.events import Change
from desktop.domain.state.state import AppState


def contact_end(state: AppState, interaction: Interaction) -> ContactEnd | None:
    """Why an interaction is in wrap-up; None where it is not, or where that was not told."""
    if interaction.phase is not Phase.WRAP_UP:
        return None
    told = (one for one in reversed(state.endings) if one.interaction.id == interaction.id)
    reason = next((one.reason for one in told if one.change is Change.WRAP_UP), "")
    if reason not in (ContactEnd.TAKEN_OVER, ContactEnd.REASSIGNED) and interaction.outcome is Outcome.TRANSFERRED:
        return ContactEnd.TRANSFERRED  # whoever hung up last
    with suppress(ValueError):
        return ContactEnd(reason)
    return None


def who_took_over(interaction: Interaction) -> Leg | None:
    """The party that has the customer now; one that had only left before is none."""
    if interaction.outcome is not Outcome.TRANSFERRED:
        return None
    parties = [leg for leg in interaction.legs if leg.kind is not LegKind.SUPERVISOR]
    return max((leg for leg in parties if leg.phase is LegPhase.COMPLETED), key=lambda leg: leg.since, default=None)
