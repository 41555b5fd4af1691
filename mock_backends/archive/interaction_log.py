"""Writes down what happens to each interaction, and hands it to the archive when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mock_backends.archive.archive import Archive
from mock_backends.archive.rows import Finished, Recorded, Step
from mock_backends.http.clock import Clock
from mock_backends.wire.contact_center import Interaction

MOST_STEPS = 200
MOST_MESSAGES = 500  # the newest are kept


@dataclass(slots=True)
class _Story:
    """One interaction so far."""

    phase: str = ""
    queue: str = ""
    agent: str | None = None
    held_since: float | None = None
    hold_seconds: float = 0.0
    offers: int = 0
    declined: int = 0
    transfers: int = 0
    codes: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    recorded_since: float | None = None
    recordings: list[Recorded] = field(default_factory=list)


class InteractionLog:
    """Sees every change of a contact; `seen` is a watcher of the board."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._stories: dict[str, _Story] = {}

    def coded(self, interaction_id: str, codes: Sequence[str]) -> None:
        """These wrap-up codes were put on an interaction."""
        if interaction_id in self._stories:
            self._stories[interaction_id].codes = tuple(codes)

    def seen(self, interaction: Interaction) -> None:
        """An interaction has changed."""
        now = self._clock.now()
        story = self._stories.setdefault(interaction.id, _Story(queue=interaction.queue))
        self._note_queue(story, interaction, now)
        self._note_hold(story, interaction, now)
        self._note_recording(story, interaction, now)
        if interaction.phase != story.phase:
            self._note_phase(story, interaction, now)
        elif interaction.agent_id != story.agent and interaction.phase == "active":
            story.transfers += 1
            self._step(story, now, "handed_over", interaction)
        elif interaction.agent_id != story.agent and interaction.phase == "offered":
            story.offers += 1
            self._step(story, now, "offered", interaction)
        story.phase, story.agent = interaction.phase, interaction.agent_id
        if interaction.phase == "closed":
            del self._stories[interaction.id]
            self._archive.finished(_finished(interaction, story, now))

    def _note_queue(self, story: _Story, interaction: Interaction, now: float) -> None:
        if interaction.queue != story.queue:
            self._step(story, now, "moved", interaction, detail=story.queue)
            story.queue = interaction.queue

    def _note_hold(self, story: _Story, interaction: Interaction, now: float) -> None:
        if interaction.held and story.held_since is None:
            story.held_since = now
            self._step(story, now, "held", interaction)
        elif not interaction.held and story.held_since is not None:
            story.hold_seconds += now - story.held_since
            story.held_since = None
            if interaction.phase == "active":
                self._step(story, now, "resumed", interaction)

    def _note_recording(self, story: _Story, interaction: Interaction, now: float) -> None:
        runs = interaction.recording == "active" and interaction.phase == "active"
        if runs and story.recorded_since is None:
            story.recorded_since = now
        elif not runs and story.recorded_since is not None:
            if len(story.recordings) < MOST_STEPS:
                story.recordings.append(Recorded(story.recorded_since, now - story.recorded_since))
            story.recorded_since = None

    def _note_phase(self, story: _Story, interaction: Interaction, now: float) -> None:
        phase = interaction.phase
        if phase == "queued":
            why = interaction.raw_state.removeprefix("offer_")
            if why != interaction.raw_state:
                story.declined += why == "declined"
                self._step(story, now, "offer_ended", interaction, detail=why, agent=story.agent)
            else:
                self._step(story, now, "queued", interaction)
        elif phase == "offered":
            story.offers += 1
            self._step(story, now, "offered", interaction)
        elif phase == "active":
            self._step(story, now, "connected", interaction)
        elif phase == "wrap_up":
            story.transfers += interaction.outcome == "transferred"
            self._step(story, now, "wrap_up", interaction)
        elif phase == "closed":
            self._step(story, now, "closed", interaction, detail=interaction.outcome or "")

    def _step(
        self,
        story: _Story,
        now: float,
        what: str,
        interaction: Interaction,
        *,
        detail: str = "",
        agent: str | None = None,
    ) -> None:
        if len(story.steps) < MOST_STEPS:
            story.steps.append(Step(now, what, interaction.queue, agent or interaction.agent_id or "", detail))


def _finished(interaction: Interaction, story: _Story, now: float) -> Finished:
    ended = interaction.ended_at if interaction.ended_at is not None else now
    answered = interaction.answered_at
    joined = answered is not None
    left = answered if answered is not None else ended
    return Finished(
        id=interaction.id,
        channel=interaction.channel,
        direction=interaction.direction,
        queue=interaction.queue,
        customer="" if interaction.customer.withheld else interaction.customer.value,
        customer_name=interaction.customer_name,
        agent_id=interaction.agent_id,
        arrived_at=interaction.arrived_at,
        answered_at=answered,
        ended_at=ended,
        outcome=interaction.outcome or "failed",
        wait_seconds=max(left - interaction.arrived_at, 0.0),
        talk_seconds=max(ended - left - story.hold_seconds, 0.0) if joined else 0.0,
        hold_seconds=story.hold_seconds,
        wrap_up_seconds=max(now - ended, 0.0) if joined else 0.0,
        offers=story.offers,
        declined=story.declined,
        transfers=story.transfers,
        codes=story.codes,
        steps=tuple(story.steps),
        subject=interaction.subject,
        messages=tuple(interaction.messages[-MOST_MESSAGES:]),
        recordings=tuple(story.recordings),
    )
