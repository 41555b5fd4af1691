"""A follow-up in the middle of being written, and what its text comes to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo

from desktop.domain.customer import FollowUp
from desktop.domain.model import Instant


@dataclass(frozen=True, slots=True)
class Writing:
    """A follow-up being written. `instead_of`: the planned one that it is to replace."""

    kind: str
    to: str = ""
    text: str = ""
    instead_of: FollowUp | None = None

    def read(
        self, text: str, now: Instant, zone: tzinfo, country: str, customer: Callable[[], tzinfo | None]
    ) -> tuple[FollowUp | None, str]:
        """What a text is as this follow-up, or why it is none; neither where there is no text.

        Args:
            now: the server's time.
            zone: the agent's time zone.
            country: the two letters of the profile's region.
            customer: tells the customer's time zone, or None where it is not known.
        """
        text = text.strip()
        if not text:
            return None, ""
        if self.kind != "callback":
            changed = replace(self.instead_of, text=text) if self.instead_of else None
            return changed or FollowUp(self.kind, text, to=self.to), ""
        from desktop.app.when.due import Due, read_due  # its patterns; not before the first paint

        found = read_due(text, now, zone, region=country, customer=customer())
        if isinstance(found, Due):
            return FollowUp("callback", found.rest, due=found.at, to=self.to), ""
        return None, found.why
