"""Who the customer of an interaction is, so far."""

from dataclasses import dataclass

from desktop.domain.entities.customer import CrmAnswer, Match
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import PopAnswer
from desktop.domain.text.sentence import NOTHING, Sentence


@dataclass(frozen=True, slots=True)
class ScreenPop:
    """Who the customer of an interaction is, so far, and since when that is the answer."""

    answer: PopAnswer
    since: Instant
    matches: tuple[Match, ...] = ()
    chosen: str | None = None  # customer id the interaction is linked to
    chosen_by: str = ""  # what the CRM is told of it: "only match" or the agent
    cached: bool = False
    why: Sentence = NOTHING
    answers: tuple[CrmAnswer, ...] = ()  # of each CRM, where there are several
    decided: bool = False  # the agent linked or unlinked it: nothing links by itself any more

    @property
    def match(self) -> Match | None:
        """The match the interaction is linked to, if it is."""
        return next((m for m in self.matches if m.customer.id == self.chosen), None)
