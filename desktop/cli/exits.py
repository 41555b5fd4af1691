"""Exit codes, and the one place that turns an error into one."""

from enum import IntEnum

from desktop.words.catalogue import in_words, tr


class Exit(IntEnum):
    """What the exit code of a command says."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    UNAVAILABLE = 3
    TIMED_OUT = 4
    INTERRUPTED = 130


class CommandError(Exception):
    """A command ends here: `message` is one sentence for people."""

    def __init__(self, message: str, code: Exit) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def naming(told: CommandError, asked: str | None) -> CommandError:
    """The same; a refusal says of which id, also where the words of the far side do not."""
    if told.code is not Exit.REFUSED or not asked or asked in told.message:
        return told
    return CommandError(f"{asked}: {told.message}", told.code)


def explain(error: Exception) -> CommandError:
    """The sentence and the exit code for whatever a command raised."""
    from desktop.app.storage.errors import StoreError
    from desktop.config import ConfigError
    from desktop.ports import errors
    from desktop.ports.registry import PluginError

    if isinstance(error, CommandError):
        return error
    if isinstance(error, ConfigError):
        return CommandError("\n".join(map(in_words, error.problems)), Exit.USAGE)
    if isinstance(error, PluginError):
        return CommandError(in_words(error.sentence), Exit.USAGE)
    if isinstance(error, TimeoutError):
        return CommandError(tr("No answer in time."), Exit.TIMED_OUT)
    said = in_words(error.sentence) if isinstance(error, errors.BackendError) else ""
    if isinstance(error, errors.OutcomeUnknown):
        return CommandError(tr("{message} Look at the state before you repeat it.", message=said), Exit.TIMED_OUT)
    if isinstance(error, errors.RateLimited):
        return CommandError(
            tr("{message} Wait {retry_after:g} s.", message=said, retry_after=error.retry_after),
            Exit.UNAVAILABLE,
        )
    if isinstance(error, errors.Forbidden):
        return CommandError(said, Exit.REFUSED)
    if isinstance(error, (errors.Unavailable, errors.AuthFailed, errors.ProtocolError)):
        return CommandError(
            f"{said} ({error.detail})" if error.detail else said,
            Exit.UNAVAILABLE,
        )
    if isinstance(error, errors.BackendError):
        return CommandError(said, Exit.REFUSED)
    if isinstance(error, StoreError):
        return CommandError(in_words(error.sentence), Exit.UNAVAILABLE)
    # A plug-in may raise anything. Its text may hold anything too, so only its class is told.
    return CommandError(tr("Something went wrong inside: {type}.", type=type(error).__name__), Exit.UNAVAILABLE)
