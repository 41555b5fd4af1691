"""How a follow-up is written on screen: what it is, when, to whom, and what about."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from desktop.domain.entities.channels import MESSAGE_KINDS, TRAITS
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel
from desktop.tui.widgets.safe_text import Part
from desktop.tui.words import wording
from desktop.words.catalogue import term, tr
from desktop.words.marks import mark

_KINDS: Final[Mapping[str, str]] = {"callback": mark("callback"), "case": mark("case"), "task": mark("task")}


def kind_of(follow_up: FollowUp) -> str:
    """What it is called: callback, SMS, e-mail, task or case."""
    return kind_word(follow_up.kind)


def kind_word(kind: str) -> str:
    """What a kind of follow-up is called; the kind as it is where it is none of them."""
    if kind in MESSAGE_KINDS:
        return term("channel", kind)
    return tr(_KINDS[kind]) if kind in _KINDS else kind.replace("_", " ")


def described(follow_up: FollowUp, came_from: Address | None, zone: tzinfo, customer: tzinfo | None) -> list[Part]:
    """All of it in one line, the text last.

    Args:
        came_from: the address of the contact, where it goes if it names no other; None where it is not known.
        zone: the agent's time zone.
        customer: the customer's time zone, named with the time of a callback; None where it is not known.
    """
    parts: list[Part] = [(f"{kind_of(follow_up)} ", "bold")]
    if follow_up.kind in MESSAGE_KINDS:
        parts.append(tr("on finish"))
    elif follow_up.due is not None:
        parts.append(wording.planned(follow_up.due, zone, customer if follow_up.kind == "callback" else None))
    channel = Channel.VOICE if follow_up.kind == "callback" else MESSAGE_KINDS.get(follow_up.kind)
    reached_by = TRAITS[channel].address if channel is not None else ""
    if follow_up.to:
        to: Address | None = Address(reached_by or "phone", follow_up.to)
    else:
        to = came_from if reached_by == "phone" else None
    if to is not None:
        reached = tr("no number to reach them") if to.withheld else tr("to {address}", address=wording.address(to))
        parts.append((f"  {reached}", "$muted"))
    return [*parts, f"  {follow_up.text}"] if follow_up.text else parts
