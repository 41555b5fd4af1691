"""Who hears whom in a call: out of hold, mute and the legs of the interaction."""

from dataclasses import dataclass
from itertools import permutations
from typing import Final

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.words import LegKind, LegPhase, Monitoring, Phase
from desktop.domain.state.lifecycle import is_open, open_leg

AGENT: Final = "agent"
CUSTOMER: Final = "customer"
_TOGETHER = frozenset({LegKind.CONFERENCE, LegKind.TRANSFER})  # who answers a transfer is joined to the customer


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears whom in a call that is going on. A party is `AGENT`, `CUSTOMER` or the id of a leg.

    `pairs` are (speaker, listener). Whoever is `joined` is on the line with the agent, muted or not; whoever is
    `waiting` is on hold and hears nobody. A party in neither has left, or still rings.
    """

    pairs: frozenset[tuple[str, str]]
    joined: frozenset[str]
    waiting: frozenset[str]
    partner: Leg | None = None  # the further party, ringing or on the line
    ended: Leg | None = None  # the newest further party, when nobody of them is left: why the agent is alone again
    supervisors: tuple[Leg, ...] = ()  # on the line
    muted: bool = False

    @property
    def everybody(self) -> bool:
        """Whether customer, further party and agent are together."""
        return len(self.joined) > 1


def hearing(interaction: Interaction) -> Hearing | None:
    """Who hears whom now; None where nothing is being said: a written contact, or a call not connected or over."""
    if interaction.channel not in CALLS or interaction.phase is not Phase.ACTIVE:
        return None
    partner, held = open_leg(interaction), interaction.held
    joined, waiting = set[str](), set[str]()
    if interaction.customer_connected:
        (waiting if held else joined).add(CUSTOMER)
    if partner is not None and partner.phase is LegPhase.ACTIVE:
        apart = CUSTOMER in joined and partner.kind not in _TOGETHER  # one of two is talked to, the other waits
        (waiting if apart else joined).add(partner.id)
    supervisors = tuple(one for one in interaction.legs if _takes_part(one))
    line = {AGENT, *joined}
    pairs = set(permutations(line, 2))
    for one in supervisors:
        pairs |= {(party, one.id) for party in line}
        pairs |= {(one.id, party) for party in _spoken_to(one, line)}
    if interaction.muted:
        pairs = {pair for pair in pairs if pair[0] != AGENT}
    return Hearing(
        pairs=frozenset(pairs),
        joined=frozenset(joined),
        waiting=frozenset(waiting),
        partner=partner,
        ended=_last_ended(interaction) if partner is None else None,
        supervisors=supervisors,
        muted=interaction.muted,
    )


def _takes_part(leg: Leg) -> bool:
    return leg.kind is LegKind.SUPERVISOR and leg.phase is LegPhase.ACTIVE


def _spoken_to(supervisor: Leg, line: set[str]) -> set[str]:
    """Who is known to hear a supervisor; nobody where the contact centre does not say how they take part."""
    return {Monitoring.WHISPER: {AGENT}, Monitoring.BARGE: line}.get(supervisor.monitoring or Monitoring.LISTEN, set())


def _last_ended(interaction: Interaction) -> Leg | None:
    own = [leg for leg in interaction.legs if leg.kind is not LegKind.SUPERVISOR]
    return own[-1] if own and not is_open(own[-1]) else None
