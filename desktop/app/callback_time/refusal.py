"""Why a phrase names no time, and how a day is written in such a sentence."""

from datetime import date


class Refusal(Exception):
    """What was typed has no single meaning; the text is a sentence for the agent."""


def day_words(day: date) -> str:
    """`Mon 23 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"
