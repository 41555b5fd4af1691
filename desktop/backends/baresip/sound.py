"""Sound by programs: a microphone is what one prints, a loudspeaker is what another reads.

So every sound system that has a recorder works (ALSA, PulseAudio, PipeWire, a sound server across the network), and
muting is ours: what was said while muted never leaves this machine.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from baresip import Call

log = logging.getLogger(__name__)

RATE = 8_000
"""Samples a second, 16 bits each, one channel: what a G.711 call carries."""
FRAME_SECONDS = 0.02
_FRAME = int(RATE * FRAME_SECONDS) * 2
_UNHEARD = 50  # frames a loudspeaker may be behind before it is skipped forward


class Sound:
    """The programs that talk and listen for one call, from its answer to its end."""

    def __init__(self, microphone: Sequence[str], speaker: Sequence[str]) -> None:
        """`microphone` and `speaker` are programs with their arguments, or empty."""
        self._microphone = tuple(microphone)
        self._speaker = tuple(speaker)

    async def carry(self, call: "Call", muted: Callable[[], bool], failed: Callable[[str], None]) -> None:
        """Carry the sound of the call both ways until cancelled; `failed` hears why one way is silent."""
        ways = []
        if self._microphone:
            ways.append(self._talk(call, muted, failed))
        if self._speaker:
            ways.append(self._listen(call, failed))
        await asyncio.gather(*ways)

    async def _talk(self, call: "Call", muted: Callable[[], bool], failed: Callable[[str], None]) -> None:
        program = await _start(self._microphone, failed, talks=True)
        if program is None or program.stdout is None:
            return
        try:
            while heard := await program.stdout.read(_FRAME):
                await _say(call, heard, muted)
            failed(f"{self._microphone[0]} ended: you are not heard.")
        finally:
            await _end(program)

    async def _listen(self, call: "Call", failed: Callable[[str], None]) -> None:
        program = await _start(self._speaker, failed, talks=False)
        if program is None or program.stdin is None:
            return
        pipe = program.stdin
        try:
            while program.returncode is None:
                heard = _read(call)
                if heard and pipe.transport.get_write_buffer_size() < _UNHEARD * _FRAME:
                    pipe.write(heard)
                await asyncio.sleep(FRAME_SECONDS)
            failed(f"{self._speaker[0]} ended: you hear nothing.")
        finally:
            await _end(program)


async def _start(
    words: Sequence[str], failed: Callable[[str], None], *, talks: bool
) -> asyncio.subprocess.Process | None:
    quiet = asyncio.subprocess.DEVNULL
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *words, stdin=quiet if talks else pipe, stdout=pipe if talks else quiet, stderr=quiet
        )
    except OSError as error:
        failed(f"{words[0]} cannot be started: {error.strerror}.")
        return None


async def _say(call: "Call", heard: bytes, muted: Callable[[], bool]) -> None:
    """Hand over what was said, no faster than it can leave; nothing of it once muted."""
    from baresip import AudioNotActive, AudioRestarted

    left = memoryview(heard)
    if muted():
        await asyncio.sleep(0)  # a program that prints faster than it hears must not keep the loop to itself
    while left and not muted():
        try:
            left = left[call.audio.write(left) :]
        except (AudioNotActive, AudioRestarted):
            return  # between two negotiations nothing can be said
        if left:
            await asyncio.sleep(FRAME_SECONDS)


def forget_unsaid(call: "Call") -> None:
    """Drop what was said and has not left yet."""
    from baresip import AudioNotActive, AudioRestarted

    with contextlib.suppress(AudioNotActive, AudioRestarted):
        call.audio.flush_tx()


def _read(call: "Call") -> bytes:
    from baresip import AudioNotActive, AudioRestarted

    try:
        return bytes(call.audio.read(_UNHEARD * _FRAME))
    except (AudioNotActive, AudioRestarted):
        return b""


async def _end(program: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        program.kill()
    if program.stdin is not None:
        program.stdin.close()
    await program.wait()
