"""The pages of text over a screen: help and diagnostics."""

from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from desktop.tui.agent.panes.page import Page
from desktop.tui.pages import pages
from desktop.tui.pane_messages import PaneMessages
from desktop.tui.words import news as news_words

if TYPE_CHECKING:
    from desktop.tui.agent.screen import AgentScreen
    from desktop.tui.supervisor.screen import SupervisorScreen


class PageKeys(PaneMessages):
    """The part of the app that opens pages on the screen in front."""

    @property
    def front(self) -> "AgentScreen | SupervisorScreen":
        """The screen that is in front, whatever lies over it."""
        raise NotImplementedError

    def _page(self, topic: str, heading: str, lines: Callable[[], Any]) -> None:
        page = self.front.query_one(Page)
        if page.is_open and page.topic == topic:
            self.front.close_top()
        else:
            page.open(topic, heading, lines())

    def _news(self) -> Any:
        """All that is new; what was read is not new any more."""
        view = self.front.view()
        lines = news_words.page_lines(view.state, view.now)
        if self.session is not None:
            self.session.news.seen(view.state.news)
        return lines

    def _diagnostics(self) -> Any:
        view = self.front.view()
        names = ("agent-desktop", "textual", "httpx", "pydantic")
        versions = [f"{name} {version(name)}" for name in names]
        return pages.diagnostics_lines(view.state, view.now, log_path=self.log_path, versions=versions)
