"""What a wrap-up still needs, as nouns, and what is wrong with it, as sentences."""

from collections.abc import Mapping, Sequence
from typing import Final

from desktop.domain.text.sentence import Sentence
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

_NEEDED: Final[Mapping[str, str]] = {
    "wrap_up.choose_one": mark("a code"),
    "wrap_up.choose_some": mark("a code"),
    "wrap_up.note_required": mark("a note"),
}


def still_needed(problems: Sequence[Sentence], *, callback_lacks_time: bool = False) -> tuple[str, str]:
    """What keeps a wrap-up from being finished.

    Args:
        problems: as `select.wrap_up_problems` has them.
        callback_lacks_time: whether a callback is being planned whose time is not understood.

    Returns:
        What is missing, to follow "still needed:"; what must be changed, in whole sentences. Either may be "".
    """
    missing = [tr(_NEEDED[one.id]) for one in problems if one.id in _NEEDED]
    missing += [tr("a time for the callback")] if callback_lacks_time else []
    wrong = [in_words(one) for one in problems if one.id not in _NEEDED]
    return ", ".join(missing), " ".join(wrong)


def refusal(missing: str, wrong: str) -> str:
    """Both as the sentences that tell why the finishing key did nothing."""
    needed = tr("Still needed: {what}.", what=missing) if missing else ""
    return " ".join(filter(None, (wrong, needed)))
