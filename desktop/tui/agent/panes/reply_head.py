"""What goes with the reply beside its text: to whom an e-mail goes and under which subject, and the files."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain import select
from desktop.domain.entities.words import Channel
from desktop.domain.entities.wrap_up_record import NO_HEAD
from desktop.domain.select.threads import head_of_reply
from desktop.ports.base import Capability
from desktop.tui.agent.draft_editor import is_written_to
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import TextPane, View
from desktop.tui.widgets.safe_text import Part, line
from desktop.tui.words import wording
from desktop.words.catalogue import tr


class ReplyHeadPane(TextPane):
    """One line for an e-mail's head, one for the files; nothing where there is neither."""

    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(id="reply-head")

    def look(self, view: View) -> tuple[object, ...]:
        """The contact and its draft."""
        return (view.interaction, view.state.drafts.get(view.selected or ""), view.state.capabilities)

    def draw(self, view: View) -> None:
        """Stand there only where there is something to say."""
        super().draw(view)
        self.set_class(bool(self.render()), "open")
        self.set_class("\n" in self.render().plain, "two")  # an automatic height would take one more layout

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        if self.view is not None:
            self.draw(self.view)

    def lines(self, view: View) -> Sequence[Content]:
        """The head, then the files."""
        interaction = view.interaction
        if interaction is None or not is_written_to(view):
            return []
        draft = view.state.drafts.get(interaction.id)
        chosen = draft.head if draft is not None else NO_HEAD
        rows: list[Content] = []
        room = self.content_size.width or 76
        # Of a reply that waits or is on its way the head stands with it, above; the next one is not begun yet.
        gone = draft is not None and draft.outgoing and not draft.reply and chosen == NO_HEAD
        copies = Capability.COPIES in select.call_capabilities(view.state, interaction.id)
        if interaction.channel is Channel.EMAIL and copies and not gone:
            head = head_of_reply(interaction, chosen)
            parts: list[Part] = [(f"{tr('To')} ", "$muted"), (", ".join(head.to) or "—", "bold")]
            if head.cc:
                parts += [(f"  {tr('Cc')} ", "$muted"), (", ".join(head.cc), "bold $warning")]
            parts += [(f"  {tr('Subject')} ", "$muted"), (head.subject or tr("none"), "")]
            key = line("  ", key_hint(shown("mail_head"), tr("edit")))
            rows.append(line(*parts).truncate(max(10, room - key.cell_length), ellipsis=True) + key)
        if chosen.files:
            named = " · ".join(f"{one.name} {wording.file_size(one.size)}" for one in chosen.files)
            rows.append(line(("▤ ", "$accent"), (named, "bold")).truncate(room, ellipsis=True))
        return rows
