"""`do VERB`: one thing done at the contact centre, under one idempotency key, without a running desktop."""

import uuid

from desktop.app.commands.contact_commands import SPECS, Arguments
from desktop.app.conversations import reply_files, saved_files
from desktop.cli.commands.name_lookup import no_such
from desktop.cli.connection import Chosen, contact_center, directory_of, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.domain.entities.model import Address, Interaction, Reply
from desktop.domain.entities.source import holder
from desktop.domain.entities.words import Availability, LegPhase, Verb
from desktop.domain.entities.wrap_up_record import ReplyFile
from desktop.domain.select.threads import is_address
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.domain.text.printable import printable
from desktop.ports.base import Capability
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import OutcomeUnknown, Rejected, Unsupported
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

OPTIONS = {
    **{name: name for name in ("target", "digits", "text", "reason", "at", "queue", "note")},
    **{"leg_id": "leg", "to": "phone"},
}
"""The option of each argument of a verb."""
ON_PHONE = frozenset({Verb.ACCEPT, Verb.HOLD, Verb.RESUME, Verb.MUTE, Verb.UNMUTE, Verb.DTMF})
# A phone lives as long as its program and its calls with it: one that a command registered would take the calls from
# wherever they ring now, and end them when the command ends.
AT_THE_PHONE = mark("The agent's phone carries the call: do it there, or in the running desktop.")
OPEN_LEG = frozenset({LegPhase.REQUESTED, LegPhase.RINGING, LegPhase.ACTIVE})


def _given(chosen: Chosen, name: str) -> str:
    value = chosen[name]
    if value in (None, ""):
        verb = chosen["verb"]
        wanted = tr("do {verb} wants an id.", verb=verb)
        if name != "id":
            wanted = tr("do {verb} wants {option}.", verb=verb, option=f"--{name}")
        raise CommandError(wanted, Exit.USAGE)
    return str(value)


async def interaction(backend: ContactCenter, interaction_id: str) -> Interaction:
    """One interaction as the contact centre has it now.

    Raises:
        CommandError: it is not ours, or not there.
    """
    event = (await backend.snapshot()).event
    found = event.interactions if isinstance(event, ContactCenterSnapshot) else ()
    one = next((one for one in found if one.id == interaction_id), None)
    if one is None:
        raise no_such(tr("interaction"), interaction_id)
    return one


async def _leg(backend: ContactCenter, chosen: Chosen) -> str:
    if chosen["leg"]:
        return str(chosen["leg"])
    legs = [leg.id for leg in (await interaction(backend, _given(chosen, "id"))).legs if leg.phase in OPEN_LEG]
    if len(legs) != 1:
        raise CommandError(tr("There are {n} open legs; say which with --leg.", n=len(legs)), Exit.REFUSED)
    return legs[0]


def _known_to_do(backend: ContactCenter, interaction_id: str) -> frozenset[str]:
    from desktop.app.connections.contact_centers import ContactCenters

    if isinstance(backend, ContactCenters):
        return backend.offered_at(holder(backend.sources, interaction_id))
    return backend.manifest.capabilities


async def _to_interaction(backend: ContactCenter, chosen: Chosen, key: str) -> object:
    one, verb = _given(chosen, "id"), Verb(chosen["verb"])
    spec = SPECS[verb]
    if spec.call is None:
        raise CommandError(tr("{verb} works in the desktop only.", verb=verb.value), Exit.REFUSED)
    for name in spec.needs:
        _given(chosen, name)
    given: Arguments = {name: str(chosen[option]) for name, option in OPTIONS.items() if chosen[option] is not None}
    if spec.of_leg:
        given = {**given, "leg_id": await _leg(backend, chosen)}
    if spec.completed is not None:
        given = spec.completed(await interaction(backend, one), given)
    answer = await spec.send(backend, one, given, key)
    return {"callback_id": answer} if isinstance(answer, str) else answer


def _reply(chosen: Chosen) -> Reply:
    """What is to go out, with its files read."""
    text, known = (chosen["text"] or "") if chosen["files"] else _given(chosen, "text"), list[ReplyFile]()
    for address in (*chosen["to"], *chosen["cc"]):
        if not is_address(address):
            raise CommandError(tr("{text} is no e-mail address.", text=printable(address)), Exit.USAGE)
    try:
        for path in chosen["files"]:
            known.append(reply_files.look_at(path, known))
        files = reply_files.contents(known)
    except reply_files.FileRefused as refused:
        raise CommandError(in_words(refused.sentence), Exit.USAGE) from refused
    return Reply(text, chosen["subject"], tuple(chosen["to"]), tuple(chosen["cc"]), files)


async def _save_file(profile: Profile, backend: ContactCenter, chosen: Chosen) -> object:
    """A file of a message, saved where the desktop saves them; answers where it lies."""
    shown = await interaction(backend, _given(chosen, "id"))
    message_id = _given(chosen, "message")
    files = [file for one in shown.messages if one.id == message_id for file in one.attachments]
    wanted = [one for one in files if chosen["attachment"] in (None, one.id)]
    if not wanted:
        raise no_such(tr("file"), chosen["attachment"] or message_id)
    if len(wanted) > 1:
        raise CommandError(tr("There are {n} files; say which with --attachment.", n=len(wanted)), Exit.REFUSED)
    pieces = backend.attachment(shown.id, message_id, wanted[0].id)
    path = await saved_files.save(pieces, wanted[0].name, profile.files_path)
    return {"path": str(path), "size": path.stat().st_size, "media_type": wanted[0].media_type}


async def _do(profile: Profile, chosen: Chosen, key: str) -> object:
    verb = chosen["verb"]
    if verb == "chat":
        async with directory_of(profile, chosen["id"]) as directory:
            return await directory.chat(_given(chosen, "id"), _given(chosen, "text"), key=key)
    if verb == Verb.WRAP_UP.value:
        from desktop.cli.commands.wrap_up import wrap_up

        return await wrap_up(profile, chosen)
    async with contact_center(profile) as backend:
        if verb == "dial":
            return await backend.dial(Address("phone", _given(chosen, "phone")), queue=chosen["queue"] or "", key=key)
        if verb == "pull":
            return await backend.pull(_given(chosen, "id"), key=key)
        if verb == "ask_help":
            return await backend.ask_help(_given(chosen, "id"), chosen["text"] or "", key=key)
        if verb == "answer_supervisor":
            return await backend.message_agent(_given(chosen, "id"), _given(chosen, "text"), key=key)
        if verb == "cancel_next":
            return await backend.cancel_next(key=key)
        if verb in set(Availability):
            return await backend.set_availability(
                Availability(verb), reason=chosen["reason"], after_current=chosen["after_current"], key=key
            )
        if verb == "save_file":
            return await _save_file(profile, backend, chosen)
        if verb == Verb.SEND_MESSAGE.value and (chosen["files"] or chosen["subject"] or chosen["to"] or chosen["cc"]):
            return await backend.send_reply(_given(chosen, "id"), _reply(chosen), key=key)
        try:
            return await _to_interaction(backend, chosen, key)
        except (Rejected, Unsupported) as error:
            if verb in ON_PHONE and Capability.PHONE in _known_to_do(backend, str(chosen["id"])):
                raise CommandError(f"{in_words(error.sentence)} {tr(AT_THE_PHONE)}", Exit.REFUSED) from error
            raise


def run(chosen: Chosen) -> int:
    """Do it and print the entity as it is afterwards."""
    key = chosen["key"] or str(uuid.uuid4())
    try:
        emit(within(chosen, _do(usable_profile(chosen), chosen, key)))
    except (TimeoutError, OutcomeUnknown):
        if chosen["verb"] == Verb.WRAP_UP.value:
            say(tr("It may or may not have been done. Repeating it does it once."))
        else:
            say(tr("It may or may not have been done. Repeating it with --key {key} does it once.", key=key))
        raise
    return Exit.OK
