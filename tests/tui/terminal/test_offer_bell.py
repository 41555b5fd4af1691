"""What calls the agent to an offer: once each, clean sequences, and everything as it was when nothing rings."""

import re
from itertools import pairwise

import pytest

from desktop.tui.terminal.news_bell import Wanted
from desktop.tui.terminal.offer_bell import OfferBell
from tests.tui.hostile.payloads import PAYLOADS

CALL, CHAT = ("☎ Incoming call · Billing", "Priya Natarajan"), ("❝ Incoming chat · Sales", "Sam Ito")
SEQUENCE = re.compile(r"\x1b(?:\[2[23];2t|\][^\x00-\x1f\x7f-\x9f]*\x1b\\)")


class Terminal:
    """Counts bells and keeps what was written."""

    def __init__(self, wanted: Wanted) -> None:
        self.rings = 0
        self.written: list[str] = []
        self.bell = OfferBell(self.ring, self.written.append, wanted)

    def ring(self) -> None:
        self.rings += 1

    @property
    def text(self) -> str:
        return "".join(self.written)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_rings_once_for_each_offer_whatever_news_may_do() -> None:
    terminal = Terminal(Wanted("none", "none", "none"))
    for offers in ({}, {"a": CALL}, {"a": CALL}, {"a": CALL, "b": CHAT}, {"b": CHAT}, {}, {"a": CALL}):
        terminal.bell.hear(offers)
    assert (terminal.rings, terminal.text) == (3, "")


def test_the_title_says_what_rings_but_never_who_and_is_given_back() -> None:
    terminal = Terminal(Wanted("all", "none", "title"))
    for offers in ({"a": CALL}, {"a": CALL}, {"b": CHAT}, {}):
        terminal.bell.hear(offers)
    assert terminal.written == [
        "\x1b[22;2t\x1b]2;☎ Incoming call · Billing – agent-desktop\x1b\\",
        "\x1b]2;❝ Incoming chat · Sales – agent-desktop\x1b\\",
        "\x1b[23;2t",
    ]
    assert "Priya" not in terminal.text


def test_the_taskbar_pulses_while_anything_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(Wanted("all", "none", "taskbar"))
    for offers in ({"a": CALL}, {"b": CHAT}, {}):
        terminal.bell.hear(offers)
    assert terminal.written == ["\x1b]9;4;3;0\x1b\\", "\x1b]9;4;0;0\x1b\\"]
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    terminal.bell.hear({"a": CALL})
    assert terminal.written[-1] == "\x1bPtmux;\x1b\x1b]9;4;3;0\x1b\x1b\\\x1b\\"


def test_a_notification_names_who_it_is_where_it_is_wanted() -> None:
    terminal = Terminal(Wanted("none", "urgent", "none"))
    terminal.bell.hear({"a": CALL})
    assert terminal.text == "\x1b]9;agent-desktop: ☎ Incoming call · Billing · Priya Natarajan\x1b\\"


def test_leaving_gives_title_and_taskbar_back_once() -> None:
    terminal = Terminal(Wanted("all", "none", "both"))
    terminal.bell.hear({"a": CALL})
    begun = len(terminal.written)
    terminal.bell.close()
    terminal.bell.close()
    assert terminal.written[begun:] == ["\x1b[23;2t", "\x1b]9;4;0;0\x1b\\"]


def test_whatever_a_queue_or_a_customer_is_called_only_clean_sequences_go_out() -> None:
    terminal = Terminal(Wanted("all", "all", "both"))
    rings = [{str(n): (f"☎ {text}", text)} for n, text in enumerate(PAYLOADS.values())]
    for offers in rings:
        terminal.bell.hear(offers)
    assert SEQUENCE.sub("", terminal.text) == ""
    assert all(before != after for before, after in pairwise(terminal.written))
