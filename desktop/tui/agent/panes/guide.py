"""The short guide through the first call of the demo. It ticks off what the person has done and goes away when told."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.channels import WRITTEN
from desktop.domain.entities.words import Availability, LegPhase, Phase
from desktop.tui.keys.key import show
from desktop.tui.keys.keys import BY_ID
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import Part, line
from desktop.words.catalogue import tr
from desktop.words.marks import mark


def steps(*, written: bool = False) -> tuple[tuple[str, str], ...]:
    """What to do, in order, with the keys in force; in a contact in writing nobody is consulted, and one answers."""
    every = (
        ("available", tr("Become available: press {letter}, then 1.", letter=show(BY_ID["state"].letters[0]))),
        ("accept", tr("The customer's record is there before you answer. {accept:key} accepts.")),
        ("reply", tr("Type your answer; {finish:key} sends it.")),
        ("note", tr("Type your note ({note:key} goes there); it is saved as you type.")),
        (
            "expert",
            tr(
                "{expert:key}, type “refunds”, enter calls an expert. {transfer:key} hands over, {expert:key} goes"
                " back."
            ),
        ),
        ("end", tr("{end:key} twice ends it.") if written else tr("{end:key} twice ends the call.")),
        ("wrap_up", tr("{wrap_up:key}, type a code, enter; {finish:key} finishes.")),
    )
    return tuple(step for step in every if step[0] not in (_SPOKEN if written else _WRITTEN))


_SPOKEN, _WRITTEN = frozenset({"note", "expert"}), frozenset({"reply"})
"""Steps of only one kind of contact."""


_STEPS = {
    "available": mark("available"),
    "accept": mark("accept"),
    "reply": mark("reply"),
    "note": mark("note"),
    "expert": mark("expert"),
    "end": mark("end"),
    "wrap_up": mark("wrap-up"),
}
"""In a word each."""


class Guide(TextPane):
    """What to press next."""

    ticks: ClassVar[bool] = False
    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(id="guide")
        self.done: set[str] = set()
        self._written = False  # whether the contact it goes through is one in writing

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def look(self, view: View) -> tuple[object, ...]:
        """What I do."""
        return (view.state.interactions, view.state.drafts, view.state.agents, view.state.outbox)

    def draw(self, view: View) -> None:
        """Tick off what is done; leave by itself after the whole call."""
        if not self.is_open:
            return
        before = set(self.done)
        if "end" not in before and view.interaction is not None:
            self._written = view.interaction.channel in WRITTEN
        self.done |= {step for step, test in TESTS.items() if test(view)}
        if "end" in before and not _phase_seen(Phase.WRAP_UP)(view):
            self.done.add("wrap_up")
        if "end" in before and not select.mine(view.state):
            self.remove_class("open")
            return
        super().draw(view)

    def lines(self, view: View) -> Sequence[Content]:
        """The next step in words, the others as ticks."""
        todo = steps(written=self._written)
        rest = [step for step in todo if step[0] not in self.done]
        ticks: list[Part] = [(f"{tr('guide')}  ", "bold $success")]
        for step, _ in todo:
            done = step in self.done
            ticks.append((f"{'✓' if done else '○'} {tr(_STEPS[step])}  ", "$success" if done else "$muted"))
        ticks.append((tr("esc hides"), "$muted"))
        following = rest[0][1] if rest else tr("That was a complete contact. The next one will appear here.")
        return (line(("→ ", "bold $success"), (following, "bold")), line(*ticks))


def _phase_seen(*phases: Phase) -> Callable[[View], bool]:
    return lambda view: any(interaction.phase in phases for interaction in select.mine(view.state))


def _expert_asked(view: View) -> bool:
    return any(
        leg.phase in (LegPhase.ACTIVE, LegPhase.COMPLETED)
        for interaction in select.mine(view.state)
        for leg in interaction.legs
    )


def _available(view: View) -> bool:
    me = select.me(view.state)
    return me is not None and me.observed is Availability.AVAILABLE


TESTS: dict[str, Callable[[View], bool]] = {
    "available": _available,
    "accept": _phase_seen(Phase.CONNECTING, Phase.ACTIVE, Phase.WRAP_UP),
    "reply": lambda view: any(
        message.author == "agent" for interaction in select.mine(view.state) for message in interaction.messages
    ),
    "note": lambda view: any(draft.note for draft in view.state.drafts.values()),
    "expert": _expert_asked,
    "end": _phase_seen(Phase.WRAP_UP),
}
