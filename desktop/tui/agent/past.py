"""What one needs of the past while talking: promises, the newest open case, the last of the timeline in full."""

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.customer import Case, CustomerPromise, Match, TimelineEntry
from desktop.domain.entities.model import Instant
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.sources import tagged
from desktop.words.catalogue import ntr, term, tr

ENTRIES = 12
"""Entries of the timeline at most; the whole of it stands in its own pane."""
DETAIL_LINES = 3
"""Lines of an entry's text at most."""
DAY_CELLS = 11


def match_of(view: View) -> Match | None:
    """The customer on the card."""
    pop = view.state.pops.get(view.selected or "")
    return pop.match if pop is not None else view.preview


def details_seen(view: View) -> tuple[object, ...]:
    """The objects that what came before is drawn from."""
    match = match_of(view)
    known = match.ids if match else ()
    failed = (view.state.details_failed.get(one) for one in known)
    return (view.selected, match, *(view.state.details.get(one) for one in known), *failed)


def what_came_before(view: View, width: int, room: int) -> list[Content]:
    """What to know of the customer while talking, as far as there is room.

    Args:
        width: cells of a line.
        room: lines there are; the most pressing come first.
    """
    match = match_of(view)
    if match is None or room < 2:
        return []
    details = select.details_of(view.state, match)
    pressing = [promise_line(one, view.now) for one in match.customer.promises if one.kept is None]
    open_cases = sorted((case for case in details.cases or () if case.is_open), key=lambda case: -case.opened_at)
    if open_cases:
        pressing.append(_case(open_cases[0], len(open_cases) - 1, view.now))
    lines = [content(""), *pressing][:room] if pressing else []
    entries = [one for one in details.timeline or () if isinstance(one, TimelineEntry)][:ENTRIES]
    for number, entry in enumerate(entries):
        gap = [content("")] if number == 0 else []
        left = room - len(lines) - len(gap)
        shown = _entry(entry, view.now, width)
        if len(shown) > left:
            shown = _entry(entry, view.now, width, whole=False)
        if len(shown) > left:
            break
        lines += [*gap, *shown]
    return lines


def promise_line(promise: CustomerPromise, now: Instant) -> Content:
    """What was promised and when it is due."""
    late = select.promise_is_late(promise, now)
    return line(
        (f"{'!' if late else '→'} {tr('promised')} ", "bold $warning" if late else "$accent"),
        (promise.text, "bold" if late else ""),
        (f" {wording.due(promise.due, now)}", "$warning" if late else "$muted"),
    )


def _case(case: Case, more: int, now: Instant) -> Content:
    """The newest of the open cases, and how many more there are."""
    opened = tr("open for {age}", age=wording.age(now - case.opened_at))
    status = "" if case.status == "open" else f" · {term('case_status', case.status)}"
    parts: list[Part] = [(f"#{case.id} ", "$accent"), tagged(content(case.subject), case.source)]
    parts.append((f" · {opened}{status}", "$muted"))
    if more:
        parts.append((f" · {ntr('{n} more open case', '{n} more open cases', more)}", "$muted"))
    return line(*parts)


def _entry(entry: TimelineEntry, now: Instant, width: int, *, whole: bool = True) -> list[Content]:
    """An entry with its text, which goes on under itself; without it where not `whole`."""
    sign = wording.TIMELINE_SIGN.get(entry.channel, "·")
    head = line((f"{wording.day(entry.at, now):<{DAY_CELLS}} ", "$muted"), (f"{sign} ", "$accent"))
    room = max(20, width - head.cell_length)
    by = f"  {entry.agent}" if entry.agent else ""
    words = line(tagged(content(entry.summary), entry.source), (by, "$muted")).wrap(room)
    detail = entry.detail.strip()
    if whole and detail and detail != entry.summary.strip():
        text = content(detail, "$muted", newlines=True)
        said = [piece for row in text.split("\n") for piece in row.wrap(room)]
        if len(said) > DETAIL_LINES:
            said = said[:DETAIL_LINES]
            while len(said) > 1 and not said[-1].plain.strip():
                said.pop()
            said[-1] = said[-1].truncate(room - 2) + content(" …", "$muted")
        words = [*words, *said]
    first, *rest = words
    return [head + first, *(Content(" " * head.cell_length) + piece for piece in rest)]
