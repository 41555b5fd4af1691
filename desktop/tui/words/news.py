"""News in words: the sentence for the last line, the badge, and the page that reads it all."""

from desktop.domain.entities.model import Instant
from desktop.domain.entities.news_item import CustomerIs, News, NewsKind
from desktop.domain.news import news as domain
from desktop.domain.state.state import AppState
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import tr
from desktop.words.marks import mark

_CUSTOMER_IS = {
    CustomerIs.WITH_ME: mark("{name} hears you again."),
    CustomerIs.MUTED: mark("{name} is back on the line; you are muted."),
    CustomerIs.HELD: mark("{name} is still on hold and hears no one."),
    CustomerIs.LEFT: mark("{name} has left the call."),
}


def who(news: News) -> str:
    """Whose news it is: their name, else the address, else what they are."""
    if news.who:
        return news.who
    if news.kind in (NewsKind.OFFER_MISSED, NewsKind.CONTACT_LINE) and news.address is not None:
        return wording.address(news.address)
    return tr("Your supervisor") if news.kind is NewsKind.HELP_ANSWERED else tr("Somebody")


def sentence(news: News) -> str:
    """What happened, in one line; of several lines the newest, and how many more there are."""
    more = f" {tr('(+{n} more)', n=news.count - 1)}" if news.count > 1 else ""
    match news.kind:
        case NewsKind.EXPERT_GONE:
            return f"{_why_gone(news)}. {_customer_is(news)}"
        case NewsKind.OFFER_MISSED:
            return tr("Missed: {who}", who=f"{who(news)} ({news.queue})" if news.queue else who(news)) + more
        case _:
            said = " ".join(news.lines[-1].split()) if news.lines else tr("On my way.")
            return f"{who(news)}: {said}{more}"


def badge(state: AppState) -> list[Part]:
    """How much is new and the key that reads it, for the header; nothing when nothing is."""
    waiting = domain.unseen(state)
    if not waiting:
        return []
    style = "bold $warning" if any(one.urgent for one in waiting) else "bold $accent"
    counted = tr("{n} new", n=domain.unseen_count(state.news))
    return [(f"  ● {counted}", style), " ", key_hint(shown("news"), look="$muted")]


def page_lines(state: AppState, now: Instant) -> list[Line]:
    """All that is new, the newest first, then what was seen before."""
    fresh = tuple(reversed(domain.unseen(state)))
    known = sorted((one for one in state.news.values() if one.seen), key=lambda one: -one.at)
    lines: list[Line] = []
    for heading, group, style in ((tr("New"), fresh, "bold $accent"), (tr("Earlier"), known, "$muted")):
        if group:
            lines += [content(heading, "bold $accent")]
            for one in group:
                lines += _piece(one, now, style)
            lines.append(content(""))
    return lines or [content(tr("Nothing new."), "$muted")]


def _piece(news: News, now: Instant, style: str) -> list[Line]:
    head = line((f"  {wording.clock(news.at)[:5]}  ", "$muted"))
    if news.kind in (NewsKind.EXPERT_GONE, NewsKind.OFFER_MISSED):
        ago = f" · {wording.since(now - news.at)}"
        return [Hanging(head, line((sentence(news), style), (ago, "$muted")))]
    answer = f"  {tr('{answer:key} answers')}" if news.kind is NewsKind.MESSAGE else ""
    first: Line = Hanging(head, line((who(news), style), (f" · {_about(news)}", "$muted"), (answer, "$muted")))
    said = [Hanging(content(" " * head.cell_length), content(text)) for text in news.lines or (tr("On my way."),)]
    unshown = news.count - len(news.lines)
    return [
        first,
        *([content(f"         {tr('… {n} before', n=unshown)}", "$muted")] if news.lines and unshown > 0 else []),
        *said,
    ]


def _about(news: News) -> str:
    if news.kind is NewsKind.CONTACT_LINE and news.queue:
        return tr("customer, {queue}", queue=news.queue)
    return tr(_ABOUT[news.kind]) if news.kind in _ABOUT else ""


_ABOUT = {
    NewsKind.MESSAGE: mark("message"),
    NewsKind.HELP_ANSWERED: mark("answer to your request for help"),
    NewsKind.EXPERT_LINE: mark("chat"),
    NewsKind.CONTACT_LINE: mark("customer"),
}


def _why_gone(news: News) -> str:
    if news.failure is None:
        return tr("{name} left the call", name=who(news))
    return wording.why_failed(who(news), news.failure)


def _customer_is(news: News) -> str:
    known = news.customer or (wording.address(news.address) if news.address is not None else "")
    name = known if known and not (news.address and news.address.withheld and not news.customer) else tr("The customer")
    return tr(_CUSTOMER_IS[news.customer_is or CustomerIs.WITH_ME], name=name)
