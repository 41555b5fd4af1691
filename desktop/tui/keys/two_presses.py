"""The one way to what cannot be undone: the first press names the victim, the second carries it out.

Every such act of every screen comes through here, and nothing else asks twice. What is armed is one act with its
victim. The same key for the same victim carries it out; any other key, a click, a paste, another victim or some seconds
forget it.

A key that is held down or bounces is one press, however often the terminal sends it: a second press counts only when
the prompt has stood on the screen, and the key has been let go, for `READING_SECONDS`. The prompt says when one came
too soon.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from desktop.tui.widgets.safe_text import safe
from desktop.words.catalogue import ptr, tr

SECONDS: Final = 5.0
"""How long the second press is waited for: as long as it takes to read two names."""

READING_SECONDS: Final = 0.7
"""For how long the prompt must have stood there, and its key been silent, before a press of it counts.

Longer than keyboards wait before a key that is held down repeats: half a second mostly, 0.66 s under X.
"""

_LONGEST_NAME: Final = 32


def named(text: str) -> str:
    """A name short enough that two of them stand in one line, the beginning of a longer one."""
    text = safe(text).strip() or ptr("somebody's name", "unknown")
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"


@dataclass(frozen=True, slots=True)
class Irrevocable:
    """What one more press does. Two are the same act when all of it is the same, so other words are another act.

    Attributes:
        key: the key to press again, as it is printed.
        pressed: the names of all keys that carry it out.
        victim: ids of what it is done to.
        words: what will happen and to whom, as in "end the contact with Priya Natarajan".
    """

    key: str
    pressed: tuple[str, ...]
    victim: tuple[str, ...]
    words: str

    def prompt(self, *, too_soon: bool = False) -> str:
        """What stands on screen between the two presses; `too_soon`: after a second one that did not count."""
        again = tr("{key} again: {act}", key=self.key, act=self.words)
        return f"{tr('Too soon.')} {again}" if too_soon else again


class TwoPresses:
    """Knows which act one more press carries out."""

    def __init__(
        self,
        show: Callable[[Irrevocable | None, bool], bool],
        later: Callable[[float, Callable[[], object]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is armed.

        Args:
            show: puts the prompt on the screen in front, or takes it away; says whether it can be read there. Once it
                is painted, `painted` is to be called. Hears also whether a second press came too soon.
            later: calls back after so many seconds.
            clock: counts seconds and never goes back.
        """
        self._show = show
        self._later = later
        self._clock = clock
        self._counts_from: float | None = None  # when the next press counts; None until the prompt is painted
        self._counts = False  # whether the last press of the armed act's key did
        self._too_soon = False  # whether one that did not was told so
        self.by_letter = False
        """Whether the key that is being applied is a letter on its own: such a key is soon pressed by accident."""
        self._armed: Irrevocable | None = None
        self._still: Callable[[], Irrevocable | None] | None = None

    @property
    def armed(self) -> Irrevocable | None:
        """What the next press carries out, if anything."""
        return self._armed

    def press(self, act: Irrevocable | None, still: Callable[[], Irrevocable | None] | None = None) -> bool:
        """A key that cannot be undone was pressed.

        Args:
            act: what it does, and to whom; None where there is nobody to do it to.
            still: makes the act anew, None once it makes no sense any more; it is forgotten when that is another one.

        Returns:
            Whether this was the second press for the same victim: then it is to be carried out. One that came too
            soon leaves the act armed.
        """
        if act is None:
            self.disarm()
        elif self._armed == act:
            if self._counts:
                return self.disarm()
            self._say_too_soon()
        else:
            self.arm(act, still)
        return False

    def arm(self, act: Irrevocable, still: Callable[[], Irrevocable | None] | None = None) -> None:
        """Name the victim; the next press of the key carries it out. Where nobody can read it, nothing is armed."""
        self.disarm()
        self._armed, self._still = act, still
        self._counts_from, self._counts, self._too_soon = None, False, False
        if self._show(act, False):
            self._later(SECONDS, lambda: self.disarm(act))
        else:
            self._armed = self._still = None

    def disarm(self, only: Irrevocable | None = None) -> bool:
        """Forget what was armed, if it is `only`; says whether anything was."""
        armed = self._armed
        if armed is None or (only is not None and armed is not only):
            return False
        self._armed = self._still = None
        self._show(None, False)
        return True

    def _say_too_soon(self) -> None:
        """Once: a key that is held down would say it thirty times a second."""
        if not self._too_soon:
            self._too_soon = True
            self._show(self._armed, True)

    def painted(self, act: Irrevocable) -> None:
        """The prompt of `act` can be read from now on."""
        if self._armed is act and self._counts_from is None:
            self._counts_from = self._clock() + READING_SECONDS

    def key(self, name: str, *, typed: bool, waited: float = 0.0) -> None:
        """A key is about to be applied. Any but those of the armed act forget it.

        Args:
            name: of the key.
            typed: whether it goes into a field.
            waited: seconds since it was pressed: on a busy screen it counts from then.
        """
        self.by_letter = not typed and len(name) == 1
        if self._armed is None:
            return
        if typed or name not in self._armed.pressed:
            self.disarm()
        elif self._counts_from is not None:
            at = self._clock() - waited
            self._counts = at >= self._counts_from
            self._counts_from = max(self._counts_from, at + READING_SECONDS)

    def look(self) -> None:
        """Something is known anew: what is armed is forgotten when it would be another act now."""
        if self._armed is not None and self._still is not None and self._still() != self._armed:
            self.disarm()
