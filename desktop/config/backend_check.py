"""Tries each backend of a profile and says what works, with the time it took."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from desktop.config.setting import BackendSettings, Profile
from desktop.domain.text.sentence import NOTHING, Sentence
from desktop.ports import registry
from desktop.ports.base import Kind
from desktop.ports.errors import BackendError

DEADLINE = 8.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of opening one backend. `seconds` is how long it took; `error` is empty when it works.

    One whose settings are wrong is not `tried`.
    """

    kind: str
    backend: str
    ok: bool
    seconds: float
    capabilities: tuple[str, ...] = ()
    error: str = ""
    message: Sentence = NOTHING
    name: str = ""  # its own within the kind
    tried: bool = True


async def check_backend(
    settings: BackendSettings, *, clock: Callable[[], float] = time.monotonic, deadline: float = DEADLINE
) -> Checked:
    """Open and close one backend, if its settings are right. Never raises for what the backend does."""
    started = clock()
    kind, name = settings.kind.value, settings.backend.value

    def failed(error: str, message: Sentence) -> Checked:
        return Checked(kind, name, False, clock() - started, error=error, message=message, name=settings.name)

    if settings.problems:
        why = Sentence("config.not_tried")
        return Checked(kind, name, False, 0.0, error="ConfigError", message=why, name=settings.name, tried=False)
    try:
        backend = registry.load(settings.kind, name).create(settings.values())
    except registry.PluginError as error:
        return failed("PluginError", error.sentence)
    except BackendError as error:
        return failed(type(error).__name__, error.sentence)
    try:
        async with asyncio.timeout(deadline):
            offered = await backend.open()
        return Checked(kind, name, True, clock() - started, tuple(sorted(offered)), name=settings.name)
    except TimeoutError:
        return failed("Unavailable", Sentence("config.no_answer", seconds=deadline))
    except BackendError as error:
        return failed(type(error).__name__, error.sentence)
    except Exception as error:  # a plug-in may raise anything; it is told, not thrown at the user
        return failed("BackendBug", Sentence("config.the_backend_failed", error=type(error).__name__))
    finally:
        with contextlib.suppress(Exception):  # what matters was said above
            await backend.close()


async def check_profile(profile: Profile, *, without: frozenset[Kind] = frozenset()) -> list[Checked]:
    """Every backend of the profile but those of some kinds, all at once."""
    each = (settings for kind, several in profile.backends.items() if kind not in without for settings in several)
    return list(await asyncio.gather(*map(check_backend, each)))
