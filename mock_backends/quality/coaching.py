"""Coaching notes: what a supervisor writes to an agent, and what the agent answers."""

from mock_backends.http.principals import Principal
from mock_backends.http.problem import conflict, invalid, not_found
from mock_backends.http.site import new_id
from mock_backends.quality.sight import QualitySight
from mock_backends.wire.quality import Coach, CoachingNote, Evaluation


class Coaching:
    """The notes of one contact centre."""

    def __init__(self, sight: QualitySight) -> None:
        self._sight = sight
        self._store = sight.store

    def notes(self, caller: Principal, agent: str, limit: int) -> list[CoachingNote]:
        """Notes that the caller may read."""
        agents = self._sight.team(caller) if caller.supervises else {caller.id}
        if agent:
            agents &= {agent}
        found = self._store.of(CoachingNote, agents)
        return [one for one in found if caller.supervises or one.released_at is not None][:limit]

    def coach(self, caller: Principal, body: Coach) -> CoachingNote:
        """Write to an agent.

        :raises Problem: 403, 404 for an agent or an evaluation of another team, 422 for one of another agent.
        """
        agents = self._sight.supervisor(caller)
        if body.agent_id not in agents:
            raise not_found("There is no such agent.")
        now = self._sight.now()
        released: float | None = now
        if body.evaluation:
            evaluation = self._sight.one(Evaluation, body.evaluation, agents)
            if evaluation.agent_id != body.agent_id or evaluation.calibration:
                raise invalid("That evaluation is not of this agent's work, or part of a calibration.")
            released = now if evaluation.released_at is not None else None
        note = CoachingNote(
            id=new_id("coa"),
            at=now,
            by=caller.id,
            by_name=self._sight.name(caller.id),
            agent_id=body.agent_id,
            agent_name=self._sight.name(body.agent_id),
            text=body.text,
            evaluation=body.evaluation,
            released_at=released,
        )
        self._store.save(note)
        name = self._sight.name(body.agent_id)
        self._sight.audit(caller, "coach", body.agent_id, detail=note.id, name=name)
        if released is not None:
            self._sight.tell(body.agent_id)
        return note

    def read(self, caller: Principal, note_id: str) -> CoachingNote:
        """The agent has read a note, or who wrote it has read the answer.

        :raises Problem: 404 when it is neither to them nor from them.
        """
        note = self._store.one(CoachingNote, note_id)
        if note is None or note.by != caller.id or note.agent_id == caller.id:
            return self.answer(caller, note_id, None)
        self._sight.one(CoachingNote, note_id, self._sight.supervisor(caller))
        if note.answer and note.answer_read_at is None:
            note.answer_read_at = self._sight.now()
            note.version += 1
            self._store.save(note)
            self._sight.tell(caller.id)
        return note

    def answer(self, caller: Principal, note_id: str, answer: str | None) -> CoachingNote:
        """The agent has read a note (`answer` None), or acknowledges it.

        :raises Problem: 404 when it is not theirs, 409 when it was acknowledged with another answer.
        """
        note = self._sight.one(CoachingNote, note_id, {caller.id})
        if note.released_at is None:
            raise not_found("There is no such thing.")
        if answer is not None and note.acknowledged_at is not None and note.answer != answer:
            raise conflict("You have answered this note already.")
        now = self._sight.now()
        changed = note.read_at is None or (answer is not None and note.acknowledged_at is None)
        note.read_at = note.read_at or now
        if answer is not None and note.acknowledged_at is None:
            note.acknowledged_at, note.answer = now, answer
            self._sight.audit(caller, "acknowledge_coaching", note.id)
        if changed:
            note.version += 1
            self._store.save(note)
            self._sight.tell(caller.id)
            if note.acknowledged_at is not None and note.by != caller.id:
                self._sight.tell(note.by)
        return note
