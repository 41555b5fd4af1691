"""The keys of the outbox page, for the selected item: its last line, its help and the palette are made from them."""

from desktop.tui.keys.key import Key
from desktop.words.marks import mark


def _key(name: str, letters: str, label: str, text: str) -> Key:
    return Key(name, name.removeprefix("item_"), (), tuple(letters.split()), label, text, mark("Outbox"))


OUTBOX_KEYS: tuple[Key, ...] = (
    _key("item_edit", "e", mark("edit"), mark("Edit the note or the text. Enter on the item does the same.")),
    _key("item_codes", "c", mark("codes"), mark("Add or remove wrap-up codes.")),
    _key("item_customer", "l slash", mark("customer"), mark("Link it to a customer, or to no one.")),
    _key("item_when", "t", mark("when"), mark("Set when the callback is due, or change what it is about.")),
    _key("item_add", "a", mark("add follow-up"), mark("Add the follow-up that was still being typed.")),
    _key("item_drop", "d", mark("drop follow-up"), mark("Remove a follow-up.")),
    _key("item_channel", "h", mark("channel"), mark("Set the channel, where it is not known.")),
    _key("item_send", "s", mark("send"), mark("Send this one again, with all that belongs to it.")),
    _key("item_discard", "x", mark("discard"), mark("Discard this one: press twice.")),
)

OUTBOX_BY_ID = {key.id: key for key in OUTBOX_KEYS}
"""The keys in force, by name."""

INSIDE = ("finish", "back", "help", "retry", "outbox")
"""Names of the agent's table that mean something on the page itself."""
