"""Starts the stack with one account. It is imported only here, when a phone is really opened."""

import asyncio
import importlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.backends.baresip.failures import as_ours
from desktop.backends.baresip.options import PhoneOptions
from desktop.backends.baresip.sound_card import keep_quiet
from desktop.ports.errors import Unavailable

if TYPE_CHECKING:
    from baresip import Runtime, UserAgent

MOST_CALLS = 4


async def start(given: PhoneOptions, died: Callable[[], None]) -> tuple["Runtime", "UserAgent"]:
    """The running stack and the account on it, not registered yet. `died` is called when the stack ends by itself.

    Raises:
        BackendError: the library is missing, cannot be started, or refuses the options.
    """
    try:
        await asyncio.to_thread(importlib.import_module, "baresip")  # too long for the screen to wait
        import baresip
    except ImportError as error:
        raise Unavailable("The phone needs its library: pip install 'agent-desktop[voice]'.") from error
    logging.getLogger("baresip").setLevel(logging.WARNING)  # below that it tells of every call
    alsa = given.sound == "alsa"
    try:
        config = baresip.Config(
            net_interface=given.interface or None,
            audio_source=_device(given.microphone) if alsa else "aumem",
            audio_player=_device(given.speaker) if alsa else "aumem",
            expose_headers=("From",),
            max_concurrent_calls=MOST_CALLS,
            rtp_timeout=given.silence_seconds,
            extra_config_text=_tls(given),
        )
        account = baresip.Account(
            given.user,
            given.server,
            given.password,
            registrar=f"sip:{given.proxy};transport={given.transport}" if given.proxy else None,
            reg_interval=given.register_every,
            transport=given.transport,
            auth_user=given.auth_user or None,
        )
    except ValueError as error:
        raise Unavailable("The phone's options cannot be used.", type(error).__name__) from error
    runtime = baresip.Runtime()
    runtime.on_dead = died
    await as_ours(runtime.start(config))
    if alsa:
        keep_quiet()  # only the start brings ALSA into the process
    try:
        # A REFER would let the far side make this phone call anybody.
        return runtime, await as_ours(baresip.UserAgent.create(runtime, account, transfer_policy="reject"))
    except BaseException:
        await as_ours(runtime.close())
        raise


def _device(device: tuple[str, ...]) -> str:
    return ",".join(("alsa", *(device or ("default",))))


def _tls(given: PhoneOptions) -> str:
    if given.transport != "tls":
        return ""
    trusted = f"sip_cafile {given.ca_file}\n" if given.ca_file else "sip_capath /etc/ssl/certs\n"
    return f"{trusted}sip_verify_server yes\n"
