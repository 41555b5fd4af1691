"""Text from outside as one line that a terminal only shows."""


def printable(text: str) -> str:
    """A text on one line, without anything that could steer the terminal."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "·" for sign in text)
