"""What the README says of forms is so."""

from desktop.config.scorecards import parse_scorecard
from desktop.domain.reviews.scorecards import Answer, score
from tests.docs.readme import blocks


def test_the_form_can_be_used_as_it_stands() -> None:
    (text,) = (block for block in blocks("toml") if "[[sections]]" in block)
    card, problems = parse_scorecard("chat", text)
    assert problems == []
    assert (card.rule.per_agent, card.rule.channels) == (3, ("chat",))
    given = (Answer("understood", "3"), Answer("solved", "yes"), Answer("card_number", "n/a"))
    found = score(card.form, given)
    assert (found.complete, str(found.share)) == (True, "2/3")  # (2·1/2 + 1·1) ÷ 3; the second section is left out
    lost = score(card.form, (*given[:2], Answer("card_number", "yes")))
    assert (lost.share, lost.failed) == (0, ("card_number",))
