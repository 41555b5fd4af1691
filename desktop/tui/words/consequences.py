"""What a verb that cannot be undone will do, and to whom, in words."""

import re
from typing import Final

from desktop.domain import select
from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.words import LegKind, Verb
from desktop.domain.entities.wrap_up_record import ReplyHead
from desktop.domain.select.leg_names import with_leg_names
from desktop.domain.select.threads import head_of_reply
from desktop.domain.state.state import AppState
from desktop.tui.keys.keys import BY_ID, KEY_OF
from desktop.tui.keys.two_presses import Irrevocable, named
from desktop.tui.words import wording
from desktop.tui.words.titles import title
from desktop.words.catalogue import tr

_ASKED_FOR: Final = re.compile(r"^\s*/(\w[\w-]*)\s*$", re.MULTILINE)
"""A line with nothing but the sign and a word: a canned reply was meant, and none was inserted."""


def consequence(state: AppState, verb: Verb, interaction: Interaction, target: str = "") -> Irrevocable:
    """The act of a verb on a contact.

    Args:
        verb: one that cannot be undone, that is soon done by accident, or that goes against what the customer said.
        target: of a blind transfer: `person:ID`, `queue:NAME` or an address.

    Raises:
        KeyError: any other verb.
    """
    key = BY_ID[KEY_OF[verb]]
    who = named(title(state, interaction))
    leg = select.open_leg(with_leg_names(state, interaction))
    victim = [verb.value, interaction.id]
    if verb is Verb.BLIND_TRANSFER:
        victim.append(target)
        words = _blind_transfer(state, target, who)
    elif verb is Verb.COMPLETE_TRANSFER:
        victim.append(leg.id if leg is not None else "")
        words = tr("hand {who} over to {other} and leave the call", who=who, other=_other(leg))
    elif verb is Verb.ACCEPT:
        words = tr("accept {who}", who=who)
    elif verb is Verb.DECLINE:
        words = tr("decline {who}", who=who)
    elif verb is Verb.CANCEL_LEG:
        victim.append(leg.id if leg is not None else "")
        words = tr("drop {other} and go back to {who}", who=who, other=_other(leg))
    elif verb is Verb.RESUME_RECORDING:
        words = tr("record {who}, who has refused to be recorded", who=who)
    elif verb is Verb.END:
        victim.append(leg.id if leg is not None else "")
        draft = state.drafts.get(interaction.id)
        unsent = draft is not None and bool(
            draft.reply.strip() or draft.head.files or any(one.due is None for one in draft.outgoing)
        )
        words = _end(interaction, leg, who)
        words = tr("{end}; your reply is not sent", end=words) if unsent else words
    else:
        raise KeyError(verb)
    return Irrevocable(key.shown, (*key.anywhere, *key.letters), tuple(victim), words)


def sending(state: AppState, interaction: Interaction, head: ReplyHead, text: str) -> Irrevocable | None:
    """What a reply with files, to several people or with a stray sign of a canned reply sends, and to whom.

    Args:
        text: of the reply.

    Returns:
        None where nothing needs to be named.
    """
    whole = head_of_reply(interaction, head)
    several = (*whole.to, *whole.cc) if len(whole.to) + len(whole.cc) > 1 else ()
    stray = _stray(text)
    if not (whole.files or several or stray):
        return None
    key = BY_ID["finish"]
    who = ", ".join(map(named, several)) or named(title(state, interaction))
    files = ", ".join(named(one.name) for one in whole.files)
    words = tr("send {files} to {who}", files=files, who=who) if files else tr("send it to {who}", who=who)
    if stray:
        words = _without_canned(words if files or several else tr("send it as it stands"), stray)
    ids = (*several, *(one.sha256 for one in whole.files), stray)
    return Irrevocable(key.shown, (*key.anywhere, *key.letters), ("send", interaction.id, *ids), words)


def sending_outside(draft_id: str, text: str) -> Irrevocable | None:
    """What a message outside of a contact sends that has a stray sign of a canned reply; None where it has none."""
    stray, key = _stray(text), BY_ID["finish"]
    if not stray:
        return None
    words = _without_canned(tr("send it as it stands"), stray)
    return Irrevocable(key.shown, (*key.anywhere, *key.letters), ("send", draft_id, stray), words)


def _stray(text: str) -> str:
    """The word on a line of its own behind the sign of a canned reply; "" where no line is such."""
    found = _ASKED_FOR.search(text)
    return found[1] if found is not None else ""


def _without_canned(send: str, stray: str) -> str:
    return tr("{send}; no canned reply was inserted for “/{name}”", send=send, name=named(stray))


def _end(interaction: Interaction, leg: Leg | None, who: str) -> str:
    if leg is None:
        return tr("end the contact with {who}", who=who)
    if leg.kind is LegKind.CONFERENCE:
        return tr("end the contact with {who}; {other} is on the line", who=who, other=_other(leg))
    if interaction.held:
        return tr("end {other}, and also ends {who}, who is on hold", who=who, other=_other(leg))
    return tr("end {who}, and also ends {other}", who=who, other=_other(leg))


def _other(leg: Leg | None) -> str:
    return named(leg.target_name or leg.target.partition(":")[2]) if leg is not None else tr("the other party")


def _blind_transfer(state: AppState, target: str, who: str) -> str:
    kind, _, name = target.partition(":")
    if kind == "queue":
        return tr("blind transfer of {who} to the queue {queue}", who=who, queue=named(name))
    if kind == "tel":
        name = wording.number(name)
    person = state.people.get(name) if kind == "person" else None
    other = named(person.name if person is not None else name or target)
    return tr("blind transfer of {who} to {other}, without talking to them first", who=who, other=other)
