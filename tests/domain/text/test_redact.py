"""Secrets do not survive redaction; what merely looks technical does."""

import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.text.redact import redact

TOKEN = "Xk29" + "sDf8Qp"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"{{'Authorization': 'Bearer {TOKEN}'}}",
        f"authorization=basic {TOKEN}",
        f"Bearer {TOKEN} was refused",
        f"api_key={TOKEN}&x=1",
        f'"access_token": "{TOKEN}"',
        f"X-Api-Key: {TOKEN}",
        f"AGENT_DESKTOP_CRM_TOKEN={TOKEN}",
        f"password = '{TOKEN} with spaces'",
        f"client_secret={TOKEN}",
        f"https://maya:{TOKEN}@crm.example/x",
        f"wss://{TOKEN}@crm.example/x",
        f"Cookie: {TOKEN}",
        f"eyJhbGciOiJ9.{TOKEN}.abc",
    ],
)
def test_secrets_go(text: str) -> None:
    assert TOKEN not in redact(text)
    assert "[redacted]" in redact(text)


@given(st.integers(24, 64), st.booleans())
def test_random_tokens_go_without_a_name(size: int, hexadecimal: bool) -> None:
    token = secrets.token_hex(size) if hexadecimal else "aB3" + secrets.token_urlsafe(size)
    assert token not in redact(f"server said no to {token}, sorry")


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111 12/29",
        "pay 378282246310005 now",
        "4111 1111 1111 1111 12 29 123",
        "٤١١١١١١١١١١١١١١١",
        "12 4111111111111111",
    ],
)
def test_card_numbers_keep_four_digits(text: str) -> None:
    digits = [c for c in text if c.isdigit()]
    kept = [c for c in redact(text) if c.isdigit()]
    assert 9 <= len(digits) - len(kept) <= 15
    assert "redacted" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "+44 20 7946 0018",
        "order 1234567890123456",
        "2026-11-21T14:03:22.123456+00:00",
        "0d3c1a52-7f7e-4e86-9d1f-0a1b2c3d4e5f",
        'File "/usr/lib/python3.11/site-packages/textual/message_pump.py", line 663, in _process_messages_loop',
        "test_an_agent_takes_a_call_and_finishes_its_wrap_up",
        "Could not reach the CRM.",
        "the token was refused",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=300))
def test_never_raises_and_settles(text: str) -> None:
    once = redact(text)
    assert redact(redact(once)) == redact(once)


@pytest.mark.parametrize(
    "piece", ["a_", "token", "1 ", "://", "x-", 'token="', "eyJ", "4111 1111 1111 1111 ", string.hexdigits]
)
def test_long_text_is_bounded(piece: str) -> None:
    assert redact(piece * (100_000 // len(piece)))
