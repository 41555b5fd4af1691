"""The supervisor's own conversation, for as long as the floor is in front of it."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase
from desktop.domain.state.state import AppState
from desktop.tui.keys import keys
from desktop.tui.keys.two_presses import named
from desktop.tui.supervisor.banners.banner import Banner
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import line
from desktop.tui.words import wording
from desktop.tui.words.titles import title
from desktop.words.catalogue import tr

_SHOWN = (Phase.ACTIVE, Phase.CONNECTING, Phase.WRAP_UP)


class OwnCallBanner(Banner):
    """Whom I have on the line or wrap up, since when, and the key to where it is worked; hidden without any."""

    DEFAULT_CSS = css_beside(__file__)

    def look(self, view: View) -> tuple[object, ...]:
        """My own contacts and what they are called."""
        own = _own(view.state)
        return (len(own), *((own[0], title(view.state, own[0])) if own else ()))

    def lines(self, view: View) -> Sequence[Content]:
        """The most urgent one; how many more there are."""
        own = _own(view.state)
        if not own:
            return ()
        first, wraps = own[0], own[0].phase is Phase.WRAP_UP
        sign = "✎" if wraps else TRAITS[first.channel].sign
        return (
            line(
                (f"{sign} {tr('Your contact: {customer}', customer=named(title(view.state, first)))}", "bold $success"),
                (f" · {wording.phase(first)} {wording.duration(view.now - first.phase_since)}", ""),
                (f"  {tr('+{n} more', n=len(own) - 1)}" if len(own) > 1 else "", "$muted"),
                ("   ", ""),
                key_hint(keys.shown("floor"), tr("to your desk")),
            ),
        )


def _own(state: AppState) -> tuple[Interaction, ...]:
    return tuple(one for one in select.mine(state) if one.phase in _SHOWN)
