"""When two telephone numbers are the same one, however they are written."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_LONGEST = 60
"""Characters; phonenumbers takes its time over what is longer, and none is a number."""


@lru_cache(maxsize=2_000)
def e164(number: str, region: str = "") -> str:
    """The number as `+` and digits without an extension, "" when it is none.

    Args:
        region: the two-letter country in which a number without `+` is dialled; "" takes only international ones.
    """
    import phonenumbers  # a tenth of a second to import; not before the first paint

    if len(number) > _LONGEST:
        return ""
    try:
        parsed = phonenumbers.parse(number, region.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    parsed.extension = None
    written = _written(parsed)
    # Of several zeros in a row each reading takes one away: no number, rather than another one each time.
    return written if _written(phonenumbers.parse(written)) == written else ""


def _written(number: "PhoneNumber") -> str:
    import phonenumbers

    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
