"""Phone numbers as the CRM may hold them, and as they are compared."""

from desktop.ports.phone_numbers import e164


def international(number: str, region: str) -> str:
    """The number in E.164; "" when it is none. `00` stands for `+` whatever the country, as Odoo takes it.

    Args:
        region: the two-letter country in which any other number is dialled; "" takes only international ones.
    """
    number = number.strip()
    return e164(f"+{number[2:]}" if number.startswith("00") else number, region)


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
