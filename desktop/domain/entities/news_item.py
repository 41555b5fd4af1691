"""A piece of news: what happened, about whom, and whether the agent has seen it."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import LegFailure


class NewsKind(StrEnum):
    """What happened."""

    MESSAGE = "message"  # a line at the contact centre: a supervisor's to me, or an agent's answer to me
    HELP_ANSWERED = "help_answered"  # a supervisor answered my request for help
    EXPERT_LINE = "expert_line"  # a colleague wrote in the chat
    EXPERT_GONE = "expert_gone"  # whom I brought in did not come, or left: I am with the customer alone
    OFFER_MISSED = "offer_missed"
    CONTACT_LINE = "contact_line"  # the customer of a chat or another written contact wrote


class CustomerIs(StrEnum):
    """Where the customer is once the expert is not there any more."""

    WITH_ME = "with_me"  # we hear each other
    MUTED = "muted"  # I hear them, they do not hear me
    HELD = "held"
    LEFT = "left"


_URGENT = frozenset({NewsKind.MESSAGE, NewsKind.HELP_ANSWERED, NewsKind.EXPERT_GONE, NewsKind.OFFER_MISSED})


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened without the agent doing it, `count` times since they last looked.

    There is one of a kind about one subject: more of the same counts up. `lines` are the newest words, oldest first.
    """

    kind: NewsKind
    subject: str  # an interaction id; of a message the other's agent id; of an expert's line a person id
    at: Instant  # when the newest of it happened, on the server's clock
    who: str = ""  # whose: the customer's, expert's or supervisor's name, "" where only the address is known
    count: int = 1
    lines: tuple[str, ...] = ()
    address: Address | None = None  # of the customer
    queue: str = ""
    customer: str = ""  # of an expert who is gone: the name of the customer, "" where not known
    failure: LegFailure | None = None  # of an expert who is gone: why they did not come; None: they left
    customer_is: CustomerIs | None = None
    seen: bool = False

    @property
    def id(self) -> str:
        """What it is, and about whom."""
        return f"{self.kind}:{self.subject}"

    @property
    def urgent(self) -> bool:
        """Whether it wants the agent now."""
        return self.kind in _URGENT
