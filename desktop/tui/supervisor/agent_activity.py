"""What an agent is doing, in one word, and since when."""

from dataclasses import dataclass

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Agent, Instant
from desktop.domain.entities.words import Availability, Phase
from desktop.domain.state.state import AppState
from desktop.tui.words import wording
from desktop.words.catalogue import ptr
from desktop.words.marks import pmark


@dataclass(frozen=True, slots=True)
class Activity:
    """`rank` sorts: who rings first, who is gone last. `group` names it without its details, in English.

    `label` is that of a reason, as the contact centre has it; `more` how many contacts there are beside the first.
    """

    rank: int
    group: str
    style: str
    since: Instant
    label: str = ""
    more: int = 0

    @property
    def word(self) -> str:
        """For people. Only what is on screen is put into words."""
        said = self.label or group_word(self.group)
        return f"{said} +{self.more}" if self.more else said


_RANKS = (
    pmark("activity", "ringing"),
    pmark("activity", "on hold"),
    pmark("activity", "talking"),
    pmark("activity", "in contact"),
    pmark("activity", "connecting"),
    pmark("activity", "wrap-up"),
    pmark("activity", "parked"),
    pmark("activity", "available"),
    pmark("activity", "not ready"),
    pmark("activity", "offline"),
)


def group_word(group: str) -> str:
    """A group of `Activity` in the language in force."""
    return ptr("activity", group)


def is_busy(agent: Agent) -> bool:
    """Whether the agent has a contact now, ringing or in wrap-up included; whoever is offline has none.

    What is parked takes none of their time.
    """
    return agent.observed is not Availability.OFFLINE and (bool(_busy_with(agent)) or any(agent.in_use.values()))


def _busy_with(agent: Agent) -> tuple[AgentWork, ...]:
    return tuple(work for work in agent.work if work.parked_since is None)


def activity(agent: Agent, state: AppState) -> Activity:
    """What the agent does now, as far as the contact centre tells."""
    if busy := _busy_with(agent):
        return _working(busy)
    if agent.observed is not Availability.OFFLINE and any(agent.in_use.values()):
        return _of("in contact", "$accent", agent.since)
    style = wording.AVAILABILITY[agent.observed][2]
    if agent.observed is Availability.NOT_READY:
        return _of("not ready", style, agent.since, reason_label(state, agent.reason))
    return _of("offline" if agent.observed is Availability.OFFLINE else "available", style, agent.since)


def reason_label(state: AppState, reason: str) -> str:
    """What a reason for not being ready is called."""
    return next((known.label for known in state.reasons if known.id == reason), reason)


def in_hand(work: AgentWork) -> str:
    """What goes on with a contact in hand: a group of `Activity`."""
    if work.phase is Phase.ACTIVE:
        if work.held:
            return "on hold"
        if work.parked_since is not None:
            return "parked"
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
    return _of(word, style, work.since, more=len(works) - 1)


def _of(group: str, style: str, since: Instant, label: str = "", more: int = 0) -> Activity:
    return Activity(_RANKS.index(group), group, style, since, label, more)
