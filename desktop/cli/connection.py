"""From the command line to an open backend of the profile."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import say
from desktop.config import BackendSettings, ConfigError, Profile, read_profile
from desktop.ports import registry
from desktop.ports.base import Backend, Kind
from desktop.ports.contact_center import ContactCenter
from desktop.ports.crm import Crm
from desktop.ports.errors import BackendError, Unavailable
from desktop.ports.presence import PresenceSource
from desktop.words import catalogue, language
from desktop.words.catalogue import tr

T = TypeVar("T")
DEFAULT_TIMEOUT = 8.0
Chosen = Mapping[str, Any]


def profile_of(chosen: Chosen) -> Profile:
    """The profile that the command line, the environment and the file name, however broken it is.

    From here on its language is spoken, where it names one.
    """
    path = chosen.get("config")
    profile = read_profile(chosen.get("profile"), os.environ, Path(path).expanduser() if path else None)
    if profile.language.value in language.LANGUAGES:
        catalogue.use(profile.language.value)
    return profile


def usable_profile(chosen: Chosen) -> Profile:
    """The same, refused with everything that is wrong with it."""
    profile = profile_of(chosen)
    if profile.problems:
        raise ConfigError(*profile.problems)
    return profile


def within(chosen: Chosen, work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end, for as long as `--timeout` allows.

    Raises:
        TimeoutError: it took longer.
    """
    import asyncio

    from desktop.cli.loop import run

    async def bounded() -> T:
        async with asyncio.timeout(chosen.get("timeout", DEFAULT_TIMEOUT)):
            return await work

    return run(bounded())


def made(settings: BackendSettings) -> Backend:
    """One backend, not connected.

    Raises:
        ConfigError: its settings are wrong.
        registry.PluginError: its plug-in cannot be used.
    """
    if settings.problems:
        raise ConfigError(*settings.problems)
    return registry.load(settings.kind, settings.backend.value).create(settings.values())


@asynccontextmanager
async def opened(profile: Profile, kind: Kind) -> AsyncIterator[Backend]:
    """The backend of one kind, connected; the first of several, but several contact centres as one.

    Raises:
        CommandError: the profile names none.
    """
    async with connected(profile, kind) as (backend, _):
        yield backend


@asynccontextmanager
async def connected(profile: Profile, kind: Kind) -> AsyncIterator[tuple[Backend, frozenset[str]]]:
    """The same with what it offers.

    Raises:
        CommandError: the profile names none.
    """
    several = profile.backends.get(kind)
    if not several:
        raise CommandError(
            tr("The profile {profile} names no {kind}.", profile=repr(profile.name.value), kind=kind.value),
            Exit.USAGE,
        )
    if kind is Kind.CONTACT_CENTER and len(several) > 1:
        async with _several_centres(profile) as centers:
            yield centers
        return
    backend = made(several[0])
    try:
        offered = await backend.open()
        yield backend, frozenset(str(getattr(capability, "value", capability)) for capability in offered)
    finally:
        with suppress(Exception):  # the command has its answer, or a better error than this one
            await backend.close()


@asynccontextmanager
async def contact_center(profile: Profile) -> AsyncIterator[ContactCenter]:
    """The contact centre, connected; several as one."""
    async with opened(profile, Kind.CONTACT_CENTER) as backend:
        yield cast(ContactCenter, backend)


@asynccontextmanager
async def _several_centres(profile: Profile) -> AsyncIterator[tuple[ContactCenter, frozenset[str]]]:
    """Several contact centres as one, with what any of them offers; those that cannot be asked are named on stderr."""
    several = profile.backends[Kind.CONTACT_CENTER]
    from desktop.app.connections.contact_centers import ContactCenters

    named = set[str]()

    def left_out(error: BackendError) -> None:
        if error.source in named:
            return
        named.add(error.source)
        say(tr("{source} could not be asked: {message}", source=error.source, message=error.sentence))

    made_ones = {one.source: _named(one) for one in several}
    usable = {source: one for source, one in made_ones.items() if isinstance(one, ContactCenter)}
    for source, one in made_ones.items():
        if isinstance(one, BackendError):
            one.source = source
            left_out(one)
    centers = ContactCenters(usable, list(made_ones), left_out=left_out)
    try:
        offered = await centers.open()
        with suppress(BackendError):
            await centers.snapshot()  # which tells who is signed in
        yield centers, frozenset(str(getattr(capability, "value", capability)) for capability in offered)
    finally:
        with suppress(Exception):  # as above
            await centers.close()


@asynccontextmanager
async def _every(profile: Profile, kind: Kind) -> AsyncIterator[dict[str, Backend | BackendError]]:
    """All backends of one kind by source, each connected, or the error that kept it from being.

    What one of several says carries its name.

    Raises:
        CommandError: the profile names none.
        BackendError: the only one cannot be connected.
    """
    settings = profile.backends.get(kind)
    if not settings:
        raise CommandError(
            tr("The profile {profile} names no {kind}.", profile=repr(profile.name.value), kind=kind.value),
            Exit.USAGE,
        )
    if len(settings) == 1:
        async with opened(profile, kind) as backend:
            yield {settings[0].source: backend}
        return
    import asyncio

    made_ones = {one.source: _named(one) for one in settings}

    async def connect(backend: Backend | BackendError) -> Backend | BackendError:
        if isinstance(backend, BackendError):
            return backend
        try:
            await backend.open()
        except BackendError as error:
            return error
        return backend

    try:
        connected = await asyncio.gather(*map(connect, made_ones.values()))
        yield dict(zip(made_ones, connected, strict=True))
    finally:
        for one in made_ones.values():
            if not isinstance(one, BackendError):
                with suppress(Exception):  # as above
                    await one.close()


async def ask_every(profile: Profile, kind: Kind, ask: Callable[[Any], Awaitable[Iterable[T]]]) -> list[T]:
    """What all backends of one kind answer, in the order of the profile; those that could not be asked are named on
    stderr.

    Raises:
        CommandError: the profile names none.
        BackendError: none of them could be asked.
    """
    import asyncio

    failed: list[BackendError] = []

    async def answers(source: str, backend: Backend | BackendError) -> Iterable[T]:
        try:
            if isinstance(backend, BackendError):
                raise backend
            return await ask(backend)
        except BackendError as error:
            failed.append(error)
            if ":" in source:
                say(tr("{source} could not be asked: {message}", source=source, message=error.sentence))
            return ()

    async with _every(profile, kind) as backends:
        found = await asyncio.gather(*(answers(source, one) for source, one in backends.items()))
        if len(failed) == len(backends):
            raise failed[0]
    return [one for answer in found for one in answer]


def _named(settings: BackendSettings) -> Backend | BackendError:
    from desktop.app.connections.named_crm import NamedCrm
    from desktop.app.connections.named_presence import NamedPresence

    try:
        backend = made(settings)
    except registry.PluginError as error:
        return Unavailable(error.sentence)
    if isinstance(backend, Crm):
        return NamedCrm(settings.source, backend)
    return NamedPresence(settings.source, backend) if isinstance(backend, PresenceSource) else backend


@asynccontextmanager
async def holding(profile: Profile, kind: Kind, record_id: str) -> AsyncIterator[Backend]:
    """The backend, connected, that has a record: where there are several, the one that the id names.

    Raises:
        CommandError: the profile names none, or none of that name.
    """
    several = profile.backends.get(kind, ())
    if len(several) < 2:
        async with opened(profile, kind) as only:
            yield only
        return
    settings = next((one for one in several if one.name == record_id.partition(":")[0]), None)
    if settings is None:
        names = ", ".join(one.name for one in several)
        raise CommandError(
            tr("Say whose it is, as in {name}:ID; there are {names}.", name=several[0].name, names=names), Exit.USAGE
        )
    backend = _named(settings)
    if isinstance(backend, BackendError):
        raise backend
    try:
        await backend.open()
        yield backend
    finally:
        with suppress(Exception):  # as above
            await backend.close()


@asynccontextmanager
async def crm_of(profile: Profile, customer_id: str) -> AsyncIterator[Crm]:
    """The CRM, connected, that holds a customer; see `holding`."""
    async with holding(profile, Kind.CRM, customer_id) as backend:
        yield cast(Crm, backend)


@asynccontextmanager
async def directory_of(profile: Profile, person_id: str) -> AsyncIterator[PresenceSource]:
    """The directory, connected, that knows a person; see `holding`."""
    async with holding(profile, Kind.PRESENCE, person_id) as backend:
        yield cast(PresenceSource, backend)
