"""A conversation with an SMTP relay, one connection a mail. Blocking: it runs on a thread and can be cut off."""

import asyncio
import contextlib
import re
import smtplib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from desktop.backends.wire.access_token import AccessTokens, TokenRefused
from desktop.backends.wire.mail import Mail
from desktop.backends.wire.route import trusted
from desktop.backends.wire.sasl import bearer_sign_in
from desktop.ports.errors import AuthFailed, BackendError, OutcomeUnknown, ProtocolError, Rejected, Unavailable

T = TypeVar("T")
SILENCE = 10.0  # seconds for each answer of the relay
_AUTH = frozenset({530, 534, 535, 538})
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Account:
    """Where the relay is and how to sign in. `security`: starttls, tls or none; `username` empty: not at all.

    `token`: an access token in the place of the password.
    """

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    ca_file: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Account({self.host!r}, {self.port}, {self.security!r})"


class Conversation:
    """One connection. `cut` ends it from another thread, so that nobody waits for a relay that never answers."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._smtp: smtplib.SMTP | None = None
        self._cut = threading.Event()
        self._handed_over = False

    def check(self) -> None:
        """Connect, secure, sign in and leave.

        Raises:
            BackendError: what went wrong, by its next step.
        """
        self._guarded(None)

    def send(self, mail: Mail) -> str:
        """Hand a mail over; answers the relay's words for having taken it.

        Raises:
            OutcomeUnknown: all of it went out and no answer came.
            BackendError: the relay did not take it.
        """
        return self._guarded(mail)

    def cut(self) -> None:
        """Hang up at once."""
        self._cut.set()
        smtp = self._smtp
        if smtp is not None and smtp.sock is not None:
            with contextlib.suppress(OSError):
                smtp.sock.shutdown(2)

    def _guarded(self, mail: Mail | None) -> str:
        error: BackendError
        try:
            self._smtp = self._connect()
            return self._say(self._smtp, mail)
        except smtplib.SMTPAuthenticationError as refused:
            error = self._refused_sign_in(refused)
        except smtplib.SMTPResponseException as refused:
            error = _refusal(refused.smtp_code, refused.smtp_error)
        except smtplib.SMTPNotSupportedError:
            error = AuthFailed("The mail relay offers no sign-in or no TLS that we could use.", "not supported")
        except ssl.SSLCertVerificationError as untrusted:
            error = Unavailable("The certificate of the mail relay is not trusted; see ca_file.", str(untrusted.reason))
        except (OSError, smtplib.SMTPException, ValueError) as lost:
            detail = type(lost).__name__
            error = Unavailable("The mail relay cannot be reached.", detail)
            if self._handed_over:
                error = OutcomeUnknown("The mail relay did not say whether it took the mail.", detail)
        finally:
            if self._smtp is not None:
                self._smtp.close()
        raise error

    def _connect(self) -> smtplib.SMTP:
        account = self._account
        smtp: smtplib.SMTP
        if account.security == "tls":
            smtp = smtplib.SMTP_SSL(account.host, account.port, timeout=SILENCE, context=trusted(self._account.ca_file))
        else:
            smtp = smtplib.SMTP(account.host, account.port, timeout=SILENCE)
        self._smtp = smtp
        if self._cut.is_set():
            raise OSError("cut off")
        smtp.ehlo_or_helo_if_needed()
        if account.security == "starttls":
            smtp.starttls(context=trusted(self._account.ca_file))
            smtp.ehlo_or_helo_if_needed()
        if account.token:
            self._sign_in_by_token(smtp)
        elif account.username:
            smtp.login(account.username, account.password)
        return smtp

    def _sign_in_by_token(self, smtp: smtplib.SMTP) -> None:
        account = self._account
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        said = bearer_sign_in(offered, account.username, account.token, account.host, account.port)
        if said is None:
            raise smtplib.SMTPNotSupportedError
        replies = iter((said.first, said.last))
        # Not in the command itself: a token is longer than the line of one may be (RFC 4954 section 4).
        smtp.auth(said.mechanism, lambda _challenge=None: next(replies, ""), initial_response_ok=False)

    def _refused_sign_in(self, refused: smtplib.SMTPAuthenticationError) -> BackendError:
        error = _refusal(refused.smtp_code, refused.smtp_error, signing_in=True)
        if not self._account.token:
            return error
        if isinstance(error, AuthFailed):
            told = "The mail relay does not accept the access token: see user, scope and the application's rights."
            return TokenRefused(told, error.detail)
        if isinstance(error, Unavailable):  # its words may repeat ours
            return Unavailable("The mail relay cannot check access tokens now.", error.detail)
        return error

    def _say(self, smtp: smtplib.SMTP, mail: Mail | None) -> str:
        if mail is None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            return ""
        options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        if mail.utf8:
            if not smtp.has_extn("smtputf8"):
                raise Rejected("The mail relay takes only addresses in plain ASCII.")
            options.append("SMTPUTF8")
            smtp.command_encoding = "utf-8"
        notify = []
        if smtp.has_extn("dsn"):  # RFC 3461: what fails is told to the sender's mailbox, and says of which mail
            options += ["RET=HDRS", f"ENVID={mail.message_id.replace('+', '+2B').replace('=', '+3D')}"]
            notify = ["NOTIFY=FAILURE,DELAY"]
        _check(smtp.mail(mail.sender, options), 250)
        for recipient in mail.recipients:  # all of them, or the mail is not sent
            _check(smtp.rcpt(recipient, notify), 250, 251)
        _check(smtp.docmd("DATA"), 354)
        smtp.send(re.sub(rb"(?m)^\.", b"..", mail.body).rstrip(b"\r\n") + b"\r\n.\r\n")
        self._handed_over = True
        words = _check(smtp.getreply(), 250)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        return words


async def converse(account: Account, work: Callable[[Conversation], T], tokens: AccessTokens | None = None) -> T:
    """`work` with a conversation, on a thread; whoever stops waiting cuts the connection, so that no thread is left.

    Args:
        tokens: whose the relay takes in the place of a password.

    Raises:
        BackendError: no token could be had, or what the conversation raises.
    """

    async def once(as_whom: Account) -> T:
        conversation = Conversation(as_whom)
        try:
            return await asyncio.to_thread(work, conversation)
        except asyncio.CancelledError:
            conversation.cut()
            raise

    if tokens is None:
        return await once(account)
    return await tokens.used(lambda token: once(replace(account, token=token)))


def _check(reply: tuple[int, bytes], *wanted: int) -> str:
    code, words = reply
    if code == -1:
        raise smtplib.SMTPServerDisconnected
    if code not in wanted:
        raise smtplib.SMTPResponseException(code, words)
    return _readable(words)


def _refusal(code: int, words: bytes | str, *, signing_in: bool = False) -> BackendError:
    reason = _readable(words)
    detail = f"SMTP {code}"
    if 400 <= code < 500:
        return Unavailable(f"The mail relay cannot take it now: {reason}", detail)
    if code in _AUTH or (signing_in and code >= 500):
        return AuthFailed("The mail relay does not accept our sign-in.", detail)
    if 500 <= code < 600:
        return Rejected(reason or f"The mail relay answered {code}.", detail)
    return ProtocolError("The mail relay's answer cannot be read.", detail)


def _readable(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST_REASON]
