"""Phone numbers as a CRM may hold them, and as they are compared."""


def without_country(number: str) -> str:
    """The digits of an E.164 number after its country code; "" when it is none."""
    import phonenumbers

    try:
        return str(phonenumbers.national_significant_number(phonenumbers.parse(number, None)))
    except phonenumbers.NumberParseException:
        return ""
