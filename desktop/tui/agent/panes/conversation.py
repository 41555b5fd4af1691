"""The contact itself: what the IVR learned, who is on the line, what was said, and the verbs with their keys."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import ClassVar, Final

from textual.content import Content
from textual.widgets import Input, TextArea

from desktop.domain import select
from desktop.domain.entities.channels import CALLS, TRAITS, WRITTEN
from desktop.domain.entities.floor import HelpState
from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.words import Channel, Direction, LegKind, LegPhase, Phase, Recording, Verb
from desktop.domain.select.hearing import AGENT, CUSTOMER, Hearing, hearing
from desktop.domain.text.folding import fold
from desktop.tui.agent.past import details_seen, what_came_before
from desktop.tui.agent.thread import has_quotations, searched, thread
from desktop.tui.keys import keys
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, first_that_fits
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.keyed import keyed, lettered
from desktop.tui.words.titles import queue_name, title
from desktop.words.catalogue import ptr, term, tr
from desktop.words.marks import mark

ROOMY = 12
"""Lines of text from which parts are set apart by an empty one."""
OPEN_LEG = (LegPhase.REQUESTED, LegPhase.RINGING, LegPhase.ACTIVE)

RECORDING_KEYS = tuple(one for one in keys.VERB_KEYS if one[1] == "recording")
VERB_KEYS = tuple(one for one in keys.VERB_KEYS if one not in RECORDING_KEYS)
"""Recording is printed last and where there is room; a line of its own says it when it matters."""


class ConversationPane(TextPane):
    """The selected interaction."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)
    _passed = 0  # of the newest messages, those scrolled past
    _page = 1  # messages in sight
    _read = ("", 0)  # which contact, and how many messages it had
    _unfolded = False  # what its e-mails quote
    _folded: tuple[object, tuple[str, ...]] = ((), ())  # of which messages, and their words to be searched
    _found: str | None = None  # the id of the message that was looked for

    def look(self, view: View) -> tuple[object, ...]:
        """The interaction, its customer and what is under way."""
        chosen = view.selected or ""
        return (
            view.interaction,
            view.state.pops.get(chosen),
            view.state.pending.get(chosen),
            view.state.capabilities,
            view.state.recording_consent,
            any(one.phase is Phase.OFFERED for one in select.mine(view.state)),
            view.state.phone,
            select.me(view.state),
            view.state.help,
            view.state.drafts.get(chosen),
            *details_seen(view),
        )

    def draw(self, view: View) -> None:
        """Redraw the body, the title above and the verbs below."""
        self.border_title = _heading(view, border_room(self))
        self.border_subtitle = self.verbs(view)
        if view.interaction is not None:
            self._passed = self._place(view.interaction)
        super().draw(view)

    def verbs(self, view: View) -> Content:
        """What can be done now, each with its key."""
        interaction = view.interaction
        if interaction is None:
            return content("")
        under_way = _under_way(view, interaction)
        hints = [*under_way, *_hints(view, interaction, VERB_KEYS)]
        recording = _hints(view, interaction, RECORDING_KEYS)
        wrap_up = _wrap_up_hint(interaction)
        whole = (Content(gap).join([*most, *wrap_up]) for most in ((*hints, *recording), hints) for gap in ("  ", " "))
        # The last line of the screen names the wrap-up as well; how the contact ends is always said.
        fewest = max(1, len(under_way))
        shorter = (Content(" ").join([*hints[:count], *hints[-1:]]) for count in range(len(hints) - 1, fewest - 1, -1))
        return first_that_fits(border_room(self), chain(whole, shorter))

    def scroll_thread(self, pages: int) -> None:
        """Read further up (negative) or down in the messages."""
        interaction = self.view.interaction if self.view is not None else None
        if interaction is None or self.view is None:
            return
        step = max(1, self._page - 1)
        most = max(0, len(interaction.messages) - 1)
        self._passed = min(most, max(0, self._passed - pages * step))
        self.draw(self.view)

    @property
    def at_end(self) -> bool:
        """Whether the newest message is in sight."""
        return self._passed == 0

    def find(self, text: str, step: int) -> tuple[int, int]:
        """Show a message with these words: the newest, or the one `step` further up (-1) or down (1).

        Returns:
            Which one it is, the newest being 1, and how many there are.
        """
        interaction = self.view.interaction if self.view is not None else None
        if interaction is None or self.view is None:
            return 0, 0
        messages, wanted = interaction.messages, fold(text)
        if self._folded[0] is not messages:
            self._folded = (messages, tuple(fold(searched(one)) for one in messages))
        found = [n for n in range(len(messages) - 1, -1, -1) if wanted and wanted in self._folded[1][n]]
        if not found:
            self._found = None
            self.draw(self.view)
            return 0, 0
        at = next((n for n, where in enumerate(found) if messages[where].id == self._found), None) if step else None
        at = 0 if at is None else min(max(at - step, 0), len(found) - 1)
        self._found = messages[found[at]].id
        self._passed = len(messages) - 1 - found[at]
        self.draw(self.view)
        return at + 1, len(found)

    def fold(self) -> bool:
        """Show what the e-mails quote, or no more. Says whether they quote anything."""
        interaction = self.view.interaction if self.view is not None else None
        if interaction is None or self.view is None or not has_quotations(interaction):
            return False
        self._unfolded = not self._unfolded
        self.draw(self.view)
        return True

    def _place(self, interaction: Interaction) -> int:
        """How many messages are passed: none in another contact; one more for each that came while one reads above."""
        of, before = self._read
        self._read = (interaction.id, len(interaction.messages))
        if of != interaction.id:
            self._unfolded, self._found = False, None
            return 0
        came = max(0, len(interaction.messages) - before)
        return min(self._passed + came if self._passed else 0, max(0, len(interaction.messages) - 1))

    def on_mouse_scroll_up(self) -> None:
        """The wheel reads the messages."""
        self.scroll_thread(-1)

    def on_mouse_scroll_down(self) -> None:
        """Likewise."""
        self.scroll_thread(1)

    def on_resize(self) -> None:
        """Fit everything to the new size."""
        if self.view is not None:
            self.draw(self.view)

    def lines(self, view: View) -> Sequence[Content]:
        """Why they called, who is on the line, what was said."""
        interaction = view.interaction
        if interaction is None:
            return _idle(view, in_field=isinstance(self.screen.focused, Input | TextArea))
        width, height = self.content_size
        shown = [*_recording_lines(view, interaction), *_call_lines(view, interaction, width)]
        if ended := wording.how_contact_ended(view.state, interaction):
            shown.append(content(ended, "bold"))
        about = [*_reason_lines(view, interaction), *_help_lines(view, interaction)]
        about += _previous_lines(interaction, width)
        shown += [*([content("")] if shown and height > ROOMY else []), *about]
        if interaction.messages or interaction.channel in WRITTEN:
            part = thread(
                view,
                interaction,
                width,
                max(3, height - len(shown) - 1),
                self._passed,
                unfolded=self._unfolded,
                found=self._found,
            )
            self._page = part.messages
            shown += [content(""), *part.lines]
        elif interaction.channel in CALLS:
            shown += what_came_before(view, width, height - len(shown))
        return shown


def _under_way(view: View, interaction: Interaction) -> list[Content]:
    """The verbs that were pressed and not answered yet."""
    pending = view.state.pending.get(interaction.id, frozenset())
    return [content(f"{term('verb', word)} …", "$accent") for word in sorted(pending)]


def _hints(view: View, interaction: Interaction, table: Sequence[tuple[Verb, str, str]]) -> list[Content]:
    """The verbs of a table that are on offer, with their keys."""
    on_offer = set(select.verbs_on_offer(view.state, interaction))
    labels: dict[str, str] = {}
    for verb, key, label in table:
        if verb in on_offer:
            labels.setdefault(key, label)
    return [key_hint(keys.BY_ID[key].shown, tr(label)) for key, label in labels.items()]


def _wrap_up_hint(interaction: Interaction) -> list[Content]:
    there = interaction.phase in (Phase.ACTIVE, Phase.WRAP_UP)
    return [key_hint(keys.BY_ID["wrap_up"].shown, tr("wrap-up"))] if there else []


def _heading(view: View, room: int) -> Content:
    """Who it is and where the contact stands; what there is no room for goes, but never the time that runs."""
    interaction = view.interaction
    if interaction is None:
        return content(tr("Conversation"))
    sign = TRAITS[interaction.channel].sign
    began = interaction.parked_since or interaction.held_since or interaction.answered_at or interaction.phase_since
    time = wording.duration(view.now - began)
    if interaction.phase is Phase.WRAP_UP:
        time = wording.duration(view.now - interaction.phase_since)
    if interaction.phase is Phase.OFFERED or interaction.wrap_up_deadline is not None:
        time = ""  # what is left of it stands elsewhere: two clocks that go opposite ways contradict each other
    # What is odd about the recording has a line of its own below, and is not said twice.
    said, style = ("", "") if _recording_lines(view, interaction) else _recording(view, interaction)
    who = f"{sign} {title(view.state, interaction)}"
    muted = [(f" · {tr('muted')}", "bold $warning")] if interaction.muted else []
    aside = interaction.held or interaction.parked or interaction.phase is Phase.WRAP_UP
    look = "$accent" if interaction.phase is Phase.OFFERED else "$warning" if aside else "$success"
    talking = (f"{wording.talk(interaction)} {time}".rstrip(), f"bold {look}")
    queue, level = f" · {queue_name(view.state, interaction.queue)}", _service_level(interaction)
    said = f" · {said}" if said else ""

    def version(queue: str, said: str, level: str, who: Part = (who, "bold")) -> Content:
        return line(who, (f"{queue} · ", "$muted"), talking, *muted, (said, style), (level, "$muted"))

    least = version("", said, "")
    name = content(who, "bold").truncate(max(4, room - least.cell_length + len(who)), ellipsis=True)
    versions = [version(queue, said, level), version(queue, said, ""), least]
    return first_that_fits(room, [*versions, version("", said, "", name)])


def _service_level(interaction: Interaction) -> str:
    """Whether it was answered in time; "" where that means nothing: nobody waits for a promised callback."""
    answered, limit = interaction.answered_at, interaction.service_level_at
    if answered is None or limit is None or interaction.callback_at is not None:
        return ""
    return f" · {tr('SL met') if answered <= limit else tr('SL missed')}"


def _recording(view: View, interaction: Interaction) -> tuple[str, str]:
    refused = select.recording_refused(view.state, interaction)
    return wording.recording(interaction, view.now, refused=refused, policy=view.state.recording_consent)


def _recording_lines(view: View, interaction: Interaction) -> list[Content]:
    """What is odd about the recording: paused, going on although it was refused, or not known although it was."""
    said, style = _recording(view, interaction)
    on_offer = select.verbs_on_offer(view.state, interaction)
    if interaction.phase is Phase.ACTIVE and interaction.recording is Recording.PAUSED:
        resumes = keyed(tr("{recording:key} resumes"), "recording") if Verb.RESUME_RECORDING in on_offer else []
        return [line((f"{said}   ", style), *resumes)]
    if said and interaction.recording is Recording.UNKNOWN:
        return [line((said, style))]
    if not select.recorded_against_will(view.state, interaction):
        return []
    against = (f"{said}   ", style)
    if Verb.PAUSE_RECORDING in on_offer:
        return [line(against, *keyed(tr("{recording:key} pauses"), "recording"))]
    if "pause_recording" in select.call_capabilities(view.state, interaction.id):
        return [line(against)]  # it is being paused just now
    return [line(against, (tr("The contact centre cannot pause it."), "$error"))]


def _idle(view: View, *, in_field: bool) -> list[Content]:
    """Where the agent stands; `in_field`: whether a letter would be typed, or not taken, and so is no key."""
    me = select.me(view.state)
    if me is None:
        return [content(tr("Signing in …"), "$muted")]
    sign, word, style = wording.AVAILABILITY[me.observed]
    lines = [line((f"{sign} {tr(word)}", style)), content("")]
    if view.state.phone is not None and not select.phone_registered(view.state):
        why = view.state.phone.why
        lost = (
            tr("Your phone is not registered ({why}): calls cannot reach you.", why=why)
            if why
            else tr("Your phone is not registered: calls cannot reach you.")
        )
        lines += [
            content(f"✕ {lost}", "bold $error"),
            line(*keyed(tr("{retry:key} tries again now."), "retry")),
            content(""),
        ]
    offer = next((one for one in select.mine(view.state) if one.phase is Phase.OFFERED), None)
    state = keys.BY_ID["state"]
    key = state.shown if in_field else state.brief
    if offer is not None:
        lines.append(line(*keyed(tr(_COMES_IN[offer.channel]), "accept")))
    elif me.observed.value == "available":
        serves = {channel for channel, most in me.capacity.items() if most}
        call = tr("Waiting for the next call. It will ring here.")
        contact = tr("Waiting for the next contact. It will appear here.")
        lines.append(content(call if serves and serves <= CALLS else contact, "$muted"))
    elif me.reason == "missed":
        lines.append(content(tr("You were taken off the queue because an offer was not answered."), "$warning"))
        lines.append(line(*lettered(mark("Press {key} to be available again."), key)))
    else:
        lines.append(line(*lettered(mark("Press {key} to choose your availability."), key)))
    return lines


_COMES_IN: Final[Mapping[Channel, str]] = {
    Channel.VOICE: mark("A call is ringing. {accept:key} answers."),
    Channel.CHAT: mark("A chat has come in. {accept:key} accepts."),
    Channel.EMAIL: mark("An e-mail has come in. {accept:key} accepts."),
    Channel.SMS: mark("A text message has come in. {accept:key} accepts."),
}


def _reason_lines(view: View, interaction: Interaction) -> list[Content]:
    if interaction.direction is Direction.OUTBOUND and not interaction.subject:
        facts: list[Part] = [(tr("You called them."), "bold")]
    else:
        waited = wording.waited(interaction, view.now)
        facts = [(interaction.subject or tr("No subject"), "bold"), (f"   {waited}", "$muted")]
    lines = [line(*facts)]
    if interaction.attributes:
        trail = " · ".join(f"{key} {value}" for key, value in interaction.attributes.items())
        lines.append(line(("IVR  ", "$muted"), (trail, "")))
    if interaction.skills:
        lines.append(line((f"{tr('skills')}  ", "$muted"), (", ".join(interaction.skills), "$muted")))
    return lines


MOST_BEFORE = 8
"""Lines shown of what the agent before wrote."""


def _previous_lines(interaction: Interaction, width: int) -> list[Content]:
    """Whose contact this was, and what they wrote: theirs to read, not the note of whoever has it now."""
    previous = interaction.previous
    if previous is None:
        return []
    name = previous.agent_name or tr("another agent")
    head = line(
        (" ↳ ", "$accent"),
        (f"{ptr('an agent', 'from')} ", "$muted"),
        (name, "bold"),
        (f"  {wording.clock(previous.at)[:5]}", "$muted"),
    )
    text = content(previous.note, newlines=True)
    said = [piece for row in text.split("\n") for piece in row.wrap(max(20, width - 3))] if previous.note else []
    cut = [content("   …", "$muted")] if len(said) > MOST_BEFORE else []
    return [content(""), head, *(content("   ") + piece for piece in said[:MOST_BEFORE]), *cut]


def _call_lines(view: View, interaction: Interaction, width: int) -> list[Content]:
    """Everybody on the call and who hears whom, what that means in words, and what became of those who left."""
    if interaction.channel not in CALLS or interaction.phase not in (Phase.ACTIVE, Phase.WRAP_UP):
        return []
    heard, name = hearing(interaction), title(view.state, interaction)
    said = "" if heard is None else wording.who_hears_whom(heard, name)
    lines = [] if heard is None else [_strip(view, interaction, heard, width)]
    if said:
        lines.append(content(said, "bold $warning" if interaction.held or interaction.muted else "$muted"))
    ended = [leg for leg in interaction.legs if leg.phase not in OPEN_LEG][-3:]
    return [*lines, *(_party(*_leg_face(leg, heard)) for leg in ended)]


def _strip(view: View, interaction: Interaction, heard: Hearing, width: int) -> Content:
    """The call as a line: the customer, me, and further parties; unbroken between those who hear each other.

    Behind them is the number the customer calls from, where there is room.
    """
    sign, state, style = _customer_face(heard)
    customer = (sign, title(view.state, interaction), state, style, _held(view, interaction))
    you = ("✕", tr("You"), tr("muted"), "$warning") if heard.muted else ("●", tr("You"), "", "$success")
    further = []
    for leg in interaction.legs:
        if leg.phase in OPEN_LEG and leg.kind is not LegKind.SUPERVISOR:
            since = "" if leg.id in heard.waiting else wording.duration(view.now - leg.since)
            further.append((leg.id, (*_leg_face(leg, heard), since)))

    def version(cells: int, *, clocks: bool, states: bool = True) -> Content:
        parts = [*_in_strip(*customer, cells, clocks=clocks, states=states), _link(heard, CUSTOMER, AGENT)]
        parts += _in_strip(*you, "", cells, clocks=clocks, states=True)
        for party, face in further:
            parts += [_link(heard, AGENT, party), *_in_strip(*face, cells, clocks=clocks, states=states)]
        return line(*parts)

    whole = version(40, clocks=True)
    came_from = wording.address(interaction.customer)
    numbered = [line(whole, (f"   {came_from}", "$muted"))] if came_from != customer[1] else []
    # In a conference all say the same, and so does the line below: the words go before names are cut.
    said = (True, False) if heard.everybody else (True,)
    shorter = (version(most, clocks=False, states=states) for most in (40, 24, 16, 12, 8) for states in said)
    return first_that_fits(width, [*numbered, whole, *shorter])


def _in_strip(
    sign: str, name: str, state: str, style: str, clock: str, cells: int, *, clocks: bool, states: bool
) -> list[Part]:
    after = " ".join(filter(None, (state if states else "", clock if clocks else "")))
    shown = content(name, "bold").truncate(cells, ellipsis=True)
    return [(f"{sign} ", style), shown, (f"  {after}" if after else "", style)]


def _link(heard: Hearing, left: str, right: str) -> Part:
    """What stands between two parties: whole if they hear each other, an arrow to whoever hears alone, else broken."""
    to_right, to_left = (left, right) in heard.pairs, (right, left) in heard.pairs
    link = {(True, True): "━━", (True, False): "─▷", (False, True): "◁─"}.get((to_right, to_left), "╌╌")
    return (f"  {link}  ", "$success" if to_right and to_left else "$muted")


def leg_name(leg: Leg) -> str:
    """The name of a further party, else their number."""
    return leg.target_name or wording.number(leg.target.removeprefix("tel:"))


def _help_lines(view: View, interaction: Interaction) -> list[Content]:
    """What was asked of the supervisors about this contact, and what they said."""
    request = next((one for one in view.state.help.values() if one.interaction_id == interaction.id), None)
    if request is None:
        return []
    answered = request.state is HelpState.ANSWERED
    sign, style = ("✓", "$success") if answered else ("?", "$warning")
    time = wording.duration(view.now - request.since)
    said = [content(f"   {request.text}", "$muted")] if request.text and not answered else []
    return [
        content(""),
        line((f" {sign} ", f"bold {style}"), (wording.help_state(request), style), (f"  {time}", "$muted")),
        *said,
    ]


def _held(view: View, interaction: Interaction) -> str:
    if not interaction.held or interaction.held_since is None:
        return ""
    return wording.duration(view.now - interaction.held_since)


def _customer_face(heard: Hearing | None) -> tuple[str, str, str]:
    if heard is None or CUSTOMER not in heard.joined | heard.waiting:
        return "○", ptr("a party", "left"), "$muted"
    if CUSTOMER in heard.waiting:
        return "◐", tr("on hold"), "$warning"
    return "●", tr("in conference") if heard.everybody else tr("on the line"), "$success"


def _leg_face(leg: Leg, heard: Hearing | None) -> tuple[str, str, str, str]:
    if heard is not None and leg.id in heard.waiting:
        return "◐", leg_name(leg), wording.leg(leg, heard), "$warning"
    sign, style = {
        LegPhase.REQUESTED: ("◌", "$accent"),
        LegPhase.RINGING: ("◌", "$accent"),
        LegPhase.ACTIVE: ("●", "$success"),
        LegPhase.COMPLETED: ("✓", "$success"),
        LegPhase.CANCELLED: ("○", "$muted"),
        LegPhase.FAILED: ("✕", "$error"),
    }[leg.phase]
    return sign, leg_name(leg), wording.leg(leg, heard), style


def _party(sign: str, name: str, state: str, style: str) -> Content:
    return line((f"{sign} ", style), (name, "bold"), (f"  {state}", style))
