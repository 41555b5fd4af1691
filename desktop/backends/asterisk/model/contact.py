"""One call with an agent, and which of the server's channels it is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from desktop.backends.asterisk.ami.framing import Message
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Address, Instant, Interaction, Leg
from desktop.domain.entities.words import LegFailure, LegKind, LegPhase, OfferEnd, Phase

FETCH = "agent-desktop-fetch-"
"""How the ids of channels begin that fetch a caller to a phone; the caller's channel follows."""

DECLINED = "DECLINED"
"""The DialStatus that the server has no word for: somebody pressed the red key (SIP 603)."""

CALL_REJECTED = 21
_REFUSED = {17, CALL_REJECTED}  # user busy, call rejected: what a phone says when somebody presses its red key
_UNREACHABLE = {1, 3, 20, 27, 34, 38, 41, 42, 44, 50, 58}
_LEG_ENDS = {LegPhase.COMPLETED, LegPhase.CANCELLED, LegPhase.FAILED}
_FAILURES = {
    "BUSY": LegFailure.BUSY,
    DECLINED: LegFailure.DECLINED,
    "NOANSWER": LegFailure.NO_ANSWER,
    "CANCEL": LegFailure.NO_ANSWER,
    "CHANUNAVAIL": LegFailure.UNREACHABLE,
    "CONGESTION": LegFailure.UNREACHABLE,
}


@dataclass(slots=True)
class Line:
    """A channel: its unique id, which stays, and its name, by which actions call it."""

    uid: str
    name: str


@dataclass(slots=True)
class Branch:
    """The channels of a leg. `near` is the half of the local channel that the agent is joined to, `through` the other.

    The expert's own channel is `far`; the server takes the local channel out once both are joined (`spliced`).
    """

    leg_id: str
    exten: str
    near: Line | None = None
    through: Line | None = None
    far: Line | None = None
    rang: str = ""  # the newest of the expert's channels that did not answer
    causes: dict[str, int] = field(default_factory=dict)  # why channels are gone, by their ids
    over: bool = False  # it has ended, and why is not known before `rang` is gone too
    status: str = ""  # the newest DialStatus of the expert's phones
    spliced: bool = False
    cancelled: bool = False

    def channel(self) -> str:
        """The name of the channel whose end is the leg's end, "" while there is none."""
        line = self.far if self.spliced else self.near
        return line.name if line is not None else ""


@dataclass(slots=True)
class Contact:
    """An interaction with what it hangs on. `linked` groups all the channels that belong to it."""

    interaction: Interaction
    linked: str
    agent: Line
    caller: Line | None
    branch: Branch | None = None
    phone_held: bool = False
    ending: OfferEnd | None = None  # how the offer will have ended, known before its channel is gone
    unanswered: bool = False
    leaving: bool = False  # the agent goes and the others stay
    fetched_away: bool = False  # the customer is with somebody else already, who fetched them
    spies: dict[str, str] = field(default_factory=dict)  # spying channel -> leg

    @property
    def lines(self) -> Iterable[Line]:
        """The channels whose names matter."""
        branch = self.branch
        parts = (self.agent, self.caller, *((branch.near, branch.through, branch.far) if branch else ()))
        return [line for line in parts if line is not None]

    def change(self, **changes: object) -> None:
        """Change fields of the interaction."""
        self.interaction = replace(self.interaction, **changes)  # type: ignore[arg-type]

    def move(self, phase: Phase, at: Instant, **changes: object) -> None:
        """Go to another phase."""
        self.change(phase=phase, phase_since=at, **changes)

    def why(self, cause: int) -> OfferEnd | None:
        """How an offer ended, by the cause that the agent's channel went for; None when that does not tell."""
        if cause in _REFUSED:
            return OfferEnd.DECLINED
        if cause in _UNREACHABLE:
            return OfferEnd.FAILED
        return OfferEnd.MISSED if self.unanswered else None

    def leg(self) -> Leg | None:
        """The leg of the branch while it is open."""
        if self.branch is None:
            return None
        leg = next((one for one in self.interaction.legs if one.id == self.branch.leg_id), None)
        return leg if leg is not None and leg.phase not in _LEG_ENDS else None

    def set_leg(self, leg: Leg) -> None:
        """Put in a leg, or the newer state of one."""
        legs = [leg if one.id == leg.id else one for one in self.interaction.legs]
        if leg not in legs:
            legs.append(leg)
        self.change(legs=tuple(legs))

    def move_leg(self, phase: LegPhase, at: Instant, failure: LegFailure | None = None) -> bool:
        """Take the open leg further; says whether that changed anything."""
        leg = self.leg()
        if leg is None or (leg.phase is phase and failure is None):
            return False
        self.set_leg(replace(leg, phase=phase, since=at, failure=failure))
        return True

    def end_leg(self, at: Instant) -> bool:
        """The leg's channel is gone: what that means depends on how far it was and on who wanted it."""
        leg, branch = self.leg(), self.branch
        if leg is None or branch is None:
            return False
        if branch.cancelled:
            return self.move_leg(LegPhase.CANCELLED, at)
        if leg.phase is LegPhase.ACTIVE:
            return self.move_leg(LegPhase.COMPLETED, at)
        return self.move_leg(LegPhase.FAILED, at, _FAILURES.get(branch.status, LegFailure.UNREACHABLE))

    def join_leg(self, at: Instant) -> None:
        """Everybody talks now."""
        leg = self.leg()
        if leg is not None:
            self.set_leg(replace(leg, kind=LegKind.CONFERENCE, phase=LegPhase.ACTIVE, since=at))
        self.change(held=False, held_since=None)


def on_channel(contacts: Mapping[str, Contact], uid: str) -> Contact | None:
    """The contact whose agent is on that channel."""
    return next((one for one in contacts.values() if one.agent.uid == uid), None) if uid else None


def fetched_caller(uid: str) -> str:
    """The caller's channel that a channel was made to fetch; "" for any other channel."""
    return uid.removeprefix(FETCH).partition("~")[0] if uid.startswith(FETCH) else ""


def work_of(one: Interaction) -> AgentWork:
    """An interaction as a list of agents shows it."""
    return AgentWork(
        interaction_id=one.id,
        channel=one.channel,
        phase=one.phase,
        queue=one.queue,
        since=one.phase_since,
        customer_name=one.customer_name,
        held=one.held,
        held_since=one.held_since,
        deadline=one.offer_deadline or one.wrap_up_deadline,
        customer=one.customer,
    )


def phone_number(text: str) -> Address:
    """The address of a caller. Numbers arrive as they were dialled; a hidden one comes as a word or as nothing."""
    value = "".join(letter for letter in text if letter.isprintable()).strip()[:80]
    hidden = not value or value.lower() in {"<unknown>", "unknown", "anonymous", "private", "restricted", "unavailable"}
    return Address("phone", "" if hidden else value, withheld=hidden)


def known_name(text: str) -> str:
    """A caller's name as told by the network; "" when it is none."""
    value = "".join(letter for letter in text if letter.isprintable()).strip()[:80]
    return "" if value.lower() in {"<unknown>", "unknown", "anonymous"} else value


def attributes(message: Message) -> dict[str, str]:
    """The channel variables that the server puts into its events (`channelvars` of manager.conf)."""
    found = {}
    for _, pair in message.prefixed("ChanVariable"):
        name, equals, value = pair.partition("=")
        if equals and value:
            found[name.strip()[:80]] = value[:500]
    return found
