"""What a judged interaction, a calibration and a coaching note say, as lines."""

from collections.abc import Sequence
from fractions import Fraction

from textual.content import Content

from desktop.app.history.evidence import Evidence
from desktop.domain.entities.instant import Instant
from desktop.domain.reviews.calibration import agreement, by_questions
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation
from desktop.domain.reviews.scorecards import (
    NO,
    NOT_APPLICABLE,
    YES,
    Question,
    QuestionKind,
    Score,
    by_question,
    percent,
    share_of,
)
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import past_words, wording
from desktop.tui.words.contact_evidence import Opened, recording_lines, word_lines
from desktop.words import formats
from desktop.words.catalogue import ptr, tr


def moment(at: Instant | None, now: Instant) -> str:
    """Day and time of day: `today 14:03`; `—` when not known."""
    return wording.UNKNOWN if at is None else f"{wording.day(at, now)} {wording.clock(at)[:5]}"


def points(share: Fraction | None) -> str:
    """A share as percent with one decimal, without the sign: `87.5`; `—` for none."""
    return wording.UNKNOWN if share is None else formats.number(float(percent(share)), ".1f")


def share_text(share: Fraction | None) -> str:
    """The same with the sign: `87.5 %`."""
    return f"{points(share)} %"


def value_text(question: Question, value: str) -> str:
    """An answer that is no option of a choice, in words."""
    if question.kind is not QuestionKind.YES_NO:
        return value
    return {YES: tr("yes"), NO: tr("no")}.get(value, value)


def verdict(score: Score) -> tuple[str, str]:
    """A score in words with its style: `87.5 % ✓`."""
    if score.failed:
        return f"{share_text(score.share)} ✕ {tr('critical')}", "bold $error"
    sign = {None: "", True: " ✓", False: " ✕"}[score.passed]
    style = {None: "", True: "$success", False: "$error"}[score.passed]
    return f"{share_text(score.share)}{sign}", style


def interaction_lines(
    evidence: Evidence, now: Instant, opened: Opened | None = None, *, recordings: bool
) -> list[Content]:
    """One interaction whole: its figures, recordings, words, and what happened in it.

    Args:
        opened: the recording of it that was opened last.
        recordings: whether they can be opened.
    """
    detail = evidence.detail
    one = detail.interaction
    facts = (
        one.queue,
        past_words.channel(one.channel),
        moment(one.arrived_at, now),
        tr("waited {time}", time=wording.duration(one.wait_seconds)),
        tr("talked {time}", time=wording.duration(one.talk_seconds)),
        tr("held {time}", time=wording.duration(one.hold_seconds)),
    )
    lines = [
        line(
            (one.customer_name or wording.number(one.customer) or wording.WITHHELD, "bold"),
            (f"   {tr('with {name}', name=one.agent_name)}", ""),
        ),
        content(" · ".join(facts), "$muted"),
        content(tr("codes {codes}", codes=one.codes) if one.codes else tr("no codes"), "$muted"),
        *recording_lines(detail.recordings, opened, wording.clock, offered=recordings),
        *word_lines(evidence, wording.clock),
        content(""),
        content(tr("events"), "bold $accent"),
    ]
    for step in detail.steps:
        who = " · ".join(text for text in (step.queue, step.agent_name, step.detail) if text)
        lines.append(
            line((f"  {wording.clock(step.at)}  ", "$muted"), (past_words.step(step.what), ""), (f"  {who}", "$muted"))
        )
    return lines


def evaluation_lines(evaluation: Evaluation, now: Instant, *, mine: bool) -> list[Content]:
    """An evaluation under its own form. `mine`: the reader is the agent whose work it is."""
    score = evaluation.score
    word, style = verdict(score)
    facts = (
        evaluation.queue,
        past_words.channel(evaluation.channel),
        moment(evaluation.ended_at, now),
        tr("by {name}, {time}", name=evaluation.reviewer_name, time=moment(evaluation.at, now)),
        tr("form {version}", version=evaluation.form.version),
    )
    lines = [
        line((evaluation.form.title, "bold"), ("   ", ""), (word, style or "bold")),
        content(" · ".join(facts), "$muted"),
    ]
    if not mine:
        if evaluation.released_at is None:
            lines.append(content(tr("not released to {name} yet", name=evaluation.agent_name), "$warning"))
        else:
            released = moment(evaluation.released_at, now)
            if evaluation.read_at is not None:
                told = tr("released {released}, read {read}", released=released, read=moment(evaluation.read_at, now))
            else:
                told = tr("released {released}, not read yet", released=released)
            lines.append(content(told, "$muted"))
    if score.failed:
        otherwise = tr("Without the critical failure: {share}", share=share_text(score.before_critical))
        lines.append(content(otherwise, "$muted"))
    lines += [content(one) for one in evaluation.comment.split("\n") if evaluation.comment]
    given = by_question(evaluation.form, evaluation.answers)
    for section, share in zip(evaluation.form.sections, score.sections, strict=True):
        lines += [content(""), line((section.title, "bold $accent"), (f"   {share_text(share)}", "$muted"))]
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
        return "–", tr("not applicable"), "$muted"
    texts = {option.id: option.text for option in question.options} if question.kind is QuestionKind.CHOICE else {}
    text, share = texts.get(value) or value_text(question, value), share_of(question, value)
    if share == 1:
        return "✓", text, "$success"
    return ("✕", text, "$error") if share == 0 else ("◐", text, "$warning")


def calibration_lines(calibration: Calibration, me: str, now: Instant) -> list[Content]:
    """Where a calibration stands; when both are in, how far they agree."""
    names = dict(zip(calibration.reviewers, calibration.reviewer_names, strict=True))
    facts = (
        calibration.queue,
        past_words.channel(calibration.channel),
        moment(calibration.ended_at, now),
        tr("started {time}", time=moment(calibration.at, now)),
        tr("form {version}", version=calibration.form.version),
    )
    lines = [
        line((f"{calibration.form.title} · {calibration.agent_name}", "bold")),
        content(" · ".join(facts), "$muted"),
    ]
    for who, name in names.items():
        done = who in calibration.submitted
        state: Part = (f"◌ {tr('not submitted yet')}", "$warning")
        if done:
            state = (f"✓ {tr('submitted')}", "$success")
        lines.append(line(f"  {name:<24} ", state, (f" {tr('(you)')}" if who == me else "", "$muted")))
    if calibration.open:
        lines += [content(""), content(tr("You see each other's answers once both are submitted."), "$muted")]
        if me in calibration.reviewers and me not in calibration.submitted:
            lines.append(key_hint("enter", tr("opens your scorecard"), words_look=""))
        return lines
    found = agreement(calibration)
    by_reviewer = {one.reviewer_id: one for one in calibration.evaluations}
    first, second = (by_reviewer[who] for who in calibration.reviewers)
    statistic = tr("Cohen's kappa")
    kappa = tr("not defined") if found.kappa is None else formats.number(float(found.kappa), ".2f")
    lines += [
        content(""),
        line(
            (f"{tr('agreement')} ", "$muted"),
            (share_text(found.share), "bold"),
            (f" ({tr('{n} of {all}', n=found.agreed, all=len(found.questions))})", "$muted"),
            (f"   {statistic} ", "$muted"),
            (kappa, "bold"),
        ),
        line(
            (f"{tr('score')} ", "$muted"),
            verdict(first.score),
            (f" {first.reviewer_name}   ", "$muted"),
            verdict(second.score),
            (f" {second.reviewer_name}   {tr('difference')} ", "$muted"),
            (tr("{n} points", n=points(found.difference)), "bold"),
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
    lines = [content(""), content(tr("Across {n} calibrations with this form", n=len(same)), "bold $accent")]
    for record in by_questions(same).values():
        kappa = tr("kappa not defined") if record.kappa is None else tr("kappa {k:.2f}", k=float(record.kappa))
        agreed = tr("{n} of {all}", n=record.agreed, all=record.pairs)
        lines += [content(record.question.text), line((f"    {agreed}", ""), (f" · {kappa}", "$muted"))]
    return lines


def note_lines(note: CoachingNote, now: Instant, *, mine: bool) -> list[Content]:
    """A coaching note, and the answer to it."""
    who = tr("{name} to you", name=note.by_name)
    if not mine:
        who = tr("{name} to {agent}", name=note.by_name, agent=note.agent_name)
    lines = [
        line((who, "bold"), (f"   {moment(note.at, now)}", "$muted")),
        *(content(one) for one in note.text.split("\n")),
        content(""),
    ]
    if note.evaluation:
        lines.append(content(tr("Attached to an evaluation."), "$muted"))
    if note.released_at is None:
        lines.append(content(tr("The agent can read it once that evaluation is released."), "$warning"))
    elif note.acknowledged_at is not None:
        lines.append(line((f"✓ {tr('acknowledged')} ", "$success"), (moment(note.acknowledged_at, now), "$muted")))
        lines += [line(("  ", ""), one) for one in note.answer.split("\n") if note.answer]
    elif note.read_at is not None:
        since = tr("{time}, not acknowledged yet", time=moment(note.read_at, now))
        lines.append(line((f"◐ {ptr('state', 'read')} ", "$warning"), (since, "$muted")))
    else:
        lines.append(content(f"○ {tr('not read yet')}", "$muted"))
    return lines
