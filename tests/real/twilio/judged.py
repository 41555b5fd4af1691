"""The vendor's two documents, as judges in front of the mock's Twilio face."""

from pathlib import Path

from mock_backends.launcher import Running
from tests.backends.twilio_rigs import SUPERVISOR, options_of
from tests.real.servers.prism import Prism

SPECS = Path(__file__).parent.parent / "specs"


class Judged:
    """The two documents, each in front of the same face."""

    def __init__(self, task_router: Prism, api: Prism, running: Running) -> None:
        self.task_router = task_router
        self.api = api
        self._running = running

    @property
    def options(self) -> dict[str, str]:
        """A profile whose REST calls go through the judges."""
        return options_of(self._running, taskrouter_url=self.task_router.url, api_url=self.api.url)

    @property
    def supervisor(self) -> dict[str, str]:
        """A supervisor's profile, judged as well."""
        urls = {"taskrouter_url": self.task_router.url, "api_url": self.api.url}
        return options_of(self._running, who=SUPERVISOR, role="supervisor", **urls)

    def complaints(self) -> list[str]:
        """All that broke a document."""
        return [*self.task_router.violations(), *self.api.violations()]
