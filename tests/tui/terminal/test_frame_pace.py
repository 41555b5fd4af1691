"""When the next frame may begin."""

import pytest

from desktop.tui.terminal.frame_pace import FRAME_SECONDS, LONG_REST, REST, FramePace


def test_the_first_frame_begins_at_once_and_the_next_after_a_rest() -> None:
    pace = FramePace()
    assert pace.next_at < 0
    pace.ended(100.0, 100.001)
    assert pace.next_at == pytest.approx(100.001 + FRAME_SECONDS)
    pace.ended(200.0, 200.050)
    assert pace.next_at == pytest.approx(200.050 + REST * 0.050)
    # A single frame does not answer for its paint: the card comes right after the ring.
    assert not pace.painted(0.02, all_of_it=True)
    assert pace.next_at == pytest.approx(200.050 + REST * 0.050)


def test_one_frame_following_the_other_rests_longer_and_answers_for_its_paint_once() -> None:
    pace, now = FramePace(), 100.0
    for _ in range(10):
        pace.ended(now, now + 0.01)
        now += 0.05
    ended = now - 0.04
    assert pace.next_at == pytest.approx(ended + LONG_REST * 0.01)
    assert pace.painted(0.015, all_of_it=False)
    assert pace.painted(0.005, all_of_it=True)
    assert pace.next_at == pytest.approx(ended + LONG_REST * 0.03)
    assert not pace.painted(0.02, all_of_it=True)  # a key's paint, which is no frame's
    assert pace.next_at == pytest.approx(ended + LONG_REST * 0.03)
