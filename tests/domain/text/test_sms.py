"""How many text messages a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.text.sms import segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(max_size=500), st.text(max_size=50))
def test_more_text_never_takes_fewer(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)
