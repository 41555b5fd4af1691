"""A scorecard filled in by keyboard: digits answer, the score runs along."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from desktop.app.reviews.scorecard_draft import ScorecardDraft
from desktop.domain.entities.instant import Instant
from desktop.domain.reviews.scorecards import (
    NO,
    NOT_APPLICABLE,
    YES,
    Answer,
    Comment,
    Question,
    QuestionKind,
    allowed,
    needs_comment,
    share_of,
)
from desktop.tui.keys.keys import BY_ID, shown
from desktop.tui.quality.quality_texts import share_text, value_text
from desktop.tui.quality.words_field import keys_of
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import lines_of
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.contact_evidence import LISTEN_KEY
from desktop.words.catalogue import tr

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0")
_OPEN_FIELDS = frozenset({"comment", "remark"})
NONE_KEY, CLEAR_KEY = "minus", "backspace"
CONTEXT = 2
"""Lines below the question in hand that stay in sight."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer a question, and the key that does."""

    key: str
    value: str
    text: str


def choices(question: Question) -> tuple[Choice, ...]:
    """Every way to answer, with its key. On a scale of single digits the key is the digit itself."""
    values = [value for value in allowed(question) if value != NOT_APPLICABLE]
    match question.kind:
        case QuestionKind.YES_NO:
            texts = {YES: tr("yes"), NO: tr("no")}
        case QuestionKind.CHOICE:
            texts = {option.id: option.text for option in question.options}
        case QuestionKind.SCALE:
            texts = {value: value for value in values}
    own = question.kind is QuestionKind.SCALE and all(value in KEYS or value == "10" for value in values)
    found = [Choice(value[-1] if own else KEYS[place], value, texts[value]) for place, value in enumerate(values)]
    return (*found, Choice("-", NOT_APPLICABLE, tr("not applicable"))) if question.not_applicable else tuple(found)


class ScorecardView(VerticalScroll, can_focus=True):
    """Draws a card and turns keys into answers; it keeps nothing of its own but the place it is at."""

    DEFAULT_CSS = css_beside(__file__)

    class Answered(Message):
        """A question was answered, or its answer taken back ("")."""

        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

    class Wanted(Message):
        """Something else is to be done: `comment`, `remark`, `release`, `listen`, `submit`,
        `pageup` and `pagedown` of what stands beside the card."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, wants_field: Callable[[], None]) -> None:
        """No card yet; `wants_field` hears that the field of a comment was asked for."""
        super().__init__(id="card")
        self._wants_field = wants_field
        self.card: ScorecardDraft | None = None
        self._at = 0

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="card-text")

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    @property
    def question(self) -> Question | None:
        """The question that keys answer now."""
        return self.card.form.questions[self._at] if self.card is not None else None

    def open(self, card: ScorecardDraft) -> None:
        """Begin at the first question without an answer."""
        self.card = card
        left = card.score.unanswered
        places = [place for place, one in enumerate(card.form.questions) if one.id in left]
        self._at = places[0] if places else 0
        self.add_class("open")

    def close(self) -> None:
        """Hide it."""
        self.card = None
        self.remove_class("open")

    def show(self, card: ScorecardDraft, saved_at: Instant | None, problem: str) -> None:
        """Draw a card, with how safe it is."""
        self.card = card
        width = max(20, (self.content_size.width or self.app.size.width) - 1)
        lines: list[Content] = []
        tops: list[int] = []
        score = card.score
        for place, section in enumerate(card.form.sections):
            share = score.sections[place]
            lines.append(
                line((section.title or tr("Questions"), "bold $accent"), (f"   {share_text(share)}", "$muted"))
            )
            for question in section.questions:
                tops.append(len(lines))
                here = len(tops) - 1 == self._at
                lines += _question_lines(card, question, width, here=here)
        lines += [content(""), line((f"{tr('overall comment')}  ", "$muted"), key_hint("o"))]
        lines += [content(f"  {one}") for one in card.comment.split("\n") if card.comment]
        self.query_one("#card-text", Static).update(Content("\n").join(lines))
        self.border_title = line((f"{card.form.title} · {card.agent_name}", "bold"), *_safety(card, saved_at, problem))
        self.border_subtitle = _score_line(card)
        self._bring_into_sight(tops, lines, width)

    def on_key(self, event: events.Key) -> None:
        """Digits answer and go on; arrows move; the rest is asked for."""
        question = self.question
        if question is None or self.card is None:
            return
        wanted = {"c": "comment", "enter": "comment", "o": "remark", "t": "release", LISTEN_KEY: "listen"}.get(
            event.key
        )
        chosen = next((one for one in choices(question) if _typed(event.key) == one.key), None)
        if event.key in BY_ID["finish"].always:
            wanted = "submit"
        if chosen is None and question.kind is QuestionKind.YES_NO and event.key in ("y", "n"):
            chosen = choices(question)[0 if event.key == "y" else 1]
        if chosen is not None:
            self._answer(Answer(question.id, chosen.value, self.card.answer(question.id).comment))
            if not needs_comment(question, chosen.value):
                self._move(1)
        elif event.key == CLEAR_KEY:
            self._answer(Answer(question.id, "", self.card.answer(question.id).comment))
        elif event.key in ("up", "down"):
            self._move(-1 if event.key == "up" else 1)
        elif event.key in ("home", "end"):
            self._move(-len(self.card.form.questions) if event.key == "home" else len(self.card.form.questions))
        elif event.key in ("pageup", "pagedown"):
            self.post_message(self.Wanted(event.key))
        elif wanted is not None:
            if wanted in _OPEN_FIELDS:
                self._wants_field()
            self.post_message(self.Wanted(wanted))
        elif not event.is_printable or event.key in ("question_mark",):
            return
        event.stop()

    def _answer(self, answer: Answer) -> None:
        self.post_message(self.Answered(answer))

    def _move(self, by: int) -> None:
        if self.card is not None:
            self._at = max(0, min(len(self.card.form.questions) - 1, self._at + by))
            self.post_message(self.Wanted("redraw"))

    def _bring_into_sight(self, tops: list[int], lines: list[Content], width: int) -> None:
        if not tops:
            return

        def height(upto: int) -> int:
            return sum(lines_of(one, width) for one in lines[:upto])

        below = tops[self._at + 1] if self._at + 1 < len(tops) else len(lines)
        top, bottom, room = height(tops[self._at]), height(below), self.content_size.height or 10
        # From the place alone, not from where it was scrolled to before: the same question is always seen the same way.
        wanted = min(max(0, bottom + CONTEXT - room), max(0, top - 1))
        self.call_after_refresh(self.scroll_to, y=wanted, animate=False)

    def on_resize(self) -> None:
        """Wrap anew, with the question in hand in sight."""
        self.post_message(self.Wanted("redraw"))


def _typed(key: str) -> str:
    return "-" if key == NONE_KEY else key


def _question_lines(card: ScorecardDraft, question: Question, width: int, *, here: bool) -> list[Content]:
    answer = card.answer(question.id)
    sign, word, style = _answer_words(question, answer)
    mark: Part = ("▌", "$accent") if here else " "
    marks = "‼ " if question.critical else ""
    if not here:
        text = content(f"{marks}{question.text}")
        room = max(8, width - len(word) - 6)
        text = (
            text.truncate(room, ellipsis=True) if text.cell_length > room else text.pad_right(room - text.cell_length)
        )
        flag = "✎" if answer.comment else " "
        return [line(mark, (f"{sign} ", style), text, (f" {flag} ", "$muted"), (word, style))]
    notes = [f"×{question.weight}"]
    notes += [tr("critical: if failed, the total is 0")] if question.critical else []
    notes += [tr("comment needed")] if question.comment is Comment.ALWAYS else []
    notes += [tr("comment needed below full marks")] if question.comment is Comment.WHEN_LOST else []
    found = [
        line(mark, (f"{sign} ", style), (f"{marks}{question.text}", "bold")),
        line(mark, (f"  {' · '.join(notes)}", "$muted")),
    ]
    if question.help:
        found.append(line(mark, (f"  {question.help}", "$muted")))
    given: list[Part] = [mark, "  "]
    for one in choices(question):
        chosen = one.value == answer.value
        words = one.text if question.kind is QuestionKind.CHOICE or one.text != one.key else ""
        look = "bold reverse $accent" if chosen else "bold $accent"
        said = f"{'◂ ' if chosen else ''}{words}  "
        label = key_hint(one.key, said, look=look, words_look="bold" if chosen else "", pad=" ")
        if question.kind is QuestionKind.CHOICE:
            found.append(line(mark, "  ", label))
        else:
            given.append(label)
    if question.kind is not QuestionKind.CHOICE:
        found.append(line(*given))
    missing = needs_comment(question, answer.value) and not answer.comment.strip()
    if answer.comment or missing:
        pen: Part = (f"  ✎ {tr('needs a comment: c')}", "bold $warning") if missing else ("  ✎ ", "$accent")
        texts = answer.comment.split("\n") if answer.comment and not missing else [""]
        found.append(line(mark, pen, texts[0]))
        found += [line(mark, f"    {one}") for one in texts[1:]]
    return found


def _answer_words(question: Question, answer: Answer) -> tuple[str, str, str]:
    """Sign, word and style of an answer."""
    if not answer.value:
        return "○", wording.UNKNOWN, "$muted"
    share = share_of(question, answer.value)
    word = (
        value_text(question, answer.value)
        if question.kind is not QuestionKind.CHOICE
        else _option(question, answer.value)
    )
    if share is None:
        return "–", tr("n/a"), "$muted"
    if share == 1:
        return "✓", word, "$success"
    return ("✕", word, "bold $error" if question.critical else "$error") if share == 0 else ("◐", word, "$warning")


def _option(question: Question, value: str) -> str:
    text = next((option.text for option in question.options if option.id == value), value)
    return content(text).truncate(16, ellipsis=True).plain if content(text).cell_length > 16 else text


def _safety(card: ScorecardDraft, saved_at: Instant | None, problem: str) -> list[Part]:
    if card.sending:
        return [(f" · {tr('submitting; saved here')}", "$warning")]
    if problem:
        return [(f" · {tr('NOT SAVED: {why}', why=problem)}", "bold $error")]
    if saved_at is not None:
        return [(f" · {tr('saved {time}', time=wording.clock(saved_at))}", "$success")]
    return [(f" · {tr('saving …')}", "$muted")] if card.answers or card.comment else []


def _score_line(card: ScorecardDraft) -> Content:
    score = card.score
    parts: list[Part] = []
    if score.failed:
        parts.append((f"✕ {share_text(score.share)} · {tr('critical')}", "bold $error"))
        parts.append((f" {tr('(else {share})', share=share_text(score.before_critical))}", "$muted"))
    else:
        style = "bold" if score.passed is None else "bold $success" if score.passed else "bold $error"
        word = "" if score.passed is None else " ✓" if score.passed else " ✕"
        parts.append((f"{share_text(score.share)}{word}", style))
        if card.form.pass_mark:
            parts.append((f" · {tr('pass mark {percent} %', percent=card.form.pass_mark)}", "$muted"))
    if score.unanswered:
        parts.append((f" · {tr('{n} unanswered', n=len(score.unanswered))}", "$warning"))
    if score.uncommented:
        parts.append((f" · {tr('{n} missing a comment', n=len(score.uncommented))}", "$warning"))
    if not card.calibration:
        when = tr("released on submit") if card.release else tr("released later")
        parts.append((f" · {when}", "$muted"))
    hand_in = keys_of((shown("finish"), tr("submit"))) if score.complete and not card.sending else content("")
    return line(hand_in, *parts)
