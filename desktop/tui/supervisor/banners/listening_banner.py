"""Whom I hear, for as long as I do: on every screen, under the header."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain.entities.words import Monitoring
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.keys.keys import shown
from desktop.tui.keys.two_presses import named
from desktop.tui.supervisor.banners.banner import Banner
from desktop.tui.supervisor.floor_view import Heard, agent_name
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import line
from desktop.tui.words import wording
from desktop.words.catalogue import tr
from desktop.words.marks import mark

_WORDS = {
    Monitoring.LISTEN: (mark("Listening to {agent}"), mark("no one can hear you")),
    Monitoring.WHISPER: (mark("Whispering to {agent}"), mark("the customer cannot hear you")),
    Monitoring.BARGE: (mark("On the call with {agent}"), mark("both can hear you")),
}


class ListeningBanner(Banner):
    """Hidden while nobody is heard."""

    DEFAULT_CSS = css_beside(__file__)
    heard: Heard | None = None

    def __init__(self, ends: str = "") -> None:
        """`ends`: the name of the key on the agent's screen that leads to where it is ended; "" on the floor."""
        super().__init__()
        self._key = shown(ends) if ends else FLOOR_BY_ID["stop_listening"].shown
        self._hint = tr("to the floor") if ends else tr("to leave")

    def look(self, view: View) -> tuple[object, ...]:
        """Whom I hear."""
        return (self.heard,)

    def lines(self, view: View) -> Sequence[Content]:
        """Whom, how, since when, who hears me, and how it ends: all in sight on the narrowest screen."""
        heard = self.heard
        if heard is None:
            return ()
        doing, effect = _WORDS[heard.mode]
        return (
            line(
                (f"◉ {tr(doing, agent=named(agent_name(view.state, heard.agent_id)))}", "bold $warning"),
                (f"  {wording.duration(view.now - heard.since)}", ""),
                (f"  {tr(effect)}", "bold" if heard.mode is not Monitoring.LISTEN else "$muted"),
                ("   ", ""),
                key_hint(self._key, self._hint),
            ),
        )
