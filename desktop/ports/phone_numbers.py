"""When two telephone numbers are the same one, however they are written."""

from functools import lru_cache

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
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
