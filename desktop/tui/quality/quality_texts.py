"""What a judged interaction, a calibration and a coaching note say, as lines."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain.entities.history import PastDetail
from desktop.domain.entities.instant import Instant
from desktop.domain.reviews.calibration import agreement, by_questions
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation
from desktop.domain.reviews.scorecards import (
    NOT_APPLICABLE,
    Question,
    QuestionKind,
    Score,
    by_question,
    percent,
    share_of,
)
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording


def moment(at: Instant | None, now: Instant) -> str:
    """Day and time of day: `today 14:03`; `—` when not known."""
    return wording.UNKNOWN if at is None else f"{wording.day(at, now)} {wording.clock(at)[:5]}"


def verdict(score: Score) -> tuple[str, str]:
    """A score in words with its style: `87.5 % ✓`."""
    if score.failed:
        return "0.0 % ✕ critical", "bold $error"
    sign = {None: "", True: " ✓", False: " ✕"}[score.passed]
    style = {None: "", True: "$success", False: "$error"}[score.passed]
    return f"{percent(score.share)} %{sign}", style


def interaction_lines(detail: PastDetail, now: Instant) -> list[Content]:
    """What an interaction was, and what happened in it."""
    one = detail.interaction
    facts = (
        f"{one.queue} · {one.channel} · {moment(one.arrived_at, now)} · waited {wording.duration(one.wait_seconds)}"
        f" · talked {wording.duration(one.talk_seconds)} · held {wording.duration(one.hold_seconds)}"
    )
    lines = [
        line(
            (one.customer_name or wording.number(one.customer) or wording.WITHHELD, "bold"),
            (f"   with {one.agent_name}", ""),
        ),
        content(facts, "$muted"),
        content(f"codes {', '.join(one.codes)}" if one.codes else "no codes", "$muted"),
    ]
    for step in detail.steps:
        who = " · ".join(text for text in (step.queue, step.agent_name, step.detail) if text)
        lines.append(
            line((f"  {wording.clock(step.at)}  ", "$muted"), (step.what.replace("_", " "), ""), (f"  {who}", "$muted"))
        )
    return lines


def evaluation_lines(evaluation: Evaluation, now: Instant, *, mine: bool) -> list[Content]:
    """An evaluation under its own form. `mine`: the reader is the agent whose work it is."""
    score = evaluation.score
    word, style = verdict(score)
    lines = [
        line((evaluation.form.title, "bold"), ("   ", ""), (word, style or "bold")),
        content(
            f"{evaluation.queue} · {evaluation.channel} · {moment(evaluation.ended_at, now)}"
            f" · by {evaluation.reviewer_name}, {moment(evaluation.at, now)} · form {evaluation.form.version}",
            "$muted",
        ),
    ]
    if not mine:
        if evaluation.released_at is None:
            lines.append(content(f"not released to {evaluation.agent_name} yet", "$warning"))
        else:
            read = f", read {moment(evaluation.read_at, now)}" if evaluation.read_at is not None else ", not read yet"
            lines.append(content(f"released {moment(evaluation.released_at, now)}{read}", "$muted"))
    if score.failed:
        lines.append(content(f"Without the critical failure: {percent(score.before_critical)} %", "$muted"))
    lines += [content(one) for one in evaluation.comment.split("\n") if evaluation.comment]
    given = by_question(evaluation.form, evaluation.answers)
    for section, share in zip(evaluation.form.sections, score.sections, strict=True):
        lines += [content(""), line((section.title, "bold $accent"), (f"   {percent(share)} %", "$muted"))]
        for question in section.questions:
            answer = given.get(question.id)
            sign, text, how = answer_words(question, answer.value if answer else "")
            marks = "‼ " if question.critical else ""
            lines.append(
                line(
                    (f"{sign} ", how),
                    f"{marks}{question.text}",
                    (f"   {text}", how),
                    (f"  ×{question.weight}", "$muted"),
                )
            )
            if answer is not None and answer.comment:
                lines += [line(("    ✎ ", "$accent"), one) for one in answer.comment.split("\n")]
    return lines


def answer_words(question: Question, value: str) -> tuple[str, str, str]:
    """Sign, words and style of an answer."""
    if not value:
        return "○", wording.UNKNOWN, "$muted"
    if value == NOT_APPLICABLE:
        return "–", "not applicable", "$muted"
    texts = {option.id: option.text for option in question.options} if question.kind is QuestionKind.CHOICE else {}
    text, share = texts.get(value, value), share_of(question, value)
    if share == 1:
        return "✓", text, "$success"
    return ("✕", text, "$error") if share == 0 else ("◐", text, "$warning")


def calibration_lines(calibration: Calibration, me: str, now: Instant) -> list[Content]:
    """Where a calibration stands; when both are in, how far they agree."""
    names = dict(zip(calibration.reviewers, calibration.reviewer_names, strict=True))
    lines = [
        line((f"{calibration.form.title} · {calibration.agent_name}", "bold")),
        content(
            f"{calibration.queue} · {calibration.channel} · {moment(calibration.ended_at, now)}"
            f" · started {moment(calibration.at, now)} · form {calibration.form.version}",
            "$muted",
        ),
    ]
    for who, name in names.items():
        done = who in calibration.submitted
        state: Part = ("✓ submitted", "$success") if done else ("◌ not submitted yet", "$warning")
        lines.append(line(f"  {name:<24} ", state, (" (you)" if who == me else "", "$muted")))
    if calibration.open:
        lines += [content(""), content("You see each other's answers once both are submitted.", "$muted")]
        if me in calibration.reviewers and me not in calibration.submitted:
            lines.append(line(("enter", "bold $accent"), " opens your scorecard"))
        return lines
    found = agreement(calibration)
    by_reviewer = {one.reviewer_id: one for one in calibration.evaluations}
    first, second = (by_reviewer[who] for who in calibration.reviewers)
    kappa = "not defined" if found.kappa is None else f"{float(found.kappa):.2f}"
    lines += [
        content(""),
        line(
            ("agreement ", "$muted"),
            (f"{percent(found.share)} %", "bold"),
            (f" ({found.agreed} of {len(found.questions)})", "$muted"),
            ("   Cohen's kappa ", "$muted"),
            (kappa, "bold"),
        ),
        line(
            ("score ", "$muted"),
            verdict(first.score),
            (f" {first.reviewer_name}   ", "$muted"),
            verdict(second.score),
            (f" {second.reviewer_name}   difference ", "$muted"),
            (f"{percent(found.difference)} points", "bold"),
        ),
        content(""),
    ]
    for one in found.questions:
        sign: Part = ("= ", "$success") if one.same else ("≠ ", "bold $warning")
        _, ours, how = answer_words(one.question, one.first)
        _, theirs, other = answer_words(one.question, one.second)
        lines.append(line(sign, one.question.text))
        lines.append(line("    ", (ours, how), ("  |  ", "$muted"), (theirs, other)))
        for evaluation in (first, second):
            answer = by_question(calibration.form, evaluation.answers).get(one.question.id)
            if answer is not None and answer.comment:
                words = answer.comment.replace("\n", " ")
                lines.append(line((f"    ✎ {evaluation.reviewer_name}: ", "$accent"), words))
    return lines


def question_record_lines(calibrations: Sequence[Calibration], version: str) -> list[Content]:
    """How far reviewers agreed on each question, over all finished calibrations with this version of a form."""
    same = [one for one in calibrations if one.form.version == version and not one.open]
    if len(same) < 2:
        return []
    lines = [content(""), content(f"Across {len(same)} calibrations with this form", "bold $accent")]
    for record in by_questions(same).values():
        kappa = "kappa not defined" if record.kappa is None else f"kappa {float(record.kappa):.2f}"
        lines.append(line(f"{record.agreed} of {record.pairs}  ", (f"{kappa:<18} ", "$muted"), record.question.text))
    return lines


def note_lines(note: CoachingNote, now: Instant, *, mine: bool) -> list[Content]:
    """A coaching note, and the answer to it."""
    to = "to you" if mine else f"to {note.agent_name}"
    lines = [
        line((f"{note.by_name} {to}", "bold"), (f"   {moment(note.at, now)}", "$muted")),
        *(content(one) for one in note.text.split("\n")),
        content(""),
    ]
    if note.evaluation:
        lines.append(content("Attached to an evaluation.", "$muted"))
    if note.released_at is None:
        lines.append(content("The agent can read it once that evaluation is released.", "$warning"))
    elif note.acknowledged_at is not None:
        lines.append(line(("✓ acknowledged ", "$success"), (moment(note.acknowledged_at, now), "$muted")))
        lines += [line(("  ", ""), one) for one in note.answer.split("\n") if note.answer]
    elif note.read_at is not None:
        lines.append(line(("◐ read ", "$warning"), (f"{moment(note.read_at, now)}, not acknowledged yet", "$muted")))
    else:
        lines.append(content("○ not read yet", "$muted"))
    return lines
