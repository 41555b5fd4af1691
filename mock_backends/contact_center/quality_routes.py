"""The routes of quality: `/v1/quality`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import FastAPI, Path, Query

from mock_backends.http.principals import Principal
from mock_backends.http.problem import Problem
from mock_backends.http.service import Caller
from mock_backends.quality.quality import Quality
from mock_backends.wire.quality import (
    AcknowledgeCoaching,
    CalibrationAnswer,
    Calibrations,
    Coach,
    CoachingNoteAnswer,
    CoachingNotes,
    EvaluationAnswer,
    Evaluations,
    StartCalibration,
    SubmitEvaluation,
)

EvaluationId = Annotated[str, Path(max_length=100)]
NoteId = Annotated[str, Path(max_length=100)]
Since = Annotated[float, Query(ge=0, le=1e11)]
Word = Annotated[str, Query(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=1_000)]


def add_quality(app: FastAPI, quality: Callable[[], Quality]) -> None:
    """Add the routes; `quality` is the one there is now, for a reset makes another."""

    @contextmanager
    def audited(caller: Principal, verb: str, subject: str) -> Iterator[None]:
        try:
            yield
        except Problem as problem:
            quality().sight.refused(caller, verb, subject, problem)
            raise

    base = "/v1/quality/evaluations"

    @app.get(base, operation_id="evaluations", summary="Evaluations this principal may read")
    async def evaluations(
        caller: Caller, since: Since = 0.0, agent: Word = "", interaction: Word = "", limit: Limit = 200
    ) -> Evaluations:
        found = quality().judging.evaluations(caller, since=since, agent=agent, interaction=interaction, limit=limit)
        return Evaluations(evaluations=found)

    @app.get(base + "/{evaluation_id}", operation_id="evaluation", summary="One evaluation")
    async def evaluation(caller: Caller, evaluation_id: EvaluationId) -> EvaluationAnswer:
        return EvaluationAnswer(evaluation=quality().judging.evaluation(caller, evaluation_id))

    @app.post(base, operation_id="submit_evaluation", summary="Hand in an evaluation")
    async def submit(caller: Caller, body: SubmitEvaluation) -> EvaluationAnswer:
        with audited(caller, "evaluate", body.interaction_id):
            made = await quality().judging.submit(caller, body)
        return EvaluationAnswer(evaluation=made)

    @app.post(
        base + "/{evaluation_id}/release", operation_id="release_evaluation", summary="Let the agent read an evaluation"
    )
    async def release(caller: Caller, evaluation_id: EvaluationId) -> EvaluationAnswer:
        with audited(caller, "release_evaluation", evaluation_id):
            done = quality().judging.release(caller, evaluation_id)
        return EvaluationAnswer(evaluation=done)

    @app.post(base + "/{evaluation_id}/read", operation_id="read_evaluation", summary="The agent has read it")
    async def read(caller: Caller, evaluation_id: EvaluationId) -> EvaluationAnswer:
        return EvaluationAnswer(evaluation=quality().judging.read(caller, evaluation_id))

    @app.get("/v1/quality/calibrations", operation_id="calibrations", summary="Calibrations of the own team")
    async def calibrations(caller: Caller, limit: Limit = 100) -> Calibrations:
        return Calibrations(calibrations=quality().judging.calibrations(caller, limit))

    @app.post("/v1/quality/calibrations", operation_id="start_calibration", summary="Judge together, each alone")
    async def calibrate(caller: Caller, body: StartCalibration) -> CalibrationAnswer:
        with audited(caller, "calibrate", body.interaction_id):
            made = await quality().judging.calibrate(caller, body)
        return CalibrationAnswer(calibration=made)

    @app.get("/v1/quality/coaching", operation_id="coaching_notes", summary="Coaching notes this principal may read")
    async def notes(caller: Caller, agent: Word = "", limit: Limit = 200) -> CoachingNotes:
        return CoachingNotes(notes=quality().coaching.notes(caller, agent, limit))

    @app.post("/v1/quality/coaching", operation_id="coach", summary="Write to an agent")
    async def coach(caller: Caller, body: Coach) -> CoachingNoteAnswer:
        with audited(caller, "coach", body.agent_id):
            made = quality().coaching.coach(caller, body)
        return CoachingNoteAnswer(note=made)

    @app.post(
        "/v1/quality/coaching/{note_id}/read",
        operation_id="read_coaching",
        summary="The note was read, or the answer to it",
    )
    async def read_note(caller: Caller, note_id: NoteId) -> CoachingNoteAnswer:
        return CoachingNoteAnswer(note=quality().coaching.read(caller, note_id))

    @app.post(
        "/v1/quality/coaching/{note_id}/acknowledge",
        operation_id="acknowledge_coaching",
        summary="The agent acknowledges a note, with an answer or without",
    )
    async def acknowledge(caller: Caller, note_id: NoteId, body: AcknowledgeCoaching) -> CoachingNoteAnswer:
        return CoachingNoteAnswer(note=quality().coaching.answer(caller, note_id, body.answer))
