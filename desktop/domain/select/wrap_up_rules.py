"""Wrap-up codes: which there are, finding one by typing, and whether the queue's rule is met."""

from collections.abc import Sequence

from desktop.domain.entities.model import Interaction, WrapUpCode
from desktop.domain.entities.words import CodeRule
from desktop.domain.select.centres import centre_of
from desktop.domain.state.state import AppState
from desktop.domain.text.folding import fold, nearness
from desktop.domain.text.sentence import Sentence


def codes_for(state: AppState, interaction: Interaction) -> tuple[WrapUpCode, ...]:
    """The codes of the interaction's queue: its own first, then the general ones, each in the service's order."""
    return codes_of_queue(state, interaction.queue)


def codes_of_queue(state: AppState, queue: str) -> tuple[WrapUpCode, ...]:
    """The same of a queue by its name; of none where it is not known, the general ones."""
    here = [code for code in state.codes if code.source in ("", centre_of(state, queue))]
    own = tuple(code for code in here if queue in code.queues)
    return own + tuple(code for code in here if not code.queues)


def match_codes(codes: Sequence[WrapUpCode], typed: str) -> tuple[WrapUpCode, ...]:
    """The codes that fit what was typed, the best first; all of them while nothing is typed.

    Each typed word must fit the label, the id or the group: its beginning fits better than the beginning of a
    later word, that better than initials, and those better than the inside of a word.
    """
    words = fold(typed).split()
    if not words:
        return tuple(codes)
    whole = " ".join(words)
    scored: list[tuple[int, int, WrapUpCode]] = []
    for place, code in enumerate(codes):
        names = (fold(code.label), fold(code.id), fold(code.group))
        each = [max(nearness(word, name) for name in names) for word in words]
        if min(each) > 0:
            scored.append((-10 * max(nearness(whole, name) for name in names[:2]) - sum(each), place, code))
    return tuple(code for _, _, code in sorted(scored, key=lambda entry: entry[:2]))


def wrap_up_problems(
    state: AppState, interaction: Interaction, codes: Sequence[str], note: str
) -> tuple[Sentence, ...]:
    """What keeps the wrap-up from being finished; empty when it may be.

    Where one was handed over already, what is added to it needs neither codes nor a note.
    """
    rule = interaction.wrap_up_rule
    problems: list[Sentence] = []
    handed_over = interaction.id in state.handed_over
    known = {code.id for code in codes_for(state, interaction)}
    unknown = [code for code in codes if code not in known]
    if unknown:
        problems.append(Sentence("wrap_up.unknown_code", codes=tuple(unknown)))
    if len(set(codes)) != len(codes):
        problems.append(Sentence("wrap_up.same_code_twice"))
    match rule.codes:
        case CodeRule.NONE if codes:
            problems.append(Sentence("wrap_up.no_codes_here"))
        case CodeRule.OPTIONAL_ONE if len(codes) > 1:
            problems.append(Sentence("wrap_up.one_at_most"))
        case CodeRule.ONE | CodeRule.MANY if handed_over and not codes:
            pass
        case CodeRule.ONE if len(codes) != 1:
            problems.append(Sentence("wrap_up.one_only" if codes else "wrap_up.choose_one"))
        case CodeRule.MANY if not codes:
            problems.append(Sentence("wrap_up.choose_some"))
    if rule.note_required and not note.strip() and not handed_over:
        problems.append(Sentence("wrap_up.note_required"))
    return tuple(problems)
