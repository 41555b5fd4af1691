"""Textual's driver for Linux and macOS, made to survive bytes that no sane terminal sends.

Upstream: `textual.drivers.linux_driver.LinuxDriver.run_input_thread` decodes strictly, and
`textual._xterm_parser.XTermParser._parse_extended_key` raises for a key report with an impossible code point.
https://github.com/Textualize/textual/issues/6456
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/drivers/linux_driver.py#L418
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/_xterm_parser.py#L356
Why: one wrong byte, pasted or sent by a terminal with another encoding, ends the program. The loop that reads is one
function with no seam, so two names of its module are replaced.
Switch: driver
"""

import codecs
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from desktop.tui.textual_patches.switch import is_plain


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

    @property
    def app(self) -> App[Any]:
        """The app it drives."""
        return self._app

    def run_input_thread(self) -> None:
        """See the base class."""
        if is_plain("driver"):
            super().run_input_thread()
            return
        vars(linux_driver).update(getincrementaldecoder=_lenient_decoder, XTermParser=ResilientParser)
        try:
            super().run_input_thread()
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)


def _lenient_decoder(encoding: str) -> Any:
    def decoder() -> codecs.IncrementalDecoder:
        return codecs.getincrementaldecoder(encoding)(errors="replace")

    return decoder


def _is_surrogate(character: str | None) -> bool:
    return character is not None and any("\ud800" <= c <= "\udfff" for c in character)
