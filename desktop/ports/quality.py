"""What a contact centre may offer for quality: capability QUALITY, evaluations, calibration and coaching.

Supervisors see their own teams, agents what is theirs and released, by the server's word: anything else is `NotFound`,
and what a role may not do is `Forbidden`. The server writes down who did what.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop.domain.entities.instant import Instant
from desktop.ports.base import Backend, Capability
from desktop.ports.supervision import refuse

if TYPE_CHECKING:  # an agent's desktop starts without the records of quality
    from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation, EvaluationDraft
    from desktop.domain.reviews.scorecards import Form


class Quality(Backend):
    """The optional part of a contact centre that holds evaluations and coaching notes."""

    async def evaluations(
        self, *, since: Instant = 0.0, agent: str = "", interaction: str = "", limit: int = 200
    ) -> "Sequence[Evaluation]":
        """Evaluations, newest first. None that is part of a calibration.

        Args:
            since: those handed in from then on.
            agent: only those of this agent's work; "" for all that may be seen.
            interaction: only those of this interaction.
            limit: 1 to 1000.
        """
        raise refuse(Capability.QUALITY)

    async def evaluation(self, evaluation_id: str) -> "Evaluation":
        """One evaluation."""
        raise refuse(Capability.QUALITY)

    async def submit_evaluation(self, draft: "EvaluationDraft", *, key: str) -> "Evaluation":
        """Hand in an evaluation; with `draft.release` the agent may read it at once, one of a calibration never.

        Raises:
            Rejected: answers are missing or do not fit the form.
            Conflict: this reviewer has judged the interaction with this form before, or the calibration is another's.
        """
        raise refuse(Capability.QUALITY)

    async def release_evaluation(self, evaluation_id: str, *, key: str) -> "Evaluation":
        """Let the agent read it, and the notes that go with it. It is no failure when they may already."""
        raise refuse(Capability.QUALITY)

    async def read_evaluation(self, evaluation_id: str, *, key: str) -> "Evaluation":
        """The agent has read it."""
        raise refuse(Capability.QUALITY)

    async def calibrations(self, *, limit: int = 100) -> "Sequence[Calibration]":
        """The calibrations of the own team, newest first. Nobody sees another's answers before their own are in."""
        raise refuse(Capability.QUALITY)

    async def start_calibration(self, interaction_id: str, form: "Form", reviewer: str, *, key: str) -> "Calibration":
        """Judge an interaction together with another supervisor of the team, each alone.

        Raises:
            Rejected: `reviewer` is no other supervisor of the agent's team.
        """
        raise refuse(Capability.QUALITY)

    async def coaching_notes(self, *, agent: str = "", limit: int = 200) -> "Sequence[CoachingNote]":
        """Coaching notes, newest first."""
        raise refuse(Capability.QUALITY)

    async def coach(self, agent_id: str, text: str, *, evaluation: str = "", key: str) -> "CoachingNote":
        """Write to an agent of the own team; with an evaluation they read it when they may read that one."""
        raise refuse(Capability.QUALITY)

    async def read_coaching(self, note_id: str, *, key: str) -> "CoachingNote":
        """The agent has read it, or who wrote it has read the answer."""
        raise refuse(Capability.QUALITY)

    async def acknowledge_coaching(self, note_id: str, answer: str, *, key: str) -> "CoachingNote":
        """The agent says that they have understood, and with `answer` what they think of it; once."""
        raise refuse(Capability.QUALITY)
