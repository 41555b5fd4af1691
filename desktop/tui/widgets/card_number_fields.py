"""Hiding card numbers where they are typed: what is on screen is what is kept."""

from collections.abc import Callable

from textual.widgets import Input, TextArea
from textual.widgets.text_area import Edit

from desktop.app.notes.card_masking import Hidden
from desktop.words.catalogue import tr

Hide = Callable[[str, int | None], str]
"""Takes a text and where in it somebody is typing, if so; gives one of the same length."""


def hide_in_area(area: TextArea, hide: Hide, *, typing: bool) -> None:
    """Hide what has to be hidden in an editor. The cursor stays; ctrl+z undoes it like any edit.

    Args:
        typing: whether a number at the cursor may not be finished yet.
    """
    text = area.text
    hidden = hide(text, len(area.get_text_range((0, 0), area.cursor_location)) if typing else None)
    replace_in_area(area, text, hidden)


def hide_in_input(field: Input, hide: Hide) -> bool:
    """Hide what has to be hidden in a field that is being typed in; says whether anything was. The cursor stays."""
    hidden = hide(field.value, field.cursor_position)
    if hidden == field.value:
        return False
    with field.prevent(Input.Changed):
        field.value = hidden
    return True


def replace_in_area(area: TextArea, text: str, wanted: str) -> None:
    """Change an editor's text to another of the same length, and nothing else of it."""
    places = [place for place, sign in enumerate(text) if wanted[place] != sign]
    if places:
        first, end = places[0], places[-1] + 1
        start, stop = (_location(text, place, area.document.newline) for place in (first, end))
        area.edit(Edit(wanted[first:end], start, stop, maintain_selection_offset=True))


def what_was_hidden(one: Hidden) -> str:
    """In words: "Card number hidden (Visa ending 1111)"."""
    if not one.data.issuer:
        return tr("Security code hidden")
    return tr("Card number hidden ({issuer} ending {digits})", issuer=one.data.issuer, digits=one.data.last_four)


def _location(text: str, place: int, newline: str) -> tuple[int, int]:
    lines = text[:place].split(newline)
    return len(lines) - 1, len(lines[-1])
