"""What a contact centre may offer of its past: capability HISTORY, for the principal's own teams only."""

from collections.abc import Sequence

from desktop.domain.entities.history import (
    Interval,
    IntervalQuery,
    PastDetail,
    PastPage,
    PastQuery,
    RecordingLink,
    WeekCell,
    WeekQuery,
)
from desktop.ports.base import Backend, Capability
from desktop.ports.supervision import refuse


class Past(Backend):
    """The optional part of a contact centre that remembers."""

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        """Counts by interval, oldest first; intervals without anything in them are left out.

        Raises:
            Rejected: the period is upside down, or would be more than 100,000 intervals.
        """
        raise refuse(Capability.HISTORY)

    async def week(self, query: WeekQuery) -> Sequence[WeekCell]:
        """Counts by half hour of the week; those without anything in them are left out.

        Raises:
            Rejected: the period is upside down.
        """
        raise refuse(Capability.HISTORY)

    async def past_interactions(self, query: PastQuery) -> PastPage:
        """Finished interactions, newest first; those with `query.text` in them only where HISTORY_SEARCH is offered."""
        raise refuse(Capability.HISTORY)

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        """One finished interaction and what happened in it."""
        raise refuse(Capability.HISTORY)

    async def open_recording(self, interaction_id: str, recording_id: str, *, key: str) -> RecordingLink:
        """RECORDINGS: where a recording can be heard. That it was asked for is written down, and by whom.

        Raises:
            NotFound: there is none, or it is of another team.
        """
        raise refuse(Capability.RECORDINGS)
