"""Phone numbers as the CRM may hold them, and as they are compared."""


def e164(number: str, region: str) -> str:
    """The number as `+` and digits without an extension; "" when it is none.

    Args:
        region: the two-letter country in which a number without `+` or `00` is dialled; "" takes only international
            ones.
    """
    import phonenumbers

    if len(number) > 60:
        return ""
    number = number.strip()
    number = f"+{number[2:]}" if number.startswith("00") else number  # as Odoo takes it, whatever the country
    try:
        parsed = phonenumbers.parse(number, region.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    parsed.extension = None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def national(number: str, region: str) -> str:
    """The digits by which an E.164 number is dialled inside `region`; "" when it is a number of another country."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ""
    if not region or phonenumbers.country_code_for_region(region.upper()) != parsed.country_code:
        return ""
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return str(phonenumbers.normalize_digits_only(shown))
