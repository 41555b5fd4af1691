"""The lists of quality: what is still to be judged, what was, calibrations, coaching notes."""

from collections.abc import Sequence
from enum import Enum

from textual.content import Content

from desktop.app.reviews.scorecard_draft import ScorecardDraft
from desktop.domain.entities.history import PastInteraction
from desktop.domain.entities.instant import Instant
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation
from desktop.tui.quality.quality_texts import verdict
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording
from desktop.words.catalogue import ptr, tr
from desktop.words.marks import mark


def is_answer_unread(note: CoachingNote, reader: str) -> bool:
    """Whether `reader` wrote a note whose answer they have not read."""
    return note.by == reader != note.agent_id and bool(note.answer) and note.answer_read_at is None


class Tab(Enum):
    """The four lists, in the order of their keys, by their names."""

    SAMPLE = mark("To review")
    JUDGED = mark("Reviewed")
    CALIBRATIONS = mark("Calibration")
    NOTES = mark("Coaching")


COLUMNS = (
    Column("", 1),
    Column(mark("agent"), weight=4),
    Column(mark("what"), weight=5, min_width=40),
    Column("", 5, "right", min_width=70),
    Column(mark("when"), 11, min_width=57),
    Column("", 16),
)
"""The fourth is how long a contact took; beside the list its details say so, too."""


def sample_rows(sample: Sequence[PastInteraction], unfinished: Sequence[ScorecardDraft], now: Instant) -> list[Row]:
    """Cards that were begun first, then what was drawn."""
    begun = {card.interaction_id: card for card in unfinished if not card.calibration}
    drawn = {one.id for one in sample}
    rows = [
        Row(
            card.subject,
            (
                content("✎", "$warning"),
                content(card.agent_name),
                content(card.form.title, "$muted"),
                "",
                "",
                _state_of(card),
            ),
        )
        for card in begun.values()
        if card.interaction_id not in drawn
    ]
    for one in sample:
        card = begun.get(one.id)
        rows.append(
            Row(
                one.id,
                (
                    content(wording.CHANNEL_SIGN.get(one.channel, "·"), "$accent"),
                    content(one.agent_name),
                    content(one.queue, "$muted"),
                    content(wording.duration(one.talk_seconds + one.hold_seconds), "$muted"),
                    content(wording.listed(one.arrived_at, now), "$muted"),
                    _state_of(card) if card is not None else content(f"○ {tr('to review')}", "$muted"),
                ),
            )
        )
    return rows


def _state_of(card: ScorecardDraft) -> Content:
    if card.sending:
        return content(f"◌ {tr('sending')}", "$warning")
    return content(f"✎ {len(card.form.questions) - len(card.score.unanswered)}/{len(card.form.questions)}", "$warning")


def judged_rows(evaluations: Sequence[Evaluation], now: Instant, *, mine: bool = False) -> list[Row]:
    """Evaluations with their scores; for the agent themselves with who judged."""
    rows = []
    for one in evaluations:
        word, style = verdict(one.score)
        unread = mine and one.read_at is None
        sign = ("●", "$accent") if unread else ("✓", "$muted") if one.released_at is not None else ("○", "$warning")
        what = f"{one.form.title} · {one.reviewer_name}"
        rows.append(
            Row(
                one.id,
                (
                    content(*sign),
                    content(one.queue if mine else one.agent_name, "bold" if unread else ""),
                    content(what, "$muted"),
                    "",
                    content(wording.listed(one.at, now), "$muted"),
                    content(word, style),
                ),
            )
        )
    return rows


def calibration_rows(calibrations: Sequence[Calibration], me: str, now: Instant) -> list[Row]:
    """Calibrations, with whose answers are still to come."""
    rows = []
    for one in calibrations:
        waits = me in one.reviewers and me not in one.submitted
        if not one.open:
            state = content(f"✓ {tr('both submitted')}", "$success")
        else:
            yours, others = (
                content(f"● {tr('yours missing')}", "bold $warning"),
                content(f"◌ {tr('other missing')}", "$muted"),
            )
            state = yours if waits else others
        names = reviewers(one)
        rows.append(
            Row(
                one.id,
                (
                    content("=" if not one.open else "◌", "$accent"),
                    content(one.agent_name),
                    content(f"{one.form.title} · {names}", "$muted"),
                    "",
                    content(wording.listed(one.at, now), "$muted"),
                    state,
                ),
            )
        )
    return rows


def reviewers(one: Calibration) -> str:
    """Who reviews it."""
    names = one.reviewer_names
    return tr("{first} and {second}", first=names[0], second=names[1]) if len(names) == 2 else ", ".join(names)


def note_rows(notes: Sequence[CoachingNote], now: Instant, *, reader: str) -> list[Row]:
    """Coaching notes, with whether they were acknowledged, and what of it `reader` has not read."""
    rows = []
    for one in notes:
        mine = one.agent_id == reader
        if is_answer_unread(one, reader):
            state = content(f"● {ptr('note', 'answered')}", "bold $accent")
        elif one.answer and not mine:
            state = content(f"✓ {ptr('note', 'answered')}", "$success")
        elif one.acknowledged_at is not None:
            state = content(f"✓ {tr('acknowledged')}", "$success")
        elif mine:
            state = content(f"● {tr('for you')}", "bold $accent")
        elif one.released_at is None:
            state = content(f"○ {tr('not released')}", "$warning")
        else:
            state = content(
                f"◐ {ptr('state', 'read')}" if one.read_at is not None else f"○ {tr('not read')}", "$warning"
            )
        rows.append(
            Row(
                one.id,
                (
                    content("✎", "$accent"),
                    content(one.by_name if mine else one.agent_name),
                    content(one.text.replace("\n", " "), "$muted", limit=200),
                    "",
                    content(wording.listed(one.at, now), "$muted"),
                    state,
                ),
            )
        )
    return rows
