"""One rig for each kind of backend: what can be made to happen on the far side, and what can be seen there.

Every method that is not abstract declares its subject absent until it is overridden; the contract then counts what
needs it as not proven.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from desktop.domain.entities.model import Address, Instant, OutgoingFile
from desktop.domain.entities.words import PresenceState
from desktop.ports.assist import Assist
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.messaging import Messaging, OutgoingMessage
from desktop.ports.presence import PresenceSource
from desktop.ports.voice import Voice
from desktop.testing import fresh
from desktop.testing.rig import Rig, absent

CALLER = "+442079460958"


class ContactCenterRig(Rig[ContactCenter]):
    """Far side of a contact centre: customers who call and hang up, experts who answer or do not.

    At `start` the agent has no work and is not available.
    """

    expert = ""
    """A target for `consult` that can be made to answer: `person:ID`, `agent:ID` or `tel:E164`."""

    queue = ""
    """A queue that an interaction may be handed to; also the one that a callback is planned in."""

    edits: ClassVar[bool] = False
    """True where a customer can change or take back what they wrote."""

    customer_kind = "phone"
    """How customers are reached: `phone`, `email` or `handle`."""

    def new_customer(self) -> str:
        """Where a customer is reached who was never here before; an E.164 number for `phone`."""
        return fresh.number()

    @abstractmethod
    async def call(self, number: str = CALLER) -> None:
        """This customer calls, or writes where nobody calls, and is offered to our agent once they are available.

        Where PAUSE_RECORDING is declared, the call is recorded as soon as it is connected.
        """

    async def write(self, text: str) -> None:
        """A customer begins a written contact with this line, to be offered to our agent."""
        absent("no written contact can be made")

    async def write_mail(self, text: str, subject: str, sender: str, *, cc: Sequence[str] = ()) -> None:
        """A customer begins a contact by e-mail. Asked for where COPIES is declared."""
        absent("no e-mail can be made")

    async def write_more(self, interaction_id: str, text: str, *files: OutgoingFile) -> None:
        """The customer of a written contact writes on, with files where ATTACHMENTS is declared."""
        absent("the customer cannot be made to write on")

    async def customer_changes(self, interaction_id: str, message_id: str, text: str | None) -> None:
        """The customer edits a message of theirs, or deletes it (None). Asked for where `edits` is True."""
        absent("customers cannot edit or delete what they wrote")

    async def colleague_pulls(self, interaction_id: str) -> None:
        """Another agent takes a written contact that waits in a queue. Asked for where PULL is declared."""
        absent("no other agent can be made to take a contact")

    async def customer_types(self, interaction_id: str) -> None:
        """The customer of a written contact is typing now. Asked for where TYPING is declared."""
        absent("the customer cannot be made to type")

    async def sees_typing(self, interaction_id: str) -> bool:
        """Whether the customer is shown now that the agent types. Asked for where TYPING is declared."""
        absent("what the customer sees cannot be seen")

    async def hang_up(self, interaction_id: str) -> None:
        """The customer goes."""
        absent("the customer cannot be made to hang up")

    async def answer_phone(self, interaction_id: str) -> None:
        """The agent's phone is picked up. Asked for where PHONE is declared, and nowhere else."""
        absent("the agent's phone cannot be picked up")

    async def colleague_on_a_call(self) -> str:
        """Another agent, who talks to a customer now; answers the agent's id."""
        absent("no other agent can be made to take a call")

    async def free_colleague(self) -> str:
        """Another agent of the team, who is available and could take a call at once; answers the agent's id."""
        absent("no other agent can be made available")

    def reachable(self) -> str:
        """A number that can be called, and rings or answers somewhere."""
        absent("nobody can be called")

    async def let_expire(self, interaction_id: str) -> None:
        """The time of an offer runs out without an answer."""
        absent("an offer cannot be made to expire")

    async def rescind(self, interaction_id: str) -> None:
        """The offer is given to somebody else."""
        absent("an offer cannot be rescinded")

    async def expert_answers(self) -> None:
        """Whoever `expert` names picks up, at once when it rings already."""
        absent("the expert cannot be made to answer")

    async def expert_is_busy(self) -> None:
        """Whoever `expert` names is busy from now on."""
        absent("the expert cannot be made busy")

    async def expert_hangs_up(self) -> None:
        """The expert goes, out of a leg that talks."""
        absent("the expert cannot be made to hang up")

    async def tones(self, interaction_id: str) -> str:
        """The tones that the customer's side has heard."""
        absent("the tones cannot be heard on the far side")

    async def records(self, interaction_id: str) -> bool:
        """Whether the far side's recording of a call takes in what is being said now."""
        absent("what is recorded cannot be seen on the far side")

    def make_supervisor(self, number: int = 0) -> ContactCenter:
        """A fresh backend, not opened, for a supervisor of our agent's team; number 1 is another one than number 0."""
        absent("nobody supervises the agent")

    async def callbacks(self) -> int:
        """How many callbacks are planned on the far side."""
        absent("planned callbacks cannot be counted on the far side")


@dataclass(frozen=True, slots=True)
class KeptWrapUp:
    """What a far side holds of one wrap-up. `words` is all its text, whichever fields it stands in, without markup."""

    words: str
    started_at: Instant
    ended_at: Instant


class CrmRig(Rig[Crm]):
    """Far side of a CRM: records that are there, and what arrived."""

    forgets_consent: str = ""
    """Why the far side cannot keep since when and from where it has a consent; empty when it does."""

    @abstractmethod
    async def add_customer(self, name: str, addresses: Sequence[Address]) -> str:
        """A record that is on the far side, put there without the backend; answers the id that the port will use.

        Leave out an address of a kind that the system does not keep, as handles.
        """

    async def activities(self, key: str) -> int:
        """How many activities the far side holds for the wrap-up with this key."""
        absent("activities cannot be counted on the far side")

    async def kept_wrap_up(self, key: str) -> KeptWrapUp:
        """All that the far side holds of the wrap-up with this key, read there and not from the backend."""
        absent("what was written of a wrap-up cannot be read on the far side")

    async def customers_named(self, name: str) -> int:
        """How many records of this exact name the far side holds."""
        absent("records cannot be counted on the far side")

    async def cases_about(self, customer_id: str, subject: str) -> int:
        """How many cases with this exact subject the far side holds for a customer."""
        absent("cases cannot be counted on the far side")

    async def case_text(self, customer_id: str, subject: str) -> str:
        """What the far side holds in words of the one case with this exact subject."""
        absent("the text of a case cannot be read on the far side")

    async def tasks_about(self, customer_id: str, text: str) -> int:
        """How many tasks with exactly this one-line text the far side holds for a customer."""
        absent("tasks cannot be counted on the far side")

    async def task_due(self, customer_id: str, text: str) -> Instant | None:
        """When the one task with exactly this one-line text is due on the far side; any moment of the day will do."""
        absent("when a task is due cannot be read on the far side")

    async def consent_words(self, customer_id: str) -> str:
        """What the far side holds of the sources of a customer's consents, where the customer does not tell it."""
        return ""

    async def buyer(self) -> tuple[str, str]:
        """A customer of the far side and the name of one thing they bought."""
        absent("nobody on the far side can be made to buy something")

    async def linked(self, interaction_id: str) -> str | None:
        """The customer whom the far side has for an interaction."""
        absent("links cannot be seen on the far side")

    async def link_reason(self, interaction_id: str) -> str:
        """Why the far side has a customer for an interaction, in the words that were given."""
        absent("the reason of a link cannot be read on the far side")


class PresenceRig(Rig[PresenceSource]):
    """Far side of a directory: a colleague who moves and writes."""

    expert = ""
    """The id of a person in the directory who is not the agent."""

    @abstractmethod
    async def move(self, state: PresenceState, *, in_call: bool | None = None) -> None:
        """The expert's presence changes. A state the system does not know is declared absent."""

    async def expert_writes(self, text: str) -> None:
        """The expert writes to the agent."""
        absent("the expert cannot be made to write")

    async def received(self, text: str) -> int:
        """How many lines with this exact text have reached the expert."""
        absent("what the expert received cannot be seen")

    async def own_state(self) -> PresenceState:
        """What the far side shows others of the agent."""
        absent("the agent's own presence cannot be seen from outside")


class MessagingRig(Rig[Messaging]):
    """Far side of a message sender: what went out, and customers who answer."""

    @abstractmethod
    def message(self, key: str, text: str) -> OutgoingMessage:
        """A message that this sender can send, with consent, to an address that can receive it."""

    async def sent(self, text: str) -> int:
        """How many messages with this exact text went out."""
        absent("what went out cannot be counted on the far side")

    async def recipients(self, text: str) -> Sequence[str]:
        """To whom the messages with this exact text went, as their addresses were given."""
        absent("to whom a message went cannot be seen on the far side")

    async def deliver(self, message_id: str) -> None:
        """The message reaches the customer."""
        absent("a delivery cannot be made to happen")

    async def fail(self, message_id: str) -> None:
        """The message cannot be delivered."""
        absent("a delivery cannot be made to fail")

    async def customer_writes(self, text: str) -> None:
        """A customer sends us a message."""
        absent("no inbound message can be made")


class VoiceRig(Rig[Voice]):
    """Far side of a softphone: somebody who calls it."""

    @abstractmethod
    async def ring(self, number: str = CALLER) -> None:
        """Somebody with this number calls the phone."""

    def reachable(self) -> str:
        """A number that can be dialled, and rings or answers somewhere."""
        absent("nobody can be called")

    async def far_hangs_up(self) -> None:
        """Whoever called goes."""
        absent("the caller cannot be made to hang up")

    async def far_talks(self) -> bool:
        """Whether the caller has been answered and not been put down."""
        absent("the caller's side cannot be seen")

    async def tones(self) -> str:
        """The tones that the caller has heard."""
        absent("the tones cannot be heard on the far side")


class AssistRig(Rig[Assist]):
    """Far side of a suggester: what there is to know."""

    @abstractmethod
    async def add_article(self, title: str, text: str) -> str:
        """An article that can be suggested from now on; answers its id."""
