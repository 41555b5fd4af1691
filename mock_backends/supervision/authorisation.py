"""Who may look after whose work, and that everything done or refused is written down and told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mock_backends.contacts.board import Board
from mock_backends.http.clock import Clock
from mock_backends.http.event_log import EventLog
from mock_backends.http.principals import Principal, Tokens
from mock_backends.http.problem import Problem, conflict, forbidden, not_found
from mock_backends.http.site import new_id
from mock_backends.supervision.audit_log import AuditLog
from mock_backends.wire.base import Address, Wire
from mock_backends.wire.contact_center import Agent, Interaction
from mock_backends.wire.floor import ActedEvent, AuditEntry

JUST_NOW = 2.0  # seconds within which nobody can have seen what another supervisor has done
LONGEST_DETAIL = 500


@dataclass(slots=True)
class Act:
    """One thing a supervisor does. `team` and `queue` say whose business it is, `tell` which agents hear of it."""

    entry: AuditEntry
    team: str = ""
    queue: str = ""
    tell: set[str] = field(default_factory=set)


class Authorisation:
    """Answers 403 to who is no supervisor and 404 for what is not of their team."""

    def __init__(self, board: Board, tokens: Tokens, clock: Clock, log: EventLog, audit: AuditLog) -> None:
        self._board = board
        self._tokens = tokens
        self._clock = clock
        self._log = log
        self.audit = audit

    def must_supervise(self, caller: Principal) -> None:
        """:raises Problem: 403 for anybody but a supervisor."""
        if not caller.supervises:
            raise forbidden("Only a supervisor may do this.")

    @contextmanager
    def act(self, caller: Principal, verb: str, subject: str, why: str = "") -> Iterator[Act]:
        """Do something inside; it is written down whatever comes of it, and told when it was done."""
        entry = AuditEntry(
            id=new_id("aud"),
            at=self._clock.now(),
            by=caller.id,
            by_name=self.name_of(caller.id),
            verb=verb,
            subject=subject,
            why=why,
            outcome="failed",
        )
        act = Act(entry, team="" if caller.supervises else caller.team)
        try:
            self.must_supervise(caller)
            yield act
            entry.outcome = "done"
        except Problem as problem:
            entry.outcome = f"refused: {problem.detail}"[:LONGEST_DETAIL]
            raise
        finally:
            entry.detail = entry.detail[:LONGEST_DETAIL]
            self.audit.add(entry, team=act.team, queue=act.queue)
        self.publish("supervisor.acted", ActedEvent(at=entry.at, act=entry), act.tell)

    def name_of(self, principal_id: str) -> str:
        """How people call a principal."""
        agent = self._board.agents.get(principal_id)
        return agent.name if agent is not None else principal_id

    def agent(self, caller: Principal, agent_id: str, act: Act | None = None) -> Agent:
        """An agent of the caller's team.

        :raises Problem: 404.
        """
        agent = self._board.agents.get(agent_id)
        if agent is not None and act is not None:
            act.team, act.entry.subject_name = agent.team, agent.name
        if agent is None or agent.team != caller.team:
            raise not_found("There is no such agent.")
        return agent

    def of_team(self, caller: Principal, agent_id: str) -> Agent | None:
        """An agent of the caller's team; None where there is none called that."""
        agent = self._board.agents.get(agent_id)
        return agent if agent is not None and agent.team == caller.team else None

    def interaction(self, caller: Principal, interaction_id: str, act: Act | None = None) -> Interaction:
        """A contact that an agent of the caller's team has, or that waits where they serve.

        :raises Problem: 404; 409 where another supervisor has just done something with it.
        """
        interaction = self._board.interactions.get(interaction_id)
        if interaction is not None and act is not None:
            owner = self._board.agents.get(interaction.agent_id or "")
            act.team, act.queue = owner.team if owner is not None else "", interaction.queue
            act.entry.subject_name = interaction.customer_name or _number(interaction.customer)
        found = self._board.find(caller, interaction_id)
        if act is not None:
            last = self.audit.last_done(interaction_id, self._clock.now() - JUST_NOW)
            if last is not None and last.by != caller.id:
                raise conflict(f"{last.by_name} has just done something with it ({last.verb.replace('_', ' ')}).")
        return found

    def supervisors_of(self, agent_id: str) -> set[str]:
        """Who looks after an agent."""
        return self._board.supervisors([agent_id], "")

    def publish(self, kind: str, event: Wire, to: Iterable[str]) -> None:
        """Tell those of `to` who have a token."""
        known = [who for who in to if who in self._tokens.principals]
        if known:
            self._log.publish(kind, event.model_dump_json().encode(), known)


def _number(customer: Address) -> str:
    return "number withheld" if customer.withheld else customer.value
