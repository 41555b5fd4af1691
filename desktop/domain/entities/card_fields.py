"""The texts on a customer's card: the one list that merging, comparing, drawing and copying go by.

Their labels are among the words, by their names.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CardField:
    """One text that a CRM may hold of a customer, by its name in `Customer`."""

    name: str
    in_brief: bool = False  # whether it stands on the line of short facts; else it is drawn in a place of its own
    compared: bool = True  # whether the card says where several CRMs differ
    copied: bool = False  # whether it is in the list of what may be copied


CARD_FIELDS: Final = (
    CardField("name"),
    CardField("company"),
    CardField("tier"),
    CardField("language", in_brief=True),
    CardField("time_zone", in_brief=True),
    CardField("place", compared=False),
    CardField("note", compared=False),
    CardField("url", compared=False, copied=True),
)
