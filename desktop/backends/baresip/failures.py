"""What the library raises, as what the host does next."""

from collections.abc import Awaitable
from typing import TypeVar

from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)

T = TypeVar("T")

_NOT_ALLOWED = frozenset({401, 403, 404, 407})  # a registration is a sign-in: 403 is a wrong password, too


async def as_ours(work: Awaitable[T]) -> T:
    """The result of a call of the library.

    Raises:
        BackendError: the library's error, by what is to be done about it.
    """
    import baresip

    try:
        return await work
    except baresip.StaleHandleError as error:
        raise NotFound("The call has ended.", str(error)) from error
    except baresip.CommandTimeout as error:
        raise OutcomeUnknown("The phone's engine did not answer.", str(error)) from error
    except baresip.RegistrationError as error:
        raise refused(error.status, error.reason) from error
    except baresip.TransferFailed as error:
        raise Rejected(_sentence(error.status, error.reason, "nobody took the call"), str(error)) from error
    except baresip.NoLocalAddressError as error:
        raise Unavailable("No network of this machine leads there; set `interface`.", str(error)) from error
    except (baresip.RuntimeDead, baresip.CommandQueueFull) as error:
        raise Unavailable("The phone's engine does not run.", str(error)) from error
    except ValueError as error:
        raise Rejected("The phone cannot use that.", type(error).__name__) from error
    except baresip.BaresipError as error:
        text = str(error)
        if "another Runtime" in text or "state" in text or "driver" in text or "failed to start" in text:
            raise Unavailable("The phone's engine cannot be started.", text) from error
        raise Conflict("The call is in no state for that.", text) from error


def refused(status: int | None, reason: str | None) -> BackendError:
    """Why a registration failed: sign-in, or a server that is away or unwell.

    Args:
        status: the SIP status, where there was an answer.
        reason: its words.
    """
    words = _sentence(status, reason, "no answer")
    if status in _NOT_ALLOWED:
        return AuthFailed(f"The telephone system refuses this phone: {words}", f"SIP {status}")
    return Unavailable(f"The phone could not be registered: {words}", f"SIP {status}")


def _sentence(status: int | None, reason: str | None, otherwise: str) -> str:
    said = " ".join((reason or "").split())[:80]
    return f"{status} {said}".strip() + "." if status else f"{said or otherwise}."
