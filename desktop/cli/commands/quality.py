"""`quality`: what was judged, what is to be, and what was said about it, as JSON."""

from collections.abc import Sequence
from dataclasses import replace

from desktop.app.connections.contact_centers import whole_page
from desktop.app.history.centre_days import CentreDays
from desktop.app.reviews.review_week import week_of
from desktop.cli.commands.name_lookup import agent_known
from desktop.cli.connection import Chosen, contact_center, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.config.scorecards import scorecards_beside
from desktop.domain.entities.history import PastInteraction, PastQuery
from desktop.domain.reviews.calibration import agreement
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation
from desktop.domain.reviews.sampling import Scorecard, sample
from desktop.domain.reviews.scorecards import Score, percent
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.domain.text.sentence import Sentence
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Forbidden, ProtocolError, Unsupported
from desktop.words.catalogue import in_words, tr

PAGE, MOST = 1_000, 20_000


def _score(score: Score) -> dict[str, object]:
    """A score: exact as a fraction of 1, and in percent with one decimal."""
    return {
        "percent": None if score.share is None else float(percent(score.share)),
        "share": None if score.share is None else str(score.share),
        "passed": score.passed,
        "critical": score.failed,
    }


def _line(one: Evaluation) -> dict[str, object]:
    names = ("id", "interaction_id", "channel", "queue", "ended_at", "agent_id", "agent_name", "reviewer_name", "at")
    return {
        **{name: getattr(one, name) for name in names},
        "form": one.form.name,
        "form_version": one.form.version,
        "released_at": one.released_at,
        "read_at": one.read_at,
        "score": _score(one.score),
    }


def _whole(one: Evaluation) -> dict[str, object]:
    return {
        **_line(one),
        "reviewer_id": one.reviewer_id,
        "comment": one.comment,
        "answers": one.answers,
        "form": one.form,
    }


def _calibration(one: Calibration) -> dict[str, object]:
    names = ("id", "interaction_id", "agent_id", "agent_name", "reviewers", "reviewer_names", "submitted", "at")
    told: dict[str, object] = {name: getattr(one, name) for name in names}
    told |= {"form": one.form.name, "form_version": one.form.version, "agreement": None}
    if not one.open:
        found = agreement(one)
        told["agreement"] = {
            "percent": float(percent(found.share)),
            "agreed": found.agreed,
            "questions": len(found.questions),
            "kappa": None if found.kappa is None else float(found.kappa),
            "difference": None if found.difference is None else float(percent(found.difference)),
        }
    return told


async def _list(center: ContactCenter, chosen: Chosen) -> object:
    agent = chosen["agent"]
    found = await _found(center, chosen["what"], agent, chosen["limit"])
    shown = (await center.snapshot()).event if agent and not found else None
    if isinstance(shown, ContactCenterSnapshot):
        agent_known(agent, [one.id for one in shown.agents])
    return found


async def _found(center: ContactCenter, what: str, agent: str, limit: int) -> list[object]:
    if what == "notes":
        return list(await center.coaching_notes(agent=agent, limit=limit))
    if what == "calibrations":
        found = await center.calibrations(limit=limit)
        return [_calibration(one) for one in found if agent in ("", one.agent_id)]
    return [_line(one) for one in await center.evaluations(agent=agent, limit=limit)]


async def _export(center: ContactCenter, chosen: Chosen) -> object:
    evaluations = await center.evaluations(since=chosen["since"], limit=PAGE)
    if len(evaluations) == PAGE:
        say(tr("Only the newest {n:,.0f} evaluations: choose a later --since for the others.", n=PAGE))
    notes: Sequence[CoachingNote] = await center.coaching_notes(limit=PAGE)
    try:
        calibrations = await center.calibrations(limit=PAGE)
    except (Forbidden, Unsupported):
        calibrations = ()  # an agent has none
    return {
        "evaluations": [_whole(one) for one in evaluations],
        "notes": [one for one in notes if one.at >= chosen["since"]],
        "calibrations": [_calibration(one) for one in calibrations if one.at >= chosen["since"]],
    }


def _card(profile: Profile, name: str | None) -> Scorecard:
    found = scorecards_beside(profile.path)
    for problem in found.problems:
        say(in_words(problem))
    known = {card.form.name: card for card in found.cards}
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None or name not in known:
        told = (
            tr("Choose one with --form: {forms}.", forms=tuple(known)) if known else tr("There is no form to choose.")
        )
        raise CommandError(told, Exit.USAGE)
    return known[name]


async def _sample(center: ContactCenter, profile: Profile, chosen: Chosen) -> object:
    card = _card(profile, chosen["form"])
    envelope = await center.snapshot()
    if not isinstance(envelope.event, ContactCenterSnapshot):
        raise ProtocolError(Sentence("history.no_snapshot"))
    shown = envelope.event
    week = week_of(CentreDays(shown.zone), envelope.at, chosen["back"])
    query = PastQuery(week.since, week.until, card.rule.queues, card.rule.channels, limit=PAGE)
    found: list[PastInteraction] = []
    while len(found) < MOST:
        page = await whole_page(center, query)
        found += page.interactions
        if not page.cursor:
            break
        query = replace(query, cursor=page.cursor)
    judged = await center.evaluations(since=week.since, limit=PAGE)
    done = {one.interaction_id for one in judged if one.form.name == card.form.name}
    others = (one for one in found if one.agent_id != shown.me)
    drawn = sample(others, card.rule, seed=f"{card.form.name}|{week.name}", done=done)
    return {"form": card.form.name, "form_version": card.form.version, "week": week.name, "interactions": drawn}


async def _answer(profile: Profile, chosen: Chosen) -> object:
    async with contact_center(profile) as center:
        match chosen["action"]:
            case "list":
                return await _list(center, chosen)
            case "show":
                return _whole(await center.evaluation(chosen["id"]))
            case "sample":
                return await _sample(center, profile, chosen)
        return await _export(center, chosen)


def run(chosen: Chosen) -> int:
    """Print what was asked for."""
    emit(within(chosen, _answer(usable_profile(chosen), chosen)))
    return Exit.OK
