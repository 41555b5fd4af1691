"""What is done to a written contact beside typing: files, the head of an e-mail, looking for words."""

from dataclasses import replace

from desktop.domain import select
from desktop.domain.entities.channels import WRITTEN
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Channel
from desktop.domain.entities.wrap_up_record import NO_HEAD, ReplyHead
from desktop.domain.select.threads import attachments, everybody, head_of_reply
from desktop.ports.base import Capability
from desktop.tui.agent.draft_editor import is_written_to
from desktop.tui.agent.overlays.file_picker import FilePicker
from desktop.tui.agent.overlays.head_fields import HeadFields
from desktop.tui.agent.overlays.save_list import SaveList
from desktop.tui.agent.overlays.thread_search import ThreadSearch
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.verbs.base import DeskVerbs
from desktop.tui.keys.two_presses import named
from desktop.tui.words.titles import title
from desktop.words.catalogue import tr


class WritingVerbs(DeskVerbs):
    """Each about the selected contact; what a contact centre cannot do is said."""

    def attach(self) -> None:
        """Choose a file to go with the reply."""
        self._wants_field()
        interaction = self._written_to()
        if interaction is None:
            return
        if not self._can(Capability.ATTACHMENTS, interaction):
            self._tell(tr("This contact centre takes no files."))
            return
        self._screen.uncover()
        self._screen.query_one(FilePicker).open(interaction.id, title(self._screen.state, interaction))
        self._screen.opened()

    def picked_file(self, interaction_id: str, path: str) -> None:
        """A file was chosen for the reply of a contact."""
        if self.session is not None:
            self._result(self.session.replies.attach(interaction_id, path), interaction_id)
        if self._screen.query_one(FilePicker).is_open:
            self._screen.close_top()

    def remove_files(self) -> None:
        """Send no files along after all."""
        interaction = self._written_to()
        if interaction is None or self.session is None:
            return
        head = self._chosen(interaction)
        if not head.files:
            self._tell(tr("No file is attached."))
            return
        self.session.replies.change_head(interaction.id, replace(head, files=()))
        self._tell(tr("Not attached any more: {names}.", names=", ".join(one.name for one in head.files)))

    def mail_head(self) -> None:
        """Edit subject and recipients."""
        self._wants_field()
        interaction = self._mail()
        if interaction is None:
            return
        self._screen.uncover()
        head = head_of_reply(interaction, self._chosen(interaction))
        self._screen.query_one(HeadFields).open(interaction.id, title(self._screen.state, interaction), head)
        self._screen.opened()

    def changed_head(self, interaction_id: str, head: ReplyHead) -> None:
        """The head of a contact's reply is another one."""
        if self.session is not None:
            self.session.replies.change_head(interaction_id, head)

    def reply_all(self) -> None:
        """Answer everybody who had the customer's last e-mail, by name; again: the sender alone."""
        interaction = self._mail()
        if interaction is None or self.session is None:
            return
        chosen, others = self._chosen(interaction), everybody(interaction)
        if not others:
            self._tell(tr("Nobody else had this e-mail."))
            return
        head = head_of_reply(interaction, chosen)
        if set(others) <= set(head.cc):
            left = tuple(one for one in head.cc if one not in others)
            self.session.replies.change_head(interaction.id, replace(head, cc=left))
            self._tell(tr("Reply to {who} only.", who=", ".join(map(named, head.to))))
        else:
            cc = (*head.cc, *(one for one in others if one not in (*head.cc, *head.to)))
            self.session.replies.change_head(interaction.id, replace(head, cc=cc))
            self._tell(tr("Reply to all: {names} get a copy.", names=", ".join(map(named, cc))))

    def save_file(self) -> None:
        """Save a file that came or went with a message; with several, choose which."""
        interaction = self._selected()
        files = attachments(interaction) if interaction is not None else ()
        if interaction is None or not files:
            self._tell(tr("There is no file in this conversation."))
        elif not self._can(Capability.ATTACHMENTS, interaction):
            self._tell(tr("This contact centre does not give files out."))
        elif len(files) == 1:
            self.chosen_to_save(interaction.id, *files[0])
        else:
            self._screen.uncover()
            self._screen.query_one(SaveList).open(interaction)
            self._screen.opened()

    def chosen_to_save(self, interaction_id: str, message_id: str, attachment_id: str) -> None:
        """Save this one; what is told says where it lies."""
        if self._screen.query_one(SaveList).is_open:
            self._screen.close_top()
        if self.session is not None:
            self._result(self.session.threads.save(interaction_id, message_id, attachment_id), interaction_id)

    def thread_find(self) -> None:
        """Look for words in the conversation."""
        self._wants_field()
        interaction = self._selected()
        if interaction is None or interaction.channel not in WRITTEN:
            self._tell(tr("There is no conversation to search."))
            return
        self._screen.uncover()
        self._screen.show_tab("contact")
        self._screen.query_one(ThreadSearch).open(self._screen.query_one(ConversationPane).region)
        self._screen.opened()

    def _written_to(self) -> Interaction | None:
        if is_written_to(self._screen.view()):
            return self._selected()
        self._tell(tr("There is no reply to write here."))
        return None

    def _mail(self) -> Interaction | None:
        interaction = self._written_to()
        if interaction is None:
            return None
        if interaction.channel is not Channel.EMAIL:
            self._tell(tr("Only an e-mail has a subject and recipients."))
        elif not self._can(Capability.COPIES, interaction):
            self._tell(tr("This contact centre sets subject and recipients by itself."))
        else:
            return interaction
        return None

    def _can(self, capability: Capability, interaction: Interaction) -> bool:
        return capability.value in select.call_capabilities(self._screen.state, interaction.id)

    def _chosen(self, interaction: Interaction) -> ReplyHead:
        draft = self._screen.state.drafts.get(interaction.id)
        return draft.head if draft is not None else NO_HEAD
