"""Whom a leg of an interaction reaches, by name: the contact centre often knows a number only."""

from dataclasses import replace

from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.select.colleagues import colleague
from desktop.domain.state.state import AppState


def with_leg_names(state: AppState, interaction: Interaction) -> Interaction:
    """The interaction, with the directory's names for those of its legs that carry none."""
    return replace(interaction, legs=tuple(_named(state, leg) for leg in interaction.legs))


def _named(state: AppState, leg: Leg) -> Leg:
    kind, _, target = leg.target.partition(":")
    if leg.target_name or kind not in {"tel", "person"}:
        return leg
    if kind == "person":
        found = colleague(state, target)
        return leg if found is None else replace(leg, target_name=found.person.name)
    # One number may be that of several people: then nobody can say who answered.
    names = {person.name for person in state.people.values() if person.address == target}
    return replace(leg, target_name=names.pop()) if len(names) == 1 else leg
