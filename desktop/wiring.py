"""From a profile to a session: the only place that makes the objects of the application."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop.app.storage.errors import StoreError
from desktop.app.storage.instance_lock import InstanceHeld, InstanceLock
from desktop.config import BackendSettings, ConfigError, Profile
from desktop.config.backends import at
from desktop.domain.entities.words import RecordingConsent
from desktop.domain.text.sentence import Sentence
from desktop.ports import registry
from desktop.ports.base import Backend, Kind
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import Rejected
from desktop.ports.messaging import Messaging
from desktop.ports.presence import PresenceSource
from desktop.ports.voice import Voice

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.app.timing import Timing
    from desktop.domain.alerts.rules import AlertSettings
    from desktop.domain.reviews.sampling import Scorecards

B = TypeVar("B", bound=Backend)


def _make(settings: BackendSettings, port: type[B]) -> B:
    """One backend, not connected.

    Raises:
        registry.PluginBrokenError: its plug-in cannot be used, or is of another kind.
        ConfigError: its settings are wrong, or it refuses them.
    """
    if settings.problems:
        raise ConfigError(*settings.problems)
    if settings.broken:
        raise registry.PluginBrokenError(settings.broken)
    try:
        backend = registry.load(settings.kind, settings.backend.value).create(settings.values())
    except registry.PluginBrokenError:
        raise
    except registry.PluginError as error:
        raise ConfigError(error.sentence) from error
    except Rejected as error:
        raise ConfigError(at(settings.kind.value, error.sentence)) from error
    if not isinstance(backend, port):
        facts = {"name": repr(settings.backend.value), "kind": settings.kind.value}
        raise registry.PluginBrokenError(Sentence("plugin.other_kind", **facts))
    return backend


class _Made:
    """The backends of a profile by source, those that cannot be used aside with the reason."""

    def __init__(self, profile: Profile, without: frozenset[Kind]) -> None:
        self._profile = profile
        self._without = without
        self.broken: dict[str, Sentence] = {}
        self.targets: dict[str, str] = {}

    def all(self, kind: Kind, port: type[B]) -> dict[str, B]:
        """Those of one kind, in order of precedence."""
        made: dict[str, B] = {}
        for settings in self._profile.backends.get(kind, ()) if kind not in self._without else ():
            source = settings.source
            try:
                made[source] = _make(settings, port)
            except registry.PluginBrokenError as error:
                self.broken[source] = error.sentence
            if kind is not Kind.CONTACT_CENTER or ":" in source:
                # Rows wait under the backend's own name, so that no other backend ever gets what was meant for it.
                self.targets[source] = f"{kind.value}:{settings.name}"
        return made

    def one(self, kind: Kind, port: type[B]) -> B | None:
        """The only one of its kind."""
        return next(iter(self.all(kind, port).values()), None)


async def build(
    profile: Profile,
    lock: InstanceLock | None = None,
    *,
    timing: "Timing | None" = None,
    without: frozenset[Kind] = frozenset(),
) -> "Session":
    """A session that is not started yet: nothing is connected and no file is open.

    Args:
        lock: the right to write what is kept for the profile, which is taken before anything is written. None: nobody
            else can write it.
        timing: where time comes from; the machine's own by default.
        without: kinds to leave out although the profile names them.

    Raises:
        ConfigError: a plug-in refuses its options. One that cannot be loaded is left out and told of instead.
    """
    # Only here: the screen imports this module, and is painted before it needs any of these.
    from desktop.app.connections.backends import Backends
    from desktop.app.session import Session
    from desktop.app.storage.errors import StoreLocked
    from desktop.app.storage.local_store import LocalStore
    from desktop.app.timing import Timing
    from desktop.config.canned_replies import CannedFolder

    timing = timing or Timing()

    async def open_local() -> LocalStore:
        if lock is not None:
            try:
                await asyncio.to_thread(lock.acquire)
            except InstanceHeld as held:
                raise StoreLocked(held.sentence) from held
        return await LocalStore.open(profile.store_path, clock=timing.clock)

    made = _Made(profile, without)
    backends = Backends(
        contact_center=made.all(Kind.CONTACT_CENTER, ContactCenter),  # type: ignore[type-abstract]
        crm=made.all(Kind.CRM, Crm),  # type: ignore[type-abstract]
        presence=made.all(Kind.PRESENCE, PresenceSource),  # type: ignore[type-abstract]
        messaging=made.all(Kind.MESSAGING, Messaging),  # type: ignore[type-abstract]
        voice=made.one(Kind.VOICE, Voice),  # type: ignore[type-abstract]
        targets=made.targets,
        broken=made.broken,
    )
    session = Session(
        profile.name.value,
        backends,
        open_local,
        timing=timing,
        region=profile.region.value,
        write_back=profile.write_back.value,
        recording_consent=RecordingConsent(profile.recording_consent.value),
    )

    def scorecards() -> "Scorecards":
        from desktop.config.scorecards import scorecards_beside

        return scorecards_beside(profile.path)

    def alerting() -> "AlertSettings":
        from desktop.config.alerts import alerts_beside

        return alerts_beside(profile.path)

    session.threads.folder = profile.files_path
    session.canned.read = CannedFolder(profile.path).read
    session.supervisor.scorecards = scorecards
    session.supervisor.alerts.read_settings = alerting
    return session


@contextlib.contextmanager
def alone(lock_path: Path) -> Iterator[InstanceLock]:
    """The right to write what is kept for a profile, for as long as the block lasts.

    Args:
        lock_path: the profile's lock.

    Raises:
        InstanceHeld: another program has it, and keeps it.
        StoreError: nobody can have it, for nothing can be written where it would be.
    """
    lock = InstanceLock(lock_path)
    lock.acquire()
    try:
        yield lock
    finally:
        lock.release()


@contextlib.contextmanager
def alone_if_possible(lock_path: Path, *, take_over: bool = False, may_stay: bool = False) -> Iterator[InstanceLock]:
    """As `alone`; where nothing can be written the block runs all the same, and the session tells what that means.

    Args:
        lock_path: the profile's lock.
        take_over: ask a program that has it to save its work and leave, and wait five seconds for that.
        may_stay: whether this program stays, asked by another, while it has words that it cannot save.

    Raises:
        InstanceHeld: another program has it, and keeps it.
    """
    lock = InstanceLock(lock_path, may_stay=may_stay)
    with contextlib.suppress(StoreError):
        if take_over:
            lock.take_over()
        else:
            lock.acquire()
    try:
        yield lock
    finally:
        lock.release()


__all__ = ["InstanceHeld", "InstanceLock", "alone", "alone_if_possible", "build"]
