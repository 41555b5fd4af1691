"""The vendor's documents, as judges in front of the mock's Twilio face."""

from pathlib import Path

from mock_backends.launcher import Running
from tests.backends.twilio_rigs import SUPERVISOR, options_of
from tests.real.servers.prism import Prism

SPECS = Path(__file__).parent.parent / "specs"


class Judged:
    """The documents, each in front of the same face."""

    def __init__(self, task_router: Prism, api: Prism, conversations: Prism, running: Running) -> None:
        self.task_router = task_router
        self.api = api
        self.conversations = conversations
        self._running = running

    @property
    def options(self) -> dict[str, str]:
        """A profile whose REST calls go through the judges."""
        return options_of(self._running, **self._urls)

    @property
    def _urls(self) -> dict[str, str]:
        return {
            "taskrouter_url": self.task_router.url,
            "api_url": self.api.url,
            "conversations_url": self.conversations.url,
        }

    @property
    def supervisor(self) -> dict[str, str]:
        """A supervisor's profile, judged as well."""
        return options_of(self._running, who=SUPERVISOR, role="supervisor", **self._urls)

    @property
    def judges(self) -> tuple[Prism, ...]:
        """Each of the documents."""
        return self.task_router, self.api, self.conversations

    def complaints(self) -> list[str]:
        """All that broke a document."""
        return [line for one in self.judges for line in one.violations()]
