"""Quality in the contact centre: evaluations, calibrations and coaching notes, put together."""

from mock_backends.audit_log import AuditLog
from mock_backends.board import Board
from mock_backends.coaching import Coaching
from mock_backends.event_log import EventLog
from mock_backends.judging import Find, Judging
from mock_backends.quality_sight import QualitySight
from mock_backends.site import Site


class Quality:
    """All of it."""

    def __init__(self, site: Site, board: Board, log: EventLog, find: Find) -> None:
        """`find`: a finished interaction that a principal may see."""
        self.sight = QualitySight(site, board, log, AuditLog(site.storage.db))
        self.judging = Judging(self.sight, find)
        self.coaching = Coaching(self.sight)
