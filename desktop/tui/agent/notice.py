"""What must be read now, was told last or is new, as a line.

It has its own row below the header, or where there is none, stands in the footer.
"""

from math import ceil

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.news_item import News
from desktop.domain.entities.words import Phase, Verb
from desktop.domain.news import notices
from desktop.domain.news.news import unseen
from desktop.domain.state.state import Notice
from desktop.tui.agent.past import match_of
from desktop.tui.widgets.fitting import lines_of
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import line
from desktop.tui.words.news import sentence
from desktop.tui.words.titles import title
from desktop.words.catalogue import in_words, ntr, tr

LAST_SECONDS = 15.0
"""Of a wrap-up: from then on nothing else is told."""


def notice_line(view: View, width: int, most_lines: int) -> Content | None:
    """The notice to be read now; an error while it stands.

    Args:
        width: cells of a line.
        most_lines: what does not fit into them is cut.

    Returns:
        None where there is nothing to say.
    """
    ending = _ends_soon(view)
    if ending is not None:
        left, interaction = ending
        who = title(view.state, interaction)
        words = ntr("{n} second left to wrap up {who}", "{n} seconds left to wrap up {who}", left, who=who)
        more = Verb.EXTEND_WRAP_UP in select.verbs_on_offer(view.state, interaction)
        after = f"  {tr('{extend:key} more time')}" if more else ""
        return cut_to_lines(f"! {words}", "bold $error", width, most_lines, after)
    notice, new = notices.shown(view.state, view.now), _newest(view)
    if new is not None and (notice is None or new.at > notice.at):
        style = "bold $warning" if new.urgent else "bold $accent"
        return cut_to_lines(f"● {sentence(new)}", style, width, most_lines, f"  {tr('{news:key} reads it')}")
    if notice is None:
        return None
    style = {"error": "bold $error", "warning": "bold $warning"}.get(notice.severity, "$accent")
    sign = {"error": "✕", "warning": "!"}.get(notice.severity, "·")
    hides = f"  {tr('{back:key} hides it')}" if notices.stands(view.state, notice) else ""
    if notices.message_of(notice) and match_of(view) is None:
        hides = f"  {tr('{customer_message:key} answers it')}"
    return cut_to_lines(f"{sign} {in_words(notice.text)}", style, width, most_lines, hides)


def cut_to_lines(text: str, style: str, width: int, most_lines: int, after: str = "") -> Content:
    """As much of a text as there is room for, with an ellipsis where that is not all, and what follows it."""
    fitted, words = line((text, style), (after, "$muted")), text.split(" ")
    while lines_of(fitted, width) > most_lines and len(words) > 1:
        words.pop()
        fitted = line((" ".join(words) + " …", style), (after, "$muted"))
    return fitted


def standing_error(view: View) -> Notice | None:
    """The error to be read now, if it is one that stays until it is mended."""
    notice = notices.shown(view.state, view.now)
    return notice if notice is not None and notices.stands(view.state, notice) else None


def _ends_soon(view: View) -> tuple[int, Interaction] | None:
    """The wrap-up of mine whose time runs out first, if that is soon, and the seconds it still has."""
    wrapping = [one for one in select.mine(view.state) if one.phase is Phase.WRAP_UP]
    left = [(one.wrap_up_deadline - view.now, one) for one in wrapping if one.wrap_up_deadline is not None]
    soon = [(ceil(seconds), one) for seconds, one in left if 0.0 < seconds <= LAST_SECONDS]
    return min(soon, key=lambda one: one[0], default=None)


def _newest(view: View) -> News | None:
    """The newest news while it is fresh; the header counts what is not seen for as long as it takes."""
    waiting = unseen(view.state)
    return waiting[-1] if waiting and view.now - waiting[-1].at < notices.STAYS else None
