"""The one table of keys: the footer, the help screen, the palette and the README are made from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does.

    Args:
        id: the name a user's TOML remaps it by.
        action: the action of the screen it runs.
        always: keys that work even while typing, first one shown.
        letters: keys that work when not typing.
        label: one or two words, as in the footer.
        help: a sentence, as in the help screen.
        group: heading in the help screen.
    """

    id: str
    action: str
    always: tuple[str, ...]
    letters: tuple[str, ...]
    label: str
    help: str
    group: str

    @property
    def shown(self) -> str:
        """The key as printed beside its verb."""
        return show(self.always[0] if self.always else self.letters[0])


def show(key: str) -> str:
    """A key's name as people write it: `F4`, `ctrl+enter`, `/`."""
    names = {"slash": "/", "question_mark": "?", "escape": "esc", "plus": "+"}
    name = names.get(key, key)
    return name.upper() if name[:1] == "f" and name[1:].isdigit() else name


KEYS: tuple[Key, ...] = (
    Key("accept", "accept", ("f2",), ("a",), "accept", "Accept the offer.", "Contact"),
    Key("decline", "decline", ("f3",), ("d",), "decline", "Decline the offer.", "Contact"),
    Key(
        "hold",
        "hold",
        ("f4",),
        ("h",),
        "hold",
        "Hold the customer, or resume. With an expert on the line: talk to the other of the two.",
        "Contact",
    ),
    Key("mute", "mute", ("f5",), ("m",), "mute", "Mute yourself, or unmute.", "Contact"),
    Key(
        "expert",
        "expert",
        ("f6",),
        ("e",),
        "expert",
        "Find an expert. With an expert on the line: come back to the customer.",
        "Expert",
    ),
    Key(
        "transfer",
        "transfer",
        ("f7",),
        ("t",),
        "transfer",
        "Hand the customer to the expert on the line, or choose whom to transfer to.",
        "Expert",
    ),
    Key("conference", "conference", ("alt+j",), ("j",), "join all", "Join customer, expert and yourself.", "Expert"),
    Key("end", "end", ("f8",), ("x",), "end", "End the contact: press twice, or once and enter.", "Contact"),
    Key("wrap_up", "wrap_up", ("f9",), ("w",), "wrap-up", "Choose codes and follow-ups.", "Wrap-up"),
    Key(
        "finish",
        "finish",
        ("alt+enter", "ctrl+enter"),
        (),
        "finish",
        "Finish the wrap-up, or send what was typed.",
        "Wrap-up",
    ),
    Key("extend", "extend", ("alt+e",), (), "more time", "Ask for more time to wrap up.", "Wrap-up"),
    Key("callback", "callback", ("alt+c",), (), "callback", "Plan a callback as part of the wrap-up.", "Wrap-up"),
    Key("text", "text_message", ("alt+t",), (), "text message", "Send the customer a text message.", "Wrap-up"),
    Key("tones", "tones", ("alt+k",), ("k",), "tones", "Send tones: a keypad for menus.", "Contact"),
    Key("note", "note", ("alt+n",), ("n",), "note", "Write the note.", "Wrap-up"),
    Key("state", "state", ("alt+s",), ("s",), "state", "Choose your availability, and what comes next.", "Desk"),
    Key("search", "search", ("alt+l",), ("slash",), "search", "Search the customers.", "Customer"),
    Key("unlink", "unlink", ("alt+u",), ("u",), "unlink", "Undo the link to this customer.", "Customer"),
    Key("create", "create", (), ("plus",), "new customer", "Create a record for an unknown customer.", "Customer"),
    Key("queues", "queues", (), ("q",), "queues", "Go to the queues.", "Desk"),
    Key("outbox", "outbox", ("alt+o",), ("o",), "outbox", "See what waits to be delivered, with its text.", "Desk"),
    Key("retry", "retry", ("f10",), ("r",), "retry", "Try again now to reach what could not be reached.", "Desk"),
    Key(
        "diagnostics",
        "diagnostics",
        ("alt+d",),
        ("i",),
        "diagnostics",
        "See every connection, age and version.",
        "Desk",
    ),
    Key("palette", "palette", ("ctrl+p",), (), "palette", "Everything, by its name.", "Desk"),
    Key("help", "help", ("f1",), ("question_mark",), "help", "Show this page.", "Desk"),
    Key("pane", "next_pane", ("f12",), (), "next pane", "Narrow screens: show the next pane.", "Desk"),
    Key("back", "back", (), ("escape",), "back", "Leave a field or close what is open.", "Desk"),
    Key(
        "quit", "leave", ("alt+q",), ("Q",), "quit", "Leave; everything is kept. Twice while a contact is open.", "Desk"
    ),
)

PICK = tuple(f"alt+{n}" for n in range(1, 10))
"""Picks one of several customers, even while typing."""

BY_ID = {key.id: key for key in KEYS}
