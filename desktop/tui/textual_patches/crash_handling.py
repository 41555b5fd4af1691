"""An app that says its own sentence after a crash, and not what Textual would print.

Upstream: `textual.app.App._handle_exception` and `_fatal_error`.
https://github.com/Textualize/textual/blob/v8.2.8/src/textual/app.py#L3263-L3296
Why: Textual prints the values of local variables, and with them tokens and what customers said. There is no public
way to have them left out.
Switch: crash; what can be saved is saved all the same
"""

from typing import Any

from rich.text import Text
from textual.app import App

from desktop.tui.textual_patches.switch import is_plain


class GuardedApp(App[int]):
    """A subclass overrides `crashed`."""

    _failed = False

    def crashed(self, error: Exception) -> str:
        """The program ends with this error; save what can be saved. Called once.

        Returns:
            What is said on the terminal when the screen is gone.
        """
        raise NotImplementedError

    def fail(self, error: Exception) -> None:
        """End the program with this error."""
        self._handle_exception(error)

    def panic(self, *renderables: Any) -> None:
        """See the base class; what Textual would print is not shown."""
        if is_plain("crash"):
            super().panic(*renderables)
        else:
            self.fail(RuntimeError("The screen could not go on."))

    @property
    def return_code(self) -> int | None:
        """The exit status, None while running."""
        return 1 if self._failed else super().return_code

    def _handle_exception(self, error: Exception) -> None:
        first, self._failed = not self._failed, True
        words = self.crashed(error) if first else ""
        if is_plain("crash"):
            super()._handle_exception(error)
            return
        if self._exception is None:  # whoever tests the app is told
            self._exception = error
            self._exception_event.set()
        if first:
            super().panic(Text(words))
