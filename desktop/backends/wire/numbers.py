"""Phone numbers as a CRM may hold them, and as they are compared."""


def e164(number: str, region: str) -> str:
    """The number as `+` and digits without an extension; "" when it is none.

    Args:
        region: the two-letter country in which a number without `+` is dialled; "" takes only international ones.
    """
    import phonenumbers  # its tables cost tens of milliseconds

    if len(number) > 60:
        return ""
    try:
        parsed = phonenumbers.parse(number, region.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    parsed.extension = None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def without_country(number: str) -> str:
    """The digits of an E.164 number after its country code; "" when it is none."""
    import phonenumbers

    try:
        return str(phonenumbers.national_significant_number(phonenumbers.parse(number, None)))
    except phonenumbers.NumberParseException:
        return ""
