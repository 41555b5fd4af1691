"""The one table of keys: the footer, the help screen, the palette and the README are made from it."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from desktop.domain.entities.words import Verb
from desktop.tui.keys.key import ALT_CAPITALS, SIGNS, WORD_MOVES, Key, alts, is_typed, show, with_alt
from desktop.words import keys as keys_in_words
from desktop.words.catalogue import tr
from desktop.words.marks import mark

_CONTACT, _EXPERT, _WRAP_UP = mark("Contact"), mark("Expert"), mark("Wrap-up")
_CUSTOMER, _DESK = mark("Customer"), mark("Desk")

KEYS: tuple[Key, ...] = (
    Key(
        "accept",
        "accept",
        ("f2",),
        ("a",),
        mark("accept"),
        mark("Accept the offer. Without one: answer a direct call on your phone."),
        _CONTACT,
        verbs=((Verb.ACCEPT, mark("accept")),),
    ),
    Key(
        "decline",
        "decline",
        ("f3",),
        ("d",),
        mark("decline"),
        mark("Decline the offer. Without one: end a direct call on your phone."),
        _CONTACT,
        verbs=((Verb.DECLINE, mark("decline")),),
    ),
    Key(
        "hold",
        "hold",
        ("f4",),
        ("h",),
        mark("hold"),
        mark(
            "Hold the customer, or resume. With an expert on the line: talk to the other of the two."
            " A written contact: park it, or take it back."
        ),
        _CONTACT,
        verbs=(
            (Verb.SWAP, mark("swap")),
            (Verb.RESUME, mark("resume")),
            (Verb.HOLD, mark("hold")),
            (Verb.UNPARK, mark("take back")),
            (Verb.PARK, mark("park")),
        ),
    ),
    Key(
        "mute",
        "mute",
        ("f5",),
        ("m",),
        mark("mute"),
        mark("Mute yourself, or unmute."),
        _CONTACT,
        verbs=(
            (Verb.UNMUTE, mark("unmute")),
            (Verb.MUTE, mark("mute")),
        ),
    ),
    Key(
        "recording",
        "recording",
        ("alt+full_stop",),
        ("full_stop",),
        mark("pause recording"),
        mark("Pause the recording, for card numbers or a customer who refuses; or resume it."),
        _CONTACT,
        verbs=(
            (Verb.RESUME_RECORDING, mark("resume rec")),
            (Verb.PAUSE_RECORDING, mark("pause rec")),
        ),
    ),
    Key(
        "expert",
        "expert",
        ("f6",),
        ("e",),
        mark("expert"),
        mark("Find an expert. With an expert on the line: go back to the customer."),
        _EXPERT,
        verbs=(
            (Verb.CANCEL_LEG, mark("back")),
            (Verb.CONSULT, mark("expert")),
        ),
    ),
    Key(
        "transfer",
        "transfer",
        ("f7",),
        ("f",),
        mark("transfer"),
        mark("Hand the customer to the expert on the line, or choose whom to transfer to."),
        _EXPERT,
        verbs=(
            (Verb.COMPLETE_TRANSFER, mark("hand over")),
            (Verb.BLIND_TRANSFER, mark("transfer")),
        ),
    ),
    Key(
        "conference",
        "conference",
        ("alt+j",),
        ("j",),
        mark("merge"),
        mark("Merge the calls: customer, expert and you in one conference."),
        _EXPERT,
        verbs=((Verb.CONFERENCE, mark("merge")),),
    ),
    Key(
        "end",
        "end",
        ("f8",),
        ("x",),
        mark("end"),
        mark("End the contact: press twice."),
        _CONTACT,
        verbs=((Verb.END, mark("end")),),
    ),
    Key("wrap_up", "wrap_up", ("f9",), ("w",), mark("wrap-up"), mark("Choose codes and follow-ups."), _WRAP_UP),
    Key(
        "finish",
        "finish",
        ("alt+enter", "ctrl+enter"),
        (),
        mark("finish"),
        mark("Finish the wrap-up, or send what was typed."),
        _WRAP_UP,
    ),
    Key(
        "extend",
        "extend",
        ("alt+p",),
        ("p",),
        mark("more time"),
        mark("Ask for more time to wrap up."),
        _WRAP_UP,
    ),
    Key(
        "callback",
        "callback",
        ("alt+c",),
        ("c",),
        mark("callback"),
        mark("Plan a callback as part of the wrap-up."),
        _WRAP_UP,
    ),
    Key(
        "text",
        "text_message",
        ("alt+t",),
        ("t",),
        mark("write"),
        mark(
            "Write to the customer: the reply of a chat or mail, a text message after a call, or without a contact"
            " a message."
        ),
        _WRAP_UP,
    ),
    Key(
        "customer_message",
        "customer_message",
        (),
        ("T",),
        mark("message"),
        mark(
            "Write a text message or an e-mail to the customer on the card, with or without a contact."
            " Again: by their next address."
        ),
        _CUSTOMER,
    ),
    Key(
        "ask_help",
        "ask_help",
        ("alt+l",),
        ("l",),
        mark("help from a supervisor"),
        mark(
            "Ask a supervisor for help with the contact. With a request open: ask again, or send it empty to cancel it."
        ),
        _CONTACT,
    ),
    Key(
        "answer",
        "answer_supervisor",
        ("alt+y",),
        ("y",),
        mark("answer a supervisor"),
        mark("Answer the supervisor who wrote to you last."),
        _DESK,
    ),
    Key(
        "news",
        "news",
        ("alt+exclamation_mark",),
        ("exclamation_mark",),
        mark("news"),
        mark("Read what is new: messages, answers, missed offers."),
        _DESK,
    ),
    Key(
        "dial",
        "dial",
        (),
        ("D",),
        mark("call"),
        mark("Call a number: the customer's on the card, or any you type."),
        _CONTACT,
    ),
    Key("tones", "tones", ("alt+k",), ("k",), mark("tones"), mark("Send tones: a keypad for menus."), _CONTACT),
    Key("note", "note", ("alt+n",), ("n",), mark("note"), mark("Write the note."), _WRAP_UP),
    Key(
        "not_a_card",
        "not_a_card",
        ("alt+z",),
        ("z",),
        mark("not a card"),
        mark("Show the number hidden last: it is not a card number."),
        _WRAP_UP,
    ),
    Key(
        "state",
        "state",
        ("alt+s",),
        ("s",),
        mark("state"),
        mark("Choose your availability, and what comes next."),
        _DESK,
    ),
    Key(
        "search",
        "search",
        ("alt+slash",),
        ("slash",),
        mark("search"),
        mark("Search customers, your contacts, colleagues, queues and commands."),
        _CUSTOMER,
    ),
    Key(
        "unlink",
        "unlink",
        ("alt+u",),
        ("u",),
        mark("unlink"),
        mark("Take back an e-mail or message that is about to go out. Else: undo the link to this customer."),
        _CUSTOMER,
    ),
    Key(
        "records",
        "records",
        ("alt+g",),
        ("g",),
        mark("records"),
        mark("Several systems: see which records belong to this customer or expert; link or separate them."),
        _CUSTOMER,
    ),
    Key(
        "find",
        "find",
        (),
        ("H",),
        mark("find in the timeline"),
        mark("Find words in the customer's timeline. Enter on a row opens it, left and right turn to the next."),
        _CUSTOMER,
    ),
    Key(
        "copy",
        "copy",
        (),
        ("b",),
        mark("copy"),
        mark("Copy a number, an address, an id or the record's link to the clipboard, or the entry you read."),
        _CUSTOMER,
    ),
    Key(
        "create",
        "create",
        (),
        ("plus",),
        mark("new customer"),
        mark("Create a record for an unknown customer."),
        _CUSTOMER,
    ),
    Key(
        "quoted",
        "quoted",
        (),
        ("Q",),
        mark("quoted lines"),
        mark("Show what an e-mail quotes of earlier ones, or fold it again."),
        _CONTACT,
    ),
    Key(
        "attach",
        "attach",
        (),
        ("A",),
        mark("attach a file"),
        mark("Choose a file to send with your reply. It is named again before it goes."),
        _CONTACT,
    ),
    Key(
        "remove_files",
        "remove_files",
        (),
        ("X",),
        mark("remove files"),
        mark("Send your reply without the files you attached."),
        _CONTACT,
    ),
    Key(
        "mail_head",
        "mail_head",
        (),
        ("E",),
        mark("subject and recipients"),
        mark("Edit the subject and the recipients of your e-mail."),
        _CONTACT,
    ),
    Key(
        "reply_all",
        "reply_all",
        (),
        ("R",),
        mark("reply to all"),
        mark("Send your e-mail to everybody who had the customer's last one; again: to its sender only."),
        _CONTACT,
    ),
    Key(
        "save_file",
        "save_file",
        (),
        ("S",),
        mark("save a file"),
        mark("Save a file of the conversation on this machine. It is not opened."),
        _CONTACT,
    ),
    Key(
        "thread_find",
        "thread_find",
        (),
        ("F",),
        mark("find in the conversation"),
        mark("Find words in the conversation with the customer."),
        _CONTACT,
    ),
    Key("queues", "queues", ("alt+q",), ("q",), mark("queues"), mark("Go to the queues."), _DESK),
    Key(
        "outbox",
        "outbox",
        ("alt+o",),
        ("o",),
        mark("outbox"),
        mark("See what has not been delivered; complete it and send it."),
        _DESK,
    ),
    Key("retry", "retry", ("f10",), ("r",), mark("retry"), mark("Retry now whatever could not be reached."), _DESK),
    Key(
        "diagnostics",
        "diagnostics",
        ("alt+i",),
        ("i",),
        mark("diagnostics"),
        mark("See every connection, age and version."),
        _DESK,
    ),
    Key(
        "floor",
        "floor",
        ("alt+v",),
        ("v",),
        mark("floor"),
        mark("Supervisors: go to the floor, and back to your own desk."),
        _DESK,
    ),
    Key(
        "my_day",
        "my_day",
        (),
        ("M",),
        mark("my day"),
        mark("See your figures, schedule and callbacks, and what you finished today."),
        _DESK,
    ),
    Key(
        "coaching",
        "coaching",
        (),
        ("C",),
        mark("coaching"),
        mark("See evaluations of your work and coaching notes, and acknowledge them."),
        _DESK,
    ),
    Key(
        "palette",
        "palette",
        ("ctrl+p",),
        (),
        mark("palette"),
        mark("Every command by name; customers seen here, contacts, colleagues and queues too."),
        _DESK,
    ),
    Key(
        "repaint",
        "repaint",
        ("ctrl+l",),
        (),
        mark("repaint"),
        mark("Redraw the screen if another program wrote over it."),
        _DESK,
    ),
    Key("help", "help", ("f1",), ("question_mark",), mark("help"), mark("Show this page."), _DESK),
    Key(
        "settings",
        "settings",
        (),
        ("P",),
        mark("settings"),
        mark("See and change settings: profile, theme, language, bell, recording, alerts, keys."),
        _DESK,
    ),
    Key("pane", "next_pane", ("f12",), (), mark("next pane"), mark("Narrow screens: show the next pane."), _DESK),
    Key("back", "back", (), ("escape",), mark("back"), mark("Leave a field or close what is open."), _DESK),
    Key(
        "quit",
        "leave",
        ("ctrl+o",),
        (),
        mark("quit"),
        mark("Quit. Press twice with an open contact or unsaved text."),
        _DESK,
    ),
)

VERB_KEYS = tuple((verb, key.id, label) for key in KEYS for verb, label in key.verbs)
"""Each verb with the name of its key and its label, to be translated where it is shown, in the order in which they are
printed beside a contact."""

KEY_OF = {verb: name for verb, name, _ in VERB_KEYS}
"""The name of a verb's key."""

PICK = tuple(f"alt+{n}" for n in range(1, 10))
"""Picks one of several customers, even while typing."""

FIXED = {
    **dict.fromkeys((*PICK, *map(str, range(1, 10))), mark("choose a customer, a contact or a pane")),
    **dict.fromkeys(("up", "down", "left", "right", "pageup", "pagedown", "home", "end"), mark("moving")),
    **dict.fromkeys(("tab", "shift+tab"), mark("the next field")),
    **dict.fromkeys(("enter", "backspace", "delete"), mark("typing")),
    "ctrl+c": mark("copying"),
}
"""Keys that cannot stand for a verb, with what they do; to be translated where it is shown."""

BY_ID = {key.id: key for key in KEYS}
"""The keys in force, by name; `remap` changes them before the screen is built."""


_changed_elsewhere = False
"""Whether a key of another table than the desk's was changed: whoever changes none does not pay for those tables."""


def shown(name: str) -> str:
    """The key in force for a verb, as printed beside it."""
    return BY_ID[name].shown


def _shown_in_any(name: str) -> str:
    """The key in force for a verb of any screen, as sentences name it."""
    if name in BY_ID:
        return shown(name)
    return (_floor_keys() | _outbox_keys())[name].shown


keys_in_words.ask_of(_shown_in_any)


def remap(changes: Mapping[str, str]) -> dict[str, str]:
    """Put other keys in force, in the place of those that a change before has put there.

    Args:
        changes: by the names in the tables, keys joined by commas, as in `{"hold": "f4,alt+h,b"}`. Letters and signs
            replace those that work when not typing, other keys those that work while typing; what nothing is given for
            stays. A verb with one of the two only has any key in their place. Esc always leads back, too. Alt goes with
            the letter: alt and a letter is never another verb than the letter.

    Returns:
        The same, as Textual's keymap takes it.

    Raises:
        ValueError: what `problems` finds, a line each. Nothing is changed then.
    """
    tables = _Tables(changes)
    if tables.problems:
        raise ValueError("\n".join(tables.problems))
    tables.put_in_force()
    return tables.keymap


def problems(changes: Mapping[str, str]) -> list[str]:
    """What is wrong with other keys, a sentence each; empty where `remap` takes them.

    Told of: an unknown name (with the nearest known one), no key at all, a key that there is not, a letter for what is
    done while typing, one key for two verbs.
    """
    return _Tables(changes).problems


class _Tables:
    """The tables of keys as they would be after some changes."""

    def __init__(self, changes: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self.keymap: dict[str, str] = {}
        self._desk = {key.id: key for key in KEYS}
        self._floor: dict[str, Key] = {}
        self._outbox: dict[str, Key] = {}
        if _changed_elsewhere or changes.keys() - BY_ID.keys():
            from desktop.tui.keys.floor_keys import FLOOR_KEYS
            from desktop.tui.keys.outbox_keys import OUTBOX_KEYS

            self._floor = {key.id: key for key in FLOOR_KEYS}
            self._outbox = {key.id: key for key in OUTBOX_KEYS}
        for name, typed in changes.items():
            try:
                self._change(name, typed)
            except ValueError as wrong:
                self.problems.append(str(wrong))
        self._look_for_doubles()

    def put_in_force(self) -> None:
        """Let the program use these."""
        global _changed_elsewhere
        tables = [(BY_ID, self._desk)]
        if self._floor:
            _changed_elsewhere = True
            tables += [(_floor_keys(), self._floor), (_outbox_keys(), self._outbox)]
        for known, changed in tables:
            known.update(changed)

    def _change(self, name: str, typed: str) -> None:
        tables = (self._desk, self._floor, self._outbox)
        table = next((one for one in tables if name in one), None)
        if table is None:
            close = difflib.get_close_matches(name, [known for one in tables for known in one], n=1)
            raise ValueError(_with_nearest(tr("keys: there is no {name}.", name=repr(name)), close))
        pressed = _pressed_of(typed)
        if not pressed:
            raise ValueError(tr("keys: {name} needs a key.", name=repr(name)))
        for key in pressed:
            _refuse_unknown(name, key)
        if table is not self._desk:
            table[name] = replace(table[name], letters=pressed)
            if table is self._floor:
                self.keymap[name] = ",".join(pressed)
                self.keymap |= {f"{name}.alt": ",".join(beside)} if (beside := table[name].anywhere) else {}
            return
        verb = table[name] = _with(table[name], pressed)
        self.keymap |= {name: ",".join(verb.anywhere)} if verb.anywhere else {}
        self.keymap |= {f"{name}.letter": ",".join(verb.letters)} if verb.letters else {}

    def _look_for_doubles(self) -> None:
        self.problems += _doubles(_pressed(self._desk.values()))
        if not self._floor:
            return
        from desktop.tui.keys.floor_keys import SHARED
        from desktop.tui.keys.outbox_keys import INSIDE

        for shared, table in ((SHARED, self._floor), (INSIDE, self._outbox)):
            both = (*map(self._desk.__getitem__, shared), *table.values())
            self.problems += [one for one in _doubles(_pressed(both)) if one not in self.problems]


def given_to(verb: Key, typed: str) -> tuple[str, ...]:
    """The keys of a verb to which a configuration gives others; those that no table takes are left as they are."""
    pressed = _pressed_of(typed)
    if verb.id not in BY_ID:
        return pressed
    try:
        changed = _with(verb, pressed)
    except ValueError:
        return pressed
    return (*changed.always, *changed.letters)


def _pressed_of(typed: str) -> tuple[str, ...]:
    return tuple(_as_typed(key) for key in typed.split(",") if key.strip())


def _with(verb: Key, pressed: tuple[str, ...]) -> Key:
    """A verb with other keys."""
    letters = tuple(key for key in pressed if is_typed(key))
    if verb.id == "back" and not letters:
        return replace(verb, letters=tuple(dict.fromkeys(("escape", *pressed))))
    if not verb.always and verb.id != "back":
        return replace(verb, letters=pressed)
    always = tuple(key for key in pressed if not is_typed(key))
    if letters and (not verb.letters or not verb.always):
        raise ValueError(
            tr(
                "keys: {name} works while typing, where {key} would be typed.",
                name=repr(verb.id),
                key=repr(letters[0]),
            )
        )
    if letters and not always:  # alt goes with the letter
        always = tuple(key for key in verb.always if key not in alts(verb.letters)) or alts(letters)
    return replace(verb, always=always or verb.always, letters=letters or verb.letters)


def _floor_keys() -> dict[str, Key]:
    """The keys of the supervisor's screen in force: only whoever names one of them pays for the table."""
    from desktop.tui.keys.floor_keys import FLOOR_BY_ID

    return FLOOR_BY_ID


def _outbox_keys() -> dict[str, Key]:
    """The keys of the outbox page in force, likewise."""
    from desktop.tui.keys.outbox_keys import OUTBOX_BY_ID

    return OUTBOX_BY_ID


def _as_typed(key: str) -> str:
    """A key as Textual names it: `F4` is `f4`, but `E` is not `e`, nor `alt+E` `alt+e`."""
    key = key.strip()
    signs = {shown: name for name, shown in SIGNS.items()}
    if key.lower().startswith("alt+") and key[4:] in (*ALT_CAPITALS, *signs):
        return with_alt(signs.get(key[4:], key[4:]))
    return signs.get(key, key) if len(key) == 1 else key.lower()


def _pressed(verbs: Collection[Key]) -> list[tuple[str, str]]:
    """Every key of the verbs, each with the name of its verb."""
    every = [(verb.id, dict.fromkeys((*verb.letters, *verb.anywhere))) for verb in verbs]
    # alt+b is no key of the verb b, and may be no other verb's either
    every += [(verb.id, dict.fromkeys(f"alt+{one}" for one in verb.letters if one in WORD_MOVES)) for verb in verbs]
    return list(dict.fromkeys((name, key) for name, keys in every for key in keys))


def _doubles(used: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each key that stands for two things."""
    taken: dict[str, str] = {}
    found = []
    for name, key in used:
        if key in taken or key in FIXED:
            other = taken.get(key) or tr(FIXED[key])
            found.append(
                tr(
                    "keys: {key} stands for {other} and {name}.",
                    key=repr(show(key)),
                    other=repr(other),
                    name=repr(name),
                )
            )
        taken.setdefault(key, name)
    return found


def _refuse_unknown(name: str, key: str) -> None:
    """
    Raises:
        ValueError: no keyboard has such a key.
    """
    *held, last = key.split("+") if len(key) > 1 else [key]
    if not (last in _named_keys() or (len(last) == 1 and last.isprintable())) or not _HELD.issuperset(held):
        close = difflib.get_close_matches(key, sorted(_named_keys()), n=1)
        wrong = tr("keys: {name} has the key {key}, which does not exist.", name=repr(name), key=repr(key))
        raise ValueError(_with_nearest(wrong, close))


def _with_nearest(wrong: str, close: Sequence[str]) -> str:
    """What is wrong with a name, and the nearest one there is, if any."""
    return wrong + " " + tr("Did you mean {name}?", name=repr(close[0])) if close else wrong


_HELD = frozenset(("alt", "ctrl", "shift", "super", "hyper", "meta"))


def _named_keys() -> frozenset[str]:
    """Every key with a name: only whoever changes keys pays for looking."""
    from textual.keys import Keys

    return frozenset(key.value.rpartition("+")[2] for key in Keys if "<" not in key.value) | SIGNS.keys()
