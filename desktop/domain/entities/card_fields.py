"""The texts on a customer's card: the one list that merging, comparing, drawing and copying go by."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CardField:
    """One text that a CRM may hold of a customer, by its name in `Customer`."""

    name: str
    label: str  # for people
    in_brief: str = (
        ""  # as it stands on the line of short facts, {} for its value; "": it is drawn in a place of its own
    )
    compared: bool = True  # whether the card says where several CRMs differ
    copied: bool = False  # whether it is in the list of what may be copied


CARD_FIELDS: Final = (
    CardField("name", "name"),
    CardField("company", "company"),
    CardField("tier", "tier"),
    CardField("language", "language", in_brief="{}"),
    CardField("time_zone", "time zone", in_brief="{}"),
    CardField("note", "note", compared=False),
    CardField("url", "link", compared=False, copied=True),
)
