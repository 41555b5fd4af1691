"""Names of files from outside: whatever they are, one harmless name in one folder."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.text.file_names import LONGEST_BYTES, numbered, safe_name

NASTY = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("./\\:\0\u202e\u200b\ud800 \x1b")), max_size=300)


@given(NASTY, st.integers(min_value=1, max_value=99))
def test_any_name_is_one_harmless_name(name: str, number: int) -> None:
    made = numbered(safe_name(name), number)
    assert made not in ("", ".", "..")
    assert not made.startswith(".")
    assert not set(made) & set('/\\<>:"|?*')
    assert all(unicodedata.category(sign)[0] != "C" for sign in made)
    assert len(safe_name(name).encode()) <= LONGEST_BYTES + 1
    assert safe_name(safe_name(name)) == safe_name(name)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("statement.pdf", "statement.pdf"),
        ("../../.ssh/authorized_keys", "authorized_keys"),
        ("C:\\Users\\x\\bill.pdf", "bill.pdf"),
        ("...", "file"),
        ("", "file"),
        (".bashrc", "bashrc"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("con.txt", "_con.txt"),
        ("Rechnung März (1).pdf", "Rechnung März (1).pdf"),
        ("請求書.pdf", "請求書.pdf"),
        ("a\nb\tc.txt", "abc.txt"),
    ],
)
def test_names(name: str, wanted: str) -> None:
    assert safe_name(name) == wanted


def test_a_long_name_keeps_its_ending() -> None:
    made = safe_name("é" * 500 + ".tar.gz")
    assert made.endswith(".gz")
    assert len(made.encode()) <= LONGEST_BYTES
