"""Subject and recipients of an e-mail, to be edited; what is typed counts at once."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from desktop.domain.entities.wrap_up_record import ReplyHead
from desktop.domain.select.threads import is_address
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.safe_text import line
from desktop.words.catalogue import tr

_FIELDS = ("subject", "to", "cc")
_LONGEST = 2_000


class HeadFields(Vertical):
    """Three fields over the conversation. Enter goes to the next one and closes after the last, esc closes."""

    DEFAULT_CSS = css_beside(__file__)

    class Changed(Message):
        """The head is this now."""

        def __init__(self, interaction_id: str, head: ReplyHead) -> None:
            super().__init__()
            self.interaction_id = interaction_id
            self.head = head

    class Wrong(Message):
        """An address is none; `text` is what was typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Done(Message):
        """It may be closed."""

    def __init__(self) -> None:
        super().__init__(id="head-fields")
        self._of = ""
        self._head = ReplyHead()

    def compose(self) -> ComposeResult:
        """A field each."""
        for name in _FIELDS:
            yield Input(id=f"head-{name}", max_length=_LONGEST)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    def open(self, interaction_id: str, who: str, head: ReplyHead) -> None:
        """Show them with the focus in the subject."""
        self._of, self._head = interaction_id, head
        self.border_title = line((tr("E-mail to {who}", who=who), "bold"))
        self.border_subtitle = line(
            key_hint("enter", tr("next"), "  "),
            key_hint("esc", tr("close")),
        )
        labels = {"subject": tr("Subject"), "to": tr("To"), "cc": tr("Cc")}
        texts = {"subject": head.subject, "to": ", ".join(head.to), "cc": ", ".join(head.cc)}
        for name in _FIELDS:
            field = self.query_one(f"#head-{name}", Input)
            field.border_title = line(labels[name])
            with field.prevent(Input.Changed):
                field.value = " ".join(texts[name].split())
            field.cursor_position = len(field.value)
        self.add_class("open")
        self.query_one("#head-subject", Input).focus()

    def close(self) -> None:
        """Hide them."""
        self.remove_class("open")

    def on_key(self, event: events.Key) -> None:
        """Up and down go from field to field."""
        if event.key in ("up", "down"):
            event.stop()
            self._go(1 if event.key == "down" else -1)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take it, unless an address is none yet."""
        event.stop()
        to, cc = self._addresses("to"), self._addresses("cc")
        subject = " ".join(self.query_one("#head-subject", Input).value.split())
        good_to = to if to and all(map(is_address, to)) else self._head.to
        good_cc = cc if all(map(is_address, cc)) else self._head.cc
        now = ReplyHead(subject, good_to, good_cc, self._head.files)
        if now != self._head:
            self._head = now
            self.post_message(self.Changed(self._of, now))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next field; after the last one it is done, and an address that is none is said."""
        event.stop()
        name = (event.input.id or "").removeprefix("head-")
        wrong = next((one for one in self._addresses(name) if not is_address(one)), "") if name != "subject" else ""
        if wrong:
            self.post_message(self.Wrong(wrong))
        elif name == _FIELDS[-1]:
            self.post_message(self.Done())
        else:
            self._go(1)

    def _go(self, step: int) -> None:
        focused = self.screen.focused
        at = next((n for n, name in enumerate(_FIELDS) if focused is self.query_one(f"#head-{name}")), 0)
        self.query_one(f"#head-{_FIELDS[(at + step) % len(_FIELDS)]}", Input).focus()

    def _addresses(self, name: str) -> tuple[str, ...]:
        typed = self.query_one(f"#head-{name}", Input).value
        return tuple(dict.fromkeys(one.strip() for one in typed.replace(";", ",").split(",") if one.strip()))
