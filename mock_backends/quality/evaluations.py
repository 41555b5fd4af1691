"""Evaluations and calibrations: who may judge what, and who reads it."""

from collections.abc import Awaitable, Callable

from mock_backends.http.principals import Principal
from mock_backends.http.problem import conflict, invalid, not_found
from mock_backends.http.site import new_id
from mock_backends.quality.scorecard_rules import check_answers, check_form
from mock_backends.quality.sight import QualitySight
from mock_backends.wire.base import Wire
from mock_backends.wire.quality import (
    Calibration,
    CoachingNote,
    Evaluation,
    StartCalibration,
    SubmitEvaluation,
)


class Finished(Wire):
    """An interaction that can be judged."""

    id: str
    channel: str
    queue: str
    agent_id: str
    ended_at: float
    customer: str = ""
    customer_name: str = ""


Find = Callable[[Principal, str], Awaitable[Finished | None]]


class EvaluationService:
    """The evaluations and calibrations of one contact centre."""

    def __init__(self, sight: QualitySight, find: Find) -> None:
        """`find`: a finished interaction that a principal may see."""
        self._sight = sight
        self._store = sight.store
        self._find = find

    def evaluations(
        self, caller: Principal, *, since: float, agent: str, interaction: str, limit: int
    ) -> list[Evaluation]:
        """Those the caller may read; none of a calibration."""
        agents = self._sight.team(caller) if caller.supervises else {caller.id}
        if agent:
            agents &= {agent}
        found = self._store.of(Evaluation, agents, since=since, interaction=interaction)
        return [one for one in found if self._reads(caller, one) and not one.calibration][:limit]

    def evaluation(self, caller: Principal, evaluation_id: str) -> Evaluation:
        """One that the caller may read.

        :raises Problem: 404.
        """
        agents = self._sight.team(caller) if caller.supervises else {caller.id}
        found = self._sight.one(Evaluation, evaluation_id, agents)
        if not self._reads(caller, found):
            raise not_found("There is no such thing.")
        return found

    def _reads(self, caller: Principal, evaluation: Evaluation) -> bool:
        if not caller.supervises:
            return evaluation.released_at is not None
        if not evaluation.calibration or evaluation.reviewer_id == caller.id:
            return True
        calibration = self._store.one(Calibration, evaluation.calibration)
        return calibration is not None and set(calibration.submitted) == set(calibration.reviewers)

    # -- evaluations

    async def submit(self, caller: Principal, body: SubmitEvaluation) -> Evaluation:
        """Take an evaluation.

        :raises Problem: 403, 404, 409 when the reviewer was here before, 422 for answers that do not fit.
        """
        agents = self._sight.supervisor(caller)
        finished = await self._finished(caller, body.interaction_id, agents)
        check_form(body.form)
        check_answers(body.form, body.answers)
        calibration = self._joined(caller, body, agents) if body.calibration else None
        if calibration is None and any(
            one.reviewer_id == caller.id and one.form.name == body.form.name and not one.calibration
            for one in self._store.of(Evaluation, {finished.agent_id}, interaction=finished.id)
        ):
            raise conflict("You have judged this interaction with this form already.")
        now = self._sight.now()
        made = Evaluation(
            id=new_id("eva"),
            interaction_id=finished.id,
            channel=finished.channel,
            queue=finished.queue,
            ended_at=finished.ended_at,
            agent_id=finished.agent_id,
            agent_name=self._sight.name(finished.agent_id),
            reviewer_id=caller.id,
            reviewer_name=self._sight.name(caller.id),
            form=body.form,
            answers=body.answers,
            at=now,
            comment=body.comment,
            calibration=body.calibration,
            released_at=now if body.release and calibration is None else None,
        )
        self._store.save(made)
        if calibration is not None:
            calibration.submitted.append(caller.id)
            calibration.version += 1
            self._store.save(calibration)
        detail = f"{made.id} with form {body.form.name}"
        self._sight.audit(caller, "evaluate", finished.id, detail=detail, name=_customer(finished))
        if made.released_at is not None:
            self._sight.tell(made.agent_id)
        return made

    async def _finished(self, caller: Principal, interaction_id: str, agents: set[str]) -> Finished:
        found = await self._find(caller, interaction_id)
        if found is None or found.agent_id not in agents:
            raise not_found("There is no such finished interaction.")
        if found.agent_id == caller.id:
            raise invalid("Nobody judges their own work.")
        return found

    def release(self, caller: Principal, evaluation_id: str) -> Evaluation:
        """Let the agent read it, with the notes that go with it.

        :raises Problem: 403, 404, 409 for one of a calibration.
        """
        found = self._sight.one(Evaluation, evaluation_id, self._sight.supervisor(caller))
        if found.calibration:
            raise conflict("An evaluation of a calibration is not for the agent.")
        if found.released_at is None:
            found.released_at = self._sight.now()
            found.version += 1
            self._store.save(found)
            for note in self._store.of(CoachingNote, {found.agent_id}):
                if note.evaluation == found.id and note.released_at is None:
                    note.released_at = found.released_at
                    note.version += 1
                    self._store.save(note)
            self._sight.audit(caller, "release_evaluation", found.id, detail=f"to {found.agent_id}")
            self._sight.tell(found.agent_id)
        return found

    def read(self, caller: Principal, evaluation_id: str) -> Evaluation:
        """The agent has read it.

        :raises Problem: 404 when it is not theirs.
        """
        found = self._sight.one(Evaluation, evaluation_id, {caller.id})
        if found.released_at is None:
            raise not_found("There is no such thing.")
        if found.read_at is None:
            found.read_at = self._sight.now()
            found.version += 1
            self._store.save(found)
            self._sight.tell(caller.id)
        return found

    # -- calibrations

    def calibrations(self, caller: Principal, limit: int) -> list[Calibration]:
        """Those of the caller's team, each with what they may see of it."""
        found = self._store.of(Calibration, self._sight.supervisor(caller), limit=limit)
        return [self._blind(caller, one) for one in found]

    async def calibrate(self, caller: Principal, body: StartCalibration) -> Calibration:
        """Begin one.

        :raises Problem: 403, 404, 422 when the other is no other supervisor of the team.
        """
        agents = self._sight.supervisor(caller)
        finished = await self._finished(caller, body.interaction_id, agents)
        check_form(body.form)
        other = self._sight.principal(body.reviewer)
        if other is None or not other.supervises or other.team != caller.team or other.id == caller.id:
            raise invalid("The other reviewer must be another supervisor of the same team.")
        made = Calibration(
            id=new_id("cal"),
            interaction_id=finished.id,
            channel=finished.channel,
            queue=finished.queue,
            ended_at=finished.ended_at,
            agent_id=finished.agent_id,
            agent_name=self._sight.name(finished.agent_id),
            form=body.form,
            reviewers=[caller.id, other.id],
            reviewer_names=[self._sight.name(caller.id), self._sight.name(other.id)],
            at=self._sight.now(),
        )
        self._store.save(made)
        detail = f"{made.id} with {other.id}"
        self._sight.audit(caller, "calibrate", finished.id, detail=detail, name=_customer(finished))
        return made

    def _joined(self, caller: Principal, body: SubmitEvaluation, agents: set[str]) -> Calibration:
        found = self._sight.one(Calibration, body.calibration, agents)
        if caller.id not in found.reviewers or caller.id in found.submitted:
            raise conflict("You are not a reviewer of this calibration, or you are in already.")
        if found.interaction_id != body.interaction_id or found.form != body.form:
            raise conflict("The calibration is about another interaction, or another form.")
        return found

    def _blind(self, caller: Principal, calibration: Calibration) -> Calibration:
        judged = self._store.of(Evaluation, {calibration.agent_id}, interaction=calibration.interaction_id)
        mine = [one for one in judged if one.calibration == calibration.id and self._reads(caller, one)]
        return calibration.model_copy(update={"evaluations": mine})


def _customer(finished: Finished) -> str:
    return finished.customer_name or finished.customer or "number withheld"
