"""What each verb is to the contact centre: its call, how its effect is seen, and what to say of it.

When a verb is on offer is the domain's (`available_verbs`), which key it has the screen's (`keys`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import LegPhase, Phase, Recording, Verb
from desktop.domain.state.lifecycle import open_leg
from desktop.domain.text.sentence import Sentence
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Rejected, Unsupported

Arguments = Mapping[str, str]
Call = Callable[[ContactCenter, str, Arguments, str], Awaitable[object]]
"""At a contact centre, for an interaction's id, with arguments, under a key."""
Seen = Callable[[Interaction, Interaction | None, str], bool | None]
"""Whether what we now see shows that a verb was carried out; None when it cannot be seen.

Given the interaction as it was when the verb was asked for, as the contact centre shows it now (None when it is gone
from our sight), and our agent id.
"""


def _never(before: Interaction, after: Interaction | None, me: str) -> bool | None:
    return None


def _shows(what: Callable[[Interaction], bool]) -> Seen:
    """Seen on the interaction alone, while it is in sight."""
    return lambda before, after, me: None if after is None else what(after)


def _left(before: Interaction, after: Interaction | None, me: str) -> bool:
    return after is None or after.phase in (Phase.WRAP_UP, Phase.CLOSED)


def _declined(before: Interaction, after: Interaction | None, me: str) -> bool:
    return after is None or after.phase is not Phase.OFFERED or after.agent_id != me


def _accepted(before: Interaction, after: Interaction | None, me: str) -> bool:
    return after is not None and after.agent_id == me and after.phase in (Phase.CONNECTING, Phase.ACTIVE)


def _rings(before: Interaction, after: Interaction | None, me: str) -> bool | None:
    known = {leg.id for leg in before.legs}
    return None if after is None else any(leg.id not in known for leg in after.legs)


def _no_leg(after: Interaction) -> bool:
    leg = open_leg(after)
    return leg is None or leg.phase is LegPhase.CANCELLED


def _extended(before: Interaction, after: Interaction | None, me: str) -> bool | None:
    return None if after is None else after.extensions_used > before.extensions_used


def _with_leg(interaction: Interaction, given: Arguments) -> Arguments:
    if given.get("leg_id"):
        return given
    opened = open_leg(interaction)
    if opened is None:
        raise Rejected(Sentence("command.no_leg"))
    return {**given, "leg_id": opened.id}


def _with_number(interaction: Interaction, given: Arguments) -> Arguments:
    try:
        float(given.get("at", ""))
    except ValueError:
        raise Rejected(Sentence("callback.no_time")) from None
    to = given.get("to", "").strip()
    address = Address("phone", to) if to else interaction.customer
    if address.withheld or not address.value:
        raise Rejected(Sentence("callback.no_number"))
    return {
        **given,
        "kind": address.kind,
        "to": address.value,
        "queue": given.get("queue", "") or interaction.queue,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One verb.

    Args:
        call: sends it; None for what is not done by a verb alone.
        needs: arguments that must be given, each with what to say where it is missing.
        of_leg: whether it is done to a leg: the open one unless given.
        completed: fills in from the interaction what was not given; raises Rejected where that cannot be had.
        seen: how its effect can be seen.
        answers: what the contact centre answers.
        is_state: whether it sets what `seen` sees, so that pressed again there is nothing to do.
        repeatable: whether it may be pressed again with something else while one is under way; sent in order.
        contact_leaves: whether the contact goes, so that what was written about it is asked after.
    """

    call: Call | None = None
    needs: Mapping[str, Sentence] = field(default_factory=dict)
    of_leg: bool = False
    completed: Callable[[Interaction, Arguments], Arguments] | None = None
    seen: Seen = _never
    answers: type[object] = Interaction
    is_state: bool = False
    repeatable: bool = False
    contact_leaves: bool = False

    def arguments(self, interaction: Interaction, given: Arguments) -> Arguments:
        """The arguments of the call.

        Raises:
            Rejected: one is missing or makes no sense.
        """
        for name, missing in self.needs.items():
            if not given.get(name, "").strip():
                raise Rejected(missing)
        if self.of_leg:
            return _with_leg(interaction, given)
        return self.completed(interaction, given) if self.completed is not None else given

    async def send(self, contact_center: ContactCenter, interaction_id: str, given: Arguments, key: str) -> object:
        """Do it, with `arguments` that are complete.

        Raises:
            Unsupported: there is no call for the verb.
            BackendError: whatever the contact centre raised.
        """
        if self.call is None:
            raise Unsupported(Sentence("command.not_by_itself"))
        return await self.call(contact_center, interaction_id, given, key)


SPECS: Mapping[Verb, CommandSpec] = MappingProxyType(
    {
        Verb.ACCEPT: CommandSpec(
            call=lambda at, of, given, key: at.accept(of, key=key),
            seen=_accepted,
            is_state=True,
        ),
        Verb.DECLINE: CommandSpec(
            call=lambda at, of, given, key: at.decline(of, reason=given.get("reason", ""), key=key),
            seen=_declined,
        ),
        Verb.HOLD: CommandSpec(
            call=lambda at, of, given, key: at.hold(of, on=True, key=key),
            seen=_shows(lambda after: after.held),
            is_state=True,
        ),
        Verb.RESUME: CommandSpec(
            call=lambda at, of, given, key: at.hold(of, on=False, key=key),
            seen=_shows(lambda after: not after.held),
            is_state=True,
        ),
        Verb.MUTE: CommandSpec(
            call=lambda at, of, given, key: at.mute(of, on=True, key=key),
            seen=_shows(lambda after: after.muted),
            is_state=True,
        ),
        Verb.UNMUTE: CommandSpec(
            call=lambda at, of, given, key: at.mute(of, on=False, key=key),
            seen=_shows(lambda after: not after.muted),
            is_state=True,
        ),
        Verb.PAUSE_RECORDING: CommandSpec(
            call=lambda at, of, given, key: at.pause_recording(of, on=True, key=key),
            seen=_shows(lambda after: after.recording is Recording.PAUSED),
            is_state=True,
        ),
        Verb.RESUME_RECORDING: CommandSpec(
            call=lambda at, of, given, key: at.pause_recording(of, on=False, key=key),
            seen=_shows(lambda after: after.recording is Recording.ACTIVE),
            is_state=True,
        ),
        Verb.DTMF: CommandSpec(
            call=lambda at, of, given, key: at.dtmf(of, given["digits"].strip(), key=key),
            needs={"digits": Sentence("dtmf.no_digits")},
            repeatable=True,
        ),
        Verb.SEND_MESSAGE: CommandSpec(
            call=lambda at, of, given, key: at.send_message(of, given["text"], key=key),
            needs={"text": Sentence("send_message.no_text")},
            repeatable=True,
        ),
        Verb.CONSULT: CommandSpec(
            call=lambda at, of, given, key: at.consult(of, given["target"].strip(), key=key),
            needs={"target": Sentence("consult.no_target")},
            seen=_rings,
        ),
        Verb.CANCEL_LEG: CommandSpec(
            call=lambda at, of, given, key: at.cancel_leg(of, given["leg_id"], key=key),
            of_leg=True,
            seen=_shows(_no_leg),
        ),
        Verb.SWAP: CommandSpec(
            call=lambda at, of, given, key: at.swap(of, given["leg_id"], key=key),
            of_leg=True,
        ),
        Verb.COMPLETE_TRANSFER: CommandSpec(
            call=lambda at, of, given, key: at.complete_transfer(of, given["leg_id"], key=key),
            of_leg=True,
            seen=_left,
            contact_leaves=True,
        ),
        Verb.CONFERENCE: CommandSpec(
            call=lambda at, of, given, key: at.conference(of, given["leg_id"], key=key),
            of_leg=True,
        ),
        Verb.BLIND_TRANSFER: CommandSpec(
            call=lambda at, of, given, key: at.blind_transfer(of, given["target"].strip(), key=key),
            needs={"target": Sentence("blind_transfer.no_target")},
            seen=_left,
            contact_leaves=True,
        ),
        Verb.END: CommandSpec(
            call=lambda at, of, given, key: at.end(of, key=key),
            seen=_left,
            is_state=True,
            contact_leaves=True,
        ),
        Verb.EXTEND_WRAP_UP: CommandSpec(
            call=lambda at, of, given, key: at.extend_wrap_up(of, key=key),
            seen=_extended,
        ),
        Verb.WRAP_UP: CommandSpec(  # done with codes and a note that is safe
            seen=lambda before, after, me: after is None or after.phase is Phase.CLOSED,
            contact_leaves=True,
        ),
        Verb.CALLBACK: CommandSpec(
            call=lambda at, of, given, key: at.callback(
                of,
                queue=given["queue"],
                address=Address(given["kind"], given["to"]),
                at=float(given["at"]),
                note=given.get("note", ""),
                key=key,
            ),
            needs={"at": Sentence("callback.no_time")},
            completed=_with_number,
            answers=str,
        ),
        Verb.PARK: CommandSpec(
            call=lambda at, of, given, key: at.park(of, on=True, key=key),
            seen=_shows(lambda after: after.parked),
            is_state=True,
        ),
        Verb.UNPARK: CommandSpec(
            call=lambda at, of, given, key: at.park(of, on=False, key=key),
            seen=_shows(lambda after: not after.parked),
            is_state=True,
        ),
    }
)


def not_done(verb: Verb) -> Sentence:
    """That a verb was not carried out."""
    return Sentence(f"not_done.{verb.value}")


def not_known(verb: Verb) -> Sentence:
    """That nobody knows whether a verb was carried out."""
    return Sentence(f"not_known.{verb.value}")


def shown(interaction: Interaction | None, me: str) -> Sentence:
    """What the contact centre shows now."""
    if interaction is None:
        return Sentence("seen.not_with_you")
    if interaction.agent_id == me:
        name = "seen.yours_held" if interaction.held else "seen.yours"
    elif interaction.agent_id:
        name = "seen.anothers_held" if interaction.held else "seen.anothers"
    else:
        name = "seen.no_ones_held" if interaction.held else "seen.no_ones"
    return Sentence(name, channel=interaction.channel, phase=interaction.phase)
