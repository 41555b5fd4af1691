"""Textual's driver for Linux and macOS, made to survive bytes that no sane terminal sends.

It replaces two names in Textual's module, because the loop that uses them is one function with no seam.
Tests tell when a new Textual no longer needs that (Textual issue 6456), or no longer allows it.
"""

import codecs
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from desktop.tui.terminal.believable_size import believable
from desktop.tui.terminal.input_priority import InputPriority


@runtime_checkable
class _HearsKeys(Protocol):
    input_priority: InputPriority


class ResilientParser(XTermParser):
    """Takes key reports with impossible code points as no key at all."""

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        try:
            keys: list[events.Key] | None = super()._parse_extended_key(sequence)
        except (ValueError, OverflowError):
            return []
        # Half a character cannot be stored or sent.
        return [key for key in keys if not _is_surrogate(key.character)] if keys else keys


class ResilientDriver(LinuxDriver):
    """Reads input as UTF-8 in which wrong bytes are U+FFFD, and tells the app of a failure in the app's own way."""

    def run_input_thread(self) -> None:
        """See the base class."""
        vars(linux_driver).update(getincrementaldecoder=_lenient_decoder, XTermParser=ResilientParser)
        super().run_input_thread()

    def process_message(self, message: Message) -> None:
        """See the base class; runs in the input thread."""
        if isinstance(message, events.Resize) and message.size != believable(*message.size):
            return  # a size in the input is as easily pasted as reported: the one there was stays
        if isinstance(message, events.Key) and isinstance(self._app, _HearsKeys):
            self._app.input_priority.heard()
        super().process_message(message)

    def _get_terminal_size(self) -> tuple[int, int]:
        # Asked at the start and at each SIGWINCH, whose news go to the app and not through the method above.
        return believable(*super()._get_terminal_size())

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)


def _lenient_decoder(encoding: str) -> Any:
    def decoder() -> codecs.IncrementalDecoder:
        return codecs.getincrementaldecoder(encoding)(errors="replace")

    return decoder


def _is_surrogate(character: str | None) -> bool:
    return character is not None and any("\ud800" <= c <= "\udfff" for c in character)
