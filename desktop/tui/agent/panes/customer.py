"""Who the customer is: the five answers of a screen pop, each with its own face."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from desktop.app.screen_pop.pop import BY_AGENT
from desktop.domain import select
from desktop.domain.entities.card_fields import CARD_FIELDS
from desktop.domain.entities.customer import Consent, Customer, Match
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import PopAnswer
from desktop.domain.select.customer import is_on_file
from desktop.tui.agent.past import details_seen, match_of, promise_line
from desktop.tui.keys.key import show
from desktop.tui.keys.keys import BY_ID, shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, first_that_fits, lines_that_fit
from desktop.tui.widgets.key_hint import key_hint, pressing
from desktop.tui.widgets.key_in_text import KEY, with_key
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import Part, content, line, web_link
from desktop.tui.words import sources, wording
from desktop.tui.words.traits import traits
from desktop.words.catalogue import in_words, ntr, term, tr

OTHERS = 2
"""How many of the customer's other numbers and addresses are listed."""
_INDENT = 4
MATCHES_HEIGHT = 18
"""Lines of the pane, with its border, while there are several customers to choose from."""
_STAYS, _MARKS, _NOTE, _OWN, _DIFFERING, _RECORD, _BRIEF, _COMPANY, _BOUGHT, _ADDRESSES = range(10)
"""Where there is little room the last of these gives way first: who it is and what was promised never does.

What can be copied can be read there.
"""


class CustomerPane(TextPane):
    """The card."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    def look(self, view: View) -> tuple[object, ...]:
        """The screen pop of the selected interaction, and what the customer bought."""
        pop = view.state.pops.get(view.selected or "")
        match = match_of(view)
        shown = (view.selected, pop, view.interaction is None, view.preview, *details_seen(view))
        if match is None:
            return shown
        # How many there are is the same object as long as they are as many.
        messages = (len(select.unfinished_messages(view.state, match)), len(select.held_messages(view.state, match)))
        return (*shown, *messages)

    def draw(self, view: View) -> None:
        """Redraw the card and say where it came from and how old it is."""
        # Nothing below is known before one of several customers is chosen: they have all the room there is.
        has_choice = self.styles.is_auto_height and _is_choice(view)
        if has_choice is not self.styles.inline.has_rule("max_height"):  # each change is a layout
            self.styles.max_height = MATCHES_HEIGHT if has_choice else None
        self.border_title = first_that_fits(border_room(self), _headings(view))
        has_card = view.interaction is not None or view.preview is not None
        self.border_subtitle = line(key_hint(shown("copy"), tr("copy"))) if has_card else content("")
        super().draw(view)

    def on_resize(self) -> None:
        """Fit the matches to the new height."""
        if self.view is not None:
            self.draw(self.view)

    @property
    def _room(self) -> int:
        """Lines there are; where the pane grows with its text, as many as it may grow to. 0 before the first layout."""
        most, column = self.styles.max_height, self.parent
        if not self.styles.is_auto_height or most is None or not isinstance(column, Widget):
            return self.content_size.height
        return max(0, int(most.resolve(column.content_size, self.app.size)) - self.gutter.height)

    def lines(self, view: View) -> Sequence[Content]:
        """The face of the answer."""
        interaction, width = view.interaction, self.content_size.width
        if interaction is None and view.preview is not None:
            shown_as = ScreenPop(PopAnswer.ONE, view.now, (view.preview,), view.preview.customer.id)
            how = line(
                (f"{tr('Not linked: there is no contact.')} ", "$muted"),
                key_hint("esc", tr("close")),
            )
            return (*_one(shown_as, view.preview, view, width, self._room - 1), how)
        if interaction is None:
            return (line(*with_key(tr("No contact selected. Press {key} to search.", key=KEY), "/")),)
        pop = view.state.pops.get(interaction.id)
        if pop is None:
            return (content(wording.address(interaction.customer), "bold"), content(tr("Not looked up yet."), "$muted"))
        if pop.match is not None:
            return _one(pop, pop.match, view, width, self._room)
        match pop.answer:
            case PopAnswer.ONE | PopAnswer.MANY:  # one, unlinked again, is still there to pick
                return _many(pop, view, width, self._room)
            case PopAnswer.NOT_ASKED:
                return _nothing_to_ask_by(view)
            case PopAnswer.NO_MATCH:
                return _none(pop, view)
            case PopAnswer.COULD_NOT_ASK if not select.names_crm(view.state):
                return _no_crm(view)
            case PopAnswer.COULD_NOT_ASK:
                return _could_not_ask(pop, view, width)
            case PopAnswer.SEARCHING:
                return _searching(pop, view, width)


def _is_choice(view: View) -> bool:
    pop = view.state.pops.get(view.selected or "")
    return pop is not None and pop.match is None and bool(pop.matches)


def _headings(view: View) -> Iterator[Content]:
    """Title, sources and ages, the longest first."""
    pop = view.state.pops.get(view.selected or "")
    match = pop.match if pop else view.preview
    if match is None and pop is not None and pop.matches:
        match = pop.matches[0]
    if match is None or match.customer.fetched_at is None:
        yield content(tr("Customer"))
        return
    old = wording.since(view.now - match.customer.fetched_at)
    kept = pop is not None and pop.cached
    if match.records and not kept:
        for brief in (False, True):
            yield line(tr("Customer"), *sources.aged(match, view.now, brief=brief))
        oldest = max(
            (view.now - one.customer.fetched_at for one in match.records if one.customer.fetched_at), default=0
        )
        yield line(tr("Customer"), (f" · {wording.since(oldest)}", "$muted"))
        return
    for source in (f" · {wording.source_tag(match.customer.source)}", ""):
        age = (tr("saved copy, {age}", age=old), "$warning") if kept else (old, "$muted")
        yield line(tr("Customer"), (f"{source} · ", "$muted"), age)


def _one(pop: ScreenPop, match: Match, view: View, width: int, room: int) -> list[Content]:
    """The card. Where there is too little room for all of it, what matters least while talking gives way."""
    customer = match.customer
    lines = [(_STAYS, _name(customer))]
    for waiting, why in sources.unanswered(pop, view.now, width):
        lines += [(_STAYS, waiting), *((_BRIEF, one) for one in why)]
    lines += [(_STAYS, one) for one in _came_from(pop, match, view)]
    lines += [(_COMPANY, content(customer.company, "$muted"))] if customer.company else []
    lines += [(_ADDRESSES, one) for one in _addresses(match, view)]
    lines += [(_BRIEF, one) for one in _in_brief(customer)]
    lines += [(_STAYS, one) for one in _unfinished(match, view)]
    lines += [(_MARKS, one) for one in sources.put_together(match, width)]
    lines += [(_DIFFERING, one) for one in sources.differing(match)]
    if customer.consents:
        lines.append((_MARKS, line(*(part for consent in customer.consents for part in _consent(consent)))))
    lines += [(_STAYS, promise_line(promise, view.now)) for promise in customer.promises if promise.kept is None]
    if customer.note:
        lines.append((_NOTE, line((f"{tr('note')} ", "$muted"), (customer.note, "italic"))))
    lines += [(_BOUGHT, one) for one in _bought(match, view)]
    lines += [(_OWN, one) for one in _own_fields(customer)]
    if customer.url:
        lines.append((_RECORD, line((f"{tr('record')} ", "$muted"), web_link(customer.url))))
    if len(pop.matches) > 1:
        found = len(pop.matches)
        by_agent = pop.chosen_by == BY_AGENT
        one_of = tr("You chose 1 of {found}", found=found) if by_agent else tr("1 of {found}", found=found)
        unlink = line((f"{one_of} · ", "$muted"), key_hint(show(BY_ID["unlink"].letters[0]), tr("unlink")))
        lines.append((_STAYS, unlink))
    if pop.why:
        lines.append((_STAYS, content(in_words(pop.why), "$warning")))
    return lines_that_fit(room, width, lines)


def _name(customer: Customer) -> Content:
    tier: list[Part] = [(f"   ◆ {customer.tier}", "$accent")] if customer.tier else []
    return line((customer.name, "bold"), *tier)


def _came_from(pop: ScreenPop, match: Match, view: View) -> list[Content]:
    """The address of the contact itself, whoever it is linked to, and whether it is theirs.

    That it is on file of one among several is no mark; that it is not always is one.
    """
    asked = view.interaction.customer if view.interaction else None
    if asked is None or not (asked.value or asked.withheld):
        return []
    marked = len(pop.matches) == 1 or not is_on_file(match, asked)
    return [line((wording.address(asked), ""), *(wording.on_file(match, asked) if marked else ()))]


def _addresses(match: Match, view: View) -> list[Content]:
    """The other ways to reach them."""
    theirs = select.came_from(match, view.interaction.customer) if view.interaction else ()
    others = [one for one in match.customer.addresses if one not in theirs]
    return [content(wording.address(value), "$muted") for value in others[:OTHERS]]


def _unfinished(match: Match, view: View) -> list[Content]:
    """Messages to them that have not gone yet: held back for a moment, or only begun."""
    lines: list[Content] = []
    if held := select.held_messages(view.state, match):
        which = ", ".join(term("channel", one) for one in held)
        key = key_hint(show(BY_ID["unlink"].letters[0]), tr("takes it back"))
        lines.append(line((f"◌ {tr('goes in a moment')}: {which}  ", "bold $accent"), key))
    if begun := select.unfinished_messages(view.state, match):
        which = ", ".join(term("channel", one) for one in begun)
        key = key_hint(show(BY_ID["customer_message"].letters[0]), tr("goes on"))
        lines.append(line((f"✎ {tr('unfinished message')}: {which}  ", "$warning"), key))
    return lines


def _bought(match: Match, view: View) -> list[Content]:
    """How much they bought, and when they did last; nothing where that is not known."""
    bought = select.details_of(view.state, match).purchases
    if not bought:
        return []
    last = wording.day(max(one.at for one in bought), view.now)
    return [content(ntr("{n} purchase · {last}", "{n} purchases · last {last}", len(bought), last=last), "$muted")]


def _own_fields(customer: Customer) -> list[Content]:
    """What the CRM knows besides, by its own names."""
    parts: list[Part] = []
    for name, value in customer.fields.items():
        if value:
            parts += [("   " if parts else "", ""), (f"{name} ", "$muted"), (value, "")]
    return [line(*parts)] if parts else []


def _in_brief(customer: Customer) -> list[Content]:
    facts = (getattr(customer, field.name) for field in CARD_FIELDS if field.in_brief)
    known = [text for text in facts if text]
    return [content(" · ".join([*known, _id(customer)]), "$muted")]


def _id(customer: Customer) -> str:
    return tr("id {id}", id=customer.id)


def _consent(consent: Consent) -> list[Part]:
    sign, style = {True: ("✓", "$success"), False: ("✕", "$error"), None: ("?", "$muted")}[consent.granted]
    if consent.topic == "recording" and consent.granted is False:
        return [(f"{sign} {tr('recording refused')}", style), "  "]
    return [(f"{term('consent', consent.topic)} ", "$muted"), (sign, style), "  "]


def _many(pop: ScreenPop, view: View, width: int, room: int) -> list[Content]:
    """Two lines for each match, one where there is no room, and how many more there are where there still is none."""
    matches = pop.matches[:9]
    waits = _waiting(pop, view, width)
    room -= len(waits)
    asked = view.interaction.customer if view.interaction is not None else None
    known = select.telling_apart(view.state, [match.customer for match in matches], shared=asked)
    reasons = {in_words(match.reason) for match in matches}
    question = (_question(len(pop.matches)), "bold $warning")
    lines = [first_that_fits(width, (line(question, (_why_all(reasons), "$muted")), line(question)))]

    def why(number: int, cells: int) -> str:
        own_reason = in_words(matches[number].reason) if len(reasons) > 1 else ""
        return " · ".join(text for text in (traits(known[number], view.now, cells), own_reason) if text)

    heads = [_head(number, match) for number, match in enumerate(matches, start=1)]
    whole = [line(*head, (f"  {why(number, 0)}", "$muted")) for number, head in enumerate(heads)]
    high = 2 * len(matches) + 1
    # The keys below are worth more than a second line that nothing needs.
    roomy = high < room or (high == room and any(row.cell_length > width for row in whole))
    shown_matches = matches if len(matches) + 1 <= room else matches[: max(1, room - 2)]
    for number in range(len(shown_matches)):
        row = line(*heads[number]) if roomy else whole[number]
        rows = [row.truncate(width, ellipsis=True) if width else row]
        if roomy:
            rows.append(content(f"{' ' * _INDENT}{why(number, max(0, width - _INDENT))}", "$muted"))
        lines += [pressing(str(number + 1), one) for one in rows]
    if len(shown_matches) < len(pop.matches):
        lines.append(
            line(
                (f"{tr('{n} more', n=len(pop.matches) - len(shown_matches))} · ", "$muted"),
                key_hint(shown("search"), tr("search")),
            )
        )
    elif len(lines) < room:
        key = key_hint(show(BY_ID["search"].letters[0]), tr("search"))
        last = len(matches)
        choose = tr("Press 1–{last} to choose (alt+1–{last} while typing)", last=last) if last > 1 else tr("1 links it")
        lines.append(line((f"{choose} · ", "$muted"), key))
    return [*lines, *waits]


def _head(number: int, match: Match) -> list[Part]:
    more = " · ".join(text for text in (match.customer.tier, sources.tags(match)) if text)
    return [
        (f" {number} ", "bold reverse $accent"),
        (f" {match.customer.name}", "bold"),
        (f"  {more}" if more else "", "$accent"),
    ]


def _why_all(reasons: set[str]) -> str:
    """Why they match, where it is the same for all; else each says its own."""
    return f"  {next(iter(reasons))}" if len(reasons) == 1 else ""


def _question(matches: int) -> str:
    return ntr("Possible match, not linked. Is this the caller?", "{n} customers match. Who is it?", matches)


def _none(pop: ScreenPop, view: View) -> list[Content]:
    """Not in the CRM; after a search only that the search found no one, for it asked something else."""
    interaction = view.interaction
    where = wording.address(interaction.customer) if interaction else ""
    found = tr("No customers found.") if pop.decided else sources.in_none(pop)
    return [content(where, "bold"), content(found, "$warning"), *_ways_on()]


def _nothing_to_ask_by(view: View) -> list[Content]:
    """A withheld number: nobody was asked, so nothing is known of who it is."""
    where = wording.address(view.interaction.customer) if view.interaction else ""
    return [
        content(where or tr("No number or address"), "bold"),
        content(tr("The CRM was not asked: there is nothing to look up."), "$muted"),
        *_ways_on(),
    ]


def _ways_on() -> list[Content]:
    search, create = (show(BY_ID[verb].letters[0]) for verb in ("search", "create"))
    return [
        line(
            key_hint(search, tr("search"), "   "),
            key_hint(create, tr("new customer")),
        ),
        content(tr("Or continue without a record: the note stays with the contact."), "$muted"),
    ]


def _no_crm(view: View) -> list[Content]:
    where = wording.address(view.interaction.customer) if view.interaction else ""
    return [
        content(where, "bold"),
        content(tr("This profile has no CRM, so callers are not looked up."), "$muted"),
    ]


def _could_not_ask(pop: ScreenPop, view: View, width: int) -> list[Content]:
    interaction = view.interaction
    where = wording.address(interaction.customer) if interaction else ""
    lines = [
        content(where, "bold"),
        *(_waiting(pop, view, width, keyed=False) or _crm_failed(pop, view)),
        *sources.answered(pop),
        line(
            *with_key(
                tr("The customer may still be on file. Retrying automatically; {key} now.", key=KEY), shown("retry")
            )
        ),
    ]
    return [*lines, *(_kept(match) for match in pop.matches[:3])]


def _crm_failed(pop: ScreenPop, view: View) -> list[Content]:
    old = wording.duration(view.now - pop.since)
    return [
        line((f"✕ {tr('The CRM could not be asked')}", "bold $error"), (f"  {old}", "$muted")),
        content(in_words(pop.why), "$muted"),
    ]


def _searching(pop: ScreenPop, view: View, width: int) -> list[Content]:
    interaction = view.interaction
    where = wording.address(interaction.customer) if interaction else ""
    lines = [
        content(where, "bold"),
        *_backend_calls(pop, view, width),
        *sources.answered(pop),
    ]
    return [*lines, *(_kept(match) for match in pop.matches[:1])]


def _backend_calls(pop: ScreenPop, view: View, width: int) -> list[Content]:
    old = wording.duration(view.now - pop.since)
    asking = line((f"◌ {tr('Asking the CRM …')} ", "$accent"), (old, "$muted"))
    return _waiting(pop, view, width) or [asking]


def _waiting(pop: ScreenPop, view: View, width: int, *, keyed: bool = True) -> list[Content]:
    """The CRMs that have not answered, each with the reason it gave."""
    said = sources.unanswered(pop, view.now, width, keyed=keyed)
    return [one for waiting, why in said for one in (waiting, *why)]


def _kept(match: Match) -> Content:
    return line(
        (f"{tr('saved copy:')} ", "$muted"),
        (match.customer.name, "bold"),
        (f"  {tr('not confirmed by the CRM')}", "$warning"),
    )
