"""What a wrap-up still needs reads on from "still needed:", and what is wrong with it is a sentence of its own."""

import pytest

from desktop.domain.text.sentence import Sentence
from desktop.tui.words.still_needed import refusal, still_needed

CODE, NOTE = Sentence("wrap_up.choose_some"), Sentence("wrap_up.note_required")
ONE_ONLY = Sentence("wrap_up.one_only")


@pytest.mark.parametrize(
    ("problems", "no_time", "said", "refused"),
    [
        ((), False, ("", ""), ""),
        ((Sentence("wrap_up.choose_one"),), False, ("a code", ""), "Still needed: a code."),
        ((CODE, NOTE), True, ("a code, a note, a time for the callback", ""),
         "Still needed: a code, a note, a time for the callback."),
        ((ONE_ONLY,), False, ("", "This queue allows one code only."), "This queue allows one code only."),
        ((ONE_ONLY, NOTE), False, ("a note", "This queue allows one code only."),
         "This queue allows one code only. Still needed: a note."),
    ],
    ids=["nothing", "a code", "all", "wrong", "wrong and missing"],
)  # fmt: skip
def test_it_reads_on(problems: tuple[Sentence, ...], no_time: bool, said: tuple[str, str], refused: str) -> None:
    found = still_needed(problems, callback_lacks_time=no_time)
    assert found == said
    assert refusal(*found) == refused
