"""From a profile to a session: the only place that makes the objects of the application."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop.app.instance_lock import InstanceHeld, InstanceLock
from desktop.config import ConfigError, Profile
from desktop.ports import registry
from desktop.ports.base import Backend, Kind
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import Rejected
from desktop.ports.messaging import Messaging
from desktop.ports.presence import PresenceSource

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.app.timing import Timing

B = TypeVar("B", bound=Backend)


def _make(profile: Profile, kind: Kind, port: type[B]) -> B | None:
    """The backend of one kind, not connected; None when the profile names none.

    Raises:
        ConfigError: the plug-in cannot be used, or refuses its options.
    """
    settings = profile.backends.get(kind)
    if settings is None:
        return None
    try:
        backend = registry.load(kind, settings.backend.value).create(settings.values())
    except registry.PluginError as error:
        raise ConfigError(str(error)) from error
    except Rejected as error:
        raise ConfigError(f"{kind.value}: {error.message}") from error
    if not isinstance(backend, port):
        raise ConfigError(f"The backend {settings.backend.value!r} is not a {kind.value}.")
    return backend


async def build(
    profile: Profile, *, timing: "Timing | None" = None, without: frozenset[Kind] = frozenset()
) -> "Session":
    """A session that is not started yet: nothing is connected and no file is open.

    Args:
        timing: where time comes from; the machine's own by default.
        without: kinds to leave out although the profile names them.

    Raises:
        ConfigError: a plug-in cannot be used, or refuses its options.
    """
    # Only here: the screen imports this module, and is painted before it needs any of these.
    from desktop.app.local_store import LocalStore
    from desktop.app.session import Backends, Session
    from desktop.app.timing import Timing

    timing = timing or Timing()
    used = Profile(
        profile.name,
        profile.path,
        profile.data_dir,
        {kind: one for kind, one in profile.backends.items() if kind not in without},
        region=profile.region,
    )
    backends = Backends(
        contact_center=_make(used, Kind.CONTACT_CENTER, ContactCenter),  # type: ignore[type-abstract]
        crm=_make(used, Kind.CRM, Crm),  # type: ignore[type-abstract]
        presence=_make(used, Kind.PRESENCE, PresenceSource),  # type: ignore[type-abstract]
        messaging=_make(used, Kind.MESSAGING, Messaging),  # type: ignore[type-abstract]
    )
    return Session(
        profile.name.value,
        backends,
        lambda: LocalStore.open(profile.store_path, clock=timing.clock),
        timing=timing,
        region=profile.region.value,
    )


@contextlib.contextmanager
def alone(lock_path: Path, *, take_over: bool = False) -> Iterator[None]:
    """The right to write what is kept for a profile, for as long as the block lasts.

    Args:
        lock_path: the profile's lock.
        take_over: ask a program that has it to save its work and leave, and wait five seconds for that.

    Raises:
        InstanceHeld: another program has it, and keeps it.
    """
    lock = InstanceLock(lock_path)
    if take_over:
        lock.take_over()
    else:
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


__all__ = ["InstanceHeld", "alone", "build"]
