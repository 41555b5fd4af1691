"""Whose a mail is. Of two agents who take one at the same moment exactly one has it.

It is a keyword of our own, changed only if nothing changed since it was seen (CONDSTORE, RFC 7162). There is no other
way: Dovecot lets two sessions MOVE the same mail, and tells both that it was done.
"""

from collections.abc import Iterable
from contextlib import suppress

from desktop.backends.imap.folder import Folder, MailEntry
from desktop.backends.imap.link import Link, Refused
from desktop.backends.imap.protocol import folder_name, quoted

TAKEN = "$Taken-"
OFFERED, PARKED, ENDED, DONE, CODE = "$Offered", "$Parked", "$Ended", "$Done", "$Code-"
_TRIES = 5


class Claims:
    """How mails are taken and given back: a keyword `$Taken-` with the agent's name."""

    def __init__(self, agent: str) -> None:
        self._agent = agent

    def owner(self, entry: MailEntry) -> str:
        """The agent who has the mail; "" for nobody."""
        prefix = TAKEN.lower()
        found = sorted(one[len(prefix) :] for one in entry.flags if one.startswith(prefix))
        return found[0] if found else ""

    def mine(self, entry: MailEntry) -> bool:
        """Whether the mail is ours."""
        return self.owner(entry) == self._agent

    async def take(self, link: Link, folder: Folder, uid: int, *, offered: bool) -> bool:
        """Take a mail that nobody has, or that was left behind; False when another was quicker."""
        entry = folder.entries.get(uid)
        if entry is None:
            return False
        old = [one for one in entry.flags if one.startswith(TAKEN.lower())]
        marks = [TAKEN + self._agent, *([OFFERED] if offered else [])]
        return await folder.swap(link, uid, marks, [*old, OFFERED, PARKED, ENDED])

    async def give_back(self, link: Link, folder: Folder, uid: int) -> bool:
        """Give one of ours back to its queue; False when it is not ours any more."""
        return await self.mark(link, folder, uid, (), (TAKEN + self._agent, OFFERED, PARKED, ENDED))

    async def mark(
        self, link: Link, folder: Folder, uid: int, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> bool:
        """Change the marks on one of ours; False when it is not ours any more."""
        add, remove = tuple(add), tuple(remove)
        for _ in range(_TRIES):
            entry = folder.entries.get(uid)
            if entry is None or not self.mine(entry):
                return False
            if await folder.swap(link, uid, add, remove):
                return True
        return False


async def make_folder(link: Link, name: str) -> None:
    """A folder of that name, if there is none."""
    with suppress(Refused):  # it is there
        await link.command("CREATE", quoted(folder_name(name)))
