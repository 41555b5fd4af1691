"""What is news to the agent between two states, and what of it was not seen yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from desktop.domain.entities.channels import CALLS
from desktop.domain.entities.floor import HelpState
from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.news_item import CustomerIs, News, NewsKind
from desktop.domain.entities.words import LegKind, LegPhase, OfferEnd, Phase
from desktop.domain.select.contacts import own
from desktop.domain.select.customer import customer_of
from desktop.domain.state.batch import Batch
from desktop.domain.state.lifecycle import is_open
from desktop.domain.state.state import AppState, Ending

KEPT: Final = 200
"""How many pieces of news are kept; those that were seen go first."""
LINES: Final = 20
"""How many lines one piece of news carries."""


def news_between(old: AppState, new: AppState) -> tuple[News, ...]:
    """What happened from one state to a later one that the agent did not do and may have missed.

    What the first snapshot tells is how things stand, and no news but for what customers wrote and nobody read. What
    one later tells is: it came while the line was down. News of one kind about one subject is one, however much.
    """
    if not new.me:
        return ()
    if old.me != new.me:
        return tuple(_unread(new))
    return (*_messages(old, new), *_help(old, new), *_chats(old, new), *_contacts(old, new), *_missed(old, new))


def more_of(known: News | None, fresh: News) -> News:
    """A piece of news with what came since: counted up as long as nobody has looked."""
    if known is None or known.seen:
        return fresh
    return replace(fresh, count=known.count + fresh.count, lines=(*known.lines, *fresh.lines)[-LINES:])


def take_news(batch: Batch, news: Sequence[News]) -> None:
    """Keep what happened; beyond the limit what was seen is forgotten first."""
    for fresh in news:
        batch.news.put_last(fresh.id, more_of(batch.news.get(fresh.id), fresh), KEPT + len(news))
    excess = len(batch.news.now) - KEPT
    if excess > 0:
        for one in sorted(batch.news.now.values(), key=lambda one: not one.seen)[:excess]:
            batch.news.drop(one.id)


def see_news(batch: Batch, ids: Iterable[str]) -> None:
    """The agent has seen this."""
    for key in ids:
        known = batch.news.get(key)
        if known is not None:
            batch.news.put(key, replace(known, seen=True))


def unseen(state: AppState) -> tuple[News, ...]:
    """What the agent has not seen yet, the oldest first."""
    return tuple(sorted((one for one in state.news.values() if not one.seen), key=lambda one: one.at))


def unseen_count(news: Mapping[str, News], subject: str | None = None) -> int:
    """How much was not seen yet: of one subject, or of all."""
    return sum(one.count for one in news.values() if not one.seen and subject in (None, one.subject))


def _messages(old: AppState, new: AppState) -> Iterator[News]:
    if new.agent_messages is old.agent_messages:
        return
    fresh = [one for key, one in new.agent_messages.items() if key not in old.agent_messages]
    for sender in dict.fromkeys(one.by for one in fresh if one.to == new.me and one.by != new.me):
        theirs = [one for one in fresh if one.by == sender and one.to == new.me]
        newest = theirs[-1]
        yield _lines(NewsKind.MESSAGE, sender, newest.at, newest.by_name, [one.text for one in theirs])


def _help(old: AppState, new: AppState) -> Iterator[News]:
    if new.help is old.help:
        return
    for key, request in new.help.items():
        mine = request.agent_id == new.me and request.answered_by != new.me
        if not mine or request.state is not HelpState.ANSWERED:
            continue
        before = old.help.get(key)
        if before is None or (before.state, before.answer) != (request.state, request.answer):
            words = [request.answer] if request.answer else []
            yield _lines(
                NewsKind.HELP_ANSWERED, request.interaction_id, request.since, request.answered_by_name, words, count=1
            )


def _chats(old: AppState, new: AppState) -> Iterator[News]:
    if new.chats is old.chats:
        return
    for person_id, lines in new.chats.items():
        before = old.chats.get(person_id, ())
        if lines is before or _first_told(person_id, old, new):
            continue
        known = {line.id for line in before}
        # Kept lines are limited: what is older than those kept before is not new.
        since = before[0].at if before else None
        fresh = [one for one in lines if not one.mine and one.id not in known and (since is None or one.at >= since)]
        if fresh:
            person = new.people.get(person_id)
            name = person.name if person is not None else ""
            yield _lines(NewsKind.EXPERT_LINE, person_id, fresh[-1].at, name, [one.text for one in fresh])


def _first_told(person_id: str, old: AppState, new: AppState) -> bool:
    """Whether the chat came with the first that was told of its directory: it is from before this session."""
    return person_id not in old.people and (person_id in new.people or not old.people)


def _contacts(old: AppState, new: AppState) -> Iterator[News]:
    if new.interactions is old.interactions:
        return
    for interaction in own(new):
        key = interaction.id
        before = old.interactions.get(key)
        if before is None or interaction is before or interaction.phase in _OVER:
            continue
        if interaction.phase is Phase.ACTIVE and interaction.channel not in CALLS:
            known = {message.id for message in before.messages}
            said = [one for one in interaction.messages if one.author == "customer" and one.id not in known]
            if said and before.agent_id == new.me:
                texts = [one.text for one in said]
                yield _about(new, interaction, _lines(NewsKind.CONTACT_LINE, key, said[-1].at, "", texts))
        gone = [leg for leg in interaction.legs if _has_gone(before, interaction, leg)]
        if gone:
            yield _expert_gone(new, interaction, gone[-1])


def _unread(state: AppState) -> Iterator[News]:
    for interaction in own(state):
        written = interaction.phase is Phase.ACTIVE and interaction.channel not in CALLS
        if written and interaction.unread:
            said = [one for one in interaction.messages if one.author == "customer"][-interaction.unread :]
            at = said[-1].at if said else interaction.phase_since
            texts = [one.text for one in said]
            news = _lines(NewsKind.CONTACT_LINE, interaction.id, at, "", texts, count=interaction.unread)
            yield _about(state, interaction, news)


_OVER = frozenset({Phase.WRAP_UP, Phase.CLOSED})


def _has_gone(before: Interaction, after: Interaction, leg: Leg) -> bool:
    """Whether a party is not there any more without the agent having ended it or handed the customer over."""
    if leg.kind is LegKind.SUPERVISOR or after.phase is not Phase.ACTIVE or after.channel not in CALLS:
        return False
    if leg.phase not in (LegPhase.FAILED, LegPhase.COMPLETED):
        return False
    known = next((one for one in before.legs if one.id == leg.id), None)
    return known is None or is_open(known)


def _expert_gone(state: AppState, interaction: Interaction, leg: Leg) -> News:
    if not interaction.customer_connected:
        where = CustomerIs.LEFT
    elif interaction.held:
        where = CustomerIs.HELD
    else:
        where = CustomerIs.MUTED if interaction.muted else CustomerIs.WITH_ME
    told = _about(state, interaction, News(NewsKind.EXPERT_GONE, interaction.id, leg.since))
    name = leg.target_name or leg.target
    return replace(told, who=name, customer=told.who, failure=leg.failure, customer_is=where)


def _missed(old: AppState, new: AppState) -> Iterator[News]:
    for ending in endings_since(old.endings, new.endings):
        interaction = ending.interaction
        if ending.offer_end is OfferEnd.MISSED:
            known = old if interaction.id in old.pops else new  # what was found out may have gone with the offer
            yield _about(known, interaction, News(NewsKind.OFFER_MISSED, interaction.id, ending.at))


def endings_since(old: Sequence[Ending], new: Sequence[Ending]) -> Sequence[Ending]:
    """The endings that were added to a list of which the oldest go."""
    if not old or new is old:
        return new if new is not old else ()
    last = old[-1]
    place = next((at for at in range(len(new) - 1, -1, -1) if new[at] is last), -1)
    return new[place + 1 :]


def _about(state: AppState, interaction: Interaction, news: News) -> News:
    customer = customer_of(state, interaction.id)
    name = customer.name if customer is not None else interaction.customer_name
    return replace(news, who=name, address=interaction.customer, queue=interaction.queue)


def _lines(
    kind: NewsKind, subject: str, at: float, who: str, lines: Sequence[str], *, count: int | None = None
) -> News:
    return News(kind, subject, at, who, count=count or len(lines), lines=tuple(lines)[-LINES:])
