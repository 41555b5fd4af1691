"""Threads as backends send them: in parts, twice, out of order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.model import Interaction, Message
from desktop.domain.reduce.threads import with_thread
from tests.app.app_fakes import interaction

MESSAGES = st.lists(
    st.builds(
        Message,
        id=st.sampled_from([f"m{n}" for n in range(8)]),
        at=st.floats(0, 100),
        author=st.just("customer"),
        text=st.text(max_size=3),
    ),
    max_size=12,
).map(tuple)


def contact(messages: tuple[Message, ...], earlier: int = 0) -> Interaction:
    return interaction(1, messages=messages, earlier=earlier)


@given(MESSAGES, MESSAGES, st.integers(0, 20))
def test_each_message_is_there_once_in_its_latest_version_and_in_order(
    old: tuple[Message, ...], new: tuple[Message, ...], earlier: int
) -> None:
    known = with_thread(None, contact(old))
    made = with_thread(known, contact(new, earlier))
    assert len({one.id for one in made.messages}) == len(made.messages)
    assert [one.at for one in made.messages] == sorted(one.at for one in made.messages)
    latest = {one.id: one for one in new}
    assert {one.id: one for one in made.messages if one.id in latest} == latest
    kept = {one.id for one in known.messages} if earlier else set()
    assert {one.id for one in made.messages} == kept | latest.keys()
    assert made.earlier >= 0


def test_a_part_brings_its_news_and_leaves_the_rest() -> None:
    many = tuple(Message(f"m{n}", float(n), "customer", str(n)) for n in range(100))
    edited = replace(many[3], text="other", edited_at=200.0)
    made = with_thread(contact(many), contact((edited, *many[90:], Message("m100", 100.0, "agent", "new")), 89))
    assert len(made.messages) == 101
    assert (made.messages[3], made.messages[-1].text, made.earlier) == (edited, "new", 0)


def test_what_is_in_order_is_not_touched() -> None:
    given = contact((Message("a", 1.0, "agent", "x"), Message("b", 1.0, "agent", "y")))
    assert with_thread(None, given) is given
