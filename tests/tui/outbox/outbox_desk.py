"""The desk with an outbox built by hand: items that are really changed, sent and discarded, and what was asked for."""

import inspect
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desktop.app.notes.outbox import Outbox
from desktop.app.notes.outbox_items import CHANNEL, CODES, CUSTOMER, HALF, Amendment, OutboxItem
from desktop.app.notes.wrap_ups import WrapUps
from desktop.app.screen_pop.screen_pops import ScreenPops
from desktop.app.storage.tables.outbox_rows import PARKED, WAITING
from desktop.app.storage.tables.parked_record_rows import NotSendable
from desktop.domain.entities.customer import Customer, FollowUp, Match
from desktop.domain.entities.words import CodeRule, Health
from desktop.domain.entities.wrap_up_record import OutboxView
from desktop.domain.state.own_events import Keep
from desktop.domain.state.state import AppState, SourceHealth
from desktop.domain.text.sentence import NOTHING, Sentence, verbatim
from desktop.tui.app import DesktopApp
from tests.tui.desk import desk
from tests.tui.states import CODES as KNOWN_CODES
from tests.tui.states import IDLE, NOW, PRIYA

SMS = FollowUp("sms", "Your refund is on its way.", to="+442079460018")
CALLBACK = FollowUp("callback", "about the second charge", due=NOW + 6 * 86_400 - 4 * 3600)
HALF_ONE = FollowUp("callback", "ask for the invoice", due=NOW + 86_400)
PARKED_RECORD = OutboxItem(
    "k1",
    "record",
    "i9",
    PARKED,
    "the contact was closed before the note was finished",
    "",
    0,
    NOW - 320,
    0.0,
    author="maya",
    author_name="Maya Okafor",
    customer="Priya Natarajan",
    customer_id="C-4471",
    channel="voice",
    queue="Billing",
    address="+442079460018",
    note="She was charged twice in October.\nThe second charge is to go back to the same card.",
    follow_ups=(SMS, CALLBACK),
    code_rule=CodeRule.MANY.value,
    missing=(CODES,),
)
UNKNOWN = replace(
    PARKED_RECORD,
    key="k2",
    interaction_id="i8",
    reason=verbatim("the contact was gone when this desktop came back, before the note was finished"),
    created_at=NOW - 7200,
    author="noor",
    author_name="Noor Haddad",
    customer="",
    customer_id=None,
    channel="",
    queue="",
    address="",
    note="wants to know where her parcel is",
    codes=("delivery",),
    code_labels=("Delivery",),
    follow_ups=(),
    half=HALF_ONE,
    missing=(CHANNEL, CUSTOMER, HALF),
)
REFUSED = OutboxItem(
    "k3",
    "wrap_up",
    "i7",
    PARKED,
    "The CRM does not know this customer",
    "crm",
    3,
    NOW - 1500,
    0.0,
    author="maya",
    author_name="Maya Okafor",
    customer="A. Lind",
    customer_id="C-1",
    channel="chat",
    queue="Support",
    address="lind@example.org",
    note="Password reset, works now.",
    codes=("no_action",),
    code_labels=("Nothing to do",),
)
WAITS = replace(
    REFUSED,
    key="k4",
    interaction_id="i6",
    state=WAITING,
    reason=verbatim("does not answer"),
    attempts=4,
    created_at=NOW - 90,
    not_before=NOW + 12,
    customer="J. Ortega",
    channel="email",
    address="ortega@example.org",
    note="Sent the copy of the invoice.",
)
WAITING_SMS = OutboxItem(
    "k5",
    "sms",
    "i6",
    WAITING,
    "",
    "messaging",
    0,
    NOW - 80,
    0.0,
    author="maya",
    customer="J. Ortega",
    channel="sms",
    address="+442079460321",
    note="The invoice is in your mailbox.",
)
DAMAGED = replace(
    PARKED_RECORD, key="k6", interaction_id="i5", customer="Ada Byron", note="refund of \ufffd0", intact=False
)
PRIYA_FOUND = Match(PRIYA, "text", "name matches")
OTHER_FOUND = Match(Customer("C-9", "Priya Nair", company="Nair & Sons"), "text", "name matches")


class KeptOutbox:
    """An outbox in memory, which answers as the real one does."""

    def __init__(self, items: Sequence[OutboxItem], calls: list[tuple[Any, ...]]) -> None:
        self.kept = {item.key: item for item in items}
        self.calls = calls
        self.down = NOTHING
        self.found: tuple[Match, ...] = (PRIYA_FOUND, OTHER_FOUND)
        self.fail: Exception | None = None
        self.changes = 0

    async def items(self) -> list[OutboxItem]:
        if self.fail is not None:
            raise self.fail
        return list(self.kept.values())

    async def retry(self, key: str) -> None:
        self.calls.append(("outbox.retry", key))
        item = self.kept.get(key)
        if item is None:
            raise LookupError(f"no outbox row {key}")
        if not item.intact:
            raise NotSendable(verbatim("This record was damaged on this machine. Read it over and save it first"))
        if item.half is not None:
            raise NotSendable(verbatim("A follow-up was being typed and was not added. Add it or drop it first"))
        if not item.channel:
            raise NotSendable(verbatim("It is not known how the customer was in touch. Choose the channel first"))
        del self.kept[key]

    async def discard(self, key: str) -> None:
        self.calls.append(("outbox.discard", key))
        if key not in self.kept or self.kept[key].state != PARKED:
            raise LookupError(f"no parked outbox row {key}")
        del self.kept[key]

    def why(self, target: str) -> Sentence:
        return self.down

    async def change(self, key: str, change: Amendment) -> str:
        self.calls.append(("wrap_ups.change", key, change))
        if self.fail is not None:
            raise self.fail
        item = self.kept.get(key)
        if item is None or item.state != PARKED:
            raise LookupError(f"no outbox row {key}")
        if change.note is not None:
            item = replace(item, note=change.note, intact=True)
        if change.codes is not None:
            item = replace(item, codes=change.codes, code_labels=change.codes)
        if change.follow_ups is not None:
            item = replace(item, follow_ups=change.follow_ups)
        if change.due is not None:
            item = replace(item, due=change.due)
        if not isinstance(change.half, Keep):
            item = replace(item, half=change.half)
        if change.channel is not None:
            item = replace(item, channel=change.channel)
        if not isinstance(change.customer, Keep):
            who = change.customer.customer if change.customer is not None else None
            item = replace(item, customer=who.name if who else "", customer_id=who.id if who else None)
        self.changes += 1
        made = f"{key.partition('.')[0]}.{self.changes}"
        missing = {
            CODES: item.code_rule in (CodeRule.ONE.value, CodeRule.MANY.value) and not item.codes,
            CHANNEL: not item.channel,
            CUSTOMER: item.customer_id is None,
            HALF: item.half is not None,
        }
        item = replace(item, key=made, missing=tuple(one for one, lacks in missing.items() if lacks))
        self.kept = {made if one == key else one: item if one == key else kept for one, kept in self.kept.items()}
        return made

    async def find(self, text: str) -> tuple[Match, ...]:
        self.calls.append(("pops.find", text))
        return self.found


class Reached:
    """One part of a session, whose calls that matter here go to the outbox in memory; the others are recorded."""

    def __init__(self, kept: KeptOutbox, real: type[Any], names: Sequence[str], others: Any) -> None:
        self._kept, self._real, self._names, self._others = kept, real, names, others

    def __getattr__(self, name: str) -> Any:
        if name not in self._names:
            return getattr(self._others, name)
        signature, answer = inspect.signature(getattr(self._real, name)), getattr(self._kept, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            signature.bind(None, *args, **kwargs)
            return answer(*args, **kwargs)

        return call


def outbox_state(items: Sequence[OutboxItem], base: AppState = IDLE) -> AppState:
    """A state that counts these items."""
    waiting = [item for item in items if item.state == WAITING]
    oldest = min((item.created_at for item in waiting), default=None)
    view = OutboxView(len(waiting), len(items) - len(waiting), oldest)
    return replace(base, outbox=view, codes=KNOWN_CODES)


def crm_down(state: AppState) -> AppState:
    """The CRM has been down for ten minutes."""
    return replace(
        state, health={**state.health, "crm": SourceHealth(Health.DOWN, NOW - 600, verbatim("does not answer"))}
    )


def outbox_desk(
    items: Sequence[OutboxItem],
    state: AppState | None = None,
    *,
    down: Sentence = NOTHING,
    keymap: dict[str, str] | None = None,
) -> tuple[DesktopApp, KeptOutbox, Any]:
    """The desk, the outbox, and the session between them."""
    app, session = desk(state if state is not None else outbox_state(items), keymap=keymap)
    kept = KeptOutbox(items, session.calls)
    kept.down = down
    parts: Any = session
    parts.outbox = Reached(kept, Outbox, ("items", "retry", "discard", "why"), session.outbox)
    parts.wrap_ups = Reached(kept, WrapUps, ("change",), parts.wrap_ups)
    parts.pops = Reached(kept, ScreenPops, ("find",), parts.pops)
    return app, kept, session
