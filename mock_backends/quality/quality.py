"""Quality in the contact centre: evaluations, calibrations and coaching notes, put together."""

from mock_backends.contacts.board import Board
from mock_backends.http.event_log import EventLog
from mock_backends.http.site import Site
from mock_backends.quality.coaching import Coaching
from mock_backends.quality.evaluations import EvaluationService, Find
from mock_backends.quality.sight import QualitySight
from mock_backends.supervision.audit_log import AuditLog


class Quality:
    """All of it."""

    def __init__(self, site: Site, board: Board, log: EventLog, find: Find) -> None:
        """`find`: a finished interaction that a principal may see."""
        self.sight = QualitySight(site, board, log, AuditLog(site.storage.db))
        self.judging = EvaluationService(self.sight, find)
        self.coaching = Coaching(self.sight)
