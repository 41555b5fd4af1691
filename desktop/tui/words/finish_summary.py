"""What finishing a wrap-up will do, in one line: `note → CRM · SMS · callback Mon 23 Nov 10:00`."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from desktop.app.connections.waiting import waits_for
from desktop.domain import select
from desktop.domain.entities.channels import MESSAGE_KINDS
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.source import Source
from desktop.domain.state.state import AppState
from desktop.ports.base import Capability
from desktop.tui.words import wording
from desktop.tui.words.follow_ups import kind_of
from desktop.words.catalogue import tr


def finish_summary(
    state: AppState,
    interaction: Interaction,
    codes: Sequence[str],
    note: str,
    follow_ups: Iterable[FollowUp],
    zone: tzinfo,
) -> str:
    """Where the record and each follow-up will go, and what will have to wait and why; "" where there is nothing yet.

    Args:
        zone: the agent's time zone.
    """
    parts = []
    record = ""
    if note.strip():
        record = tr("note and codes → CRM") if codes else tr("note → CRM")
    elif codes:
        record = tr("codes → CRM")
    if record:
        parts.append(f"{record}{_waits(state, 'crm')}")
    messages: dict[str, int] = {}
    for follow_up in follow_ups:
        if follow_up.kind in MESSAGE_KINDS:
            messages[kind_of(follow_up)] = messages.get(kind_of(follow_up), 0) + 1
        else:
            parts.append(_part(state, interaction, follow_up, zone))
    for place, (kind, number) in enumerate(messages.items(), start=1 if record else 0):
        times = f"{number} × " if number > 1 else ""
        parts.insert(place, f"{times}{kind}{_waits(state, 'messaging')}")
    return " · ".join(parts)


def _part(state: AppState, interaction: Interaction, follow_up: FollowUp, zone: tzinfo) -> str:
    due = f" {wording.planned(follow_up.due, zone)}" if follow_up.due is not None else ""
    if follow_up.kind == "callback":
        no_number = not follow_up.to and (interaction.customer.withheld or not interaction.customer.value)
        if no_number or Capability.CALLBACK.value not in select.call_capabilities(state, interaction.id):
            return tr("{what} in the record only", what=f"{kind_of(follow_up)}{due}")
        return f"{kind_of(follow_up)}{due}{_waits(state, 'contact_center', select.centre_of(state, interaction.id))}"
    customer = select.customer_of(state, interaction.id)
    if customer is None or (follow_up.kind == "task" and not _takes_tasks(state)):
        return tr("{what} in the record only", what=f"{kind_of(follow_up)}{due}")
    return f"{kind_of(follow_up)} → CRM{due}{_waits(state, 'crm')}"


def _takes_tasks(state: AppState) -> bool:
    return any(Capability.TASKS.value in able for name, able in state.capabilities.items() if _of(name, "crm"))


def _waits(state: AppState, kind: str, source: str = "") -> str:
    """Why what goes to a kind of system, or to one of them, waits there; "" while one is up."""
    why = waits_for(state, [name for name in state.health if source in ("", name) and _of(name, kind)])
    return f" {tr('(waits: {why:clause})', why=why)}" if why else ""


def _of(source: str, kind: str) -> bool:
    return Source.of(source).kind == kind
