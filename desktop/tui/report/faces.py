"""What the report screen shows besides charts: tabs, what was chosen, waiting, failure, nothing."""

from textual.content import Content

from desktop.app.history.query_cache import Answer
from desktop.domain.entities.instant import Instant
from desktop.tui.report.choice import NAMES, VIEWS, Choice
from desktop.tui.report.period import WIDTHS
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import term
from desktop.words.figures import known_as


def tabs(choice: Choice) -> Content:
    """The views with their numbers."""
    parts: list[Part] = []
    for number, view in enumerate(VIEWS, 1):
        here = view == choice.view
        parts += [(f" {number} ", "bold $accent"), (f"{NAMES.get(view, view)} ", "bold reverse" if here else "$muted")]
    return line(*parts)


def chosen(choice: Choice) -> Content:
    """Period, queues, width and formula, as far as the view depends on them."""
    if choice.view == "outlook":
        span = "the rest of today" if choice.span == "today" else "the next seven days"
        return line((" forecast: ", "$muted"), (span, "bold"), (" · ", "$muted"), choice.queue_words)
    period = choice.period
    parts: list[Part] = [(f" {period.name} ", "bold"), (f"{period.words} · ", "$muted"), choice.queue_words]
    if choice.view in ("plots", "intervals"):
        parts.append((f" · each {WIDTHS.get(choice.width, '')}", "$muted"))
    if choice.view != "contacts":
        formula = choice.formula
        parts += [(" · SL ", "$muted"), (term("formula", formula.id), ""), (f" ({known_as(formula)[0]})", "$muted")]
    return line(*parts)


def instead(answer: Answer[object], waited: float | None, empty: str, height: int) -> list[Content] | None:
    """What stands in the place of a chart: waiting, failure or nothing. None when there is something to draw.

    Args:
        empty: the sentence for an answer with nothing in it; "" when there is something.
    """
    if answer.value is None and answer.later:
        texts = [content(answer.problem), line(("It will be tried again automatically   esc cancels", "$muted"))]
    elif answer.value is None and waited is not None:
        texts = [line(f"Loading … {waited:.0f} s", ("   esc cancels", "$muted"))]
    elif answer.value is None and answer.problem:
        texts = [content(answer.problem, "$warning"), line(("r", "bold $accent"), (" tries again", "$muted"))]
    elif answer.value is None:
        texts = [content("Not loaded yet.", "$muted"), line(("r", "bold $accent"), (" loads it", "$muted"))]
    elif empty:
        texts = [content(empty, "$muted")]
    else:
        return None
    return [content("")] * max(0, height // 2 - 1) + [line("  ", text) for text in texts]


def age(answer: Answer[object], waited: float | None, now: Instant, zone: str) -> Content:
    """How old what is shown is, whose clock it goes by, and what is wrong."""
    parts: list[Part] = []
    if waited is not None:
        parts.append((f" loading … {waited:.0f} s · ", "bold $warning"))
    elif answer.problem and answer.value is not None:
        parts.append((f" {answer.problem} · ", "bold $warning"))
    if answer.at is not None:
        parts.append((f" updated {wording.since(now - answer.at)}", "$muted"))
    parts.append((f" · times of {zone} ", "$muted"))
    return line(*parts)
