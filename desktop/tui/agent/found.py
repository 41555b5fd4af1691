"""What is found while one types, in rows: contacts, customers, colleagues, queues and commands, each kind by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.customer import CrmAnswer, FoundCustomers, Match
from desktop.domain.entities.model import Address, Interaction, QueueStats
from desktop.domain.entities.words import PopAnswer
from desktop.domain.select.experts import RankedExpert
from desktop.domain.select.search import fits
from desktop.domain.text.folding import fold
from desktop.tui.keys.key import Key
from desktop.tui.keys.keys import BY_ID
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.sources import tags
from desktop.tui.words.titles import title
from desktop.tui.words.traits import traits
from desktop.words.catalogue import tr, word
from desktop.words.marks import mark

_NO_COMMANDS = frozenset({"search", "palette", "back", "pane"})
"""Keys that find or leave something themselves."""


class FoundKind(StrEnum):
    """What a hit is."""

    CONTACT = "contact"
    OVER = "over"
    CUSTOMER = "customer"
    PERSON = "person"
    QUEUE = "queue"
    COMMAND = "command"


_HEADINGS = {
    FoundKind.CONTACT: mark("Your contacts"),
    FoundKind.OVER: mark("Your contacts, ended"),
    FoundKind.CUSTOMER: mark("Customers"),
    FoundKind.PERSON: mark("Colleagues"),
    FoundKind.QUEUE: mark("Queues"),
    FoundKind.COMMAND: mark("Commands"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found.

    Attributes:
        id: what it is called among those of its kind.
        label: what people call it; `name` is that as the first line has it, with `aside` at its end.
        second: what tells it from others of the same name; "" for no second line.
        match: the customer.
        address: where a contact came from.
    """

    kind: FoundKind
    id: str
    label: str
    name: Content
    aside: Part = ""
    second: Part = ""
    match: Match | None = None
    address: Address | None = None

    @property
    def key(self) -> str:
        """What its row is called."""
        return f"{self.kind}:{self.id}"


def group_of(kind: FoundKind) -> str:
    """What hits of a kind stand under."""
    return word(_HEADINGS[kind])


def found_here(view: View, text: str) -> list[Hit]:
    """What the desk knows of a text, without asking anybody."""
    here = select.search_here(view.state, text, view.now)
    return [
        *(_contact(view, one) for one in here.contacts),
        *(_over(view, one) for one in here.over),
        *(_person(one) for one in here.people),
        *(_queue(one) for one in here.queues),
        *(_command(key) for key in commands(text)),
    ]


def commands(text: str) -> Iterable[Key]:
    """The commands whose name has every word typed."""
    words = fold(text).split()
    return (key for key in BY_ID.values() if words and key.action not in _NO_COMMANDS and fits(words, key.label))


def customers(view: View, found: FoundCustomers, room: int = 0) -> list[Hit]:
    """Customers, each with what tells it from the others, as far as there is room for it."""
    known = select.telling_apart(view.state, [match.customer for match in found.matches])
    return [
        Hit(
            FoundKind.CUSTOMER,
            match.customer.id,
            match.customer.name,
            content(match.customer.name, "bold"),
            _where_from(match, kept=match.customer.id in found.kept, view=view),
            (traits(apart, view.now, room), "$muted"),
            match=match,
        )
        for match, apart in zip(found.matches, known, strict=True)
    ]


def asked(found: FoundCustomers, now: float) -> list[Part]:
    """How far each CRM is, for the heading of the customers."""
    parts: list[Part] = []
    for one in found.answers:
        parts += [(" · ", "$muted"), _asked(one, now)]
    if found.answers and not found.matches and all(one.answer is PopAnswer.NO_MATCH for one in found.answers):
        parts.append((f" · {tr('none found')}", "$muted"))
    return parts


def _asked(one: CrmAnswer, now: float) -> Part:
    tag = wording.source_tag(one.source)
    if one.answer is PopAnswer.SEARCHING:
        return (f"◌ {tr('asking {source} …', source=tag)} {wording.duration(now - one.since)}", "$accent")
    if one.answer is PopAnswer.COULD_NOT_ASK:
        return (f"✕ {tr('{source} could not be asked', source=tag)}", "bold $error")
    return (f"{tag} {wording.since(max(0.0, now - one.since))}", "$muted")


def _where_from(match: Match, *, kept: bool, view: View) -> Content:
    fetched = match.customer.fetched_at
    if kept and fetched is not None:
        return content(tr("saved copy, {age}", age=wording.since(view.now - fetched)), "$warning")
    tier = match.customer.tier
    return content(tags(match) or (f"◆ {tier}" if tier else ""), "$muted")


def _contact(view: View, interaction: Interaction) -> Hit:
    sign = TRAITS[interaction.channel].sign
    number = view.numbers.get(interaction.id)
    return Hit(
        FoundKind.CONTACT,
        interaction.id,
        title(view.state, interaction),
        line((f"{sign} ", "$muted"), (title(view.state, interaction), "bold")),
        line((wording.phase(interaction), "$muted"), (f"  {number}" if number is not None else "", "$accent")),
        (_about(view, interaction), "$muted"),
        address=interaction.customer,
    )


def _over(view: View, interaction: Interaction) -> Hit:
    ended = interaction.ended_at or interaction.phase_since
    when = wording.day(ended, view.now)
    at = wording.clock(ended)[:5] if when == tr("today") else when
    return Hit(
        FoundKind.OVER,
        interaction.id,
        title(view.state, interaction),
        line((f"{TRAITS[interaction.channel].sign} ", "$muted"), (title(view.state, interaction), "bold")),
        content(tr("ended {when}", when=at), "$muted"),
        (_about(view, interaction), "$muted"),
        address=interaction.customer,
    )


def _about(view: View, interaction: Interaction) -> str:
    named = title(view.state, interaction)
    address = wording.address(interaction.customer)
    return " · ".join(
        one for one in (interaction.queue, address if address != named else "", interaction.subject) if one
    )


def _person(expert: RankedExpert) -> Hit:
    presence = expert.presence
    sign, said, style = wording.PRESENCE[presence.state] if presence else ("?", mark("unknown"), "$muted")
    if presence is not None and presence.in_call:
        said = mark("on a call")
    elif presence is not None and presence.in_meeting:
        said = mark("in a meeting")
    person = expert.person
    old = f" {wording.age(expert.age)}" if expert.age is not None else ""
    about = " · ".join(one for one in (person.title, person.team, expert.skill, person.address) if one)
    return Hit(
        FoundKind.PERSON,
        person.id,
        person.name,
        line((f"{sign} ", style), (person.name, "bold")),
        line((tr(said), style), (old, "$muted")),
        (about, "$muted"),
    )


def _queue(queue: QueueStats) -> Hit:
    waiting = wording.UNKNOWN if queue.waiting is None else tr("{n} waiting", n=queue.waiting)
    return Hit(
        FoundKind.QUEUE,
        queue.name,
        queue.name,
        line(("≡ ", "$muted"), (queue.name, "bold")),
        content(waiting, "$muted"),
    )


def _command(key: Key) -> Hit:
    return Hit(FoundKind.COMMAND, key.action, key.title, content(key.title, "bold"), content(key.shown, "bold $accent"))


def of_kind(hits: Sequence[Hit], kind: FoundKind) -> list[Hit]:
    """Those of one kind."""
    return [hit for hit in hits if hit.kind is kind]
