"""What an agent is doing, in one word, and since when."""

from dataclasses import dataclass

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Agent, Instant
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.state import AppState
from desktop.tui.words import wording


@dataclass(frozen=True, slots=True)
class Activity:
    """`rank` sorts: who rings first, who is gone last. `group` names it without its details."""

    rank: int
    group: str
    word: str
    style: str
    since: Instant


_RANKS = ("ringing", "on hold", "talking", "in contact", "connecting", "wrap-up", "available", "not ready", "offline")


def is_busy(agent: Agent) -> bool:
    """Whether the agent has a contact now, ringing or in wrap-up included; whoever is offline has none."""
    return agent.observed is not Availability.OFFLINE and (bool(agent.work) or any(agent.in_use.values()))


def activity(agent: Agent, state: AppState) -> Activity:
    """What the agent does now, as far as the contact centre tells."""
    if agent.work:
        return _working(agent.work)
    if agent.observed is not Availability.OFFLINE and any(agent.in_use.values()):
        return _of("in contact", "in contact", "$accent", agent.since)
    _, word, style = wording.AVAILABILITY[agent.observed]
    if agent.observed is Availability.NOT_READY:
        return _of("not ready", reason_label(state, agent.reason) or "not ready", style, agent.since)
    return _of(word.lower(), word.lower(), style, agent.since)


def reason_label(state: AppState, reason: str) -> str:
    """What a reason for not being ready is called."""
    return next((known.label for known in state.reasons if known.id == reason), reason)


def in_hand(work: AgentWork) -> str:
    """What goes on with a contact in hand, in a word."""
    if work.phase is Phase.ACTIVE:
        if work.held:
            return "on hold"
        return "talking" if work.channel in CALLS else "in contact"
    if work.phase is Phase.OFFERED:
        return "ringing"
    return "wrap-up" if work.phase is Phase.WRAP_UP else "connecting"


def customer_of(work: AgentWork) -> str:
    """Whom a contact in hand is with: a name, else the number or address they came from; "" where neither is told."""
    if work.customer_name or work.customer is None:
        return work.customer_name
    return wording.address(work.customer)


def foremost(works: tuple[AgentWork, ...]) -> AgentWork:
    """The contact to name first: that of the most urgent word, of equals the one that began first."""
    return min(works, key=lambda work: (_RANKS.index(in_hand(work)), work.since))


def _working(works: tuple[AgentWork, ...]) -> Activity:
    work = foremost(works)
    word = in_hand(work)
    style = {"ringing": "bold $accent", "on hold": "$warning", "wrap-up": "$warning"}.get(word, "$accent")
    more = f" +{len(works) - 1}" if len(works) > 1 else ""
    return _of(word, word + more, style, work.since)


def _of(group: str, word: str, style: str, since: Instant) -> Activity:
    return Activity(_RANKS.index(group), group, word, style, since)
