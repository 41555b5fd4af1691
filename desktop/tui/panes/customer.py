"""Who the customer is: the five answers of a screen pop, each with its own face."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from desktop.domain import select
from desktop.domain.customer import Consent, Customer, Match
from desktop.domain.state import ScreenPop
from desktop.domain.words import PopAnswer
from desktop.tui import sources, wording
from desktop.tui.key import show
from desktop.tui.keys import BY_ID, shown
from desktop.tui.pane import TextPane, View
from desktop.tui.safe_text import Part, content, line

GROWN = 16
"""Lines of text the pane may grow to on narrow screens."""
ROOMY = 10
"""Lines from which the records of several CRMs are shown with everything they know."""


class CustomerPane(TextPane):
    """The card."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = """
    CustomerPane { height: auto; min-height: 5; max-height: 18; border: round $rule; padding: 0 1; }
    """

    def look(self, view: View) -> tuple[object, ...]:
        """The screen pop of the selected interaction."""
        return (view.selected, view.state.pops.get(view.selected or ""), view.interaction is None)

    def draw(self, view: View) -> None:
        """Redraw the card and say where it came from and how old it is."""
        self.border_title = _heading(view)
        super().draw(view)

    def on_resize(self) -> None:
        """Fit the matches to the new height."""
        if self.view is not None:
            self.draw(self.view)

    @property
    def _room(self) -> int:
        """Lines there are; where the pane grows with its text, as many as it may grow to."""
        return GROWN if self.styles.is_auto_height else self.content_size.height

    def lines(self, view: View) -> Sequence[Content]:
        """The face of the answer."""
        interaction = view.interaction
        if interaction is None:
            return (line(("No contact selected. Press ", "$muted"), ("/", "bold $accent"), (" to search.", "$muted")),)
        pop = view.state.pops.get(interaction.id)
        if pop is None:
            return (content(wording.address(interaction.customer), "bold"), content("Not looked up yet.", "$muted"))
        if pop.match is not None:
            return _one(pop, pop.match, view, self._room)
        match pop.answer:
            case PopAnswer.ONE:
                return _many(pop, view, self._room)  # unlinked again: the one found is still there to pick
            case PopAnswer.MANY:
                return _many(pop, view, self._room)
            case PopAnswer.NO_MATCH:
                return _none(pop, view)
            case PopAnswer.COULD_NOT_ASK if not select.names_crm(view.state):
                return _no_crm(view)
            case PopAnswer.COULD_NOT_ASK:
                return _not_asked(pop, view)
            case PopAnswer.SEARCHING:
                return _searching(pop, view)


def _heading(view: View) -> Content:
    pop = view.state.pops.get(view.selected or "")
    match = pop.match if pop else None
    if match is None and pop is not None and pop.matches:
        match = pop.matches[0]
    if match is None or match.customer.fetched_at is None:
        return content("Customer")
    old = wording.since(view.now - match.customer.fetched_at)
    kept = pop is not None and pop.cached
    if match.records and not kept:
        return line("Customer", *sources.aged(match, view.now))
    return line(
        "Customer",
        (f" · {wording.source_tag(match.customer.source)} · ", "$muted"),
        (f"kept here {old}" if kept else old, "$warning" if kept else "$muted"),
    )


def _one(pop: ScreenPop, match: Match, view: View, room: int) -> list[Content]:
    """The card. Where there is little room for what several CRMs said, what one of them knows besides gives way."""
    customer = match.customer
    lines = [_name(customer), *sources.unanswered(pop, view.now)]
    crowded = bool(match.records) and room < ROOMY
    if customer.company and not crowded:
        lines.append(content(customer.company, "$muted"))
    lines += _addresses(customer, match, view)[: 1 if crowded else None]
    lines += _local(customer) if not crowded else []
    lines += sources.put_together(match)
    lines += sources.differing(match)
    if customer.consents:
        lines.append(line(*(part for consent in customer.consents for part in _consent(consent))))
    for promise in customer.promises:
        if promise.kept is not None:
            continue
        late = select.promise_is_late(promise, view.now)
        lines.append(
            line(
                ("! promised " if late else "→ promised ", "bold $warning" if late else "$accent"),
                (promise.text, "bold" if late else ""),
                (f" {wording.due(promise.due, view.now)}", "$warning" if late else "$muted"),
            )
        )
    if customer.note:
        lines.append(line(("note ", "$muted"), (customer.note, "italic")))
    if len(pop.matches) > 1:
        lines.append(
            line(
                (f"picked by {pop.chosen_by or 'you'} of {len(pop.matches)} · ", "$muted"),
                ("u", "bold $accent"),
                (" undo", "$muted"),
            )
        )
    if pop.why:
        lines.append(content(pop.why, "$warning"))
    return lines


def _name(customer: Customer) -> Content:
    tier: list[Part] = [(f"   ◆ {customer.tier}", "$accent")] if customer.tier else []
    return line((customer.name, "bold"), *tier)


def _addresses(customer: Customer, match: Match, view: View) -> list[Content]:
    asked = view.interaction.customer.value if view.interaction else ""
    lines = []
    for value in sorted(customer.addresses, key=lambda address: address.value != asked)[:3]:
        sure: list[Part] = []
        if value.value == asked:
            sure = [("  ✓ verified", "$success") if match.verified else ("  ? not verified", "$warning")]
        lines.append(line((wording.address(value), "" if value.value == asked else "$muted"), *sure))
    return lines


def _local(customer: Customer) -> list[Content]:
    known = [text for text in (customer.language, customer.time_zone, f"id {customer.id}") if text]
    return [content(" · ".join(known), "$muted")]


def _consent(consent: Consent) -> list[Part]:
    sign, style = {True: ("✓", "$success"), False: ("✕", "$error"), None: ("?", "$muted")}[consent.granted]
    return [(f"{consent.topic} ", "$muted"), (sign, style), "  "]


def _many(pop: ScreenPop, view: View, room: int) -> list[Content]:
    """Two lines for each match, one where there is no room, and how many more there are where there still is none."""
    matches = pop.matches[:9]
    waits = sources.unanswered(pop, view.now)
    room -= len(waits)
    lines = [content(_question(len(pop.matches)), "bold $warning")]
    roomy = 2 * len(matches) + 1 <= room
    shown_matches = matches if len(matches) + 1 <= room else matches[: max(1, room - 2)]
    for number, match in enumerate(shown_matches, start=1):
        customer = match.customer
        more = " · ".join(text for text in (customer.company, customer.tier, sources.tags(match)) if text)
        why = f"{match.reason} · id {customer.id}"
        head: list[Part] = [
            (f" {number} ", "bold reverse $accent"),
            (f" {customer.name}", "bold"),
            (f"  {more}" if more else "", "$accent"),
        ]
        lines.append(line(*head) if roomy else line(*head, (f"  {why}", "$muted")))
        if roomy:
            lines.append(content(f"    {why}", "$muted"))
    if len(shown_matches) < len(pop.matches):
        lines.append(
            line(
                (f"{len(pop.matches) - len(shown_matches)} more · ", "$muted"),
                (shown("search"), "bold $accent"),
                (" search", "$muted"),
            )
        )
    elif len(lines) < room:
        key = (show(BY_ID["search"].letters[0]), "bold $accent")
        lines.append(line(("the digit, or alt+digit while typing · ", "$muted"), key, (" search", "$muted")))
    return [*lines, *waits]


def _question(matches: int) -> str:
    return f"{matches} customers match. Who is it?" if matches > 1 else "Found, but not linked. Is it them?"


def _none(pop: ScreenPop, view: View) -> list[Content]:
    interaction = view.interaction
    where = wording.address(interaction.customer) if interaction else ""
    return [
        content(where, "bold"),
        content(f"Nobody in {sources.asked(pop)} has this address.", "$warning"),
        line(("/", "bold $accent"), (" search   ", "$muted"), ("+", "bold $accent"), (" new customer   ", "$muted")),
        content("Or go on without: the note is kept with the contact.", "$muted"),
    ]


def _no_crm(view: View) -> list[Content]:
    where = wording.address(view.interaction.customer) if view.interaction else ""
    return [
        content(where, "bold"),
        content("This profile names no CRM, so nobody is looked up.", "$muted"),
    ]


def _not_asked(pop: ScreenPop, view: View) -> list[Content]:
    interaction = view.interaction
    where = wording.address(interaction.customer) if interaction else ""
    lines = [
        content(where, "bold"),
        *(sources.unanswered(pop, view.now) or _crm_not_asked(pop, view)),
        *sources.answered(pop),
        line(
            ("This does not mean the customer is unknown. Trying again by itself; ", "$muted"),
            (shown("retry"), "bold $accent"),
            (" now.", "$muted"),
        ),
    ]
    return [*lines, *(_kept(match) for match in pop.matches[:3])]


def _crm_not_asked(pop: ScreenPop, view: View) -> list[Content]:
    old = wording.duration(view.now - pop.since)
    return [
        line(("✕ The CRM could not be asked", "bold $error"), (f"  {old}", "$muted")),
        content(pop.why, "$muted"),
    ]


def _searching(pop: ScreenPop, view: View) -> list[Content]:
    interaction = view.interaction
    where = wording.address(interaction.customer) if interaction else ""
    lines = [
        content(where, "bold"),
        *_asking(pop, view),
        *sources.answered(pop),
    ]
    return [*lines, *(_kept(match) for match in pop.matches[:1])]


def _asking(pop: ScreenPop, view: View) -> list[Content]:
    old = wording.duration(view.now - pop.since)
    return sources.unanswered(pop, view.now) or [line(("◌ Asking the CRM … ", "$accent"), (old, "$muted"))]


def _kept(match: Match) -> Content:
    return line(("kept here: ", "$muted"), (match.customer.name, "bold"), ("  not verified", "$warning"))
