"""Who sees what of quality, what an agent has to read, and that it is written down."""

from mock_backends.contacts.board import Board
from mock_backends.http.event_log import EventLog
from mock_backends.http.principals import Principal
from mock_backends.http.problem import Problem, forbidden, not_found
from mock_backends.http.site import Site, new_id
from mock_backends.quality.store import Kept, QualityStore
from mock_backends.supervision.audit_log import AuditLog
from mock_backends.wire.floor import AuditEntry
from mock_backends.wire.quality import CoachingEvent, CoachingNews, CoachingNote, Evaluation


class QualitySight:
    """What evaluations, calibrations and coaching notes have in common."""

    def __init__(self, site: Site, board: Board, log: EventLog, audit: AuditLog) -> None:
        self._clock = site.clock
        self._tokens = site.tokens
        self._board = board
        self._log = log
        self._audit = audit
        self.store = QualityStore(site.storage.db)

    def now(self) -> float:
        """The server's time."""
        return self._clock.now()

    def principal(self, who: str) -> Principal | None:
        """Somebody who has a token."""
        return self._tokens.principals.get(who)

    def team(self, principal: Principal) -> set[str]:
        """The agents of a principal's team."""
        return {agent.id for agent in self._board.agents.values() if agent.team == principal.team}

    def supervisor(self, principal: Principal) -> set[str]:
        """The agents whom a supervisor looks after.

        :raises Problem: 403 for whoever is none.
        """
        if not principal.supervises:
            raise forbidden("That is for supervisors.")
        return self.team(principal)

    def one(self, kind: type[Kept], entity_id: str, agents: set[str]) -> Kept:
        """The entity under an id, if it is about one of these agents.

        :raises Problem: 404.
        """
        found = self.store.one(kind, entity_id)
        if found is None or found.agent_id not in agents:
            raise not_found("There is no such thing.")
        return found

    def name(self, who: str) -> str:
        """What somebody is called."""
        agent = self._board.agents.get(who)
        return agent.name if agent else who

    # -- what there is to read

    def news(self, agent_id: str) -> CoachingNews:
        """How much there is for somebody to read: of their own work, and answers to the notes they wrote."""
        notes = [one for one in self.store.of(CoachingNote, {agent_id}) if one.released_at is not None]
        judged = [
            one for one in self.store.of(Evaluation, {agent_id}) if one.released_at is not None and not one.calibration
        ]
        unread = sum(one.acknowledged_at is None for one in notes) + sum(one.read_at is None for one in judged)
        told = [(one.released_at or 0.0, one.by_name) for one in notes]
        told += [(one.released_at or 0.0, one.reviewer_name) for one in judged]
        at, by_name = max(told, default=(0.0, ""))
        answered_at, answered_by = 0.0, ""
        answers = 0
        for one in self._written(agent_id):
            if one.acknowledged_at is not None:
                answered_at, answered_by = max((answered_at, answered_by), (one.acknowledged_at, one.agent_name))
                answers += bool(one.answer) and one.answer_read_at is None
        return CoachingNews(
            unread=unread, by_name=by_name, at=at, answers=answers, answered_by=answered_by, answered_at=answered_at
        )

    def _written(self, by: str) -> list[CoachingNote]:
        """The notes that a supervisor wrote to agents they still look after."""
        principal = self.principal(by)
        if principal is None or not principal.supervises:
            return []
        team = self.team(principal) - {by}
        return [one for one in self.store.written_by(by) if one.agent_id in team]

    def tell(self, agent_id: str) -> None:
        """Tell somebody how much there is to read now."""
        if agent_id in self._tokens.principals:
            event = CoachingEvent(at=self._clock.now(), news=self.news(agent_id))
            self._log.publish("coaching.changed", event.model_dump_json().encode(), [agent_id])

    def refused(self, caller: Principal, verb: str, subject: str, problem: Problem) -> None:
        """Write down that somebody was refused."""
        self.audit(caller, verb, subject, outcome=f"refused: {problem.detail}")

    def audit(
        self, by: Principal, verb: str, subject: str, *, outcome: str = "done", detail: str = "", name: str = ""
    ) -> None:
        """Write down what somebody did; `name` is what the subject is called now."""
        entry = AuditEntry(
            id=new_id("aud"),
            at=self.now(),
            by=by.id,
            by_name=self.name(by.id),
            verb=verb,
            subject=subject,
            why="",
            outcome=outcome,
            detail=detail,
            subject_name=name,
        )
        self._audit.add(entry, team=by.team, queue="")
