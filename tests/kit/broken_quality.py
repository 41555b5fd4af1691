"""Backends whose quality is broken in one way each; see `broken.py`."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation, EvaluationDraft
from desktop.testing.contracts.contact_center import ContactCenterContract

from .broken import BROKEN, fails
from .reference.quality import ReferenceQuality, ReferenceQualityRig


@fails("test_an_agent_reads_what_is_released_and_nothing_before")
class ShowsTheAgentAll(ReferenceQuality):
    """The agent reads an evaluation before it is released."""

    def sees(self, one: Evaluation) -> bool:
        return super().sees(one) or (self.token not in ("boss-0", "boss-1") and not one.calibration)


@fails("test_a_calibration_is_blind_until_both_are_in")
class LetsReviewersPeep(ReferenceQuality):
    """The second reviewer of a calibration sees the first one's answers."""

    def blind(self, one: Calibration) -> Calibration:
        mine = (each for each in self.line.evaluations.values() if each.calibration == one.id)
        return replace(one, evaluations=tuple(mine))


@fails("test_an_evaluation_is_handed_in_once_under_one_key")
class HandsInAgain(ReferenceQuality):
    """The key is forgotten on the way."""

    async def submit_evaluation(self, draft: EvaluationDraft, *, key: str) -> Evaluation:
        return await super().submit_evaluation(draft, key=f"{key} {self.line.new_id()}")

    def only_once(self, draft: EvaluationDraft) -> None:
        pass


@fails("test_an_evaluation_is_kept_with_its_form")
class KeepsTheNewestForm(ReferenceQuality):
    """Shows every evaluation with the form as it is called now."""

    async def evaluation(self, evaluation_id: str) -> Evaluation:
        kept = await super().evaluation(evaluation_id)
        return replace(kept, form=replace(kept.form, title="As of today"))


@fails("test_an_agent_may_not_judge")
class LetsAnybodyJudge(ReferenceQuality):
    """Asks nobody who they are."""

    def boss(self) -> None:
        pass


@fails("test_answers_that_do_not_fit_are_rejected")
class FillsInWhatIsMissing(ReferenceQuality):
    """Takes an evaluation with holes, and makes comments up."""

    async def submit_evaluation(self, draft: EvaluationDraft, *, key: str) -> Evaluation:
        answers = tuple(replace(one, comment=one.comment or "made up") for one in draft.answers)
        lost = any(one.value == "4" and not one.comment for one in draft.answers)
        return await super().submit_evaluation(replace(draft, answers=answers) if lost else draft, key=key)


@fails("test_a_note_is_acknowledged_with_an_answer", "test_who_wrote_a_note_is_told_of_the_answer")
class DropsTheAnswer(ReferenceQuality):
    """What the agent says to a note is lost."""

    async def acknowledge_coaching(self, note_id: str, answer: str, *, key: str) -> CoachingNote:
        return await super().acknowledge_coaching(note_id, "", key=key)


@fails("test_a_note_to_an_evaluation_waits_for_its_release")
class HurriesNotes(ReferenceQuality):
    """The agent reads a note on what they cannot read."""

    async def coaching_notes(self, *, agent: str = "", limit: int = 200) -> Sequence[CoachingNote]:
        return await self.ask(lambda: list(self.line.notes.values())[::-1][:limit])


@fails("test_who_wrote_a_note_is_told_of_the_answer")
class NeverReadsAnswers(ReferenceQuality):
    """An answer counts as unread for ever."""

    async def read_coaching(self, note_id: str, *, key: str) -> CoachingNote:
        if self.who == self.line.notes[note_id].by:
            return await self.ask(lambda: self.line.notes[note_id])
        return await super().read_coaching(note_id, key=key)


@fails("test_the_agent_is_told_that_there_is_something_to_read", "test_who_wrote_a_note_is_told_of_the_answer")
class TellsNobody(ReferenceQuality):
    """The agent finds out by chance."""

    async def change(self, key: str, work: Any) -> Any:
        return await self.ask(lambda: self.line.once(f"{self.who} {key}", work), changing=True)


def _suite(backend: type[ReferenceQuality]) -> type:
    @pytest.fixture
    async def rig(self: object) -> AsyncIterator[Any]:
        async with ReferenceQualityRig(backend) as made:
            yield made

    return type(f"Test{backend.__name__}", (ContactCenterContract,), {"rig": rig, "__module__": __name__})


for one in BROKEN:
    if issubclass(one.backend, ReferenceQuality):
        globals()[f"Test{one.backend.__name__}"] = _suite(one.backend)
