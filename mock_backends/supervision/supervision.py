"""Everything supervisors do in the contact centre, put together."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mock_backends.company.company import Company
from mock_backends.contacts.calls import Calls
from mock_backends.contacts.customers_on_line import CustomersOnLine
from mock_backends.contacts.distribution import Distribution
from mock_backends.contacts.legs import Legs
from mock_backends.http.event_log import EventLog
from mock_backends.http.principals import Principal
from mock_backends.http.site import Site
from mock_backends.supervision.acknowledgements import Acknowledgements
from mock_backends.supervision.agent_days import AgentDays
from mock_backends.supervision.agent_messages import AgentMessages
from mock_backends.supervision.audit_log import AuditLog
from mock_backends.supervision.authorisation import Authorisation
from mock_backends.supervision.help_desk import HelpDesk
from mock_backends.supervision.monitors import Monitors
from mock_backends.supervision.orders import Orders
from mock_backends.wire.floor import Activity, AuditEntry, Schedule, StateStretch
from mock_backends.world.centre import ZONE
from mock_backends.world.schedules import make_schedule


class Supervision:
    """All parts of it, for one contact centre."""

    def __init__(
        self,
        site: Site,
        company: Company,
        log: EventLog,
        distribution: Distribution,
        calls: Calls,
        legs: Legs,
        customers: CustomersOnLine,
    ) -> None:
        board, clock = distribution.board, site.clock
        self._seed = site.seed
        self._board = board
        self._audit = AuditLog(site.storage.db)
        self.authorisation = Authorisation(board, site.tokens, clock, log, self._audit)
        self.orders = Orders(self.authorisation, distribution, calls, legs, customers, company.reasons())
        self.monitors = Monitors(self.authorisation, board, clock, company.silent_monitoring())
        self.help = HelpDesk(self.authorisation, board, clock)
        self.messages = AgentMessages(self.authorisation, clock)
        self.acknowledgements = Acknowledgements(self.authorisation, site.tokens, clock)
        self._days = AgentDays(board, clock)

    def forget(self) -> None:
        """A reset: nothing was ever done."""
        self._audit.clear()

    def audit(self, caller: Principal, limit: int) -> list[AuditEntry]:
        """What was done or refused, newest first, as far as it concerns a supervisor."""
        self.authorisation.must_supervise(caller)
        return self._audit.of(caller, self._board.queues_of(caller), limit)

    def schedules(self, caller: Principal, day: date) -> list[Schedule]:
        """The plans of a supervisor's team for a day of the centre's zone; an agent's is their own."""
        team = [agent.id for agent in self._board.colleagues(caller) if agent.role == "agent"]
        shown = team if caller.supervises else [caller.id]
        return [Schedule(agent_id=agent_id, activities=self._planned(agent_id, day)) for agent_id in shown]

    def agent_day(self, caller: Principal, agent_id: str, day: date) -> list[StateStretch]:
        """What an agent's availability was over a day of the centre's zone; agents may ask for their own."""
        if agent_id != caller.id:
            self.authorisation.must_supervise(caller)
        self.authorisation.agent(caller, agent_id)
        zone = ZoneInfo(ZONE)
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        return self._days.of(agent_id, start.timestamp(), (start + timedelta(days=1)).timestamp())

    def _planned(self, agent_id: str, day: date) -> list[Activity]:
        return [
            Activity(start=one.start, end=one.end, kind=one.kind, label=one.label)
            for one in make_schedule(self._seed, agent_id, day, ZONE)
        ]
