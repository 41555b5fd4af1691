"""`erase`: everything that this machine keeps about one customer."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli.connection import Chosen, profile_of, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.config import Profile
from desktop.config.log import log_files
from desktop.words.catalogue import ntr, tr

if TYPE_CHECKING:
    from desktop.app.storage.erasure import Traces


async def _erase_rows(profile: Profile, customer_id: str, addresses: Sequence[str], *, unsent: bool) -> "Traces":
    from desktop.app.storage.erasure import Traces
    from desktop.app.storage.local_store import LocalStore

    path = profile.store_path
    if not path.exists():
        return Traces()
    store = await LocalStore.open(path)
    try:
        found = await store.traces(customer_id, addresses)
        if found.unsent and not unsent:
            raise CommandError(_why_not(found), Exit.REFUSED)
        return await store.erase_customer(customer_id, addresses)
    finally:
        await store.close()


def _why_not(found: "Traces") -> str:
    return tr(
        "Nothing was erased. Not sent yet and nowhere else: {unsent} (notes in progress {drafts}, scorecards and"
        " coaching notes {words}, waiting {waiting}, parked {parked}). Send them first, or erase them too with"
        " --unsent.",
        unsent=found.unsent,
        drafts=found.drafts,
        words=found.words,
        waiting=found.waiting,
        parked=found.parked,
    )


def _stays(path: Path, error: OSError) -> str:
    return tr("{file} cannot be removed: {why}.", file=str(path), why=error.strerror)


def _set_aside(profile: Profile) -> list[Path]:
    """Damaged files that were set aside: nobody knows whose words are in them."""
    path = profile.store_path
    found = sorted(path.parent.glob(f"{path.name}.damaged-*")) if path.parent.is_dir() else []
    return [one for one in found if not one.is_dir()]  # a folder that stood in the file's place is nobody's of ours


def _remove_set_aside(profile: Profile) -> int:
    """Remove them, and say how many there were."""
    found = _set_aside(profile)
    for path in found:
        try:
            path.unlink()
        except OSError as error:
            raise CommandError(_stays(path, error), Exit.UNAVAILABLE) from error
    return len(found)


def _remove_log(profile: Profile) -> bool:
    """Remove the log and the older ones, for what stands there may be about anybody. False when there is none."""
    there = [path for path in log_files(profile.log_path) if path.exists() or path.is_symlink()]
    for path in there:
        try:
            path.unlink()
        except OSError as error:
            raise CommandError(_stays(path, error), Exit.UNAVAILABLE) from error
    return bool(there)


def _saved_files(profile: Profile) -> int:
    """How many files of customers were saved. Whose each is was not kept, so that they stay and are told of."""
    try:
        count = sum(1 for one in profile.files_path.iterdir() if not one.name.startswith("."))
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise CommandError(
            tr("{file} cannot be read: {why}.", file=str(profile.files_path), why=error.strerror), Exit.UNAVAILABLE
        ) from error
    if count:
        told = ntr(
            "{n} file saved from contacts is still in {folder}. Nothing says whose it is: look at it, and delete it if"
            " it is theirs.",
            "{n} files saved from contacts are still in {folder}. Nothing says whose they are: look at them, and"
            " delete those that are theirs.",
            count,
            folder=str(profile.files_path),
        )
        say(told)
    return count


async def _erase(profile: Profile, customer_id: str, addresses: Sequence[str], *, unsent: bool) -> object:
    """Erase, and say what went.

    Raises:
        CommandError: a running desktop has the profile, or something unsent is in the way.
    """
    from desktop.wiring import InstanceHeld, alone

    try:
        with alone(profile.lock_path):
            if (aside := _set_aside(profile)) and not unsent:
                told = tr(
                    "Nothing was erased. {file} was damaged and set aside; it may hold anybody's words that are nowhere"
                    " else. Look into it first, or erase all of it too with --unsent.",
                    file=str(aside[0]),
                )
                raise CommandError(told, Exit.REFUSED)
            gone = await _erase_rows(profile, customer_id, addresses, unsent=unsent)
            aside_too = _remove_set_aside(profile)
            log, files = _remove_log(profile), _saved_files(profile)
            return {
                "customer_id": customer_id,
                **asdict(gone),
                "set_aside": aside_too,
                "log": log,
                "saved_files": files,
            }
    except InstanceHeld as held:
        raise CommandError(tr("{why:clause}. Close it first.", why=held.sentence), Exit.REFUSED) from held


def run(chosen: Chosen) -> int:
    """Print what was erased. A profile that cannot be used still lets its customers be erased."""
    erased = _erase(profile_of(chosen), chosen["customer"], chosen["address"], unsent=chosen["unsent"])
    emit(within(chosen, erased))
    return Exit.OK
