"""From the command line to an open backend of the profile."""

import os
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from desktop.cli.exits import CommandError, Exit
from desktop.config import BackendSettings, ConfigError, Profile, read_profile
from desktop.ports import registry
from desktop.ports.base import Backend, Kind
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.presence import PresenceSource

T = TypeVar("T")
DEFAULT_TIMEOUT = 8.0
Chosen = Mapping[str, Any]


def profile_of(chosen: Chosen) -> Profile:
    """The profile that the command line, the environment and the file name, however broken it is."""
    path = chosen.get("config")
    return read_profile(chosen.get("profile"), os.environ, Path(path).expanduser() if path else None)


def usable_profile(chosen: Chosen) -> Profile:
    """The same, refused with everything that is wrong with it."""
    profile = profile_of(chosen)
    if profile.problems:
        raise ConfigError("\n".join(profile.problems))
    return profile


def within(chosen: Chosen, work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end, for as long as `--timeout` allows.

    Raises:
        TimeoutError: it took longer.
    """
    import asyncio

    async def bounded() -> T:
        async with asyncio.timeout(chosen.get("timeout", DEFAULT_TIMEOUT)):
            return await work

    return asyncio.run(bounded())


def made(settings: BackendSettings) -> Backend:
    """One backend, not connected.

    Raises:
        registry.PluginError: its plug-in cannot be used.
    """
    return registry.load(settings.kind, settings.backend.value).create(settings.values())


@asynccontextmanager
async def opened(profile: Profile, kind: Kind) -> AsyncIterator[Backend]:
    """The backend of one kind, connected; the first of several.

    Raises:
        CommandError: the profile names none.
    """
    several = profile.backends.get(kind)
    if not several:
        raise CommandError(f"The profile {profile.name.value!r} names no {kind.value}.", Exit.USAGE)
    backend = made(several[0])
    try:
        await backend.open()
        yield backend
    finally:
        with suppress(Exception):  # the command has its answer, or a better error than this one
            await backend.close()


@asynccontextmanager
async def contact_center(profile: Profile) -> AsyncIterator[ContactCenter]:
    """The contact centre, connected."""
    async with opened(profile, Kind.CONTACT_CENTER) as backend:
        yield cast(ContactCenter, backend)


@asynccontextmanager
async def crm(profile: Profile) -> AsyncIterator[Crm]:
    """The CRM, connected."""
    async with opened(profile, Kind.CRM) as backend:
        yield cast(Crm, backend)


@asynccontextmanager
async def presence(profile: Profile) -> AsyncIterator[PresenceSource]:
    """The directory, connected."""
    async with opened(profile, Kind.PRESENCE) as backend:
        yield cast(PresenceSource, backend)
