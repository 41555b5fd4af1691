"""Each verb as a call of the contact centre, in words for when it fails, and how its effect can be seen."""

from collections.abc import Awaitable, Callable, Mapping

from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Channel, LegPhase, Phase, Recording, Verb
from desktop.domain.state.lifecycle import open_leg
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Rejected, Unsupported

Call = Callable[[], Awaitable[object]]

NOT_DONE: Mapping[Verb, str] = {
    Verb.ACCEPT: "The offer was not accepted.",
    Verb.DECLINE: "The offer was not declined.",
    Verb.HOLD: "The customer was not put on hold.",
    Verb.RESUME: "The customer was not taken off hold.",
    Verb.MUTE: "You were not muted.",
    Verb.UNMUTE: "You are still muted.",
    Verb.PAUSE_RECORDING: "The recording was not paused.",
    Verb.RESUME_RECORDING: "The recording is still paused.",
    Verb.DTMF: "The tones were not sent.",
    Verb.SEND_MESSAGE: "The message was not sent.",
    Verb.CONSULT: "The expert was not called.",
    Verb.CANCEL_LEG: "The call to the expert was not ended.",
    Verb.SWAP: "The line was not swapped.",
    Verb.COMPLETE_TRANSFER: "The customer was not handed over.",
    Verb.CONFERENCE: "The parties were not joined.",
    Verb.BLIND_TRANSFER: "The customer was not transferred.",
    Verb.END: "The contact was not ended.",
    Verb.EXTEND_WRAP_UP: "No more time was given.",
    Verb.WRAP_UP: "The contact centre did not close the contact.",
    Verb.CALLBACK: "The callback was not planned.",
    Verb.PARK: "It was not parked.",
    Verb.UNPARK: "It was not taken back.",
}

NOT_KNOWN: Mapping[Verb, str] = {
    Verb.ACCEPT: "It is not known whether the offer was accepted.",
    Verb.BLIND_TRANSFER: "It is not known whether the customer was transferred.",
    Verb.COMPLETE_TRANSFER: "It is not known whether the customer was handed over.",
    Verb.PAUSE_RECORDING: "It is not known whether the recording was paused.",
    Verb.SEND_MESSAGE: "It is not known whether the message was sent.",
}

REPEATABLE = frozenset({Verb.DTMF, Verb.SEND_MESSAGE})
"""Verbs that may be pressed again with something else while one is under way; they are sent in order."""


def call_for(
    contact_center: ContactCenter, verb: Verb, interaction: Interaction, arguments: Mapping[str, str], key: str
) -> Call:
    """The call of a verb, not yet sent.

    Raises:
        Rejected: an argument is missing or makes no sense.
        Unsupported: the port has no call for the verb.
    """
    of, given = interaction.id, arguments

    def leg() -> str:
        if given.get("leg_id"):
            return given["leg_id"]
        opened = open_leg(interaction)
        if opened is None:
            raise Rejected("Nobody else is on the line.")
        return opened.id

    def need(name: str, what: str) -> str:
        value = given.get(name, "").strip()
        if not value:
            raise Rejected(f"{what} is missing.")
        return value

    match verb:
        case Verb.ACCEPT:
            return lambda: contact_center.accept(of, key=key)
        case Verb.DECLINE:
            return lambda: contact_center.decline(of, reason=given.get("reason", ""), key=key)
        case Verb.HOLD | Verb.RESUME:
            return lambda: contact_center.hold(of, on=verb is Verb.HOLD, key=key)
        case Verb.MUTE | Verb.UNMUTE:
            return lambda: contact_center.mute(of, on=verb is Verb.MUTE, key=key)
        case Verb.PAUSE_RECORDING | Verb.RESUME_RECORDING:
            return lambda: contact_center.pause_recording(of, on=verb is Verb.PAUSE_RECORDING, key=key)
        case Verb.DTMF:
            digits = need("digits", "What to dial")
            return lambda: contact_center.dtmf(of, digits, key=key)
        case Verb.SEND_MESSAGE:
            need("text", "The text")
            return lambda: contact_center.send_message(of, given["text"], key=key)
        case Verb.CONSULT:
            target = need("target", "Whom to ask")
            return lambda: contact_center.consult(of, target, key=key)
        case Verb.BLIND_TRANSFER:
            target = need("target", "Whom to transfer to")
            return lambda: contact_center.blind_transfer(of, target, key=key)
        case Verb.CANCEL_LEG | Verb.SWAP | Verb.COMPLETE_TRANSFER | Verb.CONFERENCE:
            leg_id = leg()
            method = {
                Verb.CANCEL_LEG: contact_center.cancel_leg,
                Verb.SWAP: contact_center.swap,
                Verb.COMPLETE_TRANSFER: contact_center.complete_transfer,
                Verb.CONFERENCE: contact_center.conference,
            }[verb]
            return lambda: method(of, leg_id, key=key)
        case Verb.END:
            return lambda: contact_center.end(of, key=key)
        case Verb.EXTEND_WRAP_UP:
            return lambda: contact_center.extend_wrap_up(of, key=key)
        case Verb.CALLBACK:
            return _callback(contact_center, interaction, given, key)
        case _:
            raise Unsupported("This desktop has no way to do it by itself.")


def _callback(contact_center: ContactCenter, interaction: Interaction, given: Mapping[str, str], key: str) -> Call:
    try:
        at = float(given.get("at", ""))
    except ValueError:
        raise Rejected("The time of the callback is missing.") from None
    to = given.get("to", "").strip()
    address = Address("phone", to) if to else interaction.customer
    if address.withheld or not address.value:
        raise Rejected("There is no number to call back.")
    queue = given.get("queue", "") or interaction.queue
    return lambda: contact_center.callback(
        interaction.id, queue=queue, address=address, at=at, note=given.get("note", ""), key=key
    )


def took_effect(verb: Verb, before: Interaction, after: Interaction | None, me: str) -> bool | None:
    """Whether what we now see shows that the verb was carried out; None when it cannot be seen.

    Args:
        before: the interaction as it was when the verb was asked for.
        after: as the contact centre shows it now; None when it is gone from our sight.
        me: our agent id.
    """
    if verb in (Verb.END, Verb.COMPLETE_TRANSFER, Verb.BLIND_TRANSFER):
        return after is None or after.phase in (Phase.WRAP_UP, Phase.CLOSED)
    if verb is Verb.WRAP_UP:
        return after is None or after.phase is Phase.CLOSED
    if verb is Verb.DECLINE:
        return after is None or after.phase is not Phase.OFFERED or after.agent_id != me
    if after is None:
        return False if verb is Verb.ACCEPT else None
    match verb:
        case Verb.ACCEPT:
            return after.agent_id == me and after.phase in (Phase.CONNECTING, Phase.ACTIVE)
        case Verb.HOLD | Verb.RESUME:
            return after.held is (verb is Verb.HOLD)
        case Verb.MUTE | Verb.UNMUTE:
            return after.muted is (verb is Verb.MUTE)
        case Verb.PAUSE_RECORDING:
            return after.recording is Recording.PAUSED
        case Verb.RESUME_RECORDING:
            return after.recording is Recording.ACTIVE
        case Verb.CONSULT:
            known = {leg.id for leg in before.legs}
            return any(leg.id not in known for leg in after.legs)
        case Verb.CANCEL_LEG:
            leg = open_leg(after)
            return leg is None or leg.phase is LegPhase.CANCELLED
        case Verb.EXTEND_WRAP_UP:
            return after.extensions_used > before.extensions_used
        case _:
            return None


def shown(interaction: Interaction | None, me: str) -> str:
    """What the contact centre shows now, as a sentence."""
    if interaction is None:
        return "The contact centre now shows that it is not with you."
    what = "call" if interaction.channel is Channel.VOICE else "conversation"
    whose = "yours" if interaction.agent_id == me else "another's" if interaction.agent_id else "nobody's"
    phase = interaction.phase.value.replace("_", "-")
    held = ", on hold" if interaction.held else ""
    return f"The contact centre now shows: the {what} is {whose}, {phase}{held}."
