"""Twilio's names for things: two letters and 32 hexadecimal digits."""

import hashlib


class Sids:
    """Makes SIDs out of our own ids, the same ones in every run, and finds the way back."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, prefix: str, name: str) -> str:
        """The SID with this prefix (`WK`, `WT`, …) for one of our ids."""
        sid = prefix + hashlib.sha256(f"{prefix}:{name}".encode()).hexdigest()[:32]
        self._names[sid] = name
        return sid

    def name(self, sid: str) -> str:
        """Our id for a SID that was given out; empty for any other."""
        return self._names.get(sid, "")
