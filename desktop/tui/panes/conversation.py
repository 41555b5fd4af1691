"""The contact itself: what the IVR learned, who is on the line, what was said, and the verbs with their keys."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from desktop.domain import select
from desktop.domain.floor import HelpState
from desktop.domain.model import Interaction, Leg, Message
from desktop.domain.words import Channel, DeliveryState, LegPhase, Phase, Recording, Verb
from desktop.tui import keys, wording
from desktop.tui.pane import TextPane, View
from desktop.tui.safe_text import Part, content, line
from desktop.tui.titles import title

OPEN_LEG = (LegPhase.REQUESTED, LegPhase.RINGING, LegPhase.ACTIVE)
AUTHOR = {"customer": "", "agent": "You", "system": "·"}

# Which key of the table stands for which verb, in the order in which they are printed.
VERB_KEYS: tuple[tuple[Verb, str, str], ...] = (
    (Verb.ACCEPT, "accept", "accept"),
    (Verb.DECLINE, "decline", "decline"),
    (Verb.SWAP, "hold", "swap"),
    (Verb.RESUME, "hold", "resume"),
    (Verb.HOLD, "hold", "hold"),
    (Verb.UNMUTE, "mute", "unmute"),
    (Verb.MUTE, "mute", "mute"),
    (Verb.CANCEL_LEG, "expert", "come back"),
    (Verb.CONSULT, "expert", "expert"),
    (Verb.COMPLETE_TRANSFER, "transfer", "hand over"),
    (Verb.BLIND_TRANSFER, "transfer", "transfer"),
    (Verb.CONFERENCE, "conference", "join all"),
    (Verb.END, "end", "end"),
)


class ConversationPane(TextPane):
    """The selected interaction."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = """
    ConversationPane { height: 1fr; border: round $rule; border-title-color: $foreground; padding: 0 1; }
    """
    ending: str | None = None
    """For which contact the end key was pressed once and a second press is awaited."""

    def look(self, view: View) -> tuple[object, ...]:
        """The interaction, its customer and what is under way."""
        chosen = view.selected or ""
        return (
            view.interaction,
            view.state.pops.get(chosen),
            view.state.pending.get(chosen),
            view.state.capabilities,
            len(view.state.interactions) == 0,
            view.state.phone,
            select.me(view.state),
            view.state.help,
        )

    def draw(self, view: View) -> None:
        """Redraw the body, the title above and the verbs below."""
        self.border_title = _heading(view)
        self.border_subtitle = self.verbs(view)
        super().draw(view)

    def verbs(self, view: View) -> Content:
        """What can be done now, each with its key."""
        interaction = view.interaction
        if interaction is None:
            return content("")
        if self.ending == interaction.id:
            return line((f" {keys.BY_ID['end'].shown} again or enter ends the contact ", "bold $error"))
        room = self.size.width - 6  # the border takes these of its own lower line
        roomy = verb_line(view, interaction, "  ")
        return roomy if roomy.cell_length <= room else verb_line(view, interaction, " ")

    def on_resize(self) -> None:
        """Fit the verbs to the new width."""
        if self.view is not None:
            self.border_subtitle = self.verbs(self.view)

    def lines(self, view: View) -> Sequence[Content]:
        """Why they called, who is on the line, what was said."""
        interaction = view.interaction
        if interaction is None:
            return _idle(view)
        shown = [*_reason_lines(view, interaction), *_leg_lines(view, interaction), *_help_lines(view, interaction)]
        room = max(3, self.content_size.height - len(shown) - 1)
        if interaction.messages:
            shown.append(content(""))
            shown.extend(_message(view, interaction, message) for message in interaction.messages[-room:])
        return shown


def verb_line(view: View, interaction: Interaction, gap: str) -> Content:
    """The verbs on offer with their keys, those under way named as such, `gap` between them."""
    pending = view.state.pending.get(interaction.id, frozenset())
    on_offer = set(select.verbs_on_offer(view.state, interaction))
    parts: list[Part] = [(f"{word.replace('_', ' ')} …{gap}", "$accent") for word in sorted(pending)]
    used: set[str] = set()
    for verb, key, label in VERB_KEYS:
        if verb in on_offer and key not in used:
            used.add(key)
            parts += [(keys.BY_ID[key].shown, "bold $accent"), (f" {label}{gap}", "$muted")]
    if interaction.phase in (Phase.ACTIVE, Phase.WRAP_UP):
        parts += [(keys.BY_ID["wrap_up"].shown, "bold $accent"), (" wrap-up", "$muted")]
    return line(*parts).rstrip()


def _heading(view: View) -> Content:
    interaction = view.interaction
    if interaction is None:
        return content("Conversation")
    sign = wording.CHANNEL_SIGN[interaction.channel]
    time = wording.duration(view.now - (interaction.held_since or interaction.answered_at or interaction.phase_since))
    if interaction.phase is Phase.WRAP_UP:
        time = wording.duration(view.now - interaction.phase_since)
    parts: list[Part] = [
        (f"{sign} {title(view.state, interaction)}", "bold"),
        (f" · {interaction.queue} · ", "$muted"),
        (f"{wording.phase(interaction)} {time}", "bold $warning" if interaction.held else "bold $success"),
    ]
    if interaction.muted:
        parts.append((" · muted", "bold $warning"))
    if interaction.recording is Recording.ACTIVE:
        parts.append((" · ● rec", "$error"))
    elif interaction.recording is Recording.PAUSED:
        parts.append((" · ‖ rec paused", "$warning"))
    if interaction.service_level_at is not None and interaction.answered_at is not None:
        met = interaction.answered_at <= interaction.service_level_at
        parts.append((" · SL met" if met else " · SL missed", "$muted"))
    return line(*parts)


def _idle(view: View) -> list[Content]:
    me = select.me(view.state)
    if me is None:
        return [content("Signing in …", "$muted")]
    sign, word, style = wording.AVAILABILITY[me.observed]
    lines = [line((f"{sign} {word}", style)), content("")]
    if view.state.phone is not None and not select.phone_registered(view.state):
        why = f" ({view.state.phone.why})" if view.state.phone.why else ""
        lines += [
            content(f"✕ Your phone is not registered{why}: calls cannot reach you.", "bold $error"),
            line((keys.BY_ID["retry"].shown, "bold $accent"), (" tries again now.", "$muted")),
            content(""),
        ]
    if me.observed.value == "available":
        lines.append(content("Waiting for the next contact. It will ring here.", "$muted"))
    elif me.reason == "missed":
        lines.append(content("You were taken off the queue because an offer was not answered.", "$warning"))
        lines.append(line(("Press ", "$muted"), ("s", "bold $accent"), (" to be available again.", "$muted")))
    else:
        lines.append(line(("Press ", "$muted"), ("s", "bold $accent"), (" to choose your availability.", "$muted")))
    return lines


def _reason_lines(view: View, interaction: Interaction) -> list[Content]:
    waited = (interaction.answered_at or view.now) - interaction.arrived_at
    facts: list[Part] = [
        (interaction.subject or "no reason given", "bold"),
        (f"   waited {wording.duration(waited)}", "$muted"),
    ]
    lines = [line(*facts)]
    if interaction.attributes:
        trail = " · ".join(f"{key} {value}" for key, value in interaction.attributes.items())
        lines.append(line(("IVR  ", "$muted"), (trail, "")))
    if interaction.skills:
        lines.append(line(("skills  ", "$muted"), (", ".join(interaction.skills), "$muted")))
    return lines


def _leg_lines(view: View, interaction: Interaction) -> list[Content]:
    if interaction.channel is not Channel.VOICE or interaction.phase not in (Phase.ACTIVE, Phase.WRAP_UP):
        return []
    legs = interaction.legs
    if not legs:
        if interaction.held:
            return [content(""), _party("└", "◐", "customer", "on hold", "$warning", _held(view, interaction))]
        return []
    customer = ("◐", "on hold", "$warning") if interaction.held else ("●", "on the line", "$success")
    if not interaction.customer_connected or interaction.phase is Phase.WRAP_UP:
        customer = ("○", "left", "$muted")
    lines = [
        content(""),
        _party("├", customer[0], title(view.state, interaction), *customer[1:], _held(view, interaction)),
    ]
    shown = [*(leg for leg in legs if leg.phase not in OPEN_LEG)][-3:] + [leg for leg in legs if leg.phase in OPEN_LEG]
    for index, leg in enumerate(shown):
        branch = "└" if index == len(shown) - 1 else "├"
        lines.append(
            _party(branch, *_leg_face(leg), wording.duration(view.now - leg.since) if leg.phase in OPEN_LEG else "")
        )
    return lines


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


def _leg_face(leg: Leg) -> tuple[str, str, str, str]:
    sign, style = {
        LegPhase.REQUESTED: ("◌", "$accent"),
        LegPhase.RINGING: ("◌", "$accent"),
        LegPhase.ACTIVE: ("●", "$success"),
        LegPhase.COMPLETED: ("✓", "$success"),
        LegPhase.CANCELLED: ("○", "$muted"),
        LegPhase.FAILED: ("✕", "$error"),
    }[leg.phase]
    return sign, leg.target_name or leg.target, wording.leg(leg), style


def _party(branch: str, sign: str, name: str, state: str, style: str, time: str) -> Content:
    return line((f" {branch} ", "$muted"), (f"{sign} ", style), (name, "bold"), (f"  {state} ", style), (time, style))


def _message(view: View, interaction: Interaction, message: Message) -> Content:
    author = AUTHOR.get(message.author) or title(view.state, interaction).split(" ")[0]
    mark = {DeliveryState.FAILED: (" ✕ not sent", "$error"), DeliveryState.QUEUED: (" …", "$muted")}
    delivery = mark.get(message.delivery) if message.delivery else None
    style = "$muted" if message.author == "system" else ""
    return line((f"{author:<8.8} ", "bold $muted"), (message.text, style), *([delivery] if delivery else []))
