"""A source is taken apart in one place, and ids of several systems never clash."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.source import Source

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789", max_size=8)


@given(st.sampled_from(["crm", "presence", "contact_center"]), names)
def test_a_word_and_its_record_are_the_same(kind: str, name: str) -> None:
    word = f"{kind}:{name}" if name else kind
    assert Source.of(word) == Source(kind, name)
    assert str(Source.of(word)) == word


@given(names, st.text(max_size=20))
def test_an_id_comes_back_as_its_system_knows_it(name: str, record_id: str) -> None:
    source = Source("crm", name)
    assert source.unqualified(source.qualified(record_id)) == record_id


def test_the_only_one_of_its_kind_keeps_its_ids() -> None:
    assert Source("crm").qualified("42") == "42"
    assert Source("crm", "shop").qualified("42") == "shop:42"
    assert Source("crm", "shop").unqualified("42") == "42", "taken to be its own already"
