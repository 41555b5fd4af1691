"""What makes a computation of agents impossible."""

from desktop.domain.text.sentence import Sentence


class StaffingError(ValueError):
    """A figure is out of its range, or too little is known. `sentence` is for people."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
