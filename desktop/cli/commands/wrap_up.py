"""`do wrap_up`: the same way as in the desktop, through the outbox, so that nothing is lost or written twice."""

import sys
from pathlib import Path

from desktop.app.notes.record_merge import joined_words
from desktop.app.session import Session
from desktop.cli.commands.name_lookup import no_such
from desktop.cli.commands.outbox import summary
from desktop.cli.connection import DEFAULT_TIMEOUT, Chosen, crm_of
from desktop.cli.exits import CommandError, Exit
from desktop.cli.headless_session import changes, sent, session_alone
from desktop.cli.output import say
from desktop.config import Profile
from desktop.domain.entities.customer import Match
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import PopAnswer
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.events import Envelope
from desktop.domain.state.own_events import PopChanged
from desktop.ports.base import Kind
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

LONGEST_NOTE = 100_000
_UNAVAILABLE = frozenset({"Unavailable", "AuthFailed", "ProtocolError", "RateLimited"})


def _note(chosen: Chosen) -> str:
    """The note, from the argument, a file or stdin. An argument can be seen by others on the machine; a file cannot."""
    if not chosen["note_file"]:
        return str(chosen["note"])
    try:
        if chosen["note_file"] == "-":
            text = sys.stdin.read(LONGEST_NOTE + 1)
        else:
            with Path(chosen["note_file"]).open(encoding="utf-8") as opened:
                text = opened.read(LONGEST_NOTE + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(tr("The note cannot be read: {error}.", error=type(error).__name__), Exit.USAGE) from error
    if len(text) > LONGEST_NOTE:
        raise CommandError(tr("The note is longer than {most} characters.", most=LONGEST_NOTE), Exit.USAGE)
    return text.rstrip("\n")


async def _settle_customer(session: Session, profile: Profile, interaction_id: str, wanted: str | None) -> None:
    """See to it that the record will name the right customer, or nobody, but never a guess."""
    changed = changes(session)
    while (pop := session.store.drain().pops.get(interaction_id)) is None or pop.answer is PopAnswer.SEARCHING:
        changed.clear()
        await changed.wait()
    if wanted == "-":
        session.pops.unlink(interaction_id)
        session.pops.without(interaction_id)
    elif wanted is not None:
        if any(wanted in match.ids for match in pop.matches):
            session.pops.choose(interaction_id, wanted)
            return
        async with crm_of(profile, wanted) as backend:
            match = Match(await backend.customer(wanted), "id", "named on the command line", verified=True)
        at = session.clock()
        found = ScreenPop(PopAnswer.ONE, at, (match,), chosen=wanted, chosen_by="command line")
        session.store.put(Envelope("desktop", PopChanged(interaction_id, found), at))
    elif pop.chosen is None and pop.answer not in (PopAnswer.NO_MATCH, PopAnswer.NOT_ASKED):
        why = {
            PopAnswer.MANY: mark("Several customers match; say it with --customer ID, or --customer - for nobody."),
            PopAnswer.COULD_NOT_ASK: mark(
                "The CRM could not be asked who it was; say it with --customer ID, or --customer - for nobody."
            ),
        }.get(pop.answer, mark("It is not certain who it was; say it with --customer ID, or --customer - for nobody."))
        raise CommandError(tr(why), Exit.REFUSED)


def _with_draft(draft: DraftView | None, note: str, codes: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Note and codes together with what the desktop had kept of the contact; its follow-ups stay as they are."""
    if draft is None:
        return note, codes
    if draft.note.strip() or draft.codes:
        say(tr("The note and codes that the desktop had kept of this contact are in the record too."))
    codes = (*draft.codes, *(code for code in codes if code not in draft.codes))
    if draft.note == note or draft.note.endswith(f"\n{note}"):
        return draft.note, codes  # the same command again, after a refusal
    return joined_words(draft.note, note), codes


async def _finish(session: Session, profile: Profile, chosen: Chosen, note: str, wait: float) -> object:
    interaction_id = chosen["id"]
    if not interaction_id:
        raise CommandError(tr("do wrap_up wants an id."), Exit.USAGE)
    if not await session.first_look(wait, interaction_id):
        raise CommandError(tr("The contact centre does not answer."), Exit.UNAVAILABLE)
    if interaction_id not in session.store.drain().interactions:
        raise no_such(tr("interaction"), interaction_id)
    if Kind.CRM in profile.backends:
        await _settle_customer(session, profile, interaction_id, chosen["customer"])
    draft = session.notes.text(interaction_id)
    note, codes = _with_draft(draft, note, tuple(chosen["codes"]))
    result = await session.wrap_ups.finish(interaction_id, codes=codes, note=note)
    if not result.ok:
        if session.notes.text(interaction_id) is not None:  # not handed over: the desktop's draft stays as it was
            before = ("", ()) if draft is None else (draft.note, draft.codes)
            session.notes.edit(interaction_id, *before)
        code = Exit.UNAVAILABLE if result.error in _UNAVAILABLE or "Store" in result.error else Exit.REFUSED
        raise CommandError(in_words(result.text), Exit.TIMED_OUT if result.error == "OutcomeUnknown" else code)
    rows = await sent(session, lambda row: row.interaction_id == interaction_id, wait / 3)
    return {"text": in_words(result.text), "outbox": [summary(row) for row in rows]}


async def wrap_up(profile: Profile, chosen: Chosen) -> object:
    """Finish one wrap-up; the answer holds its outbox rows, delivered or waiting.

    Raises:
        CommandError: refused, or a running desktop holds the profile.
    """
    note = _note(chosen)
    async with session_alone(profile) as session:
        return await _finish(session, profile, chosen, note, chosen.get("timeout", DEFAULT_TIMEOUT))
