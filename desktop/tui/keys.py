"""The one table of keys: the footer, the help screen, the palette and the README are made from it."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from desktop.tui.key import SIGNS, Key, is_typed, show

KEYS: tuple[Key, ...] = (
    Key(
        "accept",
        "accept",
        ("f2",),
        ("a",),
        "accept",
        "Accept the offer. Without one: answer a call on your phone that is no contact.",
        "Contact",
    ),
    Key(
        "decline",
        "decline",
        ("f3",),
        ("d",),
        "decline",
        "Decline the offer. Without one: end a call on your phone that is no contact.",
        "Contact",
    ),
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
    Key(
        "ask_help",
        "ask_help",
        ("alt+h",),
        (),
        "help from a supervisor",
        "Ask a supervisor for help with the contact. With a request open: ask again, or with nothing written end it.",
        "Contact",
    ),
    Key(
        "answer",
        "answer_supervisor",
        ("alt+m",),
        (),
        "answer a supervisor",
        "Answer the supervisor who wrote to you last.",
        "Desk",
    ),
    Key("tones", "tones", ("alt+k",), ("k",), "tones", "Send tones: a keypad for menus.", "Contact"),
    Key("note", "note", ("alt+n",), ("n",), "note", "Write the note.", "Wrap-up"),
    Key(
        "not_a_card",
        "not_a_card",
        ("alt+z",),
        ("z",),
        "not a card",
        "Show the number that was hidden last: it is no card number.",
        "Wrap-up",
    ),
    Key("state", "state", ("alt+s",), ("s",), "state", "Choose your availability, and what comes next.", "Desk"),
    Key("search", "search", ("alt+l",), ("slash",), "search", "Search the customers.", "Customer"),
    Key("unlink", "unlink", ("alt+u",), ("u",), "unlink", "Undo the link to this customer.", "Customer"),
    Key(
        "records",
        "records",
        ("alt+g",),
        ("g",),
        "records",
        "Several systems: see which records are this customer or expert; link them, take them apart.",
        "Customer",
    ),
    Key("create", "create", (), ("plus",), "new customer", "Create a record for an unknown customer.", "Customer"),
    Key("queues", "queues", (), ("q",), "queues", "Go to the queues.", "Desk"),
    Key("outbox", "outbox", ("alt+o",), ("o",), "outbox", "See what is not delivered; complete it, send it.", "Desk"),
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
    Key(
        "floor",
        "floor",
        ("alt+v",),
        ("v",),
        "floor",
        "Supervisors: go to the floor, and back to your own desk.",
        "Desk",
    ),
    Key(
        "coaching",
        "coaching",
        (),
        ("c",),
        "coaching",
        "See evaluations of your work and coaching notes, and acknowledge them.",
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

FIXED = {
    **dict.fromkeys((*PICK, *map(str, range(1, 10))), "picking a customer, a contact or a pane"),
    **dict.fromkeys(("up", "down", "left", "right", "pageup", "pagedown", "home", "end"), "moving"),
    **dict.fromkeys(("tab", "shift+tab"), "the next field"),
    **dict.fromkeys(("enter", "backspace", "delete", "space"), "typing"),
    "ctrl+c": "copying",
}
"""Keys that cannot stand for a verb, with what they do."""

BY_ID = {key.id: key for key in KEYS}
"""The keys in force, by name; `remap` changes them before the screen is built."""


def shown(name: str) -> str:
    """The key in force for a verb, as printed beside it."""
    return BY_ID[name].shown


def remap(changes: Mapping[str, str]) -> dict[str, str]:
    """Put other keys in force.

    Args:
        changes: by the names in the tables, keys joined by commas, as in `{"hold": "f4,alt+h,b"}`. Letters and signs
            replace those that work when not typing, other keys those that work while typing; what nothing is given for
            stays. A verb with one of the two only has any key in their place. Esc always leads back, too.

    Returns:
        The same, as Textual's keymap takes it.

    Raises:
        ValueError: an unknown name (with the nearest known one), no key at all, a letter for what is done while typing,
            or one key for two verbs.
    """
    floor, outbox = (_floor_keys(), _outbox_keys()) if changes.keys() - BY_ID.keys() else ({}, {})
    keymap = {}
    for name, typed in changes.items():
        pressed = tuple(_as_typed(key) for key in typed.split(",") if key.strip())
        if name not in BY_ID and name not in floor and name not in outbox:
            close = difflib.get_close_matches(name, (*BY_ID, *floor, *outbox), n=1)
            raise ValueError(f"keys: there is no {name!r}." + (f" Did you mean {close[0]!r}?" if close else ""))
        if not pressed:
            raise ValueError(f"keys: {name!r} needs a key.")
        if name in outbox:
            outbox[name] = replace(outbox[name], letters=pressed)
            continue
        if name in floor:
            floor[name] = replace(floor[name], letters=pressed)
            keymap[name] = ",".join(pressed)
            continue
        verb = BY_ID[name] = _with(BY_ID[name], pressed)
        keymap |= {name: ",".join(verb.always)} if verb.always else {}
        keymap |= {f"{name}.letter": ",".join(verb.letters)} if verb.letters else {}
    _refuse_doubles([(verb.id, key) for verb in BY_ID.values() for key in (*verb.always, *verb.letters)])
    if floor:
        from desktop.tui.floor_keys import SHARED

        shared = [(verb.id, key) for verb in map(BY_ID.__getitem__, SHARED) for key in (*verb.always, *verb.letters)]
        _refuse_doubles(shared + [(verb.id, key) for verb in floor.values() for key in verb.letters])
    if outbox:
        from desktop.tui.outbox_keys import INSIDE

        inside = [(verb.id, key) for verb in map(BY_ID.__getitem__, INSIDE) for key in (*verb.always, *verb.letters)]
        _refuse_doubles(inside + [(verb.id, key) for verb in outbox.values() for key in verb.letters])
    return keymap


def _with(verb: Key, pressed: tuple[str, ...]) -> Key:
    """A verb with other keys."""
    letters = tuple(key for key in pressed if is_typed(key))
    if verb.id == "back" and not letters:
        return replace(verb, letters=tuple(dict.fromkeys(("escape", *pressed))))
    if not verb.always and verb.id != "back":
        return replace(verb, letters=pressed)
    always = tuple(key for key in pressed if not is_typed(key))
    if letters and (not verb.letters or not verb.always):
        raise ValueError(f"keys: {verb.id!r} works while typing, where {letters[0]!r} would be typed.")
    return replace(verb, always=always or verb.always, letters=letters or verb.letters)


def _floor_keys() -> dict[str, Key]:
    """The keys of the supervisor's screen in force: only whoever names one of them pays for the table."""
    from desktop.tui.floor_keys import FLOOR_BY_ID

    return FLOOR_BY_ID


def _outbox_keys() -> dict[str, Key]:
    """The keys of the outbox page in force, likewise."""
    from desktop.tui.outbox_keys import OUTBOX_BY_ID

    return OUTBOX_BY_ID


def _as_typed(key: str) -> str:
    """A key as Textual names it: `F4` is `f4`, but `E` is not `e`."""
    key = key.strip()
    signs = {shown: name for name, shown in SIGNS.items()}
    return signs.get(key, key) if len(key) == 1 else key.lower()


def _refuse_doubles(used: Iterable[tuple[str, str]]) -> None:
    taken: dict[str, str] = {}
    for name, key in used:
        if key in taken or key in FIXED:
            raise ValueError(f"keys: {show(key)!r} stands for {taken.get(key) or FIXED[key]!r} and {name!r}.")
        taken[key] = name
