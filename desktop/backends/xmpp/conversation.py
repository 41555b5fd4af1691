"""Writing to people so that each line goes out once, and hearing what comes back about it."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from desktop.backends.xmpp.account import bare
from desktop.backends.xmpp.chats import Chats, Heard, archive_query, archived
from desktop.backends.xmpp.contacts import Contacts
from desktop.backends.xmpp.link import Link, error_of
from desktop.backends.xmpp.xml import CLIENT, tag
from desktop.domain.entities.person import ChatLine
from desktop.ports.errors import BackendError, NotFound, OutcomeUnknown, Unavailable


class Conversation:
    """The chat of one account over its link."""

    def __init__(self, me: str, link: Link, contacts: Contacts, clock: Callable[[], float]) -> None:
        """`me`: our own bare address."""
        self._me = me
        self._link = link
        self._contacts = contacts
        self._clock = clock
        self._chats = Chats(me, clock)
        self._refusals = Refusals()
        self._archive: dict[str, list[Element]] = {}

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """Every line that is remembered."""
        return self._chats.lines

    def hear(self, stanza: Element) -> Heard | None:
        """The line that a message stanza brings; None for everything else, which is kept for who waits for it."""
        for query_id, results in self._archive.items():
            if archived(stanza, query_id, self._me) is not None:
                results.append(stanza)
                return None
        if stanza.get("type") == "error":
            self._refusals.refused(stanza.get("id", ""), error_of(stanza, "message"))
            return None
        return self._chats.hear(stanza)

    async def write(
        self, person_id: str, text: str, key: str, *, session: Callable[[], str], archive: Callable[[], bool]
    ) -> ChatLine:
        """Send a line once under its key.

        Args:
            session: names the session; a resumed one keeps its name.
            archive: whether the server keeps what we write (XEP-0313), so that an earlier run's lines are found.

        Raises:
            NotFound: the person is not in the directory, or the server says so.
            Rejected: the text or the key cannot be sent.
            OutcomeUnknown: the connection went before the server said that it has the line.
        """
        known = self._chats.sent(key)
        if known is not None and not self._chats.unsure(key):
            return known
        await self._link.ensure()
        jid = bare(person_id)
        if not jid or jid not in self._contacts:
            raise NotFound("There is nobody of that address in the directory.")
        line, stanza = self._chats.write(jid, text, key)
        if known is not None and self._chats.unsure(key) == session():
            return await self._taken(key)  # a resumed stream has repeated by itself what the server did not have
        if archive():
            before = await self._sent_before(jid, key)
            if before is not None:
                self._chats.known(before)
                return self._chats.took(key)
        elif known is not None:
            raise OutcomeUnknown("Nobody can say whether that line arrived before the connection was lost.")
        self._chats.sending(line, session())
        self._refusals.expect(key)
        try:
            self._link.send(stanza)
            taken = await self._taken(key)
        finally:
            refused = self._refusals.settle(key)
            if refused is not None:
                self._chats.forget(key)
        if refused is not None:
            raise refused
        return taken

    async def _taken(self, key: str) -> ChatLine:
        """The line, once the server has it: it takes stanzas in order, so that the answer to a ping says so."""
        try:
            await self._link.ping()
        except Unavailable as error:
            raise OutcomeUnknown("The directory did not say whether it took the line.", error.detail) from error
        return self._chats.took(key)

    async def _sent_before(self, jid: str, key: str) -> ChatLine | None:
        """The line that an earlier run of the desktop sent under this key, from the server's archive."""
        query_id, query = archive_query(jid)
        self._archive[query_id] = []
        try:
            await self._link.ask("set", query)
        except Unavailable as error:
            raise OutcomeUnknown("The directory did not say whether it has that line already.", error.detail) from error
        except BackendError:
            return None
        finally:
            results = self._archive.pop(query_id)
        for stanza in results:
            found = archived(stanza, query_id, self._me)
            if found is not None and found[0] == key and bare(found[2].get("to", "")) == jid:
                body = "".join(part.text or "" for part in found[2].findall(tag(CLIENT, "body")))
                at = self._clock() if found[1] is None else found[1]
                return ChatLine(key, jid, at, True, body, delivered=False)
        return None


class Refusals:
    """Lines that a server sent back while their sender still waits."""

    def __init__(self) -> None:
        self._waiting: dict[str, BackendError | None] = {}

    def expect(self, key: str) -> None:
        """From now on an error about the line is kept."""
        self._waiting[key] = None

    def refused(self, key: str, error: BackendError) -> bool:
        """Keep the error; answers whether anybody waits for it."""
        if key not in self._waiting:
            return False
        self._waiting[key] = error
        return True

    def settle(self, key: str) -> BackendError | None:
        """The error about the line, if one came; nobody waits any more."""
        return self._waiting.pop(key, None)
