"""An offer in a line or two: who, how sure, what they want, how long they waited, what is left."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.channels import CALLS, TRAITS
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.phone import CallState, PhoneCall
from desktop.domain.entities.words import Channel, Phase, PopAnswer, Verb
from desktop.domain.state.state import AppState
from desktop.tui.keys import keys
from desktop.tui.widgets.fitting import first_that_fits
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.words import wording
from desktop.tui.words.titles import queue_name, title
from desktop.words.catalogue import ntr, ptr, tr
from desktop.words.marks import mark

BAR = 20
"""Cells of the bar that empties while an offer runs out."""

_INCOMING = {
    Channel.VOICE: mark("Incoming call"),
    Channel.CHAT: mark("Incoming chat"),
    Channel.EMAIL: mark("Incoming e-mail"),
    Channel.SMS: mark("Incoming SMS"),
}
STRANGER_SECONDS = 1.0
"""How long a call is on the phone before it is shown as no contact's: its offer may come a moment after it."""


def offer_lines(view: View, width: int) -> tuple[Content, ...]:
    """Who on the first line, why and what to press on the second; none where nothing rings."""
    offers = offered(view)
    if not offers:
        call = stranger(view)
        return () if call is None else _call_lines(view, call)
    offer = offers[0]
    head, known, more = _head(view, offer), who(view, offer), _how_many_more(offers)
    brief = who(view, offer, brief=True)
    shorter = (one[:count] for count in range(len(known), 0, -1) for one in (known, brief))
    first = first_that_fits(width, (line(head, *parts, (more, "$muted")) for parts in shorter))
    waited = wording.waited(offer, view.now)

    def second(bar: int, *about: str) -> Content:
        words = " · ".join(filter(None, about))
        said: Part = (f"   {words}" if words else "", "$muted")
        return line(*_keys(view, offer), _time_left(view, offer, bar), _reach(view, offer), said)

    versions = [second(BAR, offer.subject, waited), *(second(BAR // 2, *about) for about in _about(offer, waited))]
    if _out_of_reach(view, offer):
        versions.append(second(BAR // 2))
    return (first, first_that_fits(width, versions))


def _about(offer: Interaction, waited: str) -> tuple[tuple[str, ...], ...]:
    """What it is about and how long they waited; where there is room for one of them, what it is about."""
    return ((offer.subject, waited), (offer.subject or waited,))


def offer_in_one_line(view: View, width: int) -> Content | None:
    """As one line, where there is room for it: what it is about goes first when there is no room, then what is
    known of the customer, but never the keys and the time that is left. None where nothing rings."""
    offers = offered(view)
    if not offers:
        call = stranger(view)
        return None if call is None else line(*(part for each in _call_lines(view, call) for part in (each, "   ")))
    offer = offers[0]
    head, known, more = _head(view, offer), who(view, offer), _how_many_more(offers)
    about: list[Part] = [(f"   {wording.waited(offer, view.now)}", "$muted")]
    if offer.subject:
        about.append((f" · {offer.subject}", "$muted"))
    pressed, after = _keys(view, offer), [_reach(view, offer), (more, "$muted")]

    def version(known: Sequence[Part], about: Sequence[Part], bar: int, head: Part = head) -> Content:
        return line(head, *known, "   ", *pressed, _time_left(view, offer, bar), *after, *about)

    brief = who(view, offer, brief=True)
    sign = TRAITS[offer.channel].sign
    incoming = f"{sign} {tr('Incoming')} · {queue_name(view.state, offer.queue)}  "
    short: Part = head if offer.callback_at is not None else (incoming, "bold $accent")
    whole = (version(one, about[:count], BAR) for one in (known, brief) for count in (2, 1, 0))
    shorter = (version(brief[:count], (), BAR // 2, short) for count in range(len(brief), 0, -1))
    return first_that_fits(width, chain(whole, shorter))


def _head(view: View, offer: Interaction) -> Part:
    return (f"{_kind(view.state, offer)}  ", "bold $accent")


def _kind(state: AppState, offer: Interaction) -> str:
    kind = tr("Callback") if offer.callback_at is not None else tr(_INCOMING[offer.channel])
    return f"{TRAITS[offer.channel].sign} {kind} · {queue_name(state, offer.queue)}"


def calls_to_answer(state: AppState) -> dict[str, tuple[str, str]]:
    """What is offered to me by id, the most urgent first: what it is with its queue, and who it is."""
    offers = [one for one in select.own(state) if one.phase is Phase.OFFERED]
    return {one.id: (_kind(state, one), title(state, one)) for one in offers}


def _how_many_more(offers: Sequence[Interaction]) -> str:
    return f"   {tr('+{n} more', n=len(offers) - 1)}" if len(offers) > 1 else ""


def _keys(view: View, offer: Interaction) -> list[Part]:
    if "accept" in view.state.pending.get(offer.id, frozenset()):
        return [(tr("accepting …"), "bold $success"), "  "]
    return [
        _button("accept", tr("accept"), "$success"),
        _button("decline", tr("decline")),
        *_other_verbs(view, offer),
    ]


def _button(name: str, words: str, look: str = "") -> Content:
    """A key drawn as a button, with what it does."""
    return key_hint(keys.shown(name), words, "  ", look=f"bold reverse {look}", words_look=look or "$muted", pad=" ")


def _time_left(view: View, offer: Interaction, bar: int) -> Part:
    left = None if offer.offer_deadline is None else max(0.0, offer.offer_deadline - view.now)
    whole = (offer.offer_deadline or 0.0) - offer.phase_since
    return (_countdown(left, whole, bar), "bold $warning" if left is not None and left < 8 else "$foreground")


def _reach(view: View, offer: Interaction) -> Part:
    return (f"   ✕ {tr('your phone is not registered')}" if _out_of_reach(view, offer) else "", "bold $error")


def _other_verbs(view: View, offer: Interaction) -> Iterator[Part]:
    """What else can be done to an offer, where the contact centre can."""
    on_offer = select.verbs_on_offer(view.state, offer)
    for verb, name, label in keys.VERB_KEYS:
        if verb in on_offer and verb not in (Verb.ACCEPT, Verb.DECLINE):
            yield _button(name, tr(label))


def offer_seen(view: View) -> tuple[object, ...]:
    """The objects that the lines are drawn from."""
    offers = offered(view)
    first = offers[0] if offers else None
    pop = select.pop(view.state, first.id) if first else None
    pending = view.state.pending.get(first.id) if first else None
    return (len(offers), first, pop, pending, view.state.phone_calls, view.state.phone)


def offered(view: View) -> list[Interaction]:
    """What is offered to me, the most urgent first."""
    return [interaction for interaction in select.mine(view.state) if interaction.phase is Phase.OFFERED]


def stranger(view: View) -> PhoneCall | None:
    """The call on the phone to show: one that rings or talks, is no contact, and has been there for a moment."""
    calls = [call for call in select.calls_of_nobody(view.state) if view.now - call.since >= STRANGER_SECONDS]
    return next((call for call in calls if call.state is CallState.RINGING), calls[0] if calls else None)


def _call_lines(view: View, call: PhoneCall) -> tuple[Content, Content]:
    rings = call.state is CallState.RINGING
    number = wording.number(call.number) or tr(wording.WITHHELD)
    first = line(
        (f"☎ {tr('Call on your phone')}  ", "bold $accent"),
        (call.name or number, "bold"),
        (f"  {number}" if call.name and call.number else "", "$muted"),
        (f"  {tr('no contact')}", "$muted"),
    )
    second = line(
        _button("accept", ptr("a call", "answer"), "$success") if rings else "",
        _button("decline", tr("reject") if rings else tr("hang up")),
        (f"{tr(wording.PHONE_CALL[call.state])} {wording.duration(view.now - call.since)}", "$foreground"),
    )
    return (first, second)


def _out_of_reach(view: View, offer: Interaction) -> bool:
    """Whether the offer is for a phone that no call can reach."""
    state = view.state
    if offer.channel not in CALLS or not select.phone_does(state, offer.id) or state.phone is None:
        return False
    return not select.phone_registered(state) and select.phone_call(state, offer) is None


def _countdown(left: float | None, whole: float, bar: int) -> str:
    if left is None:
        return tr("no time limit")
    full = min(bar, math.ceil(bar * left / whole)) if whole > 0 else 0
    return f"{'━' * full}{'╌' * (bar - full)} {int(left):2d} s"


def who(view: View, interaction: Interaction, *, brief: bool = False) -> list[Part]:
    """The screen pop so far, in one line; `brief` says only that there is an overdue promise, not which."""
    pop = select.pop(view.state, interaction.id)
    number = wording.address(interaction.customer)
    named = interaction.customer_name
    fallback: list[Part] = [(named or number, "bold"), (f"  {number}" if named else "", "$muted")]
    if pop is None:
        return fallback
    if pop.match is not None:
        return _known(pop.match, interaction.customer, view, only=len(pop.matches) == 1, brief=brief)
    match pop.answer:
        case PopAnswer.MANY:
            shared = ntr("{n} customer has {number}", "{n} customers share {number}", len(pop.matches), number=number)
            return [(shared, "bold"), (f"  {tr('who is it?')}", "$warning")]
        case PopAnswer.NOT_ASKED:
            return [*fallback, (f"  {tr('not looked up')}", "$muted")]
        case PopAnswer.NO_MATCH:
            return [*fallback, (f"  {tr('not in the CRM')}", "$warning")]
        case PopAnswer.COULD_NOT_ASK if not select.names_crm(view.state):
            return [*fallback, (f"  {tr('no CRM in this profile')}", "$muted")]
        case PopAnswer.COULD_NOT_ASK:
            return [*fallback, (f"  ✕ {tr('CRM could not be asked')}", "$error")]
        case _:
            return [*fallback, (f"  {tr('looking up …')} {wording.duration(view.now - pop.since)}", "$muted")]


def _known(match: Match, came_from: Address, view: View, *, only: bool, brief: bool) -> list[Part]:
    customer, number = match.customer, wording.address(came_from)
    parts: list[Part] = [(customer.name, "bold")]
    if customer.tier:
        parts.append((f"  ◆ {customer.tier}", "$accent"))
    late = [p for p in customer.promises if select.promise_is_late(p, view.now)]
    if late:
        whole = tr("! promised: {what} {due}", what=late[0].text, due=wording.due(late[0].due, view.now))
        promise = tr("! promise overdue") if brief else whole
        parts.append((f"  {promise}", "$warning"))
    parts.append((f"  {number}", "$muted"))
    if only:
        parts += wording.on_file(match, came_from)
    return parts
