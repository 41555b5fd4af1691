"""Recordings of calls that never were: a few seconds of two tones that take turns, as WAV."""

import io
import math
import wave
import zlib
from typing import Final

RATE: Final = 8_000  # samples a second
LONGEST: Final = 8.0
TURN: Final = 0.8
PITCHES: Final = (220.0, 277.2, 329.6, 392.0, 440.0)


def length(seconds: float) -> float:
    """How long the recording of so long a call is."""
    return round(min(max(seconds, 1.0), LONGEST), 1)


def recorded(interaction_id: str, recording_id: str, seconds: float) -> bytes:
    """A WAV file of this length; each call has its own two voices, and the same call always the same ones."""
    chosen = zlib.crc32(f"{interaction_id}/{recording_id}".encode())
    first, second = chosen % len(PITCHES), chosen // len(PITCHES) % (len(PITCHES) - 1)
    voices = PITCHES[first], [pitch for pitch in PITCHES if pitch != PITCHES[first]][second]
    samples = bytearray()
    for n in range(int(length(seconds) * RATE)):
        at = n / RATE
        turn, within = divmod(at, TURN)
        loud = math.sin(math.pi * within / TURN)  # a voice comes and goes without a click
        samples.append(128 + int(90 * loud * math.sin(2 * math.pi * voices[int(turn) % 2] * at)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(bytes(samples))
    return out.getvalue()
