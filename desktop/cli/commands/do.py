"""`do VERB`: one thing done at the contact centre, under one idempotency key, without a running desktop."""

import uuid

from desktop.app.commands.contact_commands import SPECS, Arguments
from desktop.cli.commands.name_lookup import no_such
from desktop.cli.connection import Chosen, contact_center, directory_of, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Availability, LegPhase, Verb
from desktop.domain.state.events import ContactCenterSnapshot
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
        try:
            return await _to_interaction(backend, chosen, key)
        except (Rejected, Unsupported) as error:
            if verb in ON_PHONE and Capability.PHONE in backend.manifest.capabilities:
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
