"""`report`: the past of a supervisor's team as JSON, CSV, Parquet or a page for people."""

import sys
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import cast

from desktop.app.history.centre_days import CentreDays
from desktop.app.history.report.files import FORMS, ReportError, save, target_of
from desktop.app.history.report.reporter import Made, Reporter
from desktop.cli.commands.name_lookup import agent_known, queue_named
from desktop.cli.commands.report_arguments import WIDTHS
from desktop.cli.connection import Chosen, ask_every, connected, contact_center, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.domain.entities.customer import WrapUpRecord
from desktop.domain.entities.history import IntervalQuery, PastQuery
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import Role
from desktop.domain.figures.service_level import FORMULAS
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability, Kind
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, ProtocolError, Unsupported
from desktop.report.page import page
from desktop.words.catalogue import in_words, ntr, tr

TIMEOUT = 60.0  # a year by quarters of an hour is many pages
_NAMED_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}


def run(chosen: Chosen) -> int:
    """Write what was asked for."""
    chosen = {"timeout": TIMEOUT, **chosen}
    if chosen["action"] == "interaction":
        emit(within(chosen, _one(usable_profile(chosen), chosen["id"])))
        return Exit.OK
    if chosen["action"] == "recording":
        emit(within(chosen, _recording(usable_profile(chosen), chosen)))
        return Exit.OK
    form = _form(chosen)
    try:
        if chosen["output"]:
            target_of(Path(chosen["output"]), overwrite=chosen["force"])
        made = within(chosen, _made(usable_profile(chosen), chosen, form))
        _write(made, chosen)
    except ReportError as error:
        raise CommandError(in_words(error.sentence), Exit.REFUSED) from None
    if made.more:
        say(tr("There are more than these {n:,.0f}; --limit takes more of them.", n=made.rows))
    return Exit.OK


def _form(chosen: Chosen) -> str:
    path = chosen["output"]
    ending = Path(path).suffix.lower().removeprefix(".") if path else ""
    form = str(chosen["format"] or (ending if ending in FORMS else "json"))
    if form == "html" and chosen["action"] == "interactions":
        raise CommandError(tr("Only intervals can be saved as an HTML page."), Exit.USAGE)
    if form == "parquet" and not path:
        raise CommandError(tr("Parquet goes into a file: --output FILE."), Exit.USAGE)
    return form


async def _one(profile: Profile, interaction_id: str) -> object:
    async with contact_center(profile) as center:
        await _shown(center)
        detail = await center.past_interaction(interaction_id)
    return {
        "interaction": detail.interaction,
        "subject": detail.subject,
        "note": detail.note,
        "steps": detail.steps,
        "messages": detail.messages,
        "recordings": detail.recordings,
        "wrap_ups": await _wrap_ups(profile, interaction_id),
    }


async def _wrap_ups(profile: Profile, interaction_id: str) -> list[WrapUpRecord] | None:
    """What the CRM was told after an interaction; None where there is no CRM that says so."""

    async def ask(crm: Crm) -> Sequence[WrapUpRecord]:
        return await crm.wrap_ups(interaction_id)

    if Kind.CRM not in profile.backends:
        return None
    try:
        return await ask_every(profile, Kind.CRM, ask)
    except Unsupported:
        return None
    except BackendError as error:
        say(tr("{source} could not be asked: {message}", source=Kind.CRM.value, message=error.sentence))
        return None


async def _recording(profile: Profile, chosen: Chosen) -> object:
    async with contact_center(profile) as center:
        await _shown(center)
        which = chosen["recording"]
        if not which:
            recordings = (await center.past_interaction(chosen["id"])).recordings
            if not recordings:
                raise CommandError(tr("{id} was not recorded.", id=chosen["id"]), Exit.REFUSED)
            which = recordings[0].id
        link = await center.open_recording(chosen["id"], which, key=chosen["key"] or str(uuid.uuid4()))
        return {"recording": which, "url": link.url, "expires_at": link.expires_at}


async def _made(profile: Profile, chosen: Chosen, form: str) -> Made:
    async with connected(profile, Kind.CONTACT_CENTER) as (backend, offered):
        center = cast(ContactCenter, backend)
        shown, now = await _shown(center)
        days = CentreDays(shown.zone)
        since, until = _period(chosen, days, now)
        there_are = [queue.name for queue in shown.queues]
        queues = tuple(queue_named(name, there_are) for name in chosen["queues"])
        reporter = Reporter(center.intervals, center.week, center.past_interactions, days, now)
        channels = tuple(chosen["channels"])
        if chosen["action"] == "intervals":
            asked = IntervalQuery(since, until, WIDTHS[chosen["width"]], queues, channels, chosen["by_queue"])
            title = chosen["title"] or _title(center, shown)
            return await reporter.intervals(asked, form, FORMULAS[chosen["formula"]], page, title)
        query = PastQuery(
            since,
            until,
            queues,
            channels,
            tuple(chosen["agents"]),
            tuple(chosen["outcomes"]),
            tuple(chosen["codes"]),
            chosen["customer"],
            chosen["longer_than"],
            text=chosen["text"],
        )
        if query.text and Capability.HISTORY_SEARCH.value not in offered:
            raise Unsupported(Sentence("history.no_search"))
        made = await reporter.interactions(query, form, chosen["limit"])
        for agent in () if made.rows else query.agents:  # who left has a past, too
            agent_known(agent, [one.id for one in shown.agents])
        return made


async def _shown(center: ContactCenter) -> tuple[ContactCenterSnapshot, Instant]:
    """What the contact centre shows a supervisor, and its time."""
    envelope = await center.snapshot()
    shown = envelope.event
    if not isinstance(shown, ContactCenterSnapshot):
        raise ProtocolError(Sentence("history.no_snapshot"))
    me = next((one for one in shown.agents if one.id == shown.me), None)
    if me is None or me.role is not Role.SUPERVISOR:
        raise CommandError(tr("The past is for supervisors, and this needs a supervisor account."), Exit.REFUSED)
    return shown, envelope.at


def _title(center: ContactCenter, shown: ContactCenterSnapshot) -> str:
    team = next((one.team for one in shown.agents if one.id == shown.me), "")
    return tr("Team {team}", team=team) if team else center.manifest.title


def _period(chosen: Chosen, days: CentreDays, now: Instant) -> tuple[Instant, Instant]:
    today = days.day(now)
    first = _day(chosen["since"], today) if chosen["since"] else today - timedelta(days=6)
    until = _day(chosen["until"], today) if chosen["until"] else today + timedelta(days=1)
    if until <= first:
        raise CommandError(tr("The period is empty: --until is the day at whose beginning it ends."), Exit.USAGE)
    return days.period(first, until)


def _day(text: str, today: date) -> date:
    if text in _NAMED_DAYS:
        return today + timedelta(days=_NAMED_DAYS[text])
    try:
        day = date.fromisoformat(text)
    except ValueError:
        told = tr("'{text}' is no day; write it as 2026-11-14, today or yesterday.", text=text)
        raise CommandError(told, Exit.USAGE) from None
    if not 1970 < day.year < 5000:
        raise CommandError(tr("A day lies between 1971 and 4999."), Exit.USAGE)
    return day


def _write(made: Made, chosen: Chosen) -> None:
    path, n = chosen["output"], made.rows
    if path:
        save(Path(path).expanduser(), made.content, overwrite=chosen["force"])
        if chosen["action"] == "intervals":
            told = ntr("{n:,.0f} interval written to {file}.", "{n:,.0f} intervals written to {file}.", n, file=path)
        else:
            told = ntr(
                "{n:,.0f} interaction written to {file}.", "{n:,.0f} interactions written to {file}.", n, file=path
            )
        say(told)
        return
    sys.stdout.buffer.write(made.content)  # as bytes: the terminal's encoding may not hold every name
    sys.stdout.buffer.flush()
