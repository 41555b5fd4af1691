"""Why a phrase names no time."""

from desktop.domain.text.sentence import Fact, Sentence


class Refusal(Exception):
    """What was typed has no single meaning; `sentence` tells the agent."""

    def __init__(self, what: str, /, **facts: Fact) -> None:
        """`what` is the sentence's name in the catalogue's room `callback`; days are dates in ISO's form."""
        self.sentence = Sentence(f"callback.{what}", **facts)
        super().__init__(str(self.sentence))
