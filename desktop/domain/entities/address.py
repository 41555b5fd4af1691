"""How to reach a customer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """How to reach a customer: an E.164 number, an e-mail address or a handle; `withheld` when it was hidden."""

    kind: str  # phone | email | handle
    value: str
    withheld: bool = False
