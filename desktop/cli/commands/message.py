"""`message send` and `message status`: a message to a customer outside of any contact, without a running desktop."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import cast

from desktop.app.storage.errors import StoreAbsent
from desktop.app.storage.local_store import LocalStore
from desktop.cli.commands.name_lookup import no_such
from desktop.cli.connection import Chosen, contact_center, crm_of, made, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.config.canned_replies import canned_beside
from desktop.domain.conversations.canned_replies import Placeholder, filled, fitting, placeholders
from desktop.domain.entities.customer import Customer, CustomerDetails, Match
from desktop.domain.entities.words import Channel
from desktop.domain.select import Recipient, consent_to, message_refusal, placeholder_values_outside, recipients
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.domain.state.state import AppState
from desktop.domain.text.card_numbers import masked
from desktop.domain.text.folding import fold
from desktop.ports.base import Kind
from desktop.ports.errors import BackendError, NotFound, OutcomeUnknown
from desktop.ports.messaging import MessageReceipt, Messaging, OutgoingMessage
from desktop.words.catalogue import in_words, tr


@asynccontextmanager
async def _sender(profile: Profile, channel: Channel | None) -> AsyncIterator[Messaging]:
    """The profile's sender, connected: the first that carries a channel, or the first of all."""
    senders = [cast(Messaging, made(one)) for one in profile.backends.get(Kind.MESSAGING, ())]
    able = next((one for one in senders if channel is None or channel in one.channels), None)
    if able is None:
        raise CommandError(tr("This profile has no message sender."), Exit.USAGE)
    try:
        await able.open()
        yield able
    finally:
        with suppress(Exception):  # the command has its answer, or a better error than this one
            await able.close()


async def _known(profile: Profile, customer: Customer, text: str) -> AppState:
    """What this machine knows of the customer's messages, and what the text names: their cases, and who writes."""
    state = AppState()
    with suppress(StoreAbsent):
        store = await LocalStore.open(profile.store_path, read_only=True)
        try:
            state = replace(state, received={one.id: one for one in await store.messages()})
        finally:
            await store.close()
    names = placeholders(text)
    if any(one.startswith("case.") for one in names):
        async with crm_of(profile, customer.id) as crm:
            cases = tuple(await crm.cases(customer.id))
        state = replace(state, details={customer.id: CustomerDetails(cases=cases)})
    if Placeholder.AGENT_NAME in names:
        async with contact_center(profile) as centre:
            event = (await centre.snapshot()).event
        if isinstance(event, ContactCenterSnapshot):
            state = replace(state, me=event.me, agents={one.id: one for one in event.agents})
    return state


def _text(profile: Profile, chosen: Chosen, channel: Channel, language: str) -> str:
    """The words, with placeholders where they are a template's."""
    if chosen["template"] is None:
        return str(chosen["text"])
    fit = fitting(canned_beside(profile.path).replies, channel, None, language)
    found = next((one for one in fit if fold(one.name) == fold(chosen["template"])), None)
    if found is None:
        raise no_such(tr("canned reply"), chosen["template"])
    return found.text


def _recipient(customer: Customer, channel: Channel, wanted: str | None) -> str:
    """The address it goes to: one on the card."""
    known = [one.to for one in recipients(customer) if one.channel is channel]
    if wanted is None:
        return known[0] if known else ""
    if Recipient(channel, wanted) not in recipients(customer):
        raise CommandError(
            tr("{to} is not on the card of {customer}.", to=wanted, customer=customer.name), Exit.REFUSED
        )
    return wanted


async def _send(profile: Profile, chosen: Chosen, key: str, asked: list[Messaging]) -> object:
    """Send it under its key, unless the customer did not agree to it; `asked` hears of the sender that is asked."""
    channel = Channel(chosen["channel"])
    async with crm_of(profile, chosen["customer"]) as crm:
        customer = await crm.customer(chosen["customer"])
    to = _recipient(customer, channel, chosen["to"])
    text = _text(profile, chosen, channel, customer.language)
    state = await _known(profile, customer, text if chosen["template"] is not None else "")
    if why := message_refusal(state, customer, channel, to):
        raise CommandError(in_words(why), Exit.REFUSED)
    if channel is Channel.EMAIL and not chosen["subject"].strip():
        raise CommandError(tr("An e-mail needs --subject."), Exit.USAGE)
    if chosen["template"] is not None:
        values = placeholder_values_outside(state, Match(customer, "id", ""))
        gaps = [one for one in placeholders(text) if one in list(Placeholder) and not values[Placeholder(one)]]
        if gaps:
            raise CommandError(
                tr("Not sent, because nothing is known for: {names}.", names=", ".join(gaps)), Exit.REFUSED
            )
        text = filled(text, values, lambda _: "")
    if not text.strip():
        raise CommandError(tr("There is no text to send."), Exit.USAGE)
    consent = consent_to(state, customer, channel, to)
    message = OutgoingMessage(key, channel, to, masked(text), consent, masked(chosen["subject"]), customer.id)
    async with _sender(profile, channel) as sender:
        asked.append(sender)
        receipt = await sender.send(message)
    return _shown(receipt) | {"key": key, "channel": channel.value, "to": to, "text": message.text}


async def _status(profile: Profile, message_id: str) -> object:
    """How far a message has come, as whichever sender knows it says."""
    several = profile.backends.get(Kind.MESSAGING, ())
    if not several:
        raise CommandError(tr("This profile has no message sender."), Exit.USAGE)
    failed: BackendError | None = None
    for settings in several:
        sender = cast(Messaging, made(settings))
        try:
            await sender.open()
            return _shown(await sender.status(message_id))
        except NotFound:
            continue
        except BackendError as error:
            failed = error
        finally:
            with suppress(Exception):  # as above
                await sender.close()
    raise failed or no_such(tr("message"), message_id)


def _shown(receipt: MessageReceipt) -> dict[str, object]:
    return {"id": receipt.id, "state": receipt.state.value, "detail": receipt.detail}


def run(chosen: Chosen) -> int:
    """Send one, or say what became of one."""
    profile = usable_profile(chosen)
    if chosen["action"] == "status":
        emit(within(chosen, _status(profile, chosen["id"])))
        return Exit.OK
    key, asked = chosen["key"] or str(uuid.uuid4()), list[Messaging]()
    try:
        emit(within(chosen, _send(profile, chosen, key, asked)))
    except (TimeoutError, OutcomeUnknown):
        if asked and asked[0].holds_keys:
            say(tr("It may or may not have been done. Repeating it with --key {key} does it once.", key=key))
        elif asked:
            say(tr("It may or may not have been sent, and this sender would send it twice. Look before you repeat it."))
        raise
    return Exit.OK
