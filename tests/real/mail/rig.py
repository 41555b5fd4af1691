"""The shared mailbox for the contract: real servers, behind a proxy that spoils what IMAP says."""

import asyncio
import itertools
from collections.abc import Sequence
from email.message import EmailMessage
from typing import ClassVar

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.domain.entities.model import OutgoingFile
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.ports.contact_center import ContactCenter
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from desktop.testing.fault_proxy import Answer, FaultProxy, Mode
from desktop.testing.rig import Fault, absent
from desktop.testing.rigs import ContactCenterRig
from tests.real.servers.dovecot import PASSWORD, USER
from tests.real.servers.mail_system import ADDRESS, MailSystem

_ids = itertools.count()


def options(system: MailSystem, agent: str = "maya", **changes: str) -> dict[str, str]:
    """A profile of an agent; without TLS, so that a proxy can stand between."""
    known = {
        "host": "127.0.0.1",
        "port": str(system.dovecot.port),
        "security": "none",
        "user": USER,
        "password": PASSWORD,
        "agent": agent,
        "senders": f"Mail=Acme Hilfe <{ADDRESS}>",
        "smtp_port": str(system.exim.port),
        "codes": "order=Order; bug=Fault",
    }
    return known | changes


def a_mail(text: str, sender: str, subject: str = "A question", **headers: str) -> EmailMessage:
    """A customer's mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"A Customer <{sender}>", ADDRESS, subject
    mail["Message-ID"] = headers.pop("message_id", f"<c{next(_ids)}.{fresh.new_key()}@customers.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


class _Unavailable(Answer):
    """What a server says in the place of a greeting when it takes nobody now."""

    def wire(self) -> bytes:
        return b"* BYE [UNAVAILABLE] down for maintenance\r\n"


class _ImapProxy(FaultProxy):
    """Knows that the end of IDLE is no request."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.busy: set[asyncio.StreamWriter] = set()

    def _note_question(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        (self.busy.discard if piece.endswith(b" IDLE\r\n") else self.busy.add)(writer)
        if piece != b"DONE\r\n":
            super()._note_question(writer, piece)


class MailRig(ContactCenterRig):
    """One agent, and the mailbox emptied before each test."""

    label = "real"
    secrets = (PASSWORD,)
    connected: ClassVar[bool] = True
    customer_kind = "email"
    queue = "Mail"

    def __init__(self, system: MailSystem) -> None:
        self._system = system
        self._proxy = _ImapProxy("127.0.0.1", system.dovecot.port)
        self._wrong = False

    def make(self) -> ImapContactCenter:
        password = "wr0ng-of-dovecot" if self._wrong else PASSWORD
        return ImapContactCenter.create(
            options(self._system, port=str(self._proxy.port), password=password, offer_seconds="6")
        )

    async def start(self) -> None:
        await self._proxy.start()
        await asyncio.to_thread(self._system.empty)

    async def stop(self) -> None:
        await self._proxy.stop()

    def new_customer(self) -> str:
        return fresh.email()

    async def call(self, number: str = "eve@customers.example") -> None:
        self._system.drop_in(bytes(a_mail(fresh.text("Where is my order?"), number)))

    async def write(self, text: str) -> None:
        self._system.drop_in(bytes(a_mail(text, fresh.email())))

    async def write_mail(self, text: str, subject: str, sender: str, *, cc: Sequence[str] = ()) -> None:
        self._system.drop_in(bytes(a_mail(text, sender, subject, **({"Cc": ", ".join(cc)} if cc else {}))))

    async def write_more(self, interaction_id: str, text: str, *files: OutgoingFile) -> None:
        backend = self.make()
        try:
            event = (await backend.snapshot()).event
        finally:
            await backend.close()
        assert isinstance(event, ContactCenterSnapshot)
        shown = next(one for one in event.interactions if one.id == interaction_id)
        before = next(one for one in shown.messages if one.author == "customer")
        mail = a_mail(text, shown.customer.value, f"Re: {shown.subject}", References=f"<{before.id}>")
        for file in files:
            main, _, sub = file.media_type.partition("/")
            mail.add_attachment(file.content, main, sub, filename=file.name)
        self._system.drop_in(bytes(mail))

    async def colleague_pulls(self, interaction_id: str) -> None:
        colleague = ImapContactCenter.create(options(self._system, "noor"))
        try:
            await colleague.open()
            await colleague.snapshot()
            await colleague.pull(interaction_id, key=fresh.new_key())
        finally:
            await colleague.close()

    async def hang_up(self, interaction_id: str) -> None:
        await asyncio.to_thread(self._system.empty)

    async def let_expire(self, interaction_id: str) -> None:
        """Its time runs out by itself."""

    async def rescind(self, interaction_id: str) -> None:
        await asyncio.to_thread(self._to_another)

    async def fault(self, fault: Fault) -> None:
        modes = {
            Fault.HANG: Mode.HANG,
            Fault.REFUSED: Mode.REFUSE,
            Fault.GARBAGE: Mode.GARBAGE,
            Fault.DROPPED: Mode.CUT,
            Fault.ANSWER_LOST: Mode.LOSE_ANSWER,
        }
        if fault is Fault.RATE_LIMITED:
            absent("IMAP names no time after which to come back")
        elif fault is Fault.UNAUTHORIZED:
            self._wrong = True
        elif fault is Fault.SERVER_ERROR:
            await self._proxy.set(Mode.ANSWER, _Unavailable(500))
        elif fault in modes:
            if fault is Fault.ANSWER_LOST:
                await self._rest()
            await self._proxy.set(modes[fault])
        else:
            await super().fault(fault)

    async def heal(self) -> None:
        self._wrong = False
        await self._proxy.set(Mode.PASS)

    async def drop_streams(self) -> None:
        await self._proxy.drop()

    def make_supervisor(self, number: int = 0) -> ContactCenter:
        absent("a mailbox knows no supervisors")

    async def _rest(self) -> None:
        """Wait until nobody asks anything: else it is another's answer that gets lost."""

        async def resting() -> bool | None:
            return not any(not one.is_closing() for one in self._proxy.busy) or None

        await until(resting, self.patience, "a moment without a question")

    def _to_another(self) -> None:
        with self._system.session() as session:
            session.store("1:*", "-FLAGS", "($Taken-maya $Offered)")
            session.store("1:*", "+FLAGS", "($Taken-noor)")
