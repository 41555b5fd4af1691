"""Quality at the bundled mock contact centre: `/v1/quality`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member, read
from desktop.domain.entities.instant import Instant
from desktop.ports.errors import ProtocolError
from desktop.ports.quality import Quality

if TYPE_CHECKING:  # an agent's desktop starts without the records of quality
    from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation, EvaluationDraft
    from desktop.domain.reviews.scorecards import Form

_BASE = "/v1/quality"


class MockQuality(Quality):
    """Mixed into the mock contact centre, whose connection it uses."""

    _http: Http

    async def evaluations(
        self, *, since: Instant = 0.0, agent: str = "", interaction: str = "", limit: int = 200
    ) -> "Sequence[Evaluation]":
        asked: dict[str, str | float] = {"since": since, "agent": agent, "interaction": interaction, "limit": limit}
        found = member(await self._http.get(f"{_BASE}/evaluations", asked), "evaluations")
        return [_evaluation(one) for one in _each(found)]

    async def evaluation(self, evaluation_id: str) -> "Evaluation":
        return _evaluation(member(await self._http.get(f"{_BASE}/evaluations/{segment(evaluation_id)}"), "evaluation"))

    async def submit_evaluation(self, draft: "EvaluationDraft", *, key: str) -> "Evaluation":
        answer = await self._http.change("POST", f"{_BASE}/evaluations", asdict(draft), key=key)
        return _evaluation(member(answer, "evaluation"))

    async def release_evaluation(self, evaluation_id: str, *, key: str) -> "Evaluation":
        path = f"{_BASE}/evaluations/{segment(evaluation_id)}/release"
        return _evaluation(member(await self._http.change("POST", path, {}, key=key), "evaluation"))

    async def read_evaluation(self, evaluation_id: str, *, key: str) -> "Evaluation":
        path = f"{_BASE}/evaluations/{segment(evaluation_id)}/read"
        return _evaluation(member(await self._http.change("POST", path, {}, key=key), "evaluation"))

    async def calibrations(self, *, limit: int = 100) -> "Sequence[Calibration]":
        found = member(await self._http.get(f"{_BASE}/calibrations", {"limit": limit}), "calibrations")
        return [_calibration(one) for one in _each(found)]

    async def start_calibration(self, interaction_id: str, form: "Form", reviewer: str, *, key: str) -> "Calibration":
        body = {"interaction_id": interaction_id, "form": asdict(form), "reviewer": reviewer}
        answer = await self._http.change("POST", f"{_BASE}/calibrations", body, key=key)
        return _calibration(member(answer, "calibration"))

    async def coaching_notes(self, *, agent: str = "", limit: int = 200) -> "Sequence[CoachingNote]":
        asked: dict[str, str | int] = {"agent": agent, "limit": limit}
        found = member(await self._http.get(f"{_BASE}/coaching", asked), "notes")
        return [_note(one) for one in _each(found)]

    async def coach(self, agent_id: str, text: str, *, evaluation: str = "", key: str) -> "CoachingNote":
        body = {"agent_id": agent_id, "text": text, "evaluation": evaluation}
        return _note(member(await self._http.change("POST", f"{_BASE}/coaching", body, key=key), "note"))

    async def read_coaching(self, note_id: str, *, key: str) -> "CoachingNote":
        path = f"{_BASE}/coaching/{segment(note_id)}/read"
        return _note(member(await self._http.change("POST", path, {}, key=key), "note"))

    async def acknowledge_coaching(self, note_id: str, answer: str, *, key: str) -> "CoachingNote":
        path = f"{_BASE}/coaching/{segment(note_id)}/acknowledge"
        return _note(member(await self._http.change("POST", path, {"answer": answer}, key=key), "note"))


def _each(found: object) -> list[object]:
    if not isinstance(found, list):
        raise ProtocolError("The server's answer cannot be read.", "no list")
    return found


def _evaluation(told: object) -> "Evaluation":
    from desktop.domain.reviews.quality import Evaluation

    found = read(Evaluation, told)
    _check(found)
    return found


def _calibration(told: object) -> "Calibration":
    from desktop.domain.reviews.quality import Calibration
    from desktop.domain.reviews.scorecards import form_problems

    found = read(Calibration, told)
    if len(set(found.reviewers)) != 2 or len(found.reviewer_names) != 2 or form_problems(found.form):
        raise ProtocolError("The server's answer cannot be read.", "not two reviewers with a form")
    if not found.open and {one.reviewer_id for one in found.evaluations} != set(found.reviewers):
        raise ProtocolError("The server's answer cannot be read.", "both are in, and not both are shown")
    for evaluation in found.evaluations:
        _check(evaluation)
        if evaluation.form != found.form:
            raise ProtocolError("The server's answer cannot be read.", "an evaluation with another form")
    return found


def _check(evaluation: "Evaluation") -> None:
    """A form that cannot be used, or answers that it does not have, could not be shown or scored."""
    from desktop.domain.reviews.scorecards import by_question, form_problems

    if form_problems(evaluation.form):
        raise ProtocolError("The server's answer cannot be read.", "a form that cannot be used")
    try:
        by_question(evaluation.form, evaluation.answers)
    except ValueError as error:
        raise ProtocolError("The server's answer cannot be read.", "answers that the form does not have") from error


def _note(told: object) -> "CoachingNote":
    from desktop.domain.reviews.quality import CoachingNote

    return read(CoachingNote, told)
