"""What the report screen shows besides charts: tabs, what was chosen, waiting, failure, nothing."""

from textual.content import Content

from desktop.app.history.query_cache import Answer
from desktop.domain.entities.instant import Instant
from desktop.tui.report.choice import NAMES, VIEWS, Choice
from desktop.tui.report.period import WIDTHS
from desktop.tui.widgets.key_hint import key_hint, pressing
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, term, tr
from desktop.words.figures import known_as


def tabs(choice: Choice) -> Content:
    """The views with their numbers."""
    parts: list[Part] = []
    for number, view in enumerate(VIEWS, 1):
        here = view == choice.view
        name = (f"{tr(NAMES[view])} ", "bold reverse" if here else "$muted")
        parts.append(pressing(str(number), line((f" {number} ", "bold $accent"), name)))
    return line(*parts)


def chosen(choice: Choice) -> Content:
    """Period, queues, width and formula, as far as the view depends on them."""
    if choice.view == "outlook":
        span = tr("the rest of today") if choice.span == "today" else tr("the next seven days")
        return line((f" {tr('forecast:')} ", "$muted"), (span, "bold"), (" · ", "$muted"), choice.queue_words)
    period = choice.period
    parts: list[Part] = [(f" {tr(period.name)} ", "bold"), (f"{period.words} · ", "$muted"), choice.queue_words]
    if choice.view in ("plots", "intervals"):
        parts.append((f" · {tr('each {width}', width=tr(WIDTHS[choice.width]))}", "$muted"))
    if choice.view != "contacts":
        formula = choice.formula
        parts += [
            (f" · {tr('SL')} ", "$muted"),
            (term("formula", formula.id), ""),
            (f" ({known_as(formula)[0]})", "$muted"),
        ]
    return line(*parts)


def instead(answer: Answer[object], waited: float | None, empty: str, height: int) -> list[Content] | None:
    """What stands in the place of a chart: waiting, failure or nothing. None when there is something to draw.

    Args:
        empty: the sentence for an answer with nothing in it; "" when there is something.
    """
    if answer.value is None and answer.later:
        again = f"{tr('It will be tried again automatically')}   {tr('esc cancels')}"
        texts = [content(in_words(answer.problem)), line((again, "$muted"))]
    elif answer.value is None and waited is not None:
        texts = [line(tr("Loading … {seconds:.0f} s", seconds=waited), (f"   {tr('esc cancels')}", "$muted"))]
    elif answer.value is None and answer.problem:
        key = line(key_hint("r", tr("tries again")))
        texts = [content(in_words(answer.problem), "$warning"), key]
    elif answer.value is None:
        key = line(key_hint("r", tr("loads it")))
        texts = [content(tr("Not loaded yet."), "$muted"), key]
    elif empty:
        texts = [content(empty, "$muted")]
    else:
        return None
    return [content("")] * max(0, height // 2 - 1) + [line("  ", text) for text in texts]


def age(answer: Answer[object], waited: float | None, now: Instant, zone: str) -> Content:
    """How old what is shown is, whose clock it goes by, and what is wrong."""
    parts: list[Part] = []
    if waited is not None:
        parts.append((f"{tr('loading … {seconds:.0f} s', seconds=waited)} · ", "bold $warning"))
    elif answer.problem and answer.value is not None:
        parts.append((f"{in_words(answer.problem)} · ", "bold $warning"))
    if answer.at is not None:
        parts.append((f"{tr('updated {ago}', ago=wording.since(now - answer.at))} · ", "$muted"))
    parts.append((tr("times of {zone}", zone=zone), "$muted"))
    return line(*parts)
